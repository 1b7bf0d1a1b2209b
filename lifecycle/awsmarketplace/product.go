package awsmarketplace

import (
	"encoding/json"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// noSupport is sent for a listing without support: the marketplace wants every
// product to say something about it.
const noSupport = "The seller does not offer support for this product."

type updateInformation struct {
	ProductTitle        string
	ShortDescription    string
	LongDescription     string
	Sku                 *nullableText `json:",omitempty"`
	LogoURL             string        `json:"LogoUrl"`
	VideoURLs           []string      `json:"VideoUrls"`
	Highlights          []string
	AdditionalResources []additionalResource
	SupportDescription  string
	Categories          []string
	SearchKeywords      []string
}

// nullableText is null when it is empty.
type nullableText string

// MarshalJSON writes the text, or null.
func (t nullableText) MarshalJSON() ([]byte, error) {
	if t == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(t))
}

type additionalResource struct {
	Text string
	URL  string `json:"Url"`
}

type updateTargeting struct {
	PositiveTargeting buyerAccounts
}

type buyerAccounts struct {
	BuyerAccounts []listing.AccountID
}

type updateVisibility struct {
	TargetVisibility     string
	ReplacementProductID string `json:"ReplacementProductId,omitempty"`
}

type restrictDeliveryOptions struct {
	DeliveryOptionIDs []string `json:"DeliveryOptionIds"`
}

type addDeliveryOptions struct {
	Version         addedVersion
	DeliveryOptions []deliveryOption
}

type addedVersion struct {
	VersionTitle string
	ReleaseNotes string
}

type updateDeliveryOptions struct {
	Version         updatedVersion
	DeliveryOptions []deliveryOption
}

// updatedVersion has no title: a title is fixed once it was submitted.
type updatedVersion struct {
	ReleaseNotes string
}

type deliveryOption struct {
	ID      string `json:"Id,omitempty"`
	Details deliveryDetails
}

// deliveryDetails has exactly one of its members.
type deliveryDetails struct {
	ModelPackage *resourceDetails `json:"SageMakerModelPackageDeliveryOptionDetails,omitempty"`
	Algorithm    *resourceDetails `json:"SageMakerAlgorithmDeliveryOptionDetails,omitempty"`
}

type resourceDetails struct {
	ModelPackageARN          version.ARN  `json:"SageMakerModelPackageArn,omitempty"`
	AlgorithmARN             version.ARN  `json:"SageMakerAlgorithmArn,omitempty"`
	AccessRoleARN            version.Role `json:"AccessRoleArn,omitempty"`
	UsageInstructions        string
	SampleNotebookURL        string `json:"SampleNotebookUrl"`
	RepositoryURL            string `json:"RepositoryUrl"`
	InputProperties          inputProperties
	OutputProperties         outputProperties
	RecommendedInstanceTypes recommendedInstanceTypes
}

// Lists that are nil are left out, lists that are empty are sent.
type inputProperties struct {
	Description               string
	Limitations               string `json:",omitempty"`
	SampleInput               sample
	Parameters                []parameter `json:",omitzero"`
	SageMakerCustomAttributes []parameter `json:",omitzero"`
}

type outputProperties struct {
	Description  string
	SampleOutput sample
	Parameters   []outputParameter `json:",omitzero"`
}

type sample struct {
	RealtimeInferenceText string `json:",omitempty"`
	RealtimeInferenceURL  string `json:"RealtimeInferenceUrl,omitempty"`
	BatchTransformText    string `json:",omitempty"`
	BatchTransformURL     string `json:"BatchTransformUrl,omitempty"`
}

type parameter struct {
	Name        string
	Description string
	Constraints string `json:",omitempty"`
	Required    bool
}

type outputParameter struct {
	Name           string
	Description    string
	AlwaysReturned bool
}

type recommendedInstanceTypes struct {
	BatchTransform    string
	RealtimeInference string
	Training          string `json:",omitempty"`
}

// information is the whole information of a listing, so that whatever is
// shown afterwards was sent together.
func information(l listing.Listing) updateInformation {
	info := updateInformation{
		ProductTitle:        l.Title,
		ShortDescription:    l.ShortDescription,
		LongDescription:     l.Overview,
		LogoURL:             l.Promotion.Logo,
		VideoURLs:           []string{},
		Highlights:          present(l.Highlights),
		AdditionalResources: []additionalResource{},
		SupportDescription:  noSupport,
		Categories:          present(l.Categories),
		SearchKeywords:      present(l.Promotion.Keywords),
	}
	if l.SKU != "" {
		sku := nullableText(l.SKU)
		info.Sku = &sku
	}
	if l.Promotion.Video != "" {
		info.VideoURLs = append(info.VideoURLs, l.Promotion.Video)
	}
	for _, link := range l.Promotion.Links {
		info.AdditionalResources = append(info.AdditionalResources, additionalResource{Text: link.Text, URL: link.URL})
	}
	if l.Support != nil && l.Support.Details != "" {
		info.SupportDescription = l.Support.Details
	}
	return info
}

func targeting(accounts []listing.AccountID) updateTargeting {
	return updateTargeting{buyerAccounts{present(sorted(accounts))}}
}

// addDetails needs a version with a well-formed resource.
func addDetails(v version.Version) addDeliveryOptions {
	details := describe(v)
	details.AccessRoleARN = v.AccessRole
	if kindOf(v) == version.Algorithm {
		details.AlgorithmARN = v.Resource
	} else {
		details.ModelPackageARN = v.Resource
	}
	return addDeliveryOptions{
		Version:         addedVersion{VersionTitle: v.Number, ReleaseNotes: v.ReleaseNotes},
		DeliveryOptions: []deliveryOption{{Details: ofKind(v, details)}},
	}
}

// updateDetails states everything that can be edited, with empty lists for
// what is to be cleared: whether the marketplace merges or replaces what it is
// sent is not documented, and this way it comes to the same.
func updateDetails(id string, v version.Version) updateDeliveryOptions {
	details := describe(v)
	details.InputProperties.Parameters = present(details.InputProperties.Parameters)
	details.InputProperties.SageMakerCustomAttributes = present(details.InputProperties.SageMakerCustomAttributes)
	details.OutputProperties.Parameters = present(details.OutputProperties.Parameters)
	return updateDeliveryOptions{
		Version:         updatedVersion{ReleaseNotes: v.ReleaseNotes},
		DeliveryOptions: []deliveryOption{{ID: id, Details: ofKind(v, details)}},
	}
}

func ofKind(v version.Version, details resourceDetails) deliveryDetails {
	if kindOf(v) == version.Algorithm {
		return deliveryDetails{Algorithm: &details}
	}
	return deliveryDetails{ModelPackage: &details}
}

func kindOf(v version.Version) version.Kind {
	parts, _ := v.Resource.Parts()
	return parts.Kind
}

func describe(v version.Version) resourceDetails {
	return resourceDetails{
		UsageInstructions: v.UsageInstructions(),
		SampleNotebookURL: v.Notebook,
		RepositoryURL:     v.Repository,
		InputProperties: inputProperties{
			Description:               v.Input.Description,
			Limitations:               v.Input.Limitations,
			SampleInput:               samples(v.Input.RealTime, v.Input.Batch),
			Parameters:                parameters(v.Input.Parameters),
			SageMakerCustomAttributes: parameters(v.Input.CustomAttributes),
		},
		OutputProperties: outputProperties{
			Description:  v.Output.Description,
			SampleOutput: samples(v.Output.RealTime, v.Output.Batch),
			Parameters:   fields(v.Output.Fields),
		},
		RecommendedInstanceTypes: recommendedInstanceTypes{
			BatchTransform:    v.Recommended.Batch,
			RealtimeInference: v.Recommended.RealTime,
			Training:          v.Recommended.Training,
		},
	}
}

func samples(realTime, batch version.Sample) sample {
	return sample{
		RealtimeInferenceText: realTime.Text, RealtimeInferenceURL: realTime.URL,
		BatchTransformText: batch.Text, BatchTransformURL: batch.URL,
	}
}

func parameters(all []version.Parameter) []parameter {
	var out []parameter
	for _, p := range all {
		out = append(out, parameter(p))
	}
	return out
}

func fields(all []version.Field) []outputParameter {
	var out []outputParameter
	for _, f := range all {
		out = append(out, outputParameter(f))
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
