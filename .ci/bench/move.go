package main

import (
	"context"

	"github.com/google/uuid"
	"github.com/qmuntal/stateless"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

// drafted returns the record of a listing that was just created.
func drafted(l listing.Listing) (lifecycle.Record, error) {
	absent := lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}
	d, err := lifecycle.Decide(absent, lifecycle.Create{Listing: l}, lifecycle.Input{At: lifecycletest.Start})
	return d.Record, err
}

func submitAgainstStateless(_ context.Context, r row, o options) (result, error) {
	l := lifecycletest.ModelPackage()
	record, err := drafted(l)
	if err != nil {
		return result{}, err
	}
	in := lifecycle.Input{At: lifecycletest.Start, Facts: lifecycletest.Facts(l)}
	return timed(r, o,
		func() error {
			d, err := lifecycle.Decide(record, lifecycle.Submit{}, in)
			if err != nil {
				return err
			}
			return unless(d.Record.State == lifecycle.Submitted && d.Record.Request != nil)
		},
		func() error {
			m := machineOf(lifecycle.Draft, func() bool { return listing.Check(l).Err() == nil })
			if err := m.Fire(lifecycle.EventSubmit); err != nil {
				return err
			}
			return unless(m.MustState() == lifecycle.Submitted)
		})
}

// machineOf returns a machine of the five states with the moves between them.
// Draft → Submitted has the guard.
func machineOf(state lifecycle.State, guard func() bool) *stateless.StateMachine {
	m := stateless.NewStateMachine(state)
	m.Configure(lifecycle.Draft).
		PermitReentry(lifecycle.EventEdit).
		Permit(lifecycle.EventSubmit, lifecycle.Submitted, func(context.Context, ...any) bool { return guard() })
	m.Configure(lifecycle.Submitted).
		Permit(lifecycle.EventPreviewReady, lifecycle.TestProduct).
		Permit(lifecycle.EventReturnToDraft, lifecycle.Draft)
	m.Configure(lifecycle.TestProduct).
		PermitReentry(lifecycle.EventUpdateInformation).
		Permit(lifecycle.EventSignOff, lifecycle.Live)
	m.Configure(lifecycle.Live).
		PermitReentry(lifecycle.EventAddVersion).
		PermitReentry(lifecycle.EventUpdateVersion).
		PermitReentry(lifecycle.EventRestrictVersion).
		PermitReentry(lifecycle.EventUpdateInformation).
		PermitReentry(lifecycle.EventUpdatePricing).
		PermitReentry(lifecycle.EventUpdateAllowList).
		Permit(lifecycle.EventUnpublish, lifecycle.Unpublished)
	m.Configure(lifecycle.Unpublished).
		PermitReentry(lifecycle.EventEndSupport)
	return m
}

func signOffAgainstStateless(ctx context.Context, r row, o options) (result, error) {
	record, err := recordIn(ctx, lifecycletest.ModelPackage(), lifecycle.TestProduct)
	if err != nil {
		return result{}, err
	}
	in := lifecycle.Input{At: record.UpdatedAt, Facts: lifecycletest.Facts(record.Draft)}
	yes := func(context.Context, ...any) bool { return true }
	m := stateless.NewStateMachine(lifecycle.TestProduct)
	m.Configure(lifecycle.TestProduct).Permit(lifecycle.EventSignOff, lifecycle.Live, yes, yes, yes, yes, yes, yes, yes, yes, yes, yes)
	m.Configure(lifecycle.Live)
	return timed(r, o,
		func() error { return lifecycle.Explain(record, lifecycle.SignOff{}, in).Err() },
		func() error {
			can, err := m.CanFire(lifecycle.EventSignOff)
			if err != nil {
				return err
			}
			return unless(can)
		})
}

func recordIn(ctx context.Context, l listing.Listing, state lifecycle.State) (record lifecycle.Record, err error) {
	defer recovered(&err)
	b := lifecycletest.NewBench(noTest{})
	return b.Load(ctx, b.Listing(noTest{}, l, state, false))
}

// published returns a record that is live with n versions. They are put into it
// directly: to add a thousand by commands takes minutes.
func published(ctx context.Context, n int) (lifecycle.Record, error) {
	r, err := recordIn(ctx, lifecycletest.ModelPackage(), lifecycle.Live)
	if err != nil {
		return r, err
	}
	r.Draft = lifecycletest.WithVersions(r.Draft, n)
	r.Published.Listing = r.Draft.Clone()
	return r, nil
}

func restrictGrowth(ctx context.Context, r row, o options) (result, error) {
	restrict := func(n int) (side, error) {
		record, err := published(ctx, n)
		in := lifecycle.Input{At: record.UpdatedAt}
		return func() error {
			d, err := lifecycle.Decide(record, lifecycle.RestrictVersion{Number: "1.0"}, in)
			if err != nil {
				return err
			}
			return unless(d.Record.Request != nil)
		}, err
	}
	large, err := restrict(1_000)
	if err != nil {
		return result{}, err
	}
	small, err := restrict(2)
	if err != nil {
		return result{}, err
	}
	return timed(r, o, large, small)
}
