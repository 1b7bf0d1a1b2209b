package listing

import (
	"slices"

	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// The rules of a listing that its document alone decides. Limits that the
// seller guide does not give come from the Catalog API documentation.
var (
	RuleVisibility = rule.Rule{ID: "visibility.chosen", Severity: rule.Must,
		Statement: "a listing is public or private",
		Remedy:    `write "public", the default, or "private"`,
		Source:    "seller guide, step 2: product visibility"}
	RulePrivateNamesBuyers = rule.Rule{ID: "visibility.private-names-buyers", Severity: rule.Must,
		Statement: "a private listing names the accounts that may see it; a public one names none",
		Remedy:    "list at least one twelve-digit account id for a private listing, each once",
		Source:    "seller guide, step 2: product visibility; Catalog API, UpdateTargeting (100 accounts in its shapes, 5,000 in the documentation: the lower is safe with both)"}
	RuleTitle = rule.Rule{ID: "info.title", Severity: rule.Must,
		Statement: "a listing has a title of at most 72 characters",
		Remedy:    "give a title of 1 to 72 characters on one line",
		Source:    "seller guide, step 2; Catalog API, UpdateInformation: ProductTitle"}
	RuleShortDescription = rule.Rule{ID: "info.short-description", Severity: rule.Must,
		Statement: "a listing has a short description of at most 1,000 characters",
		Remedy:    "describe the listing in a few sentences",
		Source:    "seller guide, step 2; Catalog API, UpdateInformation: ShortDescription"}
	RuleOverview = rule.Rule{ID: "info.overview", Severity: rule.Must,
		Statement: "a listing has a product overview of at most 5,000 characters",
		Remedy:    "describe what the listing does and for whom",
		Source:    "seller guide, step 2; Catalog API, UpdateInformation: LongDescription"}
	RuleCategories = rule.Rule{ID: "info.categories", Severity: rule.Must,
		Statement: "a listing is in 1 to 3 categories, each once",
		Remedy:    "name 1 to 3 categories of the marketplace",
		Source:    "seller guide, step 2; Catalog API, UpdateInformation: Categories"}
	RuleHighlights = rule.Rule{ID: "info.highlights", Severity: rule.Must,
		Statement: "a listing has 1 to 3 highlights of at most 500 characters",
		Remedy:    "give 1 to 3 short highlights",
		Source:    "Catalog API, UpdateInformation: Highlights"}
	RuleSKU = rule.Rule{ID: "info.sku", Severity: rule.Must,
		Statement: "a SKU has at most 100 characters",
		Remedy:    "shorten the SKU or leave it out",
		Source:    "Catalog API, UpdateInformation: Sku (100 in the documentation, 5,000 in its shapes: the lower is safe with both)"}
	RuleLogo = rule.Rule{ID: "promo.logo", Severity: rule.Must,
		Statement: "a listing has a logo at an https address",
		Remedy:    "give the https address of a PNG, JPG or GIF image of at most 5 MB",
		Source:    "seller guide, step 2; Catalog API, UpdateInformation: LogoUrl"}
	RuleKeywords = rule.Rule{ID: "promo.keywords", Severity: rule.Must,
		Statement: "a listing has 1 to 15 search keywords of at most 50 characters, 250 together",
		Remedy:    "give 1 to 15 short keywords",
		Source:    "seller guide, step 2; Catalog API, UpdateInformation: SearchKeywords"}
	RuleKeywordsNotRepeated = rule.Rule{ID: "promo.keywords-not-repeated", Severity: rule.Should,
		Statement: "keywords do not repeat the title or the categories, which are searched anyway",
		Remedy:    "choose another keyword",
		Source:    "Catalog API, UpdateInformation: SearchKeywords"}
	RuleLinks = rule.Rule{ID: "promo.links", Severity: rule.Must,
		Statement: "a listing has at most 3 resource links, each with a text and an address",
		Remedy:    "give each link a text of at most 500 characters and an http or https address",
		Source:    "seller guide, step 2; Catalog API, UpdateInformation: AdditionalResources"}
	RuleVideo = rule.Rule{ID: "promo.videos", Severity: rule.Must,
		Statement: "a listing has at most one video, at an https address",
		Remedy:    "give the https address of the video or leave it out",
		Source:    "Catalog API, UpdateInformation: VideoUrls"}
	RuleSupportStated = rule.Rule{ID: "support.stated", Severity: rule.Must,
		Statement: "the seller says whether support is offered",
		Remedy:    `add support with "offered": true or false`,
		Source:    "seller guide, step 2: support information"}
	RuleSupportDetails = rule.Rule{ID: "support.details", Severity: rule.Must,
		Statement: "support that is offered comes with details of at most 2,000 characters; without support there are none",
		Remedy:    "say how buyers reach you",
		Source:    "seller guide, step 2; Catalog API, UpdateInformation: SupportDescription"}
	RuleRegions = rule.Rule{ID: "regions.chosen", Severity: rule.Must,
		Statement: "a listing is available in all current and future Regions, or in a list of known ones",
		Remedy:    `write "all", or list AWS Region codes, each once`,
		Source:    "seller guide, step 2: Region availability"}
	RuleAtLeastOneVersion = rule.Rule{ID: "version.at-least-one", Severity: rule.Must,
		Statement: "a listing has a launch option: at least one version",
		Remedy:    "add a version",
		Source:    "seller guide, step 3: add your launch option"}
	RuleKindMatches = rule.Rule{ID: "version.kind-matches", Severity: rule.Must,
		Statement: "a listing is a model package or an algorithm, and so are all its versions",
		Remedy:    `make the listing's kind, "model package" or "algorithm", that of every ARN`,
		Source:    "seller guide, step 3; Catalog API, AddDeliveryOptions"}
	RuleResourceUnique = rule.Rule{ID: "version.resource-unique", Severity: rule.Must,
		Statement: "two versions never share a resource",
		Remedy:    "give each version a resource of its own",
		Source:    "Catalog API, AddDeliveryOptions: DUPLICATE_ASSET"}
	RuleUsagePerVersion = rule.Rule{ID: "version.usage-per-version", Severity: rule.Must,
		Statement: "usage information belongs to a version: each one after the first brings its own",
		Remedy:    "write the usage of the new version out, even if little has changed",
		Source:    "seller guide, adding new versions"}
	RuleTrainingIsHourly = rule.Rule{ID: "pricing.training-is-hourly", Severity: rule.Must,
		Statement: "training is priced by the hour, for algorithms only",
		Remedy:    "price <instance>.a.t for an algorithm; remove it for a model package",
		Source:    "seller guide, machine learning product pricing"}
	RuleNoControlCharacters = rule.Rule{ID: "text.no-control-characters", Severity: rule.Must,
		Statement: "no text has control characters other than tab and line feed",
		Remedy:    "remove them",
		Source:    "Catalog API, seller products: general string rule"}
	RuleTrademarkSpace = rule.Rule{ID: "text.trademark-space", Severity: rule.Should,
		Statement: "no blank stands before ™ or ®",
		Remedy:    "write the sign right behind the name",
		Source:    "Catalog API, UpdateInformation: INVALID_INPUT"}
)

// Rules returns every rule of a document, each once, those of versions and
// offers included: what [Check], [CheckLogo] and [Parse] apply.
func Rules() []rule.Rule {
	var rules []rule.Rule
	for _, each := range slices.Concat(rule.Of(checks), []rule.Rule{RuleLogoShape}, version.Rules(), pricing.Rules()) {
		if !slices.Contains(rules, each) {
			rules = append(rules, each)
		}
	}
	return rules
}
