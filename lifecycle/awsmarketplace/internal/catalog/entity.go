package catalog

// Product is the entity MachineLearningProduct@1.0. The marketplace may leave
// out any member of it or make it null: either is the zero value. Objects are
// written even when they are empty, so that clearing the last member of one does
// not take along what is unknown of it.
type Product struct {
	// Description is what it is.
	Description ProductDescription
	// PromotionalResources are logo, videos and links.
	PromotionalResources PromotionalResources
	// SupportInformation is how buyers are helped.
	SupportInformation SupportInformation
	// Targeting is the allow-list.
	Targeting ProductTargeting
	// Dimensions are what can be priced; the marketplace makes them.
	Dimensions []Dimension `json:",omitzero"`
	// RegionAvailability is where it is for sale.
	RegionAvailability RegionAvailability
	// Versions are the releases.
	Versions []Version `json:",omitzero"`
}

// ProductDescription is the public information of a product.
type ProductDescription struct {
	// These are as [UpdateInformation] has them.
	ProductTitle       string   `json:",omitzero"`
	ShortDescription   string   `json:",omitzero"`
	LongDescription    string   `json:",omitzero"`
	Sku                string   `json:",omitzero"`
	Highlights         []string `json:",omitzero"`
	SearchKeywords     []string `json:",omitzero"`
	Categories         []string `json:",omitzero"`
	AssociatedProducts []string `json:",omitzero"`
	// ProductCode is the marketplace's, for metering.
	ProductCode string `json:",omitzero"`
	// ProductState is the marketplace's, such as "Active".
	ProductState string `json:",omitzero"`
	// Visibility is "Draft", "Limited", "Public" or "Restricted".
	Visibility string `json:",omitzero"`
	// ReplacementProductID is the product that takes its place.
	ReplacementProductID string `json:"ReplacementProductId,omitzero"`
}

// PromotionalResources are what a product is shown with.
type PromotionalResources struct {
	// LogoURL is that of the marketplace's own copy.
	LogoURL string `json:"LogoUrl,omitzero"`
	// Videos has at most one entry.
	Videos []Video `json:",omitzero"`
	// AdditionalResources are links.
	AdditionalResources []AdditionalResource `json:",omitzero"`
}

// Video is a video that is shown with a product.
type Video struct {
	Type  string `json:",omitzero"`    // the marketplace's
	Title string `json:",omitzero"`    // the marketplace's
	URL   string `json:"Url,omitzero"` // as it was sent
}

// SupportInformation is how buyers are helped.
type SupportInformation struct {
	// Description is UpdateInformation.SupportDescription.
	Description string `json:",omitzero"`
}

// ProductTargeting is who may see a product that is not public.
type ProductTargeting struct {
	// PositiveTargeting has BuyerAccounts, the marketplace's own among them.
	PositiveTargeting Targeting
}

// Dimension is something that can be priced.
type Dimension struct {
	// Name and Description are for people.
	Name        string `json:",omitzero"`
	Description string `json:",omitzero"`
	// Key is what rate cards name it by, such as "ml.m5.large.m.i.r".
	Key string `json:",omitzero"`
	// Unit is "HostHrs" or "Requests".
	Unit string `json:",omitzero"`
	// Types is "Metered".
	Types []string `json:",omitzero"`
}

// RegionAvailability is where a product is for sale. No change of the Catalog
// API sets it.
type RegionAvailability struct {
	// Regions are those where it is for sale, Restrict those where it no longer
	// is for new buyers.
	Regions  []string `json:",omitzero"`
	Restrict []string `json:",omitzero"`
	// FutureRegionSupport is whether new Regions are added.
	FutureRegionSupport string `json:",omitzero"`
}

// Version is one release of a product.
type Version struct {
	// ID is the version's, which no change takes: they want the delivery
	// option's.
	ID string `json:"Id,omitzero"`
	// VersionTitle and ReleaseNotes are as [AddedVersion] has them.
	VersionTitle string `json:",omitzero"`
	ReleaseNotes string `json:",omitzero"`
	// CreationDate is an instant in RFC 3339.
	CreationDate string `json:",omitzero"`
	// Sources are the SageMaker resources.
	Sources []Source `json:",omitzero"`
	// DeliveryOptions has exactly one entry.
	DeliveryOptions []DeliveryOption `json:",omitzero"`
}

// Source is a SageMaker resource of a version.
type Source struct {
	// ID is what DeliveryOption.SourceID names.
	ID string `json:"Id,omitzero"`
	// Type is "SageMakerModelPackage" or "SageMakerAlgorithm".
	Type string `json:",omitzero"`
	// ModelPackageARN and AlgorithmARN: the one of the type is given.
	ModelPackageARN string `json:"ModelPackageArn,omitzero"`
	AlgorithmARN    string `json:"AlgorithmArn,omitzero"`
}

// DeliveryOption is how a version is delivered.
type DeliveryOption struct {
	// ID is what changes name it by.
	ID string `json:"Id,omitzero"`
	// Type is "SageMakerModelPackage" or "SageMakerAlgorithm".
	Type string `json:",omitzero"`
	// SourceID is that of the resource.
	SourceID string `json:"SourceId,omitzero"`
	// Title and ShortDescription are the marketplace's.
	Title            string `json:",omitzero"`
	ShortDescription string `json:",omitzero"`
	// Visibility is "Public" or "Restricted".
	Visibility string `json:",omitzero"`
	// Instructions are how it is used.
	Instructions Instructions
	// RecommendedInstanceTypes are the seller's.
	RecommendedInstanceTypes RecommendedInstanceTypes
	// SupportedInstanceTypes are those of the resource.
	SupportedInstanceTypes SupportedInstanceTypes
}

// Instructions are how a delivery option is used.
type Instructions struct {
	// Usage is ResourceDetails.UsageInstructions.
	Usage string `json:",omitzero"`
	// SampleNotebookURL and RepositoryURL are as they were sent.
	SampleNotebookURL string `json:"SampleNotebookUrl,omitzero"`
	RepositoryURL     string `json:"RepositoryUrl,omitzero"`
	// InputProperties and OutputProperties are as they were sent.
	InputProperties  InputProperties
	OutputProperties OutputProperties
}

// SupportedInstanceTypes are the instance types of a resource in each mode.
type SupportedInstanceTypes struct {
	BatchTransform    []string `json:",omitzero"` // such as "ml.m5.large"
	RealtimeInference []string `json:",omitzero"`
	Training          []string `json:",omitzero"` // an algorithm's only
}

// Offer is the entity Offer@1.0. The marketplace may leave out any member of it
// or make it null: either is the zero value. It does not tell the pricing model.
type Offer struct {
	// ID is the offer's.
	ID string `json:"Id,omitzero"`
	// State is "Draft" or "Released".
	State string `json:",omitzero"`
	// Name and Description are as [UpdateOfferInformation] has them.
	Name        string `json:",omitzero"`
	Description string `json:",omitzero"`
	// ProductID is what is offered.
	ProductID string `json:"ProductId,omitzero"`
	// OfferSetID is a set of private offers.
	OfferSetID string `json:"OfferSetId,omitzero"`
	// MarkupPercentage is a reseller's, a decimal.
	MarkupPercentage string `json:",omitzero"`
	// PreExistingAgreement is what the offer replaces.
	PreExistingAgreement *PreExistingAgreement `json:",omitempty"`
	// Terms are what was agreed on.
	Terms []Term `json:",omitzero"`
	// Rules are who can accept it, and until when.
	Rules []OfferRule `json:",omitzero"`
}

// OfferRule limits who can accept an offer, or until when.
type OfferRule struct {
	// Type is "TargetingRule" or "AvailabilityRule".
	Type string `json:",omitzero"`
	// PositiveTargeting and NegativeTargeting are those of a TargetingRule.
	PositiveTargeting *Targeting `json:",omitempty"`
	NegativeTargeting *Targeting `json:",omitempty"`
	// AvailabilityEndDate is that of an AvailabilityRule, an instant in RFC 3339.
	AvailabilityEndDate string `json:",omitzero"`
}
