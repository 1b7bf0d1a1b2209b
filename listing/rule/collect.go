package rule

import (
	"slices"
	"sync"

	"github.com/shelflife-go/shelflife/listing/document"
)

// MaxFindings is how many violations, how many pieces of advice and how many gaps
// are kept of one subject. What is found beyond is counted only, so that a small
// document cannot make a large answer.
const MaxFindings = 1_000

// Collector takes what is found in a subject and in its parts; see [Collected].
// It is not safe for concurrent use.
type Collector struct {
	max    int
	found  Findings
	report Report // of the check that runs
}

var collectors = sync.Pool{New: func() any { return new(Collector) }}

// Collected returns what collect has its collector take, sorted as by [Join]: at most
// max violations, max pieces of advice and max gaps, or all of them if max is 0. The
// collector must not be kept.
func Collected(max int, collect func(*Collector)) Findings {
	c := collectors.Get().(*Collector)
	defer collectors.Put(c)
	*c = Collector{max: max}
	collect(c)
	found := c.found
	*c = Collector{}
	found.sort()
	return found
}

// takes reports whether there is room for one more, and counts it if there is not.
func (c *Collector) takes(n int) bool {
	if c.max > 0 && n >= c.max {
		c.found.More++
		return false
	}
	return true
}

// Collect applies every check to the part of a subject that is at a place, and adds
// what they find to c. It leaves out the checks of the rules in but.
func Collect[T any](c *Collector, at Place, part T, checks []Check[T], but ...Rule) {
	for i := range checks {
		check := &checks[i]
		if check.Find == nil || slices.ContainsFunc(but, check.Rule.same) {
			continue // the rule is checked elsewhere
		}
		c.report = Report{rule: &check.Rule, to: c, place: place{outer: at}}
		check.Find(part, &c.report)
	}
}

// Place is where a part is in the subject. The zero value is the whole subject.
type Place struct {
	name  string
	entry int // counts from 1; 0 if the part is a member and no entry of a list
}

// EntryOf returns the place of entry i of a list.
func EntryOf(list string, i int) Place { return Place{list, i + 1} }

// MemberOf returns the place of a member.
func MemberOf(name string) Place { return Place{name, 0} }

func (p Place) path() string {
	if p.entry == 0 {
		return p.name
	}
	return document.Entry(p.name, p.entry-1)
}

// place is a place within a part. Its path is made when something is reported.
type place struct{ outer, inner Place }

func (p place) in(inner Place) place {
	switch {
	case p.inner == Place{}:
		return place{p.outer, inner}
	case p.outer == Place{}:
		return place{p.inner, inner}
	}
	return place{MemberOf(p.path("")), inner} // deeper than the lists of listings are
}

func (p place) path(path string) string {
	return document.Join(p.outer.path(), document.Join(p.inner.path(), path))
}
