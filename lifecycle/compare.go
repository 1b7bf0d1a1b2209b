package lifecycle

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// Difference is a field of a listing that has two values.
type Difference struct {
	// Path is the field in the document: "title", or "versions[1].usage". It leads
	// to the value after, or to the value before where there is none after. What the
	// offer has beside the document, [OtherTerms], is below "offer" too.
	Path string `json:"path"`
	// Version is the number of the version that the field is of; empty if of none.
	Version string `json:"version,omitempty"`
	// Before and After are the values: texts as they are, everything else as
	// JSON; empty where there is none.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// String returns the difference on one line. Of long values it has the part that
// differs, and of addresses neither user nor query, which can hold secrets.
func (d Difference) String() string {
	field := document.Printable(document.Cut(d.Path, 300))
	if d.Version != "" {
		field += " (version " + document.Printable(rule.Shorten(d.Version)) + ")"
	}
	before, after := oneLine(d.Before), oneLine(d.After)
	switch {
	case d.Before == "":
		return fmt.Sprintf("+ %s: %s", field, excerpt(after, 0))
	case d.After == "":
		return fmt.Sprintf("- %s: %s", field, excerpt(before, 0))
	}
	same := 0
	for same < len(before) && same < len(after) && before[same] == after[same] {
		same++
	}
	return fmt.Sprintf("~ %s: %s → %s", field, excerpt(before, same), excerpt(after, same))
}

func oneLine(value string) []rune {
	if strings.HasPrefix(value, "https://") || strings.HasPrefix(value, "http://") {
		value = rule.Address(value)
	}
	return []rune(document.Printable(strings.Join(strings.Fields(value), " ")))
}

// excerpt returns at most 60 characters of the line, from shortly before the
// first one that differs.
func excerpt(line []rune, differs int) string {
	const most, context = 60, 15
	if len(line) <= most {
		return string(line)
	}
	start := max(0, differs-context)
	out := string(line[start:min(start+most, len(line))])
	if start > 0 {
		out = "…" + out
	}
	if start+most < len(line) {
		out += "…"
	}
	return out
}

// fieldKey names a field, that of a version by its number: the same version may
// stand at another place of another document.
type fieldKey struct{ version, path string }

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
	keys := maps.Clone(was)
	maps.Copy(keys, is)
	all := []Difference{}
	places := map[string]int{}
	for _, c := range []*Content{before, after} {
		if c != nil {
			numbered, _ := byNumber(c.Listing.Versions)
			maps.Copy(places, numbered)
		}
	}
	for key := range keys {
		if was[key] == is[key] {
			continue
		}
		d := Difference{Path: key.path, Version: key.version, Before: was[key], After: is[key]}
		if d.Version != "" {
			d.Path = document.Join(document.Entry("versions", places[d.Version]), key.path)
		}
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b Difference) int {
		if a.Version != "" && b.Version != "" {
			return cmp.Or(places[a.Version]-places[b.Version], strings.Compare(a.Path, b.Path))
		}
		return strings.Compare(a.Path, b.Path)
	})
	return all, nil
}

// fieldsOf is the content as buyers meet it: a text for each field, empty values
// left out. The access role is for the marketplace alone, which never gives it
// back.
func fieldsOf(c *Content) (map[fieldKey]string, error) {
	fields := map[fieldKey]string{}
	if c == nil {
		return fields, nil
	}
	l := normal(c.Listing)
	if l.Offer != nil {
		l.Offer.Rates = c.Rates
	}
	for _, v := range l.Versions {
		v.Usage, v.Training = v.UsageInstructions(), nil
		v.AccessRole = ""
		if err := flattenInto(fields, v.Number, "", v); err != nil {
			return nil, err
		}
	}
	l.Versions = nil
	if err := flattenInto(fields, "", "", l); err != nil {
		return nil, err
	}
	accounts := slices.Clone(c.AllowList)
	slices.Sort(accounts)
	for path, value := range map[string]any{
		"allowList": slices.Compact(accounts), "offer.rates": c.Other.Rates, "offer.trialLimits": c.Other.TrialLimits, "offer.pricing": c.Other.Pricing,
	} {
		if err := flattenInto(fields, "", path, value); err != nil {
			return nil, err
		}
	}
	return fields, nil
}

// flattenInto adds a text for each field of the value.
func flattenInto(into map[fieldKey]string, version, path string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	var plain any
	if err := json.Unmarshal(data, &plain); err != nil {
		return err
	}
	flatten(func(path, text string) { into[fieldKey{version, path}] = text }, path, plain)
	return nil
}

func flatten(add func(path, text string), path string, value any) {
	switch v := value.(type) {
	case nil:
	case bool:
		if v {
			add(path, "true")
		}
	case string:
		if v != "" {
			add(path, v)
		}
	case map[string]any:
		for name, field := range v {
			flatten(add, document.Member(path, name), field)
		}
	case []any:
		if len(v) > 0 {
			add(path, compact(v))
		}
	default:
		add(path, compact(v))
	}
}

func compact(value any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(value) // what was decoded can be encoded
	return string(bytes.TrimSpace(b.Bytes()))
}

// normal returns a copy of the document with what can be said in several ways
// said in one, and without what is an allow-list to the marketplace.
func normal(l listing.Listing) listing.Listing {
	l = l.Clone()
	l.Buyers = nil
	l.Visibility = l.Visibility.OrDefault()
	slices.Sort(l.Regions.Only)
	return l
}
