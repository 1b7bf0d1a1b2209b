// Package simulator is AWS Marketplace for machine learning products, offline: the Catalog API and the two SageMaker
// Describe calls that a listing needs, over their real wire protocol, as one http.Handler.
//
// # Use
//
//	sim, err := simulator.New(simulator.Config{})
//	server := httptest.NewServer(sim)
//	// point an AWS SDK client's base endpoint at server.URL, with any credentials
//	err = sim.PutModelPackage(simulator.ModelPackage{ARN: "arn:aws:sagemaker:us-east-2:111122223333:model-package/m", ...})
//	// start a change set through the client, then
//	err = sim.Advance(time.Hour)
//
// The command in cmd/shelflife-simulator serves the same handler as a process of its own.
//
// # What is answered
//
// StartChangeSet, DescribeChangeSet, ListChangeSets, CancelChangeSet, DescribeEntity, BatchDescribeEntities and
// ListEntities for the entity types MachineLearningProduct@1.0 and Offer@1.0; DescribeModelPackage and DescribeAlgorithm.
// All eight change types of products are simulated, and those of public offers; change types that exist for private or
// contract offers are refused with the code that AWS documents. Tags are checked and then forgotten; resource policies,
// assessments, tagging calls, private offers and rate limits are not simulated. Nothing is fetched: a logo or a custom
// EULA is judged by its URL.
//
// Requests must carry a SigV4 Authorization header scoped to aws-marketplace in us-east-1, or to sagemaker in the
// resource's region. The scope is checked, the signature is not.
//
// # Time
//
// The clock is simulated and stands still until Advance moves it. A change set is PREPARING, then APPLYING, then SUCCEEDED
// or FAILED, at instants set by Durations. Identifiers are derived from the seller and a running number, so that the same
// calls at the same simulated instants get the same bytes.
//
// # Where AWS leaves something open
//
//   - A failed change set changes nothing, and neither does a cancelled one.
//   - The changes of a set are made in the service's own order; each is judged by what the set makes of the account as a
//     whole. They are checked at the end of PREPARING, all errors at once, and again when they are made.
//   - A set raises the revision of each entity it names by one, however many of its changes name it. Creations start at 1.
//   - After success, the summaries of creations and of changes that used a reference carry id@revision; the others keep
//     the identifier as it was sent.
//   - A ClientRequestToken is remembered as long as its change set, which is until 60 days after the set's end. The same
//     request (white space and member order apart) gets the same change set again, at any time and without a second
//     effect; another request with that token gets a ValidationException. Requests without a token are never matched.
//   - Unknown members are refused everywhere, in requests and in documents.
//   - VALIDATE is available for sets of AddDeliveryOptions only. Such a set locks, takes time and can fail like any other.
//   - A visibility change freezes the product and its offers until it is done, and no offer can be created meanwhile. A
//     restriction can be cancelled for 24 hours, everything else while it is PREPARING; too late is ResourceInUseException.
//   - A product's information can be changed while it is Draft, Limited or Public. So can its allow-list, to which
//     OperationsAccount always belongs.
//   - ReleaseProduct needs ReleaseOffer of the product's offer in the same set. A version can be added to a Draft only in
//     the set that releases it.
//   - An offer needs usage, legal and support terms to be released. A Free offer prices every dimension at zero.
//   - Real-time use is priced by the hour or by inference.count.m.i.c, never both. Prices can be removed from a draft offer
//     only. The first prices of an offer count as no rise.
//   - Version titles cannot change. Nested objects of an edited version are replaced, not merged.
//   - A request may list 100 accounts at most, and a Sku may have 100 characters.
//
// # Faults
//
// Inject makes calls fail before they have an effect, lose their answers after it, or change sets fail for reasons of AWS's
// own. Ledger tells what arrived and what came of it.
//
// # From other languages
//
// The same controls are served over HTTP, without credentials, so listen on loopback. Writes need Content-Type
// application/json; they answer 200, or 400 with {"error": "..."}, or 500 when the state could not be written.
//
//	GET  /_simulator/now            {"now": "2026-01-05T09:00:00Z"}
//	POST /_simulator/advance        {"seconds": 3600}
//	PUT  /_simulator/model-package  {"ARN": "...", "CertifyForMarketplace": true, ...}, the fields of ModelPackage
//	PUT  /_simulator/algorithm      the fields of Algorithm
//	POST /_simulator/faults         {"Kind": "throttle", "Operation": "StartChangeSet", "Times": 2}, the fields of Fault
//	GET  /_simulator/ledger         the fields of Ledger
package simulator
