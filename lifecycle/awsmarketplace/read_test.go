package awsmarketplace_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// What was sent is what Read gives back, but for what the marketplace changes by
// itself or never tells.
func TestReadGivesBackWhatWasSent(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(*lifecycle.Content){
		"hourly": nil,
		"free": func(c *lifecycle.Content) {
			c.Listing.Offer.Model, c.Listing.Offer.Rates, c.Listing.Offer.TrialDays = pricing.Free, nil, 0
			c.Rates = pricing.RateCard{pricing.Batch("ml.m5.large"): {}, pricing.RealTime("ml.m5.large"): {}}
		},
		"per inference, without support": func(c *lifecycle.Content) {
			c.Rates = pricing.RateCard{pricing.Batch("ml.m5.large"): pricing.MustUSD("0.4"), pricing.PerInference: pricing.MustUSD("0.001")}
			c.Listing.Offer.Model, c.Listing.Offer.Rates = pricing.Inference, c.Rates
			c.Listing.Support.Offered, c.Listing.Support.Details = false, ""
			c.Listing.Offer.EULA = pricing.EULA{URL: "https://s3.amazonaws.com/example-public-assets/eula.txt"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			a.carryOut(lifecycle.EventSubmit, edit)
			h, err := a.Read(t.Context(), a.entities.Product)
			require.NoError(t, err)

			assert.Equal(t, a.entities, h.Entities)
			assert.Equal(t, lifecycle.VisibilityLimited, h.Visibility)
			assert.True(t, h.Released)
			assert.NotEmpty(t, h.Regions)
			assert.False(t, h.ModifiedAt.IsZero())
			assert.Equal(t, time.UTC, h.ModifiedAt.Location())
			for name, id := range map[string]string{"product": a.entities.Product, "offer": a.entities.Offer} {
				want, err := json.Marshal(a.document(id))
				require.NoError(t, err)
				assert.JSONEq(t, signature.ReplaceAllString(string(want), ""), signature.ReplaceAllString(string(h.Documents[name]), ""))
			}

			sent, got := *a.published, h.Content
			assert.Subset(t, got.AllowList, sent.AllowList)
			assert.NotEqual(t, sent.Listing.Promotion.Logo, got.Listing.Promotion.Logo, "a copy")
			if sent.Listing.Offer.EULA.URL != "" {
				assert.NotEqual(t, sent.Listing.Offer.EULA, got.Listing.Offer.EULA, "a copy")
				sent.Listing.Offer.EULA = got.Listing.Offer.EULA
			}
			sent.AllowList, sent.Listing.Promotion.Logo = got.AllowList, got.Listing.Promotion.Logo
			sent.Listing.Versions = slices.Clone(sent.Listing.Versions)
			sent.Listing.Versions[0].AccessRole = ""
			want, err := json.Marshal(sent)
			require.NoError(t, err)
			is, err := json.Marshal(got)
			require.NoError(t, err)
			assert.JSONEq(t, string(want), string(is))
		})
	}
}

// signature is what differs from one reading to the next in the address of a legal document.
var signature = regexp.MustCompile(`\?X-Amz-[^"]*`)

func TestReadTellsWhatIsRestricted(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.carryOut(lifecycle.EventSubmit, nil)
	a.carryOut(lifecycle.EventAddVersion, addVersionTwo)
	a.carryOut(lifecycle.EventRestrictVersion, func(c *lifecycle.Content) { c.Listing.Versions[0].Status = version.Restricted })
	a.carryOut(lifecycle.EventUnpublish, nil)
	h, err := a.Read(t.Context(), a.entities.Product)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.VisibilityRestricted, h.Visibility)
	one, _ := h.Content.Listing.Version("1.0")
	two, _ := h.Content.Listing.Version("2.0")
	assert.Equal(t, []version.Status{version.Restricted, version.Offered}, []version.Status{one.Status, two.Status})
	assert.Equal(t, a.entities.DeliveryOptions, h.Entities.DeliveryOptions)

	_, err = a.Read(t.Context(), "prod-nothingatall")
	assert.ErrorIs(t, err, lifecycle.ErrNotFound)
}

// summary is an entry of ListEntities.
func summary(id, state, targeting string) string {
	return fmt.Sprintf(`{"EntityId": %q, "EntityType": "Offer", "OfferSummary": {"State": %q, "Targeting": [%q]}}`, id, state, targeting)
}

// The public offer is found among all offers of a product, on whichever page.
func TestReadFindsThePublicOffer(t *testing.T) {
	t.Parallel()
	private, draft, public := summary("offer-private", "Released", "BuyerAccounts"), summary("offer-draft", "Draft", "None"), summary("offer-public", "Released", "None")
	for name, c := range map[string]struct {
		pages []string
		want  string
	}{
		"released":                         {[]string{public}, "offer-public"},
		"for some countries":               {[]string{summary("offer-public", "Released", "CountryCodes")}, "offer-public"},
		"released after a draft":           {[]string{draft, public}, "offer-public"},
		"on the second page":               {[]string{private, public}, "offer-public"},
		"a draft, when there is no other":  {[]string{draft, private}, "offer-draft"},
		"private ones are not it":          {[]string{private + "," + summary("offer-x", "Draft", "BuyerAccounts")}, ""},
		"none":                             {[]string{""}, ""},
		"an entry without what was asked":  {[]string{`{"EntityId": "offer-x"}`}, ""},
		"a state that is not known, alone": {[]string{summary("offer-x", "Expired", "None")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := 0
			m := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if r.URL.Path == "/ListEntities" {
					body, _ := io.ReadAll(r.Body)
					assert.Equal(t, page > 0, strings.Contains(string(body), `"NextToken":"more"`), "the next page is asked for")
					assert.Contains(t, string(body), "prod-abcdefghijklm")
					next := ""
					if page+1 < len(c.pages) {
						next = `, "NextToken": "more"`
					}
					_, _ = fmt.Fprintf(w, `{"EntitySummaryList": [%s]%s}`, c.pages[page], next)
					page++
					return
				}
				detail := `{"EntityType": "Offer@1.0", "EntityIdentifier": "%s@2", "LastModifiedDate": "2026-04-01T00:00:00Z", "DetailsDocument": {"State": "Released"}}`
				id := requested(r)[0]
				if strings.HasPrefix(id, "prod-") {
					detail = `{"EntityType": "MachineLearningProduct@1.0", "EntityIdentifier": "%s@3", "LastModifiedDate": "2026-03-01T00:00:00Z", "DetailsDocument": {}}`
				}
				_, _ = io.WriteString(w, batchOf(id, fmt.Sprintf(detail, id)))
			})
			h, err := m.Read(t.Context(), "prod-abcdefghijklm")
			require.NoError(t, err)
			assert.Equal(t, c.want, h.Entities.Offer)
			assert.Equal(t, len(c.pages), page)
			if c.want == "" {
				assert.Nil(t, h.Content.Listing.Offer)
				assert.False(t, h.Released)
				assert.Equal(t, time.March, h.ModifiedAt.Month())
				assert.NotContains(t, h.Documents, "offer")
			} else {
				assert.EqualValues(t, 2, h.Entities.OfferRevision)
				assert.Equal(t, time.April, h.ModifiedAt.Month())
			}
		})
	}
}

// However many private offers a product has, AWS is asked for the public ones only: its
// filter finds one among thousands with one call.
func TestOffersAreFilteredByTheMarketplace(t *testing.T) {
	t.Parallel()
	asked := 0
	m := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path != "/ListEntities" {
			id := requested(r)[0]
			_, _ = io.WriteString(w, batchOf(id, fmt.Sprintf(`{"EntityType": "Offer@1.0", "EntityIdentifier": "%s@2", "DetailsDocument": {"State": "Released"}}`, id)))
			return
		}
		asked++
		var in struct {
			EntityType        string
			EntityTypeFilters struct {
				OfferFilters struct {
					ProductID struct{ ValueList []string } `json:"ProductId"`
					Targeting struct{ ValueList []string }
				}
			}
		}
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&in))
		filters := in.EntityTypeFilters.OfferFilters
		assert.Equal(t, "Offer", in.EntityType)
		assert.Equal(t, []string{"prod-abcdefghijklm"}, filters.ProductID.ValueList)
		if slices.Contains(filters.Targeting.ValueList, "BuyerAccounts") || len(filters.Targeting.ValueList) == 0 {
			private := make([]string, 50)
			for i := range private {
				private[i] = summary(fmt.Sprintf("offer-private-%d-%d", asked, i), "Released", "BuyerAccounts")
			}
			_, _ = fmt.Fprintf(w, `{"EntitySummaryList": [%s], "NextToken": "page %d"}`, strings.Join(private, ","), asked)
			return
		}
		assert.ElementsMatch(t, []string{"None", "CountryCodes"}, filters.Targeting.ValueList)
		_, _ = fmt.Fprintf(w, `{"EntitySummaryList": [%s]}`, summary("offer-public", "Released", "None"))
	})
	h, err := m.Read(t.Context(), "prod-abcdefghijklm")
	require.NoError(t, err)
	assert.Equal(t, "offer-public", h.Entities.Offer)
	assert.Equal(t, 1, asked)
}

// An answer without end is given up, and is not taken for a product without an
// offer.
func TestReadGivesUpOnPagesWithoutEnd(t *testing.T) {
	t.Parallel()
	pages := 0
	m := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/ListEntities" {
			pages++
			_, _ = fmt.Fprintf(w, `{"EntitySummaryList": [], "NextToken": "more"}`)
			return
		}
		_, _ = io.WriteString(w, batchOf("prod-abcdefghijklm", `{"EntityType": "MachineLearningProduct@1.0", "EntityIdentifier": "prod-abcdefghijklm@3", "DetailsDocument": {}}`))
	})
	_, err := m.Read(t.Context(), "prod-abcdefghijklm")
	require.ErrorContains(t, err, "prod-abcdefghijklm: its public offer is not among the first pages")
	require.NotErrorIs(t, err, lifecycle.ErrNotFound)
	assert.Equal(t, 50, pages)
}

// Whatever fails on the way, the error says what and of which entity.
func TestReadFails(t *testing.T) {
	t.Parallel()
	const product = `{"EntityIdentifier": "prod-abcdefghijklm@3", "DetailsDocument": %s}`
	for name, c := range map[string]struct {
		product, list, offer string
		want                 string
	}{
		"no list":               {"{}", "", "", "throttled"},
		"no offer":              {"{}", public(), "", "throttled"},
		"a mistyped product":    {`{"Versions": 7}`, public(), `{}`, "prod-abcdefghijklm: the product's document cannot be read: document: Versions: want an array"},
		"a mistyped offer":      {`{}`, public(), `{"Terms": [{"Grants": [{"MaxQuantity": "1"}]}]}`, "the offer's document cannot be read: document: Terms.Grants.MaxQuantity: want an integer"},
		"an unknown dimension":  {`{}`, public(), `{"Terms": [{"Type": "UsageBasedPricingTerm", "RateCards": [{"RateCard": [{"DimensionKey": "m3.large"}]}]}]}`, "m3.large"},
		"a price with no value": {`{}`, public(), `{"Terms": [{"Type": "UsageBasedPricingTerm", "RateCards": [{"RateCard": [{"DimensionKey": "ml.m5.large.m.i.b"}]}]}]}`, "ml.m5.large.m.i.b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := serveUnchecked(t, func(w http.ResponseWriter, r *http.Request) {
				answer := c.offer
				if r.URL.Path == "/ListEntities" {
					answer = c.list
				} else if id := requested(r)[0]; strings.HasPrefix(id, "prod-") {
					answer = batchOf(id, fmt.Sprintf(product, c.product))
				} else if answer != "" {
					answer = batchOf(id, fmt.Sprintf(`{"EntityIdentifier": "offer-public@1", "DetailsDocument": %s}`, answer))
				}
				if answer == "" {
					fixture.Refuse(w, http.StatusTooManyRequests, "ThrottlingException", `{"Message": "slow down"}`)
					return
				}
				w.Header().Set("Content-Type", "application/json")
				_, _ = fmt.Fprint(w, answer)
			})
			_, err := m.Read(t.Context(), "prod-abcdefghijklm")
			require.ErrorContains(t, err, c.want)
		})
	}
}

func public() string {
	return `{"EntitySummaryList": [` + summary("offer-public", "Released", "None") + `]}`
}
