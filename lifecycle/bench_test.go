package lifecycle_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

func BenchmarkDecideSubmit(b *testing.B) {
	l := lifecycletest.ModelPackage()
	created, err := lifecycle.Decide(lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}, lifecycle.Create{Listing: l}, lifecycle.Facts{}, lifecycletest.Start)
	require.NoError(b, err)
	facts := lifecycletest.Facts(l)
	b.ReportAllocs()
	for range b.N {
		if _, err := lifecycle.Decide(created.Record, lifecycle.Submit{}, facts, lifecycletest.Start); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReplay(b *testing.B) {
	bench := lifecycletest.NewBench(b)
	journal, err := bench.History(context.Background(), bench.Listing(b, lifecycletest.ModelPackage(), lifecycle.Live, false))
	require.NoError(b, err)
	b.ReportAllocs()
	for range b.N {
		if _, err := lifecycle.Replay(journal); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAsk(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		if _, err := lifecycle.Ask(lifecycle.Draft, lifecycle.EventSubmit); err != nil {
			b.Fatal(err)
		}
	}
}
