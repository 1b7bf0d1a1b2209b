package lifecycle

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Plan returns what the marketplace would send, if it can be sent: what a person or
// a program approves must be what goes out.
func (j judged) Plan(c Change) (PlannedChangeSet, error) {
	planned, err := j.Marketplace.Plan(c)
	if err != nil {
		return PlannedChangeSet{}, err
	}
	f := planned.flaws()
	if err := f.err("Plan"); err != nil {
		return PlannedChangeSet{}, err
	}
	return planned, nil
}

// flaws returns what is wrong with a planned change set by itself.
func (p PlannedChangeSet) flaws() flaws {
	var f flaws
	switch n := len(p.Changes); {
	case n == 0:
		f.add("changes", "is empty")
	case n > document.MaxEntries:
		f.add("changes", "has %d entries, %d are possible", n, document.MaxEntries)
		return f
	}
	for i, c := range p.Changes {
		path := document.Entry("changes", i)
		f.id(path+".type", c.Type)
		f.id(path+".entity", c.Entity)
		if c.Name != "" {
			f.id(path+".name", c.Name)
		}
		if c.Identifier != "" {
			f.id(path+".identifier", c.Identifier)
		}
		switch text := bytes.TrimSpace(c.Document); {
		case len(text) > document.MaxSize:
			f.add(path+".document", "has %d bytes, %d are possible", len(text), document.MaxSize)
		case !utf8.Valid(text):
			f.add(path+".document", "is not UTF-8")
		case !json.Valid(text) || text[0] != '{':
			f.add(path+".document", "is no JSON object")
		}
	}
	return f
}
