package awsmarketplace_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// account is a seller's account in the simulator, with one listing.
type account struct {
	*awsmarketplace.Marketplace
	t         *testing.T
	sim       *simulator.Simulator
	resources *awsmarketplace.Resources

	entities  lifecycle.Entities
	published *lifecycle.Content
	requests  int
}

func newAccount(t *testing.T) *account {
	t.Helper()
	sim := fixture.Simulator(t, simulator.Config{})
	cfg := fixture.ConfigAt(t, nil, fixture.Serve(t, sim))
	return &account{Marketplace: awsmarketplace.NewMarketplace(cfg), resources: awsmarketplace.NewResources(cfg), t: t, sim: sim}
}

// request is the next change of the listing, from what is published to what
// edit makes of it.
func (a *account) request(kind lifecycle.Event, edit func(*lifecycle.Content)) lifecycle.Change {
	after := content()
	if a.published != nil {
		after = lifecycle.Content{Listing: a.published.Listing.Clone(), AllowList: slices.Clone(a.published.AllowList), Rates: a.published.Rates}
	}
	if edit != nil {
		edit(&after)
	}
	a.requests++
	name := fmt.Sprintf("shelflife test r%d %s", a.requests, kind)
	return lifecycle.Change{
		Name: name, Token: uuid.NewSHA1(uuid.Nil, []byte(name)),
		Kind: kind, Entities: a.entities, Before: a.published, After: after,
	}
}

func (a *account) send(c lifecycle.Change) string {
	a.t.Helper()
	changeSet, err := a.Send(a.t.Context(), c)
	require.NoError(a.t, err)
	return changeSet
}

func (a *account) follow(changeSet string) lifecycle.Status {
	a.t.Helper()
	status, err := a.Follow(a.t.Context(), changeSet)
	require.NoError(a.t, err)
	return status
}

// carryOut sends the change, waits until it took effect, and takes note of it
// as a manager does.
func (a *account) carryOut(kind lifecycle.Event, edit func(*lifecycle.Content)) lifecycle.Entities {
	a.t.Helper()
	c := a.request(kind, edit)
	changeSet := a.send(c)
	require.Equal(a.t, lifecycle.Pending, a.follow(changeSet).Result)
	require.NoError(a.t, a.sim.Advance(48*time.Hour))
	status := a.follow(changeSet)
	require.Equal(a.t, lifecycle.Succeeded, status.Result, "%v", status.Problems)
	assert.False(a.t, status.StartedAt.IsZero())
	assert.True(a.t, status.EndedAt.After(status.StartedAt))
	a.note(c, status.Entities)
	return status.Entities
}

func (a *account) note(c lifecycle.Change, touched lifecycle.Entities) {
	if touched.Product != "" {
		a.entities.Product, a.entities.ProductRevision = touched.Product, touched.ProductRevision
		a.entities.DeliveryOptions = touched.DeliveryOptions
	}
	if touched.Offer != "" {
		a.entities.Offer, a.entities.OfferRevision = touched.Offer, touched.OfferRevision
	}
	a.published = &c.After
}

// last returns the change types of the newest change set that was taken.
func (a *account) last() (types []string) {
	sets := a.sim.Ledger().ChangeSets
	for _, c := range sets[len(sets)-1].Changes {
		types = append(types, c.Type)
	}
	return types
}

func addVersionTwo(c *lifecycle.Content) {
	c.Listing.Versions = append(c.Listing.Versions, modelPackage("2.0"))
	c.Rates = rates(pricing.RateCard{
		pricing.Batch("ml.g5.xlarge"): pricing.MustUSD("1.10"), pricing.RealTime("ml.g5.xlarge"): pricing.MustUSD("1.25"),
	})
}

func TestLifeOfAListing(t *testing.T) {
	t.Parallel()
	a := newAccount(t)

	resource, err := a.resources.Describe(t.Context(), modelPackage("2.0").Resource)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.ResourceCompleted, resource.Status)
	assert.True(t, resource.Certified)
	assert.ElementsMatch(t, []string{"ml.m5.large", "ml.g5.xlarge"}, resource.Batch)
	_, err = a.resources.Describe(t.Context(), packageARN)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)

	created := a.carryOut(lifecycle.EventSubmit, nil)
	assert.NotEmpty(t, created.Product)
	assert.NotEmpty(t, created.Offer)
	assert.Positive(t, created.ProductRevision)
	assert.Positive(t, created.OfferRevision)
	assert.NotEmpty(t, created.DeliveryOptions["1.0"])

	a.carryOut(lifecycle.EventSubmit, func(c *lifecycle.Content) {
		c.Listing.Title, c.Listing.SKU, c.AllowList = "Invoice reader", "", nil
		c.Listing.Versions[0].Usage = "POST a page as image/jpeg."
	})
	assert.Equal(t, []string{"UpdateInformation", "UpdateTargeting", "UpdateDeliveryOptions"}, a.last())

	touched := a.carryOut(lifecycle.EventSignOff, nil)
	assert.Equal(t, []string{"UpdateVisibility"}, a.last())
	assert.Empty(t, touched.Offer, "the sign-off touches the product only")

	a.carryOut(lifecycle.EventAddVersion, addVersionTwo)
	assert.Equal(t, []string{"AddDeliveryOptions", "UpdatePricingTerms"}, a.last())
	assert.Len(t, a.entities.DeliveryOptions, 2)

	a.carryOut(lifecycle.EventUpdateVersion, func(c *lifecycle.Content) {
		c.Listing.Versions[1].ReleaseNotes = "Clarified limits"
		c.Listing.Versions[1].Input.Parameters = nil
	})
	assert.Equal(t, []string{"UpdateDeliveryOptions"}, a.last())

	a.carryOut(lifecycle.EventRestrictVersion, func(c *lifecycle.Content) { c.Listing.Versions[0].Status = version.Restricted })
	assert.Equal(t, []string{"RestrictDeliveryOptions"}, a.last())
	assert.Len(t, a.entities.DeliveryOptions, 2, "a restricted version keeps its delivery option")

	touched = a.carryOut(lifecycle.EventUpdatePricing, func(c *lifecycle.Content) {
		c.Listing.Offer.TrialDays, c.Listing.Offer.Name = 30, "Invoice reader"
		c.Rates = pricing.RateCard{
			pricing.Batch("ml.m5.large"): pricing.MustUSD("0.35"), pricing.RealTime("ml.m5.large"): pricing.MustUSD("0.5"),
			pricing.Batch("ml.g5.xlarge"): pricing.MustUSD("1.10"), pricing.RealTime("ml.g5.xlarge"): pricing.MustUSD("1.25"),
		}
		c.Listing.Offer.RefundPolicy, c.Listing.Offer.EULA = "No refunds.", pricing.EULA{URL: "https://s3.amazonaws.com/example/eula.txt"}
	})
	assert.Equal(t, []string{"UpdateInformation", "UpdatePricingTerms", "UpdateLegalTerms", "UpdateSupportTerms"}, a.last())
	assert.Empty(t, touched.Product)

	a.carryOut(lifecycle.EventUpdateAllowList, func(c *lifecycle.Content) { c.AllowList = []listing.AccountID{"444455556666"} })
	assert.Equal(t, []string{"UpdateTargeting"}, a.last())

	a.carryOut(lifecycle.EventUnpublish, nil)
	assert.Equal(t, []string{"UpdateVisibility"}, a.last())

	now, err := a.Identify(t.Context(), a.entities)
	require.NoError(t, err)
	assert.Equal(t, a.entities, now, "nothing but this account changed it")
}

func TestPrivateListingGoesLiveByItsAllowList(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	private := func(c *lifecycle.Content) {
		c.Listing.Visibility, c.Listing.Buyers = listing.Private, []listing.AccountID{"777788889999"}
	}
	a.carryOut(lifecycle.EventSubmit, private)
	a.carryOut(lifecycle.EventSignOff, func(c *lifecycle.Content) { c.AllowList = c.Listing.Buyers })
	assert.Equal(t, []string{"UpdateTargeting"}, a.last())
}

func TestFreeAndPerInferenceOffersAreTaken(t *testing.T) {
	t.Parallel()
	for model, card := range map[pricing.Model]pricing.RateCard{
		pricing.Free:      {pricing.Batch("ml.m5.large"): {}, pricing.RealTime("ml.m5.large"): {}},
		pricing.Inference: {pricing.Batch("ml.m5.large"): pricing.MustUSD("0.4"), pricing.PerInference: pricing.MustUSD("0.00012")},
	} {
		t.Run(string(model), func(t *testing.T) {
			t.Parallel()
			newAccount(t).carryOut(lifecycle.EventSubmit, func(c *lifecycle.Content) {
				c.Listing.Offer.Model, c.Listing.Offer.TrialDays, c.Rates = model, 0, card
			})
		})
	}
}

func TestAlgorithmIsTaken(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	fixture.PutAlgorithm(t, a.sim, "1.0", "ml.m5.large")
	resource, err := a.resources.Describe(t.Context(), algorithm("1.0").Resource)
	require.NoError(t, err)
	assert.Equal(t, []string{"ml.m5.xlarge"}, resource.Training)

	edit := func(c *lifecycle.Content) {
		c.Listing.Kind, c.Listing.Versions = version.Algorithm, []version.Version{algorithm("1.0")}
		c.Rates = rates(pricing.RateCard{pricing.Training("ml.m5.xlarge"): pricing.MustUSD("2")})
	}
	a.carryOut(lifecycle.EventSubmit, edit)
	a.carryOut(lifecycle.EventSubmit, func(c *lifecycle.Content) { c.Listing.Versions[0].Training.Overview = "Boosted trees." })
	assert.Equal(t, []string{"UpdateDeliveryOptions"}, a.last())
}

func TestSendingTwiceIsSendingOnce(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	c := a.request(lifecycle.EventSubmit, nil)
	_, err := a.Find(t.Context(), c.Name)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)

	require.NoError(t, a.sim.Inject(simulator.Fault{Kind: simulator.LoseAnswer, Operation: "StartChangeSet"}))
	_, err = a.Send(t.Context(), c)
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)

	found, err := a.Find(t.Context(), c.Name)
	require.NoError(t, err)
	assert.Equal(t, found, a.send(c), "the token brings the same change set again")
	require.NoError(t, a.sim.Advance(48*time.Hour))
	assert.Equal(t, found, a.send(c), "even after it has ended")
	assert.Len(t, a.sim.Ledger().ChangeSets, 1)
	assert.Equal(t, lifecycle.Succeeded, a.follow(found).Result)
}

func TestFindTakesTheNewestOfOneName(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.carryOut(lifecycle.EventSubmit, nil)
	first := a.request(lifecycle.EventUpdateAllowList, func(c *lifecycle.Content) { c.AllowList = nil })
	cancelled := a.send(first)
	require.NoError(t, a.Cancel(t.Context(), cancelled))
	require.NoError(t, a.sim.Advance(time.Hour))
	second := first
	second.Token = uuid.NewSHA1(uuid.Nil, []byte("again"))
	newest := a.send(second)
	require.NotEqual(t, cancelled, newest)
	found, err := a.Find(t.Context(), first.Name)
	require.NoError(t, err)
	assert.Equal(t, newest, found)
}

func TestCancelWhileItIsPrepared(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	changeSet := a.send(a.request(lifecycle.EventSubmit, nil))
	require.NoError(t, a.Cancel(t.Context(), changeSet))
	assert.Equal(t, lifecycle.Cancelled, a.follow(changeSet).Result)
	require.ErrorIs(t, a.Cancel(t.Context(), changeSet), lifecycle.ErrTooLate)
	require.ErrorIs(t, a.Cancel(t.Context(), "unknown"), lifecycle.ErrNotFound)
	_, err := a.Follow(t.Context(), "unknown")
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
}

func TestLockedEntityIsBusy(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.carryOut(lifecycle.EventSubmit, nil)
	holder := a.send(a.request(lifecycle.EventSignOff, nil))
	blocked := a.request(lifecycle.EventUpdateAllowList, func(c *lifecycle.Content) { c.AllowList = nil })
	_, err := a.Send(t.Context(), blocked)
	require.ErrorIs(t, err, lifecycle.ErrBusy)
	require.NoError(t, a.Cancel(t.Context(), holder))
	a.send(blocked)
}

func TestChangeMadeElsewhereIsNotOverwritten(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(*lifecycle.Content){
		"product": func(c *lifecycle.Content) { c.Listing.Title = "Elsewhere" },
		"offer":   func(c *lifecycle.Content) { c.Listing.Offer.RefundPolicy = "Elsewhere." },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			a.carryOut(lifecycle.EventSubmit, nil)
			before := a.entities
			a.carryOut(lifecycle.EventSubmit, edit)

			late := a.request(lifecycle.EventSubmit, func(c *lifecycle.Content) { addVersionTwo(c) })
			late.Entities = before
			_, err := a.Send(t.Context(), late)
			require.ErrorIs(t, err, lifecycle.ErrStaleEntity)
			var rejection *lifecycle.Rejection
			assert.NotErrorAs(t, err, &rejection)

			late.Entities, err = a.Identify(t.Context(), before)
			require.NoError(t, err)
			assert.Equal(t, a.entities, late.Entities)
			a.send(late)
		})
	}
}

func TestProblemsOfAFailedChangeSet(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	changeSet := a.send(a.request(lifecycle.EventSubmit, func(c *lifecycle.Content) {
		c.Listing.Versions[0].Recommended.Batch = "ml.g5.xlarge"
	}))
	require.NoError(t, a.sim.Advance(48*time.Hour))
	status := a.follow(changeSet)
	assert.Equal(t, lifecycle.Failed, status.Result)
	assert.False(t, status.Fault)
	var codes []string
	for _, p := range status.Problems {
		codes = append(codes, p.Change+" "+p.Code)
		assert.NotEmpty(t, p.Message)
	}
	assert.Contains(t, codes, "AddDeliveryOptions INVALID_RECOMMENDED_INSTANCE_TYPE")

	require.NoError(t, a.sim.Inject(simulator.Fault{Kind: simulator.ServerFault, ChangeType: "ReleaseProduct"}))
	changeSet = a.send(a.request(lifecycle.EventSubmit, nil))
	require.NoError(t, a.sim.Advance(48*time.Hour))
	status = a.follow(changeSet)
	assert.Equal(t, lifecycle.Failed, status.Result)
	assert.True(t, status.Fault)
	assert.NotEmpty(t, status.Problems)
}

func TestRefusalAtOnce(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.carryOut(lifecycle.EventSubmit, nil)
	c := a.request(lifecycle.EventUnpublish, nil)
	c.Entities.Product = "prod-zzzzzzzzzzzzz"
	_, err := a.Send(t.Context(), c)
	assert.ElementsMatch(t, []string{"not found", "rejection"}, matched(err))
	_, err = a.Identify(t.Context(), c.Entities)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
}

// TestWhatWasSentIsWhatTheMarketplaceHas compares the entity documents with
// the listing: a field that was sent under a wrong name would be missing.
func TestWhatWasSentIsWhatTheMarketplaceHas(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.carryOut(lifecycle.EventSubmit, nil)
	sets := a.sim.Ledger().ChangeSets
	var sent struct {
		DeliveryOptions []struct {
			Details map[string]struct{ InputProperties, OutputProperties json.RawMessage }
		}
	}
	for _, c := range sets[0].Changes {
		if c.Type == "AddDeliveryOptions" {
			require.NoError(t, json.Unmarshal(c.Document, &sent))
		}
	}
	product := a.document(a.entities.Product)
	v := product["Versions"].([]any)[0].(map[string]any)
	option := v["DeliveryOptions"].([]any)[0].(map[string]any)
	instructions := option["Instructions"].(map[string]any)
	details := sent.DeliveryOptions[0].Details["SageMakerModelPackageDeliveryOptionDetails"]
	for name, want := range map[string]json.RawMessage{"InputProperties": details.InputProperties, "OutputProperties": details.OutputProperties} {
		got, err := json.Marshal(withoutNulls(instructions[name]))
		require.NoError(t, err)
		assert.JSONEq(t, string(want), string(got))
	}
	l := content().Listing
	assert.Equal(t, l.Versions[0].Usage, instructions["Usage"])
	assert.Equal(t, l.Versions[0].Number, v["VersionTitle"])
	assert.Equal(t, l.Title, product["Description"].(map[string]any)["ProductTitle"])
	assert.Equal(t, l.Support.Details, product["SupportInformation"].(map[string]any)["Description"])
	assert.Equal(t, "Released", a.document(a.entities.Offer)["State"])
}

// document reads an entity past the adapter.
// withoutNulls drops the members that are null: the marketplace answers with all of them.
func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, x := range v {
			if v[name] = withoutNulls(x); x == nil {
				delete(v, name)
			}
		}
	case []any:
		for i, x := range v {
			v[i] = withoutNulls(x)
		}
	}
	return v
}

func (a *account) document(id string) map[string]any {
	a.t.Helper()
	request := httptest.NewRequestWithContext(a.t.Context(), "GET", "/DescribeEntity?catalog=AWSMarketplace&entityId="+id, nil)
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260105/us-east-1/aws-marketplace/aws4_request, SignedHeaders=host, Signature=00")
	answer := httptest.NewRecorder()
	a.sim.ServeHTTP(answer, request)
	require.Equal(a.t, 200, answer.Code, answer.Body)
	var entity struct{ DetailsDocument map[string]any }
	require.NoError(a.t, json.Unmarshal(answer.Body.Bytes(), &entity))
	return entity.DetailsDocument
}
