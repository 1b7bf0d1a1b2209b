package simulator

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"
)

// ErrorDetail is one asynchronous error of a change, as DescribeChangeSet reports it.
type ErrorDetail struct {
	ErrorCode    string // documented code, for example DUPLICATE_VERSION_TITLE
	ErrorMessage string
}

// changeKey names a change: what, on which versioned entity type.
type changeKey struct{ entityType, changeType string }

// changeType is one row of the table of everything that can be asked for.
type changeType struct {
	rank  int // the service orders the changes of a set itself: lower ranks first
	shape shape
	apply func(w *work, c *change, i int)
}

// Change types that the code refers to by name.
const (
	createProduct           = "CreateProduct"
	createOffer             = "CreateOffer"
	updateInformation       = "UpdateInformation"
	updateTargeting         = "UpdateTargeting"
	addDeliveryOptions      = "AddDeliveryOptions"
	updatePricingTerms      = "UpdatePricingTerms"
	releaseProduct          = "ReleaseProduct"
	releaseOffer            = "ReleaseOffer"
	updateVisibility        = "UpdateVisibility"
	restrictDeliveryOptions = "RestrictDeliveryOptions"
)

var changeTypes map[changeKey]changeType

func init() { // not a composite literal: the functions refer back to the table through decodeState
	product := func(name string, rank int, s shape, apply func(*work, *change, int)) {
		changeTypes[changeKey{productType, name}] = changeType{rank, s, apply}
	}
	offer := func(name string, rank int, s shape, apply func(*work, *change, int)) {
		changeTypes[changeKey{offerType, name}] = changeType{rank, s, apply}
	}
	changeTypes = map[changeKey]changeType{}
	product(createProduct, 0, createProductShape, (*work).createProduct)
	product(updateInformation, 1, productInformationShape, (*work).updateProductInformation)
	product(updateTargeting, 2, productTargetingShape, (*work).updateProductTargeting)
	product(addDeliveryOptions, 3, addDeliveryOptionsShape, (*work).addDeliveryOptions)
	product("UpdateDeliveryOptions", 4, updateDeliveryOptionsShape, (*work).updateDeliveryOptions)
	product(restrictDeliveryOptions, 5, restrictDeliveryOptionsShape, (*work).restrictDeliveryOptions)
	product(releaseProduct, 6, emptyShape, (*work).releaseProduct)
	offer(createOffer, 7, createOfferShape, (*work).createOffer)
	offer(updateInformation, 8, offerInformationShape, (*work).updateOfferInformation)
	offer(updateTargeting, 9, offerTargetingShape, (*work).updateOfferTargeting)
	offer(updatePricingTerms, 10, pricingTermsShape, (*work).updatePricingTerms)
	offer("UpdateLegalTerms", 11, legalTermsShape, (*work).updateLegalTerms)
	offer("UpdateSupportTerms", 12, supportTermsShape, (*work).updateSupportTerms)
	offer("UpdateAvailability", 13, availabilityShape, refuse("INVALID_AVAILABILITY_END_DATE"))
	offer("UpdateValidityTerms", 13, validityShape, refuse("INCOMPATIBLE_TERMS"))
	offer("UpdateRenewalTerms", 13, renewalShape, refuse("INCOMPATIBLE_TERMS"))
	offer("UpdatePaymentScheduleTerms", 13, paymentScheduleShape, refuse("INCOMPATIBLE_TERMS"))
	offer("UpdateNetPaymentTerms", 13, netPaymentShape, refuse("INCOMPATIBLE_TERMS"))
	offer(releaseOffer, 14, emptyShape, (*work).releaseOffer)
	product(updateVisibility, 15, updateVisibilityShape, (*work).updateVisibility)
}

func refuse(code string) func(*work, *change, int) {
	return func(w *work, c *change, i int) {
		w.fail(i, code, "%s is for private or contract offers; a public, usage-priced offer cannot have it", c.Type)
	}
}

// work is one set's changes being made on copies of the entities. Nothing is seen outside before commit.
type work struct {
	st       *state
	set      *changeSet
	mint     minter
	entities map[string]*entity // copies of what was touched, and what was created
	created  map[string]string  // ChangeName to new id
	names    map[int]string     // index of a change to the id it worked on
	errors   map[int][]ErrorDetail
	broken   map[string]bool // entities with an error: what would only follow from it is not reported
}

func (st *state) work(cs *changeSet) *work {
	return &work{
		st: st, set: cs, mint: minter{st.Seller, st.Minted},
		entities: map[string]*entity{}, created: map[string]string{}, names: map[int]string{},
		errors: map[int][]ErrorDetail{}, broken: map[string]bool{},
	}
}

// run makes every change, in the service's own order, and collects all errors.
func (w *work) run() {
	order := make([]int, len(w.set.Changes))
	for i := range order {
		order[i] = i
	}
	rank := func(i int) int {
		c := w.set.Changes[i]
		return changeTypes[changeKey{c.EntityType, c.Type}].rank
	}
	sort.SliceStable(order, func(a, b int) bool { return rank(order[a]) < rank(order[b]) })
	for _, i := range order {
		c := w.set.Changes[i]
		w.names[i] = w.target(c)
		changeTypes[changeKey{c.EntityType, c.Type}].apply(w, c, i)
		if c.Injected != nil {
			w.failWith(i, *c.Injected)
		}
	}
	w.checkPrices()
}

// commit makes the work the truth: every touched entity gets the next revision, every creation its first.
func (w *work) commit() {
	w.enrol()
	w.st.Minted = w.mint.minted
	for id, e := range w.entities {
		e.Modified = w.st.Now
		if _, old := w.st.Entities[id]; old {
			e.Revision++
		}
		w.st.Entities[id] = e
		w.st.touch(keyEntity + id)
	}
	for i, c := range w.set.Changes {
		c.EntityID = w.names[i]
		if e := w.st.Entities[c.EntityID]; e != nil && (c.Identifier == "" || strings.HasPrefix(c.Identifier, "$")) {
			c.Result = e.identifier()
		}
	}
}

func (w *work) failed() bool { return len(w.errors) > 0 }

func (w *work) fail(i int, code, format string, args ...any) {
	w.failWith(i, ErrorDetail{code, fmt.Sprintf(format, args...)})
}

const maxMessage = 2048 // characters of an ErrorMessage

func (w *work) failWith(i int, d ErrorDetail) {
	if text := []rune(d.ErrorMessage); len(text) > maxMessage {
		d.ErrorMessage = string(text[:maxMessage-3]) + "..."
	}
	w.errors[i] = append(w.errors[i], d)
	w.broken[w.names[i]] = true
}

// target is the bare id of the entity a change works on; empty for a creation.
func (w *work) target(c *change) string {
	if m := reference.FindStringSubmatch(c.Identifier); m != nil {
		return w.created[m[1]]
	}
	id, _, _ := strings.Cut(c.Identifier, "@")
	return id
}

// look reads an entity as it stands within the set; nil when there is none.
func (w *work) look(id string) *entity {
	if e := w.entities[id]; e != nil {
		return e
	}
	return w.st.entity(w.set.Seller, id)
}

// edit gives a copy that commit will keep; nil when there is no such entity.
func (w *work) edit(id string) *entity {
	if e := w.entities[id]; e != nil {
		return e
	}
	old := w.st.entity(w.set.Seller, id)
	if old == nil {
		return nil
	}
	e, err := clone(old)
	if err != nil {
		return nil
	}
	w.entities[id] = e
	return e
}

// product gives the product to change. A missing one has the error of the change reported.
func (w *work) product(i int) *product {
	if e := w.edit(w.names[i]); e != nil && e.Product != nil {
		return e.Product
	}
	w.fail(i, "INCOMPATIBLE_PRODUCT_STATUS", "there is no product %q", w.names[i])
	return nil
}

func (w *work) offer(i int) *offer {
	if e := w.edit(w.names[i]); e != nil && e.Offer != nil {
		if e.Offer.source() == byMarketplace {
			w.fail(i, "INVALID_UPDATE_REQUEST", "AWS Marketplace made offer %q; its seller cannot change it", e.ID)
		}
		return e.Offer
	}
	w.fail(i, "INVALID_UPDATE_REQUEST", "there is no offer %q", w.names[i])
	return nil
}

// add puts a new entity into the set and lets the other changes refer to it.
func (w *work) add(c *change, i int, e *entity) {
	e.Seller, e.Revision, e.Tags = w.set.Seller, 1, c.Tags
	w.entities[e.ID] = e
	w.names[i] = e.ID
	if c.Name != "" {
		w.created[c.Name] = e.ID
	}
}

func (w *work) isNew(id string) bool { return id != "" && w.st.Entities[id] == nil }

// changes tells whether the set has such a change on the entity.
func (w *work) changes(entityType, changeType, id string) bool {
	for _, c := range w.set.Changes {
		if c.EntityType == entityType && c.Type == changeType && w.target(c) == id {
			return true
		}
	}
	return false
}

// read decodes a document. It cannot fail: every document has passed its shape, when it arrived or when it was loaded,
// and is kept in the form that canonical gives.
func read[T any](c *change) (v T) {
	_ = json.Unmarshal(c.Document, &v)
	return v
}

// millis is how entity documents print instants.
func millis(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
