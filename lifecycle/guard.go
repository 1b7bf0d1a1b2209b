package lifecycle

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// The rules of every move.
var (
	RuleCreateOnce = rule.Rule{ID: "create.once", Severity: rule.Must,
		Statement: "a listing is created once, under an id of its own",
		Remedy:    "edit the listing that exists, or create one with another id",
		Sources:   rule.Sources{Guide2022: "step 1: create a new listing"}}
	RuleName = rule.Rule{ID: "create.name", Severity: rule.Must,
		Statement: "the name of a listing to its seller has at most 128 characters on one line, without control characters and marks of direction",
		Remedy:    "give a short name, such as that of a folder",
		Sources:   rule.Sources{Judgement: "the journal and every list show it"}}
	RuleOneRequest = rule.Rule{ID: "edit.closed-while-submitted", Severity: rule.Must,
		Statement: "nothing changes while a request is being processed: one request at a time",
		Remedy:    "wait until the request has ended, or cancel it",
		Sources:   rule.Sources{Catalog2026: "working with change sets: concurrency"}}
)

// guard is what stands before the event of a command.
type guard struct {
	// state is the rule that is broken where the table has no transition.
	state rule.Rule
	// document reports that the document must be complete and right.
	document bool
	// checks are all other rules.
	checks []rule.Check[move]
}

// guards attaches the rules to the events. Whether a move exists at all is the
// table's to say; whether it may be made now, theirs.
var guards = map[Event]guard{
	EventCreate:    {state: RuleCreateOnce, checks: one(ownID, ownName, chosenVisibility, draftTexts)},
	EventAdoptTest: adoption, EventAdoptLive: adoption, EventAdoptUnpublished: adoption,
	EventReconcileTest: reconciliation, EventReconcileLive: reconciliation, EventReconcileUnpublished: reconciliation,
	EventDiscard: {state: RuleDiscard, checks: one(oneRequest, discardUnseen)},
	EventEdit:    {state: RuleEdit, checks: slices.Concat(one(oneRequest, chosenVisibility, draftTexts), locks, restrictions)},
	EventSubmit:  {state: RuleSubmit, document: true, checks: slices.Concat(one(oneRequest, submitEdited, testers, regionsByHand, oneVersion, mayRequest), locks, restrictions, sellerFacts, resourceFacts, prices)},
	EventSignOff: {state: RuleSignOff, document: true, checks: one(oneRequest, signOffEdited, regionsByHand)},

	EventAddVersion:        update(one(newRates), resourceFacts, prices),
	EventUpdateVersion:     update(one(knownVersion), resourceFacts),
	EventRestrictVersion:   update(one(knownVersion)),
	EventUpdateInformation: update(),
	EventUpdatePricing:     update(prices),
	EventUpdateAllowList:   update(one(testers)),

	EventUnpublish:  {state: RuleUnpublish, checks: one(oneRequest, unpublishContact, unpublishReplacement)},
	EventCancel:     {state: RuleCancel, checks: one(cancelOnce, cancelWindow)},
	EventEndSupport: {state: RuleEndSupport, checks: one(endSupportOnce, ninetyDays)},
}

var (
	adoption       = guard{state: RuleAdopt, checks: one(ownID, ownName, adoptable, otherTerms)}
	reconciliation = guard{state: RuleReconcile, checks: one(oneRequest, reconcilable, otherTerms)}
)

func update(more ...[]rule.Check[move]) guard {
	checks := slices.Concat(one(oneRequest, changesSomething, oneVersion), locks, restrictions)
	return guard{state: RuleUpdate, document: true, checks: slices.Concat(checks, slices.Concat(more...))}
}

func one(checks ...rule.Check[move]) []rule.Check[move] { return checks }

func (m move) findings() rule.Findings {
	g := guards[m.event]
	found := m.policy.refuse(rule.Run(m, g.checks))
	if m.by != "" {
		found = rule.Join(found, rule.Run(m, one(namedBy)))
	}
	if g.document && m.target != nil {
		found = rule.Join(found, m.judged(m.target.Listing), m.policy.refuse(m.assetFindings()))
	}
	return found
}

// judged is what is wrong with a document. What the marketplace has accepted
// already does not stand in the way of changing something else.
func (m move) judged(l listing.Listing) rule.Findings {
	own := func(found rule.Findings, l listing.Listing) rule.Findings {
		return m.policy.refuse(rule.Join(found, m.policy.check(l)))
	}
	if m.record.Published == nil {
		return own(listing.Check(l), l)
	}
	published := m.record.Published.Listing
	check := func(l listing.Listing, max int) rule.Findings {
		return own(rule.Collected(max, func(c *rule.Collector) { listing.Collect(c, l) }), l)
	}
	var found rule.Findings
	if m.event == EventSignOff { // with all advice, before it goes live
		found = own(listing.Check(l), l)
	} else {
		found = own(listing.CheckChange(published, l), l)
	}
	if len(found.Violations) == 0 {
		return found
	}
	accepted := check(published, 0).Violations // all of them, as one that was left out would be taken for new
	if found.More > 0 {
		found = check(l, rule.MaxFindings+len(accepted))
	}
	fresh, before := acceptedFaults(published, accepted).split(l, found.Violations)
	found.Violations = fresh
	found.Advice = append(found.Advice, before...)
	return rule.Join(found)
}

// wrongState adds that the table has no such transition, unless a guard has
// said so in better words.
func (m move) wrongState(e Event, found rule.Findings) rule.Findings {
	state := guards[e].state
	if errors.Is(found.Err(), state) && state != RuleUpdate { // what an update lacks is not that it is none of this state
		return found
	}
	return rule.Join(found, rule.Run(m, one(rule.Check[move]{Rule: state, Find: func(m move, r *rule.Report) {
		if m.record.State == "" {
			r.BrokenRemedy("", "create the listing first", "the listing does not exist")
			return
		}
		r.BrokenRemedy("", m.insteadOf(e, state.Remedy), "not possible while the listing is %s", m.record.State)
	}})))
}

var oneRequest = rule.Check[move]{Rule: RuleOneRequest, Find: func(m move, r *rule.Report) {
	if q := m.record.Request; q != nil {
		r.Broken("", "the request to %s is being processed since %s", q.Kind, q.RecordedAt.Format("2006-01-02 15:04 UTC"))
	}
}}

var ownID = rule.Check[move]{Rule: RuleCreateOnce, Find: func(m move, r *rule.Report) {
	if m.record.ID == uuid.Nil {
		r.BrokenRemedy("", "give one, such as uuid.New()", "the listing has no id")
	}
	if !m.record.Seller.Valid() {
		r.BrokenRemedy("", "give the twelve digits of the seller's account: "+m.record.Seller.Remedy(), "the listing has no seller")
	}
	if name := nameOf(m.command); name != "" && m.record.ID != ID(m.record.Seller, name) {
		r.BrokenRemedy("name", "use the id that lifecycle.ID makes of the name", "%q does not lead to the id %s", rule.Shorten(name), m.record.ID)
	}
}}

var ownName = rule.Check[move]{Rule: RuleName, Find: func(m move, r *rule.Report) { judgeName(nameOf(m.command), r) }}

func judgeName(name string, r *rule.Report) {
	r.OptionalText("name", name, maxName)
	readable(r, "name", name, "")
}

// CheckName returns what is wrong with the name of a listing, with the path "name": what
// [Create] and [Adopt] refuse by [RuleName]. The empty name, which is none, is accepted.
// It is safe for concurrent use.
func CheckName(name string) rule.Findings {
	return rule.Run(name, []rule.Check[string]{{Rule: RuleName, Find: judgeName}})
}

// chosenVisibility keeps a misspelled visibility out of a record, where it
// could never be put right.
var chosenVisibility = rule.Check[move]{Rule: listing.RuleVisibility, Find: func(m move, r *rule.Report) {
	if v := m.document().Visibility.OrDefault(); v != listing.Public && v != listing.Private {
		r.Broken("visibility", "%q is not a visibility", rule.Shorten(string(v)))
	}
}}

func nameOf(c Command) string {
	switch c := c.(type) {
	case Create:
		return c.Name
	case Adopt:
		return c.Name
	}
	return ""
}

// document is the document as the command would leave it.
func (m move) document() listing.Listing {
	switch c := m.command.(type) {
	case Create:
		return c.Listing
	case Edit:
		return c.Listing
	}
	if m.target != nil {
		return m.target.Listing
	}
	return m.record.Draft
}

// published is what the marketplace has, or an empty document.
func (m move) published() listing.Listing { return m.record.published() }

// publishedVersion returns the version with the number that the marketplace has,
// and whether it has one.
func (m move) publishedVersion(number string) (version.Version, bool) {
	i, published := m.places[number]
	if !published {
		return version.Version{}, false
	}
	return m.record.Published.Listing.Versions[i], true
}

func versionPath(i int, field string) string { return fmt.Sprintf("versions[%d].%s", i, field) }
