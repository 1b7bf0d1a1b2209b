package lifecycle_test

import (
	"context"
	"fmt"
	"slices"
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
	"github.com/shelflife-go/shelflife/version"
)

// adopt returns the record of an adopted listing, and facts that are in no way of
// any command on it.
func adoptedRecord(t *testing.T, visibility lifecycle.MarketVisibility, edit func(*lifecycle.Snapshot)) (lifecycle.Record, lifecycle.Facts) {
	t.Helper()
	h := lifecycletest.Snapshot(lifecycletest.ModelPackage(), visibility)
	for i := range h.Content.Listing.Versions {
		h.Content.Listing.Versions[i].AccessRole = ""
	}
	edit(&h)
	for _, v := range h.Content.Listing.Versions {
		h.Entities.DeliveryOptions[v.Number] = "option-of-" + v.Number
	}
	d, err := lifecycle.Decide(lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}, lifecycle.Adopt{Snapshot: h}, lifecycle.Input{At: lifecycletest.Start})
	require.NoError(t, err)
	facts := lifecycletest.Facts(d.Record.Draft)
	return d.Record, facts
}

// added is the command that adds a sound version to the record.
func added(facts lifecycle.Facts, number string, edit func(*version.Version)) lifecycle.AddVersion {
	v := lifecycletest.Version(number, version.ModelPackage)
	edit(&v)
	facts.Resources[v.Resource] = lifecycletest.Resource(version.ModelPackage)
	return lifecycle.AddVersion{Version: v}
}

func same(*version.Version) {}

func explained(r lifecycle.Record, c lifecycle.Command, facts lifecycle.Facts, policy ...lifecycle.Policy) rule.Findings {
	in := lifecycle.Input{At: r.UpdatedAt.Add(time.Hour), Facts: facts}
	if len(policy) > 0 {
		in.Policy = policy[0]
	}
	return lifecycle.Explain(r, c, in)
}

// What was accepted is exempt by its value, wherever it stands; a new value that
// breaks the same rule is refused.
func TestWhatWasAcceptedIsExemptByItsValue(t *testing.T) {
	t.Parallel()
	r, facts := adoptedRecord(t, lifecycle.VisibilityLimited, func(h *lifecycle.Snapshot) {
		l := &h.Content.Listing
		l.Title = " odd"
		l.Promotion.Keywords = []string{"one", " two"}
		l.Categories = []string{"a", "b", "c", "d", "e"}
	})
	first := lifecycletest.Version("2.0", version.ModelPackage)
	facts.Resources[first.Resource] = lifecycletest.Resource(version.ModelPackage)
	edit := func(change func(*listing.Listing)) lifecycle.Record {
		l := r.Draft.Clone()
		change(&l)
		d, err := lifecycle.Decide(r, lifecycle.Edit{Listing: l}, lifecycle.Input{At: r.UpdatedAt})
		require.NoError(t, err)
		return d.Record
	}
	for says, c := range map[string]struct {
		change func(*listing.Listing)
		broken []string
	}{
		"a new version written first": {func(l *listing.Listing) { l.Versions = append([]version.Version{first}, l.Versions...) }, nil},
		"a new version without a role, written first": {func(l *listing.Listing) {
			v := first.Clone()
			v.AccessRole = ""
			l.Versions = append([]version.Version{v}, l.Versions...)
		}, []string{"versions[0].accessRole"}},
		"keywords in another order":      {func(l *listing.Listing) { l.Promotion.Keywords = []string{" two", "one"} }, nil},
		"the same keyword, once more":    {func(l *listing.Listing) { l.Promotion.Keywords = []string{" two", "one", " two"} }, []string{"promotion.keywords[2]", "promotion.keywords[2]"}},
		"another odd keyword":            {func(l *listing.Listing) { l.Promotion.Keywords = []string{"one", " three"} }, []string{"promotion.keywords[1]"}},
		"another odd title":              {func(l *listing.Listing) { l.Title = " strange" }, []string{"title"}},
		"too many categories, but fewer": {func(l *listing.Listing) { l.Categories = []string{"a", "b", "d", "e"} }, nil},
		"too many categories, one new":   {func(l *listing.Listing) { l.Categories = []string{"a", "b", "d", "f"} }, []string{"categories"}},
		"no category":                    {func(l *listing.Listing) { l.Categories = nil }, []string{"categories"}},
		"something else":                 {func(l *listing.Listing) { l.Overview += "!" }, nil},
	} {
		found := explained(edit(c.change), lifecycle.Submit{}, facts)
		assert.Equal(t, c.broken, paths(found.Violations), "%s: %v", says, found.Violations)
	}
	require.NoError(t, explained(r, lifecycle.SignOff{}, facts).Err(), "the marketplace has it already")

	live, facts := adoptedRecord(t, lifecycle.VisibilityPublic, func(*lifecycle.Snapshot) {})
	require.NoError(t, explained(live, added(facts, "2.0", same), facts).Err())
	require.ErrorIs(t, explained(live, added(facts, "2.0", func(v *version.Version) { v.AccessRole = "" }), facts).Err(), version.RuleAccessRole)
}

// The marketplace never gives back a role: a document with the roles of published
// versions changes nothing of them.
func TestADocumentMayHaveTheRolesOfAnAdoptedListing(t *testing.T) {
	t.Parallel()
	r, facts := adoptedRecord(t, lifecycle.VisibilityPublic, func(*lifecycle.Snapshot) {})
	want := lifecycletest.ModelPackage()
	require.NotEmpty(t, want.Versions[0].AccessRole)
	in := lifecycle.Input{At: r.UpdatedAt, Facts: facts}
	steps, err := lifecycle.Steps(r, lifecycle.Desired{Listing: want, Until: lifecycle.Live}, in)
	require.NoError(t, err)
	assert.Empty(t, steps)
	want.Versions[0].ReleaseNotes += "!"
	steps, err = lifecycle.Steps(r, lifecycle.Desired{Listing: want, Until: lifecycle.Live}, in)
	require.NoError(t, err)
	require.Len(t, steps, 1)
	d, err := lifecycle.Decide(r, steps[0].Command, in)
	require.NoError(t, err)
	assert.Empty(t, d.Record.Request.Delta.Versions[0].AccessRole)
	d, err = lifecycle.Decide(r, lifecycle.UpdateVersion{Version: want.Versions[0]}, in)
	require.NoError(t, err)
	assert.Empty(t, d.Record.Request.Delta.Versions[0].AccessRole)
	require.NotEmpty(t, want.Versions[0].AccessRole, "the caller's document stays as it is")
}

// A policy that refuses advice, or has rules of its own, does not lock a listing for
// what a published version breaks.
func TestAPolicyDoesNotLockAListing(t *testing.T) {
	t.Parallel()
	ours := rule.Rule{ID: "ours.notes", Severity: rule.Must, Remedy: "add a date"}
	policy := lifecycle.Policy{
		Refuse: []rule.Rule{version.RuleUsageExample, listing.RuleTrademarkSpace},
		Checks: []rule.Check[listing.Listing]{{Rule: ours, Find: func(l listing.Listing, r *rule.Report) {
			for i, v := range l.Versions {
				if v.ReleaseNotes == "undated" {
					r.Broken(fmt.Sprintf("versions[%d].releaseNotes", i), "have no date")
				}
			}
			if len(l.Versions) > 0 {
				r.Broken("", "has versions")
			}
		}}},
	}
	faulty := func(v *version.Version) {
		v.Usage, v.ReleaseNotes, v.Input.Description = "Read the manual.", "undated", "text/csv of Acme ™"
	}
	r, facts := adoptedRecord(t, lifecycle.VisibilityPublic, func(h *lifecycle.Snapshot) {
		old := lifecycletest.Version("0.9", version.ModelPackage)
		faulty(&old)
		old.Status = version.Restricted
		h.Content.Listing.Versions = append([]version.Version{old}, h.Content.Listing.Versions...)
	})
	require.NoError(t, explained(r, added(facts, "2.0", same), facts, policy).Err())
	found := explained(r, added(facts, "2.0", faulty), facts, policy)
	require.ErrorIs(t, found.Err(), version.RuleUsageExample)
	require.ErrorIs(t, found.Err(), ours)
	assert.Equal(t, []string{"versions[2].input.description", "versions[2].releaseNotes", "versions[2].usage"}, paths(found.Violations))
}

// Rules that published versions, or accounts on the allow-list, can no longer meet
// are about new ones only.
func TestRulesThatCanNoLongerBeMetAreAboutNewThings(t *testing.T) {
	t.Parallel()
	for _, visibility := range []lifecycle.MarketVisibility{lifecycle.VisibilityPublic, lifecycle.VisibilityLimited} {
		r, facts := adoptedRecord(t, visibility, func(h *lifecycle.Snapshot) {
			optIn := lifecycletest.Version("0.8", version.ModelPackage)
			optIn.Resource = "arn:aws:sagemaker:me-south-1:111122223333:model-package/old"
			other := lifecycletest.Version("0.9", version.ModelPackage)
			other.Resource = "arn:aws:sagemaker:us-east-2:999900001111:model-package/old"
			h.Content.Listing.Versions = append([]version.Version{optIn, other}, h.Content.Listing.Versions...)
			h.Content.AllowList = append(accounts(150), "1")
		})
		if visibility == lifecycle.VisibilityLimited {
			r.Draft.Title += "!"
			require.NoError(t, explained(r, lifecycle.Submit{}, facts).Err())
			require.ErrorIs(t, explained(r, lifecycle.Submit{Testers: append(accounts(150), "999900001111")}, facts).Err(), lifecycle.RuleTesters)
			require.NoError(t, explained(r, lifecycle.Submit{Testers: accounts(140)}, facts).Err(), "fewer than there are")
			continue
		}
		require.NoError(t, explained(r, added(facts, "2.0", same), facts).Err())
		require.NoError(t, explained(r, lifecycle.UpdateAllowList{Accounts: accounts(140)}, facts).Err())
		require.ErrorIs(t, explained(r, lifecycle.UpdateAllowList{Accounts: []listing.AccountID{"1", "2"}}, facts).Err(), lifecycle.RuleTesters)
		require.NoError(t, explained(r, lifecycle.UpdateAllowList{Accounts: []listing.AccountID{"1", "999900001111"}}, facts).Err(), "the first was there")
		found := explained(r, added(facts, "2.0", func(v *version.Version) {
			v.Resource = "arn:aws:sagemaker:me-south-1:999900001111:model-package/new"
			v.AccessRole = "arn:aws:iam::999900001111:role/x"
		}), facts)
		require.ErrorIs(t, found.Err(), lifecycle.RulePublishingRegion)
		require.ErrorIs(t, found.Err(), lifecycle.RuleOwnsResource)
	}
}

// An adopted record does not know when prices were raised or since when a version is
// restricted: rules that need it are not checked, as long as it matters.
func TestWhatAnAdoptedRecordDoesNotKnow(t *testing.T) {
	t.Parallel()
	modified := lifecycletest.Start.Add(-24 * time.Hour)
	r, facts := adoptedRecord(t, lifecycle.VisibilityPublic, func(h *lifecycle.Snapshot) { h.ModifiedAt = modified })
	assert.Equal(t, modified, *r.KnownSince)
	q := question{record: r}
	open := lifecycle.AnnouncedRise(modified).OpenAt()
	for _, price := range []string{"0.39", "0.41"} {
		reprice(&q, price, "0.50")
		for at, want := range map[time.Time]bool{r.UpdatedAt: true, open.Add(-1): true, open: false} {
			found := lifecycle.Explain(r, q.command, lifecycle.Input{At: at, Facts: facts})
			require.NoError(t, found.Err())
			for _, each := range []rule.Rule{lifecycle.RuleRiseEvery120Days, lifecycle.RuleAddBeforeRaising} {
				if want {
					assert.Contains(t, notChecked(found), each)
				} else {
					assert.NotContains(t, notChecked(found), each)
				}
			}
		}
	}
	offer := r.Draft.Offer.Clone()
	offer.Name += "!"
	for _, each := range []rule.Rule{lifecycle.RuleRiseEvery120Days, lifecycle.RuleAddBeforeRaising} {
		assert.NotContains(t, notChecked(explained(r, lifecycle.UpdatePricing{Offer: offer}, facts)), each, "no price changes")
	}

	rise := lifecycle.AnnouncedRise(r.UpdatedAt)
	q.record.Rise = &rise
	require.ErrorIs(t, explained(q.record, q.command, facts).Err(), lifecycle.RuleRiseEvery120Days, "it has been raised since, which is known")

	r.Published.Rates = nil
	reprice(&q, "0.41", "0.50")
	found := explained(r, q.command, facts)
	assert.Contains(t, notChecked(found), lifecycle.RuleRatesStay)
	assert.Contains(t, notChecked(found), lifecycle.RuleRiseAlone)

	r.Published.Listing.Versions[0].Status = version.Restricted
	found = r.CanWithdraw("1.0", r.UpdatedAt)
	require.NoError(t, found.Err())
	assert.Equal(t, []rule.Rule{lifecycle.RuleRestrictedStaysUsable}, notChecked(found))
}

// Guards see the update that is under way.
func TestGuardsSeeTheUpdateUnderWay(t *testing.T) {
	t.Parallel()
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	in := lifecycle.Input{At: r.UpdatedAt, Facts: facts}
	under := func(c lifecycle.Command) lifecycle.Record {
		d, err := lifecycle.Decide(r, c, in)
		require.NoError(t, err)
		return d.Record
	}
	found := lifecycle.Explain(under(lifecycle.RestrictVersion{Number: "1.0"}), lifecycle.RestrictVersion{Number: "1.1"}, in)
	require.ErrorIs(t, found.Err(), lifecycle.RuleOneRequest)
	require.ErrorIs(t, found.Err(), lifecycle.RuleLastUnrestricted)
	found = lifecycle.Explain(under(lifecycle.RestrictVersion{Number: "1.0"}), lifecycle.RestrictVersion{Number: "1.0"}, in)
	require.ErrorIs(t, found.Err(), lifecycle.RuleVersionEditable)

	q := question{record: r}
	reprice(&q, "0.41", "0.50")
	rising := under(q.command)
	reprice(&q, "0.39", "0.50")
	require.ErrorIs(t, lifecycle.Explain(rising, q.command, in).Err(), lifecycle.RuleRiseEvery120Days)

	add := added(facts, "3.0", same)
	require.ErrorIs(t, lifecycle.Explain(under(add), add, in).Err(), version.RuleNumber)
	found = lifecycle.Explain(under(add), added(facts, "3.1", same), in)
	assert.Equal(t, []rule.Rule{lifecycle.RuleOneRequest}, rules(found.Violations), "nothing else stands in the way")
}

// Latest is the version that was published last, whatever the order of the document.
func TestTheOrderOfADocumentDoesNotMakeAVersionLatest(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	do := func(c lifecycle.Command) lifecycle.Record {
		_, err := b.Do(ctx, id, c)
		require.NoError(t, err)
		after, err := b.Await(ctx, id)
		require.NoError(t, err)
		return after
	}
	l := r.Draft.Clone()
	l.Versions = append([]version.Version{lifecycletest.Version("2.0", l.Kind)}, l.Versions...) // written first
	do(lifecycle.Edit{Listing: l})
	r = do(lifecycle.Submit{})
	latest, _ := r.ConsoleVersion(lifecycle.Buyer{Account: r.Seller})
	assert.Equal(t, "2.0", latest.Number)

	l = r.Draft.Clone()
	slices.Reverse(l.Versions)
	require.False(t, do(lifecycle.Edit{Listing: l}).Edited())
	r = do(lifecycle.SignOff{})
	latest, _ = r.ConsoleVersion(lifecycle.Buyer{Account: "999900001111"})
	assert.Equal(t, "2.0", latest.Number)
	assert.Equal(t, r.Published.Listing, r.Draft)
}

// An adopted listing is available where the marketplace has it.
func TestAdoptedRegions(t *testing.T) {
	t.Parallel()
	two := []listing.Region{"us-east-1", "us-east-2"}
	r, facts := adoptedRecord(t, lifecycle.VisibilityPublic, func(h *lifecycle.Snapshot) { h.Regions = two })
	assert.Equal(t, two, r.Draft.Regions.Only)
	assert.Equal(t, two, r.Published.Listing.Regions.Only)
	require.NoError(t, explained(r, added(facts, "2.0", same), facts).Err())
	all := r.Draft.Clone()
	all.Regions = listing.Regions{}
	_, err := lifecycle.Steps(r, lifecycle.Desired{Listing: all, Until: lifecycle.Live}, lifecycle.Input{At: r.UpdatedAt})
	require.ErrorIs(t, err, lifecycle.RuleRegionsLocked)
	r, _ = adoptedRecord(t, lifecycle.VisibilityPublic, func(h *lifecycle.Snapshot) { h.Regions, h.FutureRegions = two, true })
	assert.True(t, r.Draft.Regions.All())
	for _, unknown := range [][]listing.Region{nil, {}} {
		r, _ = adoptedRecord(t, lifecycle.VisibilityPublic, func(h *lifecycle.Snapshot) { h.Regions = unknown })
		assert.True(t, r.Draft.Regions.All(), "not known")
	}
	r, _ = adoptedRecord(t, lifecycle.VisibilityPublic, func(h *lifecycle.Snapshot) { h.Regions = two[:1] })
	assert.Equal(t, two[:1], r.Draft.Regions.Only)
}

// However many faults were accepted, a new one is found among them, and only it
// stands in the way.
func TestOneNewFaultAmongThousandsThatWereAccepted(t *testing.T) {
	t.Parallel()
	many := func(s *lifecycle.Snapshot) {
		for i := range rule.MaxFindings {
			v := lifecycletest.Version(fmt.Sprint("2.", i), version.ModelPackage)
			v.AccessRole, v.ReleaseNotes = "", ""
			s.Content.Listing.Versions = append(s.Content.Listing.Versions, v)
		}
	}
	r, facts := adoptedRecord(t, lifecycle.VisibilityLimited, many)
	r.Draft.Versions[len(r.Draft.Versions)-1].Usage = ""
	found := explained(r, lifecycle.SignOff{}, facts)
	assert.ErrorIs(t, found.Err(), version.RuleUsage)
	assert.NotErrorIs(t, found.Err(), version.RuleReleaseNotes)
	found = explained(r, lifecycle.Submit{}, facts)
	assert.ErrorIs(t, found.Err(), version.RuleUsage)
	assert.NotErrorIs(t, found.Err(), version.RuleReleaseNotes)

	// A change is told about itself only.
	r, facts = adoptedRecord(t, lifecycle.VisibilityPublic, many)
	changed := r.Draft.Versions[1]
	changed.Notebook = "http://example.com"
	found = explained(r, lifecycle.UpdateVersion{Version: changed}, facts)
	assert.ErrorIs(t, found.Err(), version.RuleNotebook)
	for _, v := range found.Advice {
		assert.False(t, strings.HasPrefix(v.Path, "versions[2]"), "%v", v)
	}
}

// A list of one entry that was accepted is shorter than before, too.
func TestAcceptedListsMayShrinkToOneEntry(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", 251)
	r, facts := adoptedRecord(t, lifecycle.VisibilityPublic, func(s *lifecycle.Snapshot) {
		s.Content.Listing.Promotion.Keywords = []string{long, "x"}
	})
	information := lifecycle.UpdateInformation{Information: r.Draft.Information, Promotion: r.Draft.Promotion.Clone(), Support: *r.Draft.Support}
	information.Promotion.Keywords = []string{long}
	assert.NotErrorIs(t, explained(r, information, facts).Err(), listing.RuleKeywords)
	information.Promotion.Keywords = []string{long + "k"}
	assert.ErrorIs(t, explained(r, information, facts).Err(), listing.RuleKeywords)
}

// Rules of the house may name any path, also of versions that are not there.
func TestPathsThatLeadNowhere(t *testing.T) {
	t.Parallel()
	house := rule.Rule{ID: "house.any", Severity: rule.Must, Statement: "any", Remedy: "any"}
	for _, path := range []string{"versions[2].x", "versions[-1]", "versions[99999999999999999999]", "versions[", "", "nowhere.at[3].all"} {
		policy := lifecycle.Policy{Checks: []rule.Check[listing.Listing]{{Rule: house, Find: func(l listing.Listing, r *rule.Report) { r.Broken(path, "broken") }}}}
		r, facts := adoptedRecord(t, lifecycle.VisibilityPublic, func(*lifecycle.Snapshot) {})
		found := explained(r, added(facts, "9.0", same), facts, policy)
		assert.NotErrorIs(t, found.Err(), house, "it was so before: %s", path)
	}
}

// Of a list of objects the problem was accepted, not the objects: as long as there are
// as many too many, an entry may change.
func TestAcceptedListsOfObjects(t *testing.T) {
	t.Parallel()
	r, facts := adoptedRecord(t, lifecycle.VisibilityPublic, func(h *lifecycle.Snapshot) {
		h.Content.Listing.Promotion.Links = slices.Repeat([]listing.Link{{Text: "Guide", URL: "https://example.com/guide"}}, 4)
	})
	l := r.Draft.Clone()
	l.Promotion.Links[3].Text = "The guide"
	update := lifecycle.UpdateInformation{Information: l.Information, Promotion: l.Promotion, Support: *l.Support}
	found := explained(r, update, facts)
	require.Empty(t, found.Violations)
	require.Contains(t, rules(found.Advice), listing.RuleLinks)
	update.Promotion.Links = append(update.Promotion.Links, l.Promotion.Links[0])
	require.ErrorIs(t, explained(r, update, facts).Err(), listing.RuleLinks, "there are more")
}

// An update under way is taken for done for the next update only: other commands, and
// other requests, are judged by what there is.
func TestOnlyUpdatesSeeTheUpdateUnderWay(t *testing.T) {
	t.Parallel()
	live, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	reconcile := soundOn(live, live.Draft)[lifecycle.EventReconcileLive]
	d, err := lifecycle.Decide(live, added(facts, "3.0", same), lifecycle.Input{At: live.UpdatedAt, Facts: facts})
	require.NoError(t, err)
	require.Equal(t, []rule.Rule{lifecycle.RuleOneRequest}, rules(explained(d.Record, reconcile, facts).Violations), "the snapshot need not have what is not there yet")

	submitted, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	update := soundOn(submitted, submitted.Draft)[lifecycle.EventUpdateVersion]
	require.ErrorIs(t, explained(submitted, update, facts).Err(), lifecycle.RuleVersionKnown, "nothing is published yet")
}
