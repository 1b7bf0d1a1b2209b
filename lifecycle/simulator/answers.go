package simulator

// Basis says how it is known that AWS answers so.
type Basis string

// How an answer is known.
const (
	Documented Basis = "documented" // AWS's pages or the model of its SDK say so
	Recorded   Basis = "recorded"   // others published an answer of AWS that says so
	Expected   Basis = "expected"   // programs of others rely on it
	Assumed    Basis = "assumed"    // nobody says; it was chosen
)

// Answer is something that the simulator answers, and how it is known that AWS does too.
type Answer struct {
	About string // an operation, a change type or a matter
	Says  string
	Basis Basis
}

// Answers lists what the simulator answers, for its documentation.
func Answers() []Answer { return append([]Answer{}, answers...) }

var answers = []Answer{
	{"Every call", "Unknown members are refused, in requests and in documents.", Assumed},
	{"Every call", "A call without a proper Authorization header gets IncompleteSignatureException; one that is scoped to another service or Region gets AccessDeniedException.", Recorded},
	{"Every call", "The status of IncompleteSignatureException is 403, and the signature itself is not verified.", Assumed},
	{"Every call", "The exceptions of each operation and their HTTP statuses.", Documented},
	{"Every call", "Members that have no value are null.", Recorded},
	{"Every call", "The rates per second with Config.Quotas, and 250 open change sets for an account.", Documented},
	{"Every call", "BatchDescribeEntities may be called 5 times a second.", Assumed},

	{"StartChangeSet", "The shapes of requests: 1 to 20 changes, lengths, patterns and names.", Documented},
	{"StartChangeSet", "A change set holds each change type once an entity.", Documented},
	{"StartChangeSet", "A revision that is not the newest is a ValidationException.", Documented},
	{"StartChangeSet", "A ClientRequestToken is remembered until 60 days after the end of its change set. The same request gets the same change set; another with that token is a ValidationException.", Assumed},
	{"StartChangeSet", "VALIDATE is for AddDeliveryOptions only.", Documented},
	{"StartChangeSet", "A set with VALIDATE locks, takes time and makes an event like any other.", Assumed},
	{"StartChangeSet", "A locked entity is a ResourceInUseException, whose words are \"Requested change set has entities locked by change sets - entity: 'X'  change sets: Y.\"", Expected},
	{"StartChangeSet", "A change of visibility locks the product with its offers, and no offer can be created meanwhile.", Documented},
	{"StartChangeSet", "Other change types of AWS, and other entity types, are refused as UnknownOperation; the words say that they are not simulated.", Assumed},
	{"DescribeChangeSet", "A set is PREPARING, then APPLYING, then SUCCEEDED, FAILED or CANCELLED, and is forgotten 60 days after its end.", Documented},
	{"DescribeChangeSet", "The durations of the phases.", Assumed},
	{"DescribeChangeSet", "A failed or cancelled set changes nothing. All errors are found at the end of PREPARING, and looked for again when the changes are made.", Assumed},
	{"DescribeChangeSet", "CLIENT_ERROR comes with \"Change set preparation has failed. For details see 'ErrorDetailList'.\"", Documented},
	{"DescribeChangeSet", "After success, creations and changes that used a reference have id@revision, and CreateOffer has the id of its product.", Recorded},
	{"DescribeChangeSet", "The words of an ErrorMessage.", Assumed},
	{"ListChangeSets", "Filters, sorts and pages; instants have exactly 20 characters.", Documented},
	{"ListChangeSets", "What comes in between two pages neither repeats nor hides the rest.", Assumed},
	{"CancelChangeSet", "A set can be cancelled while it is PREPARING, a restriction for 24 hours.", Documented},
	{"CancelChangeSet", "Too late is a ResourceInUseException.", Assumed},

	{"DescribeEntity", "The members of entity documents, and that DetailsDocument has the revision's newest.", Documented},
	{"DescribeEntity", "A draft has ProductState Draft and no title; a released product is Active.", Recorded},
	{"DescribeEntity", "LogoUrl is the address of AWS's own copy.", Documented},
	{"DescribeEntity", "A legal document has the address of AWS's own copy, presigned for 24 hours with another token at each reading. The standard contract has one too.", Recorded},
	{"DescribeEntity", "A set raises the revision of each entity by one, and creations begin at 1.", Assumed},
	{"DescribeEntity", "A resale authorization or an offer set is a ResourceNotSupportedException.", Documented},
	{"BatchDescribeEntities", "1 to 20 ids; a bad one is an entry in Errors, with a code without its last word; there is no Details.", Documented},
	{"ListEntities", "Filters, sorts and pages of products and offers, and those of 2026: ResaleAuthorizationId, OfferSetId, TargetAgreementId, TargetAgreementIntent, CreatedBySource.", Documented},
	{"ListEntities", "Visibility of an offer is Public or Private, and null with EntityTypeFilters.", Recorded},
	{"ListEntities", "The name of a product without a title is \"Untitled - \" and its id.", Recorded},
	{"ListEntities", "An unknown type is a ValidationException: \"Requested entity type 'X' is invalid.\"", Expected},
	{"ListEntities", "A seller finds nothing of types that it owns none of, and nothing that is SHARED.", Assumed},
	{"TagResource", "1 to 50 tags; the shapes would take 200. Catalog is taken: one page requires it, the model does not have it.", Documented},
	{"TagResource", "Tags change no revision and need no lock; those of a change set are forgotten with it.", Assumed},
	{"UntagResource", "Keys that are not there are passed over.", Assumed},
	{"ListTagsForResource", "Tags are sorted by key.", Assumed},
	{"DescribeModelPackage", "The members of the answer, as far as a listing needs them, in the Region of the call.", Documented},
	{"DescribeModelPackage", "A resource of another account is as one that does not exist, and each resource reports one validation.", Assumed},
	{"DescribeAlgorithm", "As DescribeModelPackage.", Documented},

	{"CreateProduct", "It makes a Draft.", Documented},
	{"UpdateInformation", "What is sent is changed, the rest stays. Nothing about a product is MISSING_DATA later; nothing about an offer is refused at once.", Documented},
	{"UpdateInformation", "A category that does not exist is INVALID_CATEGORY_NAMES.", Documented},
	{"UpdateInformation", "Categories are compared without regard to case. Their list, Categories, is as complete as it is known; Config.Categories adds others.", Assumed},
	{"UpdateInformation", "A logo is judged by the name of its file: nothing is fetched.", Assumed},
	{"UpdateInformation", "PreExistingAgreement is taken for a draft offer, and its release fails with INCOMPATIBLE_TARGETING.", Documented},
	{"UpdateTargeting", "The allow-list that a product has already is refused at once. OperationsAccount stays on every list.", Documented},
	{"UpdateTargeting", "What the targeting of an offer leaves out is removed; buyers would make it private: INCOMPATIBLE_TARGETING.", Documented},
	{"AddDeliveryOptions", "The resource, the access role and the instance types are looked up in what PutModelPackage and PutAlgorithm have.", Documented},
	{"AddDeliveryOptions", "A version can be added to a Draft only in the set that releases it.", Documented},
	{"UpdateDeliveryOptions", "Titles cannot change. Nested objects are replaced, not merged.", Documented},
	{"RestrictDeliveryOptions", "One version must stay unrestricted.", Documented},
	{"ReleaseProduct", "It needs complete information, a version, and ReleaseOffer in the same set.", Documented},
	{"UpdateVisibility", "People look at it, for 37 days at most; a replacement goes with Restricted.", Documented},
	{"UpdateVisibility", "What nobody has decided after 37 days goes on as approved.", Assumed},
	{"CreateOffer", "An offer set is INCOMPATIBLE_PRODUCT for a public offer.", Documented},
	{"UpdatePricingTerms", "Usage in another currency than USD is refused at once, and so is a price that is a number.", Documented},
	{"UpdatePricingTerms", "A rate or a grant for a dimension that the product does not have is INCOMPATIBLE_PRODUCT.", Documented},
	{"UpdatePricingTerms", "Prices rise at most once in 120 days, not with cuts and not with new dimensions. Rates of a released offer cannot be removed.", Documented},
	{"UpdatePricingTerms", "Real-time use is priced by the hour or by the inference, never both. The first prices are no rise.", Assumed},
	{"UpdateLegalTerms", "A custom contract needs an address and a standard one a version: refused at once. An old version is INVALID_LEGAL_DOCUMENTS.", Documented},
	{"UpdateSupportTerms", "A refund policy has 1 to 500 characters of those that AWS names.", Documented},
	{"UpdateAvailability", "For private offers: INVALID_AVAILABILITY_END_DATE.", Documented},
	{"UpdateValidityTerms", "For private offers: INCOMPATIBLE_TERMS.", Documented},
	{"UpdateRenewalTerms", "For private offers: INCOMPATIBLE_TERMS, with the members of 2026 too.", Documented},
	{"UpdatePaymentScheduleTerms", "For private offers: INCOMPATIBLE_TERMS.", Documented},
	{"UpdateNetPaymentTerms", "For private offers: INCOMPATIBLE_TERMS.", Documented},
	{"ReleaseOffer", "Name, description, usage, legal and support terms; one public offer a product.", Documented},
	{"ReleaseOffer", "Support terms are needed.", Assumed},

	{"Program offers", "With Config.ProgramOffers, AWS adds released offers beside the public one: their CreatedBySource is AwsMarketplace, their targets are a program or a buyer.", Documented},
	{"Program offers", "Their names, their prices, and that their seller cannot change them.", Assumed},
	{"Events", "The envelope and the detail of change sets that end and of offers that are released.", Documented},
	{"Events", "An event is there when the change set ends.", Assumed},
	{"Sellers", "An access key of 12 digits is the account that calls. AWS has no such keys.", Assumed},
}
