// Package iamtest judges policies as IAM does, and knows what IAM is asked about
// each request that this module makes. It is for tests.
package iamtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/iampolicy"
)

// Read returns the statements of a policy document.
func Read(t testing.TB, text string) []iampolicy.Statement {
	t.Helper()
	var policy struct {
		Version   string
		Statement []iampolicy.Statement
	}
	require.NoError(t, json.Unmarshal([]byte(text), &policy))
	require.Equal(t, "2012-10-17", policy.Version)
	return policy.Statement
}

// Allows reports whether a statement of the policy allows what is asked.
func Allows(policy []iampolicy.Statement, a Ask) bool {
	return slices.ContainsFunc(policy, func(s iampolicy.Statement) bool {
		if s.Effect != "Allow" || !slices.Contains(s.Action, a.Action) || !slices.ContainsFunc(s.Resource, func(p string) bool { return matches(p, a.Resource) }) {
			return false
		}
		for operator, keys := range s.Condition {
			for key, values := range keys {
				switch operator {
				case "Null":
					if key != a.Key || !slices.Equal(values, iampolicy.OneOrMany[string]{"false"}) {
						return false
					}
				case "StringEquals", "ForAllValues:StringEquals":
					if key != a.Key {
						return false
					}
					for _, value := range strings.Split(a.Value, ",") {
						if !slices.Contains(values, value) {
							return false
						}
					}
				default:
					return false
				}
			}
		}
		return true
	})
}

// matches compares with a pattern that may have wildcards.
func matches(pattern, s string) bool {
	return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$").MatchString(s)
}

// Denied returns what the policy does not allow.
func Denied(policy []iampolicy.Statement, asks []Ask) (all []Ask) {
	for _, a := range asks {
		if !Allows(policy, a) {
			all = append(all, a)
		}
	}
	return all
}

// Without returns the policy without each of its parts in turn: an action, a
// resource, or a value of a condition.
func Without(t testing.TB, text string) map[string][]iampolicy.Statement {
	less := map[string][]iampolicy.Statement{}
	cut := func(name string, i int, values iampolicy.OneOrMany[string], put func(s *iampolicy.Statement, left iampolicy.OneOrMany[string])) {
		for j, value := range values {
			policy := Read(t, text)
			put(&policy[i], slices.Delete(slices.Clone(values), j, j+1))
			less[fmt.Sprintf("%s: %s %s", policy[i].Sid, name, value)] = policy
		}
	}
	for i, s := range Read(t, text) {
		cut("action", i, s.Action, func(s *iampolicy.Statement, left iampolicy.OneOrMany[string]) { s.Action = left })
		cut("resource", i, s.Resource, func(s *iampolicy.Statement, left iampolicy.OneOrMany[string]) { s.Resource = left })
		for operator, keys := range s.Condition {
			for key, values := range keys {
				cut(key, i, values, func(s *iampolicy.Statement, left iampolicy.OneOrMany[string]) { s.Condition[operator][key] = left })
			}
		}
	}
	return less
}
