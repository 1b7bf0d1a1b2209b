package folder

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
)

// NewFile is a file to write into a folder, by its name with slashes.
type NewFile struct {
	Name string
	Data []byte
}

// Document is what the files of a folder say.
type Document struct {
	Name, Product string
	Seller        listing.AccountID
	Listing       listing.Listing
}

// Files returns the files of a folder that say this, the document last: overview and
// usage are files of their own, and so is every text of several lines. What Read
// reads from them is the document, but for the comment above it.
func (d Document) Files(comment string) ([]NewFile, error) {
	m := manifest{Name: d.Name, Seller: d.Seller, Product: d.Product, Listing: d.Listing.Clone()}
	files := takeTexts(&m.Listing)
	data, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	whole := json.NewDecoder(bytes.NewReader(data))
	whole.UseNumber()
	var value any
	if err := whole.Decode(&value); err != nil {
		return nil, err
	}
	root := block(value)
	order(root, reflect.TypeFor[manifest]())
	var out bytes.Buffer
	for line := range strings.SplitSeq(comment, "\n") {
		out.WriteString("# " + line + "\n")
	}
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(root); err != nil {
		return nil, err
	}
	if err := e.Close(); err != nil {
		return nil, err
	}
	// What would be read as something else must not be written.
	again, _, faults := fromYAML(Names[0], out.Bytes())
	if len(faults) > 0 {
		return nil, faults
	}
	var read manifest
	if err := document.Decode(again, &read); err != nil {
		return nil, err
	}
	written, err := json.Marshal(read)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(data, written) {
		return nil, fmt.Errorf("%s: cannot be written in YAML without changing what it says", Names[0])
	}
	return append(files, NewFile{Names[0], out.Bytes()}), nil
}

// block returns a value of JSON as YAML in block style.
func block(value any) *yaml.Node {
	switch v := value.(type) {
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}, block(v[name]))
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, each := range v {
			n.Content = append(n.Content, block(each))
		}
		return n
	case string:
		n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: v}
		quote(n)
		return n
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: string(v)}
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(v)}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
}

// quote puts texts of several lines in quotes that begin with white space with a tab: the
// encoder would write them as blocks that it may not be able to read.
func quote(n *yaml.Node) {
	begin := n.Value[:len(n.Value)-len(strings.TrimLeft(n.Value, " \t\n"))]
	if n.Kind == yaml.ScalarNode && strings.Contains(begin, "\t") && strings.Contains(n.Value, "\n") {
		n.Style = yaml.DoubleQuotedStyle
	}
	for _, each := range n.Content {
		quote(each)
	}
}

// takeTexts puts names of files in place of the long texts, and returns the files.
func takeTexts(l *listing.Listing) (files []NewFile) {
	used := map[string]bool{}
	for path, value := range longTexts(l) {
		own := path == "overview" || strings.HasSuffix(path, ".usage") || strings.Contains(*value, "\n")
		if !own || !keeps(*value) {
			if strings.HasPrefix(*value, "@") {
				*value = "@" + *value
			}
			continue
		}
		name := fileOf(path, l)
		for used[strings.ToLower(name)] { // two numbers that differ in capitals alone
			name = strings.TrimSuffix(name, ".md") + "-.md"
		}
		used[strings.ToLower(name)] = true
		files = append(files, NewFile{name, []byte(*value + "\n")})
		*value = "@" + name
	}
	return files
}

// keeps reports whether a file keeps the text as it is.
func keeps(text string) bool {
	return text != "" && len(text) < maxText && utf8.ValidString(text) &&
		!strings.HasSuffix(text, "\n") && !strings.Contains(text, "\r") && !strings.HasPrefix(text, "\uFEFF")
}

var (
	ofVersion = regexp.MustCompile(`^versions\[(\d+)\]\.(.+)$`)
	plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._ -]{0,99}$`)
)

// fileOf returns the name of the file of a text: that of the field, in a folder for
// the fields that each version has.
func fileOf(path string, l *listing.Listing) string {
	found := ofVersion.FindStringSubmatch(path)
	if found == nil {
		return strings.ReplaceAll(path, ".", "-") + ".md"
	}
	number := "version-" + found[1]
	for i, v := range l.Versions {
		if found[1] == fmt.Sprint(i) && plainName.MatchString(v.Number) && !strings.HasSuffix(v.Number, ".") && !strings.HasSuffix(v.Number, " ") {
			number = v.Number
		}
	}
	return strings.ReplaceAll(found[2], ".", "-") + "/" + number + ".md"
}
