package console

import (
	"context"
	"log/slog"
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

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

// A request needs attention from the instant on at which it is overdue, in doubt, or may
// be forgotten, and not before.
func TestNotesBegin(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	s := r.Summary()
	since := s.Request.RecordedAt
	latest := s.Estimate(since).Latest.Sub(since)
	for _, c := range []struct {
		after time.Duration
		phase lifecycle.Phase
		want  string
	}{
		{time.Hour, lifecycle.Recorded, ""},
		{time.Minute - 1, lifecycle.Sending, ""},
		{time.Minute, lifecycle.Sending, "In doubt"},
		{time.Hour, lifecycle.Following, ""},
		{latest, lifecycle.Following, ""},
		{latest + 1, lifecycle.Following, "Overdue"},
		{60*24*time.Hour - 1, lifecycle.Following, "Overdue"},
		{60 * 24 * time.Hour, lifecycle.Following, "Forgotten"},
	} {
		s.Request.Phase, s.UpdatedAt = c.phase, since
		n, word := noteOf(s, since.Add(c.after)), ""
		if n != nil {
			word = n.Word
		}
		assert.Equal(t, c.want, word, "%v %s", c.after, c.phase)
	}
	assert.Nil(t, noteOf(lifecycle.Summary{}, since))
}

// A note has the first of the marketplace's reasons, and how many more there are.
func TestNotesSayWhy(t *testing.T) {
	t.Parallel()
	problem := lifecycle.Problem{Code: "INVALID_INPUT", Message: "bad"}
	for n, want := range []string{"it failed", "it failed: INVALID_INPUT: bad", "it failed: INVALID_INPUT: bad (and 1 more)", "it failed: INVALID_INPUT: bad (and 2 more)"} {
		problems := []lifecycle.Problem{problem, {Code: "B"}, {Code: "C"}}[:n]
		note := note{Text: "it failed"}
		note.because(problems)
		assert.Equal(t, want, note.Text)
	}
}

// The id before one is that from which a list begins with it.
func TestBefore(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"00000000-0000-0000-0000-000000000001": "00000000-0000-0000-0000-000000000000",
		"00000000-0000-0000-0000-000000010000": "00000000-0000-0000-0000-00000000ffff",
		"01000000-0000-0000-0000-000000000000": "00ffffff-ffff-ffff-ffff-ffffffffffff",
		"00000000-0000-0000-0000-000000000000": "ffffffff-ffff-ffff-ffff-ffffffffffff",
		"00000000-0000-0000-0000-0000000000ff": "00000000-0000-0000-0000-0000000000fe",
	} {
		assert.Equal(t, want, before(uuid.MustParse(id)).String(), id)
	}
}

// A bar of a request that is being cancelled says so.
func TestBarSaysThatItIsCancelled(t *testing.T) {
	t.Parallel()
	b := bar{Elapsed: time.Minute, Usual: time.Hour, Cancels: true}
	assert.Equal(t, "1 min so far; usually 1 h; being cancelled", b.Text())
}

// What is done on a page is seen by others at once, also where no observer tells.
func TestActsAreNewsAtOnce(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	c, err := New(func(*http.Request) (Session, error) {
		return Session{Manager: b.Manager, User: "ann", ID: "session-1", MayAct: true}, nil
	})
	require.NoError(t, err)
	c.Close()
	c.feeds = newFeeds(time.Hour)
	defer c.Close()
	end, err := b.FeedEnd(context.Background())
	require.NoError(t, err)
	_, err = c.feeds.shown(context.Background(), b.Manager)
	require.NoError(t, err)
	_, v := c.feeds.follow(b.Manager, id, idOf(end))
	edited := lifecycletest.ModelPackage()
	edited.Title = "Another"
	_, err = b.Do(context.Background(), id, lifecycle.Edit{Listing: edited})
	require.NoError(t, err)
	c.feeds.wake(b.Seller())
	<-v.queue // the reader has read, and waits
	_, err = b.Do(context.Background(), id, lifecycle.Edit{Listing: lifecycletest.ModelPackage()})
	require.NoError(t, err)
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/listings/"+id.String()+"/do/submit", nil))
	token := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(w.Body.String())
	require.NotNil(t, token)
	form := url.Values{"token": {token[1]}, "revision": {"3"}}
	r := httptest.NewRequest(http.MethodPost, "/listings/"+id.String()+"/do/submit", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w = httptest.NewRecorder()
	c.ServeHTTP(w, r)
	require.Equal(t, http.StatusSeeOther, w.Code)
	select {
	case n := <-v.queue:
		require.Len(t, n.changes, 1)
		assert.Equal(t, lifecycle.EventSubmit, n.changes[0].Event)
	case <-time.After(20 * time.Second):
		assert.Fail(t, "no news")
	}
}

// A session without a manager is a fault of the program, and one that nobody waits for is
// not worth a line.
func TestSessionsWithoutAManager(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	b := lifecycletest.NewBench(t)
	var session Session
	c, err := New(func(*http.Request) (Session, error) { return session, nil }, WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	require.NoError(t, err)
	defer c.Close()
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	assert.Equal(t, http.StatusInternalServerError, w.Code)
	assert.Contains(t, log.String(), "the session has no manager")

	log.Reset()
	session.Manager = b.Manager
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w = httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
	assert.Empty(t, log.String())
	assert.Empty(t, w.Body.String())
}

// What the manager saves is seen at once with the console as its observer.
func TestObserveWakes(t *testing.T) {
	t.Parallel()
	ctx, c := context.Background(), &Console{feeds: newFeeds(time.Hour)}
	defer c.Close()
	b := lifecycletest.NewBench(t, lifecycle.WithObserver(c.Observe))
	_, err := c.feeds.shown(ctx, b.Manager)
	require.NoError(t, err)
	end, err := b.FeedEnd(ctx)
	require.NoError(t, err)
	_, v := c.feeds.follow(b.Manager, uuid.Nil, idOf(end))
	for range 2 { // after the first, the reader waits
		b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
		select {
		case n := <-v.queue:
			assert.Len(t, n.changes, 1)
		case <-time.After(20 * time.Second):
			require.Fail(t, "no news")
		}
	}
}

// Who comes when there are too many viewers is told when to come back, and who asks for
// the headers alone is not kept waiting.
func TestStreamsThatAreNotOpened(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	c, err := New(func(*http.Request) (Session, error) { return Session{Manager: b.Manager}, nil })
	require.NoError(t, err)
	defer c.Close()
	head := httptest.NewRecorder()
	c.ServeHTTP(head, httptest.NewRequest(http.MethodHead, "/events", nil))
	assert.Equal(t, http.StatusOK, head.Code)
	for range maxViewers {
		_, v := c.feeds.follow(b.Manager, uuid.Nil, "")
		require.NotNil(t, v)
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/events", nil))
	assert.Equal(t, http.StatusServiceUnavailable, w.Code)
	assert.Equal(t, "30", w.Header().Get("Retry-After"))
	assert.Contains(t, w.Body.String(), "too many viewers")
}
