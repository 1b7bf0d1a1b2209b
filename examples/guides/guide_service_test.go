package guides_test

// snippet: imports
import (
	"context"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/problem"
	"github.com/shelflife-go/shelflife/lifecycle/wake"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// end

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

// snippet: once
// publishVersion adds a version. run names the training run: however often the job is
// repeated, there is one version.
func publishVersion(ctx context.Context, manager *lifecycle.Manager, id uuid.UUID, run string, next version.Version) error {
	_, err := manager.Do(ctx, id, lifecycle.AddVersion{Version: next}, lifecycle.Once(run), lifecycle.By("trainer"))
	return err
}

// end

// snippet: problem
// submit answers a request to submit a listing.
func submit(manager *lifecycle.Manager) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, err := manager.Do(r.Context(), manager.ID(r.PathValue("name")), lifecycle.Submit{})
		if err != nil {
			problem.Write(w, err) // 422 with every broken rule, 404, 409, 503, …
			return
		}
		w.WriteHeader(http.StatusAccepted)
	}
}

// end

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
