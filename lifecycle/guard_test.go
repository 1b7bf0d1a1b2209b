package lifecycle_test

import (
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

// The rule of each command, stated once more: asking the table of guards would
// show nothing.
func TestEachCommandIsRefusedByItsOwnRule(t *testing.T) {
	commands := soundCommands(lifecycletest.ModelPackage())
	for event, want := range map[lifecycle.Event]rule.Rule{
		lifecycle.EventCreate: lifecycle.RuleCreateOnce, lifecycle.EventEdit: lifecycle.RuleEdit,
		lifecycle.EventSubmit: lifecycle.RuleSubmit, lifecycle.EventSignOff: lifecycle.RuleSignOff,
		lifecycle.EventAddVersion: lifecycle.RuleUpdate, lifecycle.EventUpdateVersion: lifecycle.RuleUpdate,
		lifecycle.EventRestrictVersion: lifecycle.RuleUpdate, lifecycle.EventUpdateInformation: lifecycle.RuleUpdate,
		lifecycle.EventUpdatePricing: lifecycle.RuleUpdate, lifecycle.EventUpdateAllowList: lifecycle.RuleUpdate,
		lifecycle.EventUnpublish: lifecycle.RuleUnpublish, lifecycle.EventCancel: lifecycle.RuleCancel,
		lifecycle.EventEndSupport: lifecycle.RuleEndSupport, lifecycle.EventAdoptTest: lifecycle.RuleAdopt,
		lifecycle.EventAdoptLive: lifecycle.RuleAdopt, lifecycle.EventAdoptUnpublished: lifecycle.RuleAdopt,
	} {
		state := lifecycle.State("")
		if starts[event] {
			state = lifecycle.Draft
		}
		nothing := lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller, State: state}
		found := lifecycle.Explain(nothing, commands[event], lifecycle.Input{At: lifecycletest.Start}).Violations
		var said []string
		for _, v := range found {
			if v.Rule == want {
				said = append(said, v.Remedy)
			}
		}
		switch {
		case state == "":
			assert.Equal(t, []string{"create the listing first"}, said, event)
		case want == lifecycle.RuleAdopt:
			assert.Equal(t, []string{"reconcile the listing that exists with what the marketplace has, or adopt the product under another id"}, said, event)
		default:
			assert.Equal(t, []string{want.Remedy}, said, event)
		}
	}
}

// A document that got into a record past the guards of Edit, because a rule
// came later or the record was tampered with, is not sent either.
func TestSubmitJudgesWhatEditLetThrough(t *testing.T) {
	for want, spoil := range map[rule.Rule]func(*listing.Listing){
		lifecycle.RuleNumberLocked:     func(l *listing.Listing) { l.Versions[0].Number = "1.0.1" },
		lifecycle.RuleResourceLocked:   func(l *listing.Listing) { l.Versions[0].Resource += "x" },
		lifecycle.RuleLastUnrestricted: func(l *listing.Listing) { l.Versions[0].Status = version.Restricted },
	} {
		r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
		r.Draft = r.Draft.Clone()
		spoil(&r.Draft)
		require.ErrorIs(t, lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Err(), want)
	}
}

// The updates of a Live listing have the guards that their content needs.
func TestUpdatesAreGuarded(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	change := func(edit func(*version.Version)) lifecycle.UpdateVersion {
		v := r.Draft.Versions[0].Clone()
		edit(&v)
		return lifecycle.UpdateVersion{Version: v}
	}
	for name, c := range map[string]struct {
		command lifecycle.Command
		want    rule.Rule
	}{
		"another resource":    {change(func(v *version.Version) { v.Resource += "x" }), lifecycle.RuleResourceLocked},
		"another role":        {change(func(v *version.Version) { v.AccessRole += "x" }), lifecycle.RuleResourceLocked},
		"unsupported type":    {change(func(v *version.Version) { v.Recommended.Batch = "ml.c5.large" }), version.RuleRecommendedBatch},
		"a number twice":      {lifecycle.AddVersion{Version: r.Draft.Versions[0]}, version.RuleNumber},
		"no such version":     {lifecycle.RestrictVersion{Number: "9.9"}, lifecycle.RuleVersionKnown},
		"too many accounts":   {lifecycle.UpdateAllowList{Accounts: accounts(101)}, lifecycle.RuleTesters},
		"a fault of its own":  {change(func(v *version.Version) { v.Notebook = "" }), version.RuleNotebook},
		"a fault in the text": {lifecycle.UpdateInformation{Promotion: r.Draft.Promotion, Support: *r.Draft.Support}, listing.RuleTitle},
	} {
		assert.ErrorIs(t, lifecycle.Explain(r, c.command, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Err(), c.want, name)
	}
	assert.True(t, can(r, lifecycle.UpdateAllowList{Accounts: accounts(100)}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}))
	add := lifecycle.AddVersion{Version: lifecycletest.Version("2.0", version.ModelPackage)}
	resource := facts.Resources[add.Version.Resource]
	resource.Certified = false
	facts.Resources[add.Version.Resource] = resource
	lifecycletest.RequireRefused(t, lifecycle.Explain(r, add, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Err(), lifecycle.RuleResourceCertified)
}

// A removal is possible whatever is wrong with the document.
func TestUnpublishDoesNotJudgeTheDocument(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	published := *r.Published
	published.Listing = published.Listing.Clone()
	r.Draft = r.Draft.Clone()
	r.Draft.Title, r.Draft.Promotion.Logo = "", "http://example.com/logo.png"
	r.Published = &published
	require.NoError(t, lifecycle.Explain(r, soundCommands(r.Draft)[lifecycle.EventUnpublish], lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Err())
}

func TestCreateSaysWhichOwnerIsMissing(t *testing.T) {
	create := lifecycle.Create{Listing: lifecycletest.ModelPackage()}
	for problem, r := range map[string]lifecycle.Record{
		"the listing has no id":     {Seller: lifecycletest.Seller},
		"the listing has no seller": {ID: uuid.New(), Seller: "12345"},
	} {
		found := lifecycle.Explain(r, create, lifecycle.Input{At: lifecycletest.Start}).Violations
		require.Len(t, found, 1)
		assert.Equal(t, problem, found[0].Problem)
		assert.Equal(t, lifecycle.RuleCreateOnce, found[0].Rule)
	}
}

func TestARefusalSaysWhereTheListingStands(t *testing.T) {
	t.Parallel()
	for state, says := range map[lifecycle.State]string{"": "(not created): submit refused: ", lifecycle.Live: "(Live): submit refused: "} {
		_, err := lifecycle.Decide(lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller, State: state}, lifecycle.Submit{}, lifecycle.Input{})
		require.ErrorContains(t, err, says)
	}
}

// What a guard has said in better words is not said again.
func TestOneReasonIsGivenOnce(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	found := lifecycle.Explain(r, lifecycle.Cancel{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Violations
	require.Len(t, found, 1)
	assert.Equal(t, "no request is under way", found[0].Problem)
}

// The files that the marketplace has already are not asked for again.
func TestFilesThatStayAreNotLookedAtAgain(t *testing.T) {
	l := lifecycletest.ModelPackage()
	l.Offer.EULA = pricing.EULA{URL: "https://example.com/eula.txt"}
	r, facts := withTwoVersions(t, l, lifecycle.Live, false)
	facts.Assets = nil
	offer := r.Draft.Offer.Clone()
	offer.RefundPolicy = "None."
	information := r.Draft.Information.Clone()
	information.Title = "Another title"
	for _, command := range []lifecycle.Command{
		lifecycle.UpdatePricing{Offer: offer},
		lifecycle.UpdateInformation{Information: information, Promotion: r.Draft.Promotion, Support: *r.Draft.Support},
	} {
		assert.Empty(t, notChecked(lifecycle.Explain(r, command, lifecycle.Input{At: r.UpdatedAt, Facts: facts})), command.Event())
	}
	offer.EULA.URL = "https://example.com/eula-2.txt"
	assert.Equal(t, []rule.Rule{pricing.RuleEULAPlainText},
		notChecked(lifecycle.Explain(r, lifecycle.UpdatePricing{Offer: offer}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})))
	promotion := r.Draft.Promotion.Clone()
	promotion.Logo = "https://example.com/new.png"
	update := lifecycle.UpdateInformation{Information: information, Promotion: promotion, Support: *r.Draft.Support}
	assert.Equal(t, []rule.Rule{listing.RuleLogo, listing.RuleLogoShape}, notChecked(lifecycle.Explain(r, update, lifecycle.Input{At: r.UpdatedAt, Facts: facts})))
	facts.Assets = map[string][]byte{promotion.Logo: nil}
	found := lifecycle.Explain(r, update, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Violations
	require.Len(t, found, 1)
	assert.Equal(t, "leads to nothing", found[0].Problem)

	update.Promotion.Logo = ""
	all := lifecycle.Explain(r, update, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.Len(t, all.Violations, 1, "promo.logo speaks of a logo that is missing")
	assert.Empty(t, all.NotChecked)
}

func TestAReplacementThatIsNotKnownIsRefused(t *testing.T) {
	r, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	removal := lifecycle.Unpublish{Email: "a@example.com", Reason: "old", Replacement: uuid.New()}
	_, err := lifecycle.Decide(r, removal, lifecycle.Input{At: lifecycletest.Start})
	require.ErrorIs(t, err, lifecycle.RuleUnpublishReplacement)
}

// What the marketplace has accepted does not stand in the way of other
// changes when a rule comes later.
func TestALaterRuleDoesNotLockALiveListing(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	r.Draft.Versions[0].Status = version.Restricted
	r.Published.Listing.Versions[0].Status = version.Restricted
	policy := lifecycle.Policy{Checks: []rule.Check[listing.Listing]{{
		Rule: rule.Rule{ID: "house.notes", Severity: rule.Must},
		Find: func(l listing.Listing, r *rule.Report) {
			for i, v := range l.Versions {
				if !strings.Contains(v.ReleaseNotes, "CVE") {
					r.Broken(fmt.Sprintf("versions[%d].releaseNotes", i), "names no CVE status")
				}
			}
		}}}}
	fixed := r.Draft.Versions[1].Clone()
	fixed.ReleaseNotes = "CVE: none."
	d, err := lifecycle.Decide(r, lifecycle.UpdateVersion{Version: fixed}, lifecycle.Input{At: r.UpdatedAt, Facts: facts, Policy: policy})
	require.NoError(t, err)
	assert.Len(t, d.Findings.Advice, 1, "what is left of it is advice")
	_, err = lifecycle.Decide(r, lifecycle.UpdateAllowList{Accounts: accounts(1)}, lifecycle.Input{At: r.UpdatedAt, Facts: facts, Policy: policy})
	require.NoError(t, err)
	_, err = lifecycle.Decide(r, lifecycle.AddVersion{Version: lifecycletest.Version("2.0", version.ModelPackage)}, lifecycle.Input{At: r.UpdatedAt, Facts: facts, Policy: policy})
	require.ErrorContains(t, err, "house.notes", "a new fault does stand in the way")
}

func TestPeriodsAreAsStated(t *testing.T) {
	assert.Equal(t, 4_000, lifecycle.MaxSteps)
	assert.Equal(t, 90*24*time.Hour, lifecycle.SupportPeriod)
	assert.Equal(t, 24*time.Hour, lifecycle.CancelPeriod)
	assert.Equal(t, 120*24*time.Hour, lifecycle.RisePeriod)
}

func TestCorruptRecordsFailClosed(t *testing.T) {
	r, err := decodedRecord([]byte(`{"state":"Live","draft":{"visibility":"private"}}`))
	require.NoError(t, err)
	require.Error(t, r.CanSubscribe(lifecycle.Buyer{Account: "1"}).Err())
	r, err = decodedRecord([]byte(`{"state":"Unpublished"}`))
	require.NoError(t, err)
	require.ErrorIs(t, lifecycle.Explain(r, lifecycle.EndSupport{}, lifecycle.Input{At: lifecycletest.Start}).Err(), lifecycle.RuleNinetyDays)
	for _, unknown := range []string{`{"state":"Paused"}`, `{"request":{"phase":"queued"}}`, `{"request":{"kind":"rename"}}`, `{"last":{"result":"maybe"}}`} {
		_, err = decodedRecord([]byte(unknown))
		require.ErrorContains(t, err, "that this release knows", unknown)
	}

	b := lifecycletest.NewBench(t)
	journal := journalOf(t, b, b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Unpublished, false))
	journal[len(journal)-1].Outcome.Result = lifecycle.Failed
	_, err = lifecycle.Replay(journal)
	require.ErrorIs(t, err, lifecycle.ErrJournal, "a removal that failed does not unpublish")
	journal = journalOf(t, b, b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, true))
	second := journal[len(journal)-1]
	second.Revision++
	_, err = lifecycle.Replay(append(journal, second))
	require.ErrorIs(t, err, lifecycle.ErrJournal, "two requests at once")
}

// Where the table has no reconciliation, the rule of reconciling says so.
func TestReconcileIsRefusedByItsOwnRule(t *testing.T) {
	t.Parallel()
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
	c := soundOn(r, r.Draft)[lifecycle.EventReconcileLive]
	r.State = lifecycle.Submitted
	lifecycletest.RequireRefused(t, lifecycle.Explain(r, c, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Err(), lifecycle.RuleReconcile)
}

// Before a listing goes live it is judged whole once more, with all advice.
func TestSignOffComesWithAllAdvice(t *testing.T) {
	t.Parallel()
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
	r.Draft.Versions[0].Usage = "Send a page."
	r.Published.Listing.Versions[0].Usage = r.Draft.Versions[0].Usage
	found := lifecycle.Explain(r, lifecycle.SignOff{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.NoError(t, found.Err())
	require.Equal(t, []rule.Rule{version.RuleUsageExample}, found.Advice.Rules())
}

func TestANameHasAtMost128Characters(t *testing.T) {
	t.Parallel()
	for n, refused := range map[int]bool{128: false, 129: true} {
		name := strings.Repeat("語", n)
		r := lifecycle.Record{ID: lifecycle.ID(lifecycletest.Seller, name), Seller: lifecycletest.Seller}
		err := lifecycle.Explain(r, lifecycle.Create{Name: name, Listing: lifecycletest.ModelPackage()}, lifecycle.Input{At: lifecycletest.Start}).Err()
		if !refused {
			require.NoError(t, err)
			continue
		}
		lifecycletest.RequireRefused(t, err, lifecycle.RuleName)
		require.ErrorContains(t, err, "129")
		lifecycletest.RequireRefused(t, lifecycle.CheckName(name).Err(), lifecycle.RuleName)
	}
}
