package folder

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
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
	data, failed := json.Marshal(m)
	whole := json.NewDecoder(bytes.NewReader(data))
	whole.UseNumber()
	var value any
	failed = errors.Join(failed, whole.Decode(&value))
	root := block(value)
	order(root, reflect.TypeFor[manifest]())
	var out bytes.Buffer
	for line := range strings.SplitSeq(comment, "\n") {
		out.WriteString("# " + line + "\n")
	}
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	failed = errors.Join(failed, e.Encode(root), e.Close())
	// What would be read as something else must not be written.
	again, _, faults := fromYAML(Names[0], out.Bytes())
	var read manifest
	failed = errors.Join(errors.Join(faults.Unwrap()...), failed, document.Decode(again, &read))
	written, err := json.Marshal(read)
	if failed = errors.Join(failed, err); failed != nil || !bytes.Equal(data, written) {
		return nil, errors.Join(fmt.Errorf("%s: cannot be written in YAML without changing what it says", Names[0]), failed)
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

// quote puts texts in quotes that begin with blanks and a tab: the encoder would
// write those of several lines as blocks that it may not be able to read.
func quote(n *yaml.Node) {
	begin := n.Value[:len(n.Value)-len(strings.TrimLeft(n.Value, " \t"))]
	if strings.Contains(begin, "\t") {
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

var plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._ -]{0,99}$`)

// fileOf returns the name of the file of a text: that of the field, in a folder for
// the fields that each version has.
func fileOf(path string, l *listing.Listing) string {
	ofVersion, isVersion := strings.CutPrefix(path, "versions[")
	if !isVersion {
		return strings.ReplaceAll(path, ".", "-") + ".md"
	}
	index, field, _ := strings.Cut(ofVersion, "].")
	number := "version-" + index
	for i, v := range l.Versions {
		if index == strconv.Itoa(i) && plainName.MatchString(v.Number) && strings.TrimRight(v.Number, ". ") == v.Number {
			number = v.Number
		}
	}
	return strings.ReplaceAll(field, ".", "-") + "/" + number + ".md"
}
