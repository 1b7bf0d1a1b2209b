package console

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

const (
	// feedInterval lies between two looks at a feed that somebody follows.
	feedInterval = 2 * time.Second
	// maxViewers bounds who follows one seller at once.
	maxViewers = 1_000
	// viewerQueue is how many news a viewer may be behind before it is dropped.
	viewerQueue = 8
	// maxChanges bounds the changes in one piece of news.
	maxChanges = 20
)

// change is the latest that happened to a listing.
type change struct {
	Listing  uuid.UUID       `json:"listing"`
	Revision int64           `json:"revision"`
	Event    lifecycle.Event `json:"event"`
	State    lifecycle.State `json:"state"`
}

// news is what viewers are told of: an id to go on from, and what changed; nil for
// whatever was missed.
type news struct {
	id      string
	changes []change
}

// idOf returns the id of the news that there are up to a cursor, on one line.
func idOf(at lifecycle.Cursor) string { return url.QueryEscape(string(at)) }

// viewer is one stream. News come through a bounded queue; gone is closed when it is
// dropped.
type viewer struct {
	listing uuid.UUID // uuid.Nil for all
	fresh   bool      // what its page shows was not compared with the feed yet
	seen    string    // the id of the news that its page shows
	queue   chan news
	gone    chan struct{}
}

// feeds follow the feeds of sellers, one reader for each that has viewers.
type feeds struct {
	interval time.Duration
	ctx      context.Context
	stop     context.CancelFunc
	readers  sync.WaitGroup

	mu  sync.Mutex
	all map[listing.AccountID]*feed
}

func newFeeds(interval time.Duration) *feeds {
	f := &feeds{interval: interval, all: map[listing.AccountID]*feed{}}
	f.ctx, f.stop = context.WithCancel(context.Background())
	return f
}

func (f *feeds) close() {
	f.mu.Lock()
	f.stop() // under the lock: no reader starts afterwards
	f.mu.Unlock()
	f.readers.Wait()
}

// feed is one seller's.
type feed struct {
	*feeds
	manager *lifecycle.Manager
	woken   chan struct{}

	mu      sync.Mutex
	reading bool
	at      *lifecycle.Cursor // what was read to, or where the latest page was made; nil if neither is known
	viewers map[*viewer]struct{}
}

// of returns the seller's feed. The caller holds the lock.
func (f *feeds) of(m *lifecycle.Manager) *feed {
	one := f.all[m.Seller()]
	if one == nil {
		one = &feed{feeds: f, manager: m, woken: make(chan struct{}, 1), viewers: map[*viewer]struct{}{}}
		f.all[m.Seller()] = one
	}
	return one
}

// shown returns the id of the news that a page shows. It is asked for before the page reads
// anything, so that no change is missed, and a reader that is started for the page
// begins there.
func (f *feeds) shown(ctx context.Context, m *lifecycle.Manager) (string, error) {
	end, err := m.FeedEnd(ctx)
	if err != nil {
		return "", err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	one := f.of(m)
	one.mu.Lock()
	defer one.mu.Unlock()
	if !one.reading {
		one.at = &end
	}
	return idOf(end), nil
}

// follow adds a viewer of the seller's feed, whose page shows the news up to an id, and
// starts a reader unless there is one. It returns nil if there are too many viewers.
func (f *feeds) follow(m *lifecycle.Manager, of uuid.UUID, seen string) (*feed, *viewer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	one := f.of(m)
	one.mu.Lock()
	defer one.mu.Unlock()
	if len(one.viewers) >= maxViewers {
		return nil, nil
	}
	v := &viewer{listing: of, seen: seen, queue: make(chan news, viewerQueue), gone: make(chan struct{})}
	one.viewers[v] = struct{}{}
	if v.fresh = one.at == nil || seen != idOf(*one.at); v.fresh && one.at != nil {
		one.wake()
	}
	if !one.reading && f.ctx.Err() == nil {
		one.reading = true
		f.readers.Add(1)
		go one.read()
	}
	return one, v
}

func (f *feed) leave(v *viewer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.viewers, v)
}

// wake has the seller's feed read at once, if somebody follows it.
func (f *feeds) wake(seller listing.AccountID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if one := f.all[seller]; one != nil {
		one.wake()
	}
}

func (f *feed) wake() {
	select {
	case f.woken <- struct{}{}:
	default: // it will look anyway
	}
}

// read reads what is new in the feed, while somebody follows it.
func (f *feed) read() {
	defer f.readers.Done()
	ticker := time.NewTicker(f.interval)
	defer ticker.Stop()
	for f.once() {
		select {
		case <-f.ctx.Done():
		case <-ticker.C:
		case <-f.woken:
		}
	}
}

// once reads what is new, tells the viewers, and reports whether to go on. What fails is
// tried again the next time.
func (f *feed) once() bool {
	before, latest := f.at, map[uuid.UUID]change{} // nobody else changes it while there is a reader
	at := before
	if before == nil {
		if end, err := f.manager.FeedEnd(f.ctx); err == nil {
			at = &end
		}
	} else {
		cursor := *before
		for e, err := range f.manager.Feed(f.ctx, cursor) {
			if err != nil && !errors.Is(err, lifecycle.ErrUnreadable) {
				break
			}
			if cursor = e.Cursor; err == nil {
				latest[e.Listing] = change{e.Listing, e.Entry.Revision, e.Entry.Event, e.Entry.State}
			}
		}
		at = &cursor
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.at = at; at != nil {
		f.tell(latest)
	}
	if f.reading = len(f.viewers) > 0 && f.ctx.Err() == nil; !f.reading {
		f.at = nil
	}
	return f.reading
}

// tell tells the viewers what changed since the last time, and those whose pages were
// made at another instant than that that they are old. What a page shows already is not
// told again.
func (f *feed) tell(latest map[uuid.UUID]change) {
	all := slices.SortedFunc(maps.Values(latest), func(a, b change) int { return bytes.Compare(a.Listing[:], b.Listing[:]) })
	all = all[:min(len(all), maxChanges)]
	id := idOf(*f.at)
	for v := range f.viewers {
		fresh, n := v.fresh, news{id: id}
		v.fresh = false
		switch c, touched := latest[v.listing]; {
		case v.seen == id:
			continue
		case fresh: // whatever it was
		case touched:
			n.changes = []change{c}
		case v.listing == uuid.Nil && len(all) > 0:
			n.changes = all
		default:
			continue
		}
		select {
		case v.queue <- n:
		default: // its browser comes back
			close(v.gone)
			delete(f.viewers, v)
		}
	}
}
