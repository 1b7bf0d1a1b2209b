package lifecycle_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// soundCommands has one of every command, each without fault of its own, for
// a listing with the versions 1.0 and 1.1.
func soundCommands(l listing.Listing) map[lifecycle.Event]lifecycle.Command {
	edited := l.Clone()
	edited.Title += ", second edition"
	changed := lifecycletest.Version("1.0", l.Kind)
	changed.ReleaseNotes = "Clearer notes."
	offer := l.Offer.Clone()
	offer.RefundPolicy = "Refunds within 30 days."
	information := l.Information.Clone()
	information.Title += ", second edition"
	live := lifecycletest.Snapshot(l, lifecycle.VisibilityPublic)
	if l.Visibility == listing.Private {
		live.Visibility = lifecycle.VisibilityLimited
	}
	commands := []lifecycle.Command{
		lifecycle.Create{Listing: l},
		lifecycle.Adopt{Snapshot: lifecycletest.Snapshot(l, lifecycle.VisibilityLimited)},
		lifecycle.Adopt{Snapshot: live, Buyers: l.Buyers},
		lifecycle.Adopt{Snapshot: lifecycletest.Snapshot(l, lifecycle.VisibilityRestricted)},
		lifecycle.Edit{Listing: edited},
		lifecycle.Discard{},
		lifecycle.Submit{Testers: []listing.AccountID{"777788889999"}},
		lifecycle.SignOff{},
		lifecycle.AddVersion{Version: lifecycletest.Version("2.0", l.Kind)},
		lifecycle.UpdateVersion{Version: changed},
		lifecycle.RestrictVersion{Number: "1.0"},
		lifecycle.UpdateInformation{Information: information, Promotion: l.Promotion, Support: *l.Support},
		lifecycle.UpdatePricing{Offer: offer},
		lifecycle.UpdateAllowList{Accounts: []listing.AccountID{"888899990000"}},
		lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced by a newer model."},
		lifecycle.Cancel{},
		lifecycle.EndSupport{},
	}
	all := map[lifecycle.Event]lifecycle.Command{}
	for _, c := range commands {
		all[c.Event()] = c
	}
	return all
}

// soundOn is soundCommands for a record: with snapshots of its own product.
func soundOn(r lifecycle.Record, l listing.Listing) map[lifecycle.Event]lifecycle.Command {
	all := soundCommands(l)
	for event, visibility := range map[lifecycle.Event]lifecycle.MarketVisibility{
		lifecycle.EventReconcileTest: lifecycle.VisibilityLimited, lifecycle.EventReconcileLive: lifecycle.VisibilityPublic,
		lifecycle.EventReconcileUnpublished: lifecycle.VisibilityRestricted,
	} {
		c := lifecycle.Reconcile{Snapshot: lifecycletest.Snapshot(l, visibility)}
		if r.Published != nil {
			c.Snapshot = lifecycletest.Snapshot(r.Published.Listing, visibility)
			c.Snapshot.Content.Rates = r.Published.Rates
		}
		if l.Visibility == listing.Private && event == lifecycle.EventReconcileLive {
			c.Snapshot.Visibility, c.SignedOff = lifecycle.VisibilityLimited, true
		}
		if r.Entities.Product != "" {
			c.Snapshot.Entities.Product, c.Snapshot.Entities.Offer = r.Entities.Product, r.Entities.Offer
			c.Snapshot.Entities.ProductRevision, c.Snapshot.Entities.OfferRevision = r.Entities.ProductRevision+1, r.Entities.OfferRevision
		}
		all[event] = c
	}
	return all
}

// withTwoVersions returns a record at the state, with the versions 1.0 and
// 1.1 once it is Live, and facts that know everything.
func withTwoVersions(t *testing.T, l listing.Listing, state lifecycle.State, underWay bool) (lifecycle.Record, lifecycle.Facts) {
	t.Helper()
	b := lifecycletest.NewBench(t)
	ctx := context.Background()
	reach := state
	if state == lifecycle.Unpublished {
		reach = lifecycle.Live
	}
	id := b.Listing(t, l, reach, underWay && state != lifecycle.Live)
	if state == lifecycle.Live || state == lifecycle.Unpublished {
		_, err := b.Do(ctx, id, lifecycle.AddVersion{Version: lifecycletest.Version("1.1", l.Kind)})
		require.NoError(t, err)
		_, err = b.Await(ctx, id)
		require.NoError(t, err)
	}
	if state == lifecycle.Unpublished || (state == lifecycle.Live && underWay) {
		_, err := b.Do(ctx, id, lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced."})
		require.NoError(t, err)
	}
	if state == lifecycle.Unpublished {
		_, err := b.Await(ctx, id)
		require.NoError(t, err)
	}
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	require.Equal(t, state, r.State)
	require.Equal(t, underWay, r.Request != nil)
	facts := lifecycletest.Facts(l)
	for _, number := range []string{"1.0", "1.1", "2.0"} {
		facts.Resources[lifecycletest.Version(number, l.Kind).Resource] = lifecycletest.Resource(l.Kind)
	}
	return r, facts
}

// starts are the events that a record begins with.
var starts = map[lifecycle.Event]bool{
	lifecycle.EventCreate: true, lifecycle.EventAdoptTest: true, lifecycle.EventAdoptLive: true, lifecycle.EventAdoptUnpublished: true,
}

// TestTransition asks every command in every state, idle and with a request
// under way. What the table has is accepted and leads where it says; what it
// has not is refused by the command's own rule.
func TestTransition(t *testing.T) {
	rows := map[lifecycle.Event]map[lifecycle.State]lifecycle.State{}
	for _, row := range lifecycle.Transitions() {
		if rows[row.Event] == nil {
			rows[row.Event] = map[lifecycle.State]lifecycle.State{}
		}
		rows[row.Event][row.From] = row.To
	}
	rules := map[string]rule.Rule{}
	for _, r := range lifecycle.Rules() {
		rules[r.ID] = r
	}
	count := 0
	for kind, l := range map[string]listing.Listing{"public model package": lifecycletest.ModelPackage(), "private algorithm": lifecycletest.Algorithm()} {
		for _, state := range append([]lifecycle.State{""}, lifecycle.States()...) {
			for _, underWay := range possible(state) {
				r, facts := lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}, lifecycletest.Facts(l)
				if state != "" {
					r, facts = withTwoVersions(t, l, state, underWay)
				}
				before, err := json.Marshal(r)
				require.NoError(t, err)
				for event, command := range soundOn(r, l) {
					count++
					t.Run(fmt.Sprintf("%s/%q/%s/under way %t", kind, state, event, underWay), func(t *testing.T) {
						at := r.UpdatedAt.Add(lifecycle.SupportPeriod)
						if event == lifecycle.EventCancel {
							at = r.UpdatedAt
						}
						to, exists := rows[lifecycle.EventOf(r, command)][state]
						blocked := underWay && event != lifecycle.EventCancel || !underWay && event == lifecycle.EventCancel
						d, err := lifecycle.Decide(r, command, lifecycle.Input{At: at, Facts: facts})
						after, encodeErr := json.Marshal(r)
						require.NoError(t, encodeErr)
						require.Equal(t, string(before), string(after), "deciding changed its argument")
						require.Equal(t, err == nil, can(r, command, lifecycle.Input{At: at, Facts: facts}))
						require.Equal(t, err == nil, lifecycle.Explain(r, command, lifecycle.Input{At: at, Facts: facts}).Err() == nil)
						if exists && !blocked {
							require.NoError(t, err)
							require.Equal(t, to, d.Entries[0].State)
							return
						}
						var refusal *lifecycle.Refusal
						require.ErrorAs(t, err, &refusal)
						require.Equal(t, lifecycle.EventOf(r, command), refusal.Command)
						require.Equal(t, state, refusal.State)
						if !exists {
							id, _ := lifecycle.StateRule(event)
							require.ErrorIs(t, err, rules[id])
						}
						if underWay && event != lifecycle.EventEndSupport && !starts[event] && event != lifecycle.EventCancel {
							require.ErrorIs(t, err, lifecycle.RuleOneRequest)
						}
					})
				}
			}
		}
	}
	assert.Equal(t, 2*8*20, count, "every state, command and request was asked")
}

// possible returns whether a request can be, or cannot but be, under way.
func possible(s lifecycle.State) []bool {
	switch s {
	case lifecycle.Submitted:
		return []bool{true}
	case lifecycle.TestProduct, lifecycle.Live:
		return []bool{false, true}
	}
	return []bool{false}
}

func TestEveryCommandHasAName(t *testing.T) {
	commands := soundOn(lifecycle.Record{}, lifecycletest.ModelPackage())
	for _, row := range lifecycle.Transitions() {
		if _, isCommand := lifecycle.StateRule(row.Event); isCommand {
			assert.Contains(t, commands, row.Event)
		}
	}
	assert.Len(t, commands, 20)
	assert.Equal(t, version.ModelPackage, lifecycletest.ModelPackage().Kind)
}
