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

	stateDraft    = "Draft"
	stateReleased = "Released"

	kindModelPackage = "SageMakerModelPackage"
	kindAlgorithm    = "SageMakerAlgorithm"

	countKey = "inference.count.m.i.c"
)

type entity struct {
	ID       string
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

func (e *entity) arn(seller string) string {
	return fmt.Sprintf("arn:aws:aws-marketplace:us-east-1:%s:AWSMarketplace/%s/%s", seller, e.bareType(), e.ID)
}

// document is what DescribeEntity answers.
func (e *entity) document() (json.RawMessage, error) {
	if e.Product != nil {
		return json.Marshal(e.Product)
	}
	return json.Marshal(e.Offer.document(e.ID))
}

// product is the entity document of a machine learning product; nothing else is kept about one.
type product struct {
	Description          productDescription
	PromotionalResources promotion
	SupportInformation   struct {
		Description string `json:",omitempty"`
	}
	Targeting          productTargeting
	RegionAvailability regions
	Dimensions         []dimension
	Versions           []*version
}

type productDescription struct {
	ProductTitle         string `json:",omitempty"`
	ProductCode          string
	ShortDescription     string `json:",omitempty"`
	LongDescription      string `json:",omitempty"`
	Sku                  *string
	Highlights           []string
	AssociatedProducts   []string `json:",omitempty"`
	SearchKeywords       []string
	Visibility           string
	ProductState         string
	ReplacementProductID string `json:"ReplacementProductId,omitempty"`
	Categories           []string
}

type promotion struct {
	LogoURL             string `json:"LogoUrl,omitempty"`
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
	Usage             string
	SampleNotebookURL string `json:"SampleNotebookUrl"`
	RepositoryURL     string `json:"RepositoryUrl"`
	InputProperties   inputProperties
	OutputProperties  outputProperties
}

type inputProperties struct {
	Description               string      `json:",omitempty"`
	Limitations               string      `json:",omitempty"`
	SampleInput               *sample     `json:",omitempty"`
	Parameters                []parameter `json:",omitempty"`
	SageMakerCustomAttributes []parameter `json:",omitempty"`
}

type outputProperties struct {
	Description  string            `json:",omitempty"`
	SampleOutput *sample           `json:",omitempty"`
	Parameters   []outputParameter `json:",omitempty"`
}

type sample struct {
	RealtimeInferenceText string `json:",omitempty"`
	RealtimeInferenceURL  string `json:"RealtimeInferenceUrl,omitempty"`
	BatchTransformText    string `json:",omitempty"`
	BatchTransformURL     string `json:"BatchTransformUrl,omitempty"`
}

type parameter struct {
	Name, Description string
	Constraints       string `json:",omitempty"`
	Required          bool
}

type outputParameter struct {
	Name, Description string
	AlwaysReturned    bool
}

type recommendedTypes struct {
	BatchTransform    string `json:",omitempty"`
	RealtimeInference string `json:",omitempty"`
	Training          string `json:",omitempty"`
}

type supportedTypes struct {
	BatchTransform    []string `json:",omitempty"`
	RealtimeInference []string `json:",omitempty"`
	Training          []string `json:",omitempty"`
}

// newProduct is a Draft as CreateProduct leaves it.
func newProduct(title, code string) *product {
	return &product{
		Description: productDescription{
			ProductTitle: title, ProductCode: code, Visibility: visibilityDraft, ProductState: "Active",
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

// offer is what is kept about an offer; document gives its public part.
type offer struct {
	State, Name, Description, ProductID string
	PricingModel                        string
	Pricing, Legal, Support             []term
	Positive, Negative                  []string // country codes
	Released, LastRise                  time.Time
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

type offerDocument struct {
	ID          string `json:"Id"`
	State       string
	Name        string `json:",omitempty"`
	Description string `json:",omitempty"`
	ProductID   string `json:"ProductId"`
	Terms       []term
	Rules       []offerRule
}

type offerRule struct {
	Type              string
	PositiveTargeting *countryTargeting `json:",omitempty"`
	NegativeTargeting *countryTargeting `json:",omitempty"`
}

type countryTargeting struct {
	CountryCodes []string
}

func (o *offer) document(id string) offerDocument {
	d := offerDocument{
		ID: id, State: o.State, Name: o.Name, Description: o.Description, ProductID: o.ProductID,
		Terms: []term{}, Rules: []offerRule{},
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
