// Package lifecycle takes the listings of an AWS Marketplace seller through
// their lives: Draft → Submitted → Test Product → Live → Unpublished, as the
// seller guide describes them under "Publishing your product".
//
// # Deciding
//
// [Decide] is the heart of it, and pure: a [Record], a [Command], the [Facts]
// and an instant give a [Decision], or a [*Refusal] with every rule that stands
// in the way. [Explain] returns the same findings without deciding, [Can] a
// yes or no. None of them does I/O, so listing rules are unit-tested without a
// mock. One table, [Transitions], says which moves exist; the rules attached to
// a command's event say whether one may be made now; [Rules] lists them.
//
// # Doing
//
// A [Manager] does it for real. [Manager.Do] gathers facts from the ports,
// decides, and writes record, journal and request down in one compare-and-swap;
// it sends nothing. [Manager.Advance] then takes the request as far as it goes
// without waiting, and [Manager.Await] waits for its end:
//
//	decision, err := manager.Do(ctx, id, lifecycle.Submit{})
//	…
//	record, err := manager.Await(ctx, id) // about an hour
//
// Because a request is written down before it is sent, under a name and a
// token derived from listing, revision and content, a process may be killed at any
// instant: the next Advance, by whatever process, looks for the change set by
// its name and sends it only if there is none. A request that nobody has looked
// after for so long that the marketplace may have forgotten it is not sent again:
// what the marketplace has tells what came of it, or else a person must.
//
// [Manager.Plan] tells beforehand all that Do and Advance would lead to, and
// [Manager.Validate] asks the marketplace whether it would take it;
// [Manager.Sweep] advances every listing that has a request under way, in few
// calls.
//
// # What is there already
//
// [Manager.Read] gives back what a marketplace has of a product, [Adopt] makes a
// record of it, and [Manager.Drift] tells what was changed there behind the
// record's back. These need a marketplace that is a [Reader] as well.
//
// # What is under way
//
// A listing has one [Request] at the most. It is recorded, being sent, or
// followed, and ends in exactly one [Outcome]: succeeded, failed, or cancelled.
// Failed and cancelled requests leave the listing as it was. A sign-off or a
// removal is reviewed by people and may take up to 37 days.
//
// # History
//
// Every change of a record is an [Entry] in its journal. Entries are never
// altered, and [Replay] makes the record from them, byte for byte.
//
// # Ports
//
// A [Store] keeps records and journals: memstore in memory, sqlitestore in a
// file; storetest is the suite for others. A [Marketplace] carries requests out:
// awsmarketplace through the AWS SDK, which simulator answers offline; markettest
// is the suite for others. What a marketplace can do beside that is asked by type:
// [Planner], [Validator], [Reader], [Surveyor] and [Tracer]; awsmarketplace is all
// of them.
// [Resources], [Sellers] and [Assets] supply facts; each may be absent, and the
// rules that needed it are then reported as not checked. A [House] adds rules of
// your own.
//
// # Errors
//
// Rules match with [errors.Is], whatever layer an error comes from, and
// [errors.As] finds the whole [rule.Violations]. [ErrNotFound], [ErrExists] and
// [ErrStale] come from stores; [ErrBusy], [ErrThrottled], [ErrUnavailable] and
// [ErrDenied] from the marketplace; [ErrJournal] from a journal that does not
// add up.
//
// Times are UTC. Ninety days are 90 times 24 hours from the recorded instant, to
// the nanosecond.
package lifecycle
