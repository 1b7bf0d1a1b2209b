package lifecycle

import "github.com/shelflife-go/shelflife/listing/rule"

// The rules of a move: what a listing may do next, given where it stands.
var (
	RuleCommand = rule.Rule{ID: "command.known", Severity: rule.Must,
		Statement: "what is asked for is one of the commands",
		Remedy:    "give a value of one of this package's command types",
		Source:    "this library"}
	RuleCreateOnce = rule.Rule{ID: "create.once", Severity: rule.Must,
		Statement: "a listing is created once, under an id of its own",
		Remedy:    "edit the listing that exists, or create one with another id",
		Source:    "seller guide, step 1: create a new listing"}
	RuleAdopt = rule.Rule{ID: "adopt.released", Severity: rule.Must,
		Statement: "a product is adopted once, with a released public offer, as Limited, Public or Restricted",
		Remedy:    "release product and offer first, and read them again",
		Source:    "Catalog API, machine learning products: life cycle"}
	RuleEdit = rule.Rule{ID: "edit.from-draft-or-test", Severity: rule.Must,
		Statement: "the document is edited as Draft or as Test Product",
		Remedy:    "change a Live listing by an update; an Unpublished one stays as it is",
		Source:    "seller guide, testing your product; updating your product"}
	RuleOneRequest = rule.Rule{ID: "edit.closed-while-submitted", Severity: rule.Must,
		Statement: "nothing changes while a request is being processed: one request at a time",
		Remedy:    "wait until the request has ended, or cancel it",
		Source:    "Catalog API, working with change sets: concurrency"}
	RuleSubmit = rule.Rule{ID: "submit.from-draft-or-test", Severity: rule.Must,
		Statement: "a Draft is submitted, and a Test Product again after edits",
		Remedy:    "edit the listing before submitting it again, or sign it off as it is",
		Source:    "seller guide, step 5; testing your product"}
	RuleTakesAboutAnHour = rule.Rule{ID: "submit.takes-about-an-hour", Severity: rule.Should,
		Statement: "a submission is ready after about an hour; one that is not after 6 hours is overdue, not failed",
		Remedy:    "wait, and ask AWS Marketplace Seller Operations if it goes on",
		Source:    "seller guide, overview of publishing process"}
	RuleTesters = rule.Rule{ID: "submit.testers", Severity: rule.Must,
		Statement: "additional test accounts are account ids, each once, at most 100",
		Remedy:    "give twelve-digit account ids, each once",
		Source:    "seller guide, step 5; Catalog API, UpdateTargeting (100 in its shapes, 5,000 in the documentation: the lower is safe with both)"}
	RuleSignOff = rule.Rule{ID: "signoff.from-test-product", Severity: rule.Must,
		Statement: "a Test Product without unsubmitted edits is signed off",
		Remedy:    "submit the edits and test them first",
		Source:    "seller guide, signing off for publishing"}
	RuleUpdate = rule.Rule{ID: "update.live", Severity: rule.Must,
		Statement: "versions, information, pricing and allow-list are updated while Live, and an update changes something",
		Remedy:    "edit a Draft or Test Product instead; leave out an update that changes nothing",
		Source:    "seller guide, updating your product"}
	RuleVersionKnown = rule.Rule{ID: "version.known", Severity: rule.Must,
		Statement: "an update or a restriction names a version of the listing",
		Remedy:    "name one of the listing's versions by its number",
		Source:    "Catalog API, UpdateDeliveryOptions: INVALID_DELIVERY_OPTION_ID"}
	RuleRestrictLiveOnly = rule.Rule{ID: "version.restrict-live-only", Severity: rule.Must,
		Statement: "versions are restricted in a Live listing, or in a Test Product that is submitted again",
		Remedy:    "remove the version from the draft instead; it was never published",
		Source:    "seller guide, restricting versions; Catalog API, RestrictDeliveryOptions"}
	RuleLastUnrestricted = rule.Rule{ID: "version.last-unrestricted", Severity: rule.Must,
		Statement: "the last unrestricted version cannot be restricted",
		Remedy:    "add a version first, or unpublish the listing",
		Source:    "Catalog API, RestrictDeliveryOptions: ALL_DELIVERY_OPTIONS_RESTRICTED"}
	RuleVersionEditable = rule.Rule{ID: "version.editable", Severity: rule.Must,
		Statement: "a restricted version is neither edited nor offered again",
		Remedy:    "add a new version",
		Source:    "Catalog API, UpdateDeliveryOptions: INCOMPATIBLE_DELIVERY_OPTION_STATUS"}
	RuleNumberLocked = rule.Rule{ID: "version.number-locked", Severity: rule.Must,
		Statement: "a published version keeps its number and stays in the listing",
		Remedy:    "put the version back as it was; add a new one, or restrict this one",
		Source:    "seller guide, step 3: add your launch option"}
	RuleResourceLocked = rule.Rule{ID: "version.resource-locked", Severity: rule.Must,
		Statement: "a published version keeps its resource and access role",
		Remedy:    "add a version for the new resource instead",
		Source:    "Catalog API, UpdateDeliveryOptions"}
	RuleOneVersion = rule.Rule{ID: "version.one-per-request", Severity: rule.Must,
		Statement: "one request adds one version at the most, and edits one at the most",
		Remedy:    "submit the versions one after the other",
		// A change set takes a change type once per product, and a version
		// needs a change of its own.
		Source: "Catalog API, StartChangeSet; AddDeliveryOptions; UpdateDeliveryOptions"}
	RulePrivateStaysPrivate = rule.Rule{ID: "visibility.private-stays-private", Severity: rule.Must,
		Statement: "a private listing can never become public",
		Remedy:    "create a new, public listing",
		Source:    "seller guide, step 2: product visibility"}
	RulePublicStaysPublic = rule.Rule{ID: "visibility.public-stays-public", Severity: rule.Must,
		Statement: "a public listing can never become private",
		Remedy:    "create a new, private listing",
		Source:    "seller guide, step 2: product visibility"}
	RuleRegionsLocked = rule.Rule{ID: "regions.locked", Severity: rule.Must,
		Statement: "the Regions cannot change once the listing was submitted",
		Remedy:    "put the Regions back as they were",
		Source:    "seller guide, step 2: Region availability"}
	RuleRegionsByHand = rule.Rule{ID: "regions.by-hand", Severity: rule.Should,
		Statement: "a selection of Regions is made in the portal, because the Catalog API cannot",
		Remedy:    "choose the same Regions in the AWS Marketplace Management Portal before sign-off",
		Source:    "Catalog API, machine learning products: change types"}
	RuleUnpublish = rule.Rule{ID: "unpublish.from-live", Severity: rule.Must,
		Statement: "only a Live listing is unpublished",
		Remedy:    "there is nothing to remove before a listing is Live or after it was unpublished",
		Source:    "seller guide, removing a product"}
	RuleUnpublishContact = rule.Rule{ID: "unpublish.contact", Severity: rule.Must,
		Statement: "a removal has a valid e-mail address and a reason",
		Remedy:    "give an address such as name@example.com and say why the listing is removed",
		Source:    "seller guide, removing a product"}
	RuleUnpublishReplacement = rule.Rule{ID: "unpublish.replacement", Severity: rule.Must,
		Statement: "a replacement is another listing of the seller that is Live or Test Product",
		Remedy:    "name another listing that buyers can move to, or none",
		Source:    "seller guide, removing a product; Catalog API, UpdateVisibility: ReplacementProductId"}
	RuleCancel = rule.Rule{ID: "request.cancel", Severity: rule.Must,
		Statement: "a request that is under way can be cancelled, once",
		Remedy:    "there is nothing to cancel",
		Source:    "Catalog API, CancelChangeSet"}
	RuleCancelWindow = rule.Rule{ID: "unpublish.cancel-window", Severity: rule.Must,
		Statement: "a removal can be cancelled for 24 hours, until its review starts",
		Remedy:    "wait for the removal; a new listing can follow it",
		Source:    "Catalog API, UpdateVisibility: Restricted"}
	RuleEndSupport = rule.Rule{ID: "support.end", Severity: rule.Must,
		Statement: "support of an Unpublished listing is ended, once",
		Remedy:    "unpublish the listing first; support that has ended stays ended",
		Source:    "seller guide, removing a product"}
	RuleNinetyDays = rule.Rule{ID: "support.ninety-days", Severity: rule.Must,
		Statement: "an unpublished listing is supported for at least 90 days",
		Remedy:    "support the buyers until then",
		Source:    "seller guide, removing a product"}
)

// The rules that need a fact from outside, of the seller or of SageMaker, or the
// rates that were published before.
var (
	RuleSellerRegistered = rule.Rule{ID: "seller.registered", Severity: rule.Must,
		Statement: "the account is registered as a marketplace seller",
		Remedy:    "register in the AWS Marketplace Management Portal",
		Source:    "seller guide, prerequisites"}
	RuleSellerProfile = rule.Rule{ID: "seller.profile-complete", Severity: rule.Must,
		Statement: "the public seller profile is complete",
		Remedy:    "complete it under Settings in the AWS Marketplace Management Portal",
		Source:    "seller guide, prerequisites"}
	RuleSellerTaxAndBank = rule.Rule{ID: "seller.tax-and-bank", Severity: rule.Must,
		Statement: "a paid listing needs the tax interview and the bank forms finished",
		Remedy:    "finish them in the AWS Marketplace Management Portal, or offer the listing for free",
		Source:    "seller guide, prerequisites"}
	RuleOwnsResource = rule.Rule{ID: "seller.owns-resource", Severity: rule.Must,
		Statement: "the resource and its images belong to the seller's own account",
		Remedy:    "create the resource, and push its images, in the seller's account",
		Source:    "seller guide, service restrictions and quotas"}
	RuleDescribeModelPackage = rule.Rule{ID: "permission.describe-model-package", Severity: rule.Must,
		Statement: "the caller may describe the model package that is listed",
		Remedy:    "allow sagemaker:DescribeModelPackage on it",
		Source:    "seller guide, permissions required"}
	RuleDescribeAlgorithm = rule.Rule{ID: "permission.describe-algorithm", Severity: rule.Must,
		Statement: "the caller may describe the algorithm that is listed",
		Remedy:    "allow sagemaker:DescribeAlgorithm on it",
		Source:    "seller guide, permissions required"}
	RuleMarketplacePermission = rule.Rule{ID: "permission.marketplace", Severity: rule.Must,
		Statement: "the caller may start, list and describe change sets and describe entities",
		Remedy:    "attach the policy of package awsmarketplace to the caller",
		Source:    "seller guide, permissions required; Catalog API, access control"}
	RuleHasInferenceImage = rule.Rule{ID: "resource.has-inference-image", Severity: rule.Must,
		Statement: "an algorithm has a training image and an inference image",
		Remedy:    "create the algorithm again with both images",
		Source:    "seller guide, troubleshooting"}
	RuleResourceExists = rule.Rule{ID: "resource.exists", Severity: rule.Must,
		Statement: "the resource exists and its status is Completed",
		Remedy:    "create the resource and wait until it is Completed",
		Source:    "seller guide, requirements for creating machine learning products"}
	RuleResourceCertified = rule.Rule{ID: "resource.certified", Severity: rule.Must,
		Statement: "the resource was created with certification for the marketplace",
		Remedy:    "create it again under a new name with CertifyForMarketplace",
		Source:    "seller guide, troubleshooting"}
	RulePublishingRegion = rule.Rule{ID: "resource.publishing-region", Severity: rule.Must,
		Statement: "the resource lives in a Region that needs no opt-in",
		Remedy:    "create it in a Region that the marketplace publishes from, such as us-east-1",
		Source:    "seller guide, service restrictions and quotas"}
	RuleEveryInstancePriced = rule.Rule{ID: "pricing.every-instance-priced", Severity: rule.Must,
		Statement: "an offer prices every instance type that a version supports, in each mode, and no others",
		Remedy:    "price exactly the dimensions that the resources support",
		Source:    "seller guide, pricing; Catalog API, UpdatePricingTerms: INVALID_RATE_CARD"}
	RuleRatesStay = rule.Rule{ID: "pricing.rates-stay", Severity: rule.Must,
		Statement: "a published rate is never removed",
		Remedy:    "put the rate back",
		Source:    "Catalog API, UpdatePricingTerms: INVALID_RATE_CARD"}
	RuleModelStays = rule.Rule{ID: "pricing.model-stays", Severity: rule.Must,
		Statement: "the pricing model of a released offer never changes",
		Remedy:    "put the model back, or create a new listing",
		Source:    "Catalog API, UpdatePricingTerms: INCOMPATIBLE_PRICING_MODEL"}
	RuleRiseAlone = rule.Rule{ID: "pricing.rise-alone", Severity: rule.Must,
		Statement: "a change that raises a price neither lowers another nor adds one",
		Remedy:    "lower and add first; raise in a request of its own",
		Source:    "Catalog API, UpdatePricingTerms: INVALID_PRICE_CHANGE"}
	RuleRiseEvery120Days = rule.Rule{ID: "pricing.rise-every-120-days", Severity: rule.Must,
		Statement: "prices are not raised within 120 days of the last rise",
		Remedy:    "wait until then",
		Source:    "Catalog API, UpdatePricingTerms: INVALID_PRICE_CHANGE"}
)
