package awsmarketplace

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/catalog"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// snapshotOf reads what the marketplace has of a listing from the documents of
// product and offer; a nil offer is none. It is pure. The entities have the
// delivery options only.
func snapshotOf(product, offer []byte) (lifecycle.Snapshot, error) {
	read, err := catalog.Decode[catalog.Product](product)
	if err != nil {
		return lifecycle.Snapshot{}, fmt.Errorf("the product's document cannot be read: %w", err)
	}
	p := read.Value
	h := lifecycle.Snapshot{
		Entities:   lifecycle.Entities{DeliveryOptions: map[string]string{}},
		Visibility: lifecycle.MarketVisibility(p.Description.Visibility),
		Regions:    converted(p.RegionAvailability.Regions, func(s string) listing.Region { return listing.Region(s) }),
		// No document says what null means, which samples with a few Regions have.
		FutureRegions: p.RegionAvailability.FutureRegionSupport == "All",
		Content: lifecycle.Content{
			AllowList: converted(p.Targeting.PositiveTargeting.BuyerAccounts, func(s string) listing.AccountID { return listing.AccountID(s) }),
		},
	}
	h.Content.Listing = described(p)
	for _, each := range p.Versions {
		v, option := offered(each)
		h.Content.Listing.Versions = append(h.Content.Listing.Versions, v)
		if option != "" {
			h.Entities.DeliveryOptions[v.Number] = option
		}
	}
	if versions := h.Content.Listing.Versions; len(versions) > 0 {
		h.Content.Listing.Kind = kindOf(versions[0])
	}
	if offer == nil {
		return h, nil
	}
	o, err := catalog.Decode[catalog.Offer](offer)
	if err != nil {
		return lifecycle.Snapshot{}, fmt.Errorf("the offer's document cannot be read: %w", err)
	}
	h.Released = o.Value.State == "Released"
	if err := price(&h.Content, o.Value); err != nil {
		return lifecycle.Snapshot{}, err
	}
	eula := &h.Content.Listing.Offer.EULA
	eula.URL, h.CopiedEULA = withoutSignature(eula.URL)
	return h, nil
}

// withoutSignature returns an address without its query if that signs it, and whether
// it does. AWS gives EULAs back at addresses of its own that are signed for a day:
// neither may be kept.
func withoutSignature(address string) (unsigned string, signed bool) {
	before, query, _ := strings.Cut(address, "?")
	if !strings.Contains(query, "X-Amz-Signature=") {
		return address, false
	}
	return before, true
}

// signedAddress is an address in a JSON document with a query that signs it.
var signedAddress = regexp.MustCompile(`("https://[^"?\\]*)\?[^"]*X-Amz-Signature=[^"]*"`)

// withoutSignatures returns a JSON document whose addresses are without signatures.
func withoutSignatures(document []byte) []byte {
	return signedAddress.ReplaceAll(document, []byte(`$1"`))
}

func described(p catalog.Product) listing.Listing {
	l := listing.Listing{
		Information: listing.Information{
			Title:            p.Description.ProductTitle,
			ShortDescription: p.Description.ShortDescription,
			Overview:         p.Description.LongDescription,
			Highlights:       p.Description.Highlights,
			Categories:       p.Description.Categories,
			SKU:              p.Description.Sku,
		},
		Promotion: listing.Promotion{Logo: p.PromotionalResources.LogoURL, Keywords: p.Description.SearchKeywords},
		Support:   &listing.Support{Offered: true, Details: p.SupportInformation.Description},
	}
	if l.Support.Details == noSupport || l.Support.Details == "" {
		l.Support = &listing.Support{}
	}
	for _, link := range p.PromotionalResources.AdditionalResources {
		l.Promotion.Links = append(l.Promotion.Links, listing.Link{Text: link.Text, URL: link.URL})
	}
	if videos := p.PromotionalResources.Videos; len(videos) > 0 {
		l.Promotion.Video = videos[0].URL
	}
	return l
}

// offered reads a version and the id of its delivery option; a version of a
// machine learning product has exactly one.
func offered(e catalog.Version) (v version.Version, option string) {
	v = version.Version{Number: e.VersionTitle, ReleaseNotes: e.ReleaseNotes}
	if len(e.DeliveryOptions) == 0 {
		return v, ""
	}
	o := e.DeliveryOptions[0]
	for _, source := range e.Sources {
		if source.ID != o.SourceID && len(e.Sources) > 1 {
			continue
		}
		if v.Resource = version.ARN(source.ModelPackageARN); v.Resource == "" {
			v.Resource = version.ARN(source.AlgorithmARN)
		}
	}
	if o.Visibility == string(lifecycle.VisibilityRestricted) {
		v.Status = version.Restricted
	}
	v.Usage, v.Notebook, v.Repository = o.Instructions.Usage, o.Instructions.SampleNotebookURL, o.Instructions.RepositoryURL
	in, out := o.Instructions.InputProperties, o.Instructions.OutputProperties
	v.Input = version.Input{
		Description: in.Description, Limitations: in.Limitations,
		RealTime:         version.Sample{Text: in.SampleInput.RealtimeInferenceText, URL: in.SampleInput.RealtimeInferenceURL},
		Batch:            version.Sample{Text: in.SampleInput.BatchTransformText, URL: in.SampleInput.BatchTransformURL},
		Parameters:       converted(in.Parameters, func(p catalog.Parameter) version.Parameter { return version.Parameter(p) }),
		CustomAttributes: converted(in.SageMakerCustomAttributes, func(p catalog.Parameter) version.Parameter { return version.Parameter(p) }),
	}
	v.Output = version.Output{
		Description: out.Description,
		RealTime:    version.Sample{Text: out.SampleOutput.RealtimeInferenceText, URL: out.SampleOutput.RealtimeInferenceURL},
		Batch:       version.Sample{Text: out.SampleOutput.BatchTransformText, URL: out.SampleOutput.BatchTransformURL},
		Fields: converted(out.Parameters, func(p catalog.OutputParameter) version.Field {
			return version.Field{Name: p.Name, Description: p.Description, AlwaysReturned: p.AlwaysReturned}
		}),
	}
	r := o.RecommendedInstanceTypes
	v.Recommended = version.Recommended{Batch: r.BatchTransform, RealTime: r.RealtimeInference, Training: r.Training}
	return v, o.ID
}
