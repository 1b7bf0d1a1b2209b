package lifecycle

import (
	"slices"

	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// ExplainSteps returns the commands that lead from the record to the listing as it
// should be, each event once, and everything that stands in the way of any of them, as
// [Explain] does for one command. [Steps] ends with the first command that is refused;
// ExplainSteps goes on with the differences that are left. A request under way is in
// the way; what follows is judged as if it had succeeded. It is pure.
func ExplainSteps(r Record, want Desired, in Input) ([]Event, rule.Findings) {
	e := explainer{planner: newPlanner(r, want, in)}
	if r.Request != nil {
		e.add(rule.Run(newMove(r, Edit{Listing: want.Listing}, in), one(oneRequest)))
		if e.succeed() != nil {
			return nil, e.found // what follows is not known
		}
	}
	e.add(rule.Findings{Violations: e.locked()})
	switch e.now.State {
	case "", Draft, TestProduct:
		e.submission()
	case Live:
		e.updates()
	}
	return e.ahead, e.found
}

// explainer is a planner that goes on when a command is refused.
type explainer struct {
	planner
	ahead []Event
	found rule.Findings
}

// add adds what was found, each once, but for some rules.
func (e *explainer) add(found rule.Findings, but ...rule.Rule) {
	left := func(v rule.Violation) bool {
		return slices.ContainsFunc(but, func(r rule.Rule) bool { return r.ID == v.Rule.ID })
	}
	isNew := func(all rule.Violations, v rule.Violation) bool {
		return !left(v) && !slices.ContainsFunc(all, func(have rule.Violation) bool {
			return have.Rule.ID == v.Rule.ID && have.Path == v.Path && have.Problem == v.Problem
		})
	}
	more := rule.Findings{More: found.More}
	for _, v := range found.Violations {
		if isNew(e.found.Violations, v) {
			more.Violations = append(more.Violations, v)
		}
	}
	for _, v := range found.Advice {
		if isNew(e.found.Advice, v) {
			more.Advice = append(more.Advice, v)
		}
	}
	for _, g := range found.NotChecked {
		if !slices.ContainsFunc(e.found.NotChecked, func(have rule.Gap) bool {
			return have.Rule.ID == g.Rule.ID && have.Path == g.Path && have.Missing == g.Missing
		}) {
			more.NotChecked = append(more.NotChecked, g)
		}
	}
	e.found = rule.Join(e.found, more)
}

func (e *explainer) comes(event Event) {
	if !slices.Contains(e.ahead, event) {
		e.ahead = append(e.ahead, event)
	}
}

// submission judges the whole document as if one submission brought it: Steps brings
// it in portions, one version or rise of prices after the other.
func (e *explainer) submission() {
	if e.now.State == "" {
		create := Create{Name: e.want.Name, Listing: e.want.Listing}
		e.comes(EventCreate)
		e.add(Explain(e.now, create, e.in))
		e.now.State = Draft
	} else if !e.now.Draft.Equal(e.want.Listing) {
		e.comes(EventEdit)
		e.add(Explain(e.now, Edit{Listing: e.want.Listing}, e.in))
	}
	if e.want.Until == Draft {
		return
	}
	e.now.Draft = e.want.Listing
	submit := Submit{Testers: e.want.Testers}
	tested, _ := submit.delta(e.now)
	if e.now.Published == nil || e.now.Edited() || tested.AllowList != nil && !sameAccounts(*tested.AllowList, e.now.Published.AllowList) {
		e.comes(EventSubmit)
		e.add(Explain(e.now, submit, e.in), RuleOneVersion, RuleRiseAlone, RuleSubmit)
	}
	if e.want.Until == Live {
		e.comes(EventSignOff)
	}
}

// updates judges one update after the other. The difference that a refused one would
// remove is taken out of what is wanted, so that the next one is found.
func (e *explainer) updates() {
	e.numbersBack()
	for range maxSteps {
		c := e.next()
		if c == nil {
			return
		}
		e.comes(c.Event())
		e.add(Explain(e.now, c, e.in))
		if e.take(c) != nil && !e.giveUp(c) {
			return
		}
	}
}

// numbersBack takes a published version that got another number for what it is: it is
// no new one, and its number is locked, as was found already.
func (e *explainer) numbersBack() {
	want := e.want.Listing.Clone()
	for i, v := range want.Versions {
		before := slices.IndexFunc(e.now.Draft.Versions, func(have version.Version) bool { return have.Resource == v.Resource })
		if before < 0 {
			continue
		}
		_, known := e.now.Draft.Version(v.Number)
		_, kept := want.Version(e.now.Draft.Versions[before].Number)
		if !known && !kept {
			want.Versions[i] = e.now.Draft.Versions[before]
		}
	}
	e.want.Listing = want
}

// giveUp reports whether there is something to go on with.
func (e *explainer) giveUp(c Command) bool {
	have, want := e.now.Draft, &e.want.Listing
	*want = want.Clone()
	keep := func(number string) {
		v, known := have.Version(number)
		i := slices.IndexFunc(want.Versions, func(v version.Version) bool { return v.Number == number })
		if known {
			want.Versions[i] = v
		} else {
			want.Versions = slices.Delete(want.Versions, i, i+1)
		}
	}
	switch c := c.(type) {
	case UpdateInformation:
		want.Information, want.Promotion, want.Support = have.Information, have.Promotion, have.Support
	case UpdatePricing:
		want.Offer = have.Offer
	case UpdateAllowList:
		want.Buyers = have.Buyers
	case AddVersion:
		keep(c.Version.Number)
		for d := range c.Rates { // they came with it
			delete(want.Offer.Rates, d)
		}
	case UpdateVersion:
		keep(c.Version.Number)
	case RestrictVersion:
		keep(c.Number)
	default:
		return false
	}
	return true
}
