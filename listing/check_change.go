package listing

import "github.com/shelflife-go/shelflife/listing/rule"

// CheckChange returns what [Check] finds in after, without what is only about
// versions that before has in the same way. What the versions have to do with each
// other is judged all the same.
func CheckChange(before, after Listing) rule.Findings {
	same := unchanged(before, after)
	return rule.Collected(rule.MaxFindings, func(c *rule.Collector) { collect(c, after, same) })
}

// unchanged reports of each version of after whether before has it in the same
// way.
func unchanged(before, after Listing) []bool {
	place := placesOf(before)
	same := make([]bool, len(after.Versions))
	for i := range after.Versions {
		v := &after.Versions[i]
		at, known := place(v.Number, i)
		same[i] = known && before.Versions[at].Equal(*v)
	}
	return same
}

// placesOf returns a function that finds the version with a number. It looks where
// the caller supposes it first: most versions stay where they are.
func placesOf(l Listing) func(number string, supposed int) (int, bool) {
	var places map[string]int
	return func(number string, supposed int) (int, bool) {
		if supposed < len(l.Versions) && l.Versions[supposed].Number == number {
			return supposed, true
		}
		if places == nil {
			places = make(map[string]int, len(l.Versions))
			for i := range l.Versions {
				places[l.Versions[i].Number] = i
			}
		}
		at, known := places[number]
		return at, known
	}
}
