package awsmarketplace

import (
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// place is what an error code of the Catalog API is about: the rule of this
// library that says the same, and the field of the listing, where there is one.
type place struct {
	rule rule.Rule
	path string
}

// places has the codes that are documented for a change of a machine learning product
// or of its public offer. Private and contract offers have more: a code that is not
// here names no rule, and keeps its message. Where a code means something else in one change type, a row with the
// change type in front of it comes first.
var places = map[string]place{
	"CreateProduct INVALID_INPUT":         {listing.RuleTitle, "title"},
	"INVALID_INPUT":                       {},
	"MISSING_DATA":                        {rule: lifecycle.RuleUpdate},
	"INVALID_ADDITIONAL_RESOURCES":        {listing.RuleLinks, "promotion.links"},
	"INVALID_CATEGORY_NAMES":              {listing.RuleCategories, "categories"},
	"InvalidImageProperties":              {listing.RuleLogo, "promotion.logo"},
	"EXPLICIT_CONTENT":                    {path: "promotion"},
	"INVALID_MEDIA":                       {path: "promotion"},
	"TOO_MANY_MEDIA":                      {path: "promotion"},
	"DUPLICATE_MEDIA":                     {path: "promotion"},
	"INVALID_PRODUCT_VISIBILITY":          {rule: lifecycle.RuleUpdate},
	"INVALID_AWS_ACCOUNT_IDS":             {lifecycle.RuleTesters, "allowList"},
	"INCOMPATIBLE_PRODUCT_STATUS":         {rule: lifecycle.RuleUpdate},
	"DUPLICATE_VERSION_TITLE":             {version.RuleNumber, "versions"},
	"INVALID_RECOMMENDED_INSTANCE_TYPE":   {path: "versions"}, // which of three, only its text says
	"INCOMPATIBLE_DELIVERY_OPTIONS":       {listing.RuleKindMatches, "versions"},
	"INVALID_ASSET_ARN":                   {version.RuleARN, "versions"},
	"DUPLICATE_ASSET":                     {listing.RuleResourceUnique, "versions"},
	"ASSET_NOT_FOUND":                     {lifecycle.RuleResourceExists, "versions"},
	"ASSET_VALIDATION_EXCEPTION":          {lifecycle.RuleResourceCertified, "versions"},
	"INVALID_ACCESS_ROLE":                 {version.RuleAccessRole, "versions"},
	"UPDATE_PRICING_REQUIRED":             {lifecycle.RuleEveryInstancePriced, "offer.rates"},
	"SCAN_ERROR":                          {path: "versions"},
	"INVALID_DELIVERY_OPTION_ID":          {lifecycle.RuleVersionKnown, "versions"},
	"INVALID_DELIVERY_OPTION_IDS":         {lifecycle.RuleVersionKnown, "versions"},
	"MISSING_DELIVERY_OPTION_IDS":         {lifecycle.RuleVersionKnown, "versions"},
	"INCOMPATIBLE_DELIVERY_OPTION_STATUS": {lifecycle.RuleVersionEditable, "versions"},
	"INVALID_DELIVERY_OPTION_STATUS":      {lifecycle.RuleVersionEditable, "versions"},
	"FIELD_NOT_ALLOWED_TO_CHANGE":         {lifecycle.RuleNumberLocked, "versions"},
	"ALL_DELIVERY_OPTIONS_RESTRICTED":     {lifecycle.RuleLastUnrestricted, "versions"},
	"VALIDATION_FAILED":                   {},
	"INVALID_PRODUCT_STATE":               {path: "visibility"},
	"INVALID_TARGET_VISIBILITY":           {path: "visibility"},
	"EMPTY_TARGET_VISIBILITY":             {path: "visibility"},
	"INVALID_REPLACEMENT_PRODUCT_ID":      {lifecycle.RuleUnpublishReplacement, "replacement"},
	"AUDIT_ERROR":                         {}, // people's own words
	"MISSING_SELLER_PROFILE_INFORMATION":  {rule: lifecycle.RuleSellerProfile},

	"INCOMPATIBLE_PRODUCT":                {path: "offer"},
	"INCOMPATIBLE_PRE_EXISTING_AGREEMENT": {path: "offer"},
	"DUPLICATE_DIMENSION_KEYS":            {pricing.RuleDimension, "offer.rates"},
	"DUPLICATE_TERM_TYPES":                {path: "offer"},
	"INVALID_RATE_CARD":                   {lifecycle.RuleEveryInstancePriced, "offer.rates"},
	"INVALID_GRANTS":                      {path: "offer.trialDays"},
	"INVALID_DURATION":                    {pricing.RuleTrialDays, "offer.trialDays"},
	"INCOMPATIBLE_TERMS":                  {path: "offer"},
	"INCOMPATIBLE_RATES":                  {pricing.RuleFreeHasNoRates, "offer.rates"},
	"INVALID_PRICE_CHANGE":                {path: "offer.rates"}, // a rise beside another change, or too soon
	"INCOMPATIBLE_PRICING_MODEL":          {lifecycle.RuleModelStays, "offer.model"},
	"MISSING_MANDATORY_TERMS":             {path: "offer"},
	"INVALID_CURRENCY_CODE":               {path: "offer.rates"},
	"INCOMPATIBLE_CURRENCY_CODE":          {path: "offer.rates"},
	"INCOMPATIBLE_SELLER_VERIFICATION":    {rule: lifecycle.RuleSellerTaxAndBank},
	"INCOMPATIBLE_PAYMENT_SETTINGS":       {rule: lifecycle.RuleSellerTaxAndBank},
	"INVALID_TAX_INFORMATION":             {rule: lifecycle.RuleSellerTaxAndBank},
	"TOO_MANY_RATES":                      {path: "offer.rates"},
	"TOO_MANY_GRANTS":                     {path: "offer.trialDays"},
	"INVALID_UPDATE_REQUEST":              {path: "offer"},
	"INVALID_LEGAL_DOCUMENTS":             {pricing.RuleEULAPlainText, "offer.eula"},
	"LIMIT_EXCEEDED_LEGAL_DOCUMENT_SIZE":  {pricing.RuleEULAPlainText, "offer.eula"},
	"INVALID_BUYER_ACCOUNTS":              {path: "offer"},
	"INVALID_COUNTRY_CODES":               {path: "offer"},
	"INVALID_TARGETING":                   {path: "offer"},
	"INCOMPATIBLE_TARGETING":              {path: "offer"},
	"TOO_MANY_BUYER_ACCOUNTS":             {path: "offer"},
	"MISSING_BUYER_ACCOUNTS":              {path: "offer"},
	"MISSING_COUNTRY_CODES":               {path: "offer"},
	"INVALID_AVAILABILITY_END_DATE":       {path: "offer"},
	"MISSING_AVAILABILITY_END_DATE":       {path: "offer"},
	"MISSING_NAME":                        {pricing.RuleNamed, "offer.name"},
	"MISSING_DESCRIPTION":                 {pricing.RuleNamed, "offer.description"},
	"TOO_MANY_OFFERS":                     {path: "offer"},
}

// located adds to a problem what its code is about.
func located(p lifecycle.Problem) lifecycle.Problem {
	at, special := places[p.Change+" "+p.Code]
	if !special {
		at = places[p.Code]
	}
	p.Rule, p.Path = at.rule.ID, at.path
	return p
}
