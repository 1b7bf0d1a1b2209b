package simulator_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// presigning is what differs in the address of a legal document from one reading to the next.
var presigning = regexp.MustCompile(`\?X-Amz-[^ \]]*`)

// scene is a published product with its offer and delivery option, for the cases to break.
type scene struct {
	*world
	product, offer, option string
}

// TestAsynchronousCodes makes every documented code happen that the simulator can give.
func TestAsynchronousCodes(t *testing.T) {
	t.Parallel()
	base := prices(m5batch, "0.40", m5real, "0.50")
	trial := func(days string, grants ...string) string {
		return `{"Type":"FreeTrialPricingTerm","Duration":"` + days + `","Grants":[` + strings.Join(grants, ",") + `]}`
	}
	grant := func(key string) string { return `{"DimensionKey":"` + key + `"}` }
	both := []string{m5batch, "0.40", m5real, "0.50"}
	information := func(document string) func(s scene) []string {
		return func(s scene) []string { return []string{onProduct("UpdateInformation", s.product, document)} }
	}
	pricing := func(document string) func(s scene) []string {
		return func(s scene) []string { return []string{onOffer("UpdatePricingTerms", s.offer, document)} }
	}
	legalDocument := func(document string) func(s scene) []string {
		return func(s scene) []string {
			return []string{onOffer("UpdateLegalTerms", s.offer, `{"Terms":[{"Type":"LegalTerm","Documents":[`+document+`]}]}`)}
		}
	}
	targeting := func(document string) func(s scene) []string {
		return func(s scene) []string { return []string{onOffer("UpdateTargeting", s.offer, document)} }
	}
	version := func(edits ...string) func(s scene) []string {
		return func(s scene) []string {
			document := strings.NewReplacer(edits...).Replace(versionOf("2.0", packageV2))
			return []string{
				onProduct("AddDeliveryOptions", s.product, document),
				onOffer("UpdatePricingTerms", s.offer, prices(m5batch, "0.40", m5real, "0.50", g5batch, "1", g5real, "1")),
			}
		}
	}
	edit := func(document string) func(s scene) []string {
		return func(s scene) []string {
			return []string{onProduct("UpdateDeliveryOptions", s.product, strings.ReplaceAll(document, "OPTION", s.option))}
		}
	}
	restricted := func(s scene) { s.done(onProduct("UpdateVisibility", s.product, `{"TargetVisibility":"Restricted"}`)) }
	secondVersion := func(s scene) {
		s.done(onProduct("AddDeliveryOptions", s.product, versionOf("2.0", packageV2)),
			onOffer("UpdatePricingTerms", s.offer, prices(m5batch, "0.40", m5real, "0.50", g5batch, "1", g5real, "1")))
	}
	unreleased := func(drop int) func(s scene) []string {
		return func(scene) []string {
			all := publication(packageV1, base)
			return append(all[:drop:drop], all[drop+1:]...)
		}
	}
	for _, c := range []struct {
		name  string
		given func(s scene)
		try   func(s scene) []string
		want  map[int][]string
	}{
		// UpdateInformation of a product
		{"nothing", nil, information(`{}`), map[int][]string{0: {"MISSING_DATA"}}},
		{"control character", nil, information(`{"LongDescription":"a\u0007b"}`), map[int][]string{0: {"INVALID_INPUT"}}},
		{"blank before a mark", nil, information(`{"ProductTitle":"Thing \u2122"}`), map[int][]string{0: {"INVALID_INPUT"}}},
		{"keywords too long", nil, information(`{"SearchKeywords":["` + strings.Repeat(strings.Repeat("k", 50)+`","`, 5) + `k"]}`), map[int][]string{0: {"INVALID_INPUT"}}},
		{"logo of another type", nil, information(`{"LogoUrl":"https://example.com/logo.svg"}`), map[int][]string{0: {"InvalidImageProperties"}}},
		{"logo at no URL", nil, information(`{"LogoUrl":"https://example.com/%zz.png"}`), map[int][]string{0: {"INVALID_MEDIA"}}},
		{"media URL too long", nil, information(`{"LogoUrl":"https://example.com/` + strings.Repeat("a", 2048) + `"}`), map[int][]string{0: {"INVALID_MEDIA"}}},
		{"incomplete draft", nil, func(scene) []string {
			all := publication(packageV1, base)
			return []string{all[0], onProduct("UpdateInformation", newProduct, `{"ProductTitle":"Only"}`)}
		}, map[int][]string{1: {"INVALID_INPUT"}}},
		{"information of a restricted product", restricted, information(`{"Sku":"x"}`), map[int][]string{0: {"INVALID_INPUT"}}},
		{"title with a control character", nil, func(scene) []string {
			return []string{onProduct("CreateProduct", "", `{"ProductTitle":"a\rb"}`)}
		}, map[int][]string{0: {"INVALID_INPUT"}}},
		// UpdateTargeting of a product
		{"bad account", nil, func(s scene) []string {
			return []string{onProduct("UpdateTargeting", s.product, `{"PositiveTargeting":{"BuyerAccounts":["1","222233334444","222233334444"]}}`)}
		}, map[int][]string{0: {"INVALID_AWS_ACCOUNT_IDS", "INVALID_AWS_ACCOUNT_IDS"}}},
		{"accounts of a restricted product", restricted, func(s scene) []string {
			return []string{onProduct("UpdateTargeting", s.product, `{"PositiveTargeting":{"BuyerAccounts":[]}}`)}
		}, map[int][]string{0: {"INVALID_PRODUCT_VISIBILITY"}}},
		// AddDeliveryOptions
		{"version of a restricted product", restricted, func(s scene) []string { return version()(s)[:1] }, map[int][]string{0: {"INCOMPATIBLE_PRODUCT_STATUS"}}},
		{"version of a draft", nil, unreleased(4), map[int][]string{3: {"INCOMPATIBLE_PRODUCT_STATUS"}}},
		{"title used", nil, version(`"2.0"`, `"1.0"`), map[int][]string{0: {"DUPLICATE_VERSION_TITLE"}}},
		{"asset used", nil, version("forecast-2", "forecast-1"), map[int][]string{0: {"DUPLICATE_ASSET"}}},
		{"asset unknown", nil, version("forecast-2", "forecast-9"), map[int][]string{0: {"ASSET_NOT_FOUND"}}},
		{"asset of somebody else", func(s scene) {
			require.NoError(s.t, s.sim.PutModelPackage(simulator.ModelPackage{ARN: "arn:aws:sagemaker:us-east-2:999900001111:model-package/forecast-2", CertifyForMarketplace: true}))
		}, version(seller+":model", "999900001111:model", seller+":role", "999900001111:role"), map[int][]string{0: {"ASSET_NOT_FOUND"}}},
		{"versioned package", nil, version("forecast-2", "forecast/2"), map[int][]string{0: {"INVALID_ASSET_ARN"}}},
		{"asset not ready, not certified", func(s scene) {
			types := []string{"ml.m5.large"}
			require.NoError(s.t, s.sim.PutModelPackage(simulator.ModelPackage{
				ARN: packageV2, Status: "InProgress", SupportedRealtimeInferenceInstanceTypes: types, SupportedTransformInstanceTypes: types,
			}))
		}, version(), map[int][]string{0: {"ASSET_VALIDATION_EXCEPTION", "ASSET_VALIDATION_EXCEPTION"}}},
		{"role of another account", nil, version("iam::111122223333", "iam::222233334444"), map[int][]string{0: {"INVALID_ACCESS_ROLE"}}},
		{"recommended type", nil, version(`"BatchTransform":"ml.m5.large"`, `"BatchTransform":"ml.c5.large"`), map[int][]string{0: {"INVALID_RECOMMENDED_INSTANCE_TYPE"}}},
		{"other kind", nil, func(s scene) []string {
			return []string{onProduct("AddDeliveryOptions", s.product, versionOf("2.0", algorithm1))}
		}, map[int][]string{0: {"INCOMPATIBLE_DELIVERY_OPTIONS"}}},
		{"new types without prices", nil, func(s scene) []string { return version()(s)[:1] }, map[int][]string{0: {"UPDATE_PRICING_REQUIRED"}}},
		// UpdateDeliveryOptions
		{"edit of a restricted product", restricted, edit(`{"DeliveryOptions":[{"Id":"OPTION"}]}`), map[int][]string{0: {"INCOMPATIBLE_PRODUCT_STATUS"}}},
		{"edit of nothing", nil, edit(`{}`), map[int][]string{0: {"INVALID_DELIVERY_OPTION_ID"}}},
		{"edit of an unknown option", nil, edit(`{"DeliveryOptions":[{"Id":"00000000-0000-0000-0000-000000000000"}]}`), map[int][]string{0: {"INVALID_DELIVERY_OPTION_ID"}}},
		{"edit of a restricted option", func(s scene) {
			secondVersion(s)
			s.done(onProduct("RestrictDeliveryOptions", s.product, `{"DeliveryOptionIds":["`+s.option+`"]}`))
		}, edit(`{"Version":{"ReleaseNotes":"n"},"DeliveryOptions":[{"Id":"OPTION"}]}`), map[int][]string{0: {"INCOMPATIBLE_DELIVERY_OPTION_STATUS"}}},
		{"edit with the other kind", nil, edit(`{"DeliveryOptions":[{"Id":"OPTION","Details":{"SageMakerAlgorithmDeliveryOptionDetails":{}}}]}`), map[int][]string{0: {"INCOMPATIBLE_DELIVERY_OPTIONS"}}},
		{"edit of the recommendation", nil, edit(`{"DeliveryOptions":[{"Id":"OPTION","Details":{"SageMakerModelPackageDeliveryOptionDetails":{"RecommendedInstanceTypes":{"RealtimeInference":"ml.c5.large"}}}}]}`), map[int][]string{0: {"INVALID_RECOMMENDED_INSTANCE_TYPE"}}},
		{"edit of the title", nil, edit(`{"Version":{"VersionTitle":"1.0.1"},"DeliveryOptions":[{"Id":"OPTION"}]}`), map[int][]string{0: {"FIELD_NOT_ALLOWED_TO_CHANGE"}}},
		{"edit of the title to another's", secondVersion, edit(`{"Version":{"VersionTitle":"2.0"},"DeliveryOptions":[{"Id":"OPTION"}]}`), map[int][]string{0: {"DUPLICATE_VERSION_TITLE"}}},
		// RestrictDeliveryOptions
		{"last version", nil, func(s scene) []string {
			return []string{onProduct("RestrictDeliveryOptions", s.product, `{"DeliveryOptionIds":["`+s.option+`"]}`)}
		}, map[int][]string{0: {"ALL_DELIVERY_OPTIONS_RESTRICTED"}}},
		{"unknown and twice", secondVersion, func(s scene) []string {
			return []string{onProduct("RestrictDeliveryOptions", s.product, `{"DeliveryOptionIds":["x","`+s.option+`","`+s.option+`"]}`)}
		}, map[int][]string{0: {"INVALID_DELIVERY_OPTION_IDS", "INVALID_DELIVERY_OPTION_STATUS"}}},
		{"restriction in a restricted product", func(s scene) { secondVersion(s); restricted(s) }, func(s scene) []string {
			return []string{onProduct("RestrictDeliveryOptions", s.product, `{"DeliveryOptionIds":["`+s.option+`"]}`)}
		}, map[int][]string{0: {"INCOMPATIBLE_PRODUCT_STATUS"}}},
		// ReleaseProduct
		{"released twice", nil, func(s scene) []string { return []string{onProduct("ReleaseProduct", s.product, `{}`)} }, map[int][]string{0: {"VALIDATION_FAILED"}}},
		{"release of an empty draft", nil, func(scene) []string {
			all := publication(packageV1, base)
			return []string{all[0], all[4]}
		}, map[int][]string{1: {"VALIDATION_FAILED"}}},
		{"release without its offer", nil, unreleased(10), map[int][]string{4: {"VALIDATION_FAILED"}}},
		// UpdateVisibility
		{"visibility of a draft", nil, func(s scene) []string {
			return []string{publication(packageV1, base)[0], onProduct("UpdateVisibility", newProduct, `{"TargetVisibility":"Public"}`)}
		}, map[int][]string{1: {"INVALID_PRODUCT_STATE"}}},
		{"visibility it has", nil, func(s scene) []string {
			return []string{onProduct("UpdateVisibility", s.product, `{"TargetVisibility":"Limited"}`)}
		}, map[int][]string{0: {"INVALID_TARGET_VISIBILITY"}}},
		{"replacement while going public", nil, func(s scene) []string {
			return []string{onProduct("UpdateVisibility", s.product, `{"TargetVisibility":"Public","ReplacementProductId":"prod-1234567890123"}`)}
		}, map[int][]string{0: {"INVALID_REPLACEMENT_PRODUCT_ID"}}},
		{"replacement by itself", nil, func(s scene) []string {
			return []string{onProduct("UpdateVisibility", s.product, `{"TargetVisibility":"Restricted","ReplacementProductId":"`+s.product+`"}`)}
		}, map[int][]string{0: {"INVALID_REPLACEMENT_PRODUCT_ID"}}},
		{"refused by a reviewer", func(s scene) {
			require.NoError(s.t, s.sim.Inject(simulator.Fault{Kind: simulator.RefuseReview, Message: "Screenshots are blurred."}))
		}, func(s scene) []string {
			return []string{onProduct("UpdateVisibility", s.product, `{"TargetVisibility":"Public"}`)}
		}, map[int][]string{0: {"AUDIT_ERROR"}}},
		{"made to fail", func(s scene) {
			require.NoError(s.t, s.sim.Inject(simulator.Fault{Kind: simulator.FailChange, ChangeType: "UpdateVisibility", ErrorCode: "MISSING_SELLER_PROFILE_INFORMATION"}))
		}, func(s scene) []string {
			return []string{onProduct("UpdateVisibility", s.product, `{"TargetVisibility":"Public"}`)}
		}, map[int][]string{0: {"MISSING_SELLER_PROFILE_INFORMATION"}}},
		// CreateOffer, UpdateInformation, ReleaseOffer
		{"offer for a restricted product", restricted, func(s scene) []string {
			return []string{onOffer("CreateOffer", "", `{"ProductId":"`+s.product+`"}`)}
		}, map[int][]string{0: {"INCOMPATIBLE_PRODUCT"}}},
		{"offer of a set", nil, func(s scene) []string {
			return []string{onOffer("CreateOffer", "", `{"ProductId":"`+s.product+`","OfferSetId":"offerset-1234567890123"}`)}
		}, map[int][]string{0: {"INCOMPATIBLE_PRODUCT"}}},
		{"renewal of a private offer", nil, func(s scene) []string {
			return []string{onOffer("UpdateRenewalTerms", s.offer, `{"Terms":[{"Type":"RenewalTerm","LockoutPeriod":"P30D","AdjustmentDeadline":"P10D","MaxRenewals":2,"PriceIncrease":{},"TermTemplates":[]}]}`)}
		}, map[int][]string{0: {"INCOMPATIBLE_TERMS"}}},
		{"category that does not exist", nil, information(`{"Categories":["Intelligent Automation","Forecasting"]}`), map[int][]string{0: {"INVALID_CATEGORY_NAMES"}}},
		{"second public offer", nil, func(s scene) []string {
			all := publication(packageV1, base)
			return append([]string{strings.ReplaceAll(all[5], newProduct, s.product)}, all[6:]...)
		}, map[int][]string{5: {"TOO_MANY_OFFERS"}}},
		{"released again", nil, func(s scene) []string { return []string{onOffer("ReleaseOffer", s.offer, `{}`)} }, map[int][]string{0: {"INVALID_UPDATE_REQUEST"}}},
		{"no name, no description", nil, unreleased(6), map[int][]string{9: {"MISSING_NAME", "MISSING_DESCRIPTION"}}},
		{"no prices", nil, unreleased(7), map[int][]string{9: {"MISSING_MANDATORY_TERMS"}, 3: {"UPDATE_PRICING_REQUIRED"}}},
		{"no legal terms", nil, unreleased(8), map[int][]string{9: {"MISSING_MANDATORY_TERMS"}}},
		{"no support terms", nil, unreleased(9), map[int][]string{9: {"MISSING_MANDATORY_TERMS"}}},
		{"offer of a draft released", nil, func(scene) []string {
			all := publication(packageV1, base)
			return []string{all[0], all[5], all[6], all[8], all[9], all[10]}
		}, map[int][]string{5: {"MISSING_MANDATORY_TERMS", "INCOMPATIBLE_PRODUCT"}}},
		{"agreement on a public draft", nil, func(scene) []string {
			all := publication(packageV1, base)
			all[6] = onOffer("UpdateInformation", newOffer, `{"Name":"N","Description":"D","PreExistingAgreement":{"AcquisitionChannel":"External","PricingModel":"Free"}}`)
			return all
		}, map[int][]string{10: {"INCOMPATIBLE_TARGETING"}}},
		{"agreement on a public offer", nil, func(s scene) []string {
			return []string{onOffer("UpdateInformation", s.offer, `{"PreExistingAgreement":{"AcquisitionChannel":"External","PricingModel":"Free"}}`)}
		}, map[int][]string{0: {"INCOMPATIBLE_PRE_EXISTING_AGREEMENT"}}},
		// UpdatePricingTerms
		{"another model", nil, pricing(pricesOf("Free", "", m5batch, "0", m5real, "0")), map[int][]string{0: {"INCOMPATIBLE_PRICING_MODEL"}}},
		{"contract model", nil, pricing(pricesOf("Contract", "", both...)), map[int][]string{0: {"INCOMPATIBLE_PRICING_MODEL", "INCOMPATIBLE_PRODUCT"}}},
		{"term of another kind", nil, pricing(pricesOf("Usage", `{"Type":"ByolPricingTerm"}`, both...)), map[int][]string{0: {"INCOMPATIBLE_PRODUCT"}}},
		{"term twice", nil, pricing(pricesOf("Usage", trial("P5D", grant(m5batch))+","+trial("P5D", grant(m5batch)), both...)), map[int][]string{0: {"DUPLICATE_TERM_TYPES"}}},
		{"dimension twice", nil, pricing(prices(m5batch, "0.40", m5batch, "0.40")), map[int][]string{0: {"DUPLICATE_DIMENSION_KEYS"}}},
		{"grant twice", nil, pricing(pricesOf("Usage", trial("P5D", grant(m5batch), grant(m5batch)), both...)), map[int][]string{0: {"DUPLICATE_DIMENSION_KEYS"}}},
		{"no usage term", nil, pricing(`{"PricingModel":"Usage","Terms":[` + trial("P5D", grant(m5batch)) + `]}`), map[int][]string{0: {"MISSING_MANDATORY_TERMS"}}},
		{"prices of a restricted product", restricted, pricing(base), map[int][]string{0: {"INCOMPATIBLE_PRODUCT_STATUS"}}},
		{"extra rate", nil, pricing(prices(append(both, g5batch, "1")...)), map[int][]string{0: {"INCOMPATIBLE_PRODUCT"}}},
		{"grant for no dimension", nil, pricing(pricesOf("Usage", trial("P31D", grant(m5batch), grant(m5real), grant("m.i.c")), both...)), map[int][]string{0: {"INCOMPATIBLE_PRODUCT"}}},
		{"rate removed", nil, pricing(prices(m5batch, "0.40")), map[int][]string{0: {"INVALID_RATE_CARD", "INVALID_RATE_CARD"}}},
		{"rate missing", nil, func(scene) []string { return publication(packageV1, prices(m5batch, "0.40")) }, map[int][]string{7: {"INVALID_RATE_CARD"}}},
		{"by the hour and by the inference", nil, pricing(prices(append(both, "inference.count.m.i.c", "0.1")...)), map[int][]string{0: {"INVALID_RATE_CARD"}}},
		{"price in a free offer", nil, func(scene) []string {
			return publication(packageV1, pricesOf("Free", "", m5batch, "0", m5real, "0.01"))
		}, map[int][]string{7: {"INCOMPATIBLE_RATES"}}},
		{"trial in a free offer", nil, func(scene) []string {
			return publication(packageV1, pricesOf("Free", trial("P5D", grant(m5batch), grant(m5real)), m5batch, "0", m5real, "0"))
		}, map[int][]string{7: {"INCOMPATIBLE_TERMS"}}},
		{"trial too short", nil, pricing(pricesOf("Usage", trial("P4D", grant(m5batch), grant(m5real)), both...)), map[int][]string{0: {"INVALID_DURATION"}}},
		{"trial too long", nil, pricing(pricesOf("Usage", trial("P32D", grant(m5batch), grant(m5real)), both...)), map[int][]string{0: {"INVALID_DURATION"}}},
		{"trial in months", nil, pricing(pricesOf("Usage", trial("P1M", grant(m5batch), grant(m5real)), both...)), map[int][]string{0: {"INVALID_DURATION"}}},
		{"grant missing", nil, pricing(pricesOf("Usage", trial("P31D", grant(m5batch)), both...)), map[int][]string{0: {"INVALID_GRANTS"}}},
		{"grants unequal", nil, pricing(pricesOf("Usage", trial("P31D", grant(m5batch), `{"DimensionKey":"`+m5real+`","MaxQuantity":5}`), both...)), map[int][]string{0: {"INVALID_GRANTS"}}},
		{"grant without a rate", nil, pricing(pricesOf("Usage", trial("P31D", grant(m5batch), grant(m5real), grant("inference.count.m.i.c")), both...)), map[int][]string{0: {"INVALID_RATE_CARD"}}},
		{"rise and cut", nil, pricing(prices(m5batch, "0.41", m5real, "0.49")), map[int][]string{0: {"INVALID_PRICE_CHANGE"}}},
		{"rise and new dimension", nil, func(s scene) []string {
			return append(version()(s)[:1], onOffer("UpdatePricingTerms", s.offer, prices(m5batch, "0.41", m5real, "0.50", g5batch, "1", g5real, "1")))
		}, map[int][]string{1: {"INVALID_PRICE_CHANGE"}}},
		{"rise too soon", func(s scene) {
			s.done(onOffer("UpdatePricingTerms", s.offer, prices(m5batch, "0.40", m5real, "0.60")))
			s.advance(100 * 24 * time.Hour)
		}, pricing(prices(m5batch, "0.40", m5real, "0.70")), map[int][]string{0: {"INVALID_PRICE_CHANGE"}}},
		// other terms and targeting
		{"old standard contract", nil, legalDocument(`{"Type":"StandardEula","Version":"2019-04-24"}`), map[int][]string{0: {"INVALID_LEGAL_DOCUMENTS"}}},
		{"custom contract with a version", nil, legalDocument(`{"Type":"CustomEula","Url":"https://example.com/e","Version":"2022-07-14"}`), map[int][]string{0: {"INVALID_LEGAL_DOCUMENTS"}}},
		{"standard contract with a URL", nil, legalDocument(`{"Type":"StandardEula","Version":"2022-07-14","Url":"https://example.com/e"}`), map[int][]string{0: {"INVALID_LEGAL_DOCUMENTS"}}},
		{"data contract", nil, legalDocument(`{"Type":"StandardDsa","Version":"2022-07-14"}`), map[int][]string{0: {"INVALID_LEGAL_DOCUMENTS"}}},
		{"both targetings", nil, targeting(`{"PositiveTargeting":{"CountryCodes":["US"]},"NegativeTargeting":{"CountryCodes":["FR"]}}`), map[int][]string{0: {"INVALID_TARGETING"}}},
		{"empty targeting", nil, targeting(`{"PositiveTargeting":{}}`), map[int][]string{0: {"MISSING_COUNTRY_CODES"}}},
		{"unknown country", nil, targeting(`{"PositiveTargeting":{"CountryCodes":["XX"]}}`), map[int][]string{0: {"INVALID_COUNTRY_CODES"}}},
		{"country twice", nil, targeting(`{"NegativeTargeting":{"CountryCodes":["FR","FR"]}}`), map[int][]string{0: {"INVALID_COUNTRY_CODES"}}},
		{"buyers", nil, targeting(`{"PositiveTargeting":{"BuyerAccounts":["111122223333"]}}`), map[int][]string{0: {"INCOMPATIBLE_TARGETING"}}},
		{"for private offers only", nil, func(s scene) []string {
			return []string{
				onOffer("UpdateAvailability", s.offer, `{"AvailabilityEndDate":"2027-01-31"}`),
				onOffer("UpdateValidityTerms", s.offer, `{"Terms":[{"Type":"ValidityTerm","AgreementDuration":"P30D"}]}`),
				onOffer("UpdateRenewalTerms", s.offer, `{"Terms":[{"Type":"RenewalTerm"}]}`),
				onOffer("UpdatePaymentScheduleTerms", s.offer, `{"Terms":[{"Type":"PaymentScheduleTerm","CurrencyCode":"USD","Schedule":[{"ChargeDate":"2026-12-01","ChargeAmount":"1"}]}]}`),
				onOffer("UpdateNetPaymentTerms", s.offer, `{"Terms":[{"Type":"NetPaymentTerm","PaymentDuePeriod":"P30D"}]}`),
			}
		}, map[int][]string{0: {"INVALID_AVAILABILITY_END_DATE"}, 1: {"INCOMPATIBLE_TERMS"}, 2: {"INCOMPATIBLE_TERMS"}, 3: {"INCOMPATIBLE_TERMS"}, 4: {"INCOMPATIBLE_TERMS"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, product, offer := published(t, simulator.Config{})
			s := scene{w, product, offer, optionOf(w, product, 0)}
			if c.given != nil {
				c.given(s)
			}
			entities := func() string {
				var all []string
				for _, kind := range []string{"MachineLearningProduct", "Offer"} {
					all = append(all, fmt.Sprint(w.ok("POST", "/ListEntities", `{"Catalog":"AWSMarketplace","EntityType":"`+kind+`"}`)))
				}
				text := strings.Join(append(all, fmt.Sprint(w.document(product)), fmt.Sprint(w.document(offer))), "\n")
				return presigning.ReplaceAllString(text, "")
			}
			before := entities()
			d := w.settle(c.try(s)...)
			assert.Equal(t, c.want, codes(d), "%v", d)
			assert.Equal(t, "FAILED", d["Status"])
			assert.Equal(t, "CLIENT_ERROR", d["FailureCode"])
			assert.Equal(t, "Change set preparation has failed. For details see 'ErrorDetailList'.", d["FailureDescription"])
			assert.Equal(t, before, entities(), "a failed set changes nothing")
		})
	}
}

func TestPriceRiseAfterTheInterval(t *testing.T) {
	t.Parallel()
	w, _, offer := published(t, simulator.Config{Durations: simulator.Durations{Other: simulator.Phases{Preparing: time.Nanosecond, Applying: time.Nanosecond}}})
	rise := func(price string) string {
		id := w.start(onOffer("UpdatePricingTerms", offer, prices(m5batch, price, m5real, "0.50")))
		w.advance(2)
		return w.describe(id)["Status"].(string)
	}
	assert.Equal(t, "SUCCEEDED", rise("0.41"))
	assert.Equal(t, "FAILED", rise("0.42"))
	assert.Equal(t, "SUCCEEDED", rise("0.39"), "a cut is always possible")
	w.advance(120*24*time.Hour - 6)
	assert.Equal(t, "FAILED", rise("0.42"), "checked a nanosecond before the interval is over")
	assert.Equal(t, "SUCCEEDED", rise("0.42"))
}
