package guides_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/problem"
	"github.com/shelflife-go/shelflife/lifecycle/wake"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// snippet: serve
// serve looks after the listings of a seller until ctx ends; handle serves the requests
// of users meanwhile.
func serve(ctx context.Context, seller listing.AccountID, store lifecycle.Store, market lifecycle.Marketplace,
	handle func(context.Context, *lifecycle.Manager)) error {
	loop := wake.NewLoop()
	manager, err := lifecycle.New(seller, store, market, lifecycle.WithObserver(loop.Observe))
	if err != nil {
		return err
	}
	go handle(ctx, manager)
	return loop.Run(ctx, manager)
}

// end

func TestServe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(context.Background())
		var id uuid.UUID
		var last lifecycle.Record
		err := serve(ctx, lifecycletest.Seller, memstore.New(), lifecycletest.NewMarket(lifecycle.SystemClock{}),
			func(ctx context.Context, m *lifecycle.Manager) {
				defer stop()
				want := lifecycle.Desired{Name: "invoices", Listing: lifecycletest.ModelPackage(), Until: lifecycle.TestProduct}
				id = m.ID(want.Name)
				applied, err := m.Apply(ctx, id, want) // creates it
				for err == nil && len(applied.Left) > 0 && applied.Summary.Request == nil {
					applied, err = m.Apply(ctx, id, want)
				}
				if err == nil {
					last, err = m.Await(ctx, id)
				}
				if err != nil {
					t.Error(err)
				}
			})
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, lifecycle.TestProduct, last.State)
	})
}

func publishVersion(ctx context.Context, manager *lifecycle.Manager, id uuid.UUID, run string, next version.Version) error {
	// snippet: once
	// run names the training run: however often the job is repeated, there is one version.
	_, err := manager.Do(ctx, id, lifecycle.AddVersion{Version: next}, lifecycle.Once(run), lifecycle.By("trainer"))
	// end
	return err
}

func Example_once() {
	bench := newBench()
	id := bench.listing(lifecycle.Live)
	next := lifecycletest.Version("2.0", version.ModelPackage)
	for range 3 {
		fmt.Println(publishVersion(context.Background(), bench.Manager, id, "run-4711", next))
	}
	record, err := bench.Await(context.Background(), id)
	fmt.Println(len(record.Draft.Versions), err)
	// Output:
	// <nil>
	// <nil>
	// <nil>
	// 2 <nil>
}

func submit(manager *lifecycle.Manager) http.HandlerFunc {
	// snippet: problem
	return func(w http.ResponseWriter, r *http.Request) {
		_, err := manager.Do(r.Context(), manager.ID(r.PathValue("name")), lifecycle.Submit{})
		if err != nil {
			problem.Write(w, err) // 422 with every broken rule, 404, 409, 503, …
			return
		}
		w.WriteHeader(http.StatusAccepted)
	}
	// end
}

func TestSubmit(t *testing.T) {
	bench := lifecycletest.NewBench(t)
	mux := http.NewServeMux()
	mux.Handle("POST /listings/{name}/submit", submit(bench.Manager))
	ask := func() int {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/listings/invoices/submit", nil))
		return w.Code
	}
	require.Equal(t, http.StatusNotFound, ask())
	draft := lifecycletest.ModelPackage()
	draft.Title = ""
	_, err := bench.Do(t.Context(), bench.ID("invoices"), lifecycle.Create{Name: "invoices", Listing: draft})
	require.NoError(t, err)
	require.Equal(t, http.StatusUnprocessableEntity, ask())
	_, err = bench.Do(t.Context(), bench.ID("invoices"), lifecycle.Edit{Listing: lifecycletest.ModelPackage()})
	require.NoError(t, err)
	require.Equal(t, http.StatusAccepted, ask())
}

// snippet: bench
// A whole life in a unit test: no server, no account, no waiting.
func TestPublish(t *testing.T) {
	ctx, bench := context.Background(), lifecycletest.NewBench(t)
	id := bench.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)

	bench.Market.LoseAnswers(1) // the next request arrives, and its answer is lost
	require.NoError(t, publishVersion(ctx, bench.Manager, id, "run-1", lifecycletest.Version("2.0", version.ModelPackage)))
	record, err := bench.Await(ctx, id)
	require.NoError(t, err)
	require.Len(t, record.Draft.Versions, 2)
	require.Len(t, bench.Market.Sent(), 3, "submit, sign-off and add-version, each sent once")
}

// end
