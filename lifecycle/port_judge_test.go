package lifecycle_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// An answer that cannot be is an error that names call and field, and leaves the
// request as it is; cancelling it releases the listing.
func TestAnErrorNamesWhatCannotBe(t *testing.T) {
	t.Parallel()
	many := map[string]string{}
	for i := range 250_000 {
		many[strings.Repeat("1", 1+i%10)+uuid.NewString()] = "option"
	}
	status := func(change func(*lifecycle.Status)) func(any) {
		return func(answer any) {
			if s, ok := answer.(*lifecycle.Status); ok && s.Result != lifecycle.Pending {
				change(s)
			}
		}
	}
	id := func(id string) func(any) { return func(answer any) { *answer.(*string) = id } }
	for name, c := range map[string]struct {
		call string
		lie  func(any)
		says string
	}{
		"no change set":          {"Send", id(""), "Send: changeSet is empty"},
		"a change set of nobody": {"Send", id("cs 1\n"), `Send: changeSet is "cs 1\n", which is no id`},
		"a change set not UTF-8": {"Send", id("cs\xff"), "which is no id"},
		"a long change set":      {"Send", id(strings.Repeat("c", 256)), "Send: changeSet has 256 bytes, 255 are possible"},
		"found nothing":          {"Find", id(""), "Find: changeSet is empty"},
		"another result":         {"Follow", status(func(s *lifecycle.Status) { s.Result = "done" }), `Follow: result is "done", which is none`},
		"without entities":       {"Follow", status(func(s *lifecycle.Status) { s.Entities = lifecycle.Entities{} }), "Follow: entities name neither product nor offer"},
		"another product":        {"Follow", status(func(s *lifecycle.Status) { s.Entities.Product = "prod-other" }), `Follow: entities.product is "prod-other", that of the listing is "prod-`},
		"another offer":          {"Follow", status(func(s *lifecycle.Status) { s.Entities.Offer, s.Entities.OfferRevision = "offer-other", 9 }), `Follow: entities.offer is "offer-other", that of the listing is "offer-`},
		"no revision":            {"Follow", status(func(s *lifecycle.Status) { s.Entities.ProductRevision = 0 }), "Follow: entities.product has the revision 0"},
		"a far revision":         {"Follow", status(func(s *lifecycle.Status) { s.Entities.ProductRevision = 1 << 40 }), "entities.product has the revision 1099511627776, and had 2"},
		"another option":         {"Follow", status(func(s *lifecycle.Status) { s.Entities.DeliveryOptions["1.0"] = "other" }), `Follow: entities.deliveryOptions["1.0"] is "other", that of the listing is "`},
		"250,000 options":        {"Follow", status(func(s *lifecycle.Status) { s.Entities.DeliveryOptions = many }), "Follow: entities.deliveryOptions has 250000 entries, 10000 are possible"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, id := context.Background(), uuid.New()
			market, clock, m := liarBench(t)
			for _, command := range []lifecycle.Command{lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{}, lifecycle.SignOff{}, lifecycle.UpdateAllowList{Accounts: accounts(1)}} {
				_, err := m.Do(ctx, id, command)
				require.NoError(t, err)
				if command.Event() != lifecycle.EventUpdateAllowList {
					_, err = m.Await(ctx, id)
					require.NoError(t, err)
				}
			}
			if c.call == "Find" {
				market.LoseAnswers(1)
			}
			market.lie = func(call string, answer any) {
				if call == c.call {
					c.lie(answer)
				}
			}
			_, err := m.Advance(ctx, id)
			clock.Advance(2 * time.Hour)
			if c.call != "Send" {
				_, err = m.Advance(ctx, id)
			}
			require.ErrorIs(t, err, lifecycle.ErrAnswer)
			require.ErrorContains(t, err, c.says)
			before, err := m.Load(ctx, id)
			require.NoError(t, err)
			require.NotNil(t, before.Request)

			_, err = m.Do(ctx, id, lifecycle.Cancel{})
			require.NoError(t, err)
			p, err := m.Advance(ctx, id)
			require.NoError(t, err)
			require.Nil(t, p.Record.Request)
			assert.Equal(t, before.Entities.Product, p.Record.Entities.Product)
			if c.call != "Send" { // it was found, and followed to its end
				assert.Equal(t, "OUTCOME_UNKNOWN", p.Record.Last.Problems[0].Code)
				assert.Equal(t, before.Entities, p.Record.Entities)
			}
		})
	}
}

// An honest answer after one that cannot be goes on where the request was.
func TestAnAnswerThatCannotBeIsAskedAgain(t *testing.T) {
	t.Parallel()
	ctx, id := context.Background(), uuid.New()
	market, clock, m := liarBench(t)
	for _, c := range []lifecycle.Command{lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{}} {
		_, err := m.Do(ctx, id, c)
		require.NoError(t, err)
	}
	market.lie = func(_ string, answer any) {
		if id, ok := answer.(*string); ok {
			*id = ""
		}
	}
	_, err := m.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrAnswer)
	market.lie = nil
	p, err := m.Advance(ctx, id)
	require.NoError(t, err)
	require.Equal(t, "cs1", p.Record.Request.ChangeSet)
	market.lie = func(_ string, answer any) {
		if s, ok := answer.(*lifecycle.Status); ok {
			s.EndedAt = time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)
			s.Problems = []lifecycle.Problem{{Code: "LONG", Message: strings.Repeat("é", 17<<20)}}
		}
	}
	clock.Advance(2 * time.Hour)
	p, err = m.Advance(ctx, id)
	require.NoError(t, err, "an instant that cannot be is none, and a long text is cut")
	require.Equal(t, lifecycle.TestProduct, p.Record.State)
	assert.Nil(t, p.Record.Last.EndedAt)
	assert.Less(t, len(p.Record.Last.Problems[0].Message), 4_000)
	status, err := m.Validation(ctx, "cs1")
	require.NoError(t, err)
	assert.Zero(t, status.EndedAt)
	assert.Less(t, len(status.Problems[0].Message), 4_000)
	assert.Less(t, len((&lifecycle.Rejection{Problems: []lifecycle.Problem{{Message: strings.Repeat("é", 17<<20)}}}).Error()), 4_000)
}

// What the marketplace has of another product than the one that was asked for, or
// what could not be kept, is not returned.
func TestReadJudgesTheSnapshot(t *testing.T) {
	t.Parallel()
	for says, change := range map[string]func(*lifecycle.Snapshot){
		`entities.product is "prod-other", not the product`: func(s *lifecycle.Snapshot) { s.Entities.Product = "prod-other" },
		"entities.offer has the revision -1":                func(s *lifecycle.Snapshot) { s.Entities.OfferRevision = -1 },
		"modifiedAt is in the year 12000":                   func(s *lifecycle.Snapshot) { s.ModifiedAt = time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"modifiedAt is in the year 3":                       func(s *lifecycle.Snapshot) { s.ModifiedAt = time.Date(3, 1, 1, 0, 0, 0, 0, time.UTC) },
		"content.listing.title is not UTF-8":                func(s *lifecycle.Snapshot) { s.Content.Listing.Title = "\xff" },
		"the snapshot cannot be kept":                       func(s *lifecycle.Snapshot) { s.Documents = map[string]json.RawMessage{"product": json.RawMessage("{")} },
		`documents has the name "�", which is not UTF-8`:    func(s *lifecycle.Snapshot) { s.Documents = map[string]json.RawMessage{"\xff": json.RawMessage("{}")} },
	} {
		market, _, m := reading(t)

		market.holding = lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityPublic)
		product := market.holding.Entities.Product
		_, err := m.Read(context.Background(), product)
		require.NoError(t, err)
		change(&market.holding)
		_, err = m.Read(context.Background(), product)
		require.ErrorIs(t, err, lifecycle.ErrAnswer, says)
		require.ErrorContains(t, err, says)

		found := lifecycle.Explain(lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}, lifecycle.Adopt{Snapshot: market.holding}, lifecycle.Input{At: lifecycletest.Start})
		if path := strings.Fields(says)[0]; path != "the" && !strings.Contains(says, "not the product") {
			require.NotEmpty(t, found.Violations, says)
			assert.Equal(t, "snapshot."+path, found.Violations[0].Path, "it is no input either")
		}
	}
}

// Facts that cannot be are not known, whoever gave them, and say why.
func TestFactsThatCannotBeAreNotKnown(t *testing.T) {
	t.Parallel()
	l := freeListing()
	arn := l.Versions[0].Resource
	sound := lifecycletest.Resource(version.ModelPackage)
	facts := func(change func(*lifecycle.Facts, *lifecycle.Resource)) lifecycle.Facts {
		f, r := lifecycletest.Facts(l), sound
		change(&f, &r)
		f.Resources = map[version.ARN]lifecycle.Resource{arn: r}
		return f
	}
	r := lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller, State: lifecycle.Draft, Draft: l, Revision: 1}
	for why, f := range map[string]lifecycle.Facts{
		`batch[1] is "a b", which is no instance type`: facts(func(_ *lifecycle.Facts, r *lifecycle.Resource) { r.Batch = []string{lifecycletest.Instance, "a b"} }),
		`realTime[0] is "�"`:                           facts(func(_ *lifecycle.Facts, r *lifecycle.Resource) { r.RealTime = []string{"\xff"} }),
		"training has 5001 instance types":             facts(func(_ *lifecycle.Facts, r *lifecycle.Resource) { r.Training = make([]string, 5_001) }),
		"it has 5001 images":                           facts(func(_ *lifecycle.Facts, r *lifecycle.Resource) { r.InferenceImages = make([]string, 5_001) }),
		"the seller has another answer": facts(func(f *lifecycle.Facts, _ *lifecycle.Resource) {
			f.Seller = &lifecycle.SellerProfile{TaxAndBank: "maybe"}
		}),
		"it has another answer": facts(func(f *lifecycle.Facts, _ *lifecycle.Resource) { f.MayRequest = "maybe" }),
	} {
		d, err := lifecycle.Decide(r, lifecycle.Submit{}, lifecycle.Input{At: lifecycletest.Start, Facts: f})
		require.NoError(t, err, why)
		require.NotEmpty(t, d.Findings.NotChecked, why)
		said := false
		for _, gap := range d.Findings.NotChecked {
			said = said || strings.Contains(gap.Why, why)
		}
		assert.True(t, said, "%s: %v", why, d.Findings)
		written := encoded(t, d)
		assert.Less(t, len(written), 40_000, why)
		for _, text := range []string{"maybe", "a b\"", "\\\\ufffd"} {
			assert.NotContains(t, encoded(t, d.Record), text, why)
			assert.NotContains(t, encoded(t, d.Entries), text, why)
		}
		assert.Len(t, f.Resources, 1, "the facts themselves are as they were")
	}

}

// The change set that a lock names is an answer, too.
func TestALockThatNamesNoChangeSet(t *testing.T) {
	t.Parallel()
	ctx, id := context.Background(), uuid.New()
	market, _, m := liarBench(t)
	for _, c := range []lifecycle.Command{lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{}} {
		_, err := m.Do(ctx, id, c)
		require.NoError(t, err)
	}
	r, err := m.Load(ctx, id)
	require.NoError(t, err)
	held := &lifecycle.BusyError{Entity: "prod-x", ChangeSet: strings.Repeat("\xff", 17<<20), Name: r.Request.Name}
	market.FailCalls(lifecycle.ErrNotFound, held)
	_, err = m.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrAnswer)
	require.Less(t, len(err.Error()), 1_000)
	p, err := m.Advance(ctx, id)
	require.NoError(t, err)
	require.Equal(t, "cs1", p.Record.Request.ChangeSet, "the next look goes on")
}

// generous is a server of files that gives more than was asked for.
type generous struct{ size int }

func (e generous) Fetch(context.Context, string, int64) ([]byte, error) {
	return make([]byte, e.size), nil
}

// Of a file no more is kept than was asked for, and it is too large all the same.
func TestMoreOfAFileThanWasAskedFor(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t, lifecycle.WithAssets(generous{40 << 20}))
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	facts := b.Facts(context.Background(), r, lifecycle.Submit{})
	require.Len(t, facts.Assets, 1)
	for _, data := range facts.Assets {
		assert.Len(t, data, listing.MaxLogoSize+1)
	}
	_, err = b.Do(context.Background(), id, lifecycle.Submit{})
	require.ErrorIs(t, err, listing.RuleLogo)
}
