// Package dynamostore keeps records and their journals in one DynamoDB table. Any
// number of processes on any number of machines may use it, for any number of
// sellers.
//
//	cfg, err := config.LoadDefaultConfig(ctx)
//	…
//	store, err := dynamostore.New(dynamodb.NewFromConfig(cfg), "listings")
//	…
//	manager, err := lifecycle.New(seller, store, market)
//
// # The table
//
// [CloudFormation] returns a template of the table, and [CreateTable] makes the same
// one: paid by the request, encrypted, protected against deletion, with point-in-time
// recovery. It has the string keys "pk" and "sk" and no index. Keep nothing else in
// it.
//
// To restore it, stop all processes, let DynamoDB restore it to an instant under another
// name, and give that name to [New]. Choose an instant at which nothing was being saved:
// of a transaction that was under way, DynamoDB may restore a part.
//
// # What is promised
//
// A [Store] passes the suite in package storetest. A Save is one transaction of
// DynamoDB under the condition that the record has the revision that the Write is
// based on: it is carried out whole or not at all, and once it has returned, every
// call that begins afterwards sees it. All reads are strongly consistent. There is no
// secondary index, because those lag behind: small items, written in the same
// transaction, take their place.
//
// DynamoDB carries the writes of one transaction out one after another. While a Save is
// under way, another process may see one of its items before the others. Each call
// recognizes that and reads again, so that it has the whole of a Save or nothing of it:
// the journal and the feed have no gaps, and the bodies that a head names are
// there. For that moment only, a list may be one revision behind a Load, and both behind
// the end of a feed.
//
// The Saves of one seller are carried out one after another, so that its feed has an
// order that readers can rely on. Within one process they queue up. Those of different
// processes that meet are repeated, after a pause of random length. A Save is two calls:
// where a call takes 10 milliseconds, a seller has room for 50 Saves in a second. Sellers
// do not get in each other's way.
//
// # Sizes
//
// DynamoDB takes 400 KB in an item, and 100 items and 4 MB in a transaction.
//
//   - A head has at most 400,000 bytes, as in every store.
//   - A version or an entry that is too large for an item is put in chunks of 380,000
//     bytes first, under a key that no other Save uses; the transaction writes where they
//     are. A Save that is refused removes its chunks. A process that stops before, or an
//     outcome that is not known, leaves chunks that nothing points at: they cost storage
//     only.
//   - A step writes at most 13 items and one for each version that it adds, changes or
//     removes: so 87 versions in one step, and some more where less else changes. One
//     with more items is refused with [lifecycle.ErrCannotKeep] before anything is
//     written: change the versions in several steps.
//
// # Errors
//
//   - [ErrNoTable]: there is no such table.
//   - [lifecycle.ErrUnavailable]: DynamoDB refused for longer than the busy timeout what
//     may succeed later: a conflict between transactions, a fault of the server, a
//     connection that was cut. Try again. See [WithBusyTimeout].
//   - [lifecycle.ErrThrottled]: the same, since there were too many calls. It comes with
//     ErrUnavailable.
//   - [lifecycle.ErrDenied]: the policy lacks an action; the error names it. See
//     [Policy].
//   - [lifecycle.ErrCredentials]: the credentials are wrong or have expired.
//   - [lifecycle.ErrCannotKeep]: see Sizes; also an instant outside the years 0 to 9999,
//     and text that is not UTF-8.
//   - [lifecycle.ErrUnreadable]: an item was written by a newer release, or changed by
//     another program; the error names it.
//
// All others are those that the contract of [lifecycle.Store] names, and those of the
// SDK, wrapped. No error has a part of a document in its text.
//
// A call that DynamoDB refuses for the moment is repeated by the store, with pauses that
// double from 20 milliseconds to one second, each cut at random. The SDK's own repetition
// is turned off for these calls. A transaction whose answer was lost is repeated with the
// token that it had, so that it takes effect once.
//
// # Permissions
//
// Every partition key begins with the seller's account id and "#". [Policy] returns
// the least policy for one seller: a process that has it can neither read nor write
// what belongs to another seller, whatever it asks for. One that serves all sellers needs
// the same actions without the condition. [CreateTable] needs dynamodb:CreateTable,
// dynamodb:DescribeTable and dynamodb:UpdateContinuousBackups. Where the table is
// encrypted with a key of your own, kms:Decrypt on that key is needed besides.
//
// # What it costs
//
// Assumed: on-demand prices of US East (N. Virginia) of 0.625 dollars for a million
// write units and 0.125 dollars for a million read units, as AWS published them in 2025; a
// document as in package lifecycletest. A test counts the units as AWS documents them:
//
//	                            write units   read units
//	Create                               24            5
//	Edit                                 16            3
//	Submit                               20            4
//	AddVersion                        22–24            3
//	Await, a request to its end       42–52           28
//	Load                                  0            1
//	List of what is in flight             0            1
//
// A listing's year with ten edits and twelve versions, loaded once a day, is 1,140 write
// units and 840 read units: 0.0008 dollars. A sweep every five minutes is 105,000 read
// units a year, 0.013 dollars, once for each seller. Larger documents cost more in
// proportion: a write unit is 1 KB in a transaction for half, a read unit 4 KB.
// Storage is 0.25 dollars for a GB and month, and point-in-time recovery 0.20 dollars.
//
// # Inside
//
// S stands for the seller's account id and ID for that of the listing.
//
//	pk              sk              what it is
//	S#listings      ID              revision, and what lists show
//	S#listing#ID    head            the head of the record, as JSON
//	S#listing#ID    part#DIGEST     the body of a version, as JSON
//	S#listing#ID    entries#N       the entries of one Save, which ended with revision N
//	S#listing#ID    chunk#…         a piece of a body or of entries
//	S#feed          N               the Save with the number N
//	S#feed          counter         the number of the latest Save
//	S#inflight      ID              a listing in flight, and when it is due
//	S#unsuccessful  ID              a listing whose latest request ended without success
//	S#name#HASH     ID              a listing with the name
//	S#title#HASH    ID              a listing with the title
//	S#product#HASH  product         the listing that has the product
//
// A list of one state alone reads the summaries of all listings of the seller. Every item
// has the number of its format, so that an older release refuses what it does not know.
// Look at the table as you like; leave writing to this package.
package dynamostore
