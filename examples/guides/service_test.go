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
	"github.com/shelflife-go/shelflife/version"
)

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
