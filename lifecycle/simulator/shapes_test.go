package simulator

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// documents are valid ones, with every optional member somewhere.
var documents = map[changeKey][]string{
	{productType, createProduct}: {`{}`, `{"ProductTitle":"A title"}`},
	{productType, updateInformation}: {`{"ProductTitle":"A","ShortDescription":"B","LongDescription":"C","Sku":"D","LogoUrl":"https://example.com/l.png",
		"VideoUrls":["https://example.com/v"],"Highlights":["E"],"AdditionalResources":[{"Text":"F","Url":"http://example.com/a?b=c#d"}],
		"SupportDescription":"G","Categories":["H"],"AssociatedProducts":["I"],"SearchKeywords":["J"]}`, `{"Sku":null}`},
	{productType, "UpdateTargeting"}: {`{"PositiveTargeting":{"BuyerAccounts":["111122223333"]}}`},
	{productType, addDeliveryOptions}: {
		`{"Version":{"VersionTitle":"1","ReleaseNotes":"n"},"DeliveryOptions":[{"Details":{"SageMakerModelPackageDeliveryOptionDetails":{
			"SageMakerModelPackageArn":"arn:aws:sagemaker:us-east-2:111122223333:model-package/m","AccessRoleArn":"arn:aws:iam::111122223333:role/R",` + optionBody + `}}}]}`,
		`{"Version":{"VersionTitle":"1","ReleaseNotes":"n"},"DeliveryOptions":[{"Details":{"SageMakerAlgorithmDeliveryOptionDetails":{
			"SageMakerAlgorithmArn":"arn:aws:sagemaker:us-east-2:111122223333:algorithm/m","AccessRoleArn":"arn:aws:iam::111122223333:role/R",` +
			strings.Replace(optionBody, `"RealtimeInference":"x"`, `"RealtimeInference":"x","Training":"y"`, 1) + `}}}]}`,
	},
	{productType, "UpdateDeliveryOptions"}: {`{"Version":{"VersionTitle":"1","ReleaseNotes":"n"},"DeliveryOptions":[{"Id":"00000000-0000-0000-0000-000000000000",
		"Details":{"SageMakerModelPackageDeliveryOptionDetails":{` + optionBody + `}}}]}`, `{}`},
	{productType, restrictDeliveryOptions}: {`{"DeliveryOptionIds":["00000000-0000-0000-0000-000000000000"]}`},
	{productType, releaseProduct}:          {`{}`},
	{productType, updateVisibility}: {
		`{"TargetVisibility":"Restricted","ReplacementProductId":"prod-1234567890123"}`,
		`{"TargetVisibility":"Restricted","ReplacementProductId":"0cd4ac5a-7b38-4d6e-8f3a-0123456789ab"}`,
	},
	{offerType, createOffer}:       {`{"ProductId":"prod-1234567890123","Name":"N"}`, `{"ProductId":"$A.Entity.Identifier"}`},
	{offerType, updateInformation}: {`{"Name":"N","Description":"D","PreExistingAgreement":{"AcquisitionChannel":"External","PricingModel":"Byol"}}`},
	{offerType, updatePricingTerms}: {`{"PricingModel":"Contract","Terms":[
		{"Type":"UsageBasedPricingTerm","CurrencyCode":"USD","RateCards":[{"RateCard":[{"DimensionKey":"k","Price":"0.12345678"},{"DimensionKey":"l","Price":"100000000.0"}]}]},
		{"Type":"FreeTrialPricingTerm","Duration":"P30D","Grants":[{"DimensionKey":"k","MaxQuantity":5}]},
		{"Type":"FixedUpfrontPricingTerm","CurrencyCode":"EUR","Price":"1.123","Grants":[{"DimensionKey":"k"}],"Duration":"P1Y2M3D"},
		{"Type":"ConfigurableUpfrontPricingTerm","CurrencyCode":"JPY","RateCards":[{"Selector":{"Type":"Duration","Value":"P12M"},
			"Constraints":{"MultipleDimensionSelection":"Allowed","QuantityConfiguration":"Disallowed"},"RateCard":[{"DimensionKey":"k","Price":"3"}]}]},
		{"Type":"RecurringPaymentTerm","CurrencyCode":"CAD","BillingPeriod":"Monthly","Price":"9"},
		{"Type":"ByolPricingTerm"}]}`},
	{offerType, "UpdateLegalTerms"}: {
		`{"Terms":[{"Type":"LegalTerm","Documents":[{"Type":"StandardEula","Version":"2022-07-14"}]}]}`,
		`{"Terms":[{"Type":"LegalTerm","Documents":[{"Type":"CustomEula","Url":"https://s3.amazonaws.com/eula.txt"}]}]}`,
	},
	{offerType, "UpdateSupportTerms"}: {`{"Terms":[{"Type":"SupportTerm","RefundPolicy":"none \u00a9"}]}`, `{"Terms":[]}`},
	{offerType, "UpdateTargeting"}: {
		`{"PositiveTargeting":{"CountryCodes":["US"],"BuyerAccounts":["111122223333"]}}`, `{"NegativeTargeting":{"CountryCodes":["US"]}}`,
	},
	{offerType, "UpdateAvailability"}:    {`{"AvailabilityEndDate":"2028-02-29"}`},
	{offerType, "UpdateValidityTerms"}:   {`{"Terms":[{"Type":"ValidityTerm","AgreementDuration":"P30D","AgreementStartDate":"2026-01-31","AgreementEndDate":"2027-04-30"}]}`},
	{offerType, "UpdateRenewalTerms"}:    {`{"Terms":[{"Type":"RenewalTerm"}]}`},
	{offerType, releaseOffer}:            {`{}`},
	{offerType, "UpdateNetPaymentTerms"}: {`{"Terms":[{"Type":"NetPaymentTerm","PaymentDuePeriod":"P120D"}]}`},
	{offerType, "UpdatePaymentScheduleTerms"}: {
		`{"Terms":[{"Type":"PaymentScheduleTerm","CurrencyCode":"USD","Schedule":[{"ChargeDate":"2026-12-01","ChargeAmount":"10.50"}]}]}`,
	},
}

const optionBody = `"UsageInstructions":"u","SampleNotebookUrl":"https://example.com/n","RepositoryUrl":"https://example.com/r",
	"InputProperties":{"Description":"d","Limitations":"l","SampleInput":{"RealtimeInferenceText":"t","BatchTransformUrl":"https://example.com/b"},
		"Parameters":[{"Name":"n","Description":"d","Constraints":"c","Required":true}],"SageMakerCustomAttributes":[{"Name":"n","Description":"d"}]},
	"OutputProperties":{"Description":"d","SampleOutput":{"RealtimeInferenceUrl":"https://example.com/o","BatchTransformText":"t"},
		"Parameters":[{"Name":"n","Description":"d","AlwaysReturned":false}]},
	"RecommendedInstanceTypes":{"BatchTransform":"x","RealtimeInference":"x"}`

// notInLibrary has no schema: the shape library does not know it yet.
const notInLibrary = "UpdateNetPaymentTerms"

func shapeSchema(t *testing.T, k changeKey) map[string]any {
	t.Helper()
	prefix := map[string]string{productType: "ml-", offerType: "offer-"}[k.entityType]
	b, err := os.ReadFile(filepath.Join("testdata", "schema", prefix+k.changeType+".json"))
	require.NoError(t, err)
	v, err := decodeJSON(b)
	require.NoError(t, err)
	return v.(map[string]any)
}

func verdict(s shape, v any) []fieldError {
	var f findings
	s(&f, "Document", v)
	return f.list
}

func TestValidDocumentsPass(t *testing.T) {
	t.Parallel()
	require.Len(t, documents, len(changeTypes), "every change type has its documents")
	for k, texts := range documents {
		for _, text := range texts {
			v, err := decodeJSON([]byte(text))
			require.NoError(t, err, text)
			assert.Empty(t, verdict(changeTypes[k].shape, v), "%v", k)
			if k.changeType != notInLibrary {
				s := shapeSchema(t, k)
				assert.True(t, schemaTakes(s, s, v), "%v", k)
			}
		}
	}
}

// Whatever damage is done to a valid document: what the published schema refuses, the shape refuses too.
func TestShapesAreNoLooserThanTheSchemas(t *testing.T) {
	t.Parallel()
	for k, texts := range documents {
		if k.changeType == notInLibrary {
			continue
		}
		schema, own := shapeSchema(t, k), changeTypes[k].shape
		t.Run(k.entityType+"/"+k.changeType, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(r *rapid.T) {
				v, err := decodeJSON([]byte(rapid.SampledFrom(texts).Draw(r, "document")))
				require.NoError(r, err)
				v = damage(r, v)
				if !schemaTakes(schema, schema, v) {
					b, _ := json.Marshal(v)
					require.NotEmpty(r, verdict(own, v), "%s", b)
				}
			})
		})
	}
}

// damage changes one place of a value.
func damage(r *rapid.T, v any) any {
	deeper := rapid.IntRange(0, 4).Draw(r, "deeper") > 0
	switch x := v.(type) {
	case map[string]any:
		if deeper && len(x) > 0 {
			k := rapid.SampledFrom(sortedKeys(x)).Draw(r, "member")
			x[k] = damage(r, x[k])
			return x
		}
		if keys := sortedKeys(x); len(keys) > 0 && rapid.Bool().Draw(r, "drop") {
			delete(x, rapid.SampledFrom(keys).Draw(r, "dropped"))
			return x
		}
		x[rapid.SampledFrom([]string{"Extra", "Type", "Url", "productTitle"}).Draw(r, "added")] = "x"
		return x
	case []any:
		if deeper && len(x) > 0 {
			i := rapid.IntRange(0, len(x)-1).Draw(r, "item")
			x[i] = damage(r, x[i])
			return x
		}
		n := rapid.SampledFrom([]int{0, 1, 2, 3, 4, 11, 16, 27, 36, 51, 61, 101, 245, 801}).Draw(r, "items")
		var out []any
		for len(x) > 0 && len(out) < n {
			out = append(out, x[len(out)%len(x)])
		}
		if out == nil {
			return []any{}
		}
		return out
	}
	if s, ok := v.(string); ok && deeper {
		n := rapid.SampledFrom([]int{1, 25, 37, 65, 73, 101, 151, 256, 501, 1001, 1501, 2001, 5001, 10001, 30001}).Draw(r, "length")
		return rapid.SampledFrom([]string{" " + s, s + " ", s + "\u2019", "", strings.Repeat("\u00e9", n), s + strings.Repeat("1", n), strings.ToUpper(s), "\n" + s}).Draw(r, "text")
	}
	return rapid.SampledFrom([]any{nil, true, json.Number("0"), json.Number("2147483647"), json.Number("1.5"), "x", []any{}, map[string]any{}}).Draw(r, "other")
}

// schemaTakes is as much of JSON Schema 2020-12 as the change schemas use.
func schemaTakes(root, s map[string]any, v any) bool {
	if ref, ok := s["$ref"].(string); ok {
		return schemaTakes(root, root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any), v)
	}
	for _, word := range []string{"anyOf", "oneOf"} {
		if branches, ok := s[word].([]any); ok {
			n := 0
			for _, b := range branches {
				if schemaTakes(root, b.(map[string]any), v) {
					n++
				}
			}
			if n == 0 || word == "oneOf" && n != 1 {
				return false
			}
		}
	}
	if enum, ok := s["enum"].([]any); ok && !isAmong(enum, v) {
		return false
	}
	limit := func(word string, n int, least bool) bool {
		x, ok := s[word].(json.Number)
		if !ok {
			return true
		}
		l, _ := x.Int64()
		return least && int64(n) >= l || !least && int64(n) <= l
	}
	kind := "null"
	switch x := v.(type) {
	case map[string]any:
		kind = "object"
		properties, closed := s["properties"].(map[string]any)
		required, _ := s["required"].([]any)
		for _, name := range required {
			if _, ok := x[name.(string)]; !ok {
				return false
			}
		}
		for name, value := range x {
			p, known := properties[name].(map[string]any)
			if closed && !known || known && !schemaTakes(root, p, value) {
				return false
			}
		}
	case []any:
		kind = "array"
		if !limit("minItems", len(x), true) || !limit("maxItems", len(x), false) {
			return false
		}
		for _, value := range x {
			if item, ok := s["items"].(map[string]any); ok && !schemaTakes(root, item, value) {
				return false
			}
		}
	case string:
		kind = "string"
		n := utf8.RuneCountInString(x)
		if p, ok := s["pattern"].(string); ok && !compiled(p).MatchString(x) {
			return false
		}
		if !limit("minLength", n, true) || !limit("maxLength", n, false) {
			return false
		}
	case bool:
		kind = "boolean"
	case json.Number:
		kind = "number"
		if i, err := x.Int64(); err == nil {
			kind = "integer"
			if !limit("minimum", int(i), true) || !limit("maximum", int(i), false) {
				return false
			}
		}
	}
	types, ok := s["type"].([]any)
	if !ok && s["type"] != nil {
		types = []any{s["type"]}
	}
	for _, want := range types {
		if want == kind {
			return true
		}
	}
	return len(types) == 0
}

var patterns sync.Map // compiling is what would take the time

func compiled(pattern string) *regexp.Regexp {
	if p, ok := patterns.Load(pattern); ok {
		return p.(*regexp.Regexp)
	}
	p := regexp.MustCompile(pattern)
	patterns.Store(pattern, p)
	return p
}

func isAmong(enum []any, v any) bool {
	word, ok := v.(string)
	for _, e := range enum {
		if ok && e == word {
			return true
		}
	}
	return false
}

func TestFindingsComeTogether(t *testing.T) {
	t.Parallel()
	v, err := decodeJSON([]byte(`{"ProductTitle":" x","Sku":"` + strings.Repeat("s", 101) + `","Highlights":[],"Wrong":1,"SearchKeywords":[""]}`))
	require.NoError(t, err)
	found := verdict(productInformationShape, v)
	var fields []string
	for _, f := range found {
		fields = append(fields, f.Field)
	}
	assert.Equal(t, []string{"Document.ProductTitle", "Document.Sku", "Document.Highlights", "Document.Wrong"}, fields)
}

// Lengths are counted in code points, not in bytes.
func TestLengthsCountCharacters(t *testing.T) {
	t.Parallel()
	assert.Empty(t, verdict(text(0, 72, solid), strings.Repeat("\U0001F600", 72)))
	assert.Len(t, verdict(text(0, 72, solid), strings.Repeat("\U0001F600", 73)), 1)
}
