package lifecycle_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/internal/hostile"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// hostileFindings are findings of which each part is the text.
func hostileFindings(text string) rule.Findings {
	own := rule.Rule{ID: text, Statement: text, Remedy: text}
	v := rule.Violation{Rule: own, Path: text, Problem: rule.Shorten(text), Remedy: rule.Shorten(text)}
	return rule.Findings{
		Violations: rule.Violations{v, v}, Advice: rule.Violations{v},
		NotChecked: []rule.Gap{{Rule: own, Path: text, Missing: text, Why: text}},
	}
}

func hostileProblem(text string) lifecycle.Problem {
	return lifecycle.Problem{Code: text, Message: text, Change: text, Rule: text, Path: text}
}

func hostileDate(text string) lifecycle.Dates {
	return lifecycle.Dates{{Title: text, Kind: lifecycle.DateKind(text), At: leapDay, Version: text,
		Rule: rule.Rule{ID: text, Statement: text}, Text: text}}
}

// printers have every method of the module that prints.
var printers = map[string]hostile.Output{
	"document.Error.Error":  func(s string) string { return (&document.Error{Path: s, Problem: s}).Error() },
	"rule.Violation.Error":  func(s string) string { return hostileFindings(s).Violations[0].Error() },
	"rule.Violations.Error": func(s string) string { return hostileFindings(s).Violations.Error() },
	"rule.Gap.String":       func(s string) string { return hostileFindings(s).NotChecked[0].String() },
	"rule.Findings.String":  func(s string) string { return hostileFindings(s).String() },
	"rule.Findings.Table":   func(s string) string { return hostileFindings(s).Table() },
	"lifecycle.Refusal.Error": func(s string) string {
		return (&lifecycle.Refusal{Command: lifecycle.Event(s), State: lifecycle.State(s), Findings: hostileFindings(s)}).Error()
	},
	"lifecycle.Rejection.Error": func(s string) string {
		return (&lifecycle.Rejection{Problems: []lifecycle.Problem{hostileProblem(s), hostileProblem(s)}, Cause: errors.New(s)}).Error()
	},
	"lifecycle.BusyError.Error": func(s string) string {
		return (&lifecycle.BusyError{Entity: s, ChangeSet: s, Name: s, Since: leapDay, Cause: errors.New(s)}).Error()
	},
	"lifecycle.Problem.String": func(s string) string { return hostileProblem(s).String() },
	"lifecycle.RequestError.Error": func(s string) string {
		return (&lifecycle.RequestError{Outcome: lifecycle.Outcome{Kind: lifecycle.Event(s), Problems: []lifecycle.Problem{hostileProblem(s)}}}).Error()
	},
	"lifecycle.Difference.String": func(s string) string {
		return lifecycle.Difference{Path: s, Version: s, Before: s, After: s + "x"}.String()
	},
	"lifecycle.Key.String": func(s string) string { return lifecycle.Key{Seller: listing.AccountID(s)}.String() },
	"lifecycle.Plan.String": func(s string) string {
		return lifecycle.Plan{
			Command: lifecycle.Event(s), From: lifecycle.State(s), To: lifecycle.State(s), Then: lifecycle.State(s), Takes: s, Cancel: s,
			Notes: []string{s}, ByHand: hostileFindings(s).Advice, Differences: []lifecycle.Difference{{Path: s, Before: s, After: s}},
			ChangeSet: s, Changes: []lifecycle.PlannedChange{{Type: s, Name: s, Entity: s, Identifier: s}}, Findings: hostileFindings(s),
		}.String()
	},
	"lifecycle.PlannedChange.String": func(s string) string {
		return lifecycle.PlannedChange{Type: s, Name: s, Entity: s, Identifier: s}.String()
	},
	"lifecycle.Dates.Table":     func(s string) string { return hostileDate(s).Table() },
	"lifecycle.Dates.ICalendar": func(s string) string { return hostileDate(s).ICalendar(leapDay) },
	"rule.Rule.Error":           func(s string) string { return rule.Rule{ID: s}.Error() },
}

// others are methods that print nothing from outside, a key of the marketplace
// that programs send, sources that the makers of rules wrote, or an error that its maker has printed.
var others = []string{"lifecycle.Result.String", "pricing.USD.String", "pricing.Dimension.String", "rule.Sources.String", "lifecycle.unseenError.Error"}

// Whatever comes from outside is printed on one line, harmless, and of bounded size, by
// everything that prints.
func TestNothingIsPrintedRaw(t *testing.T) {
	t.Parallel()
	hostile.Printed(t, printers)
	known := append(slices.Collect(maps.Keys(printers)), others...)
	for _, method := range hostile.Methods(t, []string{"String", "Error", "Table", "ICalendar"},
		"../listing", "../listing/*", "../pricing", "../pricing/*", "../version", ".") {
		assert.Contains(t, known, method, "a method that prints and is not held against hostile texts")
	}
}
