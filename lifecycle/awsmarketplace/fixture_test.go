package awsmarketplace_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/schematest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

const (
	firstOption  = "77777777-2222-3333-4444-555555555555"
	secondOption = "88888888-2222-3333-4444-555555555555"
)

var theListing = uuid.NewSHA1(uuid.Nil, []byte("listing"))

// entities are those of a listing with the versions 1.0 and 1.1.
func entities() lifecycle.Entities {
	return lifecycle.Entities{
		Product: "prod-abcdefghijklm", ProductRevision: 4,
		Offer: "offer-abcdefghijklm", OfferRevision: 2,
		DeliveryOptions: map[string]string{"1.0": firstOption, "1.1": secondOption},
	}
}

func modelPackage(number string) version.Version {
	return version.Version{
		Number:       number,
		Resource:     version.ARN("arn:aws:sagemaker:us-east-2:111122223333:model-package/invoice-v" + strings.ReplaceAll(number, ".", "-")),
		AccessRole:   "arn:aws:iam::111122223333:role/MarketplaceIngestion",
		ReleaseNotes: "Release " + number + " <b>& more</b>",
		Notebook:     "https://github.com/example/invoice/blob/main/demo.ipynb",
		Repository:   "https://github.com/example/invoice",
		Usage:        "POST a page as image/png.",
		Input: version.Input{
			Description:      "One PNG page, at most 4 MB",
			Limitations:      "One page per call",
			RealTime:         version.Sample{URL: "https://github.com/example/invoice/page.png"},
			Batch:            version.Sample{Text: "page"},
			Parameters:       []version.Parameter{{Name: "lang", Description: "Language hint", Constraints: "ISO 639-1"}},
			CustomAttributes: []version.Parameter{{Name: "threshold", Description: "Least confidence", Required: true}},
		},
		Output: version.Output{
			Description: "JSON object with the found fields",
			RealTime:    version.Sample{Text: `{"total": 12.5}`},
			Batch:       version.Sample{URL: "https://github.com/example/invoice/out.json"},
			Fields:      []version.Field{{Name: "total", Description: "Invoice total", AlwaysReturned: true}},
		},
		Recommended: version.Recommended{Batch: "ml.m5.large", RealTime: "ml.m5.large"},
	}
}

func algorithm(number string) version.Version {
	v := modelPackage(number)
	v.Resource = version.ARN("arn:aws:sagemaker:us-east-2:111122223333:algorithm/invoice-trainer-" + strings.ReplaceAll(number, ".", "-"))
	v.Training = &version.Training{Data: "CSV with a header", Example: "https://github.com/example/train.csv", Overview: "Gradient boosting."}
	v.Recommended.Training = "ml.m5.xlarge"
	return v
}

// content is a public, hourly listing of one model package.
func content() lifecycle.Content {
	rates := pricing.RateCard{
		pricing.Batch("ml.m5.large"):    pricing.MustUSD("0.40"),
		pricing.RealTime("ml.m5.large"): pricing.MustUSD("0.5"),
	}
	return lifecycle.Content{
		Listing: listing.Listing{
			Kind: version.ModelPackage,
			Information: listing.Information{
				Title:            "Invoice field extractor",
				ShortDescription: "Finds totals and dates on scanned invoices.",
				Overview:         "Reads one page per call and returns named fields with confidence values.",
				Highlights:       []string{"Reads nine languages"},
				Categories:       []string{"Intelligent Automation"},
				SKU:              "INV-1",
			},
			Promotion: listing.Promotion{
				Logo:     "https://s3.amazonaws.com/example-public-assets/invoice-logo.png",
				Keywords: []string{"invoice", "ocr"},
				Links:    []listing.Link{{Text: "Guide", URL: "https://example.com/guide?a=1&b=2"}},
				Video:    "https://example.com/tour.mp4",
			},
			Support:  &listing.Support{Offered: true, Details: "Mail support@example.com on working days."},
			Versions: []version.Version{modelPackage("1.0")},
			Offer: &pricing.Offer{
				Name: "Invoice field extractor, public offer", Description: "Hourly prices with a trial",
				Model: pricing.Hourly, Rates: rates, TrialDays: 14,
				RefundPolicy: "Refunds on request within 14 days.", EULA: pricing.EULA{Standard: true},
			},
		},
		AllowList: []listing.AccountID{"444455556666", "111122223333"},
		Rates:     rates,
	}
}

// change is a change of kind from content, with two versions, to what edit
// makes of it.
func change(kind lifecycle.Event, edit func(c *lifecycle.Content)) lifecycle.Change {
	before := content()
	before.Listing.Versions = append(before.Listing.Versions, modelPackage("1.1"))
	after := lifecycle.Content{Listing: before.Listing.Clone(), AllowList: before.AllowList, Rates: before.Rates}
	if edit != nil {
		edit(&after)
	}
	return lifecycle.Change{
		Name: "shelflife test r7", Token: uuid.NewSHA1(uuid.Nil, []byte("r7")), Listing: theListing,
		Kind: kind, Entities: entities(), Before: &before, After: after,
	}
}

// submission is the first one, of what edit makes of content.
func submission(edit func(c *lifecycle.Content)) lifecycle.Change {
	after := content()
	if edit != nil {
		edit(&after)
	}
	return lifecycle.Change{
		Name: "shelflife test r2", Token: uuid.NewSHA1(uuid.Nil, []byte("r2")), Listing: theListing,
		Kind: lifecycle.EventSubmit, After: after,
	}
}

// rates returns the rate card of content with more prices.
func rates(more pricing.RateCard) pricing.RateCard {
	card := pricing.RateCard{}
	for d, price := range content().Rates {
		card[d] = price
	}
	for d, price := range more {
		card[d] = price
	}
	return card
}

// awsConfig is the configuration of a user, through a transport that checks
// every document against the schemas.
func awsConfig(t testing.TB, next http.RoundTripper) aws.Config {
	return aws.Config{
		Region:      "eu-central-1",
		Credentials: aws.CredentialsProviderFunc(func(_ context.Context) (aws.Credentials, error) { return secret, nil }),
		HTTPClient:  &http.Client{Transport: schematest.Transport(t, next)},
	}
}

var secret = aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "s3cr3t-EXAMPLE", SessionToken: "t0k3n-EXAMPLE"}

// recorder answers every request with the same body and keeps the requests.
type recorder struct {
	answer string

	mu       sync.Mutex
	requests []recorded
}

type recorded struct {
	operation string
	host      string
	signature string
	body      []byte
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	var body []byte
	if request.Body != nil {
		body, _ = io.ReadAll(request.Body)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, recorded{
		operation: operation(request), host: request.URL.Host, signature: request.Header.Get("Authorization"), body: body,
	})
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Request: request,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   io.NopCloser(strings.NewReader(r.answer)),
	}, nil
}

func operation(r *http.Request) string {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		return target
	}
	return r.Method + " " + r.URL.Path
}

// serve returns a Marketplace whose every call is answered by answer.
func serve(t *testing.T, answer http.HandlerFunc) *awsmarketplace.Marketplace {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return awsmarketplace.NewMarketplace(awsConfig(t, nil), awsmarketplace.WithEndpoint(server.URL))
}

// serveUnchecked is serve for answers that are not as documented.
func serveUnchecked(t *testing.T, answer http.HandlerFunc) *awsmarketplace.Marketplace {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	cfg := awsConfig(t, nil)
	cfg.HTTPClient = server.Client()
	return awsmarketplace.NewMarketplace(cfg, awsmarketplace.WithEndpoint(server.URL))
}

// fail answers as AWS does: the exception's name in a header, the rest in the
// body.
func fail(w http.ResponseWriter, status int, exception, body string) {
	w.Header().Set("X-Amzn-ErrorType", exception)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func indent(t *testing.T, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, json.Indent(&out, data, "", "  "))
	out.WriteByte('\n')
	return out.Bytes()
}
