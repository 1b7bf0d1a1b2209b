package lifecycle_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// liveJournal is the journal of a listing that went live, and its record.
func liveJournal(t testing.TB) ([]lifecycle.Entry, lifecycle.Record) {
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	journal := journalOf(t, b, id)
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	return journal, r
}

// leadingTo returns entries that lead to the record, as far as a store can tell.
func leadingTo(r lifecycle.Record) []lifecycle.Entry {
	entries := make([]lifecycle.Entry, r.Revision)
	for i := range entries {
		entries[i] = lifecycle.Entry{Revision: int64(i) + 1, Event: lifecycle.EventEdit, State: r.State}
	}
	return entries
}

// FuzzDecode feeds heads that may come from anywhere, beside parts that are sound.
func FuzzDecode(f *testing.F) {
	_, r := liveJournal(f)
	sound, err := lifecycle.Encoded(r, leadingTo(r)...)
	require.NoError(f, err)
	f.Add(sound.Head)
	f.Add(fmt.Appendf(nil, `{"format":1,"id":%q,"seller":%q,"revision":%d,"state":"Draft","createdAt":"2026-01-05T09:00:00Z","updatedAt":"2026-01-05T09:00:00Z"}`, r.ID, r.Seller, r.Revision))
	f.Fuzz(func(t *testing.T, data []byte) {
		stored := sound
		stored.Head = data
		r, err := lifecycle.Decoded(stored)
		if err != nil {
			require.ErrorIs(t, err, lifecycle.ErrUnreadable)
			return
		}
		first, err := lifecycle.Encoded(r, leadingTo(r)...)
		require.NoError(t, err)
		again, err := lifecycle.Decoded(first)
		require.NoError(t, err)
		second, err := lifecycle.Encoded(again, leadingTo(again)...)
		require.NoError(t, err)
		require.Equal(t, string(first.Head), string(second.Head))
		// Whatever a row may say, deciding on it does not panic.
		for _, c := range soundCommands(lifecycletest.ModelPackage()) {
			can(r, c, lifecycle.Input{At: lifecycletest.Start})
		}
	})
}

// FuzzReplay feeds journals that may come from anywhere.
func FuzzReplay(f *testing.F) {
	journal, _ := liveJournal(f)
	for n := range journal {
		seed, err := json.Marshal(journal[:n+1])
		require.NoError(f, err)
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var journal []lifecycle.Entry
		if document.Decode(data, &journal) != nil {
			return
		}
		r, err := lifecycle.Replay(journal)
		if err != nil {
			require.ErrorIs(t, err, lifecycle.ErrJournal)
			return
		}
		require.EqualValues(t, len(journal), r.Revision)
	})
}

func TestReplayRefusesWhatDoesNotAddUp(t *testing.T) {
	journal, _ := liveJournal(t)
	for name, spoil := range map[string]func([]lifecycle.Entry) []lifecycle.Entry{
		"a gap":            func(j []lifecycle.Entry) []lifecycle.Entry { return append(j[:2:2], j[3:]...) },
		"a repeated entry": func(j []lifecycle.Entry) []lifecycle.Entry { return append(j[:2:2], j[1:]...) },
		"no beginning":     func(j []lifecycle.Entry) []lifecycle.Entry { return j[1:] },
		"another state":    func(j []lifecycle.Entry) []lifecycle.Entry { j[1].State = lifecycle.Live; return j },
		"an unknown event": func(j []lifecycle.Entry) []lifecycle.Entry { j[1].Event = "vanish"; return j },
		"no document":      func(j []lifecycle.Entry) []lifecycle.Entry { j[0].Delta = nil; return j },
		"no id":            func(j []lifecycle.Entry) []lifecycle.Entry { j[0].ID = nil; return j },
		"no request":       func(j []lifecycle.Entry) []lifecycle.Entry { j[1].ChangeSetName = ""; return j },
		"no outcome":       func(j []lifecycle.Entry) []lifecycle.Entry { j[4].Outcome = nil; return j },
		"nothing to follow": func(j []lifecycle.Entry) []lifecycle.Entry {
			j[1] = j[2]
			j[1].Revision = 2
			j[1].State = ""
			return j[:2]
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := lifecycle.Replay(spoil(append([]lifecycle.Entry(nil), journal...)))
			require.ErrorIs(t, err, lifecycle.ErrJournal)
		})
	}
	require.NotEqual(t, uuid.Nil, *journal[0].ID)
}

func TestRowsOfANewerReleaseAreNamed(t *testing.T) {
	_, r := liveJournal(t)
	w, err := lifecycle.Encoded(r, leadingTo(r)...)
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(w.Head, &fields))
	fields["draft"].(map[string]any)["hologram"] = true
	w.Head, err = json.Marshal(fields)
	require.NoError(t, err)
	_, err = lifecycle.Decoded(w)
	require.ErrorIs(t, err, lifecycle.ErrUnreadable)
	var fault *document.Error
	require.ErrorAs(t, err, &fault)
	require.Equal(t, "draft.hologram", fault.Path)
}

// Each event needs what it is about. An entry that lacks any of it is refused, and
// the message names the event.
func TestReplayRefusesEntriesThatLackSomething(t *testing.T) {
	t.Parallel()
	b, l := lifecycletest.NewBench(t), lifecycletest.ModelPackage()
	at := func(state lifecycle.State, underWay bool) []lifecycle.Entry {
		return journalOf(t, b, b.Listing(t, l, state, underWay))
	}
	id, delta := uuid.New(), lifecycle.DeltaOf(lifecycle.Record{}, lifecycle.Record{Draft: l})
	snapshot := lifecycletest.Snapshot(l, lifecycle.VisibilityLimited)
	draft, submitted, idle := at(lifecycle.Draft, false), at(lifecycle.Submitted, true), at(lifecycle.TestProduct, false)
	without := func(e lifecycle.Entry, drop ...func(*lifecycle.Entry)) (all []lifecycle.Entry) {
		for _, f := range drop {
			lacking := e
			f(&lacking)
			all = append(all, lacking)
		}
		return all
	}
	noID := func(e *lifecycle.Entry) { e.ID = nil }
	noDelta := func(e *lifecycle.Entry) { e.Delta = nil }
	noSnapshot := func(e *lifecycle.Entry) { e.Snapshot = nil }
	noName := func(e *lifecycle.Entry) { e.ChangeSetName = "" }
	noOutcome := func(e *lifecycle.Entry) { e.Outcome = nil }
	for _, c := range []struct {
		journal []lifecycle.Entry
		sound   lifecycle.Entry
		drop    []func(*lifecycle.Entry)
	}{
		{nil, lifecycle.Entry{Event: lifecycle.EventCreate, State: lifecycle.Draft, ID: &id, Delta: &delta}, []func(*lifecycle.Entry){noID, noDelta}},
		{nil, lifecycle.Entry{Event: lifecycle.EventAdoptTest, State: lifecycle.TestProduct, ID: &id, Delta: &delta, Snapshot: &snapshot},
			[]func(*lifecycle.Entry){noID, noDelta, noSnapshot}},
		{draft, lifecycle.Entry{Event: lifecycle.EventReconcileTest, State: lifecycle.TestProduct, Snapshot: &snapshot}, []func(*lifecycle.Entry){noSnapshot}},
		{draft, lifecycle.Entry{Event: lifecycle.EventEdit, State: lifecycle.Draft, Delta: &delta}, []func(*lifecycle.Entry){noDelta}},
		{draft, lifecycle.Entry{Event: lifecycle.EventSubmit, State: lifecycle.Submitted, Delta: &delta, ChangeSetName: "n"}, []func(*lifecycle.Entry){noDelta, noName}},
		{draft, lifecycle.Entry{Event: lifecycle.EventDiscard}, nil},
		{submitted, lifecycle.Entry{Event: lifecycle.EventSendAgain, State: lifecycle.Submitted, ChangeSetName: "n"}, []func(*lifecycle.Entry){noName}},
		{submitted, lifecycle.Entry{Event: lifecycle.EventPreviewReady, State: lifecycle.TestProduct, Outcome: &lifecycle.Outcome{Result: lifecycle.Succeeded}},
			[]func(*lifecycle.Entry){noOutcome}},
	} {
		c.sound.Revision = int64(len(c.journal)) + 1
		_, err := lifecycle.Replay(append(c.journal[:len(c.journal):len(c.journal)], c.sound))
		require.NoError(t, err, c.sound.Event)
		for i, e := range without(c.sound, c.drop...) {
			_, err := lifecycle.Replay(append(c.journal[:len(c.journal):len(c.journal)], e))
			require.ErrorIs(t, err, lifecycle.ErrJournal, "%s %d", e.Event, i)
			require.ErrorContains(t, err, fmt.Sprintf("(%s)", e.Event))
			require.ErrorContains(t, err, "is missing")
		}
	}
	for _, e := range []lifecycle.Event{lifecycle.EventSending, lifecycle.EventSent, lifecycle.EventCancel, lifecycle.EventCancelRefused,
		lifecycle.EventSendAgain, lifecycle.EventRequestEnded} {
		none := lifecycle.Entry{Revision: int64(len(idle)) + 1, Event: e, State: lifecycle.TestProduct, ChangeSetName: "n",
			Outcome: &lifecycle.Outcome{Result: lifecycle.Failed}}
		_, err := lifecycle.Replay(append(idle[:len(idle):len(idle)], none))
		require.ErrorIs(t, err, lifecycle.ErrJournal, e)
		require.ErrorContains(t, err, "a request under way")
	}
}

// ending is a request under way on a listing with the instance types of three
// resources, and how it ends.
func ending(kind lifecycle.Event, result lifecycle.Result) (lifecycle.Record, lifecycle.Outcome) {
	l := lifecycletest.ModelPackage()
	r := lifecycle.Record{ID: uuid.UUID{1}, Seller: lifecycletest.Seller, State: lifecycle.Live, Revision: 5, UpdatedAt: lifecycletest.Start, Draft: l}
	published := l.Clone()
	published.Versions[0].Resource = lifecycletest.Version("0.9", l.Kind).Resource
	r.Published = &lifecycle.Content{Listing: published, Rates: published.Offer.Rates}
	r.InstanceTypes = map[version.ARN]lifecycle.InstanceTypes{l.Versions[0].Resource: {}, published.Versions[0].Resource: {}}
	r.Request = &lifecycle.Request{Kind: kind, Revision: 4, Phase: lifecycle.Following, ChangeSet: "cs"}
	return r, lifecycle.Outcome{Result: result}
}

// What is known of a resource is kept as long as a version of the draft or of what
// is published has it.
func TestInstanceTypesAreKeptWhileTheyAreNeeded(t *testing.T) {
	t.Parallel()
	r, outcome := ending(lifecycle.EventUpdatePricing, lifecycle.Failed)
	d, err := lifecycle.End(r, outcome, lifecycletest.Start)
	require.NoError(t, err)
	require.Len(t, d.Record.InstanceTypes, 2, "both are needed")
	require.Len(t, r.InstanceTypes, 2)
	r.InstanceTypes["arn:other"] = lifecycle.InstanceTypes{}
	d, err = lifecycle.End(r, outcome, lifecycletest.Start)
	require.NoError(t, err)
	require.Len(t, d.Record.InstanceTypes, 2)
	require.NotContains(t, d.Record.InstanceTypes, version.ARN("arn:other"))
	require.Len(t, r.InstanceTypes, 3, "the record before stays as it is")

	for _, types := range []map[version.ARN]lifecycle.InstanceTypes{nil, {"arn:other": {}}} {
		r.InstanceTypes = types
		d, err = lifecycle.End(r, outcome, lifecycletest.Start)
		require.NoError(t, err)
		require.Nil(t, d.Record.InstanceTypes)
	}
	arn := r.Draft.Versions[0].Resource
	r.InstanceTypes = map[version.ARN]lifecycle.InstanceTypes{arn: {}}
	d, err = lifecycle.End(r, outcome, lifecycletest.Start)
	require.NoError(t, err)
	require.Contains(t, d.Record.InstanceTypes, arn, "the only one")
}

// Regions are locked by a submission that has succeeded or may have, and stay so.
func TestRegionsAreLockedByWhatTheMarketplaceMayHave(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind     lifecycle.Event
		result   lifecycle.Result
		problems []lifecycle.Problem
		locked   bool
	}{
		{lifecycle.EventSubmit, lifecycle.Succeeded, nil, true},
		{lifecycle.EventSubmit, lifecycle.Failed, nil, false},
		{lifecycle.EventSubmit, lifecycle.Failed, []lifecycle.Problem{{Code: "OUTCOME_UNKNOWN"}}, true},
		{lifecycle.EventUpdatePricing, lifecycle.Succeeded, nil, false},
		{lifecycle.EventUpdatePricing, lifecycle.Failed, []lifecycle.Problem{{Code: "OUTCOME_UNKNOWN"}}, false},
	} {
		r, outcome := ending(c.kind, c.result)
		outcome.Problems = c.problems
		if c.kind == lifecycle.EventSubmit {
			r.State = lifecycle.Submitted
		}
		d, err := lifecycle.End(r, outcome, lifecycletest.Start)
		require.NoError(t, err)
		require.Equal(t, c.locked, d.Record.RegionsLocked, c)
	}
	for _, kind := range []lifecycle.Event{lifecycle.EventSubmit, lifecycle.EventUpdatePricing} {
		for _, before := range []bool{false, true} {
			r, _ := ending(kind, lifecycle.Succeeded)
			r.RegionsLocked = before
			d, err := lifecycle.StepOf(r, lifecycle.Entry{Event: lifecycle.EventSent, ChangeSet: "cs"}, lifecycletest.Start)
			require.NoError(t, err)
			require.Equal(t, before || kind == lifecycle.EventSubmit, d.Record.RegionsLocked, "%s %t", kind, before)
		}
	}
}

// A request that ends changes the listing when it has succeeded, as of the instant
// at which the marketplace says that it ended.
func TestARequestThatEnds(t *testing.T) {
	t.Parallel()
	ended := lifecycletest.Start.Add(-time.Hour)
	raised := pricing.RateCard{pricing.Batch(lifecycletest.Instance): pricing.MustUSD("9000")}
	r, outcome := ending(lifecycle.EventUpdatePricing, lifecycle.Succeeded)
	r.Request.Delta = lifecycle.Delta{Rates: raised, Restricted: []string{"1.0"}}
	r.Restricted = map[string]time.Time{"0.9": ended}
	d, err := lifecycle.End(r, outcome, lifecycletest.Start)
	require.NoError(t, err)
	require.Equal(t, lifecycle.AnnouncedRise(lifecycletest.Start), *d.Record.Rise, "the marketplace does not say when")
	outcome.EndedAt = &ended
	d, err = lifecycle.End(r, outcome, lifecycletest.Start)
	require.NoError(t, err)
	require.Equal(t, lifecycle.AnnouncedRise(ended), *d.Record.Rise)
	require.Equal(t, map[string]time.Time{"0.9": ended, "1.0": ended}, d.Record.Restricted)
	for _, impossible := range []struct{ told, taken time.Time }{
		{ended.Add(-2 * time.Hour), ended.Add(-time.Hour)}, {lifecycletest.Start.Add(time.Hour), lifecycletest.Start},
	} {
		later, outcome := r, outcome
		request := *r.Request
		request.RecordedAt, later.Request, outcome.EndedAt = ended.Add(-time.Hour), &request, &impossible.told
		d, err := lifecycle.End(later, outcome, lifecycletest.Start)
		require.NoError(t, err)
		require.Equal(t, lifecycle.AnnouncedRise(impossible.taken), *d.Record.Rise, "not before it was sent, nor after it was heard of")
	}
	require.Len(t, r.Restricted, 1, "the record before stays as it is")
	again := d.Record
	_, then := ending(lifecycle.EventUpdateInformation, lifecycle.Succeeded)
	again.Request = &lifecycle.Request{Kind: lifecycle.EventUpdateInformation}
	d, err = lifecycle.End(again, then, lifecycletest.Start)
	require.NoError(t, err)
	require.Equal(t, ended, d.Record.Restricted["1.0"], "restricted once")
	require.Equal(t, lifecycle.AnnouncedRise(ended), *d.Record.Rise, "nothing rises again")

	outcome.Result = lifecycle.Failed
	d, err = lifecycle.End(r, outcome, lifecycletest.Start)
	require.NoError(t, err)
	require.Nil(t, d.Record.Rise)
	require.Equal(t, r.Draft, d.Record.Draft)
	require.Equal(t, r.Published, d.Record.Published)
	require.Equal(t, r.Restricted, d.Record.Restricted)
}

// A submission that fails goes back to where it came from.
func TestASubmissionThatFails(t *testing.T) {
	t.Parallel()
	r, outcome := ending(lifecycle.EventSubmit, lifecycle.Failed)
	r.State = lifecycle.Submitted
	d, err := lifecycle.End(r, outcome, lifecycletest.Start)
	require.NoError(t, err)
	require.Equal(t, lifecycle.TestProduct, d.Record.State)
	r.Published = nil
	d, err = lifecycle.End(r, outcome, lifecycletest.Start)
	require.NoError(t, err)
	require.Equal(t, lifecycle.Draft, d.Record.State)
	r.State, r.Request.Kind = lifecycle.TestProduct, lifecycle.EventSignOff
	d, err = lifecycle.End(r, outcome, lifecycletest.Start)
	require.NoError(t, err)
	require.Equal(t, lifecycle.EventRequestEnded, d.Entries[0].Event)
}

// An event that does not exist, or that leads elsewhere, is told by the table.
func TestReplayTellsWhatTheTableSays(t *testing.T) {
	t.Parallel()
	id := uuid.New()
	_, err := lifecycle.Replay([]lifecycle.Entry{{Revision: 1, Event: lifecycle.EventGoLive, ID: &id, Delta: &lifecycle.Delta{}}})
	require.ErrorIs(t, err, lifecycle.ErrNoTransition)
	require.ErrorIs(t, err, lifecycle.ErrJournal)
}

// A record remembers the latest keys, as many as it keeps.
func TestReplayKeepsTheLatestKeys(t *testing.T) {
	t.Parallel()
	id, delta := uuid.New(), lifecycle.DeltaOf(lifecycle.Record{}, lifecycle.Record{Draft: lifecycletest.ModelPackage()})
	var journal []lifecycle.Entry
	for i := range 34 {
		key := lifecycle.UsedKey{Key: fmt.Sprint(i), Revision: int64(i) + 1}
		e := lifecycle.Entry{Revision: key.Revision, Event: lifecycle.EventEdit, State: lifecycle.Draft, Delta: &lifecycle.Delta{}, Once: &key}
		if i == 0 {
			e.Event, e.ID, e.Delta = lifecycle.EventCreate, &id, &delta
		}
		journal = append(journal, e)
		r, err := lifecycle.Replay(journal)
		require.NoError(t, err)
		require.Len(t, r.Keys, min(i+1, 32))
		require.Equal(t, key, r.Keys[len(r.Keys)-1])
	}
}
