package rule

import "strings"

// Editions of the documents that [Sources] names. The documentation of 2026 was read
// in the state of its last day.
const (
	// Edition is the edition of the AWS Marketplace seller guide that this library
	// implements. What it states is a rule, even where today's portal asks for less.
	Edition = "2022"
	// EditionToday is that of today's seller guide and Catalog API documentation,
	// which decide where the guide of 2022 is silent.
	EditionToday = "2026-08-31"
	// EditionShapes is that of the shapes of the Catalog API: those of the AWS SDK,
	// marketplacecatalog v1.54.5.
	EditionShapes = "2026-11-06"
)

// Sources names where a rule is documented: a page or section for each edition that
// states it, empty for those that do not. Sections without a page are those of
// "Publishing your product in AWS Marketplace". The zero value is a rule of nobody's.
type Sources struct {
	// Guide2022 and Guide2026 are in the seller guide of [Edition] and of
	// [EditionToday].
	Guide2022 string `json:"guide2022,omitempty"`
	Guide2026 string `json:"guide2026,omitempty"`
	// Catalog2026 is in the documentation of the Catalog API of [EditionToday].
	Catalog2026 string `json:"catalog2026,omitempty"`
	// Shapes is in the shapes of [EditionShapes].
	Shapes string `json:"shapes,omitempty"`
	// Other2026 is in another document of AWS, of [EditionToday].
	Other2026 string `json:"other2026,omitempty"`
	// Judgement is the reason where no document decides.
	Judgement string `json:"judgement,omitempty"`
	// Changed says how 2026 differs from the guide of 2022; empty if in nothing that
	// is known.
	Changed string `json:"changed,omitempty"`
}

// Dated reports whether at least one source is named.
func (s Sources) Dated() bool {
	s.Changed = ""
	return s != Sources{}
}

// String returns the sources on one line, each with its edition.
func (s Sources) String() string {
	var all []string
	for _, each := range []struct{ document, place string }{
		{"seller guide of 2022, ", s.Guide2022}, {"seller guide of 2026, ", s.Guide2026},
		{"Catalog API of 2026, ", s.Catalog2026}, {"shapes of " + EditionShapes + ", ", s.Shapes},
		{"", s.Other2026}, {"judgement: ", s.Judgement},
	} {
		if each.place != "" {
			all = append(all, each.document+each.place)
		}
	}
	return strings.Join(all, "; ")
}
