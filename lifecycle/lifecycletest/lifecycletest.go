// Package lifecycletest helps to test code that works with listings: complete
// listings to vary, the facts that go with them, and a clock that moves by
// hand. It needs no server and no account.
package lifecycletest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// Seller is the account that owns the listings of this package.
const Seller listing.AccountID = "111122223333"

// Instance is the instance type that the resources of this package support.
const Instance = "ml.m5.large"

// ModelPackage returns a public listing of a model package that breaks no
// rule: paid by the hour, with a trial and one version, "1.0". The caller owns
// it.
func ModelPackage() listing.Listing {
	return listing.Listing{
		Kind:       version.ModelPackage,
		Visibility: listing.Public,
		Information: listing.Information{
			Title:            "Invoice field extractor",
			ShortDescription: "Finds totals, dates and parties on scanned invoices.",
			Overview:         "Reads one page a call and returns named fields, each with a confidence.",
			Highlights:       []string{"Reads nine languages", "Needs no template"},
			Categories:       []string{"Intelligent Automation"},
			SKU:              "INV-1",
		},
		Promotion: listing.Promotion{
			Logo:     "https://example-assets.s3.amazonaws.com/invoice-logo.png",
			Keywords: []string{"invoice", "ocr"},
			Links:    []listing.Link{{Text: "Guide", URL: "https://example.com/invoice/guide"}},
		},
		Support:  &listing.Support{Offered: true, Details: "Write to support@example.com; answers within one working day."},
		Versions: []version.Version{Version("1.0", version.ModelPackage)},
		Offer: &pricing.Offer{
			Name:        "Invoice field extractor, public offer",
			Description: "By the hour, two weeks free",
			Model:       pricing.Hourly,
			Rates: pricing.RateCard{
				pricing.Batch(Instance):    pricing.MustUSD("0.40"),
				pricing.RealTime(Instance): pricing.MustUSD("0.50"),
			},
			TrialDays:    14,
			RefundPolicy: "Refunds on request within 14 days.",
			EULA:         pricing.EULA{Standard: true},
		},
	}
}

// Algorithm returns a private listing of an algorithm that breaks no rule:
// paid per inference, with one version, "1.0", and one named buyer. The caller
// owns it.
func Algorithm() listing.Listing {
	l := ModelPackage()
	l.Kind = version.Algorithm
	l.Visibility = listing.Private
	l.Buyers = []listing.AccountID{"444455556666"}
	l.Title = "Churn forecaster"
	l.Versions = []version.Version{Version("1.0", version.Algorithm)}
	l.Offer.Model = pricing.Inference
	l.Offer.TrialDays = 0
	l.Offer.Rates = pricing.RateCard{
		pricing.Batch(Instance):    pricing.MustUSD("0.40"),
		pricing.Training(Instance): pricing.MustUSD("1.20"),
		pricing.PerInference:       pricing.MustUSD("0.0005"),
	}
	return l
}

const registry = string(Seller) + ".dkr.ecr.us-east-2.amazonaws.com"

// Version returns a version that breaks no rule. Its resource is named after
// the number, so that two versions never share one.
func Version(number string, kind version.Kind) version.Version {
	v := version.Version{
		Number:       number,
		Resource:     version.ARN("arn:aws:sagemaker:us-east-2:" + string(Seller) + ":model-package/invoice-" + name(number)),
		AccessRole:   version.Role("arn:aws:iam::" + string(Seller) + ":role/MarketplaceIngestion"),
		ReleaseNotes: "What is new in " + number + ".",
		Notebook:     "https://github.com/example/invoice/blob/main/demo.ipynb",
		Repository:   "https://github.com/example/invoice",
		Usage:        "Send one page as image/png to the endpoint: aws sagemaker-runtime invoke-endpoint --content-type image/png …",
		Input: version.Input{
			Description: "One page as image/png.",
			Limitations: "At most 4 MB.",
			RealTime:    version.Sample{URL: "https://github.com/example/invoice/blob/main/page.png"},
			Batch:       version.Sample{URL: "https://github.com/example/invoice/blob/main/pages.zip"},
			Parameters:  []version.Parameter{{Name: "language", Description: "Language of the page", Constraints: "ISO 639-1"}},
		},
		Output: version.Output{
			Description: "Named fields as application/json.",
			RealTime:    version.Sample{Text: `{"total": "12.50"}`},
			Batch:       version.Sample{Text: `{"total": "12.50"}`},
			Fields:      []version.Field{{Name: "total", Description: "The sum to pay", AlwaysReturned: true}},
		},
		Recommended: version.Recommended{Batch: Instance, RealTime: Instance},
	}
	if kind == version.Algorithm {
		v.Resource = version.ARN("arn:aws:sagemaker:us-east-2:" + string(Seller) + ":algorithm/churn-" + name(number))
		v.Training = &version.Training{
			Data:     "One row a customer as text/csv, with the label in the first column.",
			Example:  "https://github.com/example/churn/blob/main/train.csv",
			Overview: "Gradient boosted trees over tabular data.",
		}
		v.Recommended.Training = Instance
	}
	return v
}

// WithVersions returns the listing with as many versions added as it takes to have n, and
// leaves l as it is.
func WithVersions(l listing.Listing, n int) listing.Listing {
	l.Versions = slices.Clone(l.Versions)
	for i := len(l.Versions); i < n; i++ {
		l.Versions = append(l.Versions, Version(fmt.Sprintf("2.%d", i), l.Kind))
	}
	return l
}

func name(number string) string {
	out := []byte("v")
	for _, c := range []byte(number) {
		if c < '0' || c > '9' {
			c = '-'
		}
		out = append(out, c)
	}
	return string(out)
}

// Facts returns everything known, and all well, about any listing: a seller with a
// complete profile, and certified resources with images in their own account and
// Region. They support the instance types that the listing prices, or those that it
// recommends where it prices none, or [Instance].
func Facts(l listing.Listing) lifecycle.Facts {
	f := lifecycle.Facts{
		MayRequest: lifecycle.Yes,
		Seller:     &lifecycle.SellerProfile{Registered: lifecycle.Yes, ProfileComplete: lifecycle.Yes, TaxAndBank: lifecycle.Yes},
		Resources:  map[version.ARN]lifecycle.Resource{},
		Assets:     map[string][]byte{l.Promotion.Logo: Logo()},
	}
	if l.Offer != nil && l.Offer.EULA.URL != "" {
		f.Assets[l.Offer.EULA.URL] = []byte("You may use this model as long as you pay for it.\n")
	}
	for _, v := range l.Versions {
		f.Resources[v.Resource] = resourceOf(l, v)
	}
	return f
}

// resourceOf returns the resource of the version as the listing describes it.
func resourceOf(l listing.Listing, v version.Version) lifecycle.Resource {
	kind := l.Kind
	p, err := v.Resource.Parts()
	if err == nil {
		kind = p.Kind
	}
	r := Resource(kind)
	if err == nil {
		own := fmt.Sprintf("%s.dkr.ecr.%s.amazonaws.com", p.Account, p.Region)
		r.InferenceImages = []string{own + "/serve:1"}
		if r.TrainingImage != "" {
			r.TrainingImage = own + "/train:1"
		}
	}
	types := func(mode pricing.Mode, recommended string) []string {
		named := map[string]bool{}
		if l.Offer != nil {
			for d := range l.Offer.Rates {
				if d.Mode == mode && d.Instance != "" {
					named[d.Instance] = true
				}
			}
		}
		switch {
		case len(named) > 0:
		case recommended != "":
			return []string{recommended}
		default:
			return []string{Instance}
		}
		return slices.Sorted(maps.Keys(named))
	}
	r.Batch, r.RealTime = types(pricing.ModeBatch, v.Recommended.Batch), types(pricing.ModeRealTime, v.Recommended.RealTime)
	if kind == version.Algorithm {
		r.Training = types(pricing.ModeTraining, v.Recommended.Training)
	}
	return r
}

// Resource returns a completed and certified resource of the kind that
// supports [Instance].
func Resource(kind version.Kind) lifecycle.Resource {
	r := lifecycle.Resource{
		Status: lifecycle.ResourceCompleted, Certified: true,
		InstanceTypes:   lifecycle.InstanceTypes{Batch: []string{Instance}, RealTime: []string{Instance}},
		InferenceImages: []string{registry + "/serve:1"},
	}
	if kind == version.Algorithm {
		r.Training, r.TrainingImage = []string{Instance}, registry+"/train:1"
	}
	return r
}

// Clock is a [lifecycle.Clock] that moves when it is told to: Sleep moves it
// and returns at once. It is safe for concurrent use. The zero value stands at
// [Start].
type Clock struct {
	mu   sync.Mutex
	gone time.Duration
}

// Start is where a [Clock] begins: 2026-01-05 09:00 UTC.
var Start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// Now returns the clock's instant.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Start.Add(c.gone)
}

// Advance moves the clock by d.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone += d
}

// Sleep moves the clock by d, unless ctx has ended.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	c.Advance(d)
	return nil
}
