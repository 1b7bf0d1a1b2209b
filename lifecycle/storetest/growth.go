package storetest

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/version"
)

// What a step may cost, however large the listing has become. [Growth] asks for
// it.
const (
	// restrictionGrowth bounds the bytes of one RestrictVersion in a large listing,
	// as a multiple of those in a small one, the index apart.
	restrictionGrowth = 1.5
	// indexBytes bounds what one version takes in the head.
	indexBytes = 200
	// journalGrowth bounds the journal's bytes, as a multiple of the versions' own.
	journalGrowth = 3
	// itemBytes bounds the largest item that is stored: a head, a part or an entry.
	itemBytes = 400_000
)

// Growth adds versions with full lists of parameters to a Live listing, one by one,
// through a [lifecycle.Manager] on the store, until it has n, at least 2; the
// environment variable SHELFLIFE_GROWTH replaces n. It fails
// the test unless everything that a manager does works at every size, and unless
// what is written follows the change and not the size of the listing. It logs the
// figures. The time that it takes grows with the square of n: every command reads
// the whole listing.
func Growth(t *testing.T, s lifecycle.Store, n int) {
	t.Helper()
	if given := os.Getenv("SHELFLIFE_GROWTH"); given != "" {
		var err error
		n, err = strconv.Atoi(given)
		require.NoError(t, err, "SHELFLIFE_GROWTH")
	}
	start := time.Now()
	m := &meter{Store: s}
	shop := newShop(t, m)
	id := shop.ID("growing")
	draft := shop.document()
	draft.Versions = []version.Version{fullVersion(shop, 1)}
	shop.do(t, id, lifecycle.Create{Name: "growing", Listing: draft})
	shop.finish(t, id, lifecycle.Submit{})
	shop.finish(t, id, lifecycle.SignOff{})
	own := len(encoded(t, draft.Versions[0]))

	finish := func(what string) lifecycle.Record {
		shop.clock.Advance(shop.market.Takes)
		p, err := shop.Advance(background, id)
		require.NoError(t, err, what)
		require.Equal(t, lifecycle.Succeeded, p.Record.Last.Result, what)
		require.Nil(t, p.Record.Request, what)
		return p.Record
	}
	add := func(i int) {
		v := fullVersion(shop, i)
		own += len(encoded(t, v))
		shop.do(t, id, lifecycle.AddVersion{Version: v})
		found, err := shop.Sweep(background) // which sends it
		require.NoError(t, err, "Sweep at %d versions", i)
		require.Equal(t, 1, found.InFlight)
		r := finish(fmt.Sprintf("Advance at %d versions", i))
		require.Len(t, r.Draft.Versions, i)
		count := 0
		for summary, err := range shop.Listings(background, lifecycle.Query{Name: "growing"}) {
			require.NoError(t, err, "Listings at %d versions", i)
			require.Equal(t, r.Revision, summary.Revision)
			count++
		}
		require.Equal(t, 1, count)
	}
	// restrict returns the bytes of what the command writes, those of the head apart.
	restrict := func(i int) (head, rest int) {
		m.reset()
		shop.do(t, id, lifecycle.RestrictVersion{Number: fmt.Sprintf("1.%d", i)})
		head, rest = m.heads, m.parts+m.entries
		_, err := shop.Advance(background, id)
		require.NoError(t, err)
		finish("Advance after RestrictVersion")
		return head, rest
	}

	add(2)
	add(3) // the one to restrict, so that others stay on offer
	smallHead, small := restrict(2)
	for i := 4; i <= n; i++ {
		add(i)
	}
	largeHead, large := restrict(3)
	r, err := shop.Load(background, id)
	require.NoError(t, err)
	require.Len(t, r.Draft.Versions, max(n, 3))

	added := max(n, 3) - 3
	index := largeHead - smallHead
	t.Logf("%d versions of %d bytes each, in %v", max(n, 3), own/max(n, 3), time.Since(start).Round(time.Millisecond))
	t.Logf("one RestrictVersion: at 3 versions a head of %d bytes and %d bytes beside it; at %d a head of %d and %d", smallHead, small, max(n, 3), largeHead, large)
	t.Logf("index: %d bytes for %d versions more, %.0f a version", index, added, float64(index)/float64(max(added, 1)))
	t.Logf("journal: %d bytes, %.2f times those of the versions; the largest item: %d bytes", m.journal, float64(m.journal)/float64(own), m.largest)
	require.LessOrEqual(t, index, added*indexBytes, "bytes of the index")
	require.LessOrEqual(t, float64(largeHead-added*indexBytes+large), restrictionGrowth*float64(smallHead+small), "bytes of one RestrictVersion, the index apart")
	require.LessOrEqual(t, float64(large), restrictionGrowth*float64(small), "bytes of one RestrictVersion, the head apart")
	require.LessOrEqual(t, m.journal, journalGrowth*own, "bytes of the journal")
	require.LessOrEqual(t, m.largest, itemBytes, "bytes of the largest item")
}

// meter is a store that counts the bytes which go into another one.
type meter struct {
	lifecycle.Store
	mu                    sync.Mutex
	heads, parts, entries int // since reset
	journal, largest      int // since the beginning
}

func (m *meter) reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.heads, m.parts, m.entries = 0, 0, 0
}

// Save counts and saves.
func (m *meter) Save(ctx context.Context, w lifecycle.Write) error {
	err := m.Store.Save(ctx, w)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.heads += len(w.Head)
	m.largest = max(m.largest, len(w.Head))
	for _, p := range w.Put {
		m.parts += len(p.Body)
		m.largest = max(m.largest, len(p.Body))
	}
	for _, e := range w.Entries {
		m.entries += len(e)
		m.journal += len(e)
		m.largest = max(m.largest, len(e))
	}
	return nil
}

// fullVersion returns a version with as many parameters, attributes and fields as
// the marketplace takes, and texts such as sellers write.
func fullVersion(m shop, i int) version.Version {
	v := m.version(fmt.Sprintf("1.%d", i))
	v.ReleaseNotes = strings.Repeat(fmt.Sprintf("Release %d reads tables that go over two pages and names each column. ", i), 8)
	v.Usage = strings.Repeat("Send one page as image/png; the answer has one field for each value that was found. ", 6)
	for p := range 35 {
		v.Input.Parameters = append(v.Input.Parameters[:p:p], version.Parameter{
			Name: fmt.Sprintf("field_%d", p), Description: fmt.Sprintf("Value number %d of the page, as it is printed there (release %d).", p, i),
			Constraints: "At most 200 characters", Required: p%2 == 0,
		})
		v.Input.CustomAttributes = append(v.Input.CustomAttributes, version.Parameter{
			Name: fmt.Sprintf("X-Attribute-%d", p), Description: fmt.Sprintf("Attribute number %d changes how values are read.", p), Constraints: "One of: strict, lenient",
		})
		v.Output.Fields = append(v.Output.Fields[:p:p], version.Field{
			Name: fmt.Sprintf("value_%d", p), Description: fmt.Sprintf("What was found for field_%d, and how sure the model is.", p), AlwaysReturned: p%3 == 0,
		})
	}
	return v
}
