// Package lifecycle takes the listings of an AWS Marketplace seller through their
// lives: Draft, Submitted, Test Product, Live, Unpublished. The seller guide
// describes these under "Publishing your product".
//
// Say what a listing should be, and call Apply until nothing is left:
//
//	manager, err := lifecycle.New("111122223333", store, market)
//	…
//	want := lifecycle.Desired{Name: "invoice-extractor", Listing: document, Until: lifecycle.Live}
//	for {
//		applied, err := manager.Apply(ctx, manager.ID(want.Name), want)
//		if err != nil {
//			return err // every broken rule, or what the marketplace answered
//		}
//		if len(applied.Left) == 0 {
//			return nil
//		}
//		time.Sleep(applied.Wait)
//	}
//
// The process may be killed at any moment and started again: the name gives the
// same listing, and no request is sent twice.
//
// To test rules without a store, a marketplace or a mock, call Decide:
//
//	_, err := lifecycle.Decide(record, lifecycle.Submit{}, lifecycle.Input{At: time.Now(), Facts: facts})
//	errors.Is(err, version.RuleReleaseNotes) // whether this rule is broken
//
// # Commands
//
// A [Command] asks for one change of a listing, such as [Submit] or [AddVersion].
// [Decide] returns what to write, or a [*Refusal] with every rule that is broken.
// [Explain], [Available] and [Steps] return what would be refused. They do no I/O.
// [Transitions] lists the moves that exist, and [Rules] the rules that guard them.
// A [Policy] adds rules of your own. A rule that needs one of the [Facts] that is
// missing is reported as not checked.
//
// [Manager.Do] does the same with the stored record, and saves the result.
// [Manager.Apply] finds the commands, and gives them one after the other. Both may
// be repeated: see [Once], [IfRevision] and [ID]. [Manager.Plan] returns beforehand
// what would be sent, and [Manager.Validate] asks the marketplace about it.
//
// # Requests
//
// Most commands lead to a [Request]: one change set of the marketplace. It is saved
// with the command, before it is sent. [Manager.Advance] sends it, asks how it
// stands, and saves its [Outcome]: succeeded, failed or cancelled. One that did not
// succeed leaves the listing as it was. [Manager.Await] waits for the end, and
// [Manager.Sweep] advances all listings. A listing has one request at a time. Most
// take about an hour; a review by people may take 37 days.
//
// If an answer is lost, Advance finds the change set by its name, and sends it only
// if there is none. A request left unattended for 60 days is not sent again, because
// the marketplace may have deleted its change set.
//
// # Records
//
// A [Record] is everything that is known of a listing. Every change of it is an
// [Entry] of its journal; entries are never altered, and [Replay] makes the record
// from them. [Manager.Journal] returns those of one listing, [Manager.Feed] those of
// all, and an [Observer] is called with each after it was saved.
// An [OperationObserver] is told of every call, with the rules of a refusal and how long
// things took.
//
// [Calendar] returns every date that a listing owes something until or waits for, such
// as the end of support, as values, a table, JSON or a calendar file.
//
// A product can be changed elsewhere, such as in the portal. [Manager.Drift] lists
// the differences, [Reconcile] takes them into the record, and [Adopt] makes a record
// of a product that has none.
//
// # Errors
//
// Errors match rules with errors.Is, and errors.As finds the [*Refusal], the
// rule.Violations, the [*RequestError] of a request without success, or the
// [*Rejection] of one that the marketplace refused at once. Others match:
//
//   - [ErrNotFound], [ErrExists], [ErrStale]: no such listing, one too many, or it
//     has changed meanwhile;
//   - [ErrBusy], [ErrThrottled], [ErrUnavailable]: try later;
//   - [ErrForgotten], [ErrDenied] and, where more is known, [ErrCredentials] or
//     [ErrNotVerified]: a person must help;
//   - [ErrAnswer]: the marketplace answers what cannot be, and nothing of it was
//     written;
//   - [ErrConfig], [ErrKeyUsed], [ErrCursor], [ErrCannotKeep]: a fault of the call;
//   - [ErrJournal], [ErrUnreadable]: what is stored is damaged, or a newer release
//     wrote it.
//
// # Ports
//
// A [Store] keeps records: memstore in memory, sqlitestore in a file, pgstore in
// PostgreSQL, dynamostore in DynamoDB. A [Marketplace] carries out requests:
// awsmarketplace through the AWS SDK. What a marketplace cannot do returns an error
// that matches errors.ErrUnsupported. [Resources], [Sellers] and [Assets] supply facts,
// and may be left out.
//
// Times are UTC. A day is 24 hours.
package lifecycle
