package pricing

import "github.com/shelflife-go/shelflife/listing/rule"

// The rules of an offer. [Check] checks them, except RuleExact, which [ParseUSD]
// checks, and RuleEULAPlainText, which [CheckEULA] checks. [Rules] returns them
// with their texts.
var (
	RulePresent          = texts.Get("offer.present")
	RuleNamed            = texts.Get("offer.named")
	RuleRefundPolicy     = texts.Get("offer.refund-policy")
	RuleEULA             = texts.Get("eula.present")
	RuleExact            = texts.Get("pricing.exact")
	RuleDimension        = texts.Get("pricing.dimension")
	RuleFreeHasNoRates   = texts.Get("pricing.free-has-no-rates")
	RuleBatchIsHourly    = texts.Get("pricing.batch-is-hourly")
	RuleInferenceRate    = texts.Get("pricing.inference-rate")
	RuleTrialDays        = texts.Get("pricing.trial-days")
	RuleTrialRecommended = texts.Get("pricing.trial-recommended")
	RuleEULAPlainText    = texts.Get("eula.plain-text")
)

// texts are the texts of the rules.
var texts = rule.Table{
	{ID: "offer.present", Severity: rule.Must,
		Statement: "a listing has an offer with a pricing model",
		Remedy:    `add an offer with the model "free", "hourly" or "per inference"`,
		Sources:   rule.Sources{Guide2022: "step 4: set the pricing and terms"}},
	{ID: "offer.named", Severity: rule.Must,
		Statement: "an offer has a name of at most 150 and a description of at most 255 characters",
		Remedy:    `write a name without \, < and >, and a description`,
		Sources:   rule.Sources{Catalog2026: "offers: UpdateInformation, ReleaseOffer"}},
	{ID: "offer.refund-policy", Severity: rule.Must,
		Statement: "an offer has a refund policy of at most 500 characters that the marketplace accepts",
		Remedy:    "use ASCII and © ® ™ ¢ £ ¤ ¥ only, straight quotes, and no space at the start or the end",
		Sources:   rule.Sources{Catalog2026: "offers: UpdateSupportTerms"}},
	{ID: "eula.present", Severity: rule.Must,
		Statement: "an offer has a EULA: either the standard contract or the seller's own, at an https address",
		Remedy:    "set standard to true, or give the https address of a plain text file as url",
		Sources:   rule.Sources{Guide2022: "step 4: set the pricing and terms", Catalog2026: "UpdateLegalTerms (takes http as well)", Judgement: "a contract that comes by http can be changed on its way"}},
	{ID: "pricing.exact", Severity: rule.Must,
		Statement: "a price is an exact amount of US dollars, 0 to 100,000,000, with at most 8 decimals",
		Remedy:    "write a plain decimal, such as 0.40",
		Sources:   rule.Sources{Guide2022: "machine learning product pricing", Catalog2026: "UpdatePricingTerms"}},
	{ID: "pricing.dimension", Severity: rule.Must,
		Statement: "each price is for a dimension of the marketplace: a mode and an instance type, or inferences",
		Remedy:    "make dimensions with Batch, RealTime, Training and PerInference",
		Sources:   rule.Sources{Catalog2026: "pricing dimensions of machine learning products"}},
	{ID: "pricing.free-has-no-rates", Severity: rule.Must,
		Statement: "a free offer has no price above zero and no trial",
		Remedy:    "remove the prices and the trial, or choose another model",
		Sources:   rule.Sources{Guide2022: "machine learning product pricing"}},
	{ID: "pricing.batch-is-hourly", Severity: rule.Must,
		Statement: "a paid offer has an hourly price for batch transform",
		Remedy:    "add a price for <instance>.m.i.b, for every instance type that the resource supports",
		Sources:   rule.Sources{Guide2022: "machine learning product pricing"}},
	{ID: "pricing.inference-rate", Severity: rule.Must,
		Statement: "an offer per inference has a price per inference and no hourly real-time price; an hourly offer has the opposite",
		Remedy:    "add a price for inference.count.m.i.c or for <instance>.m.i.r, as the model requires",
		Sources:   rule.Sources{Guide2022: "machine learning product pricing"}},
	{ID: "pricing.trial-days", Severity: rule.Must,
		Statement: "a free trial lasts 5 to 31 days",
		Remedy:    "choose 5 to 31 days, or 0 for no trial",
		Sources:   rule.Sources{Guide2022: "machine learning product pricing (5 to 120 days)", Guide2026: "machine learning product pricing (5 to 31 days; buyers get a mail three days before the end)", Catalog2026: "UpdatePricingTerms: FreeTrialPricingTerm", Changed: "5 to 120 days and hourly offers only in 2022; 5 to 31 days and offers per inference too in 2026"}},
	{ID: "pricing.trial-recommended", Severity: rule.Should,
		Statement: "an hourly offer has a free trial, and a free trial lasts 14 to 30 days",
		Remedy:    "set trialDays to 14 to 30",
		Sources:   rule.Sources{Guide2022: "requirements and best practices"}},
	{ID: "eula.plain-text", Severity: rule.Must,
		Statement: "a EULA of the seller is plain text: valid UTF-8 that can be read, without control characters, of at most 1 MiB",
		Remedy:    "save it as plain text in UTF-8 and upload that",
		Sources:   rule.Sources{Guide2022: "step 4: set the pricing and terms"}},
}
