package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/golden"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/console"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

// Each state has a page that says where the listing stands, lights the state in the
// diagram, and has the next steps in the words of the findings.
func TestEachState(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state    lifecycle.State
		underWay bool
		want     []string
	}{
		{lifecycle.Draft, false, []string{"<b>submit</b>: nothing known stands in the way", "none before the first submission", "whether the caller may work with change sets"}},
		{lifecycle.Submitted, true, []string{"Under way: submit", "Written down, not sent yet", "Usually done by", "2026-01-05 10:00", "the marketplace has usually ended the request to submit"}},
		{lifecycle.TestProduct, false, []string{"<b>sign-off</b>: nothing stands in the way", "nothing was edited since the last submission"}},
		{lifecycle.TestProduct, true, []string{"Under way: sign-off"}},
		{lifecycle.Live, false, []string{"<b>add-version</b>: nothing stands in the way", "a free trial that begins now ends"}},
		{lifecycle.Live, true, []string{"Under way: unpublish", "wait until the request has ended"}},
		{lifecycle.Unpublished, false, []string{"support of the listing may end", "<b>end-support</b>: 1 rule stands in the way"}},
	} {
		b := lifecycletest.NewBench(t)
		id := b.Listing(t, lifecycletest.ModelPackage(), c.state, c.underWay)
		s := serve(t, reader(b.Manager))
		status, body := get(t, s, page(id))
		require.Equal(t, http.StatusOK, status, c.state)
		assert.Contains(t, body, "The listing is "+string(c.state)+".</title>")
		assert.Equal(t, 1, strings.Count(body, `class="box now"`), c.state)
		assert.Equal(t, 1, strings.Count(body, "● is here"), c.state)
		for _, want := range append(c.want, "Product summary", "Model package", "Public", "lifecycletest", id.String()) {
			assert.Contains(t, body, want, c.state)
		}
		assert.NotContains(t, body, "/do/", "reading only")
		status, body = get(t, s, "/")
		require.Equal(t, http.StatusOK, status)
		assert.Contains(t, body, lifecycletest.ModelPackage().Title)
	}
}

// The diagram has each state, each move between two of them with the events that lead
// along it, and the state of the listing.
func TestGoldenDiagram(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	_, body := get(t, serve(t, reader(b.Manager)), page(b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)))
	_, drawn, found := strings.Cut(body, `<svg class="diagram"`)
	require.True(t, found)
	drawn, _, found = strings.Cut(drawn, "</svg>")
	require.True(t, found)
	golden.Equal(t, "testdata/diagram.svg", `<svg class="diagram"`+drawn+"</svg>\n")
}

// The findings on the page are those that status --verbose prints, word for word.
func TestFindingsAreInTheWordsOfTheCommand(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	l := lifecycletest.ModelPackage()
	l.Title, l.Versions, l.Offer = "", nil, nil
	id := b.Listing(t, l, lifecycle.Draft, false)
	_, body := get(t, serve(t, reader(b.Manager)), page(id)+"?ask=aws")
	text := visible(body)
	available, err := b.Available(context.Background(), id)
	require.NoError(t, err)
	shown := 0
	for _, a := range available {
		if a.Command == lifecycle.EventSubmit {
			for _, v := range a.Findings.Violations {
				assert.Contains(t, text, v.Error())
				shown++
			}
		}
	}
	assert.Greater(t, shown, 2)
	assert.Contains(t, body, "AWS was asked")
}

var tags = regexp.MustCompile(`<[^>]*>`)

// visible returns the text of a page.
func visible(body string) string {
	text := tags.ReplaceAllString(body, "")
	return strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(text)
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	l := lifecycletest.ModelPackage()
	named := func(title string) listing.Listing { l.Title = title; return l }
	b.Listing(t, named("Forgotten one"), lifecycle.Submitted, true)
	b.Clock.Advance(59 * 24 * time.Hour)
	b.Listing(t, named("Overdue one"), lifecycle.Submitted, true)
	b.Clock.Advance(25 * time.Hour)
	refusedOne := b.Listing(t, named("Refused one"), lifecycle.TestProduct, false)
	refuse(t, b, refusedOne, lifecycle.SignOff{}, lifecycle.Problem{Code: "INVALID_INPUT", Message: "the image is gone"})
	mended := b.Listing(t, named("Mended one"), lifecycle.TestProduct, false)
	refuse(t, b, mended, lifecycle.SignOff{}, lifecycle.Problem{Code: "INVALID_INPUT", Message: "for a moment"})
	_, err := b.Do(context.Background(), mended, lifecycle.SignOff{})
	require.NoError(t, err)
	b.Listing(t, named("Well one"), lifecycle.Live, false)
	doubtful := b.Listing(t, named("Doubtful one"), lifecycle.Submitted, true)
	b.Market.LoseAnswers(1)
	_, err = b.Advance(context.Background(), doubtful)
	require.Error(t, err)
	b.Clock.Advance(2 * time.Minute)

	s := serve(t, reader(b.Manager))
	_, body := get(t, s, "/")
	attention, all, found := strings.Cut(body, `id="all"`)
	require.True(t, found)
	places := []int{}
	for _, title := range []string{"Forgotten one", "Overdue one", "Doubtful one", "Refused one"} {
		places = append(places, strings.Index(attention, title))
	}
	assert.IsIncreasing(t, places)
	assert.Positive(t, places[0])
	assert.NotContains(t, attention, "Mended one")
	assert.NotContains(t, attention, "Well one")
	assert.Contains(t, attention, "the request to sign-off failed: INVALID_INPUT: the image is gone")
	for _, title := range []string{"Forgotten one", "Overdue one", "Refused one", "Mended one", "Well one"} {
		assert.Contains(t, all, title)
	}

	_, body = get(t, s, "/?state=Live")
	assert.Contains(t, body, "Well one")
	assert.NotContains(t, body, "Overdue one")
	_, body = get(t, s, "/?q=Well+one")
	assert.Contains(t, body, "Well one</a>")
	assert.NotContains(t, body, "Overdue one")
	_, body = get(t, s, "/?q="+refusedOne.String())
	assert.Contains(t, body, "Refused one</a>")
	_, body = get(t, s, "/?q=nothing")
	assert.Contains(t, body, "No listing has exactly this")
	for _, path := range []string{"/?state=Elsewhere", "/?after=x", "/?q=" + strings.Repeat("x", 501)} {
		status, _ := get(t, s, path)
		assert.Equal(t, http.StatusBadRequest, status, path)
	}
}

// What needs attention is asked of the store, and no history is read: so a process that
// was started before what happened, and one that was started later, show the same.
func TestCatalogueReadsNoHistory(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	store := &counted{Store: b.Store}
	process := func() *httptest.Server {
		m, err := lifecycle.New(lifecycletest.Seller, store, b.Market, lifecycle.WithClock(b.Clock))
		require.NoError(t, err)
		return serve(t, reader(m))
	}
	early := process()
	_, before := get(t, early, "/")
	assert.Contains(t, before, "Nothing: no request is overdue, in doubt, refused or forgotten.")

	l := lifecycletest.ModelPackage()
	named := func(title string) listing.Listing { l.Title = title; return l }
	for i := range 22 {
		if i == 20 {
			_, body := get(t, early, "/")
			assert.NotContains(t, body, "There may be more than these.", "all are shown")
		}
		id := b.Listing(t, named(fmt.Sprintf("Refused %02d", i)), lifecycle.Draft, false)
		refuse(t, b, id, lifecycle.Submit{}, lifecycle.Problem{Code: "INVALID_INPUT", Message: "bad"}, lifecycle.Problem{Code: "OTHER"})
		b.Clock.Advance(time.Minute)
	}
	cancelled := b.Listing(t, named("Cancelled one"), lifecycle.Submitted, true)
	_, err := b.Do(ctx, cancelled, lifecycle.Cancel{})
	require.NoError(t, err)
	_, err = b.Await(ctx, cancelled)
	require.Error(t, err)

	_, body := get(t, early, "/")
	attention, all, _ := strings.Cut(body, `id="all"`)
	places := []int{}
	for i := 21; i >= 2; i-- { // the latest first
		places = append(places, strings.Index(attention, fmt.Sprintf("Refused %02d", i)))
	}
	assert.IsIncreasing(t, places)
	assert.Positive(t, places[0])
	assert.NotContains(t, attention, "Refused 01", "what is shown is bounded")
	assert.Contains(t, attention, "There may be more than these.")
	assert.Contains(t, attention, "the request to submit failed: INVALID_INPUT: bad (and 1 more)")
	assert.NotContains(t, attention, "Cancelled", "who cancelled knows it")
	assert.Contains(t, all, `<span class="tag rank3">Cancelled</span>`)
	assert.Contains(t, all, `<span class="tag rank3">Refused</span>`)
	_, later := get(t, process(), "/")
	assert.Equal(t, body, later)
	assert.Zero(t, store.feeds.Load())
}

// Every listing is on exactly one page of the catalogue.
func TestCatalogueIsPaged(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	fill := func(n int) {
		for range n {
			b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
		}
	}
	s := serve(t, reader(b.Manager), console.WithPath("/console/"))
	fill(50)
	_, body := get(t, s, "/console/")
	assert.NotContains(t, body, `rel="next"`, "all of them are on one page")
	fill(70)
	link, next := regexp.MustCompile(`/console/listings/([0-9a-f-]{36})"`), regexp.MustCompile(`href="([^"]*)" rel="next"`)
	seen := map[string]int{}
	path, n := "/console/", 0
	for ; path != ""; n++ {
		status, body := get(t, s, path)
		require.Equal(t, http.StatusOK, status)
		assert.Equal(t, n == 0, strings.Contains(body, "Needs attention"), "on the first page alone")
		assert.Equal(t, n > 0, strings.Contains(body, `">First page</a>`))
		assert.LessOrEqual(t, len(link.FindAllString(body, -1)), 50)
		for _, m := range link.FindAllStringSubmatch(body, -1) {
			seen[m[1]]++
		}
		path = ""
		if m := next.FindStringSubmatch(body); m != nil {
			path = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	assert.Equal(t, 3, n)
	assert.Len(t, seen, 120)
	_, body = get(t, s, "/console/")
	assert.Len(t, link.FindAllString(body, -1), 50)
	_, body = get(t, s, "/console/?state=Draft")
	after := next.FindStringSubmatch(body)
	require.NotNil(t, after)
	assert.Contains(t, after[1], "state=Draft", "the next page is of the same state")
	_, body = get(t, s, strings.ReplaceAll(after[1], "&amp;", "&"))
	assert.Contains(t, body, `href="/console/?state=Draft">First page</a>`)
	l := lifecycletest.ModelPackage()
	name := l.Title
	l.Title = "Named so"
	_, err := b.Do(context.Background(), b.ID(name), lifecycle.Create{Name: name, Listing: l})
	require.NoError(t, err)
	_, body = get(t, s, "/console/?q="+url.QueryEscape(name))
	assert.Len(t, link.FindAllString(body, -1), 51)
	assert.Nil(t, next.FindStringSubmatch(body), "what is found has one page")
	for id, times := range seen {
		assert.Equal(t, 1, times, id)
	}
}

func TestHistoryIsPaged(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	l := lifecycletest.ModelPackage()
	id := b.Listing(t, l, lifecycle.Draft, false)
	for i := range 120 {
		l.Title = strings.Repeat("x", 1+i%7)
		_, err := b.Do(context.Background(), id, lifecycle.Edit{Listing: l})
		require.NoError(t, err)
	}
	s := serve(t, reader(b.Manager))
	_, body := get(t, s, page(id)+"/history")
	assert.Contains(t, body, `<td class="num">121</td>`)
	assert.Contains(t, body, `<td class="num">22</td>`)
	assert.NotContains(t, body, `<td class="num">21</td>`)
	assert.Contains(t, body, `href="?to=21"`)
	_, body = get(t, s, page(id)+"/history?to=21")
	assert.Contains(t, body, `<td class="num">21</td>`)
	assert.Contains(t, body, `<td class="num">1</td>`)
	assert.NotContains(t, body, `<td class="num">22</td>`)
	assert.Contains(t, body, `<a href="?to=121">Newer</a>`)
	assert.NotContains(t, body, "Older")
	_, body = get(t, s, page(id)+"/history?to=100")
	assert.Contains(t, body, `<td class="num">1</td>`)
	assert.NotContains(t, body, "Older", "the first entry is on the page")
	_, body = get(t, s, page(id)+"/history?to=1")
	assert.Contains(t, body, `<a href="?to=101">Newer</a>`)
	status, body := get(t, s, page(id)+"/history?to=121")
	assert.Equal(t, http.StatusOK, status)
	assert.NotContains(t, body, "Newer")
	for _, to := range []string{"122", "0", "-1", "x", "99999999999999999999"} {
		status, _ := get(t, s, page(id)+"/history?to="+to)
		assert.Equal(t, http.StatusBadRequest, status, to)
	}
	_, body = get(t, s, page(id))
	assert.Equal(t, 10, strings.Count(body, "<td class=\"num\">1"), "the latest ten")
}

// The page of a listing says why the latest request failed, who may preview it, and where
// the request under way is in the portal.
func TestListing(t *testing.T) {
	t.Parallel()
	ctx, b := context.Background(), lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
	refuse(t, b, id, lifecycle.SignOff{}, lifecycle.Problem{Code: "INVALID_INPUT", Message: "the image is gone"})
	s := serve(t, reader(b.Manager))
	_, body := get(t, s, page(id))
	assert.NotContains(t, body, "on the allow-list")
	assert.Contains(t, visible(body), "the request to sign-off failed: INVALID_INPUT: the image is gone")
	_, err := b.Do(ctx, id, lifecycle.SignOff{})
	require.NoError(t, err)
	_, body = get(t, s, page(id))
	assert.NotContains(t, body, "the request to sign-off failed")

	id = b.Listing(t, lifecycletest.Algorithm(), lifecycle.Live, false)
	_, body = get(t, s, page(id))
	assert.NotContains(t, body, "/marketplace/management/requests/")
	_, err = b.Do(ctx, id, lifecycle.UpdateAllowList{Accounts: []listing.AccountID{"444455556666", "777788889999"}})
	require.NoError(t, err)
	_, body = get(t, s, page(id))
	assert.NotContains(t, body, "/marketplace/management/requests/", "it was not sent yet")
	_, err = b.Advance(ctx, id)
	require.NoError(t, err)
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	require.NotEmpty(t, r.Request.ChangeSet)
	_, body = get(t, s, page(id))
	assert.Contains(t, body, `href="https://aws.amazon.com/marketplace/management/requests/`+r.Request.ChangeSet+`"`)
	_, err = b.Await(ctx, id)
	require.NoError(t, err)
	_, body = get(t, s, page(id))
	assert.Contains(t, body, "2 on the allow-list")
}

// What AWS says stands in the way only when it was asked.
func TestAskedListing(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t, lifecycle.WithSellers(lifecycle.SellerProfile{Registered: lifecycle.No}))
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	s := serve(t, reader(b.Manager))
	_, body := get(t, s, page(id))
	assert.Contains(t, body, "<b>submit</b>: nothing known stands in the way")
	_, body = get(t, s, page(id)+"?ask=aws")
	assert.NotContains(t, body, "<b>submit</b>: nothing")
}

func TestDiscarded(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	_, err := b.Do(context.Background(), id, lifecycle.Discard{})
	require.NoError(t, err)
	s := serve(t, reader(b.Manager))
	status, _ := get(t, s, page(id))
	_, err = b.Load(context.Background(), id)
	assert.ErrorIs(t, err, lifecycle.ErrNotFound)
	assert.Equal(t, http.StatusNotFound, status)
}

// Drift is asked for on its own page.
func TestDrift(t *testing.T) {
	t.Parallel()
	clock := &lifecycletest.Clock{}
	b := lifecycletest.NewBench(t)
	m, err := lifecycle.New(lifecycletest.Seller, b.Store, portal{lifecycletest.NewMarket(clock)}, lifecycle.WithClock(clock))
	require.NoError(t, err)
	draft := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	live := m.ID("adopted")
	_, err = m.Do(context.Background(), live, lifecycle.Adopt{Snapshot: lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityPublic), Name: "adopted"})
	require.NoError(t, err)
	s := serve(t, reader(m))
	_, body := get(t, s, page(draft)+"/drift")
	assert.Contains(t, body, "AWS has nothing of this listing yet")
	_, body = get(t, s, page(live)+"/drift")
	assert.Contains(t, body, "Changed in the portal")
	s = serve(t, reader(b.Manager)) // whose market cannot be read
	status, body := get(t, s, page(live)+"/drift")
	assert.Equal(t, http.StatusNotImplemented, status)
	assert.Contains(t, body, "Not possible here")
}

// portal is a marketplace where somebody gave the product another title.
type portal struct{ *lifecycletest.Market }

func (portal) Read(context.Context, string) (lifecycle.Snapshot, error) {
	changed := lifecycletest.ModelPackage()
	changed.Title = "Changed in the portal"
	return lifecycletest.Snapshot(changed, lifecycle.VisibilityPublic), nil
}

func TestNewRefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	session := reader(lifecycletest.NewBench(t).Manager)
	for name, options := range map[string][]console.Option{
		"path without a slash at its beginning": {console.WithPath("console/")}, "path with an empty part": {console.WithPath("/a//b/")}, "path to escape": {console.WithPath("/a b/")},
		"path with a brace": {console.WithPath("/{/")}, "path with the other": {console.WithPath("/}/")}, "secret of 31 bytes": {console.WithSecret(make([]byte, 31))},
		"nil option": {nil}, "path without a slash at its end": {console.WithPath("/console")}, "path with a pattern": {console.WithPath("/{x}/")},
		"empty path": {console.WithPath("")}, "short secret": {console.WithSecret([]byte("short"))}, "nil logger": {console.WithLogger(nil)},
	} {
		_, err := console.New(session, options...)
		assert.ErrorIs(t, err, lifecycle.ErrConfig, name)
	}
	_, err := console.New(nil)
	assert.ErrorIs(t, err, lifecycle.ErrConfig)
	_, err = console.New(session, console.WithSecret(make([]byte, 32)))
	assert.NoError(t, err)
}

// Reading pages asks AWS nothing unless it is asked to.
func TestPagesAskAWSNothing(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	live := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	draft := b.Listing(t, lifecycletest.Algorithm(), lifecycle.Draft, false)
	m, err := lifecycle.New(lifecycletest.Seller, b.Store, lifecycle.Marketplace(nobody{}), lifecycle.WithClock(b.Clock),
		lifecycle.WithResources(silent{t}), lifecycle.WithAssets(silent{t}), lifecycle.WithSellers(silent{t}))
	require.NoError(t, err)
	s := serve(t, reader(m))
	for _, id := range []uuid.UUID{live, draft} {
		for _, path := range []string{"/", page(id), page(id) + "/history", page(id) + "/preview"} {
			status, _ := get(t, s, path)
			assert.Equal(t, http.StatusOK, status, path)
		}
	}
}
