package listing

import (
	"encoding/json"
	"slices"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Regions says where a listing is available. The zero value is the guide's
// default: all current and future supported Regions. In JSON it is the word
// "all" or a list of Region codes.
type Regions struct {
	// Only, unless nil, are the Regions chosen. The field has no name of its
	// own in the document, so [document.Texts] must not make one up.
	Only []Region `json:"-"`
}

const allRegions = "all"

// All reports whether the selection is all current and future Regions.
func (r Regions) All() bool { return r.Only == nil }

// Equal reports whether both select the same Regions, in whatever order.
func (r Regions) Equal(other Regions) bool {
	if r.All() || other.All() {
		return r.All() == other.All()
	}
	a, b := slices.Clone(r.Only), slices.Clone(other.Only)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

// MarshalJSON writes "all" or the list. It never fails.
func (r Regions) MarshalJSON() ([]byte, error) {
	if r.All() {
		return json.Marshal(allRegions)
	}
	return json.Marshal(r.Only)
}

// UnmarshalJSON reads "all" or a list of strings; the error is a
// [document.Error], and the selection is left as it was.
func (r *Regions) UnmarshalJSON(data []byte) error {
	var word string
	var codes []Region
	switch {
	case json.Unmarshal(data, &word) == nil && word == allRegions:
		*r = Regions{}
	case document.Decode(data, &codes) == nil:
		*r = Regions{Only: codes}
	default:
		return &document.Error{Problem: `is neither "all" nor a list of Region codes`}
	}
	return nil
}
