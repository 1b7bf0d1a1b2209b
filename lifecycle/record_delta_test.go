package lifecycle_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// A delta has what changes and nothing else, and leads to the document after.
func TestDeltaHasWhatChanges(t *testing.T) {
	t.Parallel()
	base := lifecycletest.ModelPackage()
	base.Versions = append(base.Versions, lifecycletest.Version("1.1", base.Kind), lifecycletest.Version("1.2", base.Kind))
	some := pricing.Batch(lifecycletest.Instance)
	require.Contains(t, base.Offer.Rates, some)
	bare := listing.Listing{}
	free := lifecycletest.ModelPackage()
	free.Offer.Model, free.Offer.Rates, free.Offer.TrialDays = pricing.Free, nil, 0
	for name, c := range map[string]struct {
		before listing.Listing
		change func(*listing.Listing)
		want   string
	}{
		"nothing":              {base, func(*listing.Listing) {}, `{}`},
		"nothing of nothing":   {bare, func(*listing.Listing) {}, `{}`},
		"a visibility":         {bare, func(l *listing.Listing) { l.Visibility = listing.Private }, `{"visibility":"private"}`},
		"a kind":               {bare, func(l *listing.Listing) { l.Kind = version.Algorithm }, `{"kind":"algorithm"}`},
		"other Regions":        {base, func(l *listing.Listing) { l.Regions.Only = []listing.Region{"us-east-1"} }, `{"regions":["us-east-1"]}`},
		"the same Regions":     {withRegions(base, "us-east-1"), func(*listing.Listing) {}, `{}`},
		"another of them":      {withRegions(base, "us-east-1"), func(l *listing.Listing) { l.Regions.Only = []listing.Region{"us-east-2"} }, `{"regions":["us-east-2"]}`},
		"none of them":         {base, func(l *listing.Listing) { l.Regions.Only = []listing.Region{} }, `{"regions":[]}`},
		"no support":           {base, func(l *listing.Listing) { l.Support = nil }, `{"cleared":["support"]}`},
		"other support":        {base, func(l *listing.Listing) { l.Support = &listing.Support{} }, `{"support":{"offered":false}}`},
		"no offer":             {base, func(l *listing.Listing) { l.Offer = nil }, `{"cleared":["offer"]}`},
		"one price":            {base, func(l *listing.Listing) { l.Offer.Rates[some] = pricing.MustUSD("7") }, `{"rates":{"` + some.String() + `":"7.00"}}`},
		"one price fewer":      {base, func(l *listing.Listing) { delete(l.Offer.Rates, some) }, `{"ratesGone":["` + some.String() + `"]}`},
		"restricted":           {base, func(l *listing.Listing) { l.Versions[1].Status = version.Restricted }, `{"restricted":["1.1"]}`},
		"a version fewer":      {base, func(l *listing.Listing) { l.Versions = l.Versions[1:] }, `{"removed":["1.0"]}`},
		"the order":            {base, func(l *listing.Listing) { l.Versions[0], l.Versions[1] = l.Versions[1], l.Versions[0] }, `{"order":["1.1","1.0","1.2"]}`},
		"two that are removed": {base, func(l *listing.Listing) { l.Versions = l.Versions[2:] }, `{"removed":["1.0","1.1"]}`},
	} {
		after := c.before.Clone()
		c.change(&after)
		from, to := lifecycle.Record{Draft: c.before}, lifecycle.Record{Draft: after}
		delta := lifecycle.DeltaOf(from, to)
		assert.JSONEq(t, c.want, encoded(t, delta), name)
		assert.Equal(t, after, delta.Document(from).Draft, name)
		back := lifecycle.DeltaOf(to, from)
		assert.Equal(t, encoded(t, c.before), encoded(t, back.Document(to).Draft), name)
	}

	// What is nil stays nil.
	after := free.Clone()
	after.Offer.RefundPolicy = "None."
	terms := lifecycle.DeltaOf(lifecycle.Record{Draft: free}, lifecycle.Record{Draft: after})
	require.Nil(t, terms.Document(lifecycle.Record{Draft: free}).Draft.Offer.Rates)
	require.NotNil(t, terms.Offer)
	require.Empty(t, terms.Versions)
	renamed := listing.Listing{Information: listing.Information{Title: "Renamed"}}
	title := lifecycle.DeltaOf(lifecycle.Record{}, lifecycle.Record{Draft: renamed})
	require.Equal(t, renamed, title.Document(lifecycle.Record{}).Draft)
}

func withRegions(l listing.Listing, only ...listing.Region) listing.Listing {
	l.Regions.Only = only
	return l
}

// Only an offered version that becomes restricted, and is the same otherwise, is
// kept as its number.
func TestDeltaOfAStatus(t *testing.T) {
	t.Parallel()
	const odd = version.Status("odd")
	for _, c := range []struct{ before, after version.Status }{{odd, version.Restricted}, {version.Offered, odd}, {version.Restricted, version.Offered}, {version.Restricted, odd}} {
		from := lifecycle.Record{Draft: lifecycletest.ModelPackage()}
		to := lifecycle.Record{Draft: lifecycletest.ModelPackage()}
		from.Draft.Versions[0].Status, to.Draft.Versions[0].Status = c.before, c.after
		delta := lifecycle.DeltaOf(from, to)
		assert.Empty(t, delta.Restricted, c)
		assert.Equal(t, to.Draft, delta.Document(from).Draft, c)
	}
}

// A delta leads to the document also where numbers name no single version, and where
// a price of nothing is stated.
func TestDeltaLeadsToOddDocuments(t *testing.T) {
	t.Parallel()
	one, twice, stated := freeListing(), freeListing(), freeListing()
	twice.Versions = append(twice.Versions, twice.Versions[0].Clone())
	twice.Versions[1].ReleaseNotes = "Clearer."
	stated.Offer.Rates = pricing.RateCard{pricing.Batch(lifecycletest.Instance): {}}
	for name, c := range map[string][2]listing.Listing{
		"a number twice":         {one, twice},
		"no more":                {twice, one},
		"a price of nothing":     {one, stated},
		"a price that is stated": {stated, one},
	} {
		before, after := lifecycle.Record{Draft: c[0]}, lifecycle.Record{Draft: c[1]}
		require.Equal(t, encoded(t, c[1]), encoded(t, lifecycle.DeltaOf(before, after).Document(before).Draft), name)
	}
}
