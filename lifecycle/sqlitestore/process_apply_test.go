package sqlitestore_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/remote"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/version"
)

// With these variables the test binary applies a listing to a file.
const (
	applierFile    = "SQLITESTORE_TEST_APPLY_FILE"
	applierMarket  = "SQLITESTORE_TEST_APPLY_MARKET"
	applierEdition = "SQLITESTORE_TEST_APPLY_EDITION"
	applierFatal   = "SQLITESTORE_TEST_APPLY_FATAL"
)

var extractor = lifecycle.ID(lifecycletest.Seller, "extractor")

// desired is the listing as it should be in an edition: each has a title of its own
// and a version more, and the second one restricts the first version.
func desired(edition int) lifecycle.Desired {
	want := lifecycle.Desired{Name: "extractor", Listing: lifecycletest.ModelPackage(), Until: lifecycle.Live}
	for n := 1; n <= edition; n++ {
		want.Listing.Title = fmt.Sprintf("Edition %d", n)
		want.Listing.Versions[0].Status = version.Restricted
		want.Listing.Versions = append(want.Listing.Versions, lifecycletest.Version(fmt.Sprintf("1.%d", n), want.Listing.Kind))
	}
	return want
}

// keepApplying applies the listing until nothing is left, and says so each time.
func keepApplying(path, market, edition, fatal string, out io.Writer) error {
	wanted, err := strconv.Atoi(edition)
	if err != nil {
		return err
	}
	after, err := strconv.ParseInt(fatal, 10, 64)
	if err != nil {
		return err
	}
	ctx := newFatal(context.Background(), after)
	s, err := sqlitestore.Open(ctx, path)
	if err != nil {
		return err
	}
	m, err := lifecycle.New(lifecycletest.Seller, s, remote.Market{Address: market}, lifecycle.WithResources(lifecycletest.Resources{}))
	if err != nil {
		return err
	}
	for {
		a, err := m.Apply(ctx, extractor, desired(wanted))
		switch {
		case err == nil && len(a.Left) == 0:
			return s.Close()
		case err != nil && !remote.Passing(err):
			return err
		}
		if _, err := fmt.Fprintln(out, len(a.Left)); err != nil {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

func applier(t *testing.T, path, market string, edition, fatal int) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), applierFile+"="+path, applierMarket+"="+market,
		applierEdition+"="+strconv.Itoa(edition), applierFatal+"="+strconv.Itoa(fatal))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	return cmd, bufio.NewScanner(out)
}

// Two processes apply one listing at the same time, edition after edition. One
// kills itself at one place after the other within its calls of store and
// marketplace, the other is killed from outside; two more then finish. At last
// there is one product, each change was sent once, and the journal adds up to the
// record.
func TestKilledWhileApplying(t *testing.T) {
	t.Parallel()
	const editions = 8
	path := filepath.Join(t.TempDir(), "listings.db")
	market := lifecycletest.NewMarket(lifecycle.SystemClock{})
	market.Takes = 5 * time.Millisecond
	address := remote.Serve(t, market)
	killed := 0
	for edition := range editions + 1 {
		dies, _ := applier(t, path, address, edition, 10+25*edition)
		other, says := applier(t, path, address, edition, 0)
		says.Scan()
		require.NoError(t, other.Process.Kill())
		for _, cmd := range []*exec.Cmd{dies, other} {
			if cmd.Wait() != nil {
				killed++
			}
		}
		one, _ := applier(t, path, address, edition, 0)
		two, _ := applier(t, path, address, edition, 0)
		require.NoError(t, one.Wait())
		require.NoError(t, two.Wait())
	}
	require.Greater(t, killed, editions)

	m, err := lifecycle.New(lifecycletest.Seller, open(t, path), market)
	require.NoError(t, err)
	r, _ := lifecycletest.RequireReplayed(t, m, extractor)
	require.Equal(t, lifecycle.Live, r.State)
	require.Nil(t, r.Request)
	require.True(t, desired(editions).Listing.Equal(r.Draft))
	requireSentOnce(t, market, r, 2+2*editions+1) // submit and sign-off, title and version of each edition, the restriction
}

// requireSentOnce asks for so many changes, each sent once, for one product.
func requireSentOnce(t *testing.T, market *lifecycletest.Market, r lifecycle.Record, changes int) {
	t.Helper()
	names, products := map[string]bool{}, map[string]int{}
	for _, c := range market.Sent() {
		names[c.Name] = true
		products[c.Entities.Product]++
	}
	require.Len(t, names, changes, "each was sent")
	require.Equal(t, map[string]int{"": 1, r.Entities.Product: changes - 1}, products, "and once, for one product")
}
