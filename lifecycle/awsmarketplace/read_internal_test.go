package awsmarketplace

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog/types"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// mlOffer is the public offer of the sample products, which come without one.
const mlOffer = `{"Id": "offer-abcdefghijklm", "State": "Released", "Name": "Offer", "Description": "Note", "Terms": [
  {"Type": "UsageBasedPricingTerm", "CurrencyCode": "USD", "RateCards": [{"RateCard": [
    {"DimensionKey": "inference.count.m.i.c", "Price": "0.001"}, {"DimensionKey": "ml.m5.large.m.i.b", "Price": "0.4"}]}]},
  {"Type": "FreeTrialPricingTerm", "Duration": "P14D", "Grants": []},
  {"Type": "LegalTerm", "Documents": [{"Type": "CustomEula", "Url": "https://example.com/eula.txt"}]},
  {"Type": "SupportTerm", "RefundPolicy": "None."}, {"Type": "SomethingNew", "Field": {}}]}`

func published(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("internal", "catalog", "testdata", "samples", name+".json"))
	require.NoError(t, err)
	return data
}

func TestSampleEntitiesAreAdoptedWithoutDrift(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]version.Kind{
		"ml-model-package-entity-detail": version.ModelPackage, "ml-algorithm-entity-detail": version.Algorithm,
	} {
		t.Run(name, func(t *testing.T) {
			product := published(t, name)
			h, err := snapshotOf(product, []byte(mlOffer))
			require.NoError(t, err)
			l := h.Content.Listing
			assert.Equal(t, kind, l.Kind)
			assert.Equal(t, []any{"ML test product", "Brief description", "Detailed description", ""}, []any{l.Title, l.ShortDescription, l.Overview, l.SKU})
			assert.Equal(t, []listing.AccountID{"123456789123"}, h.Content.AllowList)
			assert.Len(t, h.Regions, 16)
			require.Len(t, l.Versions, 1)
			v := l.Versions[0]
			assert.Equal(t, "ML version test 1", v.Number)
			assert.Len(t, v.Input.Parameters, 2)
			assert.Len(t, v.Input.CustomAttributes, 1)
			assert.Len(t, v.Output.Fields, 2)
			assert.Equal(t, version.Sample{Text: "text"}, v.Input.RealTime)
			assert.Equal(t, "ml.m5.large", v.Recommended.Batch)
			assert.Equal(t, pricing.Offer{
				Name: "Offer", Description: "Note", Model: pricing.Inference, Rates: h.Content.Rates, TrialDays: 14,
				RefundPolicy: "None.", EULA: pricing.EULA{URL: "https://example.com/eula.txt"},
			}, *l.Offer)

			h.Entities.Product, h.Entities.ProductRevision = "prod-ad8EXAMPLE51", 3
			h.Entities.Offer, h.Entities.OfferRevision = "offer-abcdefghijklm", 1
			h.Documents = map[string]json.RawMessage{"product": product, "offer": json.RawMessage(mlOffer)}
			d, err := lifecycle.Decide(lifecycle.Record{ID: uuid.New(), Seller: "123456789123"}, lifecycle.Adopt{Snapshot: h}, lifecycle.Input{At: h.ModifiedAt})
			require.NoError(t, err)
			assert.Equal(t, lifecycle.TestProduct, d.Record.State)
			drift, err := lifecycle.Compare(d.Record, h, d.Record.UpdatedAt)
			require.NoError(t, err)
			assert.Zero(t, drift)

			kept := journalOf(t, lifecycle.Adopt{Snapshot: h})[0].Snapshot
			assert.JSONEq(t, string(product), string(kept.Documents["product"]), "every field is kept")
			assert.JSONEq(t, mlOffer, string(kept.Documents["offer"]))
		})
	}
}

// journalOf carries out the command on nothing and returns what is kept of it.
func journalOf(t *testing.T, c lifecycle.Command) (journal []lifecycle.Entry) {
	t.Helper()
	manager, err := lifecycle.New("123456789123", memstore.New(), &Marketplace{})
	require.NoError(t, err)
	id := uuid.New()
	_, err = manager.Do(t.Context(), id, c)
	require.NoError(t, err)
	for e, err := range manager.Journal(t.Context(), id) {
		require.NoError(t, err)
		journal = append(journal, e)
	}
	return journal
}

// The sample of an offer prices the instance types of another kind of product. With
// those of a model package in their place it is adopted whole.
func TestSampleOfferIsAdoptedWithoutDrift(t *testing.T) {
	t.Parallel()
	product := published(t, "ml-model-package-entity-detail")
	offer := strings.NewReplacer(
		"m3.large", "ml.m5.large.m.i.b", "m4.xlarge", "ml.m5.large.m.i.r", "m3.xlarge", "ml.m5.large.m.i.b",
	).Replace(string(published(t, "offer-entity-detail")))
	h, err := snapshotOf(product, []byte(offer))
	require.NoError(t, err)
	assert.Equal(t, "Test Offer", h.Content.Listing.Offer.Name)
	assert.Equal(t, 30, h.Content.Listing.Offer.TrialDays)
	assert.Equal(t, pricing.RateCard{pricing.Batch("ml.m5.large"): pricing.MustUSD("0.10"), pricing.RealTime("ml.m5.large"): pricing.MustUSD("0.20")}, h.Content.Rates)
	h.Entities.Product, h.Entities.ProductRevision = "prod-ad8EXAMPLE51", 3
	h.Entities.Offer, h.Entities.OfferRevision = "offer-3rEXAMPLErn", 1
	h.Documents = map[string]json.RawMessage{"product": product, "offer": json.RawMessage(offer)}
	d, err := lifecycle.Decide(lifecycle.Record{ID: uuid.New(), Seller: "123456789123"}, lifecycle.Adopt{Snapshot: h}, lifecycle.Input{At: h.ModifiedAt})
	require.NoError(t, err)
	drift, err := lifecycle.Compare(d.Record, h, d.Record.UpdatedAt)
	require.NoError(t, err)
	assert.Zero(t, drift)
	assert.JSONEq(t, offer, string(d.Entries[0].Snapshot.Documents["offer"]), "terms that no listing has included")
}

// The samples come without an offer, and so may a product.
func TestProductsWithoutAnOffer(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ml-model-package-entity-detail", "ml-algorithm-entity-detail"} {
		h, err := snapshotOf(published(t, name), nil)
		require.NoError(t, err)
		assert.Nil(t, h.Content.Listing.Offer)
		assert.Nil(t, h.Content.Rates)
		assert.False(t, h.Released)
		assert.Equal(t, lifecycle.VisibilityLimited, h.Visibility)
		assert.Len(t, h.Content.Listing.Versions, 1)
	}
}

// A version is the resource that its delivery option names.
func TestResourceOfSeveral(t *testing.T) {
	t.Parallel()
	h, err := snapshotOf([]byte(`{"Versions": [{"VersionTitle": "1", "Sources": [
		{"Id": "a", "ModelPackageArn": "arn:aws:sagemaker:us-east-2:111122223333:model-package/a"},
		{"Id": "b", "ModelPackageArn": "arn:aws:sagemaker:us-east-2:111122223333:model-package/b"},
		{"Id": "c", "ModelPackageArn": "arn:aws:sagemaker:us-east-2:111122223333:model-package/c"}],
		"DeliveryOptions": [{"Id": "o", "SourceId": "b"}]}]}`), nil)
	require.NoError(t, err)
	assert.Equal(t, version.ARN("arn:aws:sagemaker:us-east-2:111122223333:model-package/b"), h.Content.Listing.Versions[0].Resource)
	assert.Equal(t, map[string]string{"1": "o"}, h.Entities.DeliveryOptions)
}

// What the documents cannot mean for a machine learning listing is said by name.
func TestDocumentsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for want, c := range map[string][2]string{
		"product's document":          {`{"Versions": 7}`, `{}`},
		"offer's document":            {`{}`, `[]`},
		`duration "PT1H"`:             {`{}`, `{"Terms": [{"Type": "FreeTrialPricingTerm", "Duration": "PT1H"}]}`},
		"ml.m5.large.m.i.b":           {`{}`, `{"Terms": [{"Type": "UsageBasedPricingTerm", "RateCards": [{"RateCard": [{"DimensionKey": "ml.m5.large.m.i.b", "Price": "-1"}]}]}]}`},
		`prices in "EUR"`:             {`{}`, `{"Terms": [{"Type": "UsageBasedPricingTerm", "CurrencyCode": "EUR", "RateCards": [{"RateCard": [{"DimensionKey": "ml.m5.large.m.i.b", "Price": "1"}]}]}]}`},
		`-1 units of "m.i.c"`:         {`{}`, `{"Terms": [{"Type": "FreeTrialPricingTerm", "Duration": "P14D", "Grants": [{"DimensionKey": "m.i.c", "MaxQuantity": -1}]}]}`},
		`5 units of ""`:               {`{}`, `{"Terms": [{"Type": "FreeTrialPricingTerm", "Duration": "P14D", "Grants": [{"MaxQuantity": 5}]}]}`},
		`"ml.m5\nlarge"`:              {`{}`, `{"Terms": [{"Type": "UsageBasedPricingTerm", "RateCards": [{"RateCard": [{"DimensionKey": "ml.m5\nlarge", "Price": "1"}]}]}]}`},
		"not a pricing dimension: \"": {`{}`, `{"Terms": [{"Type": "UsageBasedPricingTerm", "RateCards": [{"RateCard": [{"DimensionKey": "", "Price": "1"}]}]}]}`},
	} {
		_, err := snapshotOf([]byte(c[0]), []byte(c[1]))
		require.ErrorContains(t, err, want)
	}
	empty, err := snapshotOf([]byte(`{"Description": null, "Versions": [{"DeliveryOptions": null}, {"DeliveryOptions": [{"Instructions": null}]}]}`), []byte(`{"Terms": null}`))
	require.NoError(t, err)
	assert.Len(t, empty.Content.Listing.Versions, 2)
	assert.Equal(t, pricing.Free, empty.Content.Listing.Offer.Model)
}

func TestTrialsAndModelsAsTheOfferHasThem(t *testing.T) {
	t.Parallel()
	read := func(terms string) (*pricing.Offer, error) {
		s, err := snapshotOf([]byte(`{}`), []byte(`{"Terms": [`+terms+`]}`))
		return s.Content.Listing.Offer, err
	}
	trial := func(duration string) string {
		return `{"Type": "FreeTrialPricingTerm", "Duration": "` + duration + `"}`
	}
	usage := func(key string) string {
		return `{"Type": "UsageBasedPricingTerm", "RateCards": [{"RateCard": [{"DimensionKey": "` + key + `", "Price": "0"}]}]}`
	}
	for duration, days := range map[string]int{"P14D": 14, "P2W": 14, "P1M": 30, "P1Y": 365} {
		o, err := read(trial(duration))
		require.NoError(t, err)
		assert.Equal(t, days, o.TrialDays, duration)
	}
	for want, terms := range map[pricing.Model]string{
		pricing.Free:      usage("ml.m5.large.m.i.b"),
		pricing.Hourly:    usage("ml.m5.large.m.i.b") + "," + trial("P14D"),
		pricing.Inference: usage("inference.count.m.i.c") + "," + trial("P14D"),
	} {
		o, err := read(terms)
		require.NoError(t, err)
		assert.Equal(t, want, o.Model)
	}
	for want, terms := range map[string]string{
		"ConfigurableUpfrontPricingTerm": `{"Type": "ConfigurableUpfrontPricingTerm", "CurrencyCode": "USD"}`,
		"FixedUpfrontPricingTerm":        `{"Type": "FixedUpfrontPricingTerm", "Price": "100"}`,
	} {
		_, err := read(terms)
		require.ErrorContains(t, err, want)
		require.ErrorIs(t, err, errors.ErrUnsupported)
	}
}

// AWS gives a EULA back as a copy of its own, at an address that is signed anew at each
// reading: that is no change, and the signature is kept nowhere.
func TestSignedCopiesOfAEULA(t *testing.T) {
	t.Parallel()
	offer := func(signature string) []byte {
		return []byte(strings.Replace(mlOffer, "https://example.com/eula.txt",
			`https://copies.s3.amazonaws.com/eula.txt?X-Amz-Security-Token=5ec2e7\u0026X-Amz-Signature=`+signature, 1))
	}
	product := published(t, "ml-model-package-entity-detail")
	snapshot := func(offer []byte) lifecycle.Snapshot {
		s, err := snapshotOf(product, offer)
		require.NoError(t, err)
		s.Entities.Product, s.Entities.ProductRevision, s.Entities.Offer, s.Entities.OfferRevision = "prod-abcdefghijklm", 1, "offer-abcdefghijklm", 1
		s.Visibility, s.ModifiedAt = lifecycle.VisibilityPublic, time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
		s.Documents = map[string]json.RawMessage{"product": withoutSignatures(product), "offer": withoutSignatures(offer)}
		return s
	}
	in := lifecycle.Input{At: time.Date(2026, 1, 6, 9, 0, 0, 0, time.UTC)}
	adopt := func(s lifecycle.Snapshot) lifecycle.Decision {
		d, err := lifecycle.Decide(lifecycle.Record{ID: uuid.New(), Seller: "111122223333"}, lifecycle.Adopt{Snapshot: s}, in)
		require.NoError(t, err)
		return d
	}
	own := adopt(snapshot([]byte(mlOffer))) // with the seller's own address, as it was sent
	for _, r := range []lifecycle.Record{own.Record, adopt(snapshot(offer("5ec2e7a"))).Record} {
		drift, err := lifecycle.Compare(r, snapshot(offer("5ec2e7b")), in.At)
		require.NoError(t, err)
		assert.Empty(t, drift.Differences)
	}
	again := snapshot(offer("5ec2e7c"))
	again.Entities.ProductRevision = 2
	reconciled, err := lifecycle.Decide(own.Record, lifecycle.Reconcile{Snapshot: again}, in)
	require.NoError(t, err)
	assert.Equal(t, "https://example.com/eula.txt", reconciled.Record.Draft.Offer.EULA.URL, "the record's own stays")
	for _, d := range []lifecycle.Decision{adopt(snapshot(offer("5ec2e7d"))), reconciled} {
		stored, err := json.Marshal(d)
		require.NoError(t, err)
		assert.NotContains(t, string(stored), "5ec2e7")
	}

	standard := snapshot([]byte(strings.Replace(mlOffer, `"CustomEula", "Url": "https://example.com/eula.txt"`, `"StandardEula", "Version": "2022-07-14"`, 1)))
	drift, err := lifecycle.Compare(own.Record, standard, in.At)
	require.NoError(t, err)
	assert.NotEmpty(t, drift.Differences, "another kind of contract is a change")
}

// The public offer is known by what makes an offer public: whatever else AWS or the
// seller has made for the product is not taken for it.
func TestThePublicOffer(t *testing.T) {
	t.Parallel()
	offer := func(change func(*types.OfferSummary)) *types.OfferSummary {
		o := &types.OfferSummary{Targeting: []types.OfferTargetingString{types.OfferTargetingStringNone}}
		change(o)
		return o
	}
	assert.True(t, isPublic(offer(func(*types.OfferSummary) {})))
	assert.True(t, isPublic(offer(func(o *types.OfferSummary) { o.CreatedBySource = types.OfferCreatedBySourceStringSeller })))
	assert.True(t, isPublic(offer(func(o *types.OfferSummary) {
		o.Targeting = []types.OfferTargetingString{types.OfferTargetingStringCountryCodes}
	})))
	for name, change := range map[string]func(*types.OfferSummary){
		"members of a program": func(o *types.OfferSummary) {
			o.Targeting = []types.OfferTargetingString{types.OfferTargetingStringParticipatingPrograms}
		},
		"named buyers": func(o *types.OfferSummary) {
			o.Targeting = []types.OfferTargetingString{types.OfferTargetingStringBuyerAccounts}
		},
		"buyers and nothing else":      func(o *types.OfferSummary) { o.BuyerAccounts = []string{"444455556666"} },
		"a targeting of a later model": func(o *types.OfferSummary) { o.Targeting = append(o.Targeting, "Something") },
		"no targeting":                 func(o *types.OfferSummary) { o.Targeting = nil },
		"made by AWS":                  func(o *types.OfferSummary) { o.CreatedBySource = types.OfferCreatedBySourceStringAwsMarketplace },
		"of a reseller":                func(o *types.OfferSummary) { o.ResaleAuthorizationId = aws.String("resaleauthz-1") },
		"of a set":                     func(o *types.OfferSummary) { o.OfferSetId = aws.String("offerset-1") },
		"after an agreement":           func(o *types.OfferSummary) { o.TargetAgreementId = aws.String("agmt-1") },
	} {
		assert.False(t, isPublic(offer(change)), name)
	}
}

// adopted takes a snapshot of documents into a record, as a product with its offer
// that are on sale, and says whether that is possible. What was adopted does not
// differ from itself.
func adopted(t *testing.T, product, offer []byte) bool {
	t.Helper()
	h, err := snapshotOf(product, offer)
	if err != nil {
		return false
	}
	h.Entities.Product, h.Entities.ProductRevision = "prod-abcdefghijklm", 1
	h.Entities.Offer, h.Entities.OfferRevision = "offer-abcdefghijklm", 1
	h.Visibility, h.Released, h.ModifiedAt = lifecycle.VisibilityPublic, true, time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	r := lifecycle.Record{ID: uuid.New(), Seller: "111122223333"}
	d, err := lifecycle.Decide(r, lifecycle.Adopt{Snapshot: h}, lifecycle.Input{At: h.ModifiedAt})
	if err != nil {
		t.Log(err)
		return false
	}
	drift, err := lifecycle.Compare(d.Record, h, d.Record.UpdatedAt)
	require.NoError(t, err)
	assert.Empty(t, drift.Differences)
	return true
}

// The seeds of FuzzSnapshot reach its assertion.
func TestSnapshotsOfDocumentsAreAdopted(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ml-model-package-entity-detail", "ml-algorithm-entity-detail"} {
		assert.True(t, adopted(t, published(t, name), []byte(mlOffer)), name)
		assert.True(t, adopted(t, published(t, name), []byte(otherOffer)), name)
		assert.True(t, adopted(t, published(t, name), published(t, "offer-entity-detail")), name)
	}
}

func FuzzSnapshot(f *testing.F) {
	for _, name := range []string{"ml-model-package-entity-detail", "ml-algorithm-entity-detail"} {
		f.Add(published(f, name), []byte(mlOffer))
		f.Add(published(f, name), []byte(otherOffer))
		f.Add(published(f, name), published(f, "offer-entity-detail"))
	}
	f.Fuzz(func(t *testing.T, product, offer []byte) { adopted(t, product, offer) })
}
