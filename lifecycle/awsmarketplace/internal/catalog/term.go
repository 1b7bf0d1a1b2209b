package catalog

// The types of terms. Only those of usage and of the free trial price the public
// offer of a machine learning product.
const (
	// TermUsage has CurrencyCode and one of RateCards.
	TermUsage = "UsageBasedPricingTerm"
	// TermFreeTrial has Duration and Grants.
	TermFreeTrial = "FreeTrialPricingTerm"
	// TermFixedUpfront has CurrencyCode, Price, Grants and Duration.
	TermFixedUpfront = "FixedUpfrontPricingTerm"
	// TermConfigurableUpfront has CurrencyCode and RateCards with a Selector.
	TermConfigurableUpfront = "ConfigurableUpfrontPricingTerm"
	// TermRecurring has CurrencyCode, BillingPeriod and Price.
	TermRecurring = "RecurringPaymentTerm"
	// TermByol has nothing beside its type.
	TermByol = "ByolPricingTerm"
	// TermLegal has Documents.
	TermLegal = "LegalTerm"
	// TermSupport has RefundPolicy.
	TermSupport = "SupportTerm"
	// TermRenewal has nothing beside its type.
	TermRenewal = "RenewalTerm"
	// TermValidity has AgreementStartDate with AgreementDuration or
	// AgreementEndDate.
	TermValidity = "ValidityTerm"
	// TermPaymentSchedule has CurrencyCode and Schedule.
	TermPaymentSchedule = "PaymentScheduleTerm"
)

// The types of legal documents that a machine learning product can have.
const (
	// StandardEULA is the standard contract, by its version.
	StandardEULA = "StandardEula"
	// CustomEULA is the seller's own, by its address.
	CustomEULA = "CustomEula"
)

// Term is one term of an offer, the same in changes and entities. Which members
// it has follows from its type; those that are empty are left out.
type Term struct {
	// Type is one of the constants, or one that is newer than they are.
	Type string
	// CurrencyCode is "USD".
	CurrencyCode string `json:",omitempty"`
	// RateCards are the prices.
	RateCards []RateCard `json:",omitempty"`
	// Duration is an ISO 8601 duration in dates, such as "P14D".
	Duration string `json:",omitempty"`
	// Grants are what is included.
	Grants []Grant `json:",omitempty"`
	// Price is an exact decimal.
	Price string `json:",omitempty"`
	// BillingPeriod is "Monthly".
	BillingPeriod string `json:",omitempty"`
	// Documents are the EULA.
	Documents []LegalDocument `json:",omitempty"`
	// RefundPolicy has up to 500 characters.
	RefundPolicy string `json:",omitempty"`
	// Schedule are the payments.
	Schedule []Payment `json:",omitempty"`
	// AgreementDuration is like Duration.
	AgreementDuration string `json:",omitempty"`
	// AgreementStartDate and AgreementEndDate are days.
	AgreementStartDate string `json:",omitempty"`
	AgreementEndDate   string `json:",omitempty"`
	// ApprovalStrategy and ExpirationDuration are read in entities, never sent.
	ApprovalStrategy   string `json:",omitempty"`
	ExpirationDuration string `json:",omitempty"`
}

// RateCard has the price of each dimension.
type RateCard struct {
	// Selector and Constraints are those of [TermConfigurableUpfront].
	Selector    *Selector    `json:",omitempty"`
	Constraints *Constraints `json:",omitempty"`
	// RateCard has 1 to 800 entries.
	RateCard []Rate
}

// Selector is what the buyer chooses a rate card by.
type Selector struct {
	// Type is "Duration".
	Type string
	// Value is an ISO 8601 duration in dates.
	Value string
}

// Constraints are what the buyer may choose in a rate card: each member is
// "Allowed" or "Disallowed".
type Constraints struct {
	MultipleDimensionSelection string // more than one dimension
	QuantityConfiguration      string // more than one unit of a dimension
}

// Rate is the price of one unit of a dimension.
type Rate struct {
	// DimensionKey is the marketplace's name for it.
	DimensionKey string
	// Price is text, so that it stays exact.
	Price string
}

// Grant is what is included of a dimension.
type Grant struct {
	// DimensionKey is the marketplace's name for it.
	DimensionKey string
	// MaxQuantity is up to 2147483646 units; zero for no limit.
	MaxQuantity int64 `json:",omitempty"`
}

// LegalDocument is a EULA.
type LegalDocument struct {
	// Type is [StandardEULA] or [CustomEULA].
	Type string
	// Version is that of a standard document, such as "2022-07-14".
	Version string `json:",omitempty"`
	// URL is that of a custom document.
	URL string `json:"Url,omitempty"`
}

// Payment is one payment of a schedule.
type Payment struct {
	// ChargeDate is a day; an entity has an instant.
	ChargeDate string
	// ChargeAmount is an exact decimal.
	ChargeAmount string
}
