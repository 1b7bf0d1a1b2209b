package lifecycle

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// accepted is what the marketplace has taken though it breaks a rule: rules may have
// become stricter since, and some values can never be changed again. It is known by
// the rule and the value, wherever the value stands now; that of a version by the
// version's number, too.
type accepted struct {
	faults map[fault]int
	lists  map[fault]map[any]bool
}

// fault is one value that breaks a rule.
type fault struct{ rule, version, path, value string }

func acceptedFaults(l listing.Listing, found rule.Violations) accepted {
	a := accepted{faults: map[fault]int{}, lists: map[fault]map[any]bool{}}
	content := decodedListing(l)
	for _, v := range found {
		f, list := faultOf(l, content, v)
		a.faults[f]++
		if list != nil {
			f.value = ""
			a.lists[f] = setOf(list)
		}
	}
	return a
}

// split returns the violations that are new, and those that were accepted before.
func (a accepted) split(l listing.Listing, found rule.Violations) (fresh, before rule.Violations) {
	content := decodedListing(l)
	for _, v := range found {
		f, list := faultOf(l, content, v)
		if a.faults[f] > 0 {
			a.faults[f]--
			before = append(before, v)
			continue
		}
		f.value = ""
		if len(list) > 0 && !slices.ContainsFunc(list, func(entry any) bool { return !a.lists[f][entry] }) {
			before = append(before, v) // a list that only became shorter
			continue
		}
		fresh = append(fresh, v)
	}
	return fresh, before
}

// faultOf returns the fault of a violation and, if the value is a list of plain
// values, the list. Of an object, which may hold more than what is at fault, the
// problem stands for the value.
func faultOf(l listing.Listing, content any, v rule.Violation) (fault, []any) {
	f := fault{rule: v.Rule.ID, path: anyEntry.ReplaceAllString(v.Path, "[]")}
	var i int
	if n, _ := fmt.Sscanf(v.Path, "versions[%d]", &i); n == 1 && i >= 0 && i < len(l.Versions) { // rules of the house may name any path
		f.version = l.Versions[i].Number
	}
	value, _ := document.Value(content, v.Path)
	list, _ := value.([]any)
	_, isObject := value.(map[string]any)
	if isObject || slices.ContainsFunc(list, func(entry any) bool {
		_, plain := entry.(string)
		return !plain
	}) {
		f.value = "problem: " + v.Problem
		return f, nil
	}
	data, _ := json.Marshal(value) // it was JSON before
	f.value = string(data)
	return f, list
}

var anyEntry = regexp.MustCompile(`\[\d+\]`)

// decodedListing is the document as paths lead through it.
func decodedListing(l listing.Listing) any {
	var content any
	if data, err := listing.Format(l); err == nil {
		_ = json.Unmarshal(data, &content) // it is JSON
	}
	return content
}

// withKnownRoles returns the command without the access roles that are not known of
// what the marketplace has: it never gives a role back and takes no other, so that a
// document with the roles changes nothing.
func withKnownRoles(r Record, c Command) Command {
	switch c := c.(type) {
	case Edit:
		c.Listing.Versions = knownRoles(r, c.Listing.Versions)
		return c
	case UpdateVersion:
		c.Version = knownRoles(r, []version.Version{c.Version})[0]
		return c
	}
	return c
}

func knownRoles(r Record, versions []version.Version) []version.Version {
	places, _ := byNumber(r.published().Versions)
	copied := false
	for i, v := range versions {
		if at, published := places[v.Number]; !published || r.Published.Listing.Versions[at].AccessRole != "" {
			continue
		}
		if !copied {
			versions, copied = slices.Clone(versions), true
		}
		versions[i].AccessRole = ""
	}
	return versions
}
