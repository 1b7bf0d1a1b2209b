package awsmarketplace

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/version"
)

// marketplaceService is who access roles are handed over to.
const marketplaceService = "assets.marketplace.amazonaws.com"

type policyDocument struct {
	Version   string
	Statement []statement
}

// statement is one statement of a policy, with its members in the order that
// people write them.
type statement struct {
	Sid       string
	Effect    string
	Principal string `json:",omitempty"`
	Action    oneOrMany
	Resource  oneOrMany
	Condition map[string]map[string]oneOrMany `json:",omitempty"`
}

// oneOrMany is written without brackets when it is one.
type oneOrMany []string

// MarshalJSON writes a string or a list of them.
func (m oneOrMany) MarshalJSON() ([]byte, error) {
	if len(m) == 1 {
		return json.Marshal(m[0])
	}
	return json.Marshal([]string(m))
}

// UnmarshalJSON reads a string or a list of them.
func (m *oneOrMany) UnmarshalJSON(data []byte) error {
	var many []string
	if err := json.Unmarshal(data, &many); err == nil {
		*m = many
		return nil
	}
	var one string
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*m = oneOrMany{one}
	return nil
}

// needs is what a command does at AWS.
type needs struct {
	// product and offer are the change types that it sends.
	product, offer []string
	// describes resources of SageMaker.
	describes bool
	cancels   bool
	// creates a product or an offer.
	creates bool
}

var updateOffer = []string{"UpdateInformation", "UpdatePricingTerms", "UpdateLegalTerms", "UpdateSupportTerms"}

// commandNeeds has every command. A submission is either the first one, or one
// after edits that may touch anything. A free offer prices all that a resource
// supports, so that looking at a resource again can bring new rates.
var commandNeeds = map[lifecycle.Event]needs{
	lifecycle.EventCreate:           {},
	lifecycle.EventAdoptTest:        {},
	lifecycle.EventAdoptLive:        {},
	lifecycle.EventAdoptUnpublished: {},
	lifecycle.EventEdit:             {},
	lifecycle.EventSubmit: {
		product: []string{"CreateProduct", "UpdateInformation", "UpdateTargeting", "AddDeliveryOptions", "UpdateDeliveryOptions",
			"RestrictDeliveryOptions", "ReleaseProduct"},
		offer:     append([]string{"CreateOffer", "ReleaseOffer"}, updateOffer...),
		describes: true, creates: true,
	},
	lifecycle.EventSignOff:           {product: []string{"UpdateVisibility", "UpdateTargeting"}}, // a private listing opens to its buyers
	lifecycle.EventAddVersion:        {product: []string{"AddDeliveryOptions"}, offer: []string{"UpdatePricingTerms"}, describes: true},
	lifecycle.EventUpdateVersion:     {product: []string{"UpdateDeliveryOptions"}, offer: []string{"UpdatePricingTerms"}, describes: true},
	lifecycle.EventRestrictVersion:   {product: []string{"RestrictDeliveryOptions"}},
	lifecycle.EventUpdateInformation: {product: []string{"UpdateInformation"}},
	lifecycle.EventUpdatePricing:     {offer: updateOffer, describes: true},
	lifecycle.EventUpdateAllowList:   {product: []string{"UpdateTargeting"}},
	lifecycle.EventUnpublish:         {product: []string{"UpdateVisibility"}},
	lifecycle.EventCancel:            {cancels: true},
	lifecycle.EventEndSupport:        {},
}

// changeTypeOrder is the order of a listing's life.
var changeTypeOrder = []string{
	"CreateProduct", "UpdateInformation", "UpdateTargeting", "AddDeliveryOptions", "UpdateDeliveryOptions", "RestrictDeliveryOptions",
	"ReleaseProduct", "UpdateVisibility", "CreateOffer", "UpdatePricingTerms", "UpdateLegalTerms", "UpdateSupportTerms", "ReleaseOffer",
}

// needsOf returns what the commands need together.
func needsOf(commands []lifecycle.Event) (needs, error) {
	var all needs
	for i, command := range commands {
		each, known := commandNeeds[command]
		if !known {
			return needs{}, &PolicyError{Field: fmt.Sprintf("commands[%d]", i), Problem: fmt.Sprintf("is %q, which is not a command", wire.Shorten(string(command), 100)),
				Remedy: "give the event of a command, such as lifecycle.EventSubmit"}
		}
		all.product = append(all.product, each.product...)
		all.offer = append(all.offer, each.offer...)
		all.describes = all.describes || each.describes
		all.cancels = all.cancels || each.cancels
		all.creates = all.creates || each.creates
	}
	return all, nil
}

func (n needs) starts() bool { return len(n.product)+len(n.offer) > 0 }

func (n needs) changeTypes() (types []string) {
	for _, each := range changeTypeOrder {
		if slices.Contains(n.product, each) || slices.Contains(n.offer, each) {
			types = append(types, each)
		}
	}
	return types
}

func (s PolicyScope) statements(n needs) []statement {
	var all []statement
	allow := func(sid string, resources []string, actions ...string) *statement {
		all = append(all, statement{Sid: sid, Effect: "Allow", Action: actions, Resource: resources})
		return &all[len(all)-1]
	}
	changeSets := s.catalog("ChangeSet", nil)
	if n.starts() {
		allow("RequestChanges", slices.Concat(s.touched(n), changeSets), "aws-marketplace:StartChangeSet").
			Condition = stringEquals("catalog:ChangeType", n.changeTypes()...)
	}
	follow := []string{"aws-marketplace:DescribeChangeSet"}
	if n.cancels {
		follow = append(follow, "aws-marketplace:CancelChangeSet")
	}
	allow("FollowChanges", changeSets, follow...)
	allow("FindChanges", []string{"*"}, "aws-marketplace:ListChangeSets", "aws-marketplace:ListEntities")
	allow("ReadListings", s.readable(n), "aws-marketplace:DescribeEntity")
	if n.creates {
		allow("TagChanges", slices.Concat(s.touched(n), changeSets), "aws-marketplace:TagResource")
		allow("TraceSubmissions", s.products(n), "aws-marketplace:ListTagsForResource")
	} else if n.starts() {
		allow("TagChanges", changeSets, "aws-marketplace:TagResource")
	}
	if slices.Contains(n.product, "AddDeliveryOptions") {
		allow("HandOverVersions", s.roles(), "iam:PassRole").Condition = stringEquals("iam:PassedToService", marketplaceService)
	}
	if n.describes {
		resources, actions := s.describable()
		allow("ReadResources", resources, actions...)
	}
	return all
}

func stringEquals(key string, values ...string) map[string]map[string]oneOrMany {
	return map[string]map[string]oneOrMany{"StringEquals": {key: values}}
}

// touched are the products and offers that change.
func (s PolicyScope) touched(n needs) (resources []string) {
	if len(n.product) > 0 {
		resources = append(resources, s.products(n)...)
	}
	if len(n.offer) > 0 {
		resources = append(resources, s.offers(n)...)
	}
	return resources
}

func (s PolicyScope) readable(n needs) []string { return slices.Concat(s.products(n), s.offers(n)) }

func (s PolicyScope) products(n needs) []string {
	if n.creates {
		return s.catalog("MachineLearningProduct", nil)
	}
	return s.catalog("MachineLearningProduct", s.Products)
}

func (s PolicyScope) offers(n needs) []string {
	if n.creates {
		return s.catalog("Offer", nil)
	}
	return s.catalog("Offer", s.Offers)
}

func (s PolicyScope) account() string {
	if s.Account == "" {
		return "*"
	}
	return string(s.Account)
}

func (s PolicyScope) catalog(kind string, ids []string) (resources []string) {
	if len(ids) == 0 {
		ids = []string{"*"}
	}
	for _, id := range distinct(ids) {
		resources = append(resources, "arn:aws:aws-marketplace:"+wire.Region+":"+s.account()+":AWSMarketplace/"+kind+"/"+id)
	}
	return resources
}

func (s PolicyScope) roles() []string {
	if len(s.Roles) == 0 {
		return []string{"arn:aws:iam::" + s.account() + ":role/*"}
	}
	return distinct(s.Roles)
}

// describable are the resources, and the actions for the kinds among them.
func (s PolicyScope) describable() (resources, actions []string) {
	const modelPackage, algorithm = "sagemaker:DescribeModelPackage", "sagemaker:DescribeAlgorithm"
	if len(s.Resources) == 0 {
		all := "arn:aws:sagemaker:*:" + s.account() + ":"
		return []string{all + "model-package/*", all + "algorithm/*"}, []string{modelPackage, algorithm}
	}
	kinds := map[version.Kind]bool{}
	for _, arn := range s.Resources {
		if parts, err := arn.Parts(); err == nil { // as check has found
			kinds[parts.Kind] = true
		}
	}
	if kinds[version.ModelPackage] {
		actions = append(actions, modelPackage)
	}
	if kinds[version.Algorithm] {
		actions = append(actions, algorithm)
	}
	return distinct(s.Resources), actions
}
