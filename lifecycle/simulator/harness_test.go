package simulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

const (
	seller     = "111122223333"
	packageV1  = "arn:aws:sagemaker:us-east-2:111122223333:model-package/forecast-1"
	packageV2  = "arn:aws:sagemaker:us-east-2:111122223333:model-package/forecast-2"
	algorithm1 = "arn:aws:sagemaker:eu-west-1:111122223333:algorithm/tuner-1"
)

func signed(region, service string) string {
	return "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260105/" + region + "/" + service +
		"/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + strings.Repeat("0f", 32)
}

// client has connections of its own: each test server that is closed closes those of
// http.DefaultClient that are idle, also one that another test has just opened.
var client = &http.Client{Transport: &http.Transport{}}

// world is a simulator behind a real server.
type world struct {
	t   testing.TB
	sim *simulator.Simulator
	url string
}

func newWorld(t testing.TB, cfg simulator.Config) *world {
	t.Helper()
	sim, err := simulator.New(cfg)
	require.NoError(t, err)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return &world{t, sim, server.URL}
}

// resources puts the SageMaker resources in place that the tests list.
func (w *world) resources() *world {
	w.t.Helper()
	for arn, types := range map[string][]string{packageV1: {"ml.m5.large"}, packageV2: {"ml.m5.large", "ml.g5.xlarge"}} {
		require.NoError(w.t, w.sim.PutModelPackage(simulator.ModelPackage{
			ARN: arn, CertifyForMarketplace: true,
			SupportedRealtimeInferenceInstanceTypes: types, SupportedTransformInstanceTypes: types,
			SupportedContentTypes: []string{"text/csv"}, SupportedResponseMIMETypes: []string{"application/json"},
		}))
	}
	require.NoError(w.t, w.sim.PutAlgorithm(simulator.Algorithm{
		ARN: algorithm1, CertifyForMarketplace: true, TrainingImage: "t", InferenceImage: "i",
		SupportedTrainingInstanceTypes:          []string{"ml.p3.2xlarge"},
		SupportedRealtimeInferenceInstanceTypes: []string{"ml.m5.large"}, SupportedTransformInstanceTypes: []string{"ml.m5.large"},
	}))
	return w
}

type answer struct {
	Status int
	Header http.Header
	Raw    string
	Body   map[string]any
}

func (w *world) send(method, path, body string, header map[string]string) (answer, error) {
	w.t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequest(method, w.url+path, r)
	require.NoError(w.t, err)
	req.Header.Set("Authorization", signed("us-east-1", "aws-marketplace"))
	if method == http.MethodPost || method == http.MethodPut {
		req.Header.Set("Content-Type", "application/json")
	}
	for k, v := range header {
		req.Header.Set(k, v)
		if v == "" {
			req.Header.Del(k)
		}
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err)
	out := answer{Status: resp.StatusCode, Header: resp.Header, Raw: string(raw)}
	require.NoError(w.t, json.Unmarshal(raw, &out.Body), string(raw))
	return out, nil
}

func (w *world) call(method, path, body string) answer {
	w.t.Helper()
	a, err := w.send(method, path, body, nil)
	require.NoError(w.t, err)
	return a
}

// ok is call for an answer that must be a success.
func (w *world) ok(method, path, body string) map[string]any {
	w.t.Helper()
	a := w.call(method, path, body)
	require.Equal(w.t, http.StatusOK, a.Status, a.Raw)
	return a.Body
}

// refused is call for an answer that must be that error.
func (w *world) refused(method, path, body string, status int, code string) answer {
	w.t.Helper()
	a := w.call(method, path, body)
	require.Equal(w.t, status, a.Status, a.Raw)
	require.Equal(w.t, code, a.Header.Get("X-Amzn-ErrorType"))
	require.Equal(w.t, code, a.Body["__type"])
	require.NotEmpty(w.t, a.Body["Message"])
	return a
}

func changeSet(changes ...string) string {
	return `{"Catalog":"AWSMarketplace","ChangeSet":[` + strings.Join(changes, ",") + `]}`
}

func change(kind, entity, identifier, document string) string {
	if identifier != "" {
		identifier = `,"Identifier":"` + identifier + `"`
	}
	return fmt.Sprintf(`{"ChangeType":%q,"Entity":{"Type":%q%s},"DetailsDocument":%s}`, kind, entity, identifier, document)
}

func onProduct(kind, id, document string) string {
	return change(kind, "MachineLearningProduct@1.0", id, document)
}
func onOffer(kind, id, document string) string { return change(kind, "Offer@1.0", id, document) }

func (w *world) start(changes ...string) string {
	w.t.Helper()
	id, _ := w.ok("POST", "/StartChangeSet", changeSet(changes...))["ChangeSetId"].(string)
	require.Regexp(w.t, `^[a-z0-9]{25}$`, id)
	return id
}

func (w *world) describe(id string) map[string]any {
	w.t.Helper()
	return w.ok("GET", "/DescribeChangeSet?catalog=AWSMarketplace&changeSetId="+id, "")
}

func (w *world) advance(d time.Duration) {
	w.t.Helper()
	require.NoError(w.t, w.sim.Advance(d))
}

// done runs the changes and waits them out; they must succeed.
func (w *world) done(changes ...string) map[string]any {
	w.t.Helper()
	out := w.settle(changes...)
	require.Equal(w.t, "SUCCEEDED", out["Status"], "%v", out)
	return out
}

func (w *world) settle(changes ...string) map[string]any {
	w.t.Helper()
	id := w.start(changes...)
	w.advance(48 * time.Hour)
	return w.describe(id)
}

func (w *world) document(id string) map[string]any {
	w.t.Helper()
	return w.ok("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId="+id, "")["DetailsDocument"].(map[string]any)
}

// codes gives the error codes of each change that has any.
func codes(described map[string]any) map[int][]string {
	out := map[int][]string{}
	for i, c := range described["ChangeSet"].([]any) {
		for _, e := range c.(map[string]any)["ErrorDetailList"].([]any) {
			out[i] = append(out[i], e.(map[string]any)["ErrorCode"].(string))
		}
	}
	return out
}

// ids gives the bare ids that the creations of a set came to.
func ids(described map[string]any) (product, offer string) {
	for _, c := range described["ChangeSet"].([]any) {
		m := c.(map[string]any)
		id, _, _ := strings.Cut(fmt.Sprint(m["Entity"].(map[string]any)["Identifier"]), "@")
		switch m["ChangeType"] {
		case "CreateProduct":
			product = id
		case "CreateOffer":
			offer = id
		}
	}
	return product, offer
}

const (
	newProduct = `$Product.Entity.Identifier`
	newOffer   = `$Offer.Entity.Identifier`

	information = `{"ProductTitle":"Demand forecast","ShortDescription":"Forecasts demand.","LongDescription":"Forecasts weekly demand for shops.",
		"Sku":"F-1","LogoUrl":"https://s3.amazonaws.com/public-files/logo.png","VideoUrls":["https://example.com/intro.mp4"],"Highlights":["Quick"],
		"AdditionalResources":[{"Text":"Manual","Url":"https://example.com/manual?page=1"}],"SupportDescription":"Write to help@example.com.",
		"Categories":["Intelligent Automation"],"SearchKeywords":["demand","retail"]}`
	legal   = `{"Terms":[{"Type":"LegalTerm","Documents":[{"Type":"StandardEula","Version":"2022-07-14"}]}]}`
	support = `{"Terms":[{"Type":"SupportTerm","RefundPolicy":"No refunds after 10 days."}]}`
)

// versionOf is the document of AddDeliveryOptions for a resource.
func versionOf(title, arn string) string {
	kind, role, training := "ModelPackage", seller, ""
	if strings.Contains(arn, ":algorithm/") {
		kind, training = "Algorithm", `,"Training":"ml.p3.2xlarge"`
	}
	return fmt.Sprintf(`{"Version":{"VersionTitle":%q,"ReleaseNotes":"What is new"},"DeliveryOptions":[{"Details":{"SageMaker%sDeliveryOptionDetails":{
		"SageMaker%sArn":%q,"AccessRoleArn":"arn:aws:iam::%s:role/Reader","UsageInstructions":"Send CSV.",
		"SampleNotebookUrl":"https://github.com/example/forecast/demo.ipynb","RepositoryUrl":"https://github.com/example/forecast",
		"InputProperties":{"Description":"CSV rows","Limitations":"1 MB","SampleInput":{"RealtimeInferenceText":"1,2","BatchTransformUrl":"https://github.com/example/in.csv"},
			"Parameters":[{"Name":"weeks","Description":"How far","Constraints":"1 to 52","Required":true}],
			"SageMakerCustomAttributes":[{"Name":"mode","Description":"Which"}]},
		"OutputProperties":{"Description":"JSON","SampleOutput":{"RealtimeInferenceUrl":"https://github.com/example/out.json","BatchTransformText":"[1]"},
			"Parameters":[{"Name":"demand","Description":"Units","AlwaysReturned":true}]},
		"RecommendedInstanceTypes":{"BatchTransform":"ml.m5.large","RealtimeInference":"ml.m5.large"%s}}}}]}`,
		title, kind, kind, arn, role, training)
}

// prices is the document of UpdatePricingTerms for key, price pairs.
func prices(pairs ...string) string { return pricesOf("Usage", "", pairs...) }

func pricesOf(model, trial string, pairs ...string) string {
	var card []string
	for i := 0; i < len(pairs); i += 2 {
		card = append(card, fmt.Sprintf(`{"DimensionKey":%q,"Price":%q}`, pairs[i], pairs[i+1]))
	}
	if trial != "" {
		trial = "," + trial
	}
	return fmt.Sprintf(`{"PricingModel":%q,"Terms":[{"Type":"UsageBasedPricingTerm","CurrencyCode":"USD","RateCards":[{"RateCard":[%s]}]}%s]}`,
		model, strings.Join(card, ","), trial)
}

const (
	m5batch, m5real = "ml.m5.large.m.i.b", "ml.m5.large.m.i.r"
	g5batch, g5real = "ml.g5.xlarge.m.i.b", "ml.g5.xlarge.m.i.r"
)

// publication is everything that puts a new product on sale, in one set of 11 changes.
func publication(arn, pricing string) []string {
	return []string{
		`{"ChangeType":"CreateProduct","ChangeName":"Product","Entity":{"Type":"MachineLearningProduct@1.0"},"DetailsDocument":{}}`,
		onProduct("UpdateInformation", newProduct, information),
		onProduct("UpdateTargeting", newProduct, `{"PositiveTargeting":{"BuyerAccounts":["444455556666"]}}`),
		onProduct("AddDeliveryOptions", newProduct, versionOf("1.0", arn)),
		onProduct("ReleaseProduct", newProduct, `{}`),
		`{"ChangeType":"CreateOffer","ChangeName":"Offer","Entity":{"Type":"Offer@1.0"},"DetailsDocument":{"ProductId":"` + newProduct + `"}}`,
		onOffer("UpdateInformation", newOffer, `{"Name":"Public offer","Description":"By the hour"}`),
		onOffer("UpdatePricingTerms", newOffer, pricing),
		onOffer("UpdateLegalTerms", newOffer, legal),
		onOffer("UpdateSupportTerms", newOffer, support),
		onOffer("ReleaseOffer", newOffer, `{}`),
	}
}

// published is a world with one Limited product and its released offer.
func published(t testing.TB, cfg simulator.Config) (w *world, product, offer string) {
	t.Helper()
	w = newWorld(t, cfg).resources()
	product, offer = ids(w.done(publication(packageV1, prices(m5batch, "0.40", m5real, "0.50"))...))
	require.Regexp(t, `^prod-[a-z0-9]{13}$`, product)
	require.Regexp(t, `^offer-[a-z0-9]{13}$`, offer)
	return w, product, offer
}

func optionOf(w *world, product string, version int) string {
	v := w.document(product)["Versions"].([]any)[version].(map[string]any)
	return v["DeliveryOptions"].([]any)[0].(map[string]any)["Id"].(string)
}
