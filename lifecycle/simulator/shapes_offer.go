package simulator

import (
	"encoding/json"
	"regexp"
)

var (
	reference      = regexp.MustCompile(`^\$([a-zA-Z]+)\.Entity\.Identifier$`)
	offerProductID = regexp.MustCompile(`^(?:[a-zA-Z0-9][.a-zA-Z0-9/-]+[a-zA-Z0-9]|\$[a-zA-Z]+\.Entity\.Identifier)$`)
	offerSetID     = regexp.MustCompile(`^offerset-[a-zA-Z0-9][.a-zA-Z0-9/-]+[a-zA-Z0-9]$`)
	offerName      = regexp.MustCompile(`^[^\\<>]*$`)
	usagePrice     = regexp.MustCompile(`^((100000000(\.0{0,8})?)|(\d{1,8}(\.\d{0,8})?))$`)
	upfrontPrice   = regexp.MustCompile(`^((100000000(\.0{0,3})?)|(\d{1,8}(\.\d{0,3})?))$`)
	chargeAmount   = regexp.MustCompile(`^((100000000(\.0{0,2})?)|(\d{1,8}(\.\d{0,2})?))$`)
	dateDuration   = regexp.MustCompile(`^P(\d+Y(\d+M)?(\d+D)?|\d+M(\d+D)?|\d+D)$`)
	calendarDate   = regexp.MustCompile(`^([1-9]\d{3}-((0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)|([1-9]\d(0[48]|[2468][048]|[13579][26])|([2468][048]|[13579][26])00)-02-29)$`)
	documentURL    = regexp.MustCompile(`^https?://(www\.)?[-a-zA-Z0-9@._]{1,256}\.[a-zA-Z0-9()]{2,63}\b([-a-zA-Z0-9@_+./]*)`)
	refundText     = regexp.MustCompile("^[\\x{0000}-\\x{007E}\u00A9\u00AE\u2122\u00A2-\u00A5]+$")
	unpadded       = regexp.MustCompile(`^\S(?:[\S\s]*\S)?$`) // no blank at either end
	paymentPeriod  = regexp.MustCompile(`^P(1[5-9]|[2-9]\d|1[01]\d|120)D$`)
)

var createOfferShape = object(
	need("ProductId", text(1, 50, offerProductID)),
	may("Name", text(0, 150, solid, offerName)),
	may("OfferSetId", text(1, 50, offerSetID)), // for private offers
)

var offerInformationShape = notEmpty(
	may("Name", text(0, 150, solid, offerName)),
	may("Description", text(0, 255, solid)),
	may("PreExistingAgreement", nullable(object(
		need("AcquisitionChannel", oneOf("AwsMarketplace", "External")),
		need("PricingModel", pricingModels),
	))),
)

// price is an amount of money as text.
func price(pattern *regexp.Regexp) shape {
	return func(f *findings, path string, v any) {
		if n, ok := v.(json.Number); ok {
			f.add(badField, path, "must be a string: send \"%s\"; AWS's example for machine learning products shows a number, which its shapes do not take", n)
			return
		}
		text(0, unbounded, pattern)(f, path, v)
	}
}

var (
	pricingModels = oneOf(modelByol, modelFree, modelUsage, modelContract)
	currencies    = oneOf("USD", "EUR", "GBP", "AUD", "JPY", "CAD")
	dimensionKey  = text(1, 100)
	rateCardShape = list(1, 800, object(
		need("DimensionKey", dimensionKey),
		need("Price", price(usagePrice)),
	))
	grantsShape = list(1, 800, object(
		need("DimensionKey", dimensionKey),
		may("MaxQuantity", integer(1, 2147483646)),
	))
	duration = text(0, unbounded, dateDuration)
	constant = func(word string) member { return need("Type", oneOf(word)) }
)

var pricingTermsShape = object(
	need("PricingModel", pricingModels),
	need("Terms", list(1, unbounded, byType(map[string]shape{
		termUsage: object(
			constant(termUsage),
			need("CurrencyCode", oneOf("USD")),
			need("RateCards", list(1, 1, object(need("RateCard", rateCardShape)))),
		),
		termFreeTrial: object(
			constant(termFreeTrial),
			need("Duration", duration),
			need("Grants", grantsShape),
		),
		"FixedUpfrontPricingTerm": object(
			constant("FixedUpfrontPricingTerm"),
			need("CurrencyCode", currencies),
			need("Price", price(upfrontPrice)),
			need("Grants", grantsShape),
			may("Duration", duration),
		),
		"ConfigurableUpfrontPricingTerm": object(
			constant("ConfigurableUpfrontPricingTerm"),
			need("CurrencyCode", currencies),
			may("RateCards", list(1, 5, object(
				need("Selector", object(constant("Duration"), need("Value", duration))),
				need("Constraints", object(
					need("MultipleDimensionSelection", oneOf("Allowed", "Disallowed")),
					need("QuantityConfiguration", oneOf("Allowed", "Disallowed")),
				)),
				need("RateCard", rateCardShape),
			))),
		),
		"RecurringPaymentTerm": object(
			constant("RecurringPaymentTerm"),
			need("CurrencyCode", currencies),
			need("BillingPeriod", oneOf("Monthly")),
			need("Price", price(upfrontPrice)),
		),
		"ByolPricingTerm": object(constant("ByolPricingTerm")),
	}))),
)

var legalTermsShape = object(
	need("Terms", list(1, 1, object(
		constant(termLegal),
		need("Documents", list(1, 1, byType(map[string]shape{
			"CustomEula":   legalDocumentShape("CustomEula", need, may),
			"StandardEula": legalDocumentShape("StandardEula", may, need),
			"CustomDsa":    legalDocumentShape("CustomDsa", need, may),
			"StandardDsa":  legalDocumentShape("StandardDsa", may, need),
		}))),
	))),
)

// legalDocumentShape asks for the address of a custom document and for the version of a standard one.
func legalDocumentShape(kind string, address, version func(string, shape) member) shape {
	return object(
		constant(kind),
		address("Url", text(0, 32000, documentURL)),
		version("Version", oneOf("2019-04-24", newestEula, "2019-12-12")),
	)
}

var supportTermsShape = object(
	need("Terms", list(0, 1, object(
		constant(termSupport),
		need("RefundPolicy", text(1, 500, refundText, unpadded)),
	))),
)

var countries = list(1, 244, text(0, unbounded))

var offerTargetingShape = object(
	may("PositiveTargeting", object(
		may("CountryCodes", countries),
		may("BuyerAccounts", list(1, 26, text(0, unbounded))),
	)),
	may("NegativeTargeting", object(need("CountryCodes", countries))),
)

// The types below exist for private offers only; their shapes are checked before the change set refuses them.
var (
	availabilityShape = object(need("AvailabilityEndDate", text(0, 10, calendarDate)))
	validityShape     = object(need("Terms", list(0, 1, object(
		constant("ValidityTerm"),
		may("AgreementDuration", duration),
		may("AgreementStartDate", text(0, 10, calendarDate)),
		may("AgreementEndDate", text(0, 10, calendarDate)),
	))))
	renewalShape = object(need("Terms", list(0, 1, object(
		constant("RenewalTerm"),
		may("LockoutPeriod", anything),
		may("AdjustmentDeadline", anything),
		may("MaxRenewals", anything),
		may("PriceIncrease", anything),
		may("TermTemplates", anything),
	))))
	paymentScheduleShape = object(need("Terms", list(0, 1, object(
		constant("PaymentScheduleTerm"),
		need("CurrencyCode", currencies),
		need("Schedule", list(1, 60, object(
			need("ChargeDate", text(0, 10, calendarDate)),
			need("ChargeAmount", price(chargeAmount)),
		))),
	))))
	netPaymentShape = object(need("Terms", list(0, 1, object(
		constant("NetPaymentTerm"),
		need("PaymentDuePeriod", text(0, 5, paymentPeriod)),
	))))
)
