package listing_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// manyFaults are independent of each other, so that they can be made in any
// order; each breaks a rule at one path.
var manyFaults = []func(*listing.Listing){
	func(l *listing.Listing) { l.Buyers = buyers(1) },
	func(l *listing.Listing) { l.Categories = []string{"a", "b", "a"} },
	func(l *listing.Listing) { l.Highlights = nil },
	func(l *listing.Listing) { l.Offer.Description = "" },
	func(l *listing.Listing) { l.Offer.EULA = pricing.EULA{} },
	func(l *listing.Listing) { l.Offer.Name = text(151) },
	func(l *listing.Listing) { delete(l.Offer.Rates, pricing.RealTime(instance)) },
	func(l *listing.Listing) { delete(l.Offer.Rates, pricing.Batch(instance)) },
	func(l *listing.Listing) { l.Offer.Rates[pricing.Training("ml.m10.large")] = pricing.USD{} },
	func(l *listing.Listing) { l.Offer.Rates[pricing.Training("ml.m5.large")] = pricing.USD{} },
	func(l *listing.Listing) { l.Offer.RefundPolicy = "“None”" },
	func(l *listing.Listing) { l.Offer.TrialDays = 32 },
	func(l *listing.Listing) { l.Overview = "a\x00b" },
	func(l *listing.Listing) { l.Promotion.Keywords[1] = text(51) },
	func(l *listing.Listing) { l.Promotion.Links[0].URL = "ftp://example.com" },
	func(l *listing.Listing) { l.Promotion.Logo = "" },
	func(l *listing.Listing) { l.Promotion.Video = "http://example.com/a.mp4" },
	func(l *listing.Listing) { l.Regions.Only = []listing.Region{"us-east-2", "moon-1"} },
	func(l *listing.Listing) { l.ShortDescription = " a" },
	func(l *listing.Listing) { l.SKU = text(101) },
	func(l *listing.Listing) { l.Support.Details = "" },
	func(l *listing.Listing) { l.Title = strings.Repeat("™", 73) },
	func(l *listing.Listing) { l.Versions[2].Number = "1.0" },
	func(l *listing.Listing) { l.Versions[2].Resource = l.Versions[1].Resource },
	func(l *listing.Listing) { l.Versions[2].AccessRole = "" },
	func(l *listing.Listing) { l.Versions[2].Usage = text(10_001) },
	func(l *listing.Listing) { l.Versions[2].Notebook = "" },
	func(l *listing.Listing) { l.Versions[10].Input.Parameters[0].Name = "größe" },
	func(l *listing.Listing) { l.Versions[10].Status = "offered" },
	func(l *listing.Listing) { l.Versions[10].Training = &version.Training{} },
}

var manyViolations = []string{
	"buyers visibility.private-names-buyers",
	"categories[2] info.categories",
	"highlights info.highlights",
	"offer.description offer.named",
	"offer.eula eula.present",
	"offer.name offer.named",
	"offer.rates pricing.batch-is-hourly",
	"offer.rates pricing.inference-rate",
	`offer.rates["ml.m5.large.a.t"] pricing.training-is-hourly`,
	`offer.rates["ml.m10.large.a.t"] pricing.training-is-hourly`,
	"offer.refundPolicy offer.refund-policy",
	"offer.trialDays pricing.trial-days",
	"overview text.no-control-characters",
	"promotion.keywords[1] promo.keywords",
	"promotion.links[0].url promo.links",
	"promotion.logo promo.logo",
	"promotion.video promo.videos",
	"regions[1] regions.chosen",
	"shortDescription info.short-description",
	"sku info.sku",
	"support.details support.details",
	"title info.title",
	"versions[2].accessRole version.access-role",
	"versions[2].notebook version.notebook",
	"versions[2].number version.number",
	"versions[2].resource version.resource-unique",
	"versions[2].usage version.usage",
	"versions[10].input.parameters[0].name version.parameters",
	"versions[10].status version.status",
	"versions[10].training version.training",
}

func TestEveryFaultComesBackAtOnceInOneOrder(t *testing.T) {
	t.Parallel()
	build := func(order []int) listing.Listing {
		l := lifecycletest.WithVersions(lifecycletest.ModelPackage(), 11)
		for _, i := range order {
			manyFaults[i](&l)
		}
		return l
	}
	require.Len(t, manyViolations, len(manyFaults))
	straight := make([]int, len(manyFaults))
	for i := range straight {
		straight[i] = i
	}
	found := listing.Check(build(straight))
	got := make([]string, len(found.Violations))
	for i, v := range found.Violations {
		got[i] = v.Path + " " + v.Rule.ID
	}
	require.Equal(t, manyViolations, got)

	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		shuffled := slices.Clone(straight)
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		assert.Equal(t, found, listing.Check(build(shuffled)), "made in the order %v", shuffled)
	}

	// As an error, and through JSON, nothing of it is lost.
	assert.True(t, strings.HasPrefix(found.Err().Error(), "30 violations:\n\tbuyers: are given for a public listing"))
	data, err := json.Marshal(found)
	require.NoError(t, err)
	var back rule.Findings
	require.NoError(t, json.Unmarshal(data, &back))
	assert.Equal(t, found, back)
	for _, r := range found.Violations.Rules() {
		require.ErrorIs(t, back.Err(), r)
	}
}

func TestAnEmptyListingIsToldEverything(t *testing.T) {
	t.Parallel()
	found := listing.Check(listing.Listing{})
	var broken []string
	for _, v := range found.Violations {
		broken = append(broken, v.Path)
	}
	assert.Equal(t, []string{
		"categories", "highlights", "kind", "offer", "overview", "promotion.keywords", "promotion.logo",
		"shortDescription", "support", "title", "versions",
	}, broken)
	assert.Empty(t, found.Advice)
}

func TestAdviceNeverBlocks(t *testing.T) {
	t.Parallel()
	l := lifecycletest.ModelPackage()
	l.Title = "Invoices ™"
	l.Promotion.Keywords = []string{"invoices ™"}
	l.Offer.TrialDays = 0
	found := listing.Check(l)
	require.NoError(t, found.Err())
	assert.Equal(t, []rule.Rule{pricing.RuleTrialRecommended, listing.RuleKeywordsNotRepeated, listing.RuleTrademarkSpace}, found.Advice.Rules())
}

func TestCheckChangesNothing(t *testing.T) {
	t.Parallel()
	for _, l := range []listing.Listing{lifecycletest.ModelPackage(), lifecycletest.Algorithm(), {}} {
		before := l.Clone()
		listing.Check(l)
		assert.Equal(t, before, l)
	}
}

// A list that is too long is not looked through for what else is wrong with it, and a
// resource of the wrong kind is not judged as one of the right kind.
func TestOneFaultIsNotFoundTwice(t *testing.T) {
	t.Parallel()
	many := func(n int, last string) []string {
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprint("word ", i)
		}
		all[n-1] = last
		return all
	}
	for name, c := range map[string]struct {
		edit func(*listing.Listing)
		want []string
	}{
		"too many keywords": {func(l *listing.Listing) { l.Promotion.Keywords = many(16, l.Title) }, []string{"promotion.keywords"}},
		"too many categories": {func(l *listing.Listing) { l.Categories, l.Promotion.Keywords = many(4, "d"), []string{"d"} },
			[]string{"categories"}},
		"no resource": {func(l *listing.Listing) {
			l.Versions[0].Resource, l.Versions[0].Recommended.Training = "invoice-v1", "m5.large"
		}, []string{"versions[0].recommended.training", "versions[0].resource"}},
		"the other kind": {func(l *listing.Listing) {
			l.Versions[0].Resource = "arn:aws:sagemaker:us-east-2:111122223333:algorithm/a"
			l.Versions[0].Recommended.Training = "m5.large"
		}, []string{"versions[0].resource"}},
		"no kind": {func(l *listing.Listing) {
			l.Kind = ""
			l.Versions[0].Recommended.Training = "ml.m5.large"
		}, []string{"kind", "versions[0].recommended.training"}},
	} {
		l := lifecycletest.ModelPackage()
		c.edit(&l)
		found := listing.Check(l)
		var paths []string
		for _, v := range slices.Concat(found.Violations, found.Advice) {
			paths = append(paths, v.Path)
		}
		slices.Sort(paths)
		assert.Equal(t, c.want, paths, name)
	}
}
