package simulator

// CreatedBySource of an offer.
const (
	bySeller      = "Seller"
	byMarketplace = "AwsMarketplace"
)

// source says who made the offer: the seller's own are public here.
func (o *offer) source() string {
	if o.public() {
		return bySeller
	}
	return byMarketplace
}

// public reports whether the offer is for everybody, in some countries at least.
func (o *offer) public() bool { return len(o.Buyers)+len(o.Programs) == 0 }

func (o *offer) targetingKinds() []string {
	switch {
	case len(o.Programs) > 0:
		return []string{"ParticipatingPrograms"}
	case len(o.Buyers) > 0:
		return []string{"BuyerAccounts"}
	case len(o.Positive)+len(o.Negative) > 0:
		return []string{"CountryCodes"}
	}
	return []string{"None"}
}

// enrol adds the offers that AWS makes by itself beside a public one that was just released: one for a program, free of
// charge, and the renewal of one buyer's agreement.
func (w *work) enrol() {
	if !w.st.rules.programs {
		return
	}
	for i, c := range w.set.Changes {
		e := w.entities[w.names[i]]
		if c.Type != releaseOffer || e == nil || e.Offer == nil {
			continue
		}
		free := append([]term{}, e.Offer.Pricing...)
		for j, t := range free {
			if t.Type == termUsage {
				free[j] = t.atNoPrice()
			}
		}
		w.place(e, offer{Name: "Field Demonstration Program", PricingModel: modelFree, Pricing: free, Programs: []string{"FieldDemonstrationProgram"}})
		w.place(e, offer{Name: "Renewal", PricingModel: e.Offer.PricingModel, Pricing: e.Offer.Pricing, Buyers: []string{"444455556666"}})
	}
}

func (w *work) place(beside *entity, o offer) {
	o.State, o.ProductID, o.Released = stateReleased, beside.Offer.ProductID, w.st.Now
	o.Legal, o.Support = beside.Offer.Legal, beside.Offer.Support
	id := "offer-" + w.mint.alphanumeric("offer", 13)
	w.entities[id] = &entity{ID: id, Seller: beside.Seller, Revision: 1, Offer: &o}
}

// atNoPrice is the term with each rate at zero.
func (t term) atNoPrice() term {
	var cards []rateCard
	for _, c := range t.RateCards {
		var card rateCard
		for _, r := range c.RateCard {
			card.RateCard = append(card.RateCard, rate{r.DimensionKey, "0"})
		}
		cards = append(cards, card)
	}
	t.RateCards = cards
	return t
}
