package listing

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// Regions says in which Regions a listing is available. The zero value means all
// current and future Regions, which is the default of the seller guide. In JSON
// it is the word "all" or a list of Region codes.
type Regions struct {
	// Only are the chosen Regions; nil means all of them. In JSON the list
	// takes the place of the struct.
	Only []Region `json:"-"` // "-" keeps document.Texts from giving it a path
}

const allRegions = "all"

// All reports whether r means all current and future Regions.
func (r Regions) All() bool { return r.Only == nil }

// Equal reports whether r and other mean the same Regions, in any order.
func (r Regions) Equal(other Regions) bool {
	if r.All() || other.All() {
		return r.All() == other.All()
	}
	a, b := slices.Clone(r.Only), slices.Clone(other.Only)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

// MarshalJSON returns "all" or the list. It never returns an error.
func (r Regions) MarshalJSON() ([]byte, error) {
	if r.All() {
		return json.Marshal(allRegions)
	}
	return json.Marshal(r.Only)
}

// UnmarshalJSON reads "all" or a list of strings. For anything else it returns a
// [*document.Error] and leaves r unchanged. It does not check whether the
// strings are Regions; [Check] does.
func (r *Regions) UnmarshalJSON(data []byte) error {
	var word string
	var codes []Region
	switch {
	case json.Unmarshal(data, &word) == nil && word == allRegions:
		*r = Regions{}
	case document.Decode(data, &codes) == nil:
		*r = Regions{Only: codes}
	default:
		return &document.Error{Problem: `is neither "all" nor a list of Region codes` + instead(word)}
	}
	return nil
}

// instead says what to write for a word that is no list.
func instead(word string) string {
	switch {
	case strings.EqualFold(strings.TrimSpace(word), allRegions):
		return `: spell it "all"`
	case word != "" && rule.Visible(word):
		return fmt.Sprintf(": for one Region, write a list of it: [%q]", rule.Shorten(word))
	}
	return ""
}
