package lifecycle

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// Input is what a decision takes beside the record and the command.
type Input struct {
	// At is the instant of the decision.
	At time.Time
	// By names who asks, for the journal, in at most 256 characters; it may be empty.
	By string
	// Facts are what is known of the world.
	Facts Facts
	// Policy adds the caller's own rules.
	Policy Policy

	once *UsedKey
}

// Facts are what a decision needs to know beyond the record. Any of them can
// be missing; the rules that needed it are then reported as not checked. The
// zero value knows nothing.
type Facts struct {
	// Seller is what is known of the seller; nil is nothing.
	Seller *SellerProfile
	// MayRequest tells whether the caller may work with change sets.
	MayRequest Answer
	// Denial is why, if MayRequest is No: it decides what the remedy is.
	Denial Denial
	// Resources holds what SageMaker said of each resource that could be asked
	// for.
	Resources map[version.ARN]Resource
	// Assets holds the bytes at each address that could be asked for; nil bytes
	// are an address with nothing behind it.
	Assets map[string][]byte
	// Replacements holds, by id, the summaries of listings that may replace
	// another. A zero summary is known not to exist.
	Replacements map[uuid.UUID]Summary
	// Why says why a fact could not be had. Its keys are the ARN of a resource,
	// the address of a file, the id of a replacement as text, [WhySeller] and
	// [WhyMayRequest].
	Why map[string]string
}

// Denial is why the marketplace denies a call. The zero value is a permission that
// is missing.
type Denial string

const (
	// DenialCredentials are credentials that are missing, wrong or expired.
	DenialCredentials Denial = "credentials"
	// DenialSeller is a seller whom the marketplace has not verified.
	DenialSeller Denial = "seller"
)

const (
	// WhySeller is the key in [Facts.Why] of the seller's profile.
	WhySeller = "seller"
	// WhyMayRequest is the key in [Facts.Why] of the permission to work with
	// change sets.
	WhyMayRequest = "permission"
)

// Policy adds the caller's own rules. The zero value adds none.
type Policy struct {
	// Checks are applied to every document that a command brings to the
	// marketplace. Each gets a copy of its own.
	Checks []rule.Check[listing.Listing]
	// Refuse are rules whose advice stands in the way like a violation.
	Refuse []rule.Rule
}

// validate reports what is wrong with the policy itself.
func (p Policy) validate() error {
	for i, c := range p.Checks {
		if c.Rule.ID == "" || c.Find == nil {
			return fmt.Errorf("policy check %d (%q) has no rule id or no Find", i, c.Rule.ID)
		}
	}
	return nil
}

func (p Policy) check(l listing.Listing) rule.Findings {
	var found []rule.Findings
	for _, c := range p.Checks {
		found = append(found, rule.Run(l.Clone(), []rule.Check[listing.Listing]{c}))
	}
	return rule.Join(found...)
}

func (p Policy) refuse(f rule.Findings) rule.Findings {
	if len(p.Refuse) == 0 {
		return f
	}
	return f.Refuse(p.Refuse...)
}

// Resource is what SageMaker says of a model package or algorithm.
type Resource struct {
	// Status is SageMaker's word; only ResourceCompleted can be listed.
	Status ResourceStatus
	// Certified reports that it was created with certification for the
	// marketplace.
	Certified bool
	// InstanceTypes are those that it supports in each mode.
	InstanceTypes
	// InferenceImages are the ECR addresses of the images that serve it.
	InferenceImages []string
	// TrainingImage is the ECR address of an algorithm's training image.
	TrainingImage string
	// Metrics, Channels and Hyperparameters are those of an algorithm. The marketplace
	// shows them to buyers (seller guide, step 3); no rule is about them.
	Metrics         []string
	Channels        []Channel
	Hyperparameters []Hyperparameter
}

// Channel is an input of the training of an algorithm.
type Channel struct {
	// Name and Description are the channel's.
	Name, Description string
	// ContentTypes and InputModes are what it takes, in SageMaker's words.
	ContentTypes, InputModes []string
	// Required reports that training needs it.
	Required bool
}

// Hyperparameter is a setting of the training of an algorithm.
type Hyperparameter struct {
	// Name and Description are the hyperparameter's.
	Name, Description string
	// Type is SageMaker's word for it, such as "Continuous", and Default the value if
	// none is given.
	Type, Default string
	// Required and Tunable report that training needs it, and that tuning may vary it.
	Required, Tunable bool
}

// described reports whether SageMaker has described the resource.
func (r Resource) described() bool {
	return r.Status != ResourceMissing && r.Status != ResourceDenied
}

// ResourceStatus is the status of a SageMaker resource, in SageMaker's words.
type ResourceStatus string

const (
	// ResourceCompleted resources are ready.
	ResourceCompleted ResourceStatus = "Completed"
	// ResourceMissing is this library's word for a resource that does not
	// exist.
	ResourceMissing ResourceStatus = "missing"
	// ResourceDenied is this library's word for a resource that the caller may
	// not describe.
	ResourceDenied ResourceStatus = "denied"
)

// known returns what is worth keeping of the facts, or nil.
func (f Facts) known() *Known {
	if f.MayRequest == Unknown && f.Seller == nil {
		return nil
	}
	return &Known{MayRequest: f.MayRequest, Seller: f.Seller}
}

// or returns the facts, with those of more where f knows nothing.
func (f Facts) or(more Facts) Facts {
	if f.Seller == nil {
		f.Seller = more.Seller
	}
	if f.MayRequest == Unknown {
		f.MayRequest, f.Denial = more.MayRequest, more.Denial
	}
	f.Resources = either(f.Resources, more.Resources)
	f.Assets = either(f.Assets, more.Assets)
	f.Replacements = either(f.Replacements, more.Replacements)
	f.Why = either(f.Why, more.Why)
	return f
}

func either[K comparable, V any](first, second map[K]V) map[K]V {
	if len(first) == 0 {
		return second
	}
	out := make(map[K]V, len(first)+len(second))
	for k, v := range second {
		out[k] = v
	}
	for k, v := range first {
		out[k] = v
	}
	return out
}
