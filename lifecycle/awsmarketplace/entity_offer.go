package awsmarketplace

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/catalog"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/pricing"
)

// price reads the offer into the content. What a listing has no field for is kept
// beside it, since a change of the prices drops what it does not repeat.
func price(c *lifecycle.Content, o catalog.Offer) error {
	offer := pricing.Offer{Name: o.Name, Description: o.Description}
	c.Rates, c.Other = pricing.RateCard{}, lifecycle.OtherTerms{}
	for _, term := range o.Terms {
		var err error
		switch {
		case term.Type == catalog.TermUsage:
			err = readRates(c, term)
		case term.Type == catalog.TermFreeTrial:
			offer.TrialDays, c.Other.TrialLimits, err = trial(term)
		case term.Type == catalog.TermLegal:
			for _, document := range term.Documents {
				switch document.Type {
				case catalog.StandardEULA:
					offer.EULA = pricing.EULA{Standard: true}
				case catalog.CustomEULA:
					offer.EULA = pricing.EULA{URL: document.URL}
				}
			}
		case term.Type == catalog.TermSupport:
			offer.RefundPolicy = term.RefundPolicy
		case pricesSomething(term.Type):
			c.Other.Pricing = append(c.Other.Pricing, document.Cut(term.Type, 100))
		}
		if err != nil {
			return fmt.Errorf("offer: %w", err)
		}
	}
	if len(c.Other.Pricing) > 0 && len(c.Rates)+len(c.Other.Rates) == 0 {
		return fmt.Errorf("offer: it has contract prices alone (%s): %w; a listing is free, hourly or per inference",
			strings.Join(c.Other.Pricing, ", "), errors.ErrUnsupported)
	}
	if offer.Model = model(*c, offer.TrialDays > 0); offer.Model != pricing.Free {
		offer.Rates = c.Rates
	}
	c.Listing.Offer = &offer
	return nil
}

// pricesSomething reports whether a term of the type says what the offer costs: one
// that UpdatePricingTerms sets.
func pricesSomething(term string) bool {
	return term == catalog.TermRecurring || strings.HasSuffix(term, "PricingTerm")
}

func readRates(c *lifecycle.Content, term catalog.Term) error {
	if term.CurrencyCode != "" && term.CurrencyCode != "USD" {
		return fmt.Errorf("rate card: prices in %q: %w; a listing has prices in USD", document.Cut(term.CurrencyCode, 100), errors.ErrUnsupported)
	}
	for _, each := range slices.Concat(converted(term.RateCards, func(c catalog.RateCard) []catalog.Rate { return c.RateCard })...) {
		amount, err := pricing.ParseUSD(each.Price)
		if err != nil {
			return fmt.Errorf("rate card: %s: %w", document.Cut(each.DimensionKey, 100), err)
		}
		d, err := pricing.ParseDimension(each.DimensionKey)
		switch {
		case err == nil:
			c.Rates[d] = amount
		case !isKey(each.DimensionKey):
			return fmt.Errorf("rate card: %w", err)
		default:
			if c.Other.Rates == nil {
				c.Other.Rates = map[string]pricing.USD{}
			}
			c.Other.Rates[each.DimensionKey] = amount
		}
	}
	return nil
}

// isKey reports whether the text can be the key of a dimension, known or not.
func isKey(key string) bool {
	return key != "" && utf8.RuneCountInString(key) <= 100 && !strings.ContainsFunc(key, func(r rune) bool { return !unicode.IsPrint(r) })
}

// duration is an ISO 8601 duration in one unit of the calendar.
var duration = regexp.MustCompile(`^P([0-9]{1,4})([DWMY])$`)

// maxUnits is the largest limit of a trial that the Catalog API documents.
const maxUnits = 2147483646

// trial returns the length of a free trial in days: a month is taken as 30 days and a
// year as 365. The limits in units are nil if there are none.
func trial(term catalog.Term) (days int, limits map[string]int64, err error) {
	match := duration.FindStringSubmatch(term.Duration)
	if match == nil {
		return 0, nil, fmt.Errorf("free trial: duration %q: want days, weeks, months or years, such as P14D", document.Cut(term.Duration, 100))
	}
	limited := false
	limits = map[string]int64{}
	for _, g := range term.Grants {
		known := isKey(g.DimensionKey)
		if g.MaxQuantity < 0 || g.MaxQuantity > maxUnits || g.MaxQuantity > 0 && !known {
			return 0, nil, fmt.Errorf("free trial: %d units of %q: want 0 to %d of a dimension", g.MaxQuantity, document.Cut(g.DimensionKey, 100), maxUnits)
		}
		if limited = limited || g.MaxQuantity > 0; known {
			limits[g.DimensionKey] = g.MaxQuantity
		}
	}
	if !limited {
		limits = nil
	}
	n, err := strconv.Atoi(match[1])
	return n * map[string]int{"D": 1, "W": 7, "M": 30, "Y": 365}[match[2]], limits, err
}

// model tells the pricing model, which the entity does not, from the rates: an offer
// whose prices are all zero is free, unless it has a trial, which a free one has not.
// A dimension of inferences that is not known is one of inferences all the same.
func model(c lifecycle.Content, hasTrial bool) pricing.Model {
	var paid, counted, countedAndPaid bool
	see := func(key string, amount pricing.USD) {
		counts := key == inferences || strings.HasSuffix(key, "."+inferences)
		paid = paid || !amount.IsZero()
		counted = counted || counts
		countedAndPaid = countedAndPaid || counts && !amount.IsZero()
	}
	for d, amount := range c.Rates {
		see(d.String(), amount)
	}
	for key, amount := range c.Other.Rates {
		see(key, amount)
	}
	switch {
	case countedAndPaid, !paid && hasTrial && counted:
		return pricing.Inference
	case paid, hasTrial:
		return pricing.Hourly
	}
	return pricing.Free
}

// inferences is what the keys of dimensions end with that count inferences.
const inferences = "m.i.c"
