// Package awsmarketplace implements the AWS ports of package lifecycle on
// aws-sdk-go-v2: [Marketplace] on the AWS Marketplace Catalog API, [Resources] on
// Amazon SageMaker, and [Assets] on plain https. Beside them, [Bucket] uploads what
// a listing refers to, and [Preflight] looks whether all is ready.
//
//	cfg, err := config.LoadDefaultConfig(ctx)
//	…
//	market := awsmarketplace.NewMarketplace(cfg)
//	resources := awsmarketplace.NewResources(cfg)
//
// # What it needs
//
// Credentials of the seller's account, that allow what [Policy] lists, or
// [PolicyFor] for the commands that a job carries out, and nothing else. Before
// the first command, one call of [Preflight.Check] tells what they, the access
// roles, the resources and the files lack, without changing anything.
//
// Regions take care of themselves: the Catalog API lives in
// us-east-1 only, and each SageMaker resource is asked for in the region of its
// ARN. The retries of the configuration are switched off, because a manager
// retries by itself, in its own time. A call without an answer lasts as long as
// the HTTP client and the context let it.
//
// None of the types logs anything, unless the ClientLogMode of the configuration
// makes the SDK do so: leave it off, for requests are whole documents. Errors
// carry the identifiers and the messages of AWS, never credentials or documents.
//
// # What is sent
//
// A first submission is one change set that creates and releases product and
// public offer. Every later change is one change set with what differs between
// the content before and after; signing off a public listing and unpublishing
// are change sets of their own with a single change of visibility. Identifiers
// carry the revision that the change was decided on, so that a change made
// elsewhere in the meantime is noticed and not overwritten. Pricing always
// states the whole rate card and the trial, because the marketplace drops what
// is not repeated. The same change always gives the same bytes. Every change set,
// and the product and the offer that it creates, carry the tags [TagListing] and
// [TagRequest].
//
// The Catalog API takes one added and one edited version a change set, and has
// no request for some changes at all, such as removing a version. Those give a
// [lifecycle.Rejection] with the code [CodeNotSent] before anything is sent. It
// has none for the Regions either, which must be chosen in the portal; they are
// not sent.
//
// # What comes back
//
// [Marketplace.Read] reads product and offer whole, for adopting and for drift,
// [Marketplace.Pending] tells by page what is under way, and [Wake] takes the
// events of EventBridge for the hints that they are. [Marketplace.Trace] finds by
// its tag what a first submission has made, when its change set is forgotten.
// [Marketplace.Validate] asks beforehand whether a version would be taken. Each documented error code of
// a change is told with the rule and the field that it is about.
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
// This package was written from the Catalog API documentation and checked
// against its published shapes and the simulator. Not seen on AWS, or not
// documented, is:
//
//   - that the whole first submission is taken in one change set for a machine
//     learning product, as it is for other product types;
//   - what a repeated ClientRequestToken gives, and for how long it is known.
//     After a lost answer [Marketplace.Find] comes first; only two processes that
//     send the same request at the same moment rely on the token alone;
//   - that a change set is listed as soon as it was taken;
//   - that prices are wanted as strings, and the key inference.count.m.i.c for
//     prices per inference;
//   - that a free offer wants a usage term with a price of zero for each
//     dimension;
//   - the status of a change set while people review it, taken to be PREPARING;
//   - the error for cancelling too late: 422 and 423 are both understood so;
//   - what SageMaker answers for a resource that does not exist: a
//     ValidationException and a ResourceNotFound are both understood so;
//   - that a change set that failed changed nothing at all;
//   - that the two statuses of one ListChangeSets filter are combined with OR. Were
//     they not, [Marketplace.Pending] would find nothing, and a sweep would ask
//     for each listing by itself;
//   - which accounts AWS adds to an allow-list: all that were not sent are taken
//     for its own;
//   - that a product's Targeting, Regions and logo are given back as the published
//     samples have them;
//   - the resources and condition of [Policy] for machine learning products, and
//     how IAM judges a change set that touches both a product and its offer;
//   - how many BatchDescribeEntities a second are allowed: five are assumed;
//   - that tags given with a creation are on the product once it exists, and that
//     they need nothing but aws-marketplace:TagResource;
//   - that VALIDATE works for versions of machine learning products, as their
//     page says, and holds the product meanwhile, as it is taken to do;
//   - [Bucket] against S3, and [Preflight] against IAM and STS: both were tried on
//     servers of their tests only.
package awsmarketplace
