package simulator_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// legalURL is the address of the offer's legal document, as it is read back.
func (w *world) legalURL(offer string) string {
	w.t.Helper()
	for _, t := range w.document(offer)["Terms"].([]any) {
		if m := t.(map[string]any); m["Type"] == "LegalTerm" {
			u, _ := m["Documents"].([]any)[0].(map[string]any)["Url"].(string)
			return u
		}
	}
	return ""
}

func TestLegalDocumentsAreReadBackAsCopies(t *testing.T) {
	t.Parallel()
	w, _, offer := published(t, simulator.Config{})
	assert.NotEmpty(t, w.legalURL(offer), "the standard contract has an address too")
	const sent = "https://s3.amazonaws.com/mine/eula.txt"
	w.done(onOffer("UpdateLegalTerms", offer, `{"Terms":[{"Type":"LegalTerm","Documents":[{"Type":"CustomEula","Url":"`+sent+`"}]}]}`))
	one, err := url.Parse(w.legalURL(offer))
	require.NoError(t, err)
	two, err := url.Parse(w.legalURL(offer))
	require.NoError(t, err)
	assert.NotContains(t, one.String(), "mine")
	assert.Equal(t, one.Path, two.Path)
	assert.NotEqual(t, one.Query().Get("X-Amz-Security-Token"), two.Query().Get("X-Amz-Security-Token"), "another token each time")
	assert.Equal(t, "86400", one.Query().Get("X-Amz-Expires"))
	assert.Equal(t, w.sim.Now().Format("20060102T150405Z"), one.Query().Get("X-Amz-Date"))
}

func (w *world) listed(body string) []map[string]any {
	w.t.Helper()
	var all []map[string]any
	for _, x := range w.ok("POST", "/ListEntities", `{"Catalog":"AWSMarketplace",`+body+`}`)["EntitySummaryList"].([]any) {
		all = append(all, x.(map[string]any))
	}
	return all
}

func TestVisibilityOfOffers(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{})
	one := w.listed(`"EntityType":"Offer"`)[0]
	assert.Equal(t, "Public", one["Visibility"])
	one = w.listed(`"EntityType":"Offer","FilterList":[{"Name":"ProductId","ValueList":["` + product + `"]}]`)[0]
	assert.Equal(t, "Public", one["Visibility"])
	one = w.listed(`"EntityType":"Offer","EntityTypeFilters":{"OfferFilters":{"ProductId":{"ValueList":["` + product + `"]}}}`)[0]
	assert.Contains(t, one, "Visibility")
	assert.Nil(t, one["Visibility"])
}

// TestOffersOfPrograms turns on the offers that AWS makes by itself.
func TestOffersOfPrograms(t *testing.T) {
	t.Parallel()
	w, product, offer := published(t, simulator.Config{ProgramOffers: true})
	all := w.listed(`"EntityType":"Offer"`)
	require.Len(t, all, 3)
	found := map[string]int{}
	for _, x := range all {
		summary := x["OfferSummary"].(map[string]any)
		assert.Equal(t, "Released", summary["State"])
		assert.Equal(t, product, summary["ProductId"])
		found[x["Visibility"].(string)+" "+summary["CreatedBySource"].(string)+" "+summary["Targeting"].([]any)[0].(string)]++
	}
	assert.Equal(t, map[string]int{
		"Public Seller None": 1, "Private AwsMarketplace ParticipatingPrograms": 1, "Private AwsMarketplace BuyerAccounts": 1,
	}, found)
	filtered := w.listed(`"EntityType":"Offer","EntityTypeFilters":{"OfferFilters":{"CreatedBySource":{"ValueList":["Seller"]}}}`)
	require.Len(t, filtered, 1)
	assert.Equal(t, offer, filtered[0]["EntityId"])
	programs := w.listed(`"EntityType":"Offer","EntityTypeFilters":{"OfferFilters":{"Targeting":{"ValueList":["ParticipatingPrograms"]}}}`)
	require.Len(t, programs, 1)
	theirs := programs[0]["EntityId"].(string)
	conforms(t, "offer-entity", w.document(theirs))

	// none of them stands in the way of the seller's own
	w.done(onOffer("UpdatePricingTerms", offer, prices(m5batch, "0.39", m5real, "0.50")))
	w.done(onProduct("UpdateVisibility", product, `{"TargetVisibility":"Public"}`))
	d := w.settle(onOffer("UpdateInformation", theirs, `{"Name":"Mine"}`))
	assert.Equal(t, map[int][]string{0: {"INVALID_UPDATE_REQUEST"}}, codes(d))

	w, _, _ = published(t, simulator.Config{})
	require.Len(t, w.listed(`"EntityType":"Offer"`), 1, "off by default")
}

func TestRefusalsTellWhatIsNotSimulatedFromSlips(t *testing.T) {
	t.Parallel()
	w, product, offer := published(t, simulator.Config{})
	const only = "the simulator knows machine learning products and their offers only"
	for _, c := range []struct{ body, says string }{
		{change("CreateProduct", "AmiProduct@1.0", "", `{}`), "CreateProduct of AmiProduct@1.0 is not simulated: " + only},
		{change("UpdateInformation", "SaaSProduct@1.0", "prod-1234567890123", `{}`), only},
		{change("CreateProduct", "ExpressPrivateOfferConfiguration@1.0", "", `{}`), only},
		{onOffer("CreateReplacementOffer", "", `{}`), "CreateReplacementOffer is for private offers and is not simulated: " + only},
		{onOffer("UpdateMarkup", offer, `{}`), only},
		{onProduct("AddRegions", product, `{}`), "AddRegions is for AmiProduct, not for MachineLearningProduct@1.0"},
		{onProduct("ReleaseOffer", product, `{}`), "ReleaseOffer is a change of Offer@1.0, not of MachineLearningProduct@1.0"},
		{onProduct("RelaseProduct", product, `{}`), "RelaseProduct is no change type of MachineLearningProduct@1.0; is ReleaseProduct meant?"},
		{onOffer("updatePricingTerms", offer, `{}`), "must match"},
		{onOffer("UpdatePricingTerm", offer, `{}`), "is UpdatePricingTerms meant?"},
		{change("CreateProduct", "MachineLearnigProduct@1.0", "", `{}`), "MachineLearnigProduct is no entity type of AWS Marketplace; is MachineLearningProduct meant?"},
		{change("CreateProduct", "MachineLearningProduct@2.0", "", `{}`), "MachineLearningProduct has version 1.0, not 2.0"},
		{onProduct("Frobnicate", product, `{}`), "Frobnicate is no change type of MachineLearningProduct@1.0"},
	} {
		a := w.refused("POST", "/StartChangeSet", changeSet(c.body), 422, "ValidationException")
		assert.Contains(t, a.Body["Message"], c.says)
	}
	a := w.refused("POST", "/ListEntities", `{"Catalog":"AWSMarketplace","EntityType":"Pamphlet"}`, 422, "ValidationException")
	assert.Equal(t, "Requested entity type 'Pamphlet' is invalid.", a.Body["Message"])
	assert.Empty(t, w.listed(`"EntityType":"ExpressPrivateOfferConfiguration"`))

	assert.Contains(t, w.call("POST", "/PutResourcePolicy", `{}`).Body["Message"], "PutResourcePolicy of the Catalog API is not simulated")
	assert.Contains(t, w.call("POST", "/StartChangeset", `{}`).Body["Message"], "is StartChangeSet meant?")
	assert.Contains(t, w.call("GET", "/StartChangeSet", "").Body["Message"], "StartChangeSet is called by POST, not by GET")
	a, err := w.send("POST", "/", `{}`, map[string]string{"X-Amz-Target": "SageMaker.CreateModel", "Authorization": signed("us-east-1", "sagemaker")})
	require.NoError(t, err)
	assert.Contains(t, a.Body["Message"], `"CreateModel" of SageMaker is not simulated`)
}

func TestWordsOfALock(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{})
	id := w.start(onProduct("UpdateInformation", product, `{"Sku":"1"}`))
	a := w.refused("POST", "/StartChangeSet", changeSet(onProduct("UpdateInformation", product, `{"Sku":"2"}`)), 423, "ResourceInUseException")
	assert.Equal(t, "Requested change set has entities locked by change sets - entity: '"+product+"'  change sets: "+id+".", a.Body["Message"])
}

func TestOfferFiltersOfTheNewestModel(t *testing.T) {
	t.Parallel()
	w, _, offer := published(t, simulator.Config{})
	for name, value := range map[string]string{
		"ResaleAuthorizationId": "resaleauthz-123", "OfferSetId": "offerset-123", "TargetAgreementId": "agmt-1", "TargetAgreementIntent": "Renew",
		"CreatedBySource": "AwsMarketplace",
	} {
		assert.Empty(t, w.listed(`"EntityType":"Offer","EntityTypeFilters":{"OfferFilters":{"`+name+`":{"ValueList":["`+value+`"]}}}`), name)
		sorted := w.listed(`"EntityType":"Offer","EntityTypeSort":{"OfferSort":{"SortBy":"` + name + `","SortOrder":"ASCENDING"}}`)
		require.Len(t, sorted, 1, name)
		assert.Equal(t, offer, sorted[0]["EntityId"])
	}
}

// TestRefusedAtOnce has what AWS documents as refused by StartChangeSet itself.
func TestRefusedAtOnce(t *testing.T) {
	t.Parallel()
	w, product, offer := published(t, simulator.Config{})
	legalOf := func(document string) string {
		return onOffer("UpdateLegalTerms", offer, `{"Terms":[{"Type":"LegalTerm","Documents":[`+document+`]}]}`)
	}
	cases := map[string]struct{ change, field string }{
		"usage in euros":            {onOffer("UpdatePricingTerms", offer, strings.Replace(prices(m5batch, "1"), "USD", "EUR", 1)), "ChangeSet[0].DetailsDocument.Terms[0].CurrencyCode"},
		"nothing about an offer":    {onOffer("UpdateInformation", offer, `{}`), "ChangeSet[0].DetailsDocument"},
		"custom without address":    {legalOf(`{"Type":"CustomEula"}`), "ChangeSet[0].DetailsDocument.Terms[0].Documents[0].Url"},
		"standard without version":  {legalOf(`{"Type":"StandardEula"}`), "ChangeSet[0].DetailsDocument.Terms[0].Documents[0].Version"},
		"the same accounts":         {onProduct("UpdateTargeting", product, `{"PositiveTargeting":{"BuyerAccounts":["444455556666"]}}`), "ChangeSet[0].DetailsDocument.PositiveTargeting.BuyerAccounts"},
		"the same, with AWS's own":  {onProduct("UpdateTargeting", product+"@1", `{"PositiveTargeting":{"BuyerAccounts":["`+simulator.OperationsAccount+`","444455556666"]}}`), "ChangeSet[0].DetailsDocument.PositiveTargeting.BuyerAccounts"},
		"price of AWS's ML example": {onOffer("UpdatePricingTerms", offer, strings.Replace(prices(m5batch, "0.1"), `"0.1"`, `0.1`, 1)), "ChangeSet[0].DetailsDocument.Terms[0].RateCards[0].RateCard[0].Price"},
	}
	proved := 0
	for name, c := range cases {
		a := w.refused("POST", "/StartChangeSet", changeSet(c.change), 422, "ValidationException")
		first := a.Body["ValidationExceptionFieldList"].([]any)[0].(map[string]any)
		assert.Equal(t, c.field, first["Field"], name)
		if name == "price of AWS's ML example" {
			assert.Contains(t, first["Message"], `send "0.1"`)
			assert.Contains(t, first["Message"], "AWS's example")
		}
		proved++
	}
	assert.Len(t, w.sim.Ledger().ChangeSets, 1, "none was accepted")
	t.Logf("%d of %d documented refusals at once", proved, len(cases))
}

func TestTargetingOfAnOfferIsReplaced(t *testing.T) {
	t.Parallel()
	w, _, offer := published(t, simulator.Config{})
	w.done(onOffer("UpdateTargeting", offer, `{"NegativeTargeting":{"CountryCodes":["FR"]}}`))
	assert.Len(t, w.document(offer)["Rules"], 1)
	w.done(onOffer("UpdateTargeting", offer, `{}`))
	assert.Empty(t, w.document(offer)["Rules"])
}

func TestCategoriesOfTheConfiguration(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{Categories: []string{"Forecasting"}})
	w.done(onProduct("UpdateInformation", product, `{"Categories":["forecasting","Computer Vision"]}`))
}

// What the simulator does not know, AWS may know: it says which list to choose from.
func TestUnknownCategoryNamesTheList(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{})
	text := fmt.Sprint(w.settle(onProduct("UpdateInformation", product, `{"Categories":["Transportation","Vido"]}`)))
	assert.Contains(t, text, `the simulator does not know the category "Transportation", "Vido" (did you mean "Video"?)`)
	assert.Contains(t, text, "simulator.Categories")
	assert.Contains(t, simulator.Categories(), "Video")
}

func TestDraftsAsAWSAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{}).resources()
	id := w.start(draft)
	running := w.describe(id)
	for _, name := range []string{"EndTime", "FailureCode", "FailureDescription"} {
		assert.Contains(t, running, name)
		assert.Nil(t, running[name])
	}
	w.advance(time.Hour)
	product, _ := ids(w.describe(id))
	one := w.listed(`"EntityType":"MachineLearningProduct"`)[0]
	assert.Equal(t, "Untitled - "+product, one["Name"])
	assert.Nil(t, one["MachineLearningProductSummary"].(map[string]any)["ProductTitle"])
	d := w.document(product)["Description"].(map[string]any)
	assert.Equal(t, "Draft", d["ProductState"])
	assert.Contains(t, d, "ProductTitle")
	assert.Nil(t, d["ProductTitle"])

	all := publication(packageV1, prices(m5batch, "0.40", m5real, "0.50"))
	started := w.start(all...)
	about := func() any {
		return w.describe(started)["ChangeSet"].([]any)[5].(map[string]any)["DetailsDocument"].(map[string]any)["ProductId"]
	}
	assert.Equal(t, newProduct, about())
	w.advance(time.Hour)
	product, _ = ids(w.describe(started))
	assert.Equal(t, product, about(), "the reference is resolved")
	assert.Equal(t, "Active", w.document(product)["Description"].(map[string]any)["ProductState"])
}

func TestShapesOfTheModel(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{})
	batch := w.ok("POST", "/BatchDescribeEntities", `{"EntityRequestList":[{"Catalog":"AWSMarketplace","EntityId":"`+product+`"}]}`)
	assert.NotContains(t, batch["EntityDetails"].(map[string]any)[product], "Details")
	w.refused("POST", "/BatchDescribeEntities", `{"EntityRequestList":[{"Catalog":"AWSMarketplace","EntityId":"prod_1"}]}`, 422, "ValidationException")
	for _, at := range []string{"2026-01-05T09:00:00+01:00", "2026-01-05T09:00:00.000Z", "2026-01-05T24:00:00Z"} {
		w.refused("POST", "/ListChangeSets", `{"Catalog":"AWSMarketplace","FilterList":[{"Name":"AfterStartTime","ValueList":["`+at+`"]}]}`, 422, "ValidationException")
		w.refused("POST", "/ListEntities", `{"Catalog":"AWSMarketplace","EntityType":"Offer","EntityTypeFilters":{"OfferFilters":{"ReleaseDate":{"DateRange":{"AfterValue":"`+at+`"}}}}}`, 422, "ValidationException")
	}
	arn := "arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/MachineLearningProduct/" + product
	for _, catalog := range []string{"", `,"Catalog":"AWSMarketplace"`} {
		w.ok("POST", "/TagResource", `{"ResourceArn":"`+arn+`"`+catalog+`,"Tags":[{"Key":"a","Value":"b"}]}`)
		w.ok("POST", "/ListTagsForResource", `{"ResourceArn":"`+arn+`"`+catalog+`}`)
		w.ok("POST", "/UntagResource", `{"ResourceArn":"`+arn+`"`+catalog+`,"TagKeys":["a"]}`)
	}
}

// Several sellers share a simulator. An access key of 12 digits is the account that calls.
func TestSeveralSellers(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{})
	const other = "222233334444"
	theirs := map[string]string{"Authorization": strings.Replace(signed("us-east-1", "aws-marketplace"), "AKIDEXAMPLE", other, 1)}
	call := func(method, path, body string) answer {
		a, err := w.send(method, path, body, theirs)
		require.NoError(t, err)
		return a
	}
	assert.Equal(t, 404, call("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId="+product, "").Status)
	assert.Equal(t, 404, call("POST", "/StartChangeSet", changeSet(onProduct("UpdateInformation", product, `{"Sku":"1"}`))).Status)
	assert.Equal(t, 404, call("POST", "/StartChangeSet", changeSet(onOffer("CreateOffer", "", `{"ProductId":"`+product+`"}`))).Status)
	arn := strings.Replace(packageV1, seller, other, 1)
	require.NoError(t, w.sim.PutModelPackage(simulator.ModelPackage{
		ARN: arn, CertifyForMarketplace: true, SupportedRealtimeInferenceInstanceTypes: []string{"ml.m5.large"}, SupportedTransformInstanceTypes: []string{"ml.m5.large"},
	}))
	all := publication(arn, prices(m5batch, "1", m5real, "1"))
	for i := range all {
		all[i] = strings.ReplaceAll(all[i], "iam::"+seller, "iam::"+other)
	}
	started := call("POST", "/StartChangeSet", changeSet(all...))
	require.Equal(t, 200, started.Status, started.Raw)
	assert.Contains(t, started.Body["ChangeSetArn"], other)
	w.advance(time.Hour)
	id := started.Body["ChangeSetId"].(string)
	assert.Equal(t, "SUCCEEDED", call("GET", "/DescribeChangeSet?catalog=AWSMarketplace&changeSetId="+id, "").Body["Status"])
	w.refused("GET", "/DescribeChangeSet?catalog=AWSMarketplace&changeSetId="+id, "", 404, "ResourceNotFoundException")
	w.refused("PATCH", "/CancelChangeSet?catalog=AWSMarketplace&changeSetId="+id, "", 404, "ResourceNotFoundException")
	assert.Len(t, w.listed(`"EntityType":"MachineLearningProduct"`), 1)
	assert.Len(t, call("POST", "/ListEntities", `{"Catalog":"AWSMarketplace","EntityType":"Offer"}`).Body["EntitySummaryList"], 1)
	assert.Len(t, call("POST", "/ListChangeSets", `{"Catalog":"AWSMarketplace"}`).Body["ChangeSetSummaryList"], 1)
	a, err := w.send("POST", "/", `{"ModelPackageName":"forecast-1"}`, map[string]string{
		"Authorization": strings.Replace(signed("us-east-2", "sagemaker"), "AKIDEXAMPLE", other, 1), "Content-Type": "application/x-amz-json-1.1",
		"X-Amz-Target": "SageMaker.DescribeModelPackage",
	})
	require.NoError(t, err)
	assert.Contains(t, a.Raw, `"Image":"`+other+".dkr.ecr", "the placeholder is in the seller's own registry")
	var accounts []string
	for _, e := range w.sim.Events(0) {
		accounts = append(accounts, string(e.Event))
	}
	assert.Contains(t, accounts[len(accounts)-1], `"account":"`+other+`"`)
	ledger := w.sim.Ledger().ChangeSets
	assert.Equal(t, []string{seller, other}, []string{ledger[0].Seller, ledger[1].Seller})
}
