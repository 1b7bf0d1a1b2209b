package main

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/examples/internal/killed"
	"github.com/shelflife-go/shelflife/internal/mortal"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/version"
)

const pkg = version.ARN("arn:aws:sagemaker:us-east-2:111122223333:model-package/invoices-7")

func runOn(t *testing.T, w killed.World, p *mortal.Process) error {
	t.Helper()
	return release(context.Background(), w.Manager(t, p), killed.Clock{Simulator: w.Market}, "invoice-extractor", w.Document, pkg, "Reads tables.")
}

// requireReleased requires two versions, the first restricted, and that each request was
// sent once: submit, sign-off, the version, and the restriction.
func requireReleased(t *testing.T, w killed.World, when string) {
	t.Helper()
	m := w.Manager(t, &mortal.Process{})
	record, err := m.Load(context.Background(), m.ID("invoice-extractor"))
	require.NoError(t, err)
	require.Equal(t, lifecycle.Live, record.State, when)
	require.Len(t, record.Draft.Versions, 2, when)
	require.Equal(t, version.Restricted, record.Draft.Versions[0].Status, when)
	fresh := record.Draft.Versions[1]
	require.Equal(t, []any{"1.1", pkg, "Reads tables.", version.Offered}, []any{fresh.Number, fresh.Resource, fresh.ReleaseNotes, fresh.Status}, when)
	require.Len(t, w.Market.Ledger().ChangeSets, 4, when)
	drift, err := m.Drift(context.Background(), record.ID)
	require.NoError(t, err)
	require.Empty(t, drift.Differences, when)
}

// The program dies at each call of the store and of AWS, and is run again.
func TestKilledAtEveryCall(t *testing.T) {
	t.Parallel()
	killed.AtEveryCall(t, func() killed.World { return killed.NewWorld(t, pkg) }, 81,
		func(w killed.World, p *mortal.Process) error { return runOn(t, w, p) },
		func(w killed.World, when string) { requireReleased(t, w, when) })
}

// The next package is the next version, and a refusal says everything at once.
func TestNextPackage(t *testing.T) {
	t.Parallel()
	w := killed.NewWorld(t, pkg)
	require.NoError(t, runOn(t, w, &mortal.Process{}))
	m := w.Manager(t, &mortal.Process{})
	record, err := m.Load(context.Background(), m.ID("invoice-extractor"))
	require.NoError(t, err)
	next := withVersion(record.Draft, pkg+"8", "More.")
	require.Equal(t, "1.2", next.Versions[2].Number)
	require.Equal(t, version.Restricted, next.Versions[1].Status)
	require.Equal(t, version.Offered, record.Draft.Versions[1].Status, "the record is as it was")

	err = release(context.Background(), m, killed.Clock{Simulator: w.Market}, "invoice-extractor", w.Document, pkg+"8", "")
	require.ErrorIs(t, err, version.RuleReleaseNotes)
	require.ErrorIs(t, err, lifecycle.RuleResourceExists)
	require.Len(t, w.Market.Ledger().ChangeSets, 4, "nothing was sent")

	for number, want := range map[string]string{"1.9": "1.10", "7": "8", "2.0.3": "2.0.4", "1.0-beta": "1.0-beta.1"} {
		require.Equal(t, want, bumped(number))
	}
}
