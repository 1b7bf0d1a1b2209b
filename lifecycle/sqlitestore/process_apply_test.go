package sqlitestore_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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

// passing are the errors after which a process applies again.
var passing = []error{lifecycle.ErrStale, lifecycle.ErrExists, lifecycle.ErrBusy, lifecycle.ErrStaleEntity, lifecycle.ErrUnavailable}

// told are the errors that a remote market tells apart.
var told = append([]error{lifecycle.ErrNotFound}, passing...)

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
	m, err := lifecycle.New(lifecycletest.Seller, s, remoteMarket{address: market}, lifecycle.WithResources(lifecycletest.Resources{}))
	if err != nil {
		return err
	}
	for {
		a, err := m.Apply(ctx, extractor, desired(wanted))
		switch {
		case err == nil && len(a.Left) == 0:
			return s.Close()
		case err != nil && placeOf(err, passing) < 0:
			return err
		}
		if _, err := fmt.Fprintln(out, len(a.Left)); err != nil {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

// placeOf returns the place of the first error that err matches, or -1.
func placeOf(err error, all []error) int {
	for i, each := range all {
		if errors.Is(err, each) {
			return i
		}
	}
	return -1
}

// remoteMarket is a market in another process.
type remoteMarket struct {
	lifecycle.Unsupported
	address string
}

// question is what a remote market is asked, and answer what it says.
type question struct {
	Change   lifecycle.Change
	Text     string
	Entities lifecycle.Entities
}

type answer struct {
	Text     string
	Status   lifecycle.Status
	Entities lifecycle.Entities
	// Error is the message of an error, and Told its place among those.
	Error string
	Told  int
}

func (m remoteMarket) ask(ctx context.Context, method string, q question) (answer, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return answer{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.address+"/"+method, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	var a answer
	if err := json.NewDecoder(response.Body).Decode(&a); err != nil {
		return answer{}, err
	}
	if a.Error == "" {
		return a, nil
	}
	if a.Told >= 0 {
		return a, fmt.Errorf("%w: %s", told[a.Told], a.Error)
	}
	return a, errors.New(a.Error)
}

func (m remoteMarket) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	a, err := m.ask(ctx, "send", question{Change: c})
	return a.Text, err
}

func (m remoteMarket) Find(ctx context.Context, name string) (string, error) {
	a, err := m.ask(ctx, "find", question{Text: name})
	return a.Text, err
}

func (m remoteMarket) Follow(ctx context.Context, changeSet string) (lifecycle.Status, error) {
	a, err := m.ask(ctx, "follow", question{Text: changeSet})
	return a.Status, err
}

func (m remoteMarket) Cancel(ctx context.Context, changeSet string) error {
	_, err := m.ask(ctx, "cancel", question{Text: changeSet})
	return err
}

func (m remoteMarket) Identify(ctx context.Context, known lifecycle.Entities) (lifecycle.Entities, error) {
	a, err := m.ask(ctx, "identify", question{Entities: known})
	return a.Entities, err
}

// serve makes the market answer other processes.
func serve(t *testing.T, market *lifecycletest.Market) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q question
		var a answer
		err := json.NewDecoder(r.Body).Decode(&q)
		ctx := context.WithoutCancel(r.Context()) // a change that was sent is taken, whatever becomes of the sender
		switch {
		case err != nil: // the sender was killed while it wrote
			return
		case r.URL.Path == "/send":
			a.Text, err = market.Send(ctx, q.Change)
		case r.URL.Path == "/find":
			a.Text, err = market.Find(ctx, q.Text)
		case r.URL.Path == "/follow":
			a.Status, err = market.Follow(ctx, q.Text)
		case r.URL.Path == "/cancel":
			err = market.Cancel(ctx, q.Text)
		case r.URL.Path == "/identify":
			a.Entities, err = market.Identify(ctx, q.Entities)
		}
		if err != nil {
			a.Error, a.Told = err.Error(), placeOf(err, told)
		}
		_ = json.NewEncoder(w).Encode(a) // nobody may be there to read it
	}))
	t.Cleanup(server.Close)
	return server.URL
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
	address := serve(t, market)
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
	r := requireReplayed(t, m)
	require.Equal(t, lifecycle.Live, r.State)
	require.Nil(t, r.Request)
	require.True(t, desired(editions).Listing.Equal(r.Draft))
	requireSentOnce(t, market, r, 2+2*editions+1) // submit and sign-off, title and version of each edition, the restriction
}

// requireReplayed asks for a journal that adds up to the record, and returns it.
func requireReplayed(t *testing.T, m *lifecycle.Manager) lifecycle.Record {
	t.Helper()
	r, err := m.Load(t.Context(), extractor)
	require.NoError(t, err)
	var journal []lifecycle.Entry
	for e, err := range m.Journal(t.Context(), extractor) {
		require.NoError(t, err)
		journal = append(journal, e)
	}
	replayed, err := lifecycle.Replay(journal)
	require.NoError(t, err)
	want, err := json.Marshal(r)
	require.NoError(t, err)
	got, err := json.Marshal(replayed)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
	return r
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
