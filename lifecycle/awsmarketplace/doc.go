// Package awsmarketplace implements the AWS ports of package lifecycle on
// aws-sdk-go-v2: [Marketplace] on the AWS Marketplace Catalog API, [Resources] on
// Amazon SageMaker, and [Assets] on plain https.
//
//	cfg, err := config.LoadDefaultConfig(ctx)
//	…
//	manager, err := lifecycle.New("111122223333", store, awsmarketplace.NewMarketplace(cfg),
//		lifecycle.WithResources(awsmarketplace.NewResources(cfg)),
//		lifecycle.WithAssets(awsmarketplace.NewAssets(nil)))
//
// Three packages beside it do what publishing itself does not need: policy writes
// the IAM policy for the commands that a program carries out, preflight checks
// beforehand whether they can be carried out, and bucket uploads the logo and the
// EULA.
//
// # What it needs
//
// Credentials of the seller's account that are allowed what policy.For returns,
// and nothing else. The Regions of the configuration are not used: the Catalog API
// is in us-east-1 only, and each SageMaker resource is asked for in the Region of
// its ARN. Its retries are not used either, because a manager retries by itself,
// in its own time. A call without an answer lasts as long as the HTTP client and
// the context let it.
//
// None of the types logs anything, unless ClientLogMode of the configuration makes
// the SDK log: leave it off, because requests are whole documents. Errors carry the
// identifiers and the messages of AWS, never credentials or documents; addresses in
// them are without user, query and fragment. A call that AWS denies matches
// [lifecycle.ErrCredentials], [lifecycle.ErrNotVerified], or [lifecycle.ErrDenied]
// alone if a permission is missing.
//
// # What is sent
//
// The first submission is one change set that creates and releases the product and
// its public offer. Every later change is one change set with what differs between
// the content before and after. Signing off a public listing and unpublishing are
// change sets with a single change of visibility. The same change always gives the
// same bytes.
//
// Identifiers carry the revision that the change was decided on, so that AWS
// refuses the change if someone else has changed the product in the meantime.
// Prices are always sent whole, with the trial, because AWS drops what is not
// repeated. Every change set, and the product and the offer that it creates, have
// the tags [TagListing] and [TagRequest].
//
// A change set can add one version and edit one version. For some changes, such as
// removing a version, the Catalog API has no request at all. Both give a
// [lifecycle.Rejection] with the code [CodeNotSent] before anything is sent. The
// Catalog API has no request for Regions either; they are not sent, and must be
// chosen in the portal.
//
// # What comes back
//
// [Marketplace.Read] reads a product and its offer whole, for adopting them and for
// finding drift. What an offer has and a listing has no field for, such as a trial that
// is limited in units, is in [lifecycle.OtherTerms]: it is sent back as it was. An offer
// with contract prices alone, or with prices in another currency than USD, cannot be
// read. [Marketplace.Pending] lists the change sets that have not ended.
// [Marketplace.Trace] finds the product of a first submission by its tag, if AWS
// has deleted the change set. [Marketplace.Validate] asks beforehand whether AWS
// would accept a version. [Wake] advances the listing that an event of EventBridge
// is about. A problem with a documented error code names the rule and the field of
// the listing that the code is about.
//
// # Trying it offline
//
// Package simulator speaks the same wire protocol. Serve it, and point the
// configuration at it:
//
//	sim, err := simulator.New(simulator.Config{})
//	server := httptest.NewServer(sim)
//	cfg.BaseEndpoint = aws.String(server.URL)
//
// For a program that loads its configuration, the environment variable
// AWS_ENDPOINT_URL does the same. Any credentials will do there. The tests of
// this module check that everything sent there has the documented shape.
//
// # What was never tried on AWS
//
// This package was written from the Catalog API documentation and checked against
// its published shapes and the simulator. Not seen on AWS, or not documented, is:
//
//   - that AWS accepts the whole first submission of a machine learning product in
//     one change set, as it does for other product types;
//   - what a repeated ClientRequestToken gives, and for how long AWS remembers it.
//     After a lost answer [Marketplace.Find] is called first; only two processes
//     that send the same request at the same moment rely on the token alone;
//   - that a change set is listed as soon as it was accepted;
//   - that prices are sent as strings, and that the key for prices per inference is
//     inference.count.m.i.c;
//   - that a free offer needs a usage term with a price of zero for each dimension;
//   - the status of a change set while people review it, assumed to be PREPARING;
//   - the error for cancelling too late: 422 and 423 are both understood so;
//   - what SageMaker answers for a resource that does not exist:
//     ValidationException and ResourceNotFound are both understood so;
//   - that a change set that failed changed nothing at all;
//   - that the two statuses of one ListChangeSets filter are combined with OR. If
//     they are not, [Marketplace.Pending] finds nothing, and a sweep asks for each
//     listing by itself;
//   - which accounts AWS adds to an allow-list: all that were not sent are assumed
//     to be its own;
//   - that a product's Targeting, Regions and logo are returned as the published
//     samples have them;
//   - how many BatchDescribeEntities a second are allowed: five are assumed;
//   - that tags given with a creation are on the product once it exists, and that
//     they need no permission but aws-marketplace:TagResource;
//   - that VALIDATE works for versions of machine learning products, as the
//     documentation says, and that it holds the product meanwhile, as is assumed.
package awsmarketplace
