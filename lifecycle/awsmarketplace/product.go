package awsmarketplace

import (
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/catalog"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// noSupport is sent for a listing without support: the marketplace wants every
// product to say something about it.
const noSupport = "The seller does not offer support for this product."

// information is the whole information of a listing, so that whatever is
// shown afterwards was sent together.
func information(l listing.Listing) catalog.UpdateInformation {
	support := noSupport
	if l.Support != nil && l.Support.Details != "" {
		support = l.Support.Details
	}
	info := catalog.UpdateInformation{
		ProductTitle:        &l.Title,
		ShortDescription:    &l.ShortDescription,
		LongDescription:     &l.Overview,
		LogoURL:             &l.Promotion.Logo,
		VideoURLs:           []string{},
		Highlights:          present(l.Highlights),
		AdditionalResources: []catalog.AdditionalResource{},
		SupportDescription:  &support,
		Categories:          present(l.Categories),
		SearchKeywords:      present(l.Promotion.Keywords),
	}
	if l.SKU != "" {
		info.Sku = catalog.Set(l.SKU)
	}
	if l.Promotion.Video != "" {
		info.VideoURLs = append(info.VideoURLs, l.Promotion.Video)
	}
	for _, link := range l.Promotion.Links {
		info.AdditionalResources = append(info.AdditionalResources, catalog.AdditionalResource{Text: link.Text, URL: link.URL})
	}
	return info
}

func targeting(accounts []listing.AccountID) catalog.UpdateTargeting {
	ids := converted(sorted(accounts), func(a listing.AccountID) string { return string(a) })
	return catalog.UpdateTargeting{PositiveTargeting: catalog.Targeting{BuyerAccounts: present(ids)}}
}

// addDetails needs a version with a well-formed resource.
func addDetails(v version.Version) catalog.AddDeliveryOptions {
	details := describe(v)
	details.AccessRoleARN = string(v.AccessRole)
	if kindOf(v) == version.Algorithm {
		details.AlgorithmARN = string(v.Resource)
	} else {
		details.ModelPackageARN = string(v.Resource)
	}
	return catalog.AddDeliveryOptions{
		Version:         catalog.AddedVersion{VersionTitle: v.Number, ReleaseNotes: v.ReleaseNotes},
		DeliveryOptions: []catalog.ChangedDeliveryOption{{Details: ofKind(v, details)}},
	}
}

// updateDetails states everything that can be edited, with empty lists for
// what is to be cleared: whether the marketplace merges or replaces what it is
// sent is not documented, and this way it comes to the same.
func updateDetails(id string, v version.Version) catalog.UpdateDeliveryOptions {
	details := describe(v)
	in, out := details.InputProperties, details.OutputProperties
	in.Parameters, in.SageMakerCustomAttributes = present(in.Parameters), present(in.SageMakerCustomAttributes)
	out.Parameters = present(out.Parameters)
	return catalog.UpdateDeliveryOptions{
		Version:         &catalog.UpdatedVersion{ReleaseNotes: &v.ReleaseNotes},
		DeliveryOptions: []catalog.ChangedDeliveryOption{{ID: id, Details: ofKind(v, details)}},
	}
}

func ofKind(v version.Version, details catalog.ResourceDetails) catalog.DeliveryOptionDetails {
	if kindOf(v) == version.Algorithm {
		return catalog.DeliveryOptionDetails{Algorithm: &details}
	}
	return catalog.DeliveryOptionDetails{ModelPackage: &details}
}

func kindOf(v version.Version) version.Kind {
	parts, _ := v.Resource.Parts()
	return parts.Kind
}

func describe(v version.Version) catalog.ResourceDetails {
	usage := v.UsageInstructions()
	return catalog.ResourceDetails{
		UsageInstructions: &usage,
		SampleNotebookURL: &v.Notebook,
		RepositoryURL:     &v.Repository,
		InputProperties: &catalog.InputProperties{
			Description:               v.Input.Description,
			Limitations:               v.Input.Limitations,
			SampleInput:               samples(v.Input.RealTime, v.Input.Batch),
			Parameters:                converted(v.Input.Parameters, parameter),
			SageMakerCustomAttributes: converted(v.Input.CustomAttributes, parameter),
		},
		OutputProperties: &catalog.OutputProperties{
			Description:  v.Output.Description,
			SampleOutput: samples(v.Output.RealTime, v.Output.Batch),
			Parameters:   converted(v.Output.Fields, field),
		},
		RecommendedInstanceTypes: &catalog.RecommendedInstanceTypes{
			BatchTransform:    v.Recommended.Batch,
			RealtimeInference: v.Recommended.RealTime,
			Training:          v.Recommended.Training,
		},
	}
}

func samples(realTime, batch version.Sample) catalog.Sample {
	return catalog.Sample{
		RealtimeInferenceText: realTime.Text, RealtimeInferenceURL: realTime.URL,
		BatchTransformText: batch.Text, BatchTransformURL: batch.URL,
	}
}

func parameter(p version.Parameter) catalog.Parameter { return catalog.Parameter(p) }

func field(f version.Field) catalog.OutputParameter {
	return catalog.OutputParameter{Name: f.Name, Description: f.Description, AlwaysReturned: f.AlwaysReturned}
}

// converted is nil for a list that is empty.
func converted[A, B any](all []A, one func(A) B) []B {
	var out []B
	for _, each := range all {
		out = append(out, one(each))
	}
	return out
}

// present makes a nil list an empty one, which is sent as [] and not as null.
func present[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
