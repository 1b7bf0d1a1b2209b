package main

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/examples/internal/killed"
	"github.com/shelflife-go/shelflife/internal/mortal"
	"github.com/shelflife-go/shelflife/lifecycle"
)

// The program dies at each call of the store and of AWS, and is run again: there
// is one product, made by one change set.
func TestKilledAtEveryCall(t *testing.T) {
	program := func(w killed.World, p *mortal.Process) error {
		return publish(context.Background(), w.Manager(t, p), w.Document, func(d time.Duration) { require.NoError(t, w.Market.Advance(d)) })
	}
	killed.AtEveryCall(t, func() killed.World { return killed.NewWorld(t) }, 21, program, func(w killed.World, when string) {
		sets := w.Market.Ledger().ChangeSets
		require.Len(t, sets, 1, when)
		created := 0
		for _, c := range sets[0].Changes {
			if c.Type == "CreateProduct" {
				created++
			}
		}
		require.Equal(t, 1, created, when)
		var found []lifecycle.Summary
		for s, err := range w.Manager(t, &mortal.Process{}).Listings(context.Background(), lifecycle.Query{}) {
			require.NoError(t, err)
			found = append(found, s)
		}
		require.Len(t, found, 1, when)
		require.Equal(t, lifecycle.TestProduct, found[0].State)
		require.NotEmpty(t, found[0].Product)
	})
}
