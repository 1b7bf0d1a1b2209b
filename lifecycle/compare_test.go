package lifecycle_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

func TestPlanOfEachCommand(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	offer := r.Draft.Offer.Clone()
	for d, price := range offer.Rates {
		if price.Cmp(pricing.MustUSD("0.01")) > 0 {
			offer.Rates[d] = pricing.MustUSD("0.01")
		}
	}
	plan, err := b.Plan(ctx, id, &lifecycle.UpdatePricing{Offer: offer})
	require.NoError(t, err)
	assert.Equal(t, []lifecycle.State{lifecycle.Live, lifecycle.Live, lifecycle.Live}, []lifecycle.State{plan.From, plan.To, plan.Then})
	assert.Len(t, plan.Differences, len(offer.Rates), "a difference for each rate")
	assert.Equal(t, 24, int(plan.Estimate.Latest.Sub(plan.Estimate.Since).Hours()))
	assert.Empty(t, plan.Changes, "this market does not tell")
	after, err := b.Load(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, r, after, "nothing is written")

	_, err = b.Do(ctx, id, lifecycle.UpdatePricing{Offer: offer})
	require.NoError(t, err)
	plan, err = b.Plan(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err)
	assert.Empty(t, plan.ChangeSet)
	assert.Contains(t, plan.String(), "nothing is sent")
	_, err = b.Plan(ctx, id, lifecycle.UpdatePricing{Offer: offer})
	require.ErrorIs(t, err, lifecycle.RuleOneRequest)

	ended, cancel := context.WithCancelCause(ctx)
	cause := errors.New("enough")
	cancel(cause)
	_, err = b.Plan(ended, uuid.New(), lifecycle.Create{Listing: lifecycletest.ModelPackage()})
	require.ErrorIs(t, err, cause)
}

func TestDifferencesReadWell(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]lifecycle.Difference{
		"+ sku: A 1":             {Path: "sku", After: "A\n 1"},
		"- sku: A":               {Path: "sku", Before: "A"},
		"~ sku: A → B":           {Path: "sku", Before: "A", After: "B"},
		"+ sku: " + long60 + "…": {Path: "sku", After: long60 + "1"},
		"+ sku: " + long60:       {Path: "sku", After: long60},
	} {
		assert.Equal(t, want, d.String())
	}
	data, err := json.Marshal(lifecycle.Difference{Path: "sku", After: "A"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"path":"sku","after":"A"}`, string(data))
}

const long60 = "012345678901234567890123456789012345678901234567890123456789"

// Of a long line there are 60 characters, from 15 before the first that differs.
func TestLongDifferencesAreCut(t *testing.T) {
	t.Parallel()
	line := func(n, differs int) string {
		text := []rune(strings.Repeat("é", n))
		if differs >= 0 {
			text[differs] = 'X'
		}
		return string(text)
	}
	e := func(n int) string { return strings.Repeat("é", n) }
	for _, c := range []struct {
		before, after string
		want          string
	}{
		{line(60, -1), line(60, 59), e(60) + " → " + e(59) + "X"},
		{line(100, -1), line(100, 10), e(60) + "… → " + e(10) + "X" + e(49) + "…"},
		{line(100, -1), line(100, 15), e(60) + "… → " + e(15) + "X" + e(44) + "…"},
		{line(100, -1), line(100, 16), "…" + e(60) + "… → …" + e(15) + "X" + e(44) + "…"},
		{line(75, -1), line(75, 30), "…" + e(60) + " → …" + e(15) + "X" + e(44)},
		{line(76, -1), line(76, 30), "…" + e(60) + "… → …" + e(15) + "X" + e(44) + "…"},
		{"A", "AB", "A → AB"},
		{"AB", "A", "AB → A"},
		{e(61), e(62), "…" + e(15) + " → …" + e(16)},
		{e(62), e(61), "…" + e(16) + " → …" + e(15)},
	} {
		assert.Equal(t, "~ sku: "+c.want, lifecycle.Difference{Path: "sku", Before: c.before, After: c.after}.String())
	}
	assert.Equal(t, "~ versions[2].usage (version 1.1): A → B",
		lifecycle.Difference{Path: "versions[2].usage", Version: "1.1", Before: "A", After: "B"}.String())
}

// Differences stand in the order of the document: of paths, of versions by their
// place. A version is found by its number, wherever it stands.
func TestDifferencesStandInOrder(t *testing.T) {
	t.Parallel()
	var before lifecycle.Content
	before.Listing = lifecycletest.ModelPackage()
	for n := 1; n <= 12; n++ {
		before.Listing.Versions = append(before.Listing.Versions, lifecycletest.Version(fmt.Sprintf("1.%d", n), version.ModelPackage))
	}
	before.Rates = before.Listing.Offer.Rates
	after := before.Clone()
	l := &after.Listing
	l.Title, l.Visibility = "Renamed", listing.Private
	l.Support.Offered, l.Support.Details = !l.Support.Offered, ""
	for _, i := range []int{2, 11} {
		l.Versions[i].ReleaseNotes, l.Versions[i].Notebook = "Clearer.", "https://example.com/clearer.ipynb"
	}
	l.Versions[12] = lifecycletest.Version("2.0", version.ModelPackage) // 1.12 is gone
	l.Versions[3], l.Versions[4] = l.Versions[4], l.Versions[3]         // which changes nothing
	for range 20 {                                                      // whatever the order in which fields are met
		found, err := lifecycle.Differences(&before, &after)
		require.NoError(t, err)
		var paths []string
		for _, d := range found {
			if d.Version != "1.12" && d.Version != "2.0" {
				paths = append(paths, d.Path)
			}
		}
		require.Equal(t, []string{"support.details", "support.offered", "title", "versions[2].notebook", "versions[2].releaseNotes",
			"versions[11].notebook", "versions[11].releaseNotes", "visibility"}, paths)
		gone, added := 0, 0
		for _, d := range found {
			switch d.Version {
			case "1.12":
				gone++
				require.True(t, strings.HasPrefix(d.Path, "versions[12]."), d)
				require.Empty(t, d.After)
			case "2.0":
				added++
				require.True(t, strings.HasPrefix(d.Path, "versions[12]."), d)
				require.Empty(t, d.Before)
			case "":
				require.NotContains(t, d.Path, "versions")
			}
		}
		require.Equal(t, gone, added)
		require.Positive(t, gone)
	}

	moved := before.Clone()
	moved.Listing.Versions[1], moved.Listing.Versions[5] = moved.Listing.Versions[5], moved.Listing.Versions[1]
	moved.Listing.Versions[5].ReleaseNotes = "Clearer."
	found, err := lifecycle.Differences(&before, &moved)
	require.NoError(t, err)
	require.Equal(t, []lifecycle.Difference{{Path: "versions[5].releaseNotes", Version: "1.1",
		Before: before.Listing.Versions[1].ReleaseNotes, After: "Clearer."}}, found)

	found, err = lifecycle.Differences(nil, nil)
	require.NoError(t, err)
	require.Empty(t, found)
	all, err := lifecycle.Differences(nil, &before)
	require.NoError(t, err)
	none, err := lifecycle.Differences(&before, nil)
	require.NoError(t, err)
	require.Len(t, none, len(all))
	for i := range all {
		require.Equal(t, lifecycle.Difference{Path: all[i].Path, Version: all[i].Version, Before: all[i].After}, none[i])
	}
	require.Contains(t, all, lifecycle.Difference{Path: "support.offered", After: "true"})
}

// A rate card that JSON cannot say is an error, wherever it is.
func TestMalformedRatesCannotBeCompared(t *testing.T) {
	t.Parallel()
	good := lifecycle.Content{Listing: lifecycletest.ModelPackage()}
	bad := good.Clone()
	bad.Rates = pricing.RateCard{{Mode: "by the moon"}: pricing.MustUSD("1")}
	_, err := lifecycle.Differences(&bad, &good)
	require.ErrorIs(t, err, pricing.ErrDimension)
	_, err = lifecycle.Differences(&good, &bad)
	require.ErrorIs(t, err, pricing.ErrDimension)
	_, err = lifecycle.Compare(lifecycle.Record{Published: &bad}, lifecycle.Snapshot{Content: good}, lifecycletest.Start)
	require.ErrorIs(t, err, pricing.ErrDimension)
	bad.Listing.Offer = nil
	_, err = lifecycle.Differences(&bad, &good)
	require.NoError(t, err, "without an offer there is no rate")
}

// Only the logo is a copy of the marketplace's, and revision 0 is none.
func TestDriftTellsWhatIsRewritten(t *testing.T) {
	t.Parallel()
	r := lifecycle.Record{Published: &lifecycle.Content{Listing: lifecycletest.ModelPackage()}}
	h := lifecycle.Snapshot{Content: r.Published.Clone(), Visibility: lifecycle.VisibilityLimited}
	h.Entities.ProductRevision = 1
	h.Content.Listing.Promotion.Video = "https://awsmp-logos.s3.amazonaws.com/video"
	drift, err := lifecycle.Compare(r, h, lifecycletest.Start)
	require.NoError(t, err)
	require.Empty(t, drift.Rewritten)
	require.Equal(t, []lifecycle.Difference{
		{Path: "entities.productRevision", After: "1"},
		{Path: "promotion.video", After: "https://awsmp-logos.s3.amazonaws.com/video"},
	}, drift.Differences)
}

// The address of a contract is the marketplace's copy if it says so, and only where
// there was another before.
func TestDriftTellsTheMarketplacesOwnContract(t *testing.T) {
	t.Parallel()
	own, there := pricing.EULA{URL: "https://example.com/eula.txt"}, pricing.EULA{URL: "https://copies.example.org/eula.txt"}
	for _, c := range []struct {
		before, held pricing.EULA
		copied       bool
		rewritten    []string
	}{
		{own, there, true, []string{"offer.eula.url"}},
		{own, there, false, nil},
		{pricing.EULA{Standard: true}, there, true, nil},
		{own, pricing.EULA{Standard: true}, true, nil},
	} {
		r := lifecycle.Record{Published: &lifecycle.Content{Listing: lifecycletest.ModelPackage()}}
		h := lifecycle.Snapshot{Content: r.Published.Clone(), Visibility: lifecycle.VisibilityLimited, CopiedEULA: c.copied}
		r.Published.Listing.Offer.EULA, h.Content.Listing.Offer.EULA = c.before, c.held
		h.Content.Listing.Title = "Another title"
		drift, err := lifecycle.Compare(r, h, lifecycletest.Start)
		require.NoError(t, err)
		var rewritten []string
		for _, each := range drift.Rewritten {
			rewritten = append(rewritten, each.Path)
		}
		require.Equal(t, c.rewritten, rewritten)
		require.NotEmpty(t, drift.Differences)
	}
}

// A logo is the marketplace's copy by its host, whatever comes before or after it.
func TestDriftTellsTheMarketplacesOwnLogo(t *testing.T) {
	t.Parallel()
	r := lifecycle.Record{Published: &lifecycle.Content{Listing: lifecycletest.ModelPackage()}}
	for logo, own := range map[string]bool{
		"https://awsmp-logos.s3.amazonaws.com/logo.png": true,
		"https://awsmp-logos.example.com/logo.png":      false,
		"https://logos.s3.amazonaws.com/logo.png":       false,
		"https://awsmp-logos.s3.amazonaws.com/%zz":      false,
	} {
		h := lifecycle.Snapshot{Content: r.Published.Clone(), Visibility: lifecycle.VisibilityLimited}
		h.Content.Listing.Promotion.Logo = logo
		drift, err := lifecycle.Compare(r, h, lifecycletest.Start)
		require.NoError(t, err)
		differs := []lifecycle.Difference{{Path: "promotion.logo", Before: r.Published.Listing.Promotion.Logo, After: logo}}
		if own {
			require.Equal(t, lifecycle.Drift{Rewritten: differs}, drift, logo)
		} else {
			require.Equal(t, lifecycle.Drift{Differences: differs}, drift, logo)
		}
	}
}

// A selection of Regions is compared with what the marketplace tells, in any order.
func TestDriftComparesASelectionOfRegions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		was, has []listing.Region
		want     []lifecycle.Difference
	}{
		{nil, []listing.Region{"us-east-1"}, nil},
		{[]listing.Region{"us-east-1", "eu-west-1"}, nil, nil},
		{[]listing.Region{"us-east-1", "us-east-1"}, []listing.Region{"us-east-1"}, nil},
		{[]listing.Region{"us-east-1", "eu-west-1"}, []listing.Region{"eu-west-1", "us-east-1"}, nil},
		{[]listing.Region{"us-east-1", "eu-west-1"}, []listing.Region{"us-east-1"},
			[]lifecycle.Difference{{Path: "regions", Before: `["eu-west-1","us-east-1"]`, After: `["us-east-1"]`}}},
	} {
		r := lifecycle.Record{Published: &lifecycle.Content{Listing: lifecycletest.ModelPackage()}}
		r.Published.Listing.Regions.Only = c.was
		h := lifecycle.Snapshot{Content: lifecycle.Content{Listing: lifecycletest.ModelPackage()}, Visibility: lifecycle.VisibilityLimited, Regions: c.has}
		drift, err := lifecycle.Compare(r, h, lifecycletest.Start)
		require.NoError(t, err)
		require.Equal(t, lifecycle.Drift{Differences: c.want}, drift, c)
	}
}

// Where a listing stands tells the visibility that its product should have.
func TestDriftKnowsTheVisibilityOfEachState(t *testing.T) {
	t.Parallel()
	public, private := lifecycletest.ModelPackage(), lifecycletest.Algorithm()
	for _, c := range []struct {
		state     lifecycle.State
		listing   listing.Listing
		published bool
		want      lifecycle.MarketVisibility
	}{
		{lifecycle.Draft, public, false, lifecycle.VisibilityDraft},
		{lifecycle.TestProduct, public, true, lifecycle.VisibilityLimited},
		{lifecycle.Live, public, true, lifecycle.VisibilityPublic},
		{lifecycle.Live, private, true, lifecycle.VisibilityLimited},
		{lifecycle.Unpublished, public, true, lifecycle.VisibilityRestricted},
	} {
		r := lifecycle.Record{State: c.state, Draft: c.listing}
		h := lifecycle.Snapshot{Visibility: "Elsewhere"}
		if c.published {
			r.Published = &lifecycle.Content{Listing: c.listing}
			h.Content = r.Published.Clone()
		}
		drift, err := lifecycle.Compare(r, h, lifecycletest.Start)
		require.NoError(t, err)
		require.Equal(t, lifecycle.Drift{Differences: []lifecycle.Difference{{Path: "visibility", Before: string(c.want), After: "Elsewhere"}}}, drift, c.state)
	}
}

// What signs an address is in no line that is printed.
func TestDifferencesHideSignatures(t *testing.T) {
	t.Parallel()
	d := lifecycle.Difference{Path: "promotion.logo", Before: "https://example.com/logo.png?X-Amz-Signature=5ec2e7", After: "https://me:5ec2e7@example.com/logo.png#5ec2e7"}
	plain := lifecycle.Difference{Path: "promotion.links[0].url", Before: "http://example.com/logo.png?X-Amz-Signature=5ec2e7", After: "http://example.com/logo.png#5ec2e7"}
	for _, each := range []lifecycle.Difference{d, {Path: d.Path, After: d.After}, {Path: d.Path, Before: d.Before}, plain} {
		assert.NotContains(t, each.String(), "5ec2e7")
		assert.Contains(t, each.String(), "example.com/logo.png")
	}
}
