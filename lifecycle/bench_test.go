package lifecycle_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

func BenchmarkDecideSubmit(b *testing.B) {
	l := lifecycletest.ModelPackage()
	created, err := lifecycle.Decide(lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}, lifecycle.Create{Listing: l}, lifecycle.Input{At: lifecycletest.Start})
	require.NoError(b, err)
	facts := lifecycletest.Facts(l)
	b.ReportAllocs()
	for range b.N {
		if _, err := lifecycle.Decide(created.Record, lifecycle.Submit{}, lifecycle.Input{At: lifecycletest.Start, Facts: facts}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReplay(b *testing.B) {
	bench := lifecycletest.NewBench(b)
	journal := journalOf(b, bench, bench.Listing(b, lifecycletest.ModelPackage(), lifecycle.Live, false))
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

// BenchmarkDecideRestrict restricts a version in a small listing and in a large one:
// the cost should follow the change.
func BenchmarkDecideRestrict(b *testing.B) {
	for _, n := range []int{2, 1_000} {
		b.Run(fmt.Sprintf("%d versions", n), func(b *testing.B) {
			r := liveWith(b, n)
			in := lifecycle.Input{At: r.UpdatedAt}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				if _, err := lifecycle.Decide(r, lifecycle.RestrictVersion{Number: "1.0"}, in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// liveWith returns a record that is Live with n versions.
func liveWith(t testing.TB, n int) lifecycle.Record {
	t.Helper()
	bench := lifecycletest.NewBench(t)
	r, err := bench.Load(context.Background(), bench.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false))
	require.NoError(t, err)
	r.Draft = lifecycletest.WithVersions(r.Draft, n)
	r.Published.Listing = r.Draft.Clone()
	return r
}

// BenchmarkExplain judges a sign-off that nothing stands in the way of.
func BenchmarkExplain(b *testing.B) {
	bench := lifecycletest.NewBench(b)
	r, err := bench.Load(context.Background(), bench.Listing(b, lifecycletest.ModelPackage(), lifecycle.TestProduct, false))
	require.NoError(b, err)
	in := lifecycle.Input{At: r.UpdatedAt, Facts: lifecycletest.Facts(r.Draft)}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if found := lifecycle.Explain(r, lifecycle.SignOff{}, in); found.Err() != nil {
			b.Fatal(found)
		}
	}
}

// BenchmarkUpdate carries out an update of the information of a small listing and of a
// large one.
func BenchmarkUpdate(b *testing.B) {
	for _, n := range []int{2, 1_000} {
		b.Run(fmt.Sprintf("%d versions", n), func(b *testing.B) {
			l := lifecycletest.WithVersions(lifecycletest.ModelPackage(), n)
			there := lifecycletest.Snapshot(l, lifecycle.VisibilityPublic)
			bench, id := lifecycletest.NewBench(b), uuid.New()
			bench.Market.Put(there.Entities)
			_, err := bench.Do(context.Background(), id, lifecycle.Adopt{Snapshot: there})
			require.NoError(b, err)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				l.Title = fmt.Sprint("Invoice field extractor ", i)
				_, err := bench.Do(context.Background(), id, lifecycle.UpdateInformation{Information: l.Information, Promotion: l.Promotion, Support: *l.Support})
				require.NoError(b, err)
				_, err = bench.Await(context.Background(), id)
				require.NoError(b, err)
			}
		})
	}
}
