package simulator_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

const draft = `{"ChangeType":"CreateProduct","ChangeName":"Product","Entity":{"Type":"MachineLearningProduct@1.0"},"DetailsDocument":{}}`

func TestRefusedStarts(t *testing.T) {
	t.Parallel()
	w, product, offer := published(t, simulator.Config{})
	information := func(document string) string { return changeSet(onProduct("UpdateInformation", product, document)) }
	for _, c := range []struct {
		name, body string
		status     int
		code       string
		field      string
		message    string
	}{
		{"not JSON", `{`, 422, "ValidationException", "", "not JSON"},
		{"two values", changeSet(draft) + `{}`, 422, "ValidationException", "", "something follows"},
		{"not an object", `[]`, 422, "ValidationException", "", "object"},
		{"other catalog", `{"Catalog":"Elsewhere","ChangeSet":[` + draft + `]}`, 422, "ValidationException", "Catalog", "AWSMarketplace"},
		{"no changes", changeSet(), 422, "ValidationException", "ChangeSet", "1 to 20"},
		{"21 changes", changeSet(strings.Split(strings.Repeat(draft+"\n", 20)+draft, "\n")...), 422, "ValidationException", "ChangeSet", "1 to 20"},
		{"unknown member", `{"Catalog":"AWSMarketplace","catalog":"x","ChangeSet":[` + draft + `]}`, 422, "ValidationException", "catalog", "not a member"},
		{"unknown change", changeSet(onProduct("AddRegions", product, `{}`)), 422, "ValidationException", "ChangeSet[0].ChangeType", "AddRegions"},
		{"unknown entity type", changeSet(change("CreateProduct", "SaaSProduct@1.0", "", `{}`)), 422, "ValidationException", "ChangeSet[0].ChangeType", "SaaSProduct"},
		{"bare entity type", changeSet(change("CreateProduct", "Offer", "", `{}`)), 422, "ValidationException", "ChangeSet[0].Entity.Type", "match"},
		{"creation with id", changeSet(onProduct("CreateProduct", product, `{}`)), 422, "ValidationException", "ChangeSet[0].Entity.Identifier", "Create"},
		{"change without id", changeSet(onProduct("ReleaseProduct", "", `{}`)), 422, "ValidationException", "ChangeSet[0].Entity.Identifier", "given"},
		{"no details", changeSet(`{"ChangeType":"CreateProduct","Entity":{"Type":"MachineLearningProduct@1.0"}}`), 422, "ValidationException", "ChangeSet[0]", "exactly one"},
		{"both details", changeSet(`{"ChangeType":"CreateProduct","Entity":{"Type":"MachineLearningProduct@1.0"},"DetailsDocument":{},"Details":"{}"}`), 422, "ValidationException", "ChangeSet[0]", "exactly one"},
		{"details not JSON", changeSet(`{"ChangeType":"CreateProduct","Entity":{"Type":"MachineLearningProduct@1.0"},"Details":"{]"}`), 422, "ValidationException", "ChangeSet[0].Details", "not JSON"},
		{"details not an object", changeSet(onProduct("ReleaseProduct", product, `"{}"`)), 422, "ValidationException", "ChangeSet[0].DetailsDocument", "object"},
		{"member twice, the last one wrong", changeSet(onProduct("UpdateInformation", product, `{"Sku":"1","Sku":1}`)), 422, "ValidationException", "ChangeSet[0].DetailsDocument.Sku", "string"},
		{"same change twice", changeSet(onProduct("UpdateInformation", product, `{"Sku":"1"}`), onProduct("UpdateInformation", product+"@1", `{"Sku":"2"}`)), 422, "ValidationException", "ChangeSet[1]", "twice"},
		{"name twice", changeSet(draft, draft), 422, "ValidationException", "ChangeSet[1].ChangeName", "two changes"},
		{"name with digits", changeSet(strings.Replace(draft, `"Product"`, `"Product1"`, 1)), 422, "ValidationException", "ChangeSet[0].ChangeName", "match"},
		{"reference to nothing", changeSet(onProduct("ReleaseProduct", "$Other.Entity.Identifier", `{}`)), 422, "ValidationException", "ChangeSet[0].Entity.Identifier", "refer"},
		{"reference to another type", changeSet(draft, onOffer("ReleaseOffer", newProduct, `{}`)), 422, "ValidationException", "ChangeSet[1].Entity.Identifier", "refer"},
		{"offer refers to nothing", changeSet(onOffer("CreateOffer", "", `{"ProductId":"$Other.Entity.Identifier"}`)), 422, "ValidationException", "ChangeSet[0].DetailsDocument.ProductId", "refer"},
		{"stale revision", changeSet(onProduct("ReleaseProduct", product+"@7", `{}`)), 422, "ValidationException", "ChangeSet[0].Entity.Identifier", "newest is " + product + "@1"},
		{"unknown product", changeSet(onProduct("ReleaseProduct", "prod-0000000000000", `{}`)), 404, "ResourceNotFoundException", "", "prod-0000000000000"},
		{"product as an offer", changeSet(onOffer("ReleaseOffer", product, `{}`)), 404, "ResourceNotFoundException", "", product},
		{"offer for an unknown product", changeSet(onOffer("CreateOffer", "", `{"ProductId":"prod-0000000000000"}`)), 404, "ResourceNotFoundException", "", "prod-0000000000000"},
		{"bad token", `{"Catalog":"AWSMarketplace","ClientRequestToken":"a b","ChangeSet":[` + draft + `]}`, 422, "ValidationException", "ClientRequestToken", "match"},
		{"bad intent", `{"Catalog":"AWSMarketplace","Intent":"TRY","ChangeSet":[` + draft + `]}`, 422, "ValidationException", "Intent", "APPLY"},
		{"bad tag", `{"Catalog":"AWSMarketplace","ChangeSetTags":[{"Key":"a;b","Value":""}],"ChangeSet":[` + draft + `]}`, 422, "ValidationException", "ChangeSetTags[0].Key", "match"},
		{"leading blank", information(`{"ProductTitle":" x"}`), 422, "ValidationException", "ChangeSet[0].DetailsDocument.ProductTitle", "match"},
		{"too many characters", information(`{"ProductTitle":"` + strings.Repeat("é", 73) + `"}`), 422, "ValidationException", "ChangeSet[0].DetailsDocument.ProductTitle", "has 73"},
		{"price as a number", changeSet(onOffer("UpdatePricingTerms", offer, strings.Replace(prices(m5batch, "1"), `"1"`, `1`, 1))), 422, "ValidationException", "ChangeSet[0].DetailsDocument.Terms[0].RateCards[0].RateCard[0].Price", "string"},
		{"unknown term", changeSet(onOffer("UpdatePricingTerms", offer, `{"PricingModel":"Usage","Terms":[{"Type":"BarterTerm"}]}`)), 422, "ValidationException", "ChangeSet[0].DetailsDocument.Terms[0].Type", "UsageBasedPricingTerm"},
		{"typographic refund policy", changeSet(onOffer("UpdateSupportTerms", offer, strings.Replace(support, "No", "\u2019", 1))), 422, "ValidationException", "ChangeSet[0].DetailsDocument.Terms[0].RefundPolicy", "match"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := w.refused("POST", "/StartChangeSet", c.body, c.status, c.code)
			assert.Contains(t, a.Body["Message"], c.message)
			if c.code != "ValidationException" {
				assert.NotContains(t, a.Body, "ValidationExceptionFieldList")
				return
			}
			first := a.Body["ValidationExceptionFieldList"].([]any)[0].(map[string]any)
			if c.field != "" {
				assert.Equal(t, c.field, first["Field"], a.Raw)
			}
			assert.NotEmpty(t, first["Reason"])
		})
	}
	assert.Len(t, w.sim.Ledger().ChangeSets, 1, "nothing refused has left a trace")
}

func TestCredentialScopeAndContent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{}).resources()
	send := func(path, body, authorization, contentType string) answer {
		a, err := w.send("POST", path, body, map[string]string{"Authorization": authorization, "Content-Type": contentType})
		require.NoError(t, err)
		return a
	}
	good := signed("us-east-1", "aws-marketplace")
	for name, c := range map[string]struct{ header, code string }{
		"unsigned":       {"", "IncompleteSignatureException"},
		"other scheme":   {"Bearer x", "IncompleteSignatureException"},
		"no signature":   {strings.Replace(good, "Signature=", "S=", 1), "IncompleteSignatureException"},
		"bad credential": {strings.Replace(good, "20260105", "2026", 1), "IncompleteSignatureException"},
		"wrong service":  {signed("us-east-1", "sagemaker"), "AccessDeniedException"},
		"wrong region":   {signed("eu-west-1", "aws-marketplace"), "AccessDeniedException"},
	} {
		a := send("/StartChangeSet", changeSet(draft), c.header, "application/json")
		assert.Equal(t, http.StatusForbidden, a.Status, name)
		assert.Equal(t, c.code, a.Header.Get("X-Amzn-ErrorType"), name)
	}
	assert.Equal(t, 422, send("/StartChangeSet", changeSet(draft), good, "text/plain").Status)
	assert.Equal(t, 200, send("/StartChangeSet", changeSet(draft), good, "application/json; charset=utf-8").Status)
	large := send("/StartChangeSet", `{"Catalog":"`+strings.Repeat("a", 1<<20)+`"}`, good, "application/json")
	assert.Equal(t, http.StatusRequestEntityTooLarge, large.Status)

	w.refused("GET", "/StartChangeSet", "", 404, "UnknownOperationException")
	w.refused("GET", "/DescribeChangeSet?catalog=AWSMarketplace&changeSetId=nothing", "", 404, "ResourceNotFoundException")
	w.refused("GET", "/DescribeChangeSet?catalog=Other&changeSetId=nothing", "", 422, "ValidationException")
	w.refused("GET", "/DescribeChangeSet?Catalog=AWSMarketplace&ChangeSetId=nothing", "", 422, "ValidationException")
	w.refused("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId=prod-0000000000000", "", 404, "ResourceNotFoundException")
	w.refused("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId=prod-0000000000000@1", "", 422, "ValidationException")
	w.refused("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId=resaleauthz-0000000000000", "", 415, "ResourceNotSupportedException")
	w.refused("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId=x", "{}", 422, "ValidationException")
}

func TestTokens(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{})
	body := func(sku string) string {
		return `{"Catalog":"AWSMarketplace","ClientRequestToken":"token-1","ChangeSet":[` + onProduct("UpdateInformation", product+"@1", `{"Sku":"`+sku+`"}`) + `]}`
	}
	first := w.ok("POST", "/StartChangeSet", body("A"))
	assert.Equal(t, first, w.ok("POST", "/StartChangeSet", body("A")), "while it runs and holds the lock")
	assert.Equal(t, first, w.ok("POST", "/StartChangeSet", strings.ReplaceAll(body("A"), ",", ", ")), "white space is no difference")
	a := w.refused("POST", "/StartChangeSet", body("B"), 422, "ValidationException")
	assert.Contains(t, a.Body["Message"], first["ChangeSetId"])
	w.advance(time.Hour)
	assert.Equal(t, first, w.ok("POST", "/StartChangeSet", body("A")), "after its end, although the revision is no longer the newest")

	l := w.sim.Ledger()
	assert.Len(t, l.ChangeSets, 2)
	assert.Equal(t, 5, l.StartsByToken["token-1"])
	assert.Equal(t, 3, l.Replays)
	assert.Equal(t, 6, l.Starts)
	assert.Equal(t, "token-1", l.ChangeSets[1].Token)
	assert.Equal(t, "SUCCEEDED", l.ChangeSets[1].Status)
	assert.Equal(t, product, l.ChangeSets[1].Changes[0].EntityID)
	assert.JSONEq(t, `{"Sku":"A"}`, string(l.ChangeSets[1].Changes[0].Document))

	w.advance(60*24*time.Hour - 40*time.Minute - 1)
	w.describe(first["ChangeSetId"].(string))
	w.advance(1)
	w.refused("GET", "/DescribeChangeSet?catalog=AWSMarketplace&changeSetId="+first["ChangeSetId"].(string), "", 404, "ResourceNotFoundException")
	w.refused("POST", "/StartChangeSet", body("A"), 422, "ValidationException")
	assert.Len(t, w.sim.Ledger().ChangeSets, 2, "the ledger forgets nothing")
}

func TestLocks(t *testing.T) {
	t.Parallel()
	w, product, offer := published(t, simulator.Config{})
	onlyProduct := changeSet(onProduct("UpdateInformation", product, `{"Sku":"1"}`))
	onlyOffer := changeSet(onOffer("UpdateInformation", offer, `{"Name":"New"}`))
	anotherOffer := changeSet(onOffer("CreateOffer", "", `{"ProductId":"`+product+`"}`))
	id := w.ok("POST", "/StartChangeSet", onlyProduct)["ChangeSetId"].(string)
	a := w.refused("POST", "/StartChangeSet", onlyProduct, 423, "ResourceInUseException")
	assert.Contains(t, a.Body["Message"], id, "the holder is named")
	w.ok("POST", "/StartChangeSet", onlyOffer)
	w.advance(time.Hour)

	id = w.start(onProduct("UpdateVisibility", product, `{"TargetVisibility":"Public"}`))
	for _, body := range []string{onlyProduct, onlyOffer, anotherOffer} {
		a = w.refused("POST", "/StartChangeSet", body, 423, "ResourceInUseException")
		assert.Contains(t, a.Body["Message"], id)
	}
	w.advance(26*time.Hour - time.Nanosecond)
	w.refused("POST", "/StartChangeSet", onlyOffer, 423, "ResourceInUseException")
	w.advance(time.Nanosecond)
	w.ok("POST", "/StartChangeSet", onlyOffer)
}

func TestCancel(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{})
	path := func(id string) string { return "/CancelChangeSet?catalog=AWSMarketplace&changeSetId=" + id }
	id := w.start(onProduct("UpdateInformation", product, `{"Sku":"1"}`))
	assert.Equal(t, id, w.ok("PATCH", path(id), "")["ChangeSetId"])
	d := w.describe(id)
	assert.Equal(t, "CANCELLED", d["Status"])
	assert.NotNil(t, d["EndTime"])
	w.refused("PATCH", path(id), "", 423, "ResourceInUseException")
	w.refused("PATCH", path("nothing"), "", 404, "ResourceNotFoundException")

	id = w.start(onProduct("UpdateInformation", product, `{"Sku":"2"}`))
	w.advance(15 * time.Minute)
	w.refused("PATCH", path(id), "", 423, "ResourceInUseException")
	w.advance(time.Hour)
	w.refused("PATCH", path(id), "", 423, "ResourceInUseException")
	assert.Equal(t, "SUCCEEDED", w.describe(id)["Status"], "a terminal status stays")

	restrict := onProduct("UpdateVisibility", product, `{"TargetVisibility":"Restricted"}`)
	id = w.start(restrict)
	w.advance(24*time.Hour - time.Nanosecond)
	w.ok("PATCH", path(id), "")
	id = w.start(restrict)
	w.advance(24 * time.Hour)
	assert.Equal(t, "PREPARING", w.describe(id)["Status"])
	w.refused("PATCH", path(id), "", 423, "ResourceInUseException")
	w.advance(48 * time.Hour)
	assert.Equal(t, "Restricted", w.document(product)["Description"].(map[string]any)["Visibility"])
}

func TestOpenChangeSetQuota(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	for range 250 {
		w.start(draft)
	}
	w.refused("POST", "/StartChangeSet", changeSet(draft), 402, "ServiceQuotaExceededException")
	w.advance(time.Hour)
	w.start(draft)
}

func TestListChangeSets(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	var started []string
	for i := range 45 {
		body := strings.TrimSuffix(changeSet(draft), "}") + fmt.Sprintf(`,"ChangeSetName":"set %d"}`, i)
		started = append(started, w.ok("POST", "/StartChangeSet", body)["ChangeSetId"].(string))
		w.advance(time.Minute)
	}
	list := func(rest string) ([]string, string) {
		a := w.ok("POST", "/ListChangeSets", `{"Catalog":"AWSMarketplace"`+rest+`}`)
		var got []string
		for _, x := range a["ChangeSetSummaryList"].([]any) {
			got = append(got, x.(map[string]any)["ChangeSetId"].(string))
		}
		token, _ := a["NextToken"].(string)
		return got, token
	}
	var seen []string
	got, token := list("")
	assert.Len(t, got, 20)
	assert.Equal(t, started[44], got[0], "the newest first")
	for seen = got; token != ""; seen = append(seen, got...) {
		w.start(draft) // what comes in meanwhile must not shift the pages
		got, token = list(`,"NextToken":"` + token + `"`)
	}
	assert.Len(t, seen, 45)
	assert.ElementsMatch(t, started, seen)

	got, _ = list(`,"Sort":{"SortBy":"StartTime","SortOrder":"ASCENDING"},"MaxResults":2`)
	assert.Equal(t, started[:2], got)
	got, _ = list(`,"FilterList":[{"Name":"ChangeSetName","ValueList":["set 3","set 4"]},{"Name":"Status","ValueList":["SUCCEEDED"]}]`)
	assert.Equal(t, []string{started[4], started[3]}, got, "values combine with OR, filters with AND")
	got, _ = list(`,"FilterList":[{"Name":"AfterStartTime","ValueList":["2026-01-05T09:01:00Z"]},{"Name":"BeforeStartTime","ValueList":["2026-01-05T09:04:00Z"]}]`)
	assert.Equal(t, []string{started[3], started[2]}, got)
	got, _ = list(`,"FilterList":[{"Name":"AfterEndTime","ValueList":["2026-01-05T09:20:00Z"]},{"Name":"BeforeEndTime","ValueList":["2026-01-05T09:22:00Z"]}]`)
	assert.Equal(t, []string{started[1]}, got)
	product, _ := ids(w.describe(started[7]))
	got, _ = list(`,"FilterList":[{"Name":"EntityId","ValueList":["` + product + `"]}],"Sort":{"SortBy":"EndTime"}`)
	assert.Equal(t, []string{started[7]}, got)

	for _, bad := range []string{
		`,"MaxResults":0`, `,"MaxResults":21`, `,"NextToken":"x"`, `,"Sort":{"SortBy":"Name"}`,
		`,"FilterList":[]`, `,"FilterList":[{"Name":"Intent","ValueList":["APPLY"]}]`, `,"FilterList":[{"Name":"BeforeStartTime","ValueList":["today"]}]`,
		`,"FilterList":[{"Name":"Status","ValueList":["FAILED"]},{"Name":"Status","ValueList":["FAILED"]}]`,
	} {
		w.refused("POST", "/ListChangeSets", `{"Catalog":"AWSMarketplace"`+bad+`}`, 422, "ValidationException")
	}
	_, token = list("")
	w.refused("POST", "/ListChangeSets", `{"Catalog":"AWSMarketplace","Sort":{"SortOrder":"ASCENDING"},"NextToken":"`+token+`"}`, 422, "ValidationException")
}

func TestListEntities(t *testing.T) {
	t.Parallel()
	w, product, offer := published(t, simulator.Config{})
	var drafts []string
	for i := range 5 {
		id, _ := ids(w.done(onProduct("CreateProduct", "", fmt.Sprintf(`{"ProductTitle":"Draft %d"}`, i))))
		drafts = append(drafts, id)
	}
	list := func(rest string) (got []string, a map[string]any) {
		a = w.ok("POST", "/ListEntities", `{"Catalog":"AWSMarketplace",`+rest+`}`)
		for _, x := range a["EntitySummaryList"].([]any) {
			got = append(got, x.(map[string]any)["EntityId"].(string))
		}
		return got, a
	}
	products := `"EntityType":"MachineLearningProduct"`
	filtered := func(f string) string {
		return products + `,"EntityTypeFilters":{"MachineLearningProductFilters":{` + f + `}}`
	}
	byTitle := `,"EntityTypeSort":{"MachineLearningProductSort":{"SortBy":"ProductTitle","SortOrder":"ASCENDING"}}`

	got, _ := list(products + byTitle)
	assert.Equal(t, append([]string{product}, drafts...), got)
	got, a := list(products + byTitle + `,"MaxResults":4`)
	assert.Len(t, got, 4)
	got, _ = list(products + byTitle + `,"MaxResults":4,"NextToken":"` + a["NextToken"].(string) + `"`)
	assert.Equal(t, drafts[3:], got)
	got, _ = list(filtered(`"Visibility":{"ValueList":["Limited","Public"]}`))
	assert.Equal(t, []string{product}, got)
	got, _ = list(filtered(`"ProductTitle":{"WildCardValue":"aft 3"}`))
	assert.Equal(t, []string{drafts[3]}, got)
	got, _ = list(filtered(`"EntityId":{"ValueList":["`+drafts[0]+`","`+drafts[1]+`"]},"Visibility":{"ValueList":["Draft"]}`) + byTitle)
	assert.Equal(t, drafts[:2], got)
	got, _ = list(filtered(`"LastModifiedDate":{"DateRange":{"AfterValue":"2026-01-07T09:20:00Z","BeforeValue":"2026-01-09T09:20:00Z"}}`) + byTitle)
	assert.Equal(t, drafts[:2], got, "both ends belong to the range")
	got, _ = list(products + `,"FilterList":[{"Name":"Visibility","ValueList":["Limited"]}]`)
	assert.Equal(t, []string{product}, got)
	got, _ = list(products + `,"OwnershipType":"SHARED"`)
	assert.Empty(t, got)
	got, _ = list(`"EntityType":"AmiProduct"`)
	assert.Empty(t, got)

	got, a = list(`"EntityType":"Offer","EntityTypeFilters":{"OfferFilters":{"ProductId":{"ValueList":["` + product + `"]},"State":{"ValueList":["Released"]},"Targeting":{"ValueList":["None"]},
		"ReleaseDate":{"DateRange":{"AfterValue":"2026-01-05T09:00:00Z"}}}}`)
	assert.Equal(t, []string{offer}, got)
	assert.Equal(t, map[string]any{
		"Name": "Public offer", "EntityType": "Offer", "EntityId": offer, "LastModifiedDate": "2026-01-05T09:55:00Z",
		"EntityArn": "arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/Offer/" + offer,
		"OfferSummary": map[string]any{
			"Name": "Public offer", "ProductId": product, "ReleaseDate": "2026-01-05T09:55:00Z", "State": "Released", "Targeting": []any{"None"},
			"CreatedBySource": "Seller", "AvailabilityEndDate": nil, "BuyerAccounts": nil, "OfferSetId": nil, "ResaleAuthorizationId": nil,
			"TargetAgreementId": nil, "TargetAgreementIntent": nil,
		},
		"MachineLearningProductSummary": nil, "Visibility": nil,
	}, a["EntitySummaryList"].([]any)[0])
	got, _ = list(`"EntityType":"Offer","EntityTypeFilters":{"OfferFilters":{"BuyerAccounts":{"WildCardValue":"1"}}}`)
	assert.Empty(t, got)

	for _, bad := range []string{
		`"EntityType":"MachineLearningProduct@1.0"`, products + `,"MaxResults":51`, products + `,"EntityTypeFilters":{}`,
		filtered(`"State":{"ValueList":["Draft"]}`), filtered(`"Visibility":{"ValueList":["Hidden"]}`),
		filtered(`"EntityId":{"ValueList":["x"]}`) + `,"FilterList":[{"Name":"EntityId","ValueList":["x"]}]`,
	} {
		w.refused("POST", "/ListEntities", `{"Catalog":"AWSMarketplace",`+bad+`}`, 422, "ValidationException")
	}

	batch := w.ok("POST", "/BatchDescribeEntities", `{"EntityRequestList":[{"Catalog":"AWSMarketplace","EntityId":"`+offer+`"},
		{"Catalog":"AWSMarketplace","EntityId":"prod-0000000000000"},{"Catalog":"AWSMarketplace","EntityId":"offerset-1"}]}`)
	assert.Equal(t, offer+"@1", batch["EntityDetails"].(map[string]any)[offer].(map[string]any)["EntityIdentifier"])
	failed := batch["Errors"].(map[string]any)
	assert.Equal(t, "ResourceNotFound", failed["prod-0000000000000"].(map[string]any)["ErrorCode"])
	assert.Equal(t, "ResourceNotSupported", failed["offerset-1"].(map[string]any)["ErrorCode"])
}

func TestSageMaker(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{}).resources()
	versioned := "arn:aws:sagemaker:us-east-2:111122223333:model-package/group/3"
	require.NoError(t, w.sim.PutModelPackage(simulator.ModelPackage{ARN: versioned, Status: "Failed"}))
	ask := func(operation, region, body string) answer {
		a, err := w.send("POST", "/", body, map[string]string{
			"Authorization": signed(region, "sagemaker"), "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "SageMaker." + operation,
		})
		require.NoError(t, err)
		assert.Equal(t, "application/x-amz-json-1.1", a.Header.Get("Content-Type"))
		return a
	}
	byARN := ask("DescribeModelPackage", "us-east-2", `{"ModelPackageName":"`+packageV1+`"}`)
	require.Equal(t, 200, byARN.Status, byARN.Raw)
	assert.Equal(t, byARN.Raw, ask("DescribeModelPackage", "us-east-2", `{"ModelPackageName":"forecast-1"}`).Raw)
	assert.Equal(t, "Completed", byARN.Body["ModelPackageStatus"])
	assert.Equal(t, true, byARN.Body["CertifyForMarketplace"])
	assert.Equal(t, "forecast-1", byARN.Body["ModelPackageName"])
	assert.Contains(t, byARN.Raw, `"CreationTime":1767603600.000,`, "instants are numbers: 2026-01-05T09:00:00Z")
	assert.Equal(t, []any{"ml.m5.large"}, byARN.Body["InferenceSpecification"].(map[string]any)["SupportedTransformInstanceTypes"])
	assert.Contains(t, ask("DescribeModelPackage", "us-east-2", `{"ModelPackageName":"`+versioned+`"}`).Raw, `"ModelPackageGroupName":"group","ModelPackageVersion":3,`)
	algorithm := ask("DescribeAlgorithm", "eu-west-1", `{"AlgorithmName":"tuner-1"}`)
	assert.Equal(t, []any{"ml.p3.2xlarge"}, algorithm.Body["TrainingSpecification"].(map[string]any)["SupportedTrainingInstanceTypes"])

	for _, c := range []struct{ operation, region, body, code string }{
		{"DescribeModelPackage", "us-east-2", `{"ModelPackageName":"nothing"}`, "ValidationException"},
		{"DescribeModelPackage", "us-east-2", `{"ModelPackageName":"-"}`, "ValidationException"},
		{"DescribeModelPackage", "us-east-2", `{}`, "ValidationException"},
		{"DescribeModelPackage", "us-east-1", `{"ModelPackageName":"` + packageV1 + `"}`, "AccessDeniedException"},
		{"DescribeModelPackage", "eu-west-1", `{"ModelPackageName":"` + algorithm1 + `"}`, "ValidationException"},
		{"DescribeAlgorithm", "us-east-2", `{"AlgorithmName":"tuner-1"}`, "ValidationException"},
		{"CreateModel", "us-east-2", `{}`, "UnknownOperationException"},
	} {
		a := ask(c.operation, c.region, c.body)
		assert.Equal(t, 400, a.Status, c)
		assert.Equal(t, c.code, a.Header.Get("X-Amzn-ErrorType"), c)
		assert.Equal(t, c.code, a.Body["__type"], c)
	}
	require.ErrorIs(t, w.sim.PutModelPackage(simulator.ModelPackage{ARN: algorithm1}), simulator.ErrResource)
	require.ErrorIs(t, w.sim.PutAlgorithm(simulator.Algorithm{ARN: algorithm1, Status: "Done"}), simulator.ErrResource)
}

func TestQueryValuesAreEscaped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	w.refused("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId="+url.QueryEscape("a/b c"), "", 422, "ValidationException")
}
