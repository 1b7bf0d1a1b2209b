package catalog

// CreateProduct starts a product, which is a Draft at first.
type CreateProduct struct {
	// ProductTitle may be given here already: up to 72 characters.
	ProductTitle string `json:",omitempty"`
}

// UpdateInformation changes the public information of a product: what is nil or
// zero stays as it is. The first one of a product states everything but Sku,
// VideoURLs and AssociatedProducts.
type UpdateInformation struct {
	// ProductTitle has up to 72 characters.
	ProductTitle *string `json:",omitempty"`
	// ShortDescription has up to 1000 characters.
	ShortDescription *string `json:",omitempty"`
	// LongDescription has up to 5000 characters.
	LongDescription *string `json:",omitempty"`
	// Sku is the seller's own name for the product; it can be cleared.
	Sku Clearable[string] `json:",omitzero"`
	// LogoURL is the https address of an image on public S3. The marketplace
	// takes a copy.
	LogoURL *string `json:"LogoUrl,omitempty"`
	// VideoURLs has at most one address.
	VideoURLs []string `json:"VideoUrls,omitzero"`
	// Highlights has 1 to 3 entries.
	Highlights []string `json:",omitzero"`
	// AdditionalResources has up to 3 entries.
	AdditionalResources []AdditionalResource `json:",omitzero"`
	// SupportDescription has up to 2000 characters.
	SupportDescription *string `json:",omitempty"`
	// Categories has 1 to 3 names of categories.
	Categories []string `json:",omitzero"`
	// AssociatedProducts is deprecated for machine learning products.
	AssociatedProducts []string `json:",omitzero"`
	// SearchKeywords has 1 to 15 entries.
	SearchKeywords []string `json:",omitzero"`
}

// AdditionalResource is a link that is shown with the product.
type AdditionalResource struct {
	// Type is the marketplace's; it is read, never sent.
	Type string `json:",omitempty"`
	// Text is what the link says.
	Text string
	// URL is where it leads.
	URL string `json:"Url"`
}

// UpdateTargeting replaces the allow-list of a product.
type UpdateTargeting struct {
	// PositiveTargeting has BuyerAccounts only; an empty list, not a nil one,
	// takes everybody off.
	PositiveTargeting Targeting
}

// Targeting is who an offer or a product is for.
type Targeting struct {
	// CountryCodes are ISO 3166-1 alpha-2 codes.
	CountryCodes []string `json:",omitzero"`
	// BuyerAccounts are account ids of 12 digits.
	BuyerAccounts []string `json:",omitzero"`
}

// AddDeliveryOptions adds a version.
type AddDeliveryOptions struct {
	// Version has a title and notes.
	Version AddedVersion
	// DeliveryOptions has exactly one entry, without an id.
	DeliveryOptions []ChangedDeliveryOption
}

// AddedVersion names a new version.
type AddedVersion struct {
	// VersionTitle has up to 64 characters and is unique within the product.
	VersionTitle string
	// ReleaseNotes has up to 30,000 characters.
	ReleaseNotes string
}

// UpdateDeliveryOptions edits the version that has the delivery option.
type UpdateDeliveryOptions struct {
	// Version is nil when neither title nor notes change.
	Version *UpdatedVersion `json:",omitempty"`
	// DeliveryOptions has exactly one entry, with its id, or is nil.
	DeliveryOptions []ChangedDeliveryOption `json:",omitzero"`
}

// UpdatedVersion changes what a version says of itself: what is nil stays.
type UpdatedVersion struct {
	// VersionTitle is documented, but the seller guide says that titles are
	// fixed.
	VersionTitle *string `json:",omitempty"`
	// ReleaseNotes has up to 30,000 characters.
	ReleaseNotes *string `json:",omitempty"`
}

// ChangedDeliveryOption is a delivery option to add or to edit.
type ChangedDeliveryOption struct {
	// ID is that of Product.Versions[].DeliveryOptions[]; empty for a new one.
	ID string `json:"Id,omitempty"`
	// Details are what it consists of.
	Details DeliveryOptionDetails
}

// DeliveryOptionDetails has exactly one of its members, the same for all
// versions of a product.
type DeliveryOptionDetails struct {
	// ModelPackage is nil for an algorithm.
	ModelPackage *ResourceDetails `json:"SageMakerModelPackageDeliveryOptionDetails,omitempty"`
	// Algorithm is nil for a model package.
	Algorithm *ResourceDetails `json:"SageMakerAlgorithmDeliveryOptionDetails,omitempty"`
}

// ResourceDetails tell what a version is and how it is used. A new version
// states all of them; in an edit what is nil or empty stays as it is, and ARNs
// and role have no place.
type ResourceDetails struct {
	// ModelPackageARN and AlgorithmARN: the one of the kind is given.
	ModelPackageARN string `json:"SageMakerModelPackageArn,omitempty"`
	AlgorithmARN    string `json:"SageMakerAlgorithmArn,omitempty"`
	// AccessRoleARN is a role with which the marketplace reads the resource. It
	// is never given back.
	AccessRoleARN string `json:"AccessRoleArn,omitempty"`
	// UsageInstructions has up to 10,000 characters.
	UsageInstructions *string `json:",omitempty"`
	// SampleNotebookURL and RepositoryURL are https addresses.
	SampleNotebookURL *string `json:"SampleNotebookUrl,omitempty"`
	RepositoryURL     *string `json:"RepositoryUrl,omitempty"`
	// InputProperties, OutputProperties and RecommendedInstanceTypes are sent
	// whole: whether the marketplace merges a part of one is not documented.
	InputProperties          *InputProperties          `json:",omitempty"`
	OutputProperties         *OutputProperties         `json:",omitempty"`
	RecommendedInstanceTypes *RecommendedInstanceTypes `json:",omitempty"`
}

// RestrictDeliveryOptions takes versions off sale for new buyers, for good.
type RestrictDeliveryOptions struct {
	// DeliveryOptionIDs has 1 to 50 ids; one version must remain.
	DeliveryOptionIDs []string `json:"DeliveryOptionIds"`
}

// ReleaseProduct takes a Draft to Limited. It has no members.
type ReleaseProduct struct{}

// UpdateVisibility asks for another visibility, which people review.
type UpdateVisibility struct {
	// TargetVisibility is "Public", "Limited" or "Restricted".
	TargetVisibility string
	// ReplacementProductID may go with "Restricted": the product that takes its
	// place.
	ReplacementProductID string `json:"ReplacementProductId,omitempty"`
}
