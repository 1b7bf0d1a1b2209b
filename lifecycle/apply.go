package lifecycle

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// Desired is a listing as it should be: what [Steps] and [Manager.Apply] work
// towards.
type Desired struct {
	// Name is that of a listing that is not created yet; see [Create].
	Name string `json:"name,omitempty"`
	// Listing is the whole document. Versions that should be restricted have that
	// status; a version that was published cannot be left out.
	Listing listing.Listing `json:"listing"`
	// Testers are those of [Submit]; nil keeps the ones that there are.
	Testers []listing.AccountID `json:"testers,omitempty"`
	// Until is how far to go: Draft, TestProduct or Live, and nothing else. The zero
	// value means Draft: nothing is sent.
	Until State `json:"until,omitempty"`
}

// Step is one step towards what is [Desired].
type Step struct {
	// Event is that of the command, or of the request under way.
	Event Event `json:"event"`
	// Command is the command to give; nil for a request under way, which has to
	// end first.
	Command Command `json:"-"`
	// On is the record that it is a step from: the one that there is, as if the steps
	// before had succeeded. [Manager.PlanOn] says what the command changes of it.
	On Record `json:"-"`
}

// maxSteps bounds how many steps are looked ahead.
const maxSteps = 4_000

// Steps returns the commands, in order, that lead from the record to the listing
// as it should be, one request at a time; a request under way comes first. No
// steps are left when everything is as desired. It returns a [*Refusal] with every
// rule in the way: of all the commands, judged one after the other as if those
// before had succeeded. A fact that the input does not have is not in the way. It
// returns the first 4,000 steps at the most. It is pure.
//
// Versions are added before prices are raised and before others are restricted,
// and prices are lowered before others are raised, so that each request is one
// that the marketplace takes.
func Steps(r Record, want Desired, in Input) ([]Step, error) {
	p := newPlanner(r, want, in)
	if r.Request != nil {
		p.steps = append(p.steps, Step{Event: r.Request.Kind, On: r})
		if err := p.succeed(); err != nil {
			return nil, err
		}
	}
	if violations := p.locked(); len(violations) > 0 {
		return nil, &Refusal{Listing: r.ID, Command: EventEdit, State: p.now.State, Findings: rule.Join(rule.Findings{Violations: violations})}
	}
	for range maxSteps {
		c := p.next()
		if c == nil {
			break
		}
		if err := p.take(c); err != nil {
			return nil, err
		}
	}
	return p.steps, nil
}

func newPlanner(r Record, want Desired, in Input) planner {
	p := planner{now: r, want: want, in: in}
	p.in.once = nil
	p.want.Listing.Versions = knownRoles(r, want.Listing.Versions)
	if p.want.Until == "" {
		p.want.Until = Draft
	}
	if in.At.Before(r.UpdatedAt) {
		p.in.At = r.UpdatedAt
	}
	return p
}

// planner carries out commands on a record in thought.
type planner struct {
	now   Record
	want  Desired
	in    Input
	steps []Step
}

// locked returns what can never be reached from here: a version that is gone, an
// edited lock, two versions with one number.
func (p *planner) locked() (found rule.Violations) {
	if until := p.want.Until; until != Draft && until != TestProduct && until != Live {
		found = append(found, rule.Violation{Rule: RuleCommand, Path: "until", Problem: fmt.Sprintf("is %q", rule.Shorten(string(until))), Remedy: "give Draft, Test Product or Live"})
	}
	if p.now.State == "" {
		return found
	}
	m := newMove(p.now, Edit{Listing: p.want.Listing}, p.in)
	checks := slices.Concat(one(chosenVisibility), locks)
	if p.now.State != Draft && p.now.State != TestProduct {
		checks = slices.Concat(checks, one(oneKind))
	}
	found = append(found, rule.Run(m, checks).Violations...)
	if p.now.State == Live { // else it would become the one and the other in turn, for ever
		found = append(found, only(listing.CheckChange(p.now.Draft, p.want.Listing).Violations, version.RuleNumber)...)
	}
	for _, v := range p.now.published().Versions {
		if after, ok := p.want.Listing.Version(v.Number); ok && v.Status == version.Restricted && !after.Equal(v) {
			found = append(found, only(rule.Run(m, restrictions).Violations, RuleVersionEditable)...)
			break
		}
	}
	if p.now.State == Unpublished && !sameForBuyers(p.now.Draft, p.want.Listing) {
		found = append(found, rule.Violation{Rule: RuleUpdate, Problem: "the listing is Unpublished", Remedy: "create a new listing"})
	}
	if p.now.State == Live && p.want.Until != Live && !p.done() {
		found = append(found, rule.Violation{Rule: RuleEdit, Problem: "the listing is Live: what changes, changes for everyone at once", Remedy: "go on until Live"})
	}
	return found
}

func only(all rule.Violations, r rule.Rule) (out rule.Violations) {
	for _, v := range all {
		if errors.Is(v, r) {
			out = append(out, v)
		}
	}
	return out
}

// oneKind: a Live listing has no command that changes its kind.
var oneKind = rule.Check[move]{Rule: listing.RuleKindMatches, Find: func(m move, r *rule.Report) {
	if after := m.document().Kind; after != m.record.Draft.Kind {
		r.BrokenRemedy("kind", "create a new listing", "changes from %q to %q", m.record.Draft.Kind, rule.Shorten(string(after)))
	}
}}

// take adds the command and goes on as if its request had succeeded.
func (p *planner) take(c Command) error {
	d, err := Decide(p.now, c, p.in)
	if err != nil {
		return err
	}
	p.steps = append(p.steps, Step{Event: c.Event(), Command: c, On: p.now})
	p.now = d.Record
	return p.succeed()
}

// succeed ends the request under way, in thought.
func (p *planner) succeed() error {
	if p.now.Request == nil {
		return nil
	}
	d := Decision{Record: p.now}
	err := d.end(Outcome{Result: Succeeded}, "", p.in.At)
	p.now = d.Record
	return err
}

// done reports whether the document is as it should be.
func (p *planner) done() bool {
	return sameForBuyers(p.now.Draft, p.want.Listing) && slices.Equal(p.now.Draft.Buyers, p.want.Listing.Buyers)
}

// next returns the next command, or nil when nothing is left to do.
func (p *planner) next() Command {
	switch p.now.State {
	case "":
		return Create{Name: p.want.Name, Listing: p.want.Listing}
	case Draft, TestProduct:
		return p.prepare()
	case Live:
		return p.update()
	}
	return nil
}

// prepare leads a Draft or a Test Product on.
func (p *planner) prepare() Command {
	if p.want.Until == Draft {
		if p.now.Draft.Equal(p.want.Listing) {
			return nil
		}
		return Edit{Listing: p.want.Listing}
	}
	portion := p.portion()
	if !p.now.Draft.Equal(portion) {
		return Edit{Listing: portion}
	}
	switch submit := (Submit{Testers: p.want.Testers}); {
	case p.brings(submit):
		return submit
	case p.want.Until == Live:
		return SignOff{}
	}
	return nil
}

// brings reports whether the submission has anything that the marketplace has not.
func (p *planner) brings(submit Submit) bool {
	tested, _ := submit.delta(p.now)
	return p.now.Published == nil || p.now.Edited() || tested.AllowList != nil && !sameAccounts(*tested.AllowList, p.now.Published.AllowList)
}

// portion is as much of the document as one submission may bring: one version is
// added and one edited at the most, and prices rise alone.
func (p *planner) portion() listing.Listing {
	l := p.want.Listing
	places, _ := byNumber(p.now.published().Versions)
	added, edited := 0, 0
	versions := make([]version.Version, 0, len(l.Versions))
	for _, v := range l.Versions {
		i, published := places[v.Number]
		switch {
		case !published:
			if added++; added > 1 {
				continue
			}
		case v.Status == version.Offered && !p.now.Published.Listing.Versions[i].Equal(v):
			if edited++; edited > 1 {
				v = p.now.Published.Listing.Versions[i]
			}
		}
		versions = append(versions, v)
	}
	l.Versions = versions
	if before := p.now.published().Offer; before != nil && l.Offer != nil {
		offer := p.nextOffer(*before, *l.Offer)
		l.Offer = &offer
	}
	return l
}

// update leads a Live listing on.
func (p *planner) update() Command {
	have, want := p.now.Draft, p.want.Listing
	if !have.Information.Equal(want.Information) || !have.Promotion.Equal(want.Promotion) || want.Support != nil && (have.Support == nil || *have.Support != *want.Support) {
		c := UpdateInformation{Information: want.Information, Promotion: want.Promotion}
		if want.Support != nil {
			c.Support = *want.Support
		}
		return c
	}
	if c := p.nextVersion(have, want); c != nil {
		return c
	}
	if want.Offer != nil && have.Offer != nil && !sameOffer(*have.Offer, *want.Offer) {
		return UpdatePricing{Offer: p.nextOffer(*have.Offer, *want.Offer)}
	}
	if isPrivate(have) && !slices.Equal(have.Buyers, want.Buyers) {
		return UpdateAllowList{Accounts: want.Buyers}
	}
	for _, v := range want.Versions {
		if before, _ := have.Version(v.Number); v.Status == version.Restricted && before.Status == version.Offered {
			return RestrictVersion{Number: v.Number}
		}
	}
	return nil
}

// nextVersion returns the command that adds or edits the next version. A version
// that is new and restricted is added first.
func (p *planner) nextVersion(have, want listing.Listing) Command {
	places, _ := byNumber(have.Versions)
	for _, v := range want.Versions {
		i, known := places[v.Number]
		if known && have.Versions[i].Status == version.Restricted {
			continue
		}
		offered := v
		offered.Status = version.Offered
		switch {
		case !known:
			return AddVersion{Version: offered, Rates: p.ratesFor(v, have, want)}
		case !have.Versions[i].Equal(offered):
			return UpdateVersion{Version: offered}
		}
	}
	return nil
}

// ratesFor returns the rates that come with a new version: those that its resource
// needs, or all that are new when that is not known.
func (p *planner) ratesFor(v version.Version, have, want listing.Listing) pricing.RateCard {
	if want.Offer == nil || have.Offer == nil {
		return nil
	}
	rates := maps.Clone(want.Offer.Rates)
	maps.DeleteFunc(rates, func(d pricing.Dimension, _ pricing.USD) bool {
		_, stated := have.Offer.Rates[d]
		return stated
	})
	if resource, known := p.in.Facts.Resources[v.Resource]; known { // one that is not described is refused in any case
		needed := want.Offer.Model.Required(resource.Batch, resource.RealTime, resource.Training)
		maps.DeleteFunc(rates, func(d pricing.Dimension, _ pricing.USD) bool { return !slices.Contains(needed, d) })
	}
	return rates
}

// nextOffer is the offer as it should be, without raised prices as long as
// anything else of it changes.
func (p *planner) nextOffer(have, want pricing.Offer) pricing.Offer {
	calm := want.Clone()
	for d, price := range want.Rates {
		if old, priced := have.Rates[d]; priced && price.Cmp(old) > 0 {
			calm.Rates[d] = old
		}
	}
	if have.Equal(calm) {
		return want
	}
	return calm
}
