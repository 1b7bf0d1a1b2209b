package main

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	samplesDir    = "../../awsmarketplace/internal/catalog/testdata/samples"
	sampleSeller  = "123456789123"
	sampleProduct = "prod-ad8example51"
	sampleOffer   = "offer-3rexamplern"
	theVersion    = "00000000-0000-0000-0000-000000000000"
)

type object = map[string]any

func sampleOf(t *testing.T, name string) (o object) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(samplesDir, name+".json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &o))
	return o
}

// shelf is a marketplace that has one product and its offer, as documents.
type shelf struct {
	product, offer object
	targeting      string
}

// newShelf returns one with the product of a sample, and an offer.
func newShelf(t *testing.T, product string) *shelf {
	t.Helper()
	s := &shelf{product: sampleOf(t, product), targeting: "None"}
	require.NoError(t, json.Unmarshal([]byte(`{"Id": "`+sampleOffer+`", "State": "Released", "Name": "Offer", "Description": "Note", "Terms": [
		{"Type": "UsageBasedPricingTerm", "CurrencyCode": "USD", "RateCards": [{"RateCard": [{"DimensionKey": "ml.m5.large.m.i.b", "Price": "0.4"}, {"DimensionKey": "ml.m5.large.m.i.r", "Price": "0.5"}]}]},
		{"Type": "FreeTrialPricingTerm", "Duration": "P14D", "Grants": []},
		{"Type": "LegalTerm", "Documents": [{"Type": "StandardEula", "Version": "2022-07-14"}]},
		{"Type": "SupportTerm", "RefundPolicy": "None."}]}`), &s.offer))
	return s
}

// use has the tool ask the shelf, and returns a folder to work in.
func (s *shelf) use(t *testing.T) string {
	t.Helper()
	market := httptest.NewServer(s)
	t.Cleanup(market.Close)
	work := t.TempDir()
	for name, value := range map[string]string{"XDG_STATE_HOME": work, "AWS_ENDPOINT_URL": market.URL, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "SHELFLIFE_STORE": "", "SHELFLIFE_SELLER": sampleSeller} {
		t.Setenv(name, value)
	}
	return work
}

// ServeHTTP answers to what is only read.
func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "application/json")
	var answer any
	switch path.Base(r.URL.Path) {
	case "BatchDescribeEntities":
		all := object{}
		for id, document := range map[string]object{sampleProduct: s.product, sampleOffer: s.offer} {
			if strings.Contains(string(body), id) {
				all[id] = object{"EntityIdentifier": id + "@3", "LastModifiedDate": "2026-01-05T09:00:00Z", "DetailsDocument": document}
			}
		}
		missing := object{}
		if len(all) == 0 {
			missing["prod-nosuchproduct"] = object{"ErrorCode": "ResourceNotFoundException", "ErrorMessage": "no such entity"}
		}
		answer = object{"EntityDetails": all, "Errors": missing}
	case "ListEntities":
		list := []any{}
		if s.offer != nil && s.targeting != "BuyerAccounts" {
			list = append(list, object{"EntityId": sampleOffer, "EntityType": "Offer", "OfferSummary": object{"State": s.offer["State"], "Targeting": []any{s.targeting}}})
		}
		answer = object{"EntitySummaryList": list}
	default:
		http.Error(w, "nothing is sent to a shelf", http.StatusTeapot)
		return
	}
	_ = json.NewEncoder(w).Encode(answer) // nobody is left to tell
}

// part returns an object within an object; it is made if it is missing.
func part(o object, names ...string) object {
	for _, name := range names {
		next, ok := o[name].(object)
		if !ok {
			next = object{}
			o[name] = next
		}
		o = next
	}
	return o
}

// sampleVersion returns the version of a product.
func sampleVersion(product object) object { return product["Versions"].([]any)[0].(object) }

// sampleOption returns its delivery option.
func sampleOption(product object) object {
	return sampleVersion(product)["DeliveryOptions"].([]any)[0].(object)
}

// details merges what a change says of a delivery option into the option.
func details(option, change object) {
	said := change["DeliveryOptions"].([]any)[0].(object)["Details"].(object)
	for _, each := range said {
		for name, value := range each.(object) {
			switch name {
			case "UsageInstructions":
				part(option, "Instructions")["Usage"] = value
			case "RecommendedInstanceTypes":
				maps.Copy(part(option, name), value.(object))
			case "SageMakerModelPackageArn", "SageMakerAlgorithmArn", "AccessRoleArn":
			default:
				part(option, "Instructions")[name] = value
			}
		}
	}
}

// added adds the version of a change.
func added(s *shelf, change object) {
	data, _ := json.Marshal(sampleVersion(s.product)) // it was JSON before
	var v object
	_ = json.Unmarshal(data, &v)
	maps.Copy(v, change["Version"].(object))
	option := v["DeliveryOptions"].([]any)[0].(object)
	option["Id"] = "11111111-1111-1111-1111-111111111111"
	details(option, change)
	s.product["Versions"] = append(s.product["Versions"].([]any), v)
}

func edited(s *shelf, change object) {
	maps.Copy(sampleVersion(s.product), change["Version"].(object))
	details(sampleOption(s.product), change)
}

// terms puts the terms of a change in place of those of the same type.
func terms(s *shelf, change object) {
	var all []any
	replaced := map[any]bool{}
	for _, each := range change["Terms"].([]any) {
		replaced[each.(object)["Type"]] = true
		all = append(all, each)
	}
	for _, each := range s.offer["Terms"].([]any) {
		if !replaced[each.(object)["Type"]] {
			all = append(all, each)
		}
	}
	s.offer["Terms"] = all
}

func rules(s *shelf, change object) {
	rule := object{"Type": "TargetingRule"}
	maps.Copy(rule, change)
	s.offer["Rules"] = []any{rule}
}

func offerItself(s *shelf, change object) { maps.Copy(s.offer, change) }
func nothing(*shelf, object)              {}

const stays = "no field of a listing: it stays as the offer has it"

// Every document that AWS shows in its samples is what the marketplace has of a product
// here, or changes what it has. From each product that can be adopted, init writes a
// folder for which plan finds nothing to do; apply takes it in, and nothing drifts.
func TestSamplesOfAWS(t *testing.T) {
	rows := map[string]struct {
		shape func(s *shelf, change object)
		// why a listing does not have all of it; empty if it does.
		why string
		// refused is what init says if it cannot begin with it, advice what it adds.
		refused, advice string
	}{
		"ml-model-package-entity-detail":                 {shape: func(s *shelf, p object) { s.product = p }},
		"ml-algorithm-entity-detail":                     {shape: func(s *shelf, p object) { s.product = p }},
		"ml-add-delivery-options-model-package":          {shape: added},
		"ml-add-delivery-options-algorithm":              {shape: added},
		"ml-model-package-update-delivery-options":       {shape: edited},
		"ml-algorithm-update-delivery-options":           {shape: edited},
		"ml-release-product":                             {shape: nothing},
		"ml-update-targeting":                            {shape: func(s *shelf, c object) { maps.Copy(part(s.product, "Targeting"), c) }},
		"ml-update-visibility":                           {shape: func(s *shelf, c object) { part(s.product, "Description")["Visibility"] = c["TargetVisibility"] }},
		"ml-update-information":                          {shape: information},
		"ml-restrict-delivery-options":                   {shape: restrictedFirst},
		"ml-create-product":                              {shape: created, why: "a draft of the marketplace is incomplete", refused: `adopt\.released`},
		"offer-create-offer":                             {shape: func(s *shelf, c object) { s.offer = object{"State": "Draft", "Name": c["Name"]} }, why: "an offer that is not released has no terms", refused: `there is no released public offer`},
		"offer-release-offer":                            {shape: nothing},
		"offer-update-information":                       {shape: offerItself},
		"offer-update-legal-terms-custom":                {shape: terms},
		"offer-update-legal-terms-standard":              {shape: terms},
		"offer-update-support-terms":                     {shape: terms},
		"offer-entity-detail":                            {shape: func(s *shelf, o object) { s.offer = o }, why: "a contract with prices of another kind of product: they stay", advice: `offer\.pricing: has the term "ConfigurableUpfrontPricingTerm"`},
		"offer-update-pricing-terms":                     {shape: terms, why: "a contract with prices of another kind of product: they stay", advice: `offer\.rates\["m3\.large"\]|offer\.rates.*m3`},
		"offer-update-availability":                      {shape: func(s *shelf, c object) { c["Type"] = "AvailabilityRule"; s.offer["Rules"] = []any{c} }, why: stays},
		"offer-update-targeting-negative":                {shape: rules, why: stays},
		"offer-update-targeting-positive-country-codes":  {shape: func(s *shelf, c object) { rules(s, c); s.targeting = "CountryCodes" }, why: stays},
		"offer-update-targeting-positive-buyer-accounts": {shape: func(s *shelf, c object) { rules(s, c); s.targeting = "BuyerAccounts" }, why: "an offer to some buyers is private: a listing has a public one", refused: `there is no released public offer`},
		"offer-update-payment-schedule-terms":            {shape: terms, why: stays},
		"offer-update-renewal-terms":                     {shape: terms, why: stays},
		"offer-update-validity-terms-agreement-duration": {shape: terms, why: stays},
		"offer-update-validity-terms-agreement-end-date": {shape: terms, why: stays},
	}
	files, err := filepath.Glob(filepath.Join(samplesDir, "*.json"))
	require.NoError(t, err)
	require.Len(t, files, len(rows))
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			kind := "ml-model-package-entity-detail"
			if strings.Contains(name, "algorithm") {
				kind = "ml-algorithm-entity-detail"
			}
			s := newShelf(t, kind)
			row.shape(s, sampleOf(t, name))
			work := s.use(t)
			dir := filepath.Join(work, "adopted")
			code, out, errs := sh(t, "init", dir, "--from", sampleProduct)
			if row.refused != "" {
				require.Equal(t, codeRules, code, out+errs)
				require.Regexp(t, row.refused, errs)
				require.NoDirExists(t, dir)
				require.NotEmpty(t, row.why)
				return
			}
			require.Zero(t, code, errs)
			if row.advice != "" {
				require.Regexp(t, row.advice, errs)
			} else {
				require.Empty(t, errs)
			}
			for range 2 { // as it is on AWS, and as it is in the store
				code, out, errs = sh(t, "plan", dir, "--detailed-exitcode")
				require.Zero(t, code, out+errs)
				require.Contains(t, out, "nothing to do\n")
				code, _, errs = sh(t, "apply", dir)
				require.Zero(t, code, errs)
			}
			code, out, errs = sh(t, "drift", dir, "--detailed-exitcode")
			assert.Zero(t, code, out+errs)
			code, out, errs = sh(t, "fmt", "--check", dir)
			assert.Zero(t, code, out+errs)
		})
	}
}

func information(s *shelf, c object) {
	about := part(s.product, "Description")
	for to, from := range map[string]string{"ProductTitle": "ProductTitle", "ShortDescription": "ShortDescription", "LongDescription": "LongDescription", "Sku": "Sku", "Highlights": "Highlights", "Categories": "Categories", "SearchKeywords": "SearchKeywords"} {
		about[to] = c[from]
	}
	promotion := part(s.product, "PromotionalResources")
	promotion["LogoUrl"], promotion["AdditionalResources"] = c["LogoUrl"], c["AdditionalResources"]
	promotion["Videos"] = []any{object{"Type": "Link", "Url": c["VideoUrls"].([]any)[0]}}
	part(s.product, "SupportInformation")["Description"] = c["SupportDescription"]
}

// A version is restricted, another one is offered.
func restrictedFirst(s *shelf, c object) {
	var change object
	_ = json.Unmarshal([]byte(`{"Version": {"VersionTitle": "2"}, "DeliveryOptions": [{"Details": {}}]}`), &change)
	added(s, change)
	if c["DeliveryOptionIds"].([]any)[0] == theVersion {
		sampleOption(s.product)["Visibility"] = "Restricted"
	}
}

func created(s *shelf, c object) {
	c["Visibility"] = "Draft"
	s.product, s.offer = object{"Description": c}, nil
}

// What is adopted is known by one name, and is what the folder says.
func TestAdopt(t *testing.T) {
	s := newShelf(t, "ml-model-package-entity-detail")
	work := s.use(t)
	dir := filepath.Join(work, "one")
	code, _, errs := sh(t, "init", dir, "--from", "prod-nosuchproduct")
	assert.Equal(t, codeUsage, code, errs)
	assert.NoDirExists(t, dir)
	code, _, errs = sh(t, "init", dir, "--from", sampleProduct, "--buyers", "444455556666")
	assert.Equal(t, codeRules, code)
	assert.Contains(t, errs, `account "444455556666" is not on the allow-list`)

	code, _, errs = sh(t, "init", dir, "--from", sampleProduct, "--buyers", sampleSeller)
	require.Zero(t, code, errs)
	code, out, errs := sh(t, "plan", dir, "--detailed-exitcode")
	require.Zero(t, code, errs)
	assert.Contains(t, out, "one: "+sampleProduct+" is taken into the store, nothing is sent\none: Live, nothing to do\n")
	code, out, errs = sh(t, "plan", dir, "--json")
	require.Zero(t, code, errs)
	assert.Contains(t, out, `"adopt": "`+sampleProduct+`"`)
	assert.Contains(t, out, `"steps": []`)
	code, out, errs = sh(t, "apply", dir) // nothing is asked: nothing is sent
	require.Zero(t, code, errs)
	assert.Contains(t, out, "one  Live  "+sampleProduct)

	code, _, errs = sh(t, "init", filepath.Join(work, "two"), "--from", sampleProduct)
	assert.Equal(t, codeUsage, code)
	assert.Contains(t, errs, "the store has "+sampleProduct+" already, as one: give --name one")
	editListing(t, dir, "product: "+sampleProduct, "product: prod-another")
	code, _, errs = sh(t, "plan", dir)
	assert.Equal(t, codeUsage, code)
	assert.Regexp(t, `listing\.yaml:\d+:\d+: the store has "`+sampleProduct+`" under this name`, errs)
}
