package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Seed is what a simulator can begin with. Entities are answers of DescribeEntity, of AWS's own too: members that the
// simulator does not know are passed over.
type Seed struct {
	ModelPackages []ModelPackage `json:"modelPackages"`
	Algorithms    []Algorithm    `json:"algorithms"`
	Entities      []SeedEntity   `json:"entities"`
}

// SeedEntity is a product or an offer in the form in which DescribeEntity answers.
type SeedEntity struct {
	EntityType       string // MachineLearningProduct@1.0 or Offer@1.0
	EntityIdentifier string // id@revision
	EntityArn        string // names the account that owns it
	LastModifiedDate string
	DetailsDocument  json.RawMessage
	Details          string // the older form of DetailsDocument; unused when there is one
}

// ErrSeed is matched by every refusal of Plant.
var ErrSeed = errors.New("simulator: bad seed")

// Plant adds what is not there yet: all of the seed or, with an error, nothing. To do it twice is to do it once. The error
// matches ErrSeed when something in the seed is wrong, and *StateError when the state could not be written. Safe for
// concurrent use.
func (s *Simulator) Plant(seed Seed) error {
	var entities []*entity
	for i, x := range seed.Entities {
		e, err := x.entity()
		if err != nil {
			return fmt.Errorf("%w: entities[%d]: %w", ErrSeed, i, err)
		}
		entities = append(entities, e)
	}
	for i := range seed.ModelPackages {
		if err := seed.ModelPackages[i].normalize(); err != nil {
			return fmt.Errorf("%w: modelPackages[%d]: %w", ErrSeed, i, err)
		}
	}
	for i := range seed.Algorithms {
		if err := seed.Algorithms[i].normalize(); err != nil {
			return fmt.Errorf("%w: algorithms[%d]: %w", ErrSeed, i, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range seed.ModelPackages {
		if s.st.ModelPackages[p.ARN] == nil {
			if p.Created.IsZero() {
				p.Created = s.st.Now
			}
			s.st.ModelPackages[p.ARN] = &p
			s.st.touch(keyModelPackage + p.ARN)
		}
	}
	for _, a := range seed.Algorithms {
		if s.st.Algorithms[a.ARN] == nil {
			if a.Created.IsZero() {
				a.Created = s.st.Now
			}
			s.st.Algorithms[a.ARN] = &a
			s.st.touch(keyAlgorithm + a.ARN)
		}
	}
	for _, e := range entities {
		if s.st.Entities[e.ID] == nil {
			s.st.Entities[e.ID] = e
			s.st.touch(keyEntity + e.ID)
		}
	}
	return s.save()
}

var entityARN = regexp.MustCompile(`^arn:aws:aws-marketplace:us-east-1:(\d{12}):AWSMarketplace/`)

func (x SeedEntity) entity() (*entity, error) {
	id, revision, _ := strings.Cut(x.EntityIdentifier, "@")
	n, err := strconv.Atoi(revision)
	if err != nil {
		return nil, fmt.Errorf("EntityIdentifier %.80q must be id@revision", x.EntityIdentifier)
	}
	owner := entityARN.FindStringSubmatch(x.EntityArn)
	if owner == nil {
		return nil, fmt.Errorf("EntityArn %.200q names no account", x.EntityArn)
	}
	modified, err := time.Parse("2006-01-02T15:04:05Z", x.LastModifiedDate)
	if err != nil {
		return nil, fmt.Errorf("LastModifiedDate %.40q must be an instant of 20 characters", x.LastModifiedDate)
	}
	document := x.DetailsDocument
	if document == nil {
		document = json.RawMessage(x.Details)
	}
	e := &entity{ID: id, Seller: owner[1], Revision: n, Modified: modified}
	switch x.EntityType {
	case productType:
		e.Product = new(product)
		err = json.Unmarshal(document, e.Product)
	case offerType:
		e.Offer, err = seededOffer(document, modified)
	default:
		return nil, fmt.Errorf("EntityType %.80q: %s", x.EntityType, onlySimulated)
	}
	if err != nil {
		return nil, fmt.Errorf("DetailsDocument: %w", err)
	}
	return e, e.check(id)
}

// seededOffer reads an offer back. Its pricing model is not among what AWS answers: it is told by the prices.
func seededOffer(document json.RawMessage, modified time.Time) (*offer, error) {
	var d offerDocument
	if err := json.Unmarshal(document, &d); err != nil {
		return nil, err
	}
	o := &offer{State: d.State, Name: d.Name, Description: d.Description, ProductID: d.ProductID, Agreement: d.PreExistingAgreement}
	if o.State == stateReleased {
		o.Released = modified
	}
	for _, t := range d.Terms {
		switch t.Type {
		case termLegal:
			o.Legal = append(o.Legal, t)
		case termSupport:
			o.Support = append(o.Support, t)
		case termUsage, termFreeTrial:
			o.Pricing = append(o.Pricing, t)
		default:
			return nil, fmt.Errorf("a %.80s is not simulated", t.Type)
		}
	}
	if rates := o.rates(); rates != nil {
		o.PricingModel = modelFree
		for _, price := range rates {
			if money(price).Sign() != 0 {
				o.PricingModel = modelUsage
			}
		}
	}
	for _, r := range d.Rules {
		if r.PositiveTargeting != nil {
			o.Positive = r.PositiveTargeting.CountryCodes
		}
		if r.NegativeTargeting != nil {
			o.Negative = r.NegativeTargeting.CountryCodes
		}
	}
	return o, nil
}
