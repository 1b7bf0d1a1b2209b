package permission

import (
	"slices"

	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/iampolicy"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// MarketplaceService is who access roles are handed over to.
const MarketplaceService = "assets.marketplace.amazonaws.com"

// Scope is that of package policy, which documents it.
type Scope struct {
	Account          listing.AccountID
	Roles            []version.Role
	Resources        []version.ARN
	Products, Offers []string
}

// Statements returns the least policy with which the needs are met.
func (s Scope) Statements(n Needs) []iampolicy.Statement {
	var all []iampolicy.Statement
	allow := func(sid string, resources []string, actions ...string) *iampolicy.Statement {
		all = append(all, iampolicy.Statement{Sid: sid, Effect: "Allow", Action: actions, Resource: resources})
		return &all[len(all)-1]
	}
	changeSets := s.Catalog("ChangeSet", nil)
	if len(n.product) > 0 {
		allow("ChangeProducts", slices.Concat(s.products(n), changeSets), startChangeSet).
			Condition = iampolicy.StringEquals("catalog:ChangeType", inOrder(n.product)...)
	}
	if len(n.offer) > 0 {
		allow("ChangeOffers", slices.Concat(s.offers(n), changeSets), startChangeSet).
			Condition = iampolicy.StringEquals("catalog:ChangeType", inOrder(n.offer)...)
	}
	follow := []string{"aws-marketplace:DescribeChangeSet"}
	if n.cancels {
		follow = append(follow, "aws-marketplace:CancelChangeSet")
	}
	allow("FollowChanges", changeSets, follow...)
	allow("FindChanges", []string{"*"}, "aws-marketplace:ListChangeSets", "aws-marketplace:ListEntities")
	allow("ReadListings", s.readable(n), "aws-marketplace:DescribeEntity")
	if n.creates {
		allow("TagChanges", slices.Concat(s.touched(n), changeSets), tagResource).Condition = iampolicy.OnlyTags(tagKeys...)
		allow("TraceSubmissions", s.products(n), "aws-marketplace:ListTagsForResource")
	} else if n.starts() {
		allow("TagChanges", changeSets, tagResource).Condition = iampolicy.OnlyTags(tagKeys...)
	}
	if n.AddsVersion() {
		allow("HandOverVersions", s.roles(), "iam:PassRole").Condition = iampolicy.StringEquals("iam:PassedToService", MarketplaceService)
	}
	if n.describes {
		resources, actions := s.describable()
		allow("ReadResources", resources, actions...)
	}
	return all
}

// touched are the products and offers that change.
func (s Scope) touched(n Needs) (resources []string) {
	if len(n.product) > 0 {
		resources = append(resources, s.products(n)...)
	}
	if len(n.offer) > 0 {
		resources = append(resources, s.offers(n)...)
	}
	return resources
}

func (s Scope) readable(n Needs) []string { return slices.Concat(s.products(n), s.offers(n)) }

func (s Scope) products(n Needs) []string {
	if n.creates {
		return s.Catalog("MachineLearningProduct", nil)
	}
	return s.Catalog("MachineLearningProduct", s.Products)
}

func (s Scope) offers(n Needs) []string {
	if n.creates {
		return s.Catalog("Offer", nil)
	}
	return s.Catalog("Offer", s.Offers)
}

func (s Scope) account() string {
	if s.Account == "" {
		return "*"
	}
	return string(s.Account)
}

// Catalog returns the ARNs of the entities of the kind with the ids, each once,
// and of all of that kind if there are none.
func (s Scope) Catalog(kind string, ids []string) (resources []string) {
	if len(ids) == 0 {
		ids = []string{"*"}
	}
	for _, id := range distinct(ids) {
		resources = append(resources, "arn:aws:aws-marketplace:"+wire.Region+":"+s.account()+":"+wire.Catalog+"/"+kind+"/"+id)
	}
	return resources
}

func (s Scope) roles() []string {
	if len(s.Roles) == 0 {
		return []string{"arn:aws:iam::" + s.account() + ":role/*"}
	}
	return distinct(s.Roles)
}

const tagResource = "aws-marketplace:TagResource"

// tagKeys are the keys of all tags that are written: those of package
// awsmarketplace.
var tagKeys = []string{"shelflife:listing", "shelflife:request"}

// The actions that look at a resource.
const (
	describeModelPackage = "sagemaker:DescribeModelPackage"
	describeAlgorithm    = "sagemaker:DescribeAlgorithm"
)

// ActionFor returns the action that looks at a resource of the kind.
func ActionFor(kind version.Kind) string {
	if kind == version.Algorithm {
		return describeAlgorithm
	}
	return describeModelPackage
}

// describable are the resources, and the actions for the kinds among them.
func (s Scope) describable() (resources, actions []string) {
	if len(s.Resources) == 0 {
		all := "arn:aws:sagemaker:*:" + s.account() + ":"
		return []string{all + "model-package/*", all + "algorithm/*"}, []string{describeModelPackage, describeAlgorithm}
	}
	kinds := map[version.Kind]bool{}
	for _, arn := range s.Resources {
		if parts, err := arn.Parts(); err == nil {
			kinds[parts.Kind] = true
		}
	}
	for _, kind := range []version.Kind{version.ModelPackage, version.Algorithm} {
		if kinds[kind] {
			actions = append(actions, ActionFor(kind))
		}
	}
	return distinct(s.Resources), actions
}

// distinct returns the values in order, each once.
func distinct[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
