// Package rule is the vocabulary of everything that can be wrong with a
// machine learning listing.
//
// A [Rule] is a value: an id that never changes, a severity, one sentence, the
// remedy and the place it comes from. A [Violation] says where a rule is
// broken and what would put it right; [Violations] is the error that carries
// all of them at once. The rules themselves live in the packages that own the
// thing they speak of: listing, version, pricing and lifecycle.
//
// Rules are errors, so what came back from any layer can be asked for one:
//
//	if errors.Is(err, listing.RuleTitle) { … }
//
//	var found rule.Violations
//	if errors.As(err, &found) { … }
//
// The package keeps no state; all of it is safe for concurrent use.
package rule

// Severity tells whether a broken rule stands in the way.
type Severity string

const (
	// Must blocks the edit or the transition that breaks the rule.
	Must Severity = "must"
	// Should is advice: reported, never in the way.
	Should Severity = "should"
)

// Edition is the edition of the AWS Marketplace seller guide, "Publishing your
// product in AWS Marketplace", whose sections [Rule.Source] names.
const Edition = "2022"

// Rule is one demand of the marketplace. Two values are the same rule when
// their ids are equal, whatever their words. The zero value is no rule.
type Rule struct {
	// ID is stable and public, for example "info.title".
	ID string `json:"id"`
	// Severity is Must or Should.
	Severity Severity `json:"severity"`
	// Statement is the rule in one line.
	Statement string `json:"statement"`
	// Remedy is what usually puts a violation right.
	Remedy string `json:"remedy"`
	// Source names the section that the rule comes from. Sections of the seller
	// guide are those of [Edition], unless it says otherwise; where two sources
	// state a limit, it names both.
	Source string `json:"source"`
}

// Error returns the rule's id. It makes a rule a target for [errors.Is], and
// prints it as its id.
func (r Rule) Error() string { return r.ID }

// Is reports whether target is the rule of the same id. A violation that an
// older release has written down, in the words of its time, matches too.
func (r Rule) Is(target error) bool {
	other, ok := target.(Rule)
	return ok && r.same(other)
}

func (r Rule) same(other Rule) bool { return r.ID == other.ID }
