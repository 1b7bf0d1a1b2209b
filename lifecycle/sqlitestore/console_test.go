package sqlitestore_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/console"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
)

// consoleListings is how many listings the console shows in the benchmark: one of a
// hundred is Live, one was refused, the others are drafts.
const consoleListings = 10_000

// BenchmarkConsole measures pages of the console over SQLite. It reports the 50th and
// 95th percentile in milliseconds.
func BenchmarkConsole(b *testing.B) {
	ctx, clock := context.Background(), &lifecycletest.Clock{}
	market := lifecycletest.NewMarket(clock)
	store, err := sqlitestore.Open(ctx, filepath.Join(b.TempDir(), "listings.db"))
	require.NoError(b, err)
	defer func() { require.NoError(b, store.Close()) }()
	m, err := lifecycle.New(lifecycletest.Seller, store, market, lifecycle.WithClock(clock), lifecycle.WithResources(lifecycletest.Resources{}))
	require.NoError(b, err)
	var live []uuid.UUID
	l := lifecycletest.ModelPackage()
	for i := range consoleListings {
		name := "listing-" + strconv.Itoa(i)
		id := m.ID(name)
		l.Title = "Listing " + strconv.Itoa(i)
		_, err := m.Do(ctx, id, lifecycle.Create{Name: name, Listing: l})
		require.NoError(b, err)
		if i%100 == 50 {
			market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Problems: []lifecycle.Problem{{Code: "INVALID_INPUT", Message: "The logo is no image."}}})
			_, err := m.Do(ctx, id, lifecycle.Submit{})
			require.NoError(b, err)
			_, err = m.Await(ctx, id)
			require.Error(b, err)
		}
		if i%100 > 0 {
			continue
		}
		for _, c := range []lifecycle.Command{lifecycle.Submit{}, lifecycle.SignOff{}} {
			_, err := m.Do(ctx, id, c)
			require.NoError(b, err)
			_, err = m.Await(ctx, id)
			require.NoError(b, err)
		}
		live = append(live, id)
	}
	pages, err := console.New(func(*http.Request) (console.Session, error) { return console.Session{Manager: m}, nil })
	require.NoError(b, err)
	defer pages.Close()
	get := func(b *testing.B, path string) {
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK {
			b.Fatalf("%s: %d", path, w.Code)
		}
	}
	for name, path := range map[string]func(i int) string{
		"listing":   func(i int) string { return "/listings/" + live[i%len(live)].String() },
		"catalogue": func(i int) string { return "/?after=" + live[i%len(live)].String() },
		"first":     func(int) string { return "/" },
	} {
		b.Run(fmt.Sprintf("page=%s/listings=%d", name, consoleListings), func(b *testing.B) {
			took := make([]time.Duration, 0, 1024)
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				get(b, path(i))
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			for _, percent := range []int{50, 95} {
				b.ReportMetric(float64(took[len(took)*percent/100].Microseconds())/1e3, "p"+strconv.Itoa(percent)+"-ms")
			}
		})
	}
}
