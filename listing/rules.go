package listing

import (
	"slices"

	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// The rules of a listing. [Check] checks them; [CheckLogo] checks RuleLogo and
// RuleLogoShape. [Rules] returns them with their texts.
var (
	RuleVisibility          = texts.Get("visibility.chosen")
	RulePrivateNamesBuyers  = texts.Get("visibility.private-names-buyers")
	RuleTitle               = texts.Get("info.title")
	RuleShortDescription    = texts.Get("info.short-description")
	RuleOverview            = texts.Get("info.overview")
	RuleCategories          = texts.Get("info.categories")
	RuleHighlights          = texts.Get("info.highlights")
	RuleSKU                 = texts.Get("info.sku")
	RuleLogo                = texts.Get("promo.logo")
	RuleKeywords            = texts.Get("promo.keywords")
	RuleKeywordsNotRepeated = texts.Get("promo.keywords-not-repeated")
	RuleLinks               = texts.Get("promo.links")
	RuleVideo               = texts.Get("promo.videos")
	RuleSupportStated       = texts.Get("support.stated")
	RuleSupportDetails      = texts.Get("support.details")
	RuleRegions             = texts.Get("regions.chosen")
	RuleAtLeastOneVersion   = texts.Get("version.at-least-one")
	RuleKindMatches         = texts.Get("version.kind-matches")
	RuleResourceUnique      = texts.Get("version.resource-unique")
	RuleUsagePerVersion     = texts.Get("version.usage-per-version")
	RuleTrainingIsHourly    = texts.Get("pricing.training-is-hourly")
	RuleNoControlCharacters = texts.Get("text.no-control-characters")
	RuleValidUTF8           = texts.Get("text.valid-utf-8")
	RuleNoPlaceholders      = texts.Get("text.no-placeholders")
	RuleTrademarkSpace      = texts.Get("text.trademark-space")
	RuleLogoShape           = texts.Get("promo.logo-shape")
)

// Rules returns the rules that [Check], [CheckLogo] and [Parse] check, each once.
// The rules of versions and offers are among them.
func Rules() []rule.Rule {
	all := rule.Of(checks)
	for _, each := range textRules {
		all = append(all, each.rule)
	}
	var rules []rule.Rule
	for _, each := range slices.Concat(all, []rule.Rule{RuleLogoShape}, version.Rules(), pricing.Rules()) {
		if !slices.Contains(rules, each) {
			rules = append(rules, each)
		}
	}
	return rules
}

// texts are the texts of the rules. Where the seller guide gives no limit, the
// limit is that of the Catalog API documentation.
var texts = rule.Table{
	{ID: "visibility.chosen", Severity: rule.Must,
		Statement: "a listing is public or private",
		Remedy:    `write "public", the default, or "private"`,
		Sources:   rule.Sources{Guide2022: "step 2: product visibility", Guide2026: "product visibility (Public and Restricted for machine learning products)", Changed: "public or private in 2022; for machine learning products the portal of 2026 offers Public and Restricted"}},
	{ID: "visibility.private-names-buyers", Severity: rule.Must,
		Statement: "a private listing names the accounts that may see it; a public one names none",
		Remedy:    "list one or more twelve-digit account ids for a private listing, each once; none for a public one",
		Sources:   rule.Sources{Guide2022: "step 2: product visibility", Catalog2026: "UpdateTargeting (at most 5,000 accounts)", Shapes: "UpdateTargeting (at most 100; the lower limit satisfies both)"}},
	{ID: "info.title", Severity: rule.Must,
		Statement: "a listing has a title of at most 72 characters, which does not begin with white space",
		Remedy:    "give a title of 1 to 72 characters on one line",
		Sources:   rule.Sources{Guide2022: "step 2", Catalog2026: "UpdateInformation: ProductTitle", Shapes: "ProductTitle: pattern (no white space at the start)"}},
	{ID: "info.short-description", Severity: rule.Must,
		Statement: "a listing has a short description of at most 1,000 characters",
		Remedy:    "describe the product in a few sentences",
		Sources:   rule.Sources{Guide2022: "step 2", Catalog2026: "UpdateInformation: ShortDescription"}},
	{ID: "info.overview", Severity: rule.Must,
		Statement: "a listing has a product overview of at most 5,000 characters",
		Remedy:    "describe what the product does, and for whom",
		Sources:   rule.Sources{Guide2022: "step 2", Catalog2026: "UpdateInformation: LongDescription"}},
	{ID: "info.categories", Severity: rule.Must,
		Statement: "a listing is in 1 to 3 categories, each once",
		Remedy:    "name 1 to 3 categories of the marketplace",
		Sources:   rule.Sources{Guide2022: "step 2", Catalog2026: "UpdateInformation: Categories"}},
	{ID: "info.highlights", Severity: rule.Must,
		Statement: "a listing has 1 to 3 highlights of at most 500 characters",
		Remedy:    "write 1 to 3 short highlights",
		Sources:   rule.Sources{Catalog2026: "UpdateInformation: Highlights"}},
	{ID: "info.sku", Severity: rule.Must,
		Statement: "a SKU has at most 100 characters",
		Remedy:    "shorten the SKU, or remove it",
		Sources:   rule.Sources{Catalog2026: "UpdateInformation: Sku (at most 100 characters; the lower limit satisfies both)", Shapes: "UpdateInformation: Sku (at most 5,000)"}},
	{ID: "promo.logo", Severity: rule.Must,
		Statement: "a listing has a logo at an https address",
		Remedy:    "give the https address of a PNG, JPG or GIF image of at most 5 MB",
		Sources:   rule.Sources{Guide2022: "step 2", Catalog2026: "UpdateInformation: LogoUrl"}},
	{ID: "promo.keywords", Severity: rule.Must,
		Statement: "a listing has 1 to 15 search keywords of at most 50 characters, and 250 characters in all",
		Remedy:    "write 1 to 15 short keywords, each once",
		Sources:   rule.Sources{Guide2022: "step 2", Catalog2026: "UpdateInformation: SearchKeywords"}},
	{ID: "promo.keywords-not-repeated", Severity: rule.Should,
		Statement: "keywords do not repeat the title or the categories, which are searched anyway",
		Remedy:    "choose another keyword",
		Sources:   rule.Sources{Catalog2026: "UpdateInformation: SearchKeywords"}},
	{ID: "promo.links", Severity: rule.Must,
		Statement: "a listing has at most 3 resource links, each with a text and an address",
		Remedy:    "give each link a text of at most 500 characters and an http or https address",
		Sources:   rule.Sources{Guide2022: "step 2", Catalog2026: "UpdateInformation: AdditionalResources"}},
	{ID: "promo.videos", Severity: rule.Must,
		Statement: "a listing has at most one video, at an https address",
		Remedy:    "give the https address of the video, or remove it",
		Sources:   rule.Sources{Catalog2026: "UpdateInformation: VideoUrls"}},
	{ID: "support.stated", Severity: rule.Must,
		Statement: "a listing says whether support is offered",
		Remedy:    `add "support" with "offered": true or false`,
		Sources:   rule.Sources{Guide2022: "step 2: support information"}},
	{ID: "support.details", Severity: rule.Must,
		Statement: "a listing with support has support details of at most 2,000 characters; one without support has none",
		Remedy:    "say how buyers get support",
		Sources:   rule.Sources{Guide2022: "step 2", Catalog2026: "UpdateInformation: SupportDescription"}},
	{ID: "regions.chosen", Severity: rule.Must,
		Statement: "a listing is available in all current and future Regions, or in a list of known Regions",
		Remedy:    `write "all", or list AWS Region codes, each once`,
		Sources:   rule.Sources{Guide2022: "step 2: Region availability", Changed: "2022 lets the seller choose Regions; the portal of 2026 does not ask"}},
	{ID: "version.at-least-one", Severity: rule.Must,
		Statement: "a listing has at least one version, which the portal calls a launch option",
		Remedy:    "add a version",
		Sources:   rule.Sources{Guide2022: "step 3: add your launch option"}},
	{ID: "version.kind-matches", Severity: rule.Must,
		Statement: "a listing has the kind model package or algorithm, and all its versions are of that kind",
		Remedy:    `set the kind to "model package" or "algorithm", as in the ARN of every version`,
		Sources:   rule.Sources{Guide2022: "step 3", Catalog2026: "AddDeliveryOptions"}},
	{ID: "version.resource-unique", Severity: rule.Must,
		Statement: "each version has a resource of its own",
		Remedy:    "choose a resource that no other version has",
		Sources:   rule.Sources{Catalog2026: "AddDeliveryOptions: DUPLICATE_ASSET"}},
	{ID: "version.usage-per-version", Severity: rule.Must,
		Statement: "each version after the first has usage information of its own",
		Remedy:    "write the whole usage information, even if little has changed",
		Sources:   rule.Sources{Guide2022: "adding new versions"}},
	{ID: "pricing.training-is-hourly", Severity: rule.Must,
		Statement: "a paid algorithm has an hourly price for training; a model package has none",
		Remedy:    "add a price for <instance>.a.t to an algorithm; remove it from a model package",
		Sources:   rule.Sources{Guide2022: "machine learning product pricing"}},
	{ID: "text.no-control-characters", Severity: rule.Must,
		Statement: "no text has control characters other than tab and line feed",
		Remedy:    "remove them",
		Sources:   rule.Sources{Catalog2026: "seller products: general string rule"}},
	{ID: "text.valid-utf-8", Severity: rule.Must,
		Statement: "every text is valid UTF-8, for JSON has nothing else",
		Remedy:    "convert the text to UTF-8 where it is read",
		Sources:   rule.Sources{Catalog2026: "seller products: general string rule"}},
	{ID: "text.no-placeholders", Severity: rule.Should,
		Statement: "no text has what a template leaves to be filled in",
		Remedy:    "write what belongs there",
		Sources:   rule.Sources{Judgement: "reviewers and buyers would see it"}},
	{ID: "text.trademark-space", Severity: rule.Should,
		Statement: "there is no space before ™ or ®",
		Remedy:    "remove the space",
		Sources:   rule.Sources{Catalog2026: "UpdateInformation: INVALID_INPUT"}},
	{ID: "promo.logo-shape", Severity: rule.Should,
		Statement: "a logo is 120 to 640 pixels wide and high, with a ratio of 1:1 or 2:1 and a white or transparent background",
		Remedy:    "export the logo again, for example with 640 by 320 pixels on white",
		Sources:   rule.Sources{Guide2022: "submitting your product: product logo requirements"}},
}
