package lifecycletest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// RequireRefused ends the test unless err refuses something for breaking
// exactly the given rules, each at least once and no others. What it prints
// tells the rules that were expected and not broken, and those that were
// broken and not expected.
func RequireRefused(t testing.TB, err error, rules ...rule.Rule) {
	t.Helper()
	if difference := compare(err, rules); difference != "" {
		t.Fatal(difference)
	}
}

func compare(err error, rules []rule.Rule) string {
	if err == nil {
		return "nothing was refused, want " + list(rules)
	}
	var broken rule.Violations
	if !errors.As(err, &broken) {
		return "not refused by a rule: " + err.Error()
	}
	var b strings.Builder
	for _, r := range rules {
		if !slices.Contains(broken.Rules(), r) {
			b.WriteString("\n\tnot broken: " + r.Error())
		}
	}
	for _, v := range broken {
		if !slices.Contains(rules, v.Rule) {
			b.WriteString("\n\tnot expected: " + v.Error())
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "refused for other reasons than " + list(rules) + ":" + b.String()
}

func list(rules []rule.Rule) string {
	ids := make([]string, len(rules))
	for i, r := range rules {
		ids[i] = r.ID
	}
	return "[" + strings.Join(ids, " ") + "]"
}
