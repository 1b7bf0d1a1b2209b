package simulator

import (
	"math/big"
	"strconv"
	"strings"
)

func (w *work) updatePricingTerms(c *change, i int) {
	o := w.offer(i)
	if o == nil {
		return
	}
	doc := read[struct {
		PricingModel string
		Terms        []term
	}](c)
	before := o.rates()
	if o.PricingModel != "" && o.PricingModel != doc.PricingModel {
		w.fail(i, "INCOMPATIBLE_PRICING_MODEL", "the offer is priced by %s; that cannot become %s", o.PricingModel, doc.PricingModel)
	}
	o.PricingModel, o.Pricing = doc.PricingModel, doc.Terms
	if doc.PricingModel != modelUsage && doc.PricingModel != modelFree {
		w.fail(i, "INCOMPATIBLE_PRODUCT", "a public offer of a machine learning product is priced by Usage or Free, not by %s", doc.PricingModel)
		return
	}
	if !w.checkTerms(i, doc.Terms) {
		return
	}
	after := o.rates()
	if after == nil {
		w.fail(i, "MISSING_MANDATORY_TERMS", "there is no %s", termUsage)
		return
	}
	if doc.PricingModel == modelFree {
		w.checkFree(i, doc.Terms, after)
	}
	w.checkRates(i, o, before, after)
	w.checkTrial(i, o.ProductID, doc.Terms, after)
	if o.State == stateReleased {
		w.checkPriceChange(i, o, before, after)
	}
}

// checkTerms looks at the terms by themselves and tells whether the rates can be looked at.
func (w *work) checkTerms(i int, terms []term) bool {
	ok := true
	seen := map[string]bool{}
	for _, t := range terms {
		if seen[t.Type] {
			w.fail(i, "DUPLICATE_TERM_TYPES", "%s occurs twice", t.Type)
			ok = false
		}
		seen[t.Type] = true
		if t.Type != termUsage && t.Type != termFreeTrial {
			w.fail(i, "INCOMPATIBLE_PRODUCT", "a public offer of a machine learning product cannot have a %s", t.Type)
			ok = false
		}
		keys := map[string]bool{}
		twice := func(key string) {
			if keys[key] {
				w.fail(i, "DUPLICATE_DIMENSION_KEYS", "%s occurs twice in the %s", key, t.Type)
				ok = false
			}
			keys[key] = true
		}
		for _, card := range t.RateCards {
			for _, r := range card.RateCard {
				twice(r.DimensionKey)
			}
		}
		for _, g := range t.Grants {
			twice(g.DimensionKey)
		}
	}
	return ok
}

func (w *work) checkFree(i int, terms []term, rates map[string]string) {
	for _, key := range sortedKeys(rates) {
		if money(rates[key]).Sign() != 0 {
			w.fail(i, "INCOMPATIBLE_RATES", "%s costs %s in a Free offer", key, rates[key])
		}
	}
	for _, t := range terms {
		if t.Type == termFreeTrial {
			w.fail(i, "INCOMPATIBLE_TERMS", "a Free offer needs no free trial")
		}
	}
}

// checkRates holds the rate card against the product as it will be, and against the rates the offer had.
func (w *work) checkRates(i int, o *offer, before, after map[string]string) {
	e := w.look(o.ProductID)
	if e == nil || e.Product == nil || !e.Product.onSale() && !w.isNew(o.ProductID) {
		w.fail(i, "INCOMPATIBLE_PRODUCT_STATUS", "product %q is not Limited or Public", o.ProductID)
		return
	}
	if w.broken[o.ProductID] {
		return
	}
	known := w.dimensionsOf(o.ProductID)
	var extra, removed, hourly []string
	for _, key := range sortedKeys(after) {
		if !known[key] {
			extra = append(extra, key)
		} else if strings.HasSuffix(key, ".m.i.r") {
			hourly = append(hourly, key)
		}
	}
	for _, key := range sortedKeys(before) {
		if _, still := after[key]; !still && o.State == stateReleased {
			removed = append(removed, key)
		}
	}
	if len(extra) > 0 {
		w.fail(i, "INCOMPATIBLE_PRODUCT", "not dimensions of the product: %s", strings.Join(extra, ", "))
	}
	if len(removed) > 0 {
		w.fail(i, "INVALID_RATE_CARD", "rates cannot be removed: %s", strings.Join(removed, ", "))
	}
	if _, counted := after[countKey]; counted && len(hourly) > 0 {
		w.fail(i, "INVALID_RATE_CARD", "real-time use is priced by %s or by the hour, not both; by the hour: %s", countKey, strings.Join(hourly, ", "))
	}
	if gap := e.Product.unpriced(after); len(gap) > 0 {
		w.fail(i, "INVALID_RATE_CARD", "no price for %s", strings.Join(gap, ", "))
	}
}

// dimensionsOf holds the keys of the product's dimensions; it is nil if they cannot be known.
func (w *work) dimensionsOf(productID string) map[string]bool {
	e := w.look(productID)
	if e == nil || e.Product == nil || w.broken[productID] {
		return nil
	}
	known := map[string]bool{}
	for _, d := range e.Product.Dimensions {
		known[d.Key] = true
	}
	return known
}

// unpriced lists the dimensions that need a rate and have none. Real-time hours need none when inferences are counted.
func (p *product) unpriced(rates map[string]string) []string {
	_, counted := rates[countKey]
	var gap []string
	for _, d := range p.Dimensions {
		_, priced := rates[d.Key]
		optional := d.Key == countKey || counted && strings.HasSuffix(d.Key, ".m.i.r")
		if !priced && !optional {
			gap = append(gap, d.Key)
		}
	}
	return gap
}

func (w *work) checkTrial(i int, productID string, terms []term, rates map[string]string) {
	known := w.dimensionsOf(productID)
	for _, t := range terms {
		if t.Type != termFreeTrial {
			continue
		}
		days, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(t.Duration, "P"), "D"))
		if err != nil || days < 5 || days > 31 {
			w.fail(i, "INVALID_DURATION", "a free trial lasts P5D to P31D, not %.40s", t.Duration)
		}
		granted := map[string]bool{}
		var unrated, missing []string
		for _, g := range t.Grants {
			granted[g.DimensionKey] = true
			if _, priced := rates[g.DimensionKey]; known != nil && !known[g.DimensionKey] {
				w.fail(i, "INCOMPATIBLE_PRODUCT", "the free trial grants %s, which is not a dimension of the product", g.DimensionKey)
			} else if !priced {
				unrated = append(unrated, g.DimensionKey)
			}
			if !equalQuantity(g.MaxQuantity, t.Grants[0].MaxQuantity) {
				w.fail(i, "INVALID_GRANTS", "%s has another MaxQuantity than %s; all must be equal", g.DimensionKey, t.Grants[0].DimensionKey)
			}
		}
		for _, key := range sortedKeys(rates) {
			if !granted[key] {
				missing = append(missing, key)
			}
		}
		if len(unrated) > 0 {
			w.fail(i, "INVALID_RATE_CARD", "in the free trial but without a usage rate: %s", strings.Join(unrated, ", "))
		}
		if len(missing) > 0 {
			w.fail(i, "INVALID_GRANTS", "the free trial must name every metered dimension; missing: %s", strings.Join(missing, ", "))
		}
	}
}

func equalQuantity(a, b *int64) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// checkPriceChange holds the rules for the prices of an offer that buyers may have accepted.
func (w *work) checkPriceChange(i int, o *offer, before, after map[string]string) {
	var raised, cut, added []string
	for _, key := range sortedKeys(after) {
		old, had := before[key]
		if !had {
			added = append(added, key)
			continue
		}
		switch money(after[key]).Cmp(money(old)) {
		case 1:
			raised = append(raised, key)
		case -1:
			cut = append(cut, key)
		}
	}
	if len(raised) == 0 {
		return
	}
	if len(added) > 0 {
		w.fail(i, "INVALID_PRICE_CHANGE", "prices rise (%s) while dimensions are added (%s); add first", strings.Join(raised, ", "), strings.Join(added, ", "))
	}
	if len(cut) > 0 {
		w.fail(i, "INVALID_PRICE_CHANGE", "some prices rise (%s), others fall (%s); cut first", strings.Join(raised, ", "), strings.Join(cut, ", "))
	}
	if next := o.LastRise.Add(riseInterval); !o.LastRise.IsZero() && w.st.Now.Before(next) {
		w.fail(i, "INVALID_PRICE_CHANGE", "prices rose on %s; they can rise again from %s on", timestamp(o.LastRise), timestamp(next))
	}
	o.LastRise = w.st.Now
}

// money reads a price. Whatever is not a price counts as nothing, so that a damaged state cannot stall the arithmetic.
func money(price string) *big.Rat {
	r := new(big.Rat)
	if usagePrice.MatchString(price) {
		r.SetString(strings.TrimSuffix(price, "."))
	}
	return r
}

// checkPrices demands prices for what new versions bring, when the set does not touch the prices itself.
func (w *work) checkPrices() {
	for i, c := range w.set.Changes {
		id := w.names[i]
		e := w.look(id)
		if c.Type != addDeliveryOptions || w.broken[id] || e == nil || e.Product == nil {
			continue
		}
		gap := e.Product.unpriced(nil)
		for _, offerID := range w.offersOf(id) {
			if w.changes(offerType, updatePricingTerms, offerID) {
				gap = nil // the pricing change has been held against the new dimensions already
				break
			}
			if o := w.look(offerID).Offer; o.State == stateReleased && o.public() {
				gap = e.Product.unpriced(o.rates())
			}
		}
		if len(gap) > 0 {
			w.fail(i, "UPDATE_PRICING_REQUIRED", "add UpdatePricingTerms to the change set; no price yet for %s", strings.Join(gap, ", "))
		}
	}
}
