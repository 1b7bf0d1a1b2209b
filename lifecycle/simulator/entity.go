package simulator

import (
	"encoding/json"
	"fmt"
	"sort"
	"time"
)

// OperationsAccount stands for the accounts of AWS's own catalog operations, which the service adds to the allow-list of
// every product. It is invented.
const OperationsAccount = "999988887777"

// Entity types: versioned when a change names them, bare when a list does.
const (
	productType     = "MachineLearningProduct@1.0"
	offerType       = "Offer@1.0"
	bareProductType = "MachineLearningProduct"
	bareOfferType   = "Offer"
)

const (
	visibilityDraft      = "Draft"
	visibilityLimited    = "Limited"
	visibilityPublic     = "Public"
	visibilityRestricted = "Restricted"

	productDraft  = "Draft" // ProductState until the product is released
	productActive = "Active"

	stateDraft    = "Draft"
	stateReleased = "Released"

	kindModelPackage = "SageMakerModelPackage"
	kindAlgorithm    = "SageMakerAlgorithm"

	countKey = "inference.count.m.i.c"
)

type entity struct {
	ID       string
	Seller   string // the account that owns it
	Revision int
	Modified time.Time
	Product  *product `json:",omitempty"`
	Offer    *offer   `json:",omitempty"`
	Tags     []tag    `json:",omitempty"`
}

func (e *entity) bareType() string {
	if e.Product != nil {
		return bareProductType
	}
	return bareOfferType
}

func (e *entity) versionedType() string { return e.bareType() + "@1.0" }

func (e *entity) identifier() string { return fmt.Sprintf("%s@%d", e.ID, e.Revision) }

func (e *entity) arn() string {
	return fmt.Sprintf("arn:aws:aws-marketplace:us-east-1:%s:AWSMarketplace/%s/%s", e.Seller, e.bareType(), e.ID)
}

// product is the entity document of a machine learning product; nothing else is kept about one.
type product struct {
	Description          productDescription
	PromotionalResources promotion
	SupportInformation   struct {
		Description optional
	}
	Targeting          productTargeting
	RegionAvailability regions
	Dimensions         []dimension
	Versions           []*version
}

type productDescription struct {
	ProductTitle         optional
	ProductCode          string
	ShortDescription     optional
	LongDescription      optional
	Sku                  *string
	Highlights           []string
	AssociatedProducts   []string
	SearchKeywords       []string
	Visibility           string
	ProductState         string
	ReplacementProductID optional `json:"ReplacementProductId"`
	Categories           []string
}

type promotion struct {
	LogoURL             optional `json:"LogoUrl"`
	Videos              []video
	AdditionalResources []resourceLink
}

type video struct {
	Type, Title string
	URL         string `json:"Url"`
}

type resourceLink struct {
	Type, Text string
	URL        string `json:"Url"`
}

type buyerTargeting struct {
	BuyerAccounts []string
}

type productTargeting struct {
	PositiveTargeting buyerTargeting
}

// regions is read-only: no documented change chooses the Regions of a machine learning product.
type regions struct {
	Regions             []string
	Restrict            []string
	FutureRegionSupport *string
}

type dimension struct {
	Name, Description, Key, Unit string
	Types                        []string
}

type version struct {
	ID              string `json:"Id"`
	VersionTitle    string
	ReleaseNotes    string
	CreationDate    string
	Sources         []source
	DeliveryOptions []*deliveryOption
}

type source struct {
	ID              string `json:"Id"`
	Type            string
	ModelPackageArn string `json:",omitempty"`
	AlgorithmArn    string `json:",omitempty"`
}

func (s source) arn() string { return s.ModelPackageArn + s.AlgorithmArn }

type deliveryOption struct {
	ID                       string `json:"Id"`
	Type                     string
	SourceID                 string `json:"SourceId"`
	Title                    string
	ShortDescription         string
	Visibility               string
	Instructions             instructions
	RecommendedInstanceTypes recommendedTypes
	SupportedInstanceTypes   supportedTypes
}

type instructions struct {
	Usage             optional
	SampleNotebookURL optional `json:"SampleNotebookUrl"`
	RepositoryURL     optional `json:"RepositoryUrl"`
	InputProperties   inputProperties
	OutputProperties  outputProperties
}

type inputProperties struct {
	Description               optional
	Limitations               optional
	SampleInput               *sample
	Parameters                []parameter
	SageMakerCustomAttributes []parameter
}

type outputProperties struct {
	Description  optional
	SampleOutput *sample
	Parameters   []outputParameter
}

type sample struct {
	RealtimeInferenceText optional
	RealtimeInferenceURL  optional `json:"RealtimeInferenceUrl"`
	BatchTransformText    optional
	BatchTransformURL     optional `json:"BatchTransformUrl"`
}

type parameter struct {
	Name, Description string
	Constraints       optional
	Required          bool
}

type outputParameter struct {
	Name, Description string
	AlwaysReturned    bool
}

type recommendedTypes struct {
	BatchTransform    optional
	RealtimeInference optional
	Training          optional
}

type supportedTypes struct {
	BatchTransform    []string
	RealtimeInference []string
	Training          []string
}

// newProduct is a Draft as CreateProduct leaves it.
func newProduct(title, code string) *product {
	return &product{
		Description: productDescription{
			ProductTitle: optional(title), ProductCode: code, Visibility: visibilityDraft, ProductState: productDraft,
		},
		Targeting: productTargeting{buyerTargeting{[]string{OperationsAccount}}},
		RegionAvailability: regions{
			Regions: []string{
				"ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
				"eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
				"us-east-1", "us-east-2", "us-west-1", "us-west-2",
			},
			Restrict:            []string{},
			FutureRegionSupport: ptr("All"),
		},
		Dimensions: []dimension{},
		Versions:   []*version{},
	}
}

// option finds a delivery option and the version that owns it.
func (p *product) option(id string) (*version, *deliveryOption) {
	for _, v := range p.Versions {
		for _, o := range v.DeliveryOptions {
			if o.ID == id {
				return v, o
			}
		}
	}
	return nil, nil
}

// setDimensions generates the dimensions of every version so far, sorted by key. A version that no longer supports an
// instance type takes nothing away, because the older versions still do.
func (p *product) setDimensions() {
	found := map[string]dimension{}
	add := func(key, name, description, unit string) {
		found[key] = dimension{name, description, key, unit, []string{"Metered"}}
	}
	for _, v := range p.Versions {
		for _, o := range v.DeliveryOptions {
			for _, t := range o.SupportedInstanceTypes.BatchTransform {
				add(t+".m.i.b", t+" Inference (Batch)", "Model inference on the "+t+" instance type, batch mode", "HostHrs")
			}
			for _, t := range o.SupportedInstanceTypes.RealtimeInference {
				add(t+".m.i.r", t+" Inference (Real-Time)", "Model inference on the "+t+" instance type, real-time mode", "HostHrs")
				add(countKey, countKey+" Inference Pricing", countKey+" Inference Pricing", "Requests")
			}
			for _, t := range o.SupportedInstanceTypes.Training {
				add(t+".a.t", t+" Training", "Algorithm training on the "+t+" instance type", "HostHrs")
			}
		}
	}
	p.Dimensions = []dimension{}
	for _, key := range sortedKeys(found) {
		p.Dimensions = append(p.Dimensions, found[key])
	}
}

// optional is a text that is printed as null when it is empty. AWS answers that way.
type optional string

// MarshalJSON prints the text, or null.
func (o optional) MarshalJSON() ([]byte, error) {
	if o == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(o))
}

// offer is what is kept about an offer; document gives its public part.
type offer struct {
	State                   string
	Name, Description       optional
	ProductID               string
	PricingModel            string
	Agreement               *agreement `json:",omitempty"` // one made outside, which private offers may continue
	Pricing, Legal, Support []term
	Positive, Negative      []string // country codes
	Buyers, Programs        []string `json:",omitempty"` // of an offer that AWS made
	Released, LastRise      time.Time
}

// term is any term of an offer, as it is written and as it is read back.
type term struct {
	Type         string
	CurrencyCode string          `json:",omitempty"`
	RateCards    []rateCard      `json:",omitempty"`
	Duration     string          `json:",omitempty"`
	Grants       []grant         `json:",omitempty"`
	Documents    []legalDocument `json:",omitempty"`
	RefundPolicy string          `json:",omitempty"`
}

type rateCard struct {
	RateCard []rate
}

type rate struct{ DimensionKey, Price string }

type grant struct {
	DimensionKey string
	MaxQuantity  *int64 `json:",omitempty"`
}

type legalDocument struct {
	Type    string
	URL     string `json:"Url,omitempty"`
	Version string `json:",omitempty"`
}

type agreement struct{ AcquisitionChannel, PricingModel string }

type offerDocument struct {
	ID          string `json:"Id"`
	State       string
	Name        optional
	Description optional
	ProductID   string `json:"ProductId"`

	PreExistingAgreement *agreement
	Terms                []term
	Rules                []offerRule
}

type offerRule struct {
	Type                                 string
	PositiveTargeting, NegativeTargeting *countryTargeting
}

type countryTargeting struct {
	CountryCodes []string
}

func (o *offer) document(id string) offerDocument {
	d := offerDocument{
		ID: id, State: o.State, Name: o.Name, Description: o.Description, ProductID: o.ProductID,
		PreExistingAgreement: o.Agreement, Terms: []term{}, Rules: []offerRule{},
	}
	d.Terms = append(append(append(d.Terms, o.Pricing...), o.Legal...), o.Support...)
	if len(o.Positive)+len(o.Negative) > 0 {
		r := offerRule{Type: "TargetingRule"}
		if len(o.Positive) > 0 {
			r.PositiveTargeting = &countryTargeting{o.Positive}
		}
		if len(o.Negative) > 0 {
			r.NegativeTargeting = &countryTargeting{o.Negative}
		}
		d.Rules = append(d.Rules, r)
	}
	return d
}

// rates gives the usage prices by dimension; nil when the offer has no usage term.
func (o *offer) rates() map[string]string { return ratesOf(o.Pricing) }

func ratesOf(terms []term) map[string]string {
	for _, t := range terms {
		if t.Type == termUsage {
			prices := map[string]string{}
			for _, c := range t.RateCards {
				for _, r := range c.RateCard {
					prices[r.DimensionKey] = r.Price
				}
			}
			return prices
		}
	}
	return nil
}

func ptr[T any](v T) *T { return &v }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
