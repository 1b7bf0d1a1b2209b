// Package rule defines how a rule is stated, how it is checked, and how a
// broken rule is reported.
//
// A [Rule] has an id that never changes, a severity, a statement, a remedy and a
// source. A [Check] is a rule with the function that finds where it is broken;
// [Run] applies a table of checks. The result is a [Findings]: the violations,
// the advice, and the rules that could not be checked. The rules themselves are
// in the packages listing, version, pricing and lifecycle. Rules of your own
// work the same way; the example of [Run] has one.
//
// Rules and violations are errors. An error from any package of this module
// matches every rule that was broken:
//
//	if errors.Is(err, listing.RuleTitle) { … }
//
//	var broken rule.Violations
//	if errors.As(err, &broken) { … }
//
// The package has no state. Unless a type says otherwise, everything in it is
// safe for concurrent use.
package rule

import "github.com/shelflife-go/shelflife/listing/document"

// Severity says whether a broken rule is a violation or advice.
type Severity string

const (
	// Must is the severity of a rule whose violation blocks the command.
	Must Severity = "must"
	// Should is the severity of a rule that gives advice only. Advice is
	// reported and blocks nothing.
	Should Severity = "should"
)

// Rule is one requirement, of the marketplace or your own. Two rules are the
// same if their ids are equal, whatever their texts. The zero value is no rule.
type Rule struct {
	// ID identifies the rule, for example "info.title". It never changes.
	ID string `json:"id"`
	// Severity is Must or Should.
	Severity Severity `json:"severity"`
	// Statement says in one line what the rule requires.
	Statement string `json:"statement"`
	// Remedy says how a violation is usually corrected.
	Remedy string `json:"remedy"`
	// Sources names where a rule of this library is documented, by edition.
	Sources Sources `json:"sources,omitzero"`
	// Source names where a rule of the caller's own is documented.
	Source string `json:"source,omitempty"`
}

// Error returns the id. It makes a rule an error, so that it can be the target
// of [errors.Is].
func (r Rule) Error() string { return document.Printable(document.Cut(r.ID, 100)) }

// Is reports whether target is a [Rule] with the same id. The other fields may
// differ: a violation that was stored by an older release still matches.
func (r Rule) Is(target error) bool {
	other, ok := target.(Rule)
	return ok && r.same(other)
}

func (r Rule) same(other Rule) bool { return r.ID == other.ID }

// Table is a list of rules with different ids.
type Table []Rule

// Get returns the rule with the given id, or the zero Rule if there is none.
func (t Table) Get(id string) Rule {
	for _, r := range t {
		if r.ID == id {
			return r
		}
	}
	return Rule{}
}
