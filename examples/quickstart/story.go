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

// story is the life of one listing, written so that it can be taken up at any
// point: each step knows from the record whether it was taken before.
type story struct {
	name string
	// resources are what SageMaker has.
	prepare func(*simulator.Simulator) error
	steps   []step
}

// id is the same in every run, so that a run finds the listing of the one
// before.
func (s story) id() uuid.UUID { return uuid.NewSHA1(uuid.NameSpaceURL, []byte("quickstart/"+s.name)) }

type step struct {
	command func(lifecycle.Record) lifecycle.Command
	// done reports that the record is past the step.
	done func(lifecycle.Record) bool
	// notBefore is the earliest instant for it; nil is at once.
	notBefore func(lifecycle.Record) time.Time
	// before is when it is too late to show the step; nil is never.
	before func(lifecycle.Record) time.Time
	// refused says that the rules refuse the command, which is the point.
	refused bool
}

func (s story) play(ctx context.Context, m *lifecycle.Manager, market *simulator.Simulator, p printer) error {
	if err := s.prepare(market); err != nil {
		return err
	}
	r, err := m.Load(ctx, s.id())
	switch {
	case errors.Is(err, lifecycle.ErrNotFound):
		p.start(s.name)
	case err != nil:
		return err
	default:
		p.resume(s.name, r)
		if r, err = await(ctx, m, s.id(), p); err != nil {
			return err
		}
	}
	for _, step := range s.steps {
		if step.done(r) {
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
		if r, err = step.take(ctx, m, s.id(), r, p); err != nil {
			return err
		}
	}
	journal, err := m.History(ctx, s.id())
	if err != nil {
		return err
	}
	return p.history(journal)
}

func (s step) take(ctx context.Context, m *lifecycle.Manager, id uuid.UUID, r lifecycle.Record, p printer) (lifecycle.Record, error) {
	command := s.command(r)
	next, err := m.Do(ctx, id, command, lifecycle.By("quickstart"))
	var refusal *lifecycle.Refusal
	switch {
	case s.refused && errors.As(err, &refusal):
		p.refusal(*refusal)
		return r, nil
	case s.refused && err == nil:
		return r, errors.New("the rules let pass what they should refuse: " + string(command.Event()))
	case err != nil:
		return r, err
	}
	p.decided(next.Record, command)
	return await(ctx, m, id, p)
}

func await(ctx context.Context, m *lifecycle.Manager, id uuid.UUID, p printer) (lifecycle.Record, error) {
	before, err := m.Load(ctx, id)
	if err != nil || before.Request == nil {
		return before, err
	}
	r, err := m.Await(ctx, id)
	if err == nil {
		p.outcome(r)
	}
	return r, err
}

func stories() []story { return []story{invoiceExtractor(), churnForecaster()} }

func invoiceExtractor() story {
	document := mustListing("listings/invoice-extractor.json")
	second := mustVersion("listings/invoice-extractor-2.0.json")
	newRates := pricing.RateCard{
		pricing.Batch("ml.g5.xlarge"):    pricing.MustUSD("1.60"),
		pricing.RealTime("ml.g5.xlarge"): pricing.MustUSD("1.85"),
	}
	signedOff := func(r lifecycle.Record) bool { return r.State == lifecycle.Live || r.State == lifecycle.Unpublished }
	hasSecond := func(r lifecycle.Record) bool { _, ok := r.Draft.Version("2.0"); return ok }
	restricted := func(r lifecycle.Record) bool { return len(r.Restricted) > 0 }
	unpublished := func(r lifecycle.Record) bool { return r.State == lifecycle.Unpublished }
	ended := func(r lifecycle.Record) bool { return r.SupportEndedAt != nil }
	supportDay := func(n int) func(lifecycle.Record) time.Time {
		return func(r lifecycle.Record) time.Time { return r.UnpublishedAt.Add(time.Duration(n) * day) }
	}
	return story{
		name: document.Title,
		prepare: func(market *simulator.Simulator) error {
			instances := []string{"ml.g4dn.xlarge", "ml.m5.xlarge"}
			if err := putModelPackage(market, document.Versions[0].Resource, instances); err != nil {
				return err
			}
			return putModelPackage(market, second.Resource, append(instances, "ml.g5.xlarge"))
		},
		steps: []step{
			{command: just(lifecycle.Create{Listing: document}), done: func(r lifecycle.Record) bool { return r.State != "" }},
			{command: just(lifecycle.Submit{Testers: []listing.AccountID{"777788889999"}}), done: func(r lifecycle.Record) bool { return r.Published != nil }},
			{refused: true, done: signedOff, command: edited(func(l *listing.Listing) {
				l.Regions = listing.Regions{Only: []listing.Region{"eu-central-1", "us-east-1"}}
				l.Visibility = listing.Private
				l.Buyers = []listing.AccountID{"444455556666"}
				l.Versions[0].Number = "1.0.1"
			})},
			{command: just(lifecycle.SignOff{}), done: signedOff},
			{command: just(lifecycle.AddVersion{Version: second, Rates: newRates}), done: hasSecond},
			{command: just(lifecycle.RestrictVersion{Number: "1.0"}), done: restricted},
			{refused: true, done: unpublished, command: just(lifecycle.RestrictVersion{Number: "2.0"})},
			{command: just(lifecycle.Unpublish{Email: "catalog@northwind.example.com", Reason: "Continued as a hosted service."}), done: unpublished},
			{refused: true, done: ended, notBefore: supportDay(89), before: supportDay(90), command: just(lifecycle.EndSupport{})},
			{command: just(lifecycle.EndSupport{}), done: ended, notBefore: supportDay(90)},
		},
	}
}

func churnForecaster() story {
	document := mustListing("listings/churn-forecaster.json")
	isLive := func(r lifecycle.Record) bool { return r.State == lifecycle.Live }
	return story{
		name: document.Title,
		prepare: func(market *simulator.Simulator) error {
			return putAlgorithm(market, document.Versions[0].Resource, []string{"ml.m5.xlarge"}, []string{"ml.m5.4xlarge"})
		},
		steps: []step{
			{command: just(lifecycle.Create{Listing: document}), done: func(r lifecycle.Record) bool { return r.State != "" }},
			{command: just(lifecycle.Submit{Testers: []listing.AccountID{"777788889999"}}), done: func(r lifecycle.Record) bool { return r.Published != nil }},
			{refused: true, done: isLive, command: edited(func(l *listing.Listing) {
				l.Visibility, l.Buyers = listing.Public, nil
			})},
			{command: just(lifecycle.SignOff{}), done: isLive},
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
