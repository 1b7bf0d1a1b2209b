package main

import (
	"context"
	"embed"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

//go:embed listings/*.json
var documents embed.FS

const day = 24 * time.Hour

// byMe names in the journal who asks.
var byMe = lifecycle.By("quickstart")

// story is the life of one listing, written so that it can be taken up at any
// point.
type story struct {
	// name makes the listing's id: every run finds the listing of the one before.
	name, title string
	// prepare puts into SageMaker what the versions of the listing refer to.
	prepare func(*simulator.Simulator) error
	steps   []step
}

func (s story) id() uuid.UUID { return lifecycle.ID(seller, s.name) }

// step does one of three things: it leads the listing to what is wanted, gives a
// command once, or shows a command that the rules refuse.
type step struct {
	want    *lifecycle.Desired
	once    lifecycle.Command
	refused func(lifecycle.Record) lifecycle.Command
	// done reports that the record is past the step; nil is for a command that is
	// given once, which finds out by itself.
	done func(lifecycle.Record) bool
	// notBefore is the earliest instant for it; nil is at once.
	notBefore func(lifecycle.Record) time.Time
	// before is when it is too late to show the step; nil is never.
	before func(lifecycle.Record) time.Time
}

func (s story) play(ctx context.Context, m *lifecycle.Manager, market *simulator.Simulator, p printer) error {
	if err := s.prepare(market); err != nil {
		return err
	}
	r, err := m.Load(ctx, s.id())
	switch {
	case errors.Is(err, lifecycle.ErrNotFound):
		p.start(s.title)
	case err != nil:
		return err
	default:
		p.resume(s.title, r)
		if r, err = m.Await(ctx, s.id()); err != nil {
			return err
		}
	}
	for _, step := range s.steps {
		if step.done != nil && step.done(r) {
			continue
		}
		if step.before != nil && !market.Now().Before(step.before(r)) {
			continue
		}
		if step.notBefore != nil {
			if err := market.Advance(max(0, step.notBefore(r).Sub(market.Now()))); err != nil {
				return err
			}
		}
		if r, err = step.take(ctx, m, market, r, p); err != nil {
			return err
		}
	}
	return nil
}

// take returns the record as it is after the step.
func (s step) take(ctx context.Context, m *lifecycle.Manager, market *simulator.Simulator, r lifecycle.Record, p printer) (lifecycle.Record, error) {
	switch {
	case s.want != nil:
		return apply(ctx, m, market, *s.want, p)
	case s.once != nil:
		// The key is the event: this listing is removed once, and its support ended
		// once, however often the program is run.
		if _, err := m.Do(ctx, r.ID, s.once, byMe, lifecycle.Once(string(s.once.Event()))); err != nil {
			return r, err
		}
		return m.Await(ctx, r.ID)
	}
	command := s.refused(r)
	_, err := m.Do(ctx, r.ID, command, byMe)
	var refusal *lifecycle.Refusal
	switch {
	case errors.As(err, &refusal):
		p.refusal(*refusal)
		return r, nil
	case err == nil:
		return r, errors.New("the rules let pass what they should refuse: " + string(command.Event()))
	}
	return r, err
}

// apply leads the listing to what is wanted. The simulated clock moves as fast as
// it is asked to, so that waiting takes no time.
func apply(ctx context.Context, m *lifecycle.Manager, market *simulator.Simulator, want lifecycle.Desired, p printer) (lifecycle.Record, error) {
	for {
		applied, err := m.Apply(ctx, m.ID(want.Name), want, byMe)
		if err != nil || len(applied.Left) == 0 {
			return applied.Record, err
		}
		p.waiting(applied.Wait)
		if err := market.Advance(applied.Wait); err != nil {
			return applied.Record, err
		}
	}
}

func stories() []story { return []story{invoiceExtractor(), churnForecaster()} }

func invoiceExtractor() story {
	const name = "invoice-extractor"
	first, second := mustListing("listings/invoice-extractor.json"), mustVersion("listings/invoice-extractor-2.0.json")
	testers := []listing.AccountID{"777788889999"}

	// The second version replaces the first, and prices the instance type that is
	// new with it.
	next := first.Clone()
	next.Versions[0].Status = version.Restricted
	next.Versions = append(next.Versions, second)
	next.Offer.Rates[pricing.Batch("ml.g5.xlarge")] = pricing.MustUSD("1.60")
	next.Offer.Rates[pricing.RealTime("ml.g5.xlarge")] = pricing.MustUSD("1.85")

	submitted := func(r lifecycle.Record) bool { return r.Published != nil }
	signedOff := func(r lifecycle.Record) bool { return r.State == lifecycle.Live || r.State == lifecycle.Unpublished }
	restricted := func(r lifecycle.Record) bool { return len(r.Restricted) > 0 }
	unpublished := func(r lifecycle.Record) bool { return r.State == lifecycle.Unpublished }
	ended := func(r lifecycle.Record) bool { return r.SupportEndedAt != nil }
	supportDay := func(n int) func(lifecycle.Record) time.Time {
		return func(r lifecycle.Record) time.Time { return r.UnpublishedAt.Add(time.Duration(n) * day) }
	}
	return story{
		name: name, title: first.Title,
		prepare: func(market *simulator.Simulator) error {
			instances := []string{"ml.g4dn.xlarge", "ml.m5.xlarge"}
			if err := putModelPackage(market, first.Versions[0].Resource, instances); err != nil {
				return err
			}
			return putModelPackage(market, second.Resource, append(instances, "ml.g5.xlarge"))
		},
		steps: []step{
			{want: &lifecycle.Desired{Name: name, Listing: first, Testers: testers, Until: lifecycle.TestProduct}, done: submitted},
			{refused: edited(func(l *listing.Listing) {
				l.Regions = listing.Regions{Only: []listing.Region{"eu-central-1", "us-east-1"}}
				l.Visibility = listing.Private
				l.Buyers = []listing.AccountID{"444455556666"}
				l.Versions[0].Number = "1.0.1"
			}), done: signedOff},
			{want: &lifecycle.Desired{Name: name, Listing: first, Until: lifecycle.Live}, done: signedOff},
			{want: &lifecycle.Desired{Name: name, Listing: next, Until: lifecycle.Live}, done: restricted},
			{refused: just(lifecycle.RestrictVersion{Number: "2.0"}), done: unpublished},
			{once: lifecycle.Unpublish{Email: "catalog@northwind.example.com", Reason: "Continued as a hosted service."}},
			{refused: just(lifecycle.EndSupport{}), done: ended, notBefore: supportDay(89), before: supportDay(90)},
			{once: lifecycle.EndSupport{}, notBefore: supportDay(90)},
		},
	}
}

func churnForecaster() story {
	const name = "churn-forecaster"
	document := mustListing("listings/churn-forecaster.json")
	want := lifecycle.Desired{Name: name, Listing: document, Testers: []listing.AccountID{"777788889999"}, Until: lifecycle.TestProduct}
	live := want
	live.Until = lifecycle.Live
	isLive := func(r lifecycle.Record) bool { return r.State == lifecycle.Live }
	return story{
		name: name, title: document.Title,
		prepare: func(market *simulator.Simulator) error {
			return putAlgorithm(market, document.Versions[0].Resource, []string{"ml.m5.xlarge"}, []string{"ml.m5.4xlarge"})
		},
		steps: []step{
			{want: &want, done: func(r lifecycle.Record) bool { return r.Published != nil }},
			{refused: edited(func(l *listing.Listing) { l.Visibility, l.Buyers = listing.Public, nil }), done: isLive},
			{want: &live, done: isLive},
		},
	}
}

func just(c lifecycle.Command) func(lifecycle.Record) lifecycle.Command {
	return func(lifecycle.Record) lifecycle.Command { return c }
}

func edited(change func(*listing.Listing)) func(lifecycle.Record) lifecycle.Command {
	return func(r lifecycle.Record) lifecycle.Command {
		l := r.Draft.Clone()
		change(&l)
		return lifecycle.Edit{Listing: l}
	}
}

// mustListing reads a document that is part of the program.
func mustListing(name string) listing.Listing {
	data, err := documents.ReadFile(name)
	if err != nil {
		panic(err)
	}
	l, err := listing.Parse(data)
	if err != nil {
		panic(err)
	}
	return l
}

func mustVersion(name string) version.Version {
	data, err := documents.ReadFile(name)
	if err != nil {
		panic(err)
	}
	var v version.Version
	if err := document.Decode(data, &v); err != nil {
		panic(err)
	}
	return v
}
