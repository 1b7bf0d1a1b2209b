package console

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
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

// news is what viewers are told of: an id to go on from, and what changed.
type news struct {
	id      string
	changes []change
}

// viewer is one stream. News come through a bounded queue; gone is closed when it is
// dropped.
type viewer struct {
	listing uuid.UUID // uuid.Nil for all
	queue   chan news
	gone    chan struct{}
}

// refused is a request that ended without success, and after which no other was made.
type refused struct {
	at      time.Time
	outcome lifecycle.Outcome
}

// feeds follow the feeds of sellers, one reader for each.
type feeds struct {
	interval time.Duration
	boot     string // tells this process from others in the ids of news
	ctx      context.Context
	stop     context.CancelFunc
	readers  sync.WaitGroup

	mu  sync.Mutex
	all map[listing.AccountID]*feed
}

func newFeeds(interval time.Duration) *feeds {
	f := &feeds{interval: interval, boot: uuid.NewString()[:8], all: map[listing.AccountID]*feed{}}
	f.ctx, f.stop = context.WithCancel(context.Background())
	return f
}

func (f *feeds) close() {
	f.mu.Lock()
	f.stop() // under the lock: no reader starts afterwards
	f.mu.Unlock()
	f.readers.Wait()
}

// feed is what is known of one seller's: where it was read to, and which listings need
// attention because their latest request did not succeed.
type feed struct {
	*feeds
	manager *lifecycle.Manager
	woken   chan struct{}

	mu      sync.Mutex
	reading bool
	pass    chan struct{} // closed when the pass has ended
	cursor  lifecycle.Cursor
	whole   bool  // it was read to its end once
	seq     int64 // counts passes with changes
	refused map[uuid.UUID]refused
	viewers map[*viewer]struct{}
}

// of returns the seller's feed, which a reader brings up to date.
func (f *feeds) of(m *lifecycle.Manager) *feed {
	f.mu.Lock()
	defer f.mu.Unlock()
	one := f.all[m.Seller()]
	if one == nil {
		one = &feed{feeds: f, manager: m, woken: make(chan struct{}, 1), refused: map[uuid.UUID]refused{}, viewers: map[*viewer]struct{}{}}
		f.all[m.Seller()] = one
	}
	one.start()
	return one
}

// wake has the seller's feed read at once, if somebody follows it.
func (f *feeds) wake(seller listing.AccountID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if one := f.all[seller]; one != nil {
		select {
		case one.woken <- struct{}{}:
		default: // it will look anyway
		}
	}
}

// start starts a reader unless there is one. The caller holds the lock of all feeds.
func (f *feed) start() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reading || f.ctx.Err() != nil {
		return
	}
	f.reading, f.pass = true, make(chan struct{})
	f.readers.Add(1)
	go f.read()
}

// read reads the feed to its end, and again while somebody follows it.
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

// once reads the feed to its end, tells the viewers, and reports whether to go on.
func (f *feed) once() bool {
	cursor := f.begin()
	latest, ended := map[uuid.UUID]change{}, map[uuid.UUID]*refused{}
	whole := true
	for e, err := range f.manager.Feed(f.ctx, cursor) {
		if err != nil && !errors.Is(err, lifecycle.ErrUnreadable) {
			whole = false // what may pass is tried again
			break
		}
		cursor = e.Cursor
		if err != nil {
			continue
		}
		latest[e.Listing] = change{e.Listing, e.Entry.Revision, e.Entry.Event, e.Entry.State}
		switch o := e.Entry.Outcome; {
		case o != nil && o.Result != lifecycle.Succeeded:
			ended[e.Listing] = &refused{e.Entry.At, *o}
		case o != nil || e.Entry.ChangeSetName != "" || e.Entry.Event == lifecycle.EventDiscard:
			ended[e.Listing] = nil
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cursor = cursor
	for id, r := range ended {
		if delete(f.refused, id); r != nil {
			f.refused[id] = *r
		}
	}
	first := whole && !f.whole
	f.whole = f.whole || whole
	if f.whole && (first || len(latest) > 0) {
		f.seq++
		f.tell(latest, first)
	}
	close(f.pass)
	f.reading = len(f.viewers) > 0 && f.ctx.Err() == nil
	return f.reading
}

// begin begins a pass, and returns where.
func (f *feed) begin() lifecycle.Cursor {
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case <-f.pass:
		f.pass = make(chan struct{})
	default: // start made it
	}
	return f.cursor
}

// tell puts news into the queues of viewers whom they are for. One that does not take
// them is dropped: its browser comes back.
func (f *feed) tell(latest map[uuid.UUID]change, all bool) {
	changes := slices.SortedFunc(maps.Values(latest), func(a, b change) int { return bytes.Compare(a.Listing[:], b.Listing[:]) })
	changes = changes[:min(len(changes), maxChanges)]
	for v := range f.viewers {
		n := news{f.id(), changes}
		if v.listing != uuid.Nil {
			c, touched := latest[v.listing]
			if n.changes = []change{c}; !touched {
				n.changes = nil
			}
			if !touched && !all {
				continue
			}
		}
		select {
		case v.queue <- n:
		default:
			close(v.gone)
			delete(f.viewers, v)
		}
	}
}

func (f *feed) id() string { return f.boot + "." + strconv.FormatInt(f.seq, 10) }

// follow adds a viewer who has seen what was there at an id. It returns nil if there
// are too many.
func (f *feed) follow(of uuid.UUID, seen string) *viewer {
	v := &viewer{listing: of, queue: make(chan news, viewerQueue), gone: make(chan struct{})}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.viewers) >= maxViewers {
		return nil
	}
	f.viewers[v] = struct{}{}
	if seen != f.id() {
		v.queue <- news{id: f.id()}
	}
	return v
}

func (f *feed) leave(v *viewer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.viewers, v)
}

// known is what catalogue and pages show of a feed.
type known struct {
	id      string
	whole   bool
	refused map[uuid.UUID]refused
}

// known returns what the feed says, after a short time for the reader.
func (f *feed) known(ctx context.Context) known {
	f.mu.Lock()
	pass := f.pass
	f.mu.Unlock()
	patience := time.NewTimer(200 * time.Millisecond)
	defer patience.Stop()
	select {
	case <-pass:
	case <-patience.C:
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return known{f.id(), f.whole, maps.Clone(f.refused)}
}
