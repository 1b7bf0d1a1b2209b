package simulator_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

func TestPublishInOneSet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{}).resources()
	trial := `{"Type":"FreeTrialPricingTerm","Duration":"P14D","Grants":[{"DimensionKey":"` + m5batch + `"},{"DimensionKey":"` + m5real + `"}]}`
	id := w.start(publication(packageV1, pricesOf("Usage", trial, m5batch, "0.40", m5real, "0.50"))...)

	d := w.describe(id)
	assert.Equal(t, "PREPARING", d["Status"])
	assert.Equal(t, "Submitted by 111122223333", d["ChangeSetName"])
	assert.Equal(t, "APPLY", d["Intent"])
	assert.Equal(t, "2026-01-05T09:00:00Z", d["StartTime"])
	assert.Nil(t, d["EndTime"])
	assert.Contains(t, d, "EndTime")
	w.advance(40*time.Minute - 1)
	assert.Equal(t, "PREPARING", w.describe(id)["Status"])
	w.advance(1)
	assert.Equal(t, "APPLYING", w.describe(id)["Status"])
	assert.Empty(t, w.ok("POST", "/ListEntities", `{"Catalog":"AWSMarketplace","EntityType":"Offer"}`)["EntitySummaryList"], "nothing shows before the end")
	w.advance(time.Hour)

	d = w.describe(id)
	assert.Equal(t, "SUCCEEDED", d["Status"])
	assert.Equal(t, "2026-01-05T09:55:00Z", d["EndTime"], "at its own instant, not at the end of the leap")
	product, offer := ids(d)
	for _, c := range d["ChangeSet"].([]any) {
		m := c.(map[string]any)
		want := product + "@1"
		if m["Entity"].(map[string]any)["Type"] == "Offer@1.0" {
			want = offer + "@1"
		}
		assert.Equal(t, want, m["Entity"].(map[string]any)["Identifier"], m["ChangeType"])
		assert.Equal(t, []any{}, m["ErrorDetailList"])
		details, err := json.Marshal(m["DetailsDocument"])
		require.NoError(t, err)
		assert.JSONEq(t, string(details), m["Details"].(string))
	}

	e := w.ok("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId="+product, "")
	assert.Equal(t, "MachineLearningProduct@1.0", e["EntityType"])
	assert.Equal(t, product+"@1", e["EntityIdentifier"])
	assert.Equal(t, "arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/MachineLearningProduct/"+product, e["EntityArn"])
	assert.Equal(t, "2026-01-05T09:55:00Z", e["LastModifiedDate"])
	doc := w.document(product)
	description := doc["Description"].(map[string]any)
	assert.Equal(t, "Limited", description["Visibility"])
	assert.Equal(t, "Active", description["ProductState"])
	assert.Regexp(t, `^[a-z0-9]{25}$`, description["ProductCode"])
	assert.Equal(t, "F-1", description["Sku"])
	assert.Regexp(t, `^https://awsmp-logos\.s3\.amazonaws\.com/[0-9a-f]+$`, doc["PromotionalResources"].(map[string]any)["LogoUrl"])
	assert.Equal(t, map[string]any{"PositiveTargeting": map[string]any{"BuyerAccounts": []any{"444455556666", simulator.OperationsAccount}}}, doc["Targeting"])
	var keys []string
	for _, x := range doc["Dimensions"].([]any) {
		keys = append(keys, x.(map[string]any)["Key"].(string))
	}
	assert.Equal(t, []string{"inference.count.m.i.c", m5batch, m5real}, keys)
	v := doc["Versions"].([]any)[0].(map[string]any)
	assert.Equal(t, "2026-01-05T09:55:00.000Z", v["CreationDate"])
	o := v["DeliveryOptions"].([]any)[0].(map[string]any)
	s := v["Sources"].([]any)[0].(map[string]any)
	uuid := `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`
	for _, id := range []any{v["Id"], o["Id"], s["Id"]} {
		assert.Regexp(t, uuid, id)
	}
	assert.Equal(t, s["Id"], o["SourceId"])
	assert.Equal(t, packageV1, s["ModelPackageArn"])
	assert.Equal(t, "Public", o["Visibility"])
	assert.Equal(t, "Send CSV.", o["Instructions"].(map[string]any)["Usage"])
	raw := w.call("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId="+product, "").Raw
	assert.NotContains(t, raw, "role/Reader", "the access role is never shown")
	assert.NotContains(t, raw, "public-files", "the logo is AWS's own copy")

	doc = w.document(offer)
	assert.Equal(t, "Released", doc["State"])
	assert.Equal(t, product, doc["ProductId"])
	assert.Len(t, doc["Terms"], 4)
	assert.NotContains(t, doc, "PricingModel")
}

// The documents must hold no member that the service's schema does not know, and no value of another type.
func TestEntityDocumentsFollowTheSchema(t *testing.T) {
	t.Parallel()
	w, product, offer := published(t, simulator.Config{})
	w.done(onOffer("UpdateTargeting", offer, `{"NegativeTargeting":{"CountryCodes":["FR","DE"]}}`))
	w.done(onProduct("UpdateVisibility", product, `{"TargetVisibility":"Public"}`))
	conforms(t, "ml-entity", w.document(product))
	conforms(t, "offer-entity", w.document(offer))

	trained, _ := ids(w.done(publication(algorithm1, prices(m5batch, "1", m5real, "1", "ml.p3.2xlarge.a.t", "2"))...))
	conforms(t, "ml-entity", w.document(trained))
	draft, _ := ids(w.done(onProduct("CreateProduct", "", `{"ProductTitle":"Empty"}`)))
	conforms(t, "ml-entity", w.document(draft))
}

func conforms(t *testing.T, schema string, v any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "schema", schema+".json"))
	require.NoError(t, err)
	var root map[string]any
	require.NoError(t, json.Unmarshal(b, &root))
	assert.Empty(t, against(root, root, schema, v))
}

// against is as much of JSON Schema as the entity schemas use.
func against(root, s map[string]any, path string, v any) (wrong []string) {
	if ref, ok := s["$ref"].(string); ok {
		return against(root, root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any), path, v)
	}
	if branches, ok := s["anyOf"].([]any); ok {
		for _, b := range branches {
			if wrong = against(root, b.(map[string]any), path, v); len(wrong) == 0 {
				return nil
			}
			if v != nil {
				return wrong
			}
		}
		return wrong
	}
	types, ok := s["type"].([]any)
	if !ok {
		types = []any{s["type"]}
	}
	kind := map[bool]string{true: "null"}[v == nil]
	switch x := v.(type) {
	case map[string]any:
		kind = "object"
		properties, _ := s["properties"].(map[string]any)
		for name, value := range x {
			if p, known := properties[name].(map[string]any); known {
				wrong = append(wrong, against(root, p, path+"."+name, value)...)
			} else {
				wrong = append(wrong, path+"."+name+" is unknown")
			}
		}
	case []any:
		kind = "array"
		for _, value := range x {
			wrong = append(wrong, against(root, s["items"].(map[string]any), path+"[]", value)...)
		}
	case string:
		kind = "string"
	case bool:
		kind = "boolean"
	case float64:
		kind = "integer"
	}
	for _, want := range types {
		if want == kind {
			return wrong
		}
	}
	return append(wrong, path+" is of type "+kind)
}

func TestTheSchemaCheckFindsFaults(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("testdata", "schema", "ml-entity.json"))
	require.NoError(t, err)
	var root map[string]any
	require.NoError(t, json.Unmarshal(b, &root))
	v := map[string]any{"Extra": 1.0, "Description": map[string]any{"Sku": 5.0}, "Dimensions": []any{"x"}}
	assert.Len(t, against(root, root, "", v), 3)
}

func TestOrderInTheArrayDoesNotMatter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{}).resources()
	changes := publication(packageV1, prices(m5batch, "0", m5real, "0"))
	for i, j := 0, len(changes)-1; i < j; i, j = i+1, j-1 {
		changes[i], changes[j] = changes[j], changes[i]
	}
	product, _ := ids(w.done(changes...))
	assert.Equal(t, "Limited", w.document(product)["Description"].(map[string]any)["Visibility"])
}

func TestLaterLife(t *testing.T) {
	t.Parallel()
	w, product, offer := published(t, simulator.Config{})
	w.done(
		onProduct("AddDeliveryOptions", product+"@1", versionOf("2.0", packageV2)),
		onOffer("UpdatePricingTerms", offer, prices(m5batch, "0.40", m5real, "0.50", g5batch, "1.1", g5real, "1.25")))
	assert.Len(t, w.document(product)["Versions"], 2)
	assert.Len(t, w.document(product)["Dimensions"], 5)

	first, second := optionOf(w, product, 0), optionOf(w, product, 1)
	w.done(onProduct("UpdateDeliveryOptions", product+"@2", `{"Version":{"ReleaseNotes":"Clearer"},"DeliveryOptions":[{"Id":"`+second+`",
		"Details":{"SageMakerModelPackageDeliveryOptionDetails":{"UsageInstructions":"Send less.","InputProperties":{"Description":"Short"}}}}]}`))
	v := w.document(product)["Versions"].([]any)[1].(map[string]any)
	assert.Equal(t, "Clearer", v["ReleaseNotes"])
	assert.Equal(t, map[string]any{"Description": "Short", "Limitations": nil, "Parameters": nil, "SageMakerCustomAttributes": nil, "SampleInput": nil},
		v["DeliveryOptions"].([]any)[0].(map[string]any)["Instructions"].(map[string]any)["InputProperties"], "nested objects are replaced")

	w.done(onProduct("RestrictDeliveryOptions", product, `{"DeliveryOptionIds":["`+first+`"]}`))
	w.done(onProduct("UpdateInformation", product, `{"Sku":null,"ShortDescription":"New"}`))
	d := w.document(product)["Description"].(map[string]any)
	assert.Nil(t, d["Sku"])
	assert.Equal(t, "New", d["ShortDescription"])
	assert.Equal(t, "Demand forecast", d["ProductTitle"], "what is not sent stays")
	w.done(onProduct("UpdateTargeting", product, `{"PositiveTargeting":{"BuyerAccounts":["`+simulator.OperationsAccount+`","777788889999"]}}`))
	w.done(onProduct("UpdateTargeting", product, `{"PositiveTargeting":{"BuyerAccounts":[]}}`))
	w.done(onProduct("UpdateVisibility", product, `{"TargetVisibility":"Public"}`))

	other, _ := ids(w.done(publication(packageV1, pricesOf("Free", "", m5batch, "0", m5real, "0.000"))...))
	w.done(onProduct("UpdateVisibility", product, `{"TargetVisibility":"Restricted","ReplacementProductId":"`+other+`"}`))
	assert.Equal(t, other, w.document(product)["Description"].(map[string]any)["ReplacementProductId"])
	e := w.ok("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId="+product, "")
	assert.Equal(t, product+"@9", e["EntityIdentifier"], "one revision for every set that succeeded")
	w.done(onProduct("UpdateVisibility", product, `{"TargetVisibility":"Limited"}`))
	assert.Nil(t, w.document(product)["Description"].(map[string]any)["ReplacementProductId"])
}

func TestTwoStepPublication(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{}).resources()
	all := publication(packageV1, prices(m5batch, "0.40", m5real, "0.50"))
	product, offer := ids(w.done(all[0], all[1], all[2], all[5], all[6], all[8], all[9]))
	assert.Equal(t, "Draft", w.document(product)["Description"].(map[string]any)["Visibility"])
	named := strings.NewReplacer(newProduct, product, newOffer, offer)
	w.done(named.Replace(all[3]), named.Replace(all[4]), named.Replace(all[7]), named.Replace(all[10]))
	assert.Equal(t, "Released", w.document(offer)["State"])
}

func TestPerInferencePrices(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{}).resources()
	_, offer := ids(w.done(publication(packageV1, prices(m5batch, "0.40", "inference.count.m.i.c", "0.001"))...))
	assert.Equal(t, "Released", w.document(offer)["State"])
}

func TestLegacyDetails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	id := w.start(`{"ChangeType":"CreateProduct","Entity":{"Type":"MachineLearningProduct@1.0"},"Details":"{ \"ProductTitle\" : \"Old way\" }"}`)
	assert.JSONEq(t, `{"ProductTitle":"Old way"}`, w.describe(id)["ChangeSet"].([]any)[0].(map[string]any)["Details"].(string))
	w.advance(time.Hour)
	product, _ := ids(w.describe(id))
	assert.Equal(t, "Old way", w.document(product)["Description"].(map[string]any)["ProductTitle"])
}

// The last of a repeated member counts, whole: nothing of the others is mixed in.
func TestRepeatedMembers(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{})
	w.done(onProduct("UpdateTargeting", product, `{"PositiveTargeting":5,"PositiveTargeting":{"BuyerAccounts":["777788889999"]}}`))
	assert.Equal(t, []any{"777788889999", simulator.OperationsAccount},
		w.document(product)["Targeting"].(map[string]any)["PositiveTargeting"].(map[string]any)["BuyerAccounts"])
}

func TestValidateIntentChangesNothing(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{})
	before := w.call("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId="+product, "").Raw
	body := strings.TrimSuffix(changeSet(onProduct("AddDeliveryOptions", product, versionOf("1.0", packageV2))), "}") + `,"Intent":"VALIDATE"}`
	id := w.ok("POST", "/StartChangeSet", body)["ChangeSetId"].(string)
	w.refused("POST", "/StartChangeSet", changeSet(onProduct("UpdateInformation", product, `{"Sku":"x"}`)), http.StatusLocked, "ResourceInUseException")
	w.advance(time.Hour)
	d := w.describe(id)
	assert.Equal(t, "VALIDATE", d["Intent"])
	assert.Equal(t, map[int][]string{0: {"DUPLICATE_VERSION_TITLE"}}, codes(d))

	require.NoError(t, w.sim.PutModelPackage(simulator.ModelPackage{
		ARN: packageV2, CertifyForMarketplace: true,
		SupportedRealtimeInferenceInstanceTypes: []string{"ml.m5.large"}, SupportedTransformInstanceTypes: []string{"ml.m5.large"},
	}))
	id = w.ok("POST", "/StartChangeSet", strings.Replace(body, `"1.0","ReleaseNotes`, `"2.0","ReleaseNotes`, 1))["ChangeSetId"].(string)
	w.advance(time.Hour)
	assert.Equal(t, "SUCCEEDED", w.describe(id)["Status"])
	assert.Equal(t, before, w.call("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId="+product, "").Raw)
	w.refused("POST", "/StartChangeSet", strings.TrimSuffix(changeSet(onProduct("UpdateInformation", product, `{"Sku":"x"}`)), "}")+`,"Intent":"VALIDATE"}`,
		http.StatusUnprocessableEntity, "ValidationException")
}
