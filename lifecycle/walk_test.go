package lifecycle_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// history is a record with the journal that led to it.
type history struct {
	record  lifecycle.Record
	journal []lifecycle.Entry
}

func (h history) then(d lifecycle.Decision) history {
	journal := append(append([]lifecycle.Entry(nil), h.journal...), d.Entries...)
	return history{record: d.Record, journal: journal}
}

// shape is what the walk tells records apart by.
func (h history) shape(at time.Time) string {
	r := h.record
	restricted, supported := 0, "-"
	for _, v := range r.Draft.Versions {
		if v.Status == version.Restricted {
			restricted++
		}
	}
	if end, unpublished := r.SupportedUntil(); unpublished {
		supported = fmt.Sprint(at.Before(end), r.SupportEndedAt != nil)
	}
	request := "idle"
	if q := r.Request; q != nil {
		request = fmt.Sprint(q.Kind, "/", q.Phase, "/", q.Cancelling, "/", min(q.Attempt, 2))
	}
	opened := r.Published != nil && slices.Equal(r.Published.AllowList, r.Draft.Buyers)
	return fmt.Sprintf("%s|%s|%s|published %t opened %t|edited %t|regions %t|versions %d restricted %d|support %s",
		r.State, request, r.Draft.Visibility, r.Published != nil, opened, r.Edited(), r.RegionsLocked, min(len(r.Draft.Versions), 3), restricted, supported)
}

// TestWalk explores every state, with every command, sound and bad, and every
// step of a request that is possible there, until nothing new turns up. No move
// leads outside the table, none breaks what must always be true, and every
// journal adds up to its record.
func TestWalk(t *testing.T) {
	for name, l := range map[string]listing.Listing{"public": lifecycletest.ModelPackage(), "private": lifecycletest.Algorithm()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inTable := map[lifecycle.Transition]bool{}
			for _, row := range lifecycle.Transitions() {
				inTable[row] = true
			}
			used := map[lifecycle.Transition]bool{}
			nodes, edges := 0, 0
			walk(t, l, func(h, next history, d lifecycle.Decision) {
				edges++
				for row := range next.rows(len(h.journal)) {
					require.True(t, inTable[row], "%v is not in the table", row)
					used[row] = true
				}
				requireInvariants(t, h.record, d)
				checkJournal(t, next.journal)
				replayed, err := lifecycle.Replay(next.journal)
				require.NoError(t, err)
				requireSameRecord(t, next.record, replayed)
			}, func(history) { nodes++ })
			require.Len(t, used, len(inTable), "every transition of the table was taken")
			t.Logf("%s: %d shapes, %d moves, %d of %d transitions", name, nodes, edges, len(used), len(inTable))
		})
	}
}

// rows returns the transitions that the entries of the history have taken, those
// before the first ones apart.
func (h history) rows(first int) map[lifecycle.Transition]bool {
	rows := map[lifecycle.Transition]bool{}
	var from lifecycle.State
	for i, e := range h.journal {
		if i >= first {
			rows[lifecycle.Transition{Event: e.Event, From: from, To: e.State}] = true
		}
		from = e.State
	}
	return rows
}

// walk calls moved for each move that is possible from a history of every shape, and
// visited for each of those histories.
func walk(t *testing.T, l listing.Listing, moved func(h, next history, d lifecycle.Decision), visited func(history)) {
	t.Helper()
	facts := lifecycletest.Facts(l)
	for _, number := range []string{"1.0", "1.1", "2.0"} {
		facts.Resources[lifecycletest.Version(number, l.Kind).Resource] = lifecycletest.Resource(l.Kind)
	}
	seen := map[string]bool{}
	queue := []history{{record: lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}}}
	for len(queue) > 0 {
		h := queue[0]
		queue = queue[1:]
		visited(h)
		at := h.record.UpdatedAt.Add(time.Minute)
		for _, d := range moves(t, h, allCommands(l, h.record), facts, at) {
			next := h.then(d)
			moved(h, next, d)
			if s := next.shape(at); !seen[s] {
				seen[s] = true
				queue = append(queue, next)
			}
		}
	}
}

// allCommands has the sound commands, and edits that must never get through.
func allCommands(l listing.Listing, r lifecycle.Record) []lifecycle.Command {
	commands := []lifecycle.Command{lifecycle.RestrictVersion{Number: "1.1"}, lifecycle.RestrictVersion{Number: "2.0"}}
	for _, c := range soundOn(r, l) {
		commands = append(commands, c)
	}
	for _, spoil := range []func(*listing.Listing){
		func(l *listing.Listing) { l.Visibility, l.Buyers = listing.Public, nil },
		func(l *listing.Listing) { l.Visibility, l.Buyers = listing.Private, accounts(1) },
		func(l *listing.Listing) { l.Regions.Only = []listing.Region{"eu-west-1"} },
		func(l *listing.Listing) { l.Versions[0].Number += "x" },
		func(l *listing.Listing) { l.Versions[0].Resource = lifecycletest.Version("7.7", l.Kind).Resource },
		func(l *listing.Listing) { l.Versions = l.Versions[1:] },
	} {
		if edited := r.Draft.Clone(); len(edited.Versions) > 0 {
			spoil(&edited)
			commands = append(commands, lifecycle.Edit{Listing: edited})
		}
	}
	return commands
}

// requireInvariants holds one move against what must always be true.
func requireInvariants(t *testing.T, before lifecycle.Record, d lifecycle.Decision) {
	t.Helper()
	after, last := d.Record, d.Entries[len(d.Entries)-1]
	if after.State == "" {
		require.Equal(t, lifecycle.EventDiscard, last.Event)
		require.Nil(t, before.Published, "what the marketplace has was discarded")
		return
	}
	if before.State != "" {
		require.Equal(t, before.Draft.Visibility.OrDefault(), after.Draft.Visibility.OrDefault(), "the visibility changed")
	}
	if before.RegionsLocked {
		require.True(t, after.RegionsLocked)
		require.True(t, before.Draft.Regions.Equal(after.Draft.Regions), "the Regions changed")
	}
	if before.Published != nil {
		for _, v := range before.Published.Listing.Versions {
			for _, l := range []listing.Listing{after.Published.Listing, after.Draft} {
				kept, found := l.Version(v.Number)
				require.True(t, found, "version %s is gone", v.Number)
				require.Equal(t, v.Resource, kept.Resource)
			}
		}
	}
	if after.State == lifecycle.Live {
		require.NotEmpty(t, after.Published.Listing.Offered(), "nothing to choose")
		for _, account := range after.Published.AllowList {
			if after.Draft.Visibility == listing.Private {
				require.Contains(t, after.Published.Listing.Buyers, account, "visible to someone who was not named")
			}
		}
		if before.State != lifecycle.Live && last.Event != lifecycle.EventAdoptLive && last.Event != lifecycle.EventReconcileLive {
			require.Equal(t, lifecycle.TestProduct, before.State)
			require.False(t, before.Edited(), "live with edits that nobody previewed")
		}
	}
	if end, unpublished := after.SupportedUntil(); unpublished && last.Event == lifecycle.EventEndSupport {
		require.False(t, last.At.Before(end), "support ended early")
	}
}

// moves returns everything that can happen to the record next.
func moves(t *testing.T, h history, commands []lifecycle.Command, facts lifecycle.Facts, at time.Time) []lifecycle.Decision {
	var all []lifecycle.Decision
	for _, c := range commands {
		for _, later := range []time.Duration{0, lifecycle.SupportPeriod - time.Hour, lifecycle.SupportPeriod} {
			if d, err := lifecycle.Decide(h.record, c, lifecycle.Input{At: at.Add(later), Facts: facts}); err == nil {
				all = append(all, d)
			}
		}
	}
	q := h.record.Request
	if q == nil {
		return all
	}
	step := func(d lifecycle.Decision, err error) {
		require.NoError(t, err)
		all = append(all, d)
	}
	switch q.Phase {
	case lifecycle.Recorded:
		if q.Cancelling {
			step(lifecycle.End(h.record, lifecycle.Outcome{Result: lifecycle.Cancelled}, at))
			break
		}
		step(lifecycle.StepOf(h.record, lifecycle.Entry{Event: lifecycle.EventSending}, at))
	case lifecycle.Sending:
		step(lifecycle.StepOf(h.record, lifecycle.Entry{Event: lifecycle.EventSent, ChangeSet: "cs"}, at))
		step(lifecycle.End(h.record, lifecycle.Outcome{Result: lifecycle.Failed}, at))
	case lifecycle.Following:
		for _, result := range []lifecycle.Result{lifecycle.Succeeded, lifecycle.Failed, lifecycle.Cancelled} {
			step(lifecycle.End(h.record, lifecycle.Outcome{Result: result, Entities: lifecycle.Entities{Product: "prod-1", Offer: "offer-1"}}, at))
		}
		if q.Attempt < 2 {
			step(lifecycle.SendAgain(h.record, at))
		}
		if q.Cancelling {
			step(lifecycle.StepOf(h.record, lifecycle.Entry{Event: lifecycle.EventCancelRefused}, at))
		}
	}
	return all
}

func requireSameRecord(t *testing.T, want, got lifecycle.Record) {
	t.Helper()
	require.Equal(t, encoded(t, want), encoded(t, got))
}
