package listing_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/rulestest"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/pricing/metering"
	"github.com/shelflife-go/shelflife/version"
)

// ruleCase is an edit of a listing without fault. It breaks the rule at paths,
// or not at all.
type ruleCase struct {
	rule  rule.Rule
	name  string
	edit  func(*listing.Listing)
	paths []string
}

var ruleCases = []ruleCase{
	{listing.RuleVisibility, "not chosen", func(l *listing.Listing) { l.Visibility = "" }, nil},
	{listing.RuleVisibility, "public", func(l *listing.Listing) { l.Visibility = listing.Public }, nil},
	{listing.RuleVisibility, "private", private(buyers(1)...), nil},
	{listing.RuleVisibility, "limited", func(l *listing.Listing) { l.Visibility = "limited" }, []string{"visibility"}},
	{listing.RuleVisibility, "in capitals", func(l *listing.Listing) { l.Visibility, l.Buyers = "PRIVATE", buyers(1) }, []string{"visibility"}},

	{listing.RulePrivateNamesBuyers, "nobody", private(), []string{"buyers"}},
	{listing.RulePrivateNamesBuyers, "one", private(buyers(1)...), nil},
	{listing.RulePrivateNamesBuyers, "100", private(buyers(100)...), nil},
	{listing.RulePrivateNamesBuyers, "101", private(buyers(101)...), []string{"buyers"}},
	{listing.RulePrivateNamesBuyers, "12 digits", private("012345678901"), nil},
	{listing.RulePrivateNamesBuyers, "11 and 13 digits", private("01234567890", "0123456789012"), []string{"buyers[0]", "buyers[1]"}},
	{listing.RulePrivateNamesBuyers, "letters", private("01234567890a"), []string{"buyers[0]"}},
	{listing.RulePrivateNamesBuyers, "one twice", private("444455556666", "111122223333", "444455556666"), []string{"buyers[2]"}},
	{listing.RulePrivateNamesBuyers, "of a public listing", func(l *listing.Listing) { l.Buyers = buyers(1) }, []string{"buyers"}},
	{listing.RulePrivateNamesBuyers, "of a listing public by default", func(l *listing.Listing) { l.Visibility, l.Buyers = "", buyers(1) }, []string{"buyers"}},

	{listing.RuleTitle, "none", title(""), []string{"title"}},
	{listing.RuleTitle, "blanks", title("  "), []string{"title"}},
	{listing.RuleTitle, "one character", title("é"), nil},
	{listing.RuleTitle, "72 characters", title(text(72)), nil},
	{listing.RuleTitle, "73 characters", title(text(73)), []string{"title"}},
	{listing.RuleTitle, "72 characters outside the BMP", title(strings.Repeat("😀", 72)), nil},
	{listing.RuleTitle, "73 characters outside the BMP", title(strings.Repeat("😀", 73)), []string{"title"}},
	{listing.RuleTitle, "a blank in front", title(" Invoices"), []string{"title"}},
	{listing.RuleTitle, "a no-break space in front", title("\u00a0Invoices"), []string{"title"}},
	{listing.RuleTitle, "a tab inside", title("Invoice\tfields"), []string{"title"}},
	{listing.RuleTitle, "two lines", title("Invoice\nfields"), []string{"title"}},

	{listing.RuleShortDescription, "none", func(l *listing.Listing) { l.ShortDescription = "" }, []string{"shortDescription"}},
	{listing.RuleShortDescription, "1,000", func(l *listing.Listing) { l.ShortDescription = text(1_000) }, nil},
	{listing.RuleShortDescription, "1,001", func(l *listing.Listing) { l.ShortDescription = text(1_001) }, []string{"shortDescription"}},

	{listing.RuleOverview, "none", overview(""), []string{"overview"}},
	{listing.RuleOverview, "5,000", overview(text(5_000)), nil},
	{listing.RuleOverview, "5,001", overview(text(5_001)), []string{"overview"}},

	{listing.RuleCategories, "none", categories(), []string{"categories"}},
	{listing.RuleCategories, "one", categories("a"), nil},
	{listing.RuleCategories, "three", categories("a", "b", "c"), nil},
	{listing.RuleCategories, "four", categories("a", "b", "c", "d"), []string{"categories"}},
	{listing.RuleCategories, "one twice", categories("a", "b", "a"), []string{"categories[2]"}},
	{listing.RuleCategories, "an empty one", categories("a", ""), []string{"categories[1]"}},
	{listing.RuleCategories, "255 characters", categories(text(255)), nil},
	{listing.RuleCategories, "256 characters", categories(text(256)), []string{"categories[0]"}},

	{listing.RuleHighlights, "none", func(l *listing.Listing) { l.Highlights = nil }, []string{"highlights"}},
	{listing.RuleHighlights, "one", func(l *listing.Listing) { l.Highlights = []string{"a"} }, nil},
	{listing.RuleHighlights, "three", func(l *listing.Listing) { l.Highlights = []string{"a", "b", "c"} }, nil},
	{listing.RuleHighlights, "four", func(l *listing.Listing) { l.Highlights = []string{"a", "b", "c", "d"} }, []string{"highlights"}},
	{listing.RuleHighlights, "500 characters", func(l *listing.Listing) { l.Highlights[1] = text(500) }, nil},
	{listing.RuleHighlights, "501 characters", func(l *listing.Listing) { l.Highlights[1] = text(501) }, []string{"highlights[1]"}},
	{listing.RuleHighlights, "an empty one", func(l *listing.Listing) { l.Highlights[1] = "" }, []string{"highlights[1]"}},

	{listing.RuleSKU, "none", func(l *listing.Listing) { l.SKU = "" }, nil},
	{listing.RuleSKU, "100", func(l *listing.Listing) { l.SKU = text(100) }, nil},
	{listing.RuleSKU, "101", func(l *listing.Listing) { l.SKU = text(101) }, []string{"sku"}},

	{listing.RuleLogo, "none", func(l *listing.Listing) { l.Promotion.Logo = "" }, []string{"promotion.logo"}},
	{listing.RuleLogo, "not https", func(l *listing.Listing) { l.Promotion.Logo = "http://example.com/a.png" }, []string{"promotion.logo"}},
	{listing.RuleLogo, "of a bucket", func(l *listing.Listing) { l.Promotion.Logo = "s3://bucket/a.png" }, []string{"promotion.logo"}},
	{listing.RuleLogo, "2,048", func(l *listing.Listing) { l.Promotion.Logo = address(2_048) }, nil},
	{listing.RuleLogo, "2,049", func(l *listing.Listing) { l.Promotion.Logo = address(2_049) }, []string{"promotion.logo"}},

	{listing.RuleKeywords, "none", keywords(), []string{"promotion.keywords"}},
	{listing.RuleKeywords, "one", keywords("a"), nil},
	{listing.RuleKeywords, "15", keywords(differentKeywords(15, 2)...), nil},
	{listing.RuleKeywords, "16", keywords(differentKeywords(16, 2)...), []string{"promotion.keywords"}},
	{listing.RuleKeywords, "50 characters", keywords(text(50)), nil},
	{listing.RuleKeywords, "51 characters", keywords("a", text(51)), []string{"promotion.keywords[1]"}},
	{listing.RuleKeywords, "250 together", keywords(differentKeywords(5, 50)...), nil},
	{listing.RuleKeywords, "251 together", keywords(append(differentKeywords(5, 50), "z")...), []string{"promotion.keywords"}},
	{listing.RuleKeywords, "one twice", keywords("a", "a"), []string{"promotion.keywords[1]"}},
	{listing.RuleKeywords, "an empty one", keywords("a", ""), []string{"promotion.keywords[1]"}},

	{listing.RuleKeywordsNotRepeated, "part of the title", keywords("Invoice field"), nil},
	{listing.RuleKeywordsNotRepeated, "the title", keywords("ocr", "INVOICE field extractor"), []string{"promotion.keywords[1]"}},
	{listing.RuleKeywordsNotRepeated, "a category", keywords("intelligent automation"), []string{"promotion.keywords[0]"}},

	{listing.RuleKeywordsNotRepeated, "the title as the last of 15", keywords(append(differentKeywords(14, 2), "Invoice field extractor")...), []string{"promotion.keywords[14]"}},
	{listing.RuleKeywordsNotRepeated, "the last of three categories", func(l *listing.Listing) {
		l.Categories, l.Promotion.Keywords = []string{"a", "b", "c"}, []string{"c"}
	}, []string{"promotion.keywords[0]"}},

	{listing.RuleLinks, "the shortest host", link("http://a.de"), nil},
	{listing.RuleLinks, "a last label of one", link("http://example.d"), []string{"promotion.links[0].url"}},
	{listing.RuleLinks, "a last label of 63", link("http://a." + strings.Repeat("d", 63)), nil},
	{listing.RuleLinks, "a last label of 64", link("http://a." + strings.Repeat("d", 64)), []string{"promotion.links[0].url"}},
	{listing.RuleLinks, "a character in the path that is not taken", link("http://example.com/a|b"), []string{"promotion.links[0].url"}},
	{listing.RuleLinks, "none", links(0, "", ""), nil},
	{listing.RuleLinks, "three", links(3, "a", "http://example.com/a?b=c, d&e=(f)#g"), nil},
	{listing.RuleLinks, "four", links(4, "a", "https://example.com"), []string{"promotion.links"}},
	{listing.RuleLinks, "text of 500", links(1, text(500), "https://example.com"), nil},
	{listing.RuleLinks, "text of 501", links(1, text(501), "https://example.com"), []string{"promotion.links[0].text"}},
	{listing.RuleLinks, "nothing in two", links(2, "", ""), []string{"promotion.links[0].text", "promotion.links[0].url", "promotion.links[1].text", "promotion.links[1].url"}},
	{listing.RuleLinks, "over ftp", links(1, "a", "ftp://example.com"), []string{"promotion.links[0].url"}},
	{listing.RuleLinks, "a script", links(1, "a", "javascript:alert(1)"), []string{"promotion.links[0].url"}},
	{listing.RuleLinks, "a broken escape", links(1, "a", "https://example.com/%zz"), []string{"promotion.links[0].url"}},
	{listing.RuleLinks, "a sign not taken", links(1, "a", "https://example.com/<a>"), []string{"promotion.links[0].url"}},

	{listing.RuleVideo, "none", func(l *listing.Listing) { l.Promotion.Video = "" }, nil},
	{listing.RuleVideo, "2,048", func(l *listing.Listing) { l.Promotion.Video = address(2_048) }, nil},
	{listing.RuleVideo, "2,049", func(l *listing.Listing) { l.Promotion.Video = address(2_049) }, []string{"promotion.video"}},
	{listing.RuleVideo, "not https", func(l *listing.Listing) { l.Promotion.Video = "http://example.com/a.mp4" }, []string{"promotion.video"}},

	{listing.RuleSupportStated, "not", func(l *listing.Listing) { l.Support = nil }, []string{"support"}},
	{listing.RuleSupportStated, "offered", support(true, "Write."), nil},
	{listing.RuleSupportStated, "refused", support(false, ""), nil},

	{listing.RuleSupportDetails, "offered, none", support(true, ""), []string{"support.details"}},
	{listing.RuleSupportDetails, "refused, none", support(false, ""), nil},
	{listing.RuleSupportDetails, "offered, 2,000", support(true, text(2_000)), nil},
	{listing.RuleSupportDetails, "offered, 2,001", support(true, text(2_001)), []string{"support.details"}},
	{listing.RuleSupportDetails, "refused, one character", support(false, text(1)), []string{"support.details"}},

	{listing.RuleRegions, "all", func(l *listing.Listing) { l.Regions = listing.Regions{} }, nil},
	{listing.RuleRegions, "an empty list", regions(), []string{"regions"}},
	{listing.RuleRegions, "one", regions("us-east-2"), nil},
	{listing.RuleRegions, "one that needs an opt-in", regions("us-east-2", "me-south-1"), nil},
	{listing.RuleRegions, "one nobody knows", regions("us-east-2", "moon-1"), []string{"regions[1]"}},
	{listing.RuleRegions, "one with a control character", regions("us-east-2\x00"), []string{"regions[0]"}},
	{listing.RuleRegions, "the word in a list", regions("all"), []string{"regions[0]"}},
	{listing.RuleRegions, "one twice", regions("us-east-2", "us-east-2"), []string{"regions[1]"}},

	{listing.RuleAtLeastOneVersion, "none", func(l *listing.Listing) { l.Versions = nil }, []string{"versions"}},
	{listing.RuleAtLeastOneVersion, "one", nothing, nil},

	{listing.RuleKindMatches, "none", func(l *listing.Listing) { l.Kind = "" }, []string{"kind"}},
	{listing.RuleKindMatches, "nobody knows", func(l *listing.Listing) { l.Kind = "container" }, []string{"kind"}},
	{listing.RuleKindMatches, "all the same", second(func(*version.Version) {}), nil},
	{listing.RuleKindMatches, "an algorithm among model packages", second(func(v *version.Version) {
		*v = lifecycletest.Version("1.1", version.Algorithm)
	}), []string{"versions[1].resource"}},
	{listing.RuleKindMatches, "a model package as an algorithm", algorithm(first(func(v *version.Version) {
		*v = lifecycletest.Version("1.0", version.ModelPackage)
	})), []string{"versions[0].resource"}},

	{version.RuleNumber, "another", second(func(*version.Version) {}), nil},
	{version.RuleNumber, "the same", second(func(v *version.Version) { v.Number = "1.0" }), []string{"versions[1].number"}},
	{version.RuleNumber, "two without", func(l *listing.Listing) {
		second(func(v *version.Version) { v.Number = "" })(l)
		l.Versions[0].Number = ""
	}, []string{"versions[0].number", "versions[1].number"}},
	{version.RuleNumber, "64", first(func(v *version.Version) { v.Number = text(64) }), nil},
	{version.RuleNumber, "65", first(func(v *version.Version) { v.Number = text(65) }), []string{"versions[0].number"}},

	{listing.RuleResourceUnique, "another", second(func(*version.Version) {}), nil},
	{listing.RuleResourceUnique, "the same", func(l *listing.Listing) {
		second(func(v *version.Version) { v.Resource = l.Versions[0].Resource })(l)
	}, []string{"versions[1].resource"}},

	{pricing.RulePresent, "no offer", func(l *listing.Listing) { l.Offer = nil }, []string{"offer"}},
	{pricing.RulePresent, "no offer, algorithm", algorithm(func(l *listing.Listing) { l.Offer = nil }), []string{"offer"}},
	{pricing.RulePresent, "no model", offer(func(o *pricing.Offer) { o.Model = "" }), []string{"offer.model"}},
	{pricing.RulePresent, "no model, algorithm", algorithm(offer(func(o *pricing.Offer) { o.Model, o.Rates = "", nil })), []string{"offer.model"}},
	{pricing.RulePresent, "an offer", nothing, nil},

	{listing.RuleTrainingIsHourly, "of a model package", offer(func(o *pricing.Offer) { o.Rates[pricing.Training(instance)] = pricing.USD{} }), []string{`offer.rates["ml.m5.large.a.t"]`}},
	{listing.RuleTrainingIsHourly, "missing of an algorithm", algorithm(offer(func(o *pricing.Offer) { delete(o.Rates, pricing.Training(instance)) })), []string{"offer.rates"}},
	{listing.RuleTrainingIsHourly, "missing of a free algorithm", algorithm(offer(free)), nil},
	{listing.RuleTrainingIsHourly, "of an algorithm", algorithm(), nil},
	{listing.RuleTrainingIsHourly, "of an algorithm, for nothing", algorithm(offer(func(o *pricing.Offer) { o.Rates[pricing.Training(instance)] = pricing.USD{} })), nil},

	{listing.RuleNoControlCharacters, "tab and line feed", overview("a\tb\nc"), nil},
	{listing.RuleNoControlCharacters, "tab and line feed beside another alphabet", overview("a\té\nc"), nil},
	{listing.RuleNoControlCharacters, "null", overview("a\x00"), []string{"overview"}},
	{listing.RuleNoControlCharacters, "null in front", overview("\x00a"), []string{"overview"}},
	{listing.RuleNoControlCharacters, "the one before tab", overview("a\x08"), []string{"overview"}},
	{listing.RuleNoControlCharacters, "the one after line feed", overview("a\x0b"), []string{"overview"}},
	{listing.RuleNoControlCharacters, "carriage return", overview("a\r\nb"), []string{"overview"}},
	{listing.RuleNoControlCharacters, "the last of them", overview("a\x1f"), []string{"overview"}},
	{listing.RuleNoControlCharacters, "delete", overview("a\x7f"), []string{"overview"}},
	{listing.RuleNoControlCharacters, "the first and last after ASCII", func(l *listing.Listing) {
		l.Overview, l.ShortDescription = "a\u0080", "a\u009f"
	}, []string{"overview", "shortDescription"}},
	{listing.RuleNoControlCharacters, "the first character after them", overview("a\u00a0\u200d\ufe0fb"), nil},
	{listing.RuleNoControlCharacters, "deep inside", func(l *listing.Listing) {
		l.Highlights[1] = "a\x00"
		l.Support.Details = "a\x00"
		l.Offer.Description = "a\x00"
		l.Versions[0].Input.Parameters[0].Constraints = "a\x00"
	}, []string{"highlights[1]", "offer.description", "support.details", "versions[0].input.parameters[0].constraints"}},

	{listing.RuleTrademarkSpace, "none", title("Invoices™ and Totals®"), nil},
	{listing.RuleTrademarkSpace, "before ™", title("Invoices ™"), []string{"title"}},
	{listing.RuleTrademarkSpace, "before ®", overview("Totals\n®"), []string{"overview"}},
	{listing.RuleTrademarkSpace, "in a version", first(func(v *version.Version) { v.ReleaseNotes = "Faster ™" }), []string{"versions[0].releaseNotes"}},

	{listing.RuleTrademarkSpace, "a no-break space before it", title("Invoices\u00a0™"), []string{"title"}},
	{listing.RuleTrademarkSpace, "at the beginning", overview("™"), nil},
	{listing.RuleTrademarkSpace, "at the beginning and behind a space", overview("™ ™"), []string{"overview"}},
	{listing.RuleTrademarkSpace, "a byte order mark before it", overview("a\uFEFF™"), []string{"overview"}},
	{listing.RuleTrademarkSpace, "a thin space before it", title("Invoices\u2009®"), []string{"title"}},
	{listing.RuleTrademarkSpace, "a narrow no-break space before it", title("Invoices\u202f®"), []string{"title"}},

	{listing.RuleValidUTF8, "half a character", title("Invoice\xc3"), []string{"title"}},
	{listing.RuleValidUTF8, "a surrogate", first(func(v *version.Version) { v.Input.Parameters[0].Constraints = "\xed\xa0\x80" }), []string{"versions[0].input.parameters[0].constraints"}},
	{listing.RuleValidUTF8, "U+FFFD as it is", title("Invoice \ufffd"), nil},
	{listing.RuleNoPlaceholders, "of a template", title("[Title_of_your_Model]"), []string{"title"}},
	{listing.RuleNoPlaceholders, "of a template engine", title("{{ product }}"), []string{"title"}},
	{listing.RuleNoPlaceholders, "of AWS", first(func(v *version.Version) { v.Usage += "\nFor Seller to update: the endpoint" }), []string{"versions[0].usage"}},
	{listing.RuleNoPlaceholders, "of an author", first(func(v *version.Version) { v.Notebook = "https://github.com/acme/TODO" }), []string{"versions[0].notebook"}},
	{listing.RuleNoPlaceholders, "lorem", overview("Lorem ipsum dolor"), []string{"overview"}},
	{listing.RuleNoPlaceholders, "for the buyer", first(func(v *version.Version) {
		v.Usage += "\n--endpoint-name <endpoint-name> --region $REGION ${KEY} {\"a\": [1]}"
	}), nil},
	{version.RuleNumberASCII, "Cyrillic", first(func(v *version.Version) { v.Number = "1.0-\u0430" }), []string{"versions[0].number"}},
	{version.RuleNumberASCII, "ASCII", nothing, nil},
	{version.RuleNumber, "read alike", second(func(v *version.Version) { v.Number = "1.0 " }), []string{"versions[1].number", "versions[1].number"}},
	{version.RuleNumber, "read alike with a no-break space", algorithm(func(l *listing.Listing) {
		l.Versions = append(l.Versions, lifecycletest.Version("2 0", l.Kind), lifecycletest.Version("3", l.Kind))
		l.Versions[len(l.Versions)-1].Number = "2\u00a00"
	}), []string{"versions[2].number"}},
	{listing.RuleKeywords, "read alike", func(l *listing.Listing) { l.Promotion.Keywords = []string{"fraud", "fra\u200bud"} }, []string{"promotion.keywords[1]"}},
	{listing.RuleCategories, "read alike", categories("a b", "a\u00a0b"), []string{"categories[1]"}},
	{listing.RuleTitle, "invisible", title("\u200b\u200d"), []string{"title"}},
	{listing.RuleLinks, "user and password", link("https://ann:secret@example.com/x"), []string{"promotion.links[0].url"}},
	{listing.RuleLinks, "a port that does not exist", link("https://example.com:99999/x"), []string{"promotion.links[0].url"}},
	{listing.RuleLogo, "zero-width", logo("https://example.com/lo\u200bgo.png"), []string{"promotion.logo"}},
	{listing.RuleLogo, "mark of direction", logo("https://example.com/\u202egnp.png"), []string{"promotion.logo"}},
	{listing.RuleLogo, "quote", logo("https://example.com/\"logo.png"), []string{"promotion.logo"}},
	{listing.RuleLogo, "typographic quote", logo("https://example.com/“logo.png"), []string{"promotion.logo"}},
	{listing.RuleLogo, "port", logo("https://example.com:65536/logo.png"), []string{"promotion.logo"}},
	{listing.RuleLogo, "port zero", logo("https://example.com:0/logo.png"), []string{"promotion.logo"}},
	{listing.RuleLogo, "the last port", logo("https://example.com:65535/logo.png"), nil},
	{listing.RuleLogo, "host that is not ASCII", logo("https://example.comü/logo.png"), []string{"promotion.logo"}},
	{version.RuleParametersShown, "25", first(func(v *version.Version) { v.Input.Parameters = slices.Repeat(v.Input.Parameters[:1], 25) }), []string{"versions[0].input.parameters"}},
	{version.RuleParametersShown, "24", first(func(v *version.Version) { v.Input.Parameters = slices.Repeat(v.Input.Parameters[:1], 24) }), nil},
	{listing.RuleKindMatches, "an algorithm among model packages", first(func(v *version.Version) { v.Resource = "arn:aws:sagemaker:us-east-2:111122223333:algorithm/a" }), []string{"versions[0].resource"}},

	{version.RuleARN, "of an endpoint", first(func(v *version.Version) { v.Resource = "arn:aws:sagemaker:us-east-2:111122223333:endpoint/a" }), []string{"versions[0].resource"}},
	{version.RuleARN, "of a model package", nothing, nil},
	{version.RuleUnversionedPackage, "in a group", first(func(v *version.Version) { v.Resource = "arn:aws:sagemaker:us-east-2:111122223333:model-package/a/1" }), []string{"versions[0].resource"}},
	{version.RuleUnversionedPackage, "alone", nothing, nil},
	{version.RuleAccessRole, "of another account", first(func(v *version.Version) { v.AccessRole = "arn:aws:iam::444455556666:role/a" }), []string{"versions[0].accessRole"}},
	{version.RuleAccessRole, "of the same account", nothing, nil},
	{version.RuleStatus, "spelled out", first(func(v *version.Version) { v.Status = "offered" }), []string{"versions[0].status"}},
	{version.RuleStatus, "restricted", first(func(v *version.Version) { v.Status = version.Restricted }), nil},
	{version.RuleReleaseNotes, "29,999", first(func(v *version.Version) { v.ReleaseNotes = text(29_999) }), nil},
	{version.RuleReleaseNotes, "30,000", first(func(v *version.Version) { v.ReleaseNotes = text(30_000) }), []string{"versions[0].releaseNotes"}},
	{version.RuleNotebook, "2,000", first(func(v *version.Version) { v.Notebook = address(2_000) }), nil},
	{version.RuleNotebook, "2,001", first(func(v *version.Version) { v.Notebook = address(2_001) }), []string{"versions[0].notebook"}},
	{version.RuleRepository, "2,000", first(func(v *version.Version) { v.Repository = address(2_000) }), nil},
	{version.RuleRepository, "2,001", first(func(v *version.Version) { v.Repository = address(2_001) }), []string{"versions[0].repository"}},
	{version.RuleUsage, "10,000", first(func(v *version.Version) { v.Usage = text(10_000) }), nil},
	{version.RuleUsage, "10,001", first(func(v *version.Version) { v.Usage = text(10_001) }), []string{"versions[0].usage"}},
	{version.RuleInput, "10,000", first(func(v *version.Version) { v.Input.Description = text(10_000) }), nil},
	{version.RuleInput, "10,001", first(func(v *version.Version) { v.Input.Description = text(10_001) }), []string{"versions[0].input.description"}},
	{version.RuleOutput, "10,000", first(func(v *version.Version) { v.Output.Description = text(10_000) }), nil},
	{version.RuleOutput, "10,001", first(func(v *version.Version) { v.Output.Description = text(10_001) }), []string{"versions[0].output.description"}},
	{version.RuleParameters, "35", first(func(v *version.Version) { v.Input.Parameters = slices.Repeat(v.Input.Parameters, 35) }), nil},
	{version.RuleParameters, "36", first(func(v *version.Version) { v.Input.Parameters = slices.Repeat(v.Input.Parameters, 36) }), []string{"versions[0].input.parameters"}},
	{version.RuleTraining, "of a model package", first(func(v *version.Version) { v.Training = &version.Training{} }), []string{"versions[0].training"}},
	{version.RuleTraining, "of an algorithm", algorithm(), nil},
	{version.RuleRecommendedBatch, "none", first(func(v *version.Version) { v.Recommended.Batch = "" }), []string{"versions[0].recommended.batch"}},
	{version.RuleRecommendedBatch, "one", nothing, nil},
	{version.RuleRecommendedRealTime, "none", first(func(v *version.Version) { v.Recommended.RealTime = "" }), []string{"versions[0].recommended.realTime"}},
	{version.RuleRecommendedRealTime, "one", nothing, nil},
	{version.RuleRecommendedTraining, "none of an algorithm", algorithm(first(func(v *version.Version) { v.Recommended.Training = "" })), []string{"versions[0].recommended.training"}},
	{version.RuleRecommendedTraining, "one of an algorithm", algorithm(), nil},

	{pricing.RuleNamed, "150", offer(func(o *pricing.Offer) { o.Name = text(150) }), nil},
	{pricing.RuleNamed, "151", offer(func(o *pricing.Offer) { o.Name = text(151) }), []string{"offer.name"}},
	{pricing.RuleRefundPolicy, "500", offer(func(o *pricing.Offer) { o.RefundPolicy = strings.Repeat("©", 500) }), nil},
	{pricing.RuleRefundPolicy, "501", offer(func(o *pricing.Offer) { o.RefundPolicy = strings.Repeat("©", 501) }), []string{"offer.refundPolicy"}},
	{pricing.RuleEULA, "none", offer(func(o *pricing.Offer) { o.EULA = pricing.EULA{} }), []string{"offer.eula"}},
	{pricing.RuleEULA, "standard", nothing, nil},
	{pricing.RuleFreeHasNoRates, "the least price", offer(func(o *pricing.Offer) {
		free(o)
		o.Rates = pricing.RateCard{pricing.Batch(instance): pricing.MustUSD("0.00000001")}
	}), []string{`offer.rates["ml.m5.large.m.i.b"]`}},
	{pricing.RuleFreeHasNoRates, "no price", offer(free), nil},
	{pricing.RuleBatchIsHourly, "no price", offer(func(o *pricing.Offer) { delete(o.Rates, pricing.Batch(instance)) }), []string{"offer.rates"}},
	{pricing.RuleBatchIsHourly, "one price", nothing, nil},
	{pricing.RuleInferenceRate, "no price", algorithm(offer(func(o *pricing.Offer) { delete(o.Rates, pricing.PerInference) })), []string{"offer.rates"}},
	{pricing.RuleInferenceRate, "one price", algorithm(), nil},
	{pricing.RuleTrialDays, "4 days", offer(func(o *pricing.Offer) { o.TrialDays = 4 }), []string{"offer.trialDays"}},
	{pricing.RuleTrialDays, "5 days", offer(func(o *pricing.Offer) { o.TrialDays = 5 }), nil},
	{pricing.RuleTrialDays, "31 days", offer(func(o *pricing.Offer) { o.TrialDays = 31 }), nil},
	{pricing.RuleTrialDays, "32 days", offer(func(o *pricing.Offer) { o.TrialDays = 32 }), []string{"offer.trialDays"}},
	{pricing.RuleDimension, "no instance type", offer(func(o *pricing.Offer) { o.Rates[pricing.Batch("")] = pricing.USD{} }), []string{`offer.rates[".m.i.b"]`}},
	{pricing.RuleDimension, "an instance type", offer(func(o *pricing.Offer) { o.Rates[pricing.Batch("ml.c5.large")] = pricing.USD{} }), nil},
	{version.RuleNotebookOnGitHub, "elsewhere", first(func(v *version.Version) { v.Notebook = "https://example.com/demo.ipynb" }), []string{"versions[0].notebook"}},
	{version.RuleNotebookOnGitHub, "on GitHub", nothing, nil},
	{version.RuleUsageExample, "no call", first(func(v *version.Version) { v.Usage = "Send a page." }), []string{"versions[0].usage"}},
	{version.RuleUsageExample, "a call", first(func(v *version.Version) { v.Usage = "predictor.predict(page)" }), nil},
	{version.RuleMIMETypes, "none", first(func(v *version.Version) { v.Input.Description = "One page." }), []string{"versions[0].input.description"}},
	{version.RuleMIMETypes, "one", first(func(v *version.Version) { v.Input.Description = "text/csv" }), nil},
	{pricing.RuleTrialRecommended, "13 days", offer(func(o *pricing.Offer) { o.TrialDays = 13 }), []string{"offer.trialDays"}},
	{pricing.RuleTrialRecommended, "14 days", offer(func(o *pricing.Offer) { o.TrialDays = 14 }), nil},
}

func TestEveryRuleAtItsBoundary(t *testing.T) {
	t.Parallel()
	require.Equal(t, rule.Findings{}, listing.Check(lifecycletest.ModelPackage()), "the model listing is to break no rule")
	require.Equal(t, rule.Findings{}, listing.Check(lifecycletest.Algorithm()), "the model listing is to break no rule")

	var cases rulestest.Cases
	for _, tc := range ruleCases {
		cases.Add(tc.rule, tc.paths)
		t.Run(tc.rule.ID+"/"+tc.name, func(t *testing.T) {
			t.Parallel()
			l := lifecycletest.ModelPackage()
			tc.edit(&l)
			rulestest.Finds(t, listing.Check(l), tc.rule, tc.paths)
		})
	}
	// These have tests of their own: TestParseAppliesRuleExact,
	// TestUsagePerVersion, TestCheckLogo and those of pricing and metering.
	cases.Cover(t, listing.Rules(), pricing.RuleExact, pricing.RuleEULAPlainText, metering.RuleHeader,
		listing.RuleLogoShape, listing.RuleUsagePerVersion)
}

func TestUsagePerVersion(t *testing.T) {
	t.Parallel()
	l := lifecycletest.ModelPackage()
	l.Versions = append(l.Versions, lifecycletest.Version("1.1", version.ModelPackage))
	require.NoError(t, listing.Check(l).Err())
	l.Versions[1].Usage = " "
	found := listing.Check(l)
	require.ErrorIs(t, found.Err(), listing.RuleUsagePerVersion)
	require.ErrorIs(t, found.Err(), version.RuleUsage)
	l.Versions[0].Usage, l.Versions[1].Usage = "", lifecycletest.Version("1.1", version.ModelPackage).Usage
	require.NotErrorIs(t, listing.Check(l).Err(), listing.RuleUsagePerVersion, "the first one is told by version.usage alone")
}

func TestParseAppliesRuleExact(t *testing.T) {
	t.Parallel()
	data, err := listing.Format(lifecycletest.ModelPackage())
	require.NoError(t, err)
	with := func(price string) error {
		_, err := listing.Parse([]byte(strings.Replace(string(data), `"0.40"`, price, 1)))
		return err
	}
	for _, price := range []string{`"0"`, `"0.00000001"`, `"100000000"`} {
		require.NoError(t, with(price), price)
	}
	for _, price := range []string{`"0.000000001"`, `"100000000.00000001"`, `"-0.01"`, `0.4`} {
		err := with(price)
		require.ErrorIs(t, err, pricing.RuleExact, price)
		require.ErrorContains(t, err, `: offer.rates["ml.m5.large.m.i.b"]: `, price)
	}
}

func TestRulesAreWhole(t *testing.T) {
	t.Parallel()
	rulestest.Whole(t, listing.Rules, `^[a-z]+\.[a-z0-9-]+$`)
	for _, r := range slices.Concat(version.Rules(), pricing.Rules()) {
		assert.Contains(t, listing.Rules(), r)
	}
}

// The parts of a link are limited one by one, as the marketplace does it.
func TestLinksAtTheirLimits(t *testing.T) {
	t.Parallel()
	links := rulestest.Hosts()
	for link, valid := range map[string]bool{
		"https://example." + strings.Repeat("a", 63) + "/":     true,
		"javascript:alert()//https://a.com":                    false,
		"https://example.com/" + strings.Repeat("a", 10) + " ": true,
		"https://example.com/\n":                               false,
	} {
		links[link] = valid
	}
	for link, valid := range links {
		l := lifecycletest.ModelPackage()
		l.Promotion.Links[0].URL = link
		if valid {
			assert.NoError(t, listing.Check(l).Err(), link)
		} else {
			lifecycletest.RequireRefused(t, listing.Check(l).Err(), listing.RuleLinks)
		}
	}
}

func TestAtMost100Regions(t *testing.T) {
	for n, said := range map[int]bool{100: false, 101: true} {
		l := lifecycletest.ModelPackage()
		for i := range n {
			l.Regions.Only = append(l.Regions.Only, listing.Region(fmt.Sprintf("moon-%d", i)))
		}
		text := listing.Check(l).Err().Error()
		assert.Equal(t, said, strings.Contains(text, fmt.Sprintf("has %d entries, 100 are allowed", n)))
	}
}

func TestEveryPaidAlgorithmPricesTraining(t *testing.T) {
	l := lifecycletest.Algorithm()
	l.Offer.Model = pricing.Hourly
	l.Offer.Rates = pricing.RateCard{pricing.Batch(instance): pricing.MustUSD("1"), pricing.RealTime(instance): pricing.MustUSD("1")}
	lifecycletest.RequireRefused(t, listing.Check(l).Err(), listing.RuleTrainingIsHourly)

	l = lifecycletest.Algorithm()
	l.Kind = version.Kind("endpoint")
	lifecycletest.RequireRefused(t, listing.Check(l).Err(), listing.RuleKindMatches)
}
