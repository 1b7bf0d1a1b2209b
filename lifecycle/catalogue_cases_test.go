package lifecycle_test

import (
	"slices"
	"testing"
	"time"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/pricing/metering"
	"github.com/shelflife-go/shelflife/version"
)

// instance is the type that the resources of the examples support.
const instance = lifecycletest.Instance

// entry is a rule with one example on either side of its boundary.
type entry struct {
	rule              rule.Rule
	refused, accepted example
	// also is what the refused example cannot help breaking beside the rule.
	also []rule.Rule
}

// example is a subject in words, and what there is to say about it.
type example struct {
	says     string
	findings func(*testing.T) rule.Findings
}

// catalogue has every rule. Documents come first, in the order of their
// fields, then files and texts, moves in the order of a listing's life, and
// buyers.
var catalogue = slices.Concat(informationEntries, versionEntries, offerEntries, fileEntries, moveEntries, factEntries, buyerEntries)

var informationEntries = []entry{
	{rule: listing.RuleVisibility,
		refused:  listed(`the visibility "limited"`, func(l *listing.Listing) { l.Visibility = "limited" }),
		accepted: listed("no visibility, which means public", func(l *listing.Listing) { l.Visibility = "" })},
	{rule: listing.RulePrivateNamesBuyers,
		refused:  listed("a private listing that names nobody", func(l *listing.Listing) { l.Visibility = listing.Private }),
		accepted: listed("a private listing that names one account", func(l *listing.Listing) { l.Visibility, l.Buyers = listing.Private, accounts(1) })},
	{rule: listing.RuleRegions,
		refused:  listed("an empty list of Regions", func(l *listing.Listing) { l.Regions.Only = []listing.Region{} }),
		accepted: listed("a list of one Region", func(l *listing.Listing) { l.Regions.Only = []listing.Region{"us-east-2"} })},
	{rule: listing.RuleTitle,
		refused:  listed("a title of 73 characters", func(l *listing.Listing) { l.Title = letters(73) }),
		accepted: listed("a title of 72 characters", func(l *listing.Listing) { l.Title = letters(72) })},
	{rule: listing.RuleShortDescription,
		refused:  listed("a short description of 1,001 characters", func(l *listing.Listing) { l.ShortDescription = letters(1_001) }),
		accepted: listed("a short description of 1,000 characters", func(l *listing.Listing) { l.ShortDescription = letters(1_000) })},
	{rule: listing.RuleOverview,
		refused:  listed("an overview of 5,001 characters", func(l *listing.Listing) { l.Overview = letters(5_001) }),
		accepted: listed("an overview of 5,000 characters", func(l *listing.Listing) { l.Overview = letters(5_000) })},
	{rule: listing.RuleCategories,
		refused:  listed("4 categories", func(l *listing.Listing) { l.Categories = words(4) }),
		accepted: listed("3 categories", func(l *listing.Listing) { l.Categories = words(3) })},
	{rule: listing.RuleHighlights,
		refused:  listed("no highlight", func(l *listing.Listing) { l.Highlights = nil }),
		accepted: listed("one highlight", func(l *listing.Listing) { l.Highlights = words(1) })},
	{rule: listing.RuleSKU,
		refused:  listed("a SKU of 101 characters", func(l *listing.Listing) { l.SKU = letters(101) }),
		accepted: listed("a SKU of 100 characters", func(l *listing.Listing) { l.SKU = letters(100) })},
	{rule: listing.RuleLogo,
		refused:  listed("a logo at an http address", func(l *listing.Listing) { l.Promotion.Logo = "http://example.com/logo.png" }),
		accepted: listed("a logo at an https address", func(l *listing.Listing) { l.Promotion.Logo = "https://example.com/logo.png" })},
	{rule: listing.RuleKeywords,
		refused:  listed("16 keywords", func(l *listing.Listing) { l.Promotion.Keywords = words(16) }),
		accepted: listed("15 keywords", func(l *listing.Listing) { l.Promotion.Keywords = words(15) })},
	{rule: listing.RuleKeywordsNotRepeated,
		refused:  listed("a category as a keyword", func(l *listing.Listing) { l.Promotion.Keywords = []string{"intelligent automation"} }),
		accepted: listed("a part of a category as a keyword", func(l *listing.Listing) { l.Promotion.Keywords = []string{"automation"} })},
	{rule: listing.RuleLinks,
		refused:  listed("4 links", func(l *listing.Listing) { l.Promotion.Links = slices.Repeat(l.Promotion.Links, 4) }),
		accepted: listed("3 links", func(l *listing.Listing) { l.Promotion.Links = slices.Repeat(l.Promotion.Links, 3) })},
	{rule: listing.RuleVideo,
		refused:  listed("a video in a bucket", func(l *listing.Listing) { l.Promotion.Video = "s3://bucket/tour.mp4" }),
		accepted: listed("a video at an https address", func(l *listing.Listing) { l.Promotion.Video = "https://example.com/tour.mp4" })},
	{rule: listing.RuleSupportStated,
		refused:  listed("nothing about support", func(l *listing.Listing) { l.Support = nil }),
		accepted: listed("no support, and saying so", func(l *listing.Listing) { l.Support = &listing.Support{} })},
	{rule: listing.RuleSupportDetails,
		refused:  listed("support that is offered without details", func(l *listing.Listing) { l.Support = &listing.Support{Offered: true} }),
		accepted: listed("support with details of one word", func(l *listing.Listing) { l.Support = &listing.Support{Offered: true, Details: "Write."} })},
	{rule: listing.RuleNoControlCharacters,
		refused:  listed("an overview with a carriage return", func(l *listing.Listing) { l.Overview = "One\r\nTwo" }),
		accepted: listed("an overview with a tab and a line feed", func(l *listing.Listing) { l.Overview = "One\n\tTwo" })},
	{rule: listing.RuleValidUTF8,
		refused:  listed("a title with half a character", func(l *listing.Listing) { l.Title = "Invoice\xc3" }),
		accepted: listed("a title with a character of two bytes", func(l *listing.Listing) { l.Title = "Invoice é" })},
	{rule: listing.RuleNoPlaceholders,
		refused:  listed("a title that a template left", func(l *listing.Listing) { l.Title = "[Title_of_your_Model]" }),
		accepted: listed("a title", func(l *listing.Listing) { l.Title = "Invoice reader [beta]" })},
	{rule: version.RuleNumberASCII,
		refused:  listed("a number with a Cyrillic letter", withFirst(func(v *version.Version) { v.Number = "1.0-а" })),
		accepted: listed("the same number with a Latin letter", withFirst(func(v *version.Version) { v.Number = "1.0-a" }))},
	{rule: version.RuleParametersShown,
		refused:  listed("25 parameters", withFirst(func(v *version.Version) { v.Input.Parameters = slices.Repeat(v.Input.Parameters[:1], 25) })),
		accepted: listed("24 parameters", withFirst(func(v *version.Version) { v.Input.Parameters = slices.Repeat(v.Input.Parameters[:1], 24) }))},
	{rule: listing.RuleTrademarkSpace,
		refused:  listed(`the title "Invoices ™"`, func(l *listing.Listing) { l.Title = "Invoices ™" }),
		accepted: listed(`the title "Invoices™"`, func(l *listing.Listing) { l.Title = "Invoices™" })},
}

var versionEntries = []entry{
	{rule: listing.RuleAtLeastOneVersion,
		refused:  listed("no version", func(l *listing.Listing) { l.Versions = nil }),
		accepted: listed("one version", func(*listing.Listing) {})},
	{rule: listing.RuleKindMatches,
		refused: listed("the ARN of an algorithm in a listing of a model package", withSecond(func(v *version.Version) {
			*v = lifecycletest.Version("1.1", version.Algorithm)
		})),
		accepted: listed("the ARNs of two model packages in one", withSecond(func(*version.Version) {}))},
	{rule: listing.RuleResourceUnique,
		refused: listed("two versions with one ARN", withSecond(func(v *version.Version) {
			v.Resource = lifecycletest.Version("1.0", version.ModelPackage).Resource
		})),
		accepted: listed("two versions with an ARN each", withSecond(func(*version.Version) {}))},
	{rule: listing.RuleUsagePerVersion, also: []rule.Rule{version.RuleUsage},
		refused:  listed("a second version without usage", withSecond(func(v *version.Version) { v.Usage = "" })),
		accepted: listed("a second version with the usage of the first", withSecond(func(*version.Version) {}))},
	{rule: version.RuleARN,
		refused: listed("the ARN of an endpoint", withFirst(func(v *version.Version) {
			v.Resource = "arn:aws:sagemaker:us-east-2:111122223333:endpoint/invoice"
		})),
		accepted: listed("the ARN of a model package", withFirst(func(*version.Version) {}))},
	{rule: version.RuleUnversionedPackage,
		refused: listed("model package 7 of a group", withFirst(func(v *version.Version) {
			v.Resource = "arn:aws:sagemaker:us-east-2:111122223333:model-package/invoice/7"
		})),
		accepted: listed("a model package on its own", withFirst(func(v *version.Version) {
			v.Resource = "arn:aws:sagemaker:us-east-2:111122223333:model-package/invoice-7"
		}))},
	{rule: version.RuleAccessRole,
		refused: listed("a role with the path service-role", withFirst(func(v *version.Version) {
			v.AccessRole = "arn:aws:iam::111122223333:role/service-role/Ingestion"
		})),
		accepted: listed("a role without a path", withFirst(func(v *version.Version) {
			v.AccessRole = "arn:aws:iam::111122223333:role/Ingestion"
		}))},
	{rule: version.RuleNumber,
		refused:  listed("a version number of 65 characters", withFirst(func(v *version.Version) { v.Number = letters(65) })),
		accepted: listed("a version number of 64 characters", withFirst(func(v *version.Version) { v.Number = letters(64) }))},
	{rule: version.RuleStatus,
		refused:  listed(`the status "offered", which is spelled by leaving it out`, withFirst(func(v *version.Version) { v.Status = "offered" })),
		accepted: listed(`the status "restricted"`, withFirst(func(v *version.Version) { v.Status = version.Restricted }))},
	{rule: version.RuleReleaseNotes,
		refused:  listed("release notes of 30,000 characters", withFirst(func(v *version.Version) { v.ReleaseNotes = letters(30_000) })),
		accepted: listed("release notes of 29,999 characters", withFirst(func(v *version.Version) { v.ReleaseNotes = letters(29_999) }))},
	{rule: version.RuleNotebook,
		refused:  listed("no notebook", withFirst(func(v *version.Version) { v.Notebook = "" })),
		accepted: listed("a notebook at an https address", withFirst(func(v *version.Version) { v.Notebook = "https://example.com/demo.ipynb" }))},
	{rule: version.RuleNotebookOnGitHub,
		refused:  listed("a notebook on a site of one's own", withFirst(func(v *version.Version) { v.Notebook = "https://example.com/demo.ipynb" })),
		accepted: listed("a notebook in a gist", withFirst(func(v *version.Version) { v.Notebook = "https://gist.github.com/example/demo" }))},
	{rule: version.RuleRepository,
		refused:  listed("a repository at an SSH address", withFirst(func(v *version.Version) { v.Repository = "git@github.com:example/invoice.git" })),
		accepted: listed("a repository at an https address", withFirst(func(v *version.Version) { v.Repository = "https://github.com/example/invoice.git" }))},
	{rule: version.RuleUsage,
		refused:  listed("usage of 10,001 characters", withFirst(func(v *version.Version) { v.Usage = letters(10_001) })),
		accepted: listed("usage of 10,000 characters", withFirst(func(v *version.Version) { v.Usage = letters(10_000) }))},
	{rule: version.RuleUsageExample,
		refused:  listed(`the usage "Send a page."`, withFirst(func(v *version.Version) { v.Usage = "Send a page." })),
		accepted: listed(`the usage "predictor.predict(page)"`, withFirst(func(v *version.Version) { v.Usage = "predictor.predict(page)" }))},
	{rule: version.RuleInput,
		refused:  listed("limitations of 1,001 characters", withFirst(func(v *version.Version) { v.Input.Limitations = letters(1_001) })),
		accepted: listed("limitations of 1,000 characters", withFirst(func(v *version.Version) { v.Input.Limitations = letters(1_000) }))},
	{rule: version.RuleOutput,
		refused:  listed("a sample output as text and as an address", withFirst(func(v *version.Version) { v.Output.Batch.URL = "https://example.com/out.json" })),
		accepted: listed("a sample output as text", withFirst(func(v *version.Version) { v.Output.Batch = version.Sample{Text: "{}"} }))},
	{rule: version.RuleMIMETypes,
		refused:  listed(`the input "One page."`, withFirst(func(v *version.Version) { v.Input.Description = "One page." })),
		accepted: listed(`the input "One page as image/png."`, withFirst(func(v *version.Version) { v.Input.Description = "One page as image/png." }))},
	{rule: version.RuleParameters,
		refused: listed("36 input parameters", withFirst(func(v *version.Version) {
			v.Input.Parameters = slices.Repeat(v.Input.Parameters, 36)
		})),
		accepted: listed("35 input parameters", withFirst(func(v *version.Version) {
			v.Input.Parameters = slices.Repeat(v.Input.Parameters, 35)
		}))},
	{rule: version.RuleTraining,
		refused:  algorithm("an algorithm without training data inputs", func(l *listing.Listing) { l.Versions[0].Training = nil }),
		accepted: listed("a model package without training data inputs", func(*listing.Listing) {})},
}

var offerEntries = []entry{
	{rule: pricing.RulePresent,
		refused:  listed("no offer", func(l *listing.Listing) { l.Offer = nil }),
		accepted: listed("a free offer", withOffer(free))},
	{rule: pricing.RuleNamed,
		refused:  listed("an offer with a name of 151 characters", withOffer(func(o *pricing.Offer) { o.Name = letters(151) })),
		accepted: listed("an offer with a name of 150 characters", withOffer(func(o *pricing.Offer) { o.Name = letters(150) }))},
	{rule: pricing.RuleRefundPolicy,
		refused:  listed("a refund policy with a typographic apostrophe", withOffer(func(o *pricing.Offer) { o.RefundPolicy = "We don’t." })),
		accepted: listed("a refund policy with a straight apostrophe", withOffer(func(o *pricing.Offer) { o.RefundPolicy = "We don't." }))},
	{rule: pricing.RuleEULA,
		refused:  listed("neither the standard contract nor another", withOffer(func(o *pricing.Offer) { o.EULA = pricing.EULA{} })),
		accepted: listed("the address of a contract", withOffer(func(o *pricing.Offer) { o.EULA = pricing.EULA{URL: "https://example.com/eula.txt"} }))},
	{rule: pricing.RuleExact,
		refused:  failing(`the price "0.000000001", with 9 decimals`, func() error { return parseUSD("0.000000001") }),
		accepted: failing(`the price "0.00000001", with 8 decimals`, func() error { return parseUSD("0.00000001") })},
	{rule: pricing.RuleDimension,
		refused:  listed("a batch price without an instance type", withOffer(func(o *pricing.Offer) { o.Rates[pricing.Batch("")] = pricing.USD{} })),
		accepted: listed("a batch price with an instance type", withOffer(func(*pricing.Offer) {}))},
	{rule: pricing.RuleFreeHasNoRates,
		refused: listed("a free offer with a price of 0.00000001", withOffer(func(o *pricing.Offer) {
			free(o)
			o.Rates = pricing.RateCard{pricing.Batch(instance): pricing.MustUSD("0.00000001")}
		})),
		accepted: listed("a free offer with a price of 0", withOffer(func(o *pricing.Offer) {
			free(o)
			o.Rates = pricing.RateCard{pricing.Batch(instance): {}}
		}))},
	{rule: pricing.RuleBatchIsHourly,
		refused:  algorithm("a price per inference and none for batch", withOffer(func(o *pricing.Offer) { delete(o.Rates, pricing.Batch(instance)) })),
		accepted: algorithm("a price per inference and one for an hour of batch", func(*listing.Listing) {})},
	{rule: listing.RuleTrainingIsHourly,
		refused: listed("a training price of a model package", withOffer(func(o *pricing.Offer) {
			o.Rates[pricing.Training(instance)] = pricing.MustUSD("1.20")
		})),
		accepted: algorithm("a training price of an algorithm", func(*listing.Listing) {})},
	{rule: pricing.RuleInferenceRate,
		refused: algorithm("an hourly real-time price in an offer paid per inference", withOffer(func(o *pricing.Offer) {
			o.Rates[pricing.RealTime(instance)] = pricing.MustUSD("0.50")
		})),
		accepted: listed("an hourly real-time price in an hourly offer", func(*listing.Listing) {})},
	{rule: pricing.RuleTrialDays,
		refused:  listed("a trial of 32 days", withOffer(func(o *pricing.Offer) { o.TrialDays = 32 })),
		accepted: listed("a trial of 31 days", withOffer(func(o *pricing.Offer) { o.TrialDays = 31 }))},
	{rule: pricing.RuleTrialRecommended,
		refused:  listed("a trial of 13 days", withOffer(func(o *pricing.Offer) { o.TrialDays = 13 })),
		accepted: listed("a trial of 14 days", withOffer(func(o *pricing.Offer) { o.TrialDays = 14 }))},
}

var fileEntries = []entry{
	{rule: listing.RuleLogoShape,
		refused:  file("a logo of 642 by 321 pixels", listing.CheckLogo, whitePNG(642, 321)),
		accepted: file("a logo of 640 by 320 pixels", listing.CheckLogo, whitePNG(640, 320))},
	{rule: pricing.RuleEULAPlainText,
		refused:  file("a EULA that is a PDF", checkEULA, []byte("%PDF-1.7")),
		accepted: file("a EULA that speaks of PDF", checkEULA, []byte("You may print it as PDF."))},
	{rule: metering.RuleHeader,
		refused:  failing("a header that counts -1 inferences", func() error { return parseMetering(-1) }),
		accepted: failing("a header that counts 0 inferences", func() error { return parseMetering(0) })},
}

var moveEntries = []entry{
	{rule: lifecycle.RuleCommand,
		refused:  asking("no command at all", lifecycle.Draft, func(q *question) { q.command = nil }),
		accepted: asking("the command Submit", lifecycle.Draft, func(q *question) { q.command = lifecycle.Submit{} })},
	move(lifecycle.RuleBy, "a name of two lines for who asks", "a name of 256 characters for who asks"),
	move(lifecycle.RuleCreateOnce, "creating a listing that is a Draft already", "creating it under another id"),
	move(lifecycle.RuleName, "a name of two lines", "a name of 128 characters"),
	move(lifecycle.RuleAdopt, "adopting a product whose offer is a draft", "adopting it once the offer is released"),
	{rule: lifecycle.RuleOtherTerms,
		refused: asking("adopting a product that is priced in units of the seller's own", lifecycle.Draft, func(q *question) {
			adoptOf(q, func(h *lifecycle.Snapshot) {
				h.Content.Other.Rates = map[string]pricing.USD{"seller.units.m.i.c": pricing.MustUSD("0.10")}
			})
		}),
		accepted: asking("adopting a product with dimensions of the marketplace", lifecycle.Draft, func(q *question) { adoptOf(q, func(*lifecycle.Snapshot) {}) })},
	move(lifecycle.RuleReconcile, "reconciling with the snapshot of another product", "reconciling with the snapshot of its own"),
	move(lifecycle.RuleDiscard, "discarding a Test Product", "discarding a Draft"),
	move(lifecycle.RuleEdit, "editing a Live listing", "editing a Test Product"),
	move(lifecycle.RuleOneRequest, "editing a Test Product whose sign-off is being processed", "editing it when no request is under way"),
	move(lifecycle.RuleSubmit, "submitting a Test Product as it was submitted before", "submitting it with another title"),
	move(lifecycle.RuleTesters, "submitting with 101 test accounts", "submitting with 100 test accounts"),
	{rule: lifecycle.RuleTakesAboutAnHour,
		refused:  asking("a submission under way for a day and a minute", lifecycle.Submitted, overdue(24*time.Hour+time.Minute)),
		accepted: asking("a submission under way for a day", lifecycle.Submitted, overdue(24*time.Hour))},
	{rule: lifecycle.RuleRegionsByHand,
		refused: asking("submitting with a list of Regions", lifecycle.Draft, func(q *question) {
			q.record.Draft.Regions.Only, q.command = []listing.Region{"eu-west-1", "us-east-1"}, lifecycle.Submit{}
		}),
		accepted: asking("submitting for all Regions", lifecycle.Draft, func(q *question) { q.command = lifecycle.Submit{} })},
	move(lifecycle.RuleSignOff, "signing off a Test Product with an edit that was not submitted", "signing it off as it was tested"),
	move(lifecycle.RuleUpdate, "updating the pricing to what it is", "updating the name of the offer"),
	move(lifecycle.RuleVersionKnown, "updating version 9.9, which the listing has not", "updating version 1.0"),
	move(lifecycle.RuleRestrictLiveOnly, "adding a restricted version to a Draft", "adding an offered version to a Draft"),
	move(lifecycle.RuleLastUnrestricted, "restricting version 1.1 when 1.0 is restricted", "restricting it when 1.0 is offered"),
	move(lifecycle.RuleVersionEditable, "new release notes for a restricted version", "new release notes for an offered one"),
	move(lifecycle.RuleNumberLocked, "another number for a version that was submitted", "another usage text for it"),
	move(lifecycle.RuleResourceLocked, "another ARN for a version that was submitted", "another usage text for it"),
	move(lifecycle.RuleOneVersion, "submitting a Draft of two versions", "submitting a Draft of one version"),
	move(lifecycle.RulePrivateStaysPrivate, "making a private Draft public", "writing down that it is private"),
	move(lifecycle.RulePublicStaysPublic, "making a public Test Product private", "leaving the visibility out, which means public"),
	move(lifecycle.RuleRegionsLocked, "another choice of Regions for a Test Product", "the same before the first submission"),
	move(lifecycle.RuleUnpublish, "unpublishing a Test Product", "unpublishing a Live listing"),
	move(lifecycle.RuleUnpublishContact, `the contact "Ann <ann@example.com>"`, `the contact "ann@example.com"`),
	{rule: lifecycle.RuleUnpublishReplacement,
		refused:  asking("a replacement that is Unpublished", lifecycle.Live, replacedBy(lifecycle.Unpublished)),
		accepted: asking("a replacement that is a Test Product", lifecycle.Live, replacedBy(lifecycle.TestProduct))},
	move(lifecycle.RuleCancel, "cancelling when no request is under way", "cancelling an update of the pricing that is under way"),
	move(lifecycle.RuleCancelWindow, "cancelling a removal 24 hours after it was sent", "cancelling it a nanosecond before"),
	move(lifecycle.RuleEndSupport, "ending support for a second time", "ending support for the first time, after 90 days"),
	move(lifecycle.RuleNinetyDays, "ending support a nanosecond before 90 days are over", "ending support when 90 days are over, in any time zone"),
}

var factEntries = []entry{
	move(lifecycle.RuleSellerRegistered, "submitting from an account that is no seller", "submitting from an account that is one"),
	move(lifecycle.RuleSellerProfile, "submitting with an incomplete seller profile", "submitting with a complete one"),
	move(lifecycle.RuleSellerTaxAndBank, "submitting a paid listing without the bank forms", "submitting a free listing without them"),
	move(lifecycle.RuleOwnsResource, "a model package of another account", "a model package of the seller's account"),
	move(lifecycle.RuleImageRegion, "an image in another Region than the model package", "an image in the same Region"),
	move(lifecycle.RuleDescribeModelPackage, "a model package that the caller may not describe", "one that the caller may describe"),
	move(lifecycle.RuleDescribeAlgorithm, "an algorithm that the caller may not describe", "one that the caller may describe"),
	move(lifecycle.RuleMarketplacePermission, "a caller who may not start change sets", "a caller who may"),
	move(lifecycle.RuleResourceExists, "a model package that is InProgress", "a model package that is Completed"),
	move(lifecycle.RuleResourceCertified, "a model package that was not certified", "a model package that was certified"),
	move(lifecycle.RuleHasInferenceImage, "an algorithm without an inference image", "an algorithm with both images"),
	move(lifecycle.RulePublishingRegion, "a model package in me-south-1, which needs an opt-in", "a model package in eu-west-1"),
	move(version.RuleRecommendedBatch, "a batch instance type that the resource does not support", "one that it supports"),
	move(version.RuleRecommendedRealTime, "a real-time instance type that the resource does not support", "one that it supports"),
	move(version.RuleRecommendedTraining, "a training instance type that the algorithm does not support", "one that it supports"),
	move(lifecycle.RuleEveryInstancePriced, "a new version that supports one more instance type", "the same with a price for it"),
	move(lifecycle.RuleRatesStay, "pricing without a rate that was published", "pricing with that rate"),
	move(lifecycle.RuleModelStays, "hourly pricing of what was released per inference", "hourly pricing of what was released so"),
	move(lifecycle.RuleRiseAlone, "one price up and another down", "one price up and the other as it was"),
	move(lifecycle.RuleRiseEvery120Days, "a lower price a nanosecond before 120 days after a rise", "a lower price 120 days after it"),
	{rule: lifecycle.RuleAddBeforeRaising,
		refused:  asking("another trial a day after a rise", lifecycle.Live, otherTrial(24*time.Hour)),
		accepted: asking("another trial 122 days after it", lifecycle.Live, otherTrial(122*24*time.Hour))},
}

var buyerEntries = []entry{
	{rule: lifecycle.RulePreviewAudience,
		refused:  subscribing("a stranger who subscribes to a Test Product", lifecycle.TestProduct, false, lifecycle.Buyer{Account: "999900001111"}),
		accepted: subscribing("a test account that does", lifecycle.TestProduct, false, lifecycle.Buyer{Account: "777788889999"})},
	{rule: lifecycle.RuleLiveAudience,
		refused:  subscribing("a stranger who subscribes to a private Live listing", lifecycle.Live, true, lifecycle.Buyer{Account: "999900001111"}),
		accepted: subscribing("a named account that does", lifecycle.Live, true, lifecycle.Buyer{Account: "444455556666"})},
	{rule: lifecycle.RuleNoNewBuyers,
		refused:  subscribing("a new buyer of an Unpublished listing", lifecycle.Unpublished, false, lifecycle.Buyer{Account: "999900001111"}),
		accepted: subscribing("a buyer who subscribed before", lifecycle.Unpublished, false, lifecycle.Buyer{Account: "999900001111", Subscribed: true})},
	{rule: lifecycle.RuleRestrictedStaysUsable,
		refused:  withdrawing("taking the resource of a version away a nanosecond before 90 days after its restriction", lifecycle.SupportPeriod-time.Nanosecond),
		accepted: withdrawing("taking it away 90 days after the restriction", lifecycle.SupportPeriod)},
}
