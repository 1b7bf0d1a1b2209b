package console_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

// A listing is found by its name, title, product and id, once, and by nothing less; it is
// called by the first of title, name and id that it has.
func TestSearch(t *testing.T) {
	t.Parallel()
	ctx, b := context.Background(), lifecycletest.NewBench(t)
	l := lifecycletest.ModelPackage()
	l.Title = "same"
	same, live := b.ID("same"), b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	_, err := b.Do(ctx, same, lifecycle.Create{Name: "same", Listing: l})
	require.NoError(t, err)
	l.Title = ""
	untitled := b.ID("untitled")
	_, err = b.Do(ctx, untitled, lifecycle.Create{Name: "untitled", Listing: l})
	require.NoError(t, err)
	nameless := b.Listing(t, l, lifecycle.Draft, false)
	r, err := b.Load(ctx, live)
	require.NoError(t, err)
	s := serve(t, reader(b.Manager))
	for text, want := range map[string]uuid.UUID{"same": same, "untitled": untitled, r.Entities.Product: live, live.String(): live, nameless.String(): nameless} {
		_, body := get(t, s, "/?q="+url.QueryEscape(text))
		assert.Equal(t, 1, strings.Count(body, page(want)+`"`), text)
		assert.Equal(t, 1, strings.Count(body, `<th scope="row">`), text)
	}
	_, body := get(t, s, "/")
	assert.Contains(t, body, page(untitled)+`">untitled</a>`)
	assert.Contains(t, body, page(nameless)+`">`+nameless.String()+`</a>`)
	for _, text := range []string{"sam", "SAME", strings.Repeat("x", 500), "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000001"} {
		status, body := get(t, s, "/?q="+text)
		assert.Equal(t, http.StatusOK, status, text)
		assert.Contains(t, body, "No listing has exactly this", text)
	}
	for path, chosen := range map[string]string{"/": "All", "/?state=Live": "Live", "/?q=same": "", "/?state=Live&q=same": ""} {
		_, body := get(t, s, path)
		if chosen == "" {
			assert.NotContains(t, body, `aria-current="page"`, path)
			continue
		}
		assert.Equal(t, 1, strings.Count(body, `aria-current="page"`), path)
		assert.Contains(t, body, `aria-current="page">`+chosen+`</a>`, path)
	}
}

// partly is a store of which some questions fail, or are answered with something else.
type partly struct {
	lifecycle.Store
	list    func(lifecycle.Query, []lifecycle.Summary) ([]lifecycle.Summary, error)
	journal func([][]byte) ([][]byte, error)

	feedDown bool
}

func (p *partly) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
	all, err := p.Store.List(ctx, q)
	if err == nil && p.list != nil {
		return p.list(q, all)
	}
	return all, err
}

func (p *partly) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	all, err := p.Store.Journal(ctx, key, after, limit)
	if err == nil && p.journal != nil {
		return p.journal(all)
	}
	return all, err
}

func (p *partly) FeedEnd(ctx context.Context, seller listing.AccountID) (lifecycle.Cursor, error) {
	if p.feedDown {
		return "", errDown
	}
	return p.Store.FeedEnd(ctx, seller)
}

// No part of the catalogue that could not be read is taken for one that is empty.
func TestCatalogueIsWholeOrNot(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	refused := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	refuse(t, b, refused, lifecycle.Submit{}, lifecycle.Problem{Code: "INVALID_INPUT", Message: "bad"})
	store := &partly{Store: b.Store}
	m, err := lifecycle.New(lifecycletest.Seller, store, b.Market, lifecycle.WithClock(b.Clock))
	require.NoError(t, err)
	s := serve(t, reader(m))
	for name, fails := range map[string]func(lifecycle.Query) bool{
		"under way": func(q lifecycle.Query) bool { return q.InFlight },
		"refused":   func(q lifecycle.Query) bool { return q.Unsuccessful },
		"all": func(q lifecycle.Query) bool {
			return !q.InFlight && !q.Unsuccessful && q.Title == "" && q.After == uuid.Nil
		},
		"title": func(q lifecycle.Query) bool { return q.Title != "" },
		"id":    func(q lifecycle.Query) bool { return q.After != uuid.Nil },
	} {
		store.list = func(q lifecycle.Query, all []lifecycle.Summary) ([]lifecycle.Summary, error) {
			if fails(q) {
				return nil, errDown
			}
			return all, nil
		}
		path := map[string]string{"title": "/?q=x", "id": "/?q=" + refused.String()}[name]
		if path == "" {
			path = "/"
		}
		status, _ := get(t, s, path)
		assert.Equal(t, http.StatusServiceUnavailable, status, name)
	}
	store.list, store.feedDown = nil, true
	for _, path := range []string{"/", page(refused)} { // nobody would know what the page shows
		status, _ := get(t, s, path)
		assert.Equal(t, http.StatusServiceUnavailable, status, path)
	}
	store.feedDown = false
	store.journal = func([][]byte) ([][]byte, error) { return nil, errDown }
	for _, path := range []string{"/", page(refused), page(refused) + "/history"} {
		status, _ := get(t, s, path)
		assert.Equal(t, http.StatusServiceUnavailable, status, path)
	}

	// What is damaged hides no more than itself.
	const note = "the request to submit failed"
	store.journal = func(all [][]byte) ([][]byte, error) { return [][]byte{[]byte("{")}, nil }
	status, body := get(t, s, "/")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, note+"<")
	store.journal = func(all [][]byte) ([][]byte, error) {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(all[0], &members); err != nil {
			return nil, err
		}
		delete(members, "outcome")
		data, err := json.Marshal(members)
		return [][]byte{data}, errors.Join(err)
	}
	status, body = get(t, s, "/")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, note)
	store.journal = nil
	damaged := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	store.list = func(_ lifecycle.Query, all []lifecycle.Summary) ([]lifecycle.Summary, error) {
		for i, s := range all {
			if s.ID == damaged {
				all[i] = lifecycle.Summary{ID: s.ID}
			}
		}
		return all, nil
	}
	for _, path := range []string{"/", "/?q=" + damaged.String()} {
		status, _ = get(t, s, path)
		assert.Equal(t, http.StatusOK, status, path)
	}
	_, body = get(t, s, "/")
	assert.Contains(t, body, note)
}

// Of more requests than are looked at, the page says that there may be more, though it
// has few to show.
func TestCatalogueLooksAtAThousandRequests(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	refused := b.Listing(t, lifecycletest.Algorithm(), lifecycle.Draft, false)
	refuse(t, b, refused, lifecycle.Submit{}, lifecycle.Problem{Code: "INVALID_INPUT", Message: "bad"})
	first := func(q lifecycle.Query) lifecycle.Summary {
		for s, err := range b.Listings(context.Background(), q) {
			require.NoError(t, err)
			return s
		}
		return lifecycle.Summary{}
	}
	for _, kind := range []lifecycle.Query{{InFlight: true}, {Unsuccessful: true}} {
		for n, more := range map[uint64]bool{999: false, 1_000: true} {
			one := first(kind)
			if kind.Unsuccessful { // who cancelled knows it
				ended := *one.Unsuccessful
				ended.Result = lifecycle.Cancelled
				one.Unsuccessful = &ended
			}
			store := &partly{Store: b.Store}
			store.list = func(q lifecycle.Query, all []lifecycle.Summary) ([]lifecycle.Summary, error) {
				if q.InFlight != kind.InFlight || q.Unsuccessful != kind.Unsuccessful {
					return all, nil
				}
				all = nil
				for i := binary.BigEndian.Uint64(q.After[8:]) + 1; i <= n && (q.Limit == 0 || len(all) < q.Limit); i++ {
					one.ID = uuid.UUID{}
					binary.BigEndian.PutUint64(one.ID[8:], i)
					all = append(all, one)
				}
				return all, nil
			}
			m, err := lifecycle.New(lifecycletest.Seller, store, b.Market, lifecycle.WithClock(b.Clock))
			require.NoError(t, err)
			_, body := get(t, serve(t, reader(m)), "/")
			attention, _, _ := strings.Cut(body, `id="all"`)
			assert.Equal(t, more, strings.Contains(attention, "There may be more"), n)
			assert.Equal(t, !more && kind.Unsuccessful, strings.Contains(attention, "Nothing: no request is overdue"), n)
		}
	}
}
