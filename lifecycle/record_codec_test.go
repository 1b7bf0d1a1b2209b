package lifecycle_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// spy is a store that remembers the writes.
type spy struct {
	lifecycle.Store
	writes []lifecycle.Write
}

func (s *spy) Save(ctx context.Context, w lifecycle.Write) error {
	s.writes = append(s.writes, w)
	return s.Store.Save(ctx, w)
}

func size(w lifecycle.Write) (head, parts, entries int) {
	for _, p := range w.Put {
		parts += len(p.Body)
	}
	for _, e := range w.Entries {
		entries += len(e)
	}
	return len(w.Head), parts, entries
}

// What a step writes is what it changes: no body of a version that stays, and no
// document in its entry.
func TestAStepWritesWhatItChanges(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	store := &spy{Store: b.Store}
	m := b.With(store)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	add := func(number string) {
		_, err := m.Do(ctx, id, lifecycle.AddVersion{Version: lifecycletest.Version(number, version.ModelPackage)})
		require.NoError(t, err)
		_, err = m.Await(ctx, id)
		require.NoError(t, err)
	}
	for i := range 20 {
		add(fmt.Sprintf("2.%d", i))
	}
	store.writes = nil
	add("3.0")
	puts := 0
	for _, w := range store.writes {
		puts += len(w.Put)
		assert.Empty(t, w.Drop)
	}
	assert.Equal(t, 1, puts, "one body, once")

	store.writes = nil
	_, err := m.Do(ctx, id, lifecycle.RestrictVersion{Number: "2.7"})
	require.NoError(t, err)
	_, err = m.Await(ctx, id)
	require.NoError(t, err)
	for _, w := range store.writes {
		_, parts, entries := size(w)
		assert.Zero(t, parts, "the status of a version is not in its body")
		assert.Less(t, entries, 700)
	}

	store.writes = nil
	r, err := m.Load(ctx, id)
	require.NoError(t, err)
	v := r.Draft.Versions[3].Clone()
	v.ReleaseNotes = "Clearer."
	_, err = m.Do(ctx, id, lifecycle.UpdateVersion{Version: v})
	require.NoError(t, err)
	_, err = m.Await(ctx, id)
	require.NoError(t, err)
	last := store.writes[len(store.writes)-1]
	assert.Len(t, last.Drop, 1, "the body before is needed no more")
	r, err = m.Load(ctx, id)
	require.NoError(t, err)
	requireReplayed(t, r, journalOf(t, m, id))
}

// A Live listing is kept once: what is published is what the draft says.
func TestTheDocumentIsKeptOnce(t *testing.T) {
	t.Parallel()
	l := lifecycletest.ModelPackage()
	l.Overview = "Reads one page a call " + uuid.NewString()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, l, lifecycle.Live, true)
	stored, err := b.Store.Load(context.Background(), lifecycle.Key{Seller: lifecycletest.Seller, Listing: id})
	require.NoError(t, err)
	all := string(stored.Head)
	parts, err := writes.Parts(context.Background(), b.Store, lifecycle.Key{Seller: lifecycletest.Seller, Listing: id}, stored.Head)
	require.NoError(t, err)
	for _, body := range parts {
		all += string(body)
	}
	assert.Equal(t, 1, strings.Count(all, l.Overview))
	assert.Equal(t, 1, strings.Count(all, l.Versions[0].Notebook+`"`))
}

// What encodes, decodes to the same: records, and entries, of whatever listing.
func TestWhatEncodesDecodesToTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		l := lifecycletest.Listings().Draw(rt, "listing")
		other := lifecycletest.Listings().Draw(rt, "edited")
		for i := range rapid.IntRange(0, 3).Draw(rt, "more versions") {
			other.Versions = append(other.Versions, lifecycletest.Version(fmt.Sprintf("%d.0", i+2), other.Kind))
		}
		if rapid.Bool().Draw(rt, "restricted") {
			other.Versions[0].Status = version.Restricted
		}
		if rapid.Bool().Draw(rt, "reversed") {
			last := len(other.Versions) - 1
			other.Versions[0], other.Versions[last] = other.Versions[last], other.Versions[0]
		}
		if rapid.Bool().Draw(rt, "twice the number") {
			other.Versions = append(other.Versions, other.Versions[0].Clone())
		}
		if rapid.Bool().Draw(rt, "no offer") {
			other.Offer = nil
		}
		if rapid.Bool().Draw(rt, "no support") {
			other.Support = nil
		}
		from, to := lifecycle.Record{Draft: l}, lifecycle.Record{Draft: other}
		for range 2 { // there and back
			delta := lifecycle.DeltaOf(from, to)
			require.Equal(rt, encoded(rt, to.Draft), encoded(rt, delta.Document(from).Draft), "the delta leads to the document")
			var read lifecycle.Delta
			require.NoError(rt, document.Decode([]byte(encoded(rt, delta)), &read))
			require.Equal(rt, encoded(rt, to.Draft), encoded(rt, read.Document(from).Draft), "and so does what is kept of it")
			from, to = to, from
		}
		r := lifecycle.Record{ID: uuid.UUID{1}, Seller: lifecycletest.Seller}
		created, err := lifecycle.Decide(r, lifecycle.Create{Listing: other}, lifecycle.Input{At: lifecycletest.Start})
		require.NoError(rt, err)
		requireReplayed(rt, created.Record, created.Entries)
		w, err := lifecycle.Encoded(created.Record, created.Entries...)
		require.NoError(rt, err)
		e, err := lifecycle.DecodeEntry(created.Record.Key(), 1, w.Entries[0])
		require.NoError(rt, err)
		require.Equal(rt, encoded(rt, created.Entries[0]), encoded(rt, e))
	})
}

// What no reader would take is refused by Do, with the reason, and nothing is
// written.
func TestWhatCannotBeKeptIsRefused(t *testing.T) {
	t.Parallel()
	many := lifecycletest.Algorithm()
	many.Buyers = make([]listing.AccountID, 10_001)
	for i := range many.Buyers {
		many.Buyers[i] = listing.AccountID(fmt.Sprintf("%012d", i))
	}
	numbers := lifecycletest.ModelPackage()
	numbers.Versions = append(numbers.Versions, numbers.Versions[0].Clone())
	numbers.Versions[0].Number, numbers.Versions[1].Number = "\xff", "\xfe"
	large := lifecycletest.ModelPackage()
	large.Overview = strings.Repeat("a", lifecycle.MaxHead)
	body := lifecycletest.ModelPackage()
	body.Versions[0].Usage = strings.Repeat("a", 2_000_001)
	nothing := lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityPublic)
	nothing.Documents = map[string]json.RawMessage{"product": nil}
	for name, c := range map[string]struct {
		command lifecycle.Command
		says    string
	}{
		"too many entries":      {lifecycle.Create{Listing: many}, "10001 entries, 10000 are allowed"},
		"a large head":          {lifecycle.Create{Listing: large}, "are allowed"},
		"a large body":          {lifecycle.Create{Listing: body}, "2000000 are allowed"},
		"a document of nothing": {lifecycle.Adopt{Snapshot: nothing}, "snapshot.documents.product"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, ctx, id := lifecycletest.NewBench(t), context.Background(), uuid.New()
			_, err := b.Do(ctx, id, c.command)
			require.ErrorIs(t, err, lifecycle.ErrCannotKeep)
			require.ErrorContains(t, err, c.says)
			_, err = b.Plan(ctx, id, c.command)
			require.ErrorIs(t, err, lifecycle.ErrCannotKeep, "the plan says it, too")
			_, err = b.Load(ctx, id)
			require.ErrorIs(t, err, lifecycle.ErrNotFound)
		})
	}
	r := lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}
	_, err := lifecycle.Decide(r, lifecycle.Create{Listing: numbers}, lifecycle.Input{At: lifecycletest.Start})
	require.ErrorIs(t, err, listing.RuleValidUTF8, "a rule says it, with the field")
	require.ErrorContains(t, err, "versions[0].number")
	r.Revision, r.State, r.Draft, r.CreatedAt, r.UpdatedAt = 1, lifecycle.Draft, numbers, lifecycletest.Start, lifecycletest.Start
	_, err = lifecycle.Encoded(r, lifecycle.Entry{Revision: 1, Event: lifecycle.EventCreate, State: lifecycle.Draft})
	require.ErrorIs(t, err, lifecycle.ErrCannotKeep)
	require.ErrorContains(t, err, "not UTF-8")
}

// A text that has the escape of a replacement in it is no replacement.
func TestAnEscapeInATextIsKept(t *testing.T) {
	t.Parallel()
	l := lifecycletest.ModelPackage()
	l.Overview = `a \ufffd, a \\ufffd and a real ` + "\uFFFD"
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, l, lifecycle.Draft, false)
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	assert.Equal(t, l.Overview, r.Draft.Overview)
}

// Whatever Do has accepted leaves room for the steps that follow: also for the
// longest answer that a marketplace may give.
func TestDoLeavesRoomForTheStepsThatFollow(t *testing.T) {
	t.Parallel()
	ctx, clock := context.Background(), &lifecycletest.Clock{}
	market := lifecycletest.NewMarket(clock)
	m, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market, lifecycle.WithClock(clock))
	require.NoError(t, err)
	priced := func(n int) listing.Listing { // nobody asks what the resource supports
		l := lifecycletest.ModelPackage()
		for i := range n {
			l.Offer.Rates[pricing.Batch(fmt.Sprintf("ml.m%d.large", i))] = pricing.MustUSD("0.40")
		}
		return l
	}
	low, high := 8_000, 10_000 // the longest rate card that can be submitted
	for low+4 < high {
		middle := (low + high) / 2
		if _, err := m.PlanDocument(ctx, priced(middle)); err == nil {
			low = middle
		} else {
			require.ErrorIs(t, err, lifecycle.ErrCannotKeep)
			high = middle
		}
	}
	require.Greater(t, low, 8_000)
	require.Less(t, high, 10_000)
	id := m.ID("full")
	_, err = m.Do(ctx, id, lifecycle.Create{Name: "full", Listing: priced(high)})
	require.NoError(t, err, "a draft needs no room")
	_, err = m.Do(ctx, id, lifecycle.Submit{})
	require.ErrorIs(t, err, lifecycle.ErrCannotKeep)
	require.ErrorContains(t, err, fmt.Sprintf("%d are allowed", lifecycle.MaxHead-lifecycle.Headroom))
	_, err = m.Do(ctx, id, lifecycle.Edit{Listing: priced(low - 20)}) // the name and the keys take some, too
	require.NoError(t, err)

	_, err = m.Do(ctx, id, lifecycle.Submit{})
	require.NoError(t, err)
	_, err = m.Advance(ctx, id)
	require.NoError(t, err)
	_, err = m.Do(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err, "what was accepted can be cancelled")
	_, err = m.Await(ctx, id)
	require.Error(t, err)

	problems := make([]lifecycle.Problem, 10_001)
	for i := range problems {
		problems[i] = lifecycle.Problem{Code: "X", Message: strings.Repeat("\x01", 5_000) + "\xff"}
	}
	market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Problems: problems})
	_, err = m.Do(ctx, id, lifecycle.Submit{})
	require.NoError(t, err)
	_, err = m.Await(ctx, id)
	var failed *lifecycle.RequestError
	require.ErrorAs(t, err, &failed, "what was accepted can end in whatever way")
	r, err := m.Load(ctx, id)
	require.NoError(t, err)
	assert.Less(t, len(r.Last.Problems), 60)
	assert.Equal(t, "MORE", r.Last.Problems[len(r.Last.Problems)-1].Code)
	_, err = m.Do(ctx, id, lifecycle.Edit{Listing: priced(low / 2)})
	require.NoError(t, err)
	_, err = m.Do(ctx, id, lifecycle.Submit{})
	require.NoError(t, err)
	_, err = m.Await(ctx, id)
	require.NoError(t, err)
}

// poisoned is a store with a head that no release can read.
type poisoned struct {
	lifecycle.Store
	id uuid.UUID
}

func (p poisoned) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	s, err := p.Store.Load(ctx, key)
	if key.Listing == p.id {
		s.Head = []byte(`{"format":99}`)
	}
	return s, err
}

// One record that cannot be read harms no other.
func TestOneBadRecordHarmsNoOther(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	var ids []uuid.UUID
	for range 3 {
		ids = append(ids, b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true))
	}
	m := b.With(poisoned{b.Store, ids[1]})
	assert.Len(t, listings(t, m, lifecycle.Query{InFlight: true}), 3)
	found, err := m.Sweep(ctx)
	require.ErrorIs(t, err, lifecycle.ErrUnreadable)
	require.ErrorContains(t, err, ids[1].String())
	require.ErrorContains(t, err, "format 99")
	assert.Equal(t, 3, found.InFlight)
	assert.NotZero(t, found.Wait)
	assert.Len(t, b.Market.Sent(), 2)
	_, err = m.Load(ctx, ids[0])
	require.NoError(t, err)
	_, err = m.Load(ctx, ids[1])
	require.ErrorIs(t, err, lifecycle.ErrUnreadable)
}

// A free listing without a rate card is the same, whether the card is nil or
// empty: it is signed off as it was adopted, and an update that changes nothing is
// refused.
func TestNilAndEmptyAreTheSame(t *testing.T) {
	t.Parallel()
	l := lifecycletest.ModelPackage()
	l.Offer.Model, l.Offer.Rates, l.Offer.TrialDays = pricing.Free, nil, 0
	s := lifecycletest.Snapshot(l, lifecycle.VisibilityLimited)
	s.Content.Rates = nil
	adopted, err := lifecycle.Decide(lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}, lifecycle.Adopt{Snapshot: s}, lifecycle.Input{At: lifecycletest.Start})
	require.NoError(t, err)
	in := lifecycle.Input{At: lifecycletest.Start}
	require.NoError(t, lifecycle.Explain(adopted.Record, lifecycle.SignOff{}, in).Err())
	lifecycletest.RequireRefused(t, lifecycle.Explain(adopted.Record, lifecycle.Submit{}, in).Err(), lifecycle.RuleSubmit)
	live := adopted.Record
	live.State = lifecycle.Live
	offer := l.Offer.Clone()
	offer.Rates = pricing.RateCard{}
	lifecycletest.RequireRefused(t, lifecycle.Explain(live, lifecycle.UpdatePricing{Offer: offer}, in).Err(), lifecycle.RuleUpdate)
}

// counting counts how often each resource is asked for.
type counting struct {
	lifecycletest.Resources
	asked *[]version.ARN
}

func (c counting) Describe(ctx context.Context, arn version.ARN) (lifecycle.Resource, error) {
	*c.asked = append(*c.asked, arn)
	return c.Resources.Describe(ctx, arn)
}

// Only resources that are new are asked for; what they supported is kept.
func TestOnlyNewResourcesAreAskedFor(t *testing.T) {
	t.Parallel()
	var asked []version.ARN
	b, ctx := lifecycletest.NewBench(t, lifecycle.WithResources(counting{asked: &asked})), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, []string{lifecycletest.Instance}, r.InstanceTypes[r.Draft.Versions[0].Resource].Batch)
	asked = nil
	v := lifecycletest.Version("1.1", version.ModelPackage)
	_, err = b.Do(ctx, id, lifecycle.AddVersion{Version: v})
	require.NoError(t, err)
	assert.Equal(t, []version.ARN{v.Resource}, asked)
	_, err = b.Await(ctx, id)
	require.NoError(t, err)
	asked = nil
	v.Recommended.Batch = "ml.c5.large"
	_, err = b.Do(ctx, id, lifecycle.UpdateVersion{Version: v})
	require.ErrorIs(t, err, version.RuleRecommendedBatch, "judged by what was kept")
	offer := r.Draft.Offer.Clone()
	offer.RefundPolicy = "None."
	d, err := b.Do(ctx, id, lifecycle.UpdatePricing{Offer: offer})
	require.NoError(t, err)
	assert.Empty(t, asked)
	assert.NotContains(t, notChecked(d.Findings), lifecycle.RuleEveryInstancePriced)
}

// A product has one record within a seller.
func TestAProductHasOneRecord(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	s := lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityPublic)
	_, err := b.Do(ctx, uuid.New(), lifecycle.Adopt{Snapshot: s})
	require.NoError(t, err)
	_, err = b.Do(ctx, uuid.New(), lifecycle.Adopt{Snapshot: s})
	require.ErrorIs(t, err, lifecycle.ErrExists)

	// Adopted while its first submission is under way: that one then ends.
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	_, err = b.Advance(ctx, id)
	require.NoError(t, err)
	token := b.Market.Sent()[0].Token.String()[:8]
	s.Entities.Product = "prod-" + token
	_, err = b.Do(ctx, uuid.New(), lifecycle.Adopt{Snapshot: s})
	require.NoError(t, err)
	r, err := b.Await(ctx, id)
	var failed *lifecycle.RequestError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, "PRODUCT_TAKEN", failed.Outcome.Problems[0].Code)
	assert.Equal(t, lifecycle.Draft, r.State)
}

// A write leads from one revision to the next, one for each entry.
func TestEntriesLeadToTheRevision(t *testing.T) {
	t.Parallel()
	journal, r := liveJournal(t)
	last := journal[len(journal)-1]
	_, err := lifecycle.EncodedAfter(r.Revision-1, r, last)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		base    int64
		entries []lifecycle.Entry
	}{
		"nothing happened":    {r.Revision, nil},
		"an entry too many":   {r.Revision, []lifecycle.Entry{last}},
		"an entry is missing": {r.Revision - 2, []lifecycle.Entry{last}},
		"back in time":        {r.Revision + 1, []lifecycle.Entry{last}},
	} {
		w, err := lifecycle.EncodedAfter(c.base, r, c.entries...)
		require.ErrorIs(t, err, lifecycle.ErrJournal, name)
		require.ErrorContains(t, err, fmt.Sprintf("%d entries cannot lead from revision %d to %d", len(c.entries), c.base, r.Revision), name)
		require.ErrorContains(t, err, r.Key().String(), name)
		require.Zero(t, w, name)
	}
}
