package simulator

import (
	"encoding/json"
	"strings"
)

// Term types and pricing models the code refers to by name.
const (
	termUsage     = "UsageBasedPricingTerm"
	termFreeTrial = "FreeTrialPricingTerm"
	termLegal     = "LegalTerm"
	termSupport   = "SupportTerm"

	modelUsage    = "Usage"
	modelFree     = "Free"
	modelContract = "Contract"
	modelByol     = "Byol"
)

const newestEula = "2022-07-14"

func (w *work) createOffer(c *change, i int) {
	doc := read[struct {
		Name       optional
		OfferSetID string `json:"OfferSetId"`
	}](c)
	productID := w.productOf(c)
	w.add(c, i, &entity{
		ID:    "offer-" + w.mint.alphanumeric("offer", 13),
		Offer: &offer{State: stateDraft, Name: doc.Name, ProductID: productID},
	})
	if e := w.look(productID); e == nil || e.Product == nil || !e.Product.onSale() && !w.isNew(productID) {
		w.fail(i, "INCOMPATIBLE_PRODUCT", "product %q is not Limited or Public, nor made so by this change set", productID)
	}
	if doc.OfferSetID != "" {
		w.fail(i, "INCOMPATIBLE_PRODUCT", "a public offer of a machine learning product belongs to no offer set")
	}
}

func (w *work) updateOfferInformation(c *change, i int) {
	o := w.offer(i)
	if o == nil {
		return
	}
	doc := read[struct {
		Name, Description    *optional
		PreExistingAgreement json.RawMessage // absent, null and an object all differ
	}](c)
	if doc.PreExistingAgreement != nil {
		o.Agreement = nil
		_ = json.Unmarshal(doc.PreExistingAgreement, &o.Agreement) // the shape has seen it
	}
	if o.Agreement != nil && o.State == stateReleased { // a draft may still become private
		w.fail(i, "INCOMPATIBLE_PRE_EXISTING_AGREEMENT", "PreExistingAgreement is for private offers only")
	}
	set(&o.Name, doc.Name)
	set(&o.Description, doc.Description)
}

func (w *work) updateLegalTerms(c *change, i int) {
	o := w.offer(i)
	if o == nil {
		return
	}
	doc := read[struct{ Terms []term }](c)
	o.Legal = doc.Terms
	switch d := doc.Terms[0].Documents[0]; d.Type {
	case "StandardEula":
		if d.URL != "" {
			w.fail(i, "INVALID_LEGAL_DOCUMENTS", "a StandardEula has no Url")
		}
		if d.Version != newestEula {
			w.fail(i, "INVALID_LEGAL_DOCUMENTS", "the StandardEula must be of Version %s, the newest", newestEula)
		}
	case "CustomEula":
		if d.Version != "" {
			w.fail(i, "INVALID_LEGAL_DOCUMENTS", "a CustomEula has no Version")
		}
	default:
		w.fail(i, "INVALID_LEGAL_DOCUMENTS", "%s is for data products", d.Type)
	}
}

func (w *work) updateSupportTerms(c *change, i int) {
	o := w.offer(i)
	if o == nil {
		return
	}
	doc := read[struct{ Terms []term }](c)
	o.Support = doc.Terms
}

func (w *work) updateOfferTargeting(c *change, i int) {
	o := w.offer(i)
	if o == nil {
		return
	}
	type targeting struct{ CountryCodes, BuyerAccounts []string }
	doc := read[struct{ PositiveTargeting, NegativeTargeting *targeting }](c)
	t := doc.PositiveTargeting
	o.Positive, o.Negative = nil, nil // what is left out is removed
	switch {
	case t != nil && doc.NegativeTargeting != nil:
		w.fail(i, "INVALID_TARGETING", "send one of PositiveTargeting and NegativeTargeting, not both")
		return
	case t != nil:
		o.Positive = t.CountryCodes
	case doc.NegativeTargeting != nil:
		t = doc.NegativeTargeting
		o.Negative = t.CountryCodes
	default:
		return
	}
	if t.BuyerAccounts != nil {
		w.fail(i, "INCOMPATIBLE_TARGETING", "BuyerAccounts would make this a private offer; the simulator keeps public offers only")
	} else if t.CountryCodes == nil {
		w.fail(i, "MISSING_COUNTRY_CODES", "PositiveTargeting names no CountryCodes")
	}
	seen := map[string]bool{}
	for _, code := range t.CountryCodes {
		if len(code) != 2 || !strings.Contains(isoCountries, " "+code+" ") {
			w.fail(i, "INVALID_COUNTRY_CODES", "%.40q is not an ISO 3166-1 alpha-2 code", code)
		} else if seen[code] {
			w.fail(i, "INVALID_COUNTRY_CODES", "%s is listed twice", code)
		}
		seen[code] = true
	}
}

// isoCountries holds the ISO 3166-1 alpha-2 codes, each between blanks.
const isoCountries = " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
	"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR " +
	"GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP " +
	"KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ " +
	"NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
	"SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ " +
	"UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW "

func (w *work) releaseOffer(_ *change, i int) {
	o := w.offer(i)
	if o == nil {
		return
	}
	if o.State == stateReleased {
		w.fail(i, "INVALID_UPDATE_REQUEST", "the offer is released already")
		return
	}
	o.State, o.Released = stateReleased, w.st.Now
	for _, id := range w.offersOf(o.ProductID) {
		if e := w.look(id); id != w.names[i] && e.Offer.State == stateReleased && e.Offer.public() {
			w.fail(i, "TOO_MANY_OFFERS", "%s is the public offer of the product; there can be one only", id)
		}
	}
	if o.Agreement != nil {
		w.fail(i, "INCOMPATIBLE_TARGETING", "an offer with a PreExistingAgreement must target buyer accounts")
	}
	if o.Name == "" {
		w.fail(i, "MISSING_NAME", "the offer has no Name")
	}
	if o.Description == "" {
		w.fail(i, "MISSING_DESCRIPTION", "the offer has no Description")
	}
	if w.broken[w.names[i]] || w.broken[o.ProductID] {
		return // what follows would mostly repeat the cause
	}
	var missing []string
	for _, t := range []struct {
		name  string
		there bool
	}{{termUsage, o.rates() != nil}, {termLegal, len(o.Legal) > 0}, {termSupport, len(o.Support) > 0}} {
		if !t.there {
			missing = append(missing, t.name)
		}
	}
	if len(missing) > 0 {
		w.fail(i, "MISSING_MANDATORY_TERMS", "the offer lacks %s", strings.Join(missing, ", "))
	}
	e := w.look(o.ProductID)
	if e == nil || e.Product == nil || !e.Product.onSale() {
		w.fail(i, "INCOMPATIBLE_PRODUCT", "product %q is not Limited or Public", o.ProductID)
	}
}

// offersOf lists the product's offers, those of this set included.
func (w *work) offersOf(productID string) []string {
	ids := w.st.offersOf(productID)
	for _, id := range sortedKeys(w.entities) {
		if e := w.entities[id]; e.Offer != nil && w.isNew(id) && e.Offer.ProductID == productID {
			ids = append(ids, id)
		}
	}
	return ids
}
