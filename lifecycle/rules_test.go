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
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// question is what a case of the table varies: the listing before it gets to
// its state, then record, facts, command and instant.
type question struct {
	record  lifecycle.Record
	facts   lifecycle.Facts
	command lifecycle.Command
	at      time.Time
	by      string
}

// refusals has, for each rule of a move, a question that breaks it alone and
// one beside it, at the boundary where there is one, that does not.
var refusals = map[rule.Rule]struct {
	state   lifecycle.State
	private bool
	busy    bool
	command lifecycle.Event
	break_  func(*question)
	mend    func(*question)
	path    string
}{
	lifecycle.RuleCreateOnce: {state: lifecycle.Draft, command: lifecycle.EventCreate, break_: nothing, mend: func(q *question) { q.record = lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller} }},
	lifecycle.RuleName: {state: lifecycle.Draft, command: lifecycle.EventCreate, path: "name",
		break_: named("one\ntwo"), mend: named(strings.Repeat("é", 128))},
	lifecycle.RuleBy: {state: lifecycle.Draft, command: lifecycle.EventSubmit, path: "by",
		break_: func(q *question) { q.by = "Ann\nRoot" },
		mend:   func(q *question) { q.by = strings.Repeat("é", 256) }},
	lifecycle.RuleAdopt: {state: lifecycle.Draft, command: lifecycle.EventAdoptLive, path: "snapshot.released",
		break_: func(q *question) { adoptOf(q, func(h *lifecycle.Snapshot) { h.Released = false }) },
		mend:   func(q *question) { adoptOf(q, func(h *lifecycle.Snapshot) { h.Released = true }) }},
	lifecycle.RuleReconcile: {state: lifecycle.Live, command: lifecycle.EventReconcileLive, path: "snapshot.entities.product",
		break_: func(q *question) { reconcileWith(q, "prod-another") },
		mend:   func(q *question) { reconcileWith(q, "prod-ad8EXAMPLE651") }},
	lifecycle.RuleDiscard:    {state: lifecycle.TestProduct, command: lifecycle.EventDiscard, break_: nothing, mend: func(q *question) { q.record.State = lifecycle.Draft }},
	lifecycle.RuleEdit:       {state: lifecycle.Live, command: lifecycle.EventEdit, break_: nothing, mend: func(q *question) { q.record.State = lifecycle.TestProduct }},
	lifecycle.RuleOneRequest: {state: lifecycle.TestProduct, busy: true, command: lifecycle.EventEdit, break_: nothing, mend: func(q *question) { q.record.Request = nil }},
	lifecycle.RuleSubmit: {state: lifecycle.TestProduct, command: lifecycle.EventSubmit,
		break_: func(q *question) { q.command = lifecycle.Submit{} },
		mend:   func(q *question) { q.record.Draft.Title = "Edited" }},
	lifecycle.RuleTesters: {state: lifecycle.Draft, command: lifecycle.EventSubmit, path: "testers",
		break_: func(q *question) { q.command = lifecycle.Submit{Testers: accounts(101)} },
		mend:   func(q *question) { q.command = lifecycle.Submit{Testers: accounts(100)} }},
	lifecycle.RuleSignOff: {state: lifecycle.TestProduct, command: lifecycle.EventSignOff,
		break_: func(q *question) { q.record.Draft.Title = "Edited" },
		mend:   func(q *question) { q.record.Draft = q.record.Published.Listing }},
	lifecycle.RuleUpdate: {state: lifecycle.Live, command: lifecycle.EventUpdatePricing,
		break_: func(q *question) { q.command = lifecycle.UpdatePricing{Offer: *q.record.Draft.Offer} },
		mend:   func(q *question) { updateOffer(q, func(o *pricing.Offer) { o.Name += "!" }) }},
	lifecycle.RuleVersionKnown: {state: lifecycle.Live, command: lifecycle.EventUpdateVersion, path: "versions",
		break_: func(q *question) {
			// An edited draft, so that the update changes something all the same.
			q.command = lifecycle.UpdateVersion{Version: lifecycletest.Version("9.9", version.ModelPackage)}
			q.record.Draft.Title = "Edited"
		},
		mend: func(q *question) { q.command = soundCommands(q.record.Draft)[lifecycle.EventUpdateVersion] }},
	lifecycle.RuleRestrictLiveOnly: {state: lifecycle.Draft, command: lifecycle.EventEdit, path: "versions[1].status",
		break_: func(q *question) { editVersions(q, restrictedVersion("1.1")) },
		mend:   func(q *question) { editVersions(q, lifecycletest.Version("1.1", version.ModelPackage)) }},
	lifecycle.RuleLastUnrestricted: {state: lifecycle.Live, command: lifecycle.EventRestrictVersion, path: "versions[1].status",
		break_: func(q *question) {
			restrict(q, 0)
			q.command = lifecycle.RestrictVersion{Number: "1.1"}
		},
		mend: func(q *question) {
			q.record.Draft.Versions[0].Status = version.Offered
			q.record.Published.Listing.Versions[0].Status = version.Offered
		}},
	lifecycle.RuleVersionEditable: {state: lifecycle.Live, command: lifecycle.EventUpdateVersion, path: "versions[0].status",
		break_: func(q *question) {
			restrict(q, 0)
			v := q.record.Draft.Versions[0].Clone()
			v.ReleaseNotes = "Too late."
			q.command = lifecycle.UpdateVersion{Version: v}
		},
		mend: func(q *question) {
			v := q.record.Draft.Versions[1].Clone()
			v.ReleaseNotes = "In time."
			q.command = lifecycle.UpdateVersion{Version: v}
		}},
	lifecycle.RuleNumberLocked: {state: lifecycle.TestProduct, command: lifecycle.EventEdit, path: "versions[0].number",
		break_: func(q *question) { editDraft(q, func(l *listing.Listing) { l.Versions[0].Number = "1.0.1" }) },
		mend:   func(q *question) { editDraft(q, func(l *listing.Listing) { l.Versions[0].Usage += "!" }) }},
	lifecycle.RuleResourceLocked: {state: lifecycle.TestProduct, command: lifecycle.EventEdit, path: "versions[0].resource",
		break_: func(q *question) { editDraft(q, func(l *listing.Listing) { l.Versions[0].Resource += "x" }) },
		mend:   func(q *question) { editDraft(q, func(l *listing.Listing) { l.Versions[0].Usage += "!" }) }},
	lifecycle.RuleOneVersion: {state: lifecycle.Draft, command: lifecycle.EventSubmit, path: "versions[1].number",
		break_: func(q *question) {
			v := lifecycletest.Version("1.1", version.ModelPackage)
			q.record.Draft.Versions = append(q.record.Draft.Versions, v)
			q.facts.Resources[v.Resource] = lifecycletest.Resource(version.ModelPackage)
		},
		mend: func(q *question) { q.record.Draft.Versions = q.record.Draft.Versions[:1] }},
	lifecycle.RulePrivateStaysPrivate: {state: lifecycle.Draft, private: true, command: lifecycle.EventEdit, path: "visibility",
		break_: func(q *question) { editDraft(q, func(l *listing.Listing) { l.Visibility = listing.Public }) },
		mend:   func(q *question) { editDraft(q, func(l *listing.Listing) { l.Visibility = listing.Private }) }},
	lifecycle.RulePublicStaysPublic: {state: lifecycle.TestProduct, command: lifecycle.EventEdit, path: "visibility",
		break_: func(q *question) { editDraft(q, func(l *listing.Listing) { l.Visibility = listing.Private }) },
		mend:   func(q *question) { editDraft(q, func(l *listing.Listing) { l.Visibility = "" }) }},
	lifecycle.RuleRegionsLocked: {state: lifecycle.TestProduct, command: lifecycle.EventEdit, path: "regions",
		break_: func(q *question) {
			editDraft(q, func(l *listing.Listing) { l.Regions.Only = []listing.Region{"eu-west-1"} })
		},
		mend: func(q *question) { q.record.RegionsLocked = false }},
	lifecycle.RuleUnpublish: {state: lifecycle.TestProduct, command: lifecycle.EventUnpublish, break_: nothing, mend: func(q *question) { q.record.State = lifecycle.Live }},
	lifecycle.RuleUnpublishContact: {state: lifecycle.Live, command: lifecycle.EventUnpublish, path: "email",
		break_: func(q *question) { q.command = lifecycle.Unpublish{Email: "Ann <ann@example.com>", Reason: "r"} },
		mend:   func(q *question) { q.command = lifecycle.Unpublish{Email: "ann@example.com", Reason: "r"} }},
	lifecycle.RuleUnpublishReplacement: {state: lifecycle.Live, command: lifecycle.EventUnpublish, path: "replacement",
		break_: func(q *question) { replaceBy(q, lifecycle.Unpublished) },
		mend:   func(q *question) { replaceBy(q, lifecycle.TestProduct) }},
	lifecycle.RuleCancel: {state: lifecycle.Live, command: lifecycle.EventCancel, break_: nothing, mend: func(q *question) {
		q.record.Request = &lifecycle.Request{Kind: lifecycle.EventUpdatePricing}
	}},
	lifecycle.RuleCancelWindow: {state: lifecycle.Live, busy: true, command: lifecycle.EventCancel,
		break_: func(q *question) {
			sent := q.at
			q.record.Request.SentAt = &sent
			q.at = sent.Add(lifecycle.CancelPeriod)
		},
		mend: func(q *question) { q.at = q.at.Add(-time.Nanosecond) }},
	lifecycle.RuleEndSupport: {state: lifecycle.Unpublished, command: lifecycle.EventEndSupport,
		break_: func(q *question) {
			q.at = q.record.UnpublishedAt.Add(lifecycle.SupportPeriod)
			q.record.SupportEndedAt = &q.at
		},
		mend: func(q *question) { q.record.SupportEndedAt = nil }},
	lifecycle.RuleNinetyDays: {state: lifecycle.Unpublished, command: lifecycle.EventEndSupport,
		break_: func(q *question) { q.at = q.record.UnpublishedAt.Add(90*24*time.Hour - time.Nanosecond) },
		mend: func(q *question) {
			q.at = q.record.UnpublishedAt.Add(90 * 24 * time.Hour).In(time.FixedZone("UTC-11", -11*3600))
		}},

	lifecycle.RuleSellerRegistered: {state: lifecycle.Draft, command: lifecycle.EventSubmit, path: "seller",
		break_: func(q *question) { q.facts.Seller.Registered = lifecycle.No },
		mend:   func(q *question) { q.facts.Seller.Registered = lifecycle.Yes }},
	lifecycle.RuleSellerProfile: {state: lifecycle.Draft, command: lifecycle.EventSubmit, path: "seller",
		break_: func(q *question) { q.facts.Seller.ProfileComplete = lifecycle.No },
		mend:   func(q *question) { q.facts.Seller.ProfileComplete = lifecycle.Yes }},
	lifecycle.RuleSellerTaxAndBank: {state: lifecycle.Draft, command: lifecycle.EventSubmit, path: "seller",
		break_: func(q *question) { q.facts.Seller.TaxAndBank = lifecycle.No },
		mend: func(q *question) { // a free listing needs neither
			q.record.Draft.Offer.Model, q.record.Draft.Offer.Rates, q.record.Draft.Offer.TrialDays = pricing.Free, nil, 0
		}},
	lifecycle.RuleOwnsResource: {state: lifecycle.Draft, command: lifecycle.EventSubmit, path: "versions[0].resource",
		break_: func(q *question) { q.record.Seller = "999900001111" },
		mend:   func(q *question) { q.record.Seller = lifecycletest.Seller }},
	lifecycle.RulePublishingRegion: {state: lifecycle.Draft, command: lifecycle.EventSubmit, path: "versions[0].resource",
		break_: func(q *question) { moveResource(q, "me-south-1") },
		mend:   func(q *question) { moveResource(q, "eu-west-1") }},
	lifecycle.RuleDescribeModelPackage: {state: lifecycle.Draft, command: lifecycle.EventSubmit, path: "versions[0].resource",
		break_: func(q *question) { resource(q, func(r *lifecycle.Resource) { r.Status = lifecycle.ResourceDenied }) },
		mend:   func(q *question) { resource(q, func(r *lifecycle.Resource) { r.Status = lifecycle.ResourceCompleted }) }},
	lifecycle.RuleDescribeAlgorithm: {state: lifecycle.Draft, private: true, command: lifecycle.EventSubmit, path: "versions[0].resource",
		break_: func(q *question) { resource(q, func(r *lifecycle.Resource) { r.Status = lifecycle.ResourceDenied }) },
		mend:   func(q *question) { resource(q, func(r *lifecycle.Resource) { r.Status = lifecycle.ResourceCompleted }) }},
	lifecycle.RuleMarketplacePermission: {state: lifecycle.Draft, command: lifecycle.EventSubmit,
		break_: func(q *question) { q.facts.MayRequest = lifecycle.No },
		mend:   func(q *question) { q.facts.MayRequest = lifecycle.Yes }},
	lifecycle.RuleHasInferenceImage: {state: lifecycle.Draft, private: true, command: lifecycle.EventSubmit, path: "versions[0].resource",
		break_: func(q *question) { resource(q, func(r *lifecycle.Resource) { r.InferenceImages = nil }) },
		mend: func(q *question) {
			resource(q, func(r *lifecycle.Resource) { *r = lifecycletest.Resource(version.Algorithm) })
		}},
	lifecycle.RuleResourceExists: {state: lifecycle.Draft, command: lifecycle.EventSubmit, path: "versions[0].resource",
		break_: func(q *question) { resource(q, func(r *lifecycle.Resource) { r.Status = "InProgress" }) },
		mend:   func(q *question) { resource(q, func(r *lifecycle.Resource) { r.Status = lifecycle.ResourceCompleted }) }},
	lifecycle.RuleResourceCertified: {state: lifecycle.Draft, command: lifecycle.EventSubmit, path: "versions[0].resource",
		break_: func(q *question) { resource(q, func(r *lifecycle.Resource) { r.Certified = false }) },
		mend:   func(q *question) { resource(q, func(r *lifecycle.Resource) { r.Certified = true }) }},
	version.RuleRecommendedBatch: {state: lifecycle.Draft, command: lifecycle.EventSubmit, path: "versions[0].recommended.batch",
		break_: func(q *question) { q.record.Draft.Versions[0].Recommended.Batch = "ml.c5.large" },
		mend:   func(q *question) { q.record.Draft.Versions[0].Recommended.Batch = lifecycletest.Instance }},
	version.RuleRecommendedRealTime: {state: lifecycle.Draft, command: lifecycle.EventSubmit, path: "versions[0].recommended.realTime",
		break_: func(q *question) { q.record.Draft.Versions[0].Recommended.RealTime = "ml.c5.large" },
		mend:   func(q *question) { q.record.Draft.Versions[0].Recommended.RealTime = lifecycletest.Instance }},
	version.RuleRecommendedTraining: {state: lifecycle.Draft, private: true, command: lifecycle.EventSubmit, path: "versions[0].recommended.training",
		break_: func(q *question) { q.record.Draft.Versions[0].Recommended.Training = "ml.c5.large" },
		mend:   func(q *question) { q.record.Draft.Versions[0].Recommended.Training = lifecycletest.Instance }},
	lifecycle.RuleEveryInstancePriced: {state: lifecycle.Live, command: lifecycle.EventAddVersion, path: `offer.rates["ml.g5.xlarge.m.i.b"]`,
		break_: func(q *question) {
			v := lifecycletest.Version("2.0", version.ModelPackage)
			q.facts.Resources[v.Resource] = lifecycle.Resource{Status: lifecycle.ResourceCompleted, Certified: true,
				InstanceTypes: lifecycle.InstanceTypes{Batch: []string{lifecycletest.Instance, "ml.g5.xlarge"}, RealTime: []string{lifecycletest.Instance}}}
		},
		mend: func(q *question) {
			c := q.command.(lifecycle.AddVersion)
			c.Rates = pricing.RateCard{pricing.Batch("ml.g5.xlarge"): pricing.MustUSD("1.10")}
			q.command = c
		}},
	lifecycle.RuleImageRegion: {state: lifecycle.Draft, command: lifecycle.EventSubmit, path: "versions[0].resource",
		break_: func(q *question) { imageAt(q, "111122223333.dkr.ecr.eu-west-1.amazonaws.com/invoice:1") },
		mend:   func(q *question) { imageAt(q, "111122223333.dkr.ecr.us-east-2.amazonaws.com/invoice:1") }},
	lifecycle.RuleRatesStay: {state: lifecycle.Live, command: lifecycle.EventUpdatePricing, path: `offer.rates["ml.old.large.m.i.b"]`,
		break_: func(q *question) {
			q.record.Published.Rates[pricing.Batch("ml.old.large")] = pricing.MustUSD("1.00")
		},
		mend: func(q *question) {
			updateOffer(q, func(o *pricing.Offer) { o.Rates[pricing.Batch("ml.old.large")] = pricing.MustUSD("1.00") })
		}},
	lifecycle.RuleModelStays: {state: lifecycle.Live, command: lifecycle.EventUpdatePricing, path: "offer.model",
		break_: func(q *question) {
			q.record.Published.Listing.Offer.Model = pricing.Inference
		},
		mend: func(q *question) { q.record.Published.Listing.Offer.Model = pricing.Hourly }},
	lifecycle.RuleRiseAlone: {state: lifecycle.Live, command: lifecycle.EventUpdatePricing, path: `offer.rates["ml.m5.large.m.i.r"]`,
		break_: func(q *question) { reprice(q, "0.41", "0.49") },
		mend:   func(q *question) { reprice(q, "0.41", "0.50") }},
	lifecycle.RuleRiseEvery120Days: {state: lifecycle.Live, command: lifecycle.EventUpdatePricing, path: `offer.rates["ml.m5.large.m.i.b"]`,
		break_: func(q *question) {
			rise := lifecycle.AnnouncedRise(q.at.Add(-lifecycle.RisePeriod + time.Nanosecond))
			q.record.Rise = &rise
			reprice(q, "0.39", "0.50")
		},
		mend: func(q *question) { q.at = q.at.Add(time.Nanosecond) }},
}

// elsewhere are the rules with tests of their own.
var elsewhere = map[rule.Rule]bool{
	listing.RuleVisibility: true, listing.RuleValidUTF8: true, lifecycle.RuleCommand: true, lifecycle.RulePreviewAudience: true,
	lifecycle.RuleLiveAudience: true, lifecycle.RuleNoNewBuyers: true, lifecycle.RuleRestrictedStaysUsable: true,
}

// TestRule breaks each rule of a move alone and then mends it.
func TestRule(t *testing.T) {
	for _, each := range lifecycle.Rules() {
		if each.Severity == rule.Should || elsewhere[each] {
			continue
		}
		c, covered := refusals[each]
		if !assert.True(t, covered, "%s has no refused case", each) {
			continue
		}
		t.Run(each.ID, func(t *testing.T) {
			t.Parallel()
			l := lifecycletest.ModelPackage()
			if c.private {
				l = lifecycletest.Algorithm()
			}
			r, facts := withTwoVersions(t, l, c.state, c.busy)
			q := question{record: r, facts: facts, command: soundOn(r, r.Draft)[c.command], at: r.UpdatedAt.Add(time.Minute)}
			c.break_(&q)
			found := lifecycle.Explain(q.record, q.command, lifecycle.Input{At: q.at, By: q.by, Facts: q.facts})
			require.ErrorIs(t, found.Err(), each)
			require.Equal(t, []rule.Rule{each}, found.Violations.Rules(), found.Err())
			require.Equal(t, c.path, found.Violations[0].Path)
			require.NotEmpty(t, found.Violations[0].Remedy)
			_, err := lifecycle.Decide(q.record, q.command, lifecycle.Input{At: q.at, By: q.by, Facts: q.facts})
			require.ErrorIs(t, err, each)
			var all rule.Violations
			require.ErrorAs(t, err, &all)
			require.Equal(t, found.Violations, all)

			c.mend(&q)
			_, err = lifecycle.Decide(q.record, q.command, lifecycle.Input{At: q.at, By: q.by, Facts: q.facts})
			require.NoError(t, err)
		})
	}
}

func TestEveryReasonComesTogether(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, true)
	edited := r.Draft.Clone()
	edited.Visibility = listing.Private
	edited.Regions.Only = []listing.Region{"eu-west-1"}
	edited.Versions[0].Number = "1.0.1"
	_, err := lifecycle.Decide(r, lifecycle.Edit{Listing: edited}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	for _, want := range []rule.Rule{lifecycle.RuleOneRequest, lifecycle.RulePublicStaysPublic, lifecycle.RuleRegionsLocked, lifecycle.RuleNumberLocked} {
		require.ErrorIs(t, err, want)
	}
	var all rule.Violations
	require.ErrorAs(t, err, &all)
	require.Len(t, all, 4)
}

func TestRulesOfTheHouse(t *testing.T) {
	teamName := rule.Rule{ID: "house.team-name", Severity: rule.Must, Statement: "titles start with the team's name", Remedy: "put Northwind first"}
	house := lifecycle.Policy{
		Checks: []rule.Check[listing.Listing]{{Rule: teamName, Find: func(l listing.Listing, r *rule.Report) {
			if !strings.HasPrefix(l.Title, "Northwind ") {
				r.Broken("title", "does not start with Northwind")
			}
		}}},
		Refuse: []rule.Rule{pricing.RuleTrialRecommended},
	}
	l := lifecycletest.ModelPackage()
	l.Offer.TrialDays = 7
	b := lifecycletest.NewBench(t, lifecycle.WithPolicy(house))
	id := b.Listing(t, l, lifecycle.Draft, false)
	_, err := b.Do(context.Background(), id, lifecycle.Submit{})
	require.ErrorIs(t, err, teamName)
	require.ErrorIs(t, err, pricing.RuleTrialRecommended)
	l.Title, l.Offer.TrialDays = "Northwind Invoices", 14
	_, err = b.Do(context.Background(), id, lifecycle.Edit{Listing: l})
	require.NoError(t, err)
	_, err = b.Do(context.Background(), id, lifecycle.Submit{})
	require.NoError(t, err)
}

func TestImagesOfOtherAccounts(t *testing.T) {
	l := lifecycletest.Algorithm()
	r, facts := withTwoVersions(t, l, lifecycle.Draft, false)
	resource(&question{record: r, facts: facts}, func(r *lifecycle.Resource) {
		r.TrainingImage = "999900001111.dkr.ecr.us-east-2.amazonaws.com/train:1"
	})
	found := lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.Equal(t, []rule.Rule{lifecycle.RuleOwnsResource}, found.Violations.Rules())
}

func TestEditAndRestrictAtOnce(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	r.State = lifecycle.TestProduct
	edited := r.Draft.Clone()
	edited.Versions[0].Status = version.Restricted
	require.True(t, can(r, lifecycle.Edit{Listing: edited}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}))
	edited.Versions[0].Usage += "!"
	_, err := lifecycle.Decide(r, lifecycle.Edit{Listing: edited}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.ErrorIs(t, err, lifecycle.RuleVersionEditable)
}

func TestAnUpdateThatTheMarketplaceIsNotToldOfIsRefused(t *testing.T) {
	l := lifecycletest.ModelPackage()
	l.Offer.Model, l.Offer.Rates, l.Offer.TrialDays = pricing.Free, nil, 0
	r, facts := withTwoVersions(t, l, lifecycle.Live, false)
	offer := l.Offer.Clone()
	offer.Rates = pricing.RateCard{pricing.Batch(lifecycletest.Instance): {}}
	_, err := lifecycle.Decide(r, lifecycle.UpdatePricing{Offer: offer}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.ErrorIs(t, err, lifecycle.RuleUpdate)
	r.Draft.Offer = &offer
	assert.False(t, r.Edited())
}

func TestRegionsByHandIsAdvice(t *testing.T) {
	l := lifecycletest.ModelPackage()
	l.Regions.Only = []listing.Region{"eu-west-1", "us-east-1"}
	r, facts := withTwoVersions(t, l, lifecycle.Draft, false)
	d, err := lifecycle.Decide(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.NoError(t, err)
	require.Len(t, d.Findings.Advice, 1)
	assert.Equal(t, lifecycle.RuleRegionsByHand, d.Findings.Advice[0].Rule)
}

func TestFreeListingPricesEveryDimensionAtZero(t *testing.T) {
	l := lifecycletest.ModelPackage()
	l.Offer.Model, l.Offer.Rates, l.Offer.TrialDays = pricing.Free, nil, 0
	r, facts := withTwoVersions(t, l, lifecycle.Draft, false)
	d, err := lifecycle.Decide(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.NoError(t, err)
	target, underWay := d.Record.Target()
	require.True(t, underWay)
	assert.Equal(t, pricing.RateCard{
		pricing.Batch(lifecycletest.Instance): {}, pricing.RealTime(lifecycletest.Instance): {},
	}, target.Rates)
}

func TestMisspelledVisibilityIsNotCreated(t *testing.T) {
	_, err := lifecycle.Decide(lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}, lifecycle.Create{Listing: listing.Listing{Visibility: "pubic"}}, lifecycle.Input{At: lifecycletest.Start})
	require.ErrorIs(t, err, listing.RuleVisibility)
	_, err = lifecycle.Decide(lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}, lifecycle.Create{}, lifecycle.Input{At: lifecycletest.Start})
	require.NoError(t, err, "a draft may be empty")
	_, err = lifecycle.Decide(lifecycle.Record{}, lifecycle.Create{}, lifecycle.Input{At: lifecycletest.Start})
	require.ErrorIs(t, err, lifecycle.RuleCreateOnce, "without an id it could not be listed")
}

func nothing(*question) {}

func accounts(n int) []listing.AccountID {
	all := make([]listing.AccountID, n)
	for i := range all {
		all[i] = listing.AccountID(fmt.Sprintf("%012d", i))
	}
	return all
}

func editDraft(q *question, edit func(*listing.Listing)) {
	l := q.record.Draft.Clone()
	edit(&l)
	q.command = lifecycle.Edit{Listing: l}
}

func editVersions(q *question, more ...version.Version) {
	editDraft(q, func(l *listing.Listing) { l.Versions = append(l.Versions, more...) })
}

func restrictedVersion(number string) version.Version {
	v := lifecycletest.Version(number, version.ModelPackage)
	v.Status = version.Restricted
	return v
}

func restrict(q *question, i int) {
	q.record.Draft = q.record.Draft.Clone()
	q.record.Draft.Versions[i].Status = version.Restricted
	published := *q.record.Published
	published.Listing = q.record.Draft.Clone()
	q.record.Published = &published
}

// adoptOf asks to adopt, as a new listing, what the marketplace has.
func adoptOf(q *question, change func(*lifecycle.Snapshot)) {
	holding := lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityPublic)
	change(&holding)
	q.record, q.command = lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}, lifecycle.Adopt{Snapshot: holding}
}

func updateOffer(q *question, change func(*pricing.Offer)) {
	offer := q.record.Draft.Offer.Clone()
	offer.RefundPolicy = "Refunds within 30 days."
	change(&offer)
	q.command = lifecycle.UpdatePricing{Offer: offer}
}

func reprice(q *question, batch, realTime string) {
	updateOffer(q, func(o *pricing.Offer) {
		o.Rates[pricing.Batch(lifecycletest.Instance)] = pricing.MustUSD(batch)
		o.Rates[pricing.RealTime(lifecycletest.Instance)] = pricing.MustUSD(realTime)
	})
}

func imageAt(q *question, image string) {
	arn := q.record.Draft.Versions[0].Resource
	resource := q.facts.Resources[arn]
	resource.InferenceImages = []string{image}
	q.facts.Resources[arn] = resource
}

func replaceBy(q *question, state lifecycle.State) {
	id := uuid.New()
	q.command = lifecycle.Unpublish{Email: "ann@example.com", Reason: "r", Replacement: id}
	q.facts.Replacements = map[uuid.UUID]lifecycle.Summary{id: {ID: id, State: state, Product: "prod-ad8EXAMPLE651"}}
}

func moveResource(q *question, region string) {
	v := &q.record.Draft.Versions[0]
	v.Resource = version.ARN("arn:aws:sagemaker:" + region + ":" + string(lifecycletest.Seller) + ":model-package/invoice")
	r := lifecycletest.Resource(version.ModelPackage)
	r.InferenceImages = []string{string(lifecycletest.Seller) + ".dkr.ecr." + region + ".amazonaws.com/serve:1"}
	q.facts.Resources[v.Resource] = r
}

func resource(q *question, change func(*lifecycle.Resource)) {
	arn := q.record.Draft.Versions[0].Resource
	r := q.facts.Resources[arn]
	change(&r)
	q.facts.Resources[arn] = r
}

func reconcileWith(q *question, product string) {
	q.record.Entities.Product = "prod-ad8EXAMPLE651" // the violation names it
	c := soundOn(q.record, q.record.Draft)[lifecycle.EventReconcileLive].(lifecycle.Reconcile)
	c.Snapshot.Entities.Product = product
	q.command = c
}

// named makes the question one of creating a listing under a name.
func named(name string) func(*question) {
	return func(q *question) {
		q.record = lifecycle.Record{ID: lifecycle.ID(lifecycletest.Seller, name), Seller: lifecycletest.Seller}
		q.command = lifecycle.Create{Name: name, Listing: lifecycletest.ModelPackage()}
	}
}
