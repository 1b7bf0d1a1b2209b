package awsmarketplace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/catalog"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// CodeNotSent is the code of a [lifecycle.Problem] of a change that was not sent,
// because the Catalog API has no request for it.
const CodeNotSent = "NOT_SENT"

const (
	productType = "MachineLearningProduct@1.0"
	offerType   = "Offer@1.0"

	createProductName = "CreateProductChange"
	createOfferName   = "CreateOfferChange"
	newProduct        = "$" + createProductName + ".Entity.Identifier"
	newOffer          = "$" + createOfferName + ".Entity.Identifier"

	addDeliveryOptions = "AddDeliveryOptions"

	// maxRestricted is how many ids one RestrictDeliveryOptions takes.
	maxRestricted = 50
)

// change is one change of a change set.
type change struct {
	Type       string
	Name       string
	EntityType string
	Identifier string
	Details    any
}

// plan turns a change of a listing into the changes of one change set, always
// the same for the same input. It returns a *lifecycle.Rejection with all that
// cannot be asked for.
func plan(c lifecycle.Change) ([]change, error) {
	p := planner{entities: c.Entities}
	if c.Name == "" || c.Token == uuid.Nil {
		p.refuse("", "the change has no name or no token; without them it could not be found again")
	}
	known, before := c.Entities.Product != "", c.Before != nil
	switch {
	case known != before:
		p.refuse("", "the product id and what the marketplace has of it must be known together")
	case c.Kind == lifecycle.EventSubmit && !known:
		p.create(c.After)
	case !known:
		p.refuse("", "the listing has no product id: submit it first")
	case c.Kind == lifecycle.EventUnpublish:
		p.product("UpdateVisibility", catalog.UpdateVisibility{TargetVisibility: "Restricted", ReplacementProductID: c.Replacement})
	case c.Kind == lifecycle.EventSignOff && c.After.Listing.Visibility.OrDefault() == listing.Public:
		p.product("UpdateVisibility", catalog.UpdateVisibility{TargetVisibility: "Public"})
	default:
		p.update(*c.Before, c.After)
	}
	if len(p.problems) == 0 && len(p.changes) == 0 {
		p.refuse("", "nothing of what the marketplace is told has changed")
	}
	if len(p.problems) > 0 {
		return nil, &lifecycle.Rejection{Problems: p.problems}
	}
	return p.changes, nil
}

type planner struct {
	entities lifecycle.Entities
	changes  []change
	problems []lifecycle.Problem
}

func (p *planner) refuse(changeType, format string, args ...any) {
	p.problems = append(p.problems, problem(CodeNotSent, fmt.Sprintf(format, args...), changeType))
}

func (p *planner) product(changeType string, details any) {
	id := revised(p.entities.Product, p.entities.ProductRevision)
	p.changes = append(p.changes, change{Type: changeType, EntityType: productType, Identifier: id, Details: details})
}

func (p *planner) offer(changeType string, details any) {
	if p.entities.Offer == "" {
		p.refuse(changeType, "the id of the offer is not known")
		return
	}
	id := revised(p.entities.Offer, p.entities.OfferRevision)
	p.changes = append(p.changes, change{Type: changeType, EntityType: offerType, Identifier: id, Details: details})
}

// revised pins an identifier to the revision that the change was decided on,
// so that the marketplace refuses it when somebody else was faster.
func revised(id string, revision int64) string {
	if revision <= 0 {
		return id
	}
	return fmt.Sprintf("%s@%d", id, revision)
}

// create plans product and public offer from nothing, in one change set.
func (p *planner) create(c lifecycle.Content) {
	l := c.Listing
	if len(l.Versions) != 1 {
		p.refuse(addDeliveryOptions, "a first submission adds exactly one version, the listing has %d", len(l.Versions))
		return
	}
	if l.Offer == nil {
		p.refuse("CreateOffer", "the listing has no offer")
		return
	}
	p.entities = lifecycle.Entities{Product: newProduct, Offer: newOffer}
	p.changes = append(p.changes, change{Type: "CreateProduct", Name: createProductName, EntityType: productType, Details: catalog.CreateProduct{}})
	p.product("UpdateInformation", information(l))
	if len(c.AllowList) > 0 {
		p.product("UpdateTargeting", targeting(c.AllowList))
	}
	p.add(l.Versions[0])
	p.product("ReleaseProduct", catalog.ReleaseProduct{})
	p.changes = append(p.changes, change{Type: "CreateOffer", Name: createOfferName, EntityType: offerType, Details: catalog.CreateOffer{ProductID: newProduct}})
	p.offer("UpdateInformation", offerInformation(*l.Offer))
	p.price(c)
	p.offer("UpdateLegalTerms", legalTerms(l.Offer.EULA))
	p.offer("UpdateSupportTerms", supportTerms(l.Offer.RefundPolicy))
	p.offer("ReleaseOffer", catalog.ReleaseOffer{})
}

// update plans what takes the marketplace from before to after.
func (p *planner) update(before, after lifecycle.Content) {
	p.updateProduct(before, after)
	switch was, is := before.Listing.Offer, after.Listing.Offer; {
	case is == nil && was == nil:
	case is == nil || was == nil:
		p.refuse("", "an offer can be neither added nor removed later")
	default:
		if differ(offerInformation(*was), offerInformation(*is)) {
			p.offer("UpdateInformation", offerInformation(*is))
		}
		if differ(pricingTerms(before), pricingTerms(after)) {
			p.price(after)
		}
		if was.EULA != is.EULA {
			p.offer("UpdateLegalTerms", legalTerms(is.EULA))
		}
		if was.RefundPolicy != is.RefundPolicy {
			p.offer("UpdateSupportTerms", supportTerms(is.RefundPolicy))
		}
	}
}

func (p *planner) updateProduct(before, after lifecycle.Content) {
	if was, info := information(before.Listing), information(after.Listing); differ(was, info) {
		keepUnchanged(was, &info)
		if before.Listing.SKU != "" && after.Listing.SKU == "" {
			info.Sku.Cleared = true // the only way to take a SKU away
		}
		p.product("UpdateInformation", info)
	}
	if !sameAccounts(before.AllowList, after.AllowList) {
		p.product("UpdateTargeting", targeting(after.AllowList))
	}
	p.updateVersions(before.Listing, after.Listing)
}

// updateVersions plans at most one change of each type, since the Catalog API
// takes a change type once an entity and change set.
func (p *planner) updateVersions(before, after listing.Listing) {
	for _, was := range before.Versions {
		if _, kept := after.Version(was.Number); !kept {
			p.refuse("", "version %q is gone; versions can be restricted, never removed", was.Number)
		}
	}
	var added, edited []version.Version
	var restricted []string
	for _, is := range after.Versions {
		was, published := before.Version(is.Number)
		changed := published && p.changed(was, is)
		switch {
		case !published && is.Status == version.Offered:
			added = append(added, is)
		case !published:
			p.refuse(addDeliveryOptions, "version %q is restricted before it was ever offered", is.Number)
		case was.Status == version.Offered && is.Status == version.Restricted:
			if changed {
				p.refuse("UpdateDeliveryOptions", "version %q is edited and restricted at once: do one after the other", is.Number)
			}
			restricted = append(restricted, p.deliveryOption("RestrictDeliveryOptions", is.Number))
		case was.Status != is.Status:
			p.refuse("", "version %q is restricted for good", is.Number)
		case changed && is.Status == version.Restricted:
			p.refuse("UpdateDeliveryOptions", "version %q is restricted and cannot be edited", is.Number)
		case changed:
			edited = append(edited, is)
		}
	}
	p.once(addDeliveryOptions, "added", added, p.add)
	p.once("UpdateDeliveryOptions", "edited", edited, p.edit)
	if len(restricted) > maxRestricted {
		p.refuse("RestrictDeliveryOptions", "%d versions are restricted, %d are allowed at a time", len(restricted), maxRestricted)
	}
	if len(restricted) > 0 {
		p.product("RestrictDeliveryOptions", catalog.RestrictDeliveryOptions{DeliveryOptionIDs: restricted})
	}
}

// changed reports whether anything but the status of a version differs. What
// can never change is refused on the way.
func (p *planner) changed(was, is version.Version) bool {
	if was.Resource != is.Resource || was.AccessRole != is.AccessRole {
		p.refuse("UpdateDeliveryOptions", "version %q has another resource or access role: add a new version instead", is.Number)
		return false
	}
	return differ(updateDetails("", was), updateDetails("", is))
}

func (p *planner) once(changeType, done string, versions []version.Version, do func(version.Version)) {
	switch len(versions) {
	case 0:
	case 1:
		do(versions[0])
	default:
		p.refuse(changeType, "%d versions are %s, one is allowed at a time", len(versions), done)
	}
}

func (p *planner) add(v version.Version) {
	if _, err := v.Resource.Parts(); err != nil {
		p.refuse(addDeliveryOptions, "version %q: %v", v.Number, err)
		return
	}
	p.product(addDeliveryOptions, addDetails(v))
}

func (p *planner) edit(v version.Version) {
	p.product("UpdateDeliveryOptions", updateDetails(p.deliveryOption("UpdateDeliveryOptions", v.Number), v))
}

func (p *planner) deliveryOption(changeType, number string) string {
	id := p.entities.DeliveryOptions[number]
	if id == "" {
		p.refuse(changeType, "the delivery option of version %q is not known", number)
	}
	return id
}

func (p *planner) price(c lifecycle.Content) {
	if len(c.Other.Pricing) > 0 {
		p.refuse("UpdatePricingTerms", "the offer has terms that a change of the prices would drop (%s): change the prices in AWS Partner Central", strings.Join(c.Other.Pricing, ", "))
		return
	}
	if len(c.Rates)+len(c.Other.Rates) == 0 {
		p.refuse("UpdatePricingTerms", "no dimension is priced; a free offer needs a rate of zero for each")
		return
	}
	p.offer("UpdatePricingTerms", pricingTerms(c))
}

// differ compares what would be sent.
// keepUnchanged leaves out of a change what stays as it was. An address that was sent
// before may have expired, and the marketplace has its own copy of what was there.
func keepUnchanged(was catalog.UpdateInformation, info *catalog.UpdateInformation) {
	before, after := reflect.ValueOf(was), reflect.ValueOf(info).Elem()
	for i := range after.NumField() {
		if !differ(before.Field(i).Interface(), after.Field(i).Interface()) {
			after.Field(i).SetZero()
		}
	}
}

func differ(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX != nil || errY != nil || !bytes.Equal(x, y)
}

func sameAccounts(a, b []listing.AccountID) bool { return slices.Equal(sorted(a), sorted(b)) }

func sorted(accounts []listing.AccountID) []listing.AccountID {
	all := slices.Clone(accounts)
	slices.Sort(all)
	return slices.Compact(all)
}
