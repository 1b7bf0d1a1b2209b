package console_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/sentinels"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/console"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

// damaged is a store with one damaged record, or none that answers.
type damaged struct {
	lifecycle.Store
	id   uuid.UUID
	down bool
}

var errDown = fmt.Errorf("%w: connection refused by db.internal", lifecycle.ErrUnavailable)

func (d *damaged) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	stored, err := d.Store.Load(ctx, key)
	if d.down {
		return lifecycle.Stored{}, errDown
	}
	if key.Listing == d.id {
		stored.Head = []byte("{")
	}
	return stored, err
}

func (d *damaged) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
	all, err := d.Store.List(ctx, q)
	if d.down {
		return nil, errDown
	}
	for i, s := range all {
		if s.ID == d.id {
			all[i] = lifecycle.Summary{ID: s.ID}
		}
	}
	return all, err
}

// locked is a buffer for many goroutines.
type locked struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

// A damaged listing is shown as such and harms no other; when the store does not answer, a
// page says so. What is wrong is in the log, and not on the page.
func TestDamage(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	l := lifecycletest.ModelPackage()
	id, sound := b.Listing(t, l, lifecycle.Live, false), b.Listing(t, l, lifecycle.Live, false)
	store := &damaged{Store: b.Store, id: id}
	m, err := lifecycle.New(lifecycletest.Seller, store, b.Market, lifecycle.WithClock(b.Clock))
	require.NoError(t, err)
	var out locked
	s := serve(t, reader(m), console.WithLogger(slog.New(slog.NewTextHandler(&out, nil))))
	status, body := get(t, s, "/")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, "This summary cannot be read")
	assert.Contains(t, body, page(sound))
	status, body = get(t, s, page(id))
	assert.Equal(t, http.StatusInternalServerError, status)
	assert.Contains(t, body, "Cannot be read")
	status, _ = get(t, s, page(sound))
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, out.String(), id.String())

	store.down = true
	for _, path := range []string{"/", page(sound), page(sound) + "/preview"} {
		answer, err := s.Client().Get(s.URL + path)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		assert.Equal(t, http.StatusServiceUnavailable, answer.StatusCode, path)
		assert.NotEmpty(t, answer.Header.Get("Retry-After"))
	}
	_, body = get(t, s, "/")
	assert.NotContains(t, body, "db.internal")
	assert.Contains(t, out.String(), "db.internal")
	assert.NotContains(t, out.String(), l.Overview)
}

// unloadable is a store that loads nothing.
type unloadable struct {
	lifecycle.Store
	err error
}

func (u unloadable) Load(context.Context, lifecycle.Key) (lifecycle.Stored, error) {
	return lifecycle.Stored{}, u.err
}

// Every error of package lifecycle has a page that somebody has decided.
func TestEverySentinel(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	sentinels.Require(t, map[string][]string{
		"404 Not found":                   {"ErrNotFound"},
		"409 Changed meanwhile":           {"ErrKeyUsed", "ErrStale"},
		"503 Try again":                   {"ErrBusy", "ErrLimit", "ErrThrottled", "ErrUnavailable"},
		"502 AWS answered what cannot be": {"ErrAnswer"},
		"502 A person must help":          {"ErrCredentials", "ErrDenied", "ErrForgotten", "ErrNotVerified"},
		"500 Cannot be read":              {"ErrJournal", "ErrUnreadable"},
		"500 This page cannot be shown": {
			"ErrCannotKeep", "ErrConfig", "ErrCursor", "ErrExists", "ErrExport", // no page and no form gives what they are about
			"ErrStaleEntity", "ErrTooLate", // a manager returns neither
		},
	}, func(err error) string {
		m, problem := lifecycle.New(lifecycletest.Seller, unloadable{b.Store, err}, b.Market)
		require.NoError(t, problem)
		status, body := get(t, serve(t, reader(m)), page(uuid.New()))
		_, title, _ := strings.Cut(body, "<h1>")
		title, _, _ = strings.Cut(title, "</h1>")
		return fmt.Sprint(status, " ", title)
	})
}
