package lifecycle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Difference is a field of a listing that has two values.
type Difference struct {
	// Path is the field, in the words of the document: "title", or
	// "versions[1.0].usage" for a field of the version with that number.
	Path string `json:"path"`
	// Before and After are the values: texts as they are, everything else as
	// JSON; empty where there is none.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// String is the difference on one line, with long values shortened.
func (d Difference) String() string {
	switch {
	case d.Before == "":
		return fmt.Sprintf("+ %s: %s", d.Path, brief(d.After))
	case d.After == "":
		return fmt.Sprintf("- %s: %s", d.Path, brief(d.Before))
	}
	return fmt.Sprintf("~ %s: %s → %s", d.Path, brief(d.Before), brief(d.After))
}

func brief(value string) string {
	const most = 60
	line := []rune(strings.Join(strings.Fields(value), " "))
	if len(line) > most {
		return string(line[:most]) + "…"
	}
	return string(line)
}

// differences lists what differs, in the order of the paths. Two ways to say
// the same to the marketplace are no difference.
func differences(before, after *Content) ([]Difference, error) {
	was, err := fieldsOf(before)
	if err != nil {
		return nil, err
	}
	is, err := fieldsOf(after)
	if err != nil {
		return nil, err
	}
	paths := maps.Clone(was)
	maps.Copy(paths, is)
	all := []Difference{}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if was[path] != is[path] {
			all = append(all, Difference{Path: path, Before: was[path], After: is[path]})
		}
	}
	return all, nil
}

// fieldsOf is the content as buyers meet it: a text for each path, empty values
// left out. The access role is for the marketplace alone, which never gives it
// back.
func fieldsOf(c *Content) (map[string]string, error) {
	fields := map[string]string{}
	if c == nil {
		return fields, nil
	}
	l := told(c.Listing)
	for i := range l.Versions {
		l.Versions[i].Usage, l.Versions[i].Training = l.Versions[i].UsageInstructions(), nil
		l.Versions[i].AccessRole = ""
	}
	if l.Offer != nil {
		l.Offer.Rates = c.Rates
	}
	accounts := slices.Clone(c.AllowList)
	slices.Sort(accounts)
	for path, value := range map[string]any{"": l, "allowList": slices.Compact(accounts)} {
		data, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		var plain any
		if err := json.Unmarshal(data, &plain); err != nil {
			return nil, err
		}
		flatten(fields, path, plain)
	}
	return fields, nil
}

func flatten(into map[string]string, path string, value any) {
	switch v := value.(type) {
	case nil:
	case bool:
		if v {
			into[path] = "true"
		}
	case string:
		if v != "" {
			into[path] = v
		}
	case map[string]any:
		for name, field := range v {
			flatten(into, within(path, name), field)
		}
	case []any:
		switch {
		case path == "versions":
			for _, each := range v {
				fields, _ := each.(map[string]any)
				number, _ := fields["number"].(string)
				flatten(into, fmt.Sprintf("versions[%s]", number), each)
			}
		case len(v) > 0:
			into[path] = compact(v)
		}
	default:
		into[path] = compact(v)
	}
}

func within(path, name string) string {
	switch path {
	case "":
		return name
	case "offer.rates": // a dimension has dots of its own
		return fmt.Sprintf("offer.rates[%s]", name)
	}
	return path + "." + name
}

func compact(value any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(value) // what was decoded can be encoded
	return string(bytes.TrimSpace(b.Bytes()))
}
