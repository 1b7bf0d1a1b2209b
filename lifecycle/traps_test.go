package lifecycle_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

func freeListing() listing.Listing {
	l := lifecycletest.ModelPackage()
	l.Offer.Model, l.Offer.TrialDays, l.Offer.Rates = pricing.Free, 0, nil
	return l
}

// What sign-off takes from the draft without a submission before it, the
// buyers of a private listing, is judged at sign-off.
func TestSignOffJudgesWhatItPublishes(t *testing.T) {
	for name, c := range map[string]struct {
		listing listing.Listing
		edit    func(*listing.Listing)
		want    rule.Rule
	}{
		"no buyers":  {lifecycletest.Algorithm(), func(l *listing.Listing) { l.Buyers = nil }, listing.RulePrivateNamesBuyers},
		"no account": {lifecycletest.Algorithm(), func(l *listing.Listing) { l.Buyers = []listing.AccountID{"bob"} }, listing.RulePrivateNamesBuyers},
		"rates for free": {freeListing(), func(l *listing.Listing) {
			l.Offer.Rates = pricing.RateCard{pricing.Batch("ml.m5.large"): pricing.MustUSD("9")}
		}, pricing.RuleFreeHasNoRates},
	} {
		t.Run(name, func(t *testing.T) {
			b, ctx := lifecycletest.NewBench(t), context.Background()
			id := b.Listing(t, c.listing, lifecycle.TestProduct, false)
			r, err := b.Load(ctx, id)
			require.NoError(t, err)
			l := r.Draft.Clone()
			c.edit(&l)
			_, err = b.Do(ctx, id, lifecycle.Edit{Listing: l})
			require.NoError(t, err)
			_, err = b.Do(ctx, id, lifecycle.SignOff{})
			require.ErrorIs(t, err, c.want)
		})
	}
}

// An edit that says the same in other words needs no new submission.
func TestSayingTheSameOtherwiseIsNoEdit(t *testing.T) {
	l := lifecycletest.ModelPackage()
	l.Visibility, l.Regions.Only = "", []listing.Region{"us-east-1", "us-east-2"}
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, l, lifecycle.TestProduct, false)
	l.Visibility, l.Regions.Only = listing.Public, []listing.Region{"us-east-2", "us-east-1"}
	_, err := b.Do(ctx, id, lifecycle.Edit{Listing: l})
	require.NoError(t, err)
	d, err := b.Do(ctx, id, lifecycle.SignOff{})
	require.NoError(t, err)
	assert.Equal(t, []rule.Rule{lifecycle.RuleRegionsByHand}, d.Findings.Advice.Rules(), "the portal must be told before it is live")
}

func TestPointersAreCommandsToo(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	_, err := b.Do(ctx, id, &lifecycle.Unpublish{})
	require.ErrorIs(t, err, lifecycle.RuleUnpublishContact)
	_, err = b.Do(ctx, uuid.New(), &lifecycle.Create{Listing: lifecycletest.ModelPackage()})
	require.NoError(t, err)
	type wrapped struct{ lifecycle.Submit }
	for _, none := range []lifecycle.Command{nil, (*lifecycle.Submit)(nil), wrapped{}} {
		_, err = b.Do(ctx, id, none)
		require.ErrorIs(t, err, lifecycle.RuleCommand)
		found, err := b.Explain(ctx, id, none)
		require.NoError(t, err)
		require.ErrorIs(t, found.Err(), lifecycle.RuleCommand)
		require.False(t, lifecycle.Can(lifecycle.Record{}, none, lifecycle.Facts{}, lifecycletest.Start))
	}
}

func TestCancelOfWhatMayHaveBeenSentIsNotGuessed(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	b.Market.LoseAnswers(1)
	_, err := b.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)
	_, err = b.Do(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err)
	b.Market.FailCalls(lifecycle.ErrDenied)
	p, err := b.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrDenied)
	require.NotNil(t, p.Record.Request, "its change set is running")
}

func TestCancelOfWhatIsHeldUpSendsNothing(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	b.Market.FailCalls(nil, lifecycle.ErrBusy) // the calls of Find and Send
	_, err := b.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrBusy)
	_, err = b.Do(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err)
	b.Market.FailCalls(nil, lifecycle.ErrBusy)
	p, err := b.Advance(ctx, id)
	require.NoError(t, err)
	require.Equal(t, lifecycle.Cancelled, p.Record.Last.Result)
	require.Empty(t, b.Market.Sent())
}

func TestAForgottenChangeSetDoesNotLockTheListing(t *testing.T) {
	ctx, store, clock := context.Background(), memstore.New(), &lifecycletest.Clock{}
	one, err := lifecycle.New(lifecycletest.Seller, store, lifecycletest.NewMarket(clock), lifecycle.WithClock(clock))
	require.NoError(t, err)
	id := uuid.New()
	for _, c := range []lifecycle.Command{lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{}} {
		_, err := one.Do(ctx, id, c)
		require.NoError(t, err)
	}
	_, err = one.Advance(ctx, id)
	require.NoError(t, err)
	clock.Advance(100 * 24 * time.Hour) // change sets are kept for 60 days
	two, err := lifecycle.New(lifecycletest.Seller, store, lifecycletest.NewMarket(clock), lifecycle.WithClock(clock))
	require.NoError(t, err)
	_, err = two.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	_, err = two.Do(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err)
	p, err := two.Advance(ctx, id)
	require.NoError(t, err)
	require.Nil(t, p.Record.Request)
	assert.Equal(t, "OUTCOME_UNKNOWN", p.Record.Last.Problems[0].Code)
	assert.True(t, p.Record.RegionsLocked)
}

// overtaken answers the first sending as if the change, sent by another
// process in the meantime, had raised the revision already.
type overtaken struct {
	*lifecycletest.Market
	clock *lifecycletest.Clock
	once  bool
}

func (o *overtaken) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	id, err := o.Market.Send(ctx, c)
	if !o.once {
		o.once = true
		o.clock.Advance(2 * time.Hour)
		return "", fmt.Errorf("revision: %w", lifecycle.ErrStaleEntity)
	}
	return id, err
}

func TestARefusalDueToTheRequestItselfIsSeenThrough(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, true)
	m, err := lifecycle.New(lifecycletest.Seller, b.Store, &overtaken{Market: b.Market, clock: b.Clock}, lifecycle.WithClock(b.Clock))
	require.NoError(t, err)
	r, err := m.Await(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Unpublished, r.State)
}

// A store that was restored from a backup makes the same revision twice.
func TestOtherContentIsAnotherRequest(t *testing.T) {
	ctx, clock, id := context.Background(), &lifecycletest.Clock{}, uuid.New()
	market := lifecycletest.NewMarket(clock)
	for _, title := range []string{"First", "Second", "Second"} {
		m, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market, lifecycle.WithClock(clock))
		require.NoError(t, err)
		l := lifecycletest.ModelPackage()
		l.Title = title
		_, err = m.Do(ctx, id, lifecycle.Create{Listing: l})
		require.NoError(t, err)
		_, err = m.Do(ctx, id, lifecycle.Submit{})
		require.NoError(t, err)
		_, err = m.Await(ctx, id)
		require.NoError(t, err)
	}
	assert.Len(t, market.Sent(), 2, "the same content is found again, other content is not mistaken for it")
}

func TestAReplacementThatIsNotKnownIsRefused(t *testing.T) {
	r, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	removal := lifecycle.Unpublish{Email: "a@example.com", Reason: "old", Replacement: uuid.New()}
	_, err := lifecycle.Decide(r, removal, lifecycle.Facts{}, lifecycletest.Start)
	require.ErrorIs(t, err, lifecycle.RuleUnpublishReplacement)
}

func TestRecordsShareNothing(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	r, err := b.Await(ctx, id)
	require.NoError(t, err)
	r.Draft.Versions[0].Number = "7.7"
	assert.Equal(t, "1.0", r.Published.Listing.Versions[0].Number)
	require.ErrorIs(t, lifecycle.Explain(r, lifecycle.Edit{Listing: r.Draft}, lifecycle.Facts{}, lifecycletest.Start).Err(), lifecycle.RuleNumberLocked)
	journal, err := b.History(ctx, id)
	require.NoError(t, err)
	replayed, err := lifecycle.Replay(journal)
	require.NoError(t, err)
	replayed.Draft.Versions[0].Number = "x"
	replayed.Published.Listing.Versions[0].Number = "x"
	assert.Equal(t, "1.0", journal[0].Draft.Versions[0].Number)
	assert.Equal(t, "1.0", journal[1].Request.Target.Listing.Versions[0].Number)
}

func TestCorruptRecordsFailClosed(t *testing.T) {
	r, err := lifecycle.DecodeRecord([]byte(`{"state":"Live","draft":{"visibility":"private"}}`))
	require.NoError(t, err)
	require.Error(t, r.Subscribe(lifecycle.Buyer{Account: "1"}).Err())
	r, err = lifecycle.DecodeRecord([]byte(`{"state":"Unpublished"}`))
	require.NoError(t, err)
	require.ErrorIs(t, lifecycle.Explain(r, lifecycle.EndSupport{}, lifecycle.Facts{}, lifecycletest.Start).Err(), lifecycle.RuleNinetyDays)
	for _, unknown := range []string{`{"state":"Paused"}`, `{"request":{"phase":"queued"}}`, `{"request":{"kind":"rename"}}`, `{"last":{"result":"maybe"}}`} {
		_, err = lifecycle.DecodeRecord([]byte(unknown))
		require.ErrorContains(t, err, "that this release knows", unknown)
	}

	b := lifecycletest.NewBench(t)
	journal, err := b.History(context.Background(), b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Unpublished, false))
	require.NoError(t, err)
	journal[len(journal)-1].Outcome.Result = lifecycle.Failed
	_, err = lifecycle.Replay(journal)
	require.ErrorIs(t, err, lifecycle.ErrJournal, "a removal that failed does not unpublish")
	journal, err = b.History(context.Background(), b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, true))
	require.NoError(t, err)
	second := journal[len(journal)-1]
	second.Revision++
	_, err = lifecycle.Replay(append(journal, second))
	require.ErrorIs(t, err, lifecycle.ErrJournal, "two requests at once")
}

type cancelling struct{ cancel context.CancelFunc }

func (c cancelling) Describe(ctx context.Context, _ version.ARN) (lifecycle.Resource, error) {
	c.cancel()
	return lifecycle.Resource{}, ctx.Err()
}

func TestExplainDoesNotPassOffAnEndedContextAsUnknown(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	b := lifecycletest.NewBench(t, lifecycle.WithResources(cancelling{cancel}))
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	_, err := b.Explain(ctx, id, lifecycle.Submit{})
	require.ErrorIs(t, err, context.Canceled)
}

// What the marketplace has accepted does not stand in the way of other
// changes when a rule comes later.
func TestALaterRuleDoesNotLockALiveListing(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	r.Draft.Versions[0].Status = version.Restricted
	r.Published.Listing.Versions[0].Status = version.Restricted
	facts.House.Checks = []rule.Check[listing.Listing]{{
		Rule: rule.Rule{ID: "house.notes", Severity: rule.Must},
		Find: func(l listing.Listing, r *rule.Report) {
			for i, v := range l.Versions {
				if !strings.Contains(v.ReleaseNotes, "CVE") {
					r.Broken(fmt.Sprintf("versions[%d].releaseNotes", i), "names no CVE status")
				}
			}
		}}}
	fixed := r.Draft.Versions[1].Clone()
	fixed.ReleaseNotes = "CVE: none."
	d, err := lifecycle.Decide(r, lifecycle.UpdateVersion{Version: fixed}, facts, r.UpdatedAt)
	require.NoError(t, err)
	assert.Len(t, d.Findings.Advice, 1, "what is left of it is advice")
	_, err = lifecycle.Decide(r, lifecycle.UpdateAllowList{Accounts: accounts(1)}, facts, r.UpdatedAt)
	require.NoError(t, err)
	_, err = lifecycle.Decide(r, lifecycle.AddVersion{Version: lifecycletest.Version("2.0", version.ModelPackage)}, facts, r.UpdatedAt)
	require.ErrorContains(t, err, "house.notes", "a new fault does stand in the way")
}

func TestAddVersionDoesNotChangePrices(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	add := lifecycle.AddVersion{Version: lifecycletest.Version("2.0", version.ModelPackage),
		Rates: pricing.RateCard{pricing.Batch(lifecycletest.Instance): pricing.MustUSD("0.01")}}
	require.Equal(t, []rule.Rule{lifecycle.RuleUpdate}, lifecycle.Explain(r, add, facts, r.UpdatedAt).Violations.Rules())
	add.Rates[pricing.Batch(lifecycletest.Instance)] = pricing.MustUSD("0.40")
	require.True(t, lifecycle.Can(r, add, facts, r.UpdatedAt))
}

type throttledStore struct {
	lifecycle.Store
	loads *int
}

func (s throttledStore) Load(context.Context, lifecycle.Key) (lifecycle.Record, error) {
	if *s.loads++; *s.loads > 3 {
		return lifecycle.Record{}, context.DeadlineExceeded
	}
	return lifecycle.Record{}, fmt.Errorf("table: %w", lifecycle.ErrThrottled)
}

func TestAwaitNeverSpins(t *testing.T) {
	loads, clock := 0, &lifecycletest.Clock{}
	m, err := lifecycle.New(lifecycletest.Seller, throttledStore{memstore.New(), &loads}, lifecycletest.NewMarket(clock), lifecycle.WithClock(clock))
	require.NoError(t, err)
	_, err = m.Await(context.Background(), uuid.New())
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Equal(t, lifecycletest.Start.Add(90*time.Second), clock.Now(), "it waited each time")
}

func TestWithdrawOfWhatIsBeingPublished(t *testing.T) {
	r, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	require.ErrorIs(t, r.Withdraw("1.0", lifecycletest.Start).Err(), lifecycle.RuleRestrictedStaysUsable)
}

func TestInFlight(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	records, err := b.InFlight(ctx, uuid.Nil, 10)
	require.NoError(t, err)
	require.Len(t, records, 1)
	assert.Equal(t, id, records[0].ID)
}

func TestPeriodsAreAsStated(t *testing.T) {
	assert.Equal(t, 90*24*time.Hour, lifecycle.SupportPeriod)
	assert.Equal(t, 24*time.Hour, lifecycle.CancelPeriod)
	assert.Equal(t, 120*24*time.Hour, lifecycle.RisePeriod)
}

// What was recommended before needs no look at a resource that may be gone.
func TestRecommendationsThatStayAreNotCheckedAgain(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	for arn := range facts.Resources {
		facts.Resources[arn] = lifecycle.Resource{Status: lifecycle.ResourceMissing}
	}
	v := r.Draft.Versions[0].Clone()
	v.ReleaseNotes = "Clearer."
	d, err := lifecycle.Decide(r, lifecycle.UpdateVersion{Version: v}, facts, r.UpdatedAt)
	require.NoError(t, err)
	assert.NotContains(t, notChecked(d.Findings), version.RuleRecommendedBatch)
	v.Recommended.Batch = "ml.c5.large"
	d, err = lifecycle.Decide(r, lifecycle.UpdateVersion{Version: v}, facts, r.UpdatedAt)
	require.NoError(t, err)
	assert.Contains(t, notChecked(d.Findings), version.RuleRecommendedBatch)
}

func TestTwoEditedVersionsAreOneTooMany(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	r.State, r.Draft = lifecycle.TestProduct, r.Draft.Clone()
	r.Draft.Versions[0].ReleaseNotes = "Clearer."
	require.True(t, lifecycle.Can(r, lifecycle.Submit{}, facts, r.UpdatedAt))
	r.Draft.Versions[1].ReleaseNotes = "Clearer, too."
	found := lifecycle.Explain(r, lifecycle.Submit{}, facts, r.UpdatedAt)
	require.Equal(t, []rule.Rule{lifecycle.RuleOneVersion}, found.Violations.Rules())
	require.Equal(t, "versions[1].number", found.Violations[0].Path)
}
