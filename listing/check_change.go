package listing

import (
	"slices"

	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// CheckChange returns what [Check] finds in after, without what is only about
// versions that before has in the same way. Its cost follows the change, however
// many versions there are.
func CheckChange(before, after Listing) rule.Findings {
	same := unchanged(before, after)
	rest := after
	rest.Versions = make([]version.Version, len(after.Versions))
	texts := after
	texts.Versions = slices.Clone(after.Versions)
	for i, v := range after.Versions {
		if same[i] { // what the versions have to do with each other is judged all the same
			texts.Versions[i] = version.Version{}
			v = version.Version{Number: v.Number, Resource: v.Resource, AccessRole: v.AccessRole, Status: v.Status, Usage: v.Usage}
		}
		rest.Versions[i] = v
	}
	return rule.Collected(rule.MaxFindings, func(c *rule.Collector) {
		rule.Collect(c, rule.Place{}, rest, checks)
		rule.Collect(c, rule.Place{}, texts, textChecks)
		for i := range after.Versions {
			if !same[i] {
				collectVersion(c, after, i)
			}
		}
		if after.Offer != nil {
			pricing.Collect(c, rule.MemberOf("offer"), *after.Offer)
		}
	})
}

// unchanged reports of each version of after whether before has it in the same
// way.
func unchanged(before, after Listing) []bool {
	places := make(map[string]int, len(before.Versions))
	for i, v := range before.Versions {
		places[v.Number] = i
	}
	same := make([]bool, len(after.Versions))
	for i, v := range after.Versions {
		place, known := places[v.Number]
		same[i] = known && before.Versions[place].Equal(v)
	}
	return same
}
