package folder

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/shelflife-go/shelflife/listing/document"
)

// without decodes the document without the values that are at fault, so that the
// rules can judge the others, and reports whether that was possible.
func without(data []byte, faults Faults) (manifest, bool) {
	var whole any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	failed := d.Decode(&whole)
	bad := map[string]bool{}
	for _, f := range faults {
		bad[f.Path] = true
	}
	cut(whole, "", bad)
	rest, _ := json.Marshal(whole) // it was decoded
	var m manifest
	if err := errors.Join(failed, document.Decode(rest, &m)); err != nil {
		return manifest{}, false
	}
	return m, true
}

// cut removes the members whose paths are bad. Entries of lists become empty texts, so
// that those behind them keep their numbers.
func cut(value any, path string, bad map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for name, each := range v {
			at := document.Member(path, name)
			if bad[at] {
				delete(v, name)
				continue
			}
			cut(each, at, bad)
		}
	case []any:
		for i, each := range v {
			at := document.Entry(path, i)
			if bad[at] {
				v[i] = ""
				continue
			}
			cut(each, at, bad)
		}
	}
}
