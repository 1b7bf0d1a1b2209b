// Package simulator is AWS Marketplace for machine learning products, offline: the Catalog API, the two SageMaker
// Describe calls that a listing needs, the events of EventBridge and the people who review a listing, over the real wire
// protocol and as one http.Handler. It knows nothing of the rest of this library and is of use to any program that talks to
// the Catalog API.
//
// # From Go tests
//
//	sim, err := simulator.New(simulator.Config{})
//	server := httptest.NewServer(sim)
//	// point an AWS SDK client's base endpoint at server.URL, with any credentials
//	err = sim.PutModelPackage(simulator.ModelPackage{ARN: "arn:aws:sagemaker:us-east-2:111122223333:model-package/m", ...})
//	// start a change set through the client, then
//	err = sim.Advance(time.Hour)
//
// # As a process
//
// The command in cmd/shelflife-simulator serves the same handler for programs in any language. It prints its address:
//
//	shelflife-simulator -file marketplace.db -events http://127.0.0.1:9000/hook &
//	curl -X PUT -H 'Content-Type: application/json' http://127.0.0.1:8787/_simulator/model-package \
//	    -d '{"ARN": "arn:aws:sagemaker:us-east-2:111122223333:model-package/m", "CertifyForMarketplace": true}'
//	aws --endpoint-url http://127.0.0.1:8787 --region us-east-1 marketplace-catalog start-change-set ...
//	curl -X POST -H 'Content-Type: application/json' http://127.0.0.1:8787/_simulator/advance -d '{"seconds": 3600}'
//
// # What is answered
//
// StartChangeSet, DescribeChangeSet, ListChangeSets, CancelChangeSet, DescribeEntity, BatchDescribeEntities, ListEntities,
// TagResource, UntagResource and ListTagsForResource for the entity types MachineLearningProduct@1.0 and Offer@1.0;
// DescribeModelPackage and DescribeAlgorithm. All eight change types of products are simulated, and those of public offers;
// change types that exist for private or contract offers are refused with the code that AWS documents. Resource policies,
// assessments and private offers are not simulated. Nothing is fetched: a logo or a custom EULA is judged by its URL.
//
// Requests must carry a SigV4 Authorization header scoped to aws-marketplace in us-east-1, or to sagemaker in the
// resource's region. The scope is checked, the signature is not.
//
// # Time
//
// The clock is simulated and stands still until Advance moves it, or Serve lets it run; Wait and Sleep wait for that. A change set is PREPARING, then APPLYING, then SUCCEEDED
// or FAILED, at instants set by Durations. Identifiers are derived from the seller and a running number, so that the same
// calls at the same simulated instants get the same bytes.
//
// # Reviews
//
// People look at every change of visibility. They approve it after Durations.Visibility, unless a fault makes them refuse.
// With Config.ReviewByHand they are yours to play: each waits until Approve or Refuse decides it, in any order, for 37 days
// at the most. AWS gives that as the longest time it takes and says nothing of a refusal by lapse of time, so what nobody
// has decided goes on as approved.
//
// # Events
//
// A change set that ends makes an event in the documented envelope, and an offer that is released one more. Subscribe hears
// of them in order, before the call that caused them returns; Events lists the latest thousand. Faults lose, double or
// delay them, as EventBridge may.
//
// # Quotas
//
// With Config.Quotas, calls beyond the documented rates of an account get ThrottlingException and have no effect; the Ledger
// counts them all the same. Rates are per second of simulated time, each operation's for itself, and no more than one
// second's worth is saved up. AWS publishes no rate for BatchDescribeEntities; 5 is assumed. The SageMaker calls have
// none. Somebody must move the clock, or a caller that retries is refused for ever. The 250 open change sets of an account
// are always counted.
//
// # Faults
//
// Inject makes calls fail before they have an effect, lose their answers after it, or change sets fail for reasons of AWS's
// own. A slow call takes effect at once and then moves the clock before it answers, so that the answer may be out of date
// when it arrives; a clock jump moves the clock first. Neither takes real time. A hanging call takes effect and is never
// answered: it waits for its caller to give up, while other calls go on. Use it with a client that has a time limit;
// httptest's Server.Close waits for it. Ledger tells what arrived and what came of it.
//
// # How it is known
//
// Answers lists what is answered, and of each answer whether AWS documents it, others have recorded it, programs of others
// rely on it, or it was assumed. docs/simulator.md shows the table.
//
// # Several sellers
//
// An access key of 12 digits is the account that calls; every other key stands for Config.Seller. Each seller sees its own
// products, offers, change sets and resources. They share the clock, the faults, the ledger and the list of events.
//
// # What it begins with, and what it keeps
//
// Plant adds resources, products and offers; answers of DescribeEntity, of AWS's own too, can be planted. With Config.Store
// the state outlives the process: a store is told of the records that have changed, before the answer.
//
// # Controls over HTTP
//
// They need no credentials, so listen on loopback. Writes need Content-Type application/json; they answer 200, or 400 with
// {"error": "..."}, or 500 when the state could not be written.
//
//	GET  /_simulator/               a page that shows what there is, moves the clock and plays the reviewer
//	GET  /_simulator/now            {"now": "2026-01-05T09:00:00Z"}
//	GET  /_simulator/wait?until=T   the same, once the clock has come to the instant T
//	POST /_simulator/seed           {"modelPackages": [...], "algorithms": [...], "entities": [...]}, the fields of Seed
//	GET  /_simulator/calls          {"calls": [...]}, the latest 200 without what they said
//	POST /_simulator/advance        {"seconds": 3600}
//	PUT  /_simulator/model-package  {"ARN": "...", "CertifyForMarketplace": true, ...}, the fields of ModelPackage
//	PUT  /_simulator/algorithm      the fields of Algorithm
//	POST /_simulator/faults         {"Kind": "throttle", "Operation": "StartChangeSet", "Times": 2}, the fields of Fault;
//	                                Delay is a number of nanoseconds
//	GET  /_simulator/reviews        {"reviews": [...]}, the fields of Review
//	POST /_simulator/reviews        {"changeSet": "...", "approve": true}, or {"changeSet": "...", "reason": "..."} to refuse
//	GET  /_simulator/events?after=0 {"events": [{"sequence": 1, "event": {...}}]}
//	GET  /_simulator/ledger         the fields of Ledger
package simulator
