package lifecycle

import (
	"reflect"
	"slices"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// Command is what a seller asks for: a value of one of the types [Create],
// [Adopt], [Edit], [Discard], [Submit], [SignOff], [AddVersion], [UpdateVersion],
// [RestrictVersion], [UpdateInformation], [UpdatePricing], [UpdateAllowList],
// [Unpublish], [Cancel], [Reconcile] and [EndSupport], or a pointer to one.
// [Commands] lists them; [EncodeCommand] and [DecodeCommand] are the JSON of one.
type Command interface {
	// Event is the event in the table of transitions.
	Event() Event
	// delta returns what the command changes of the record's document, and
	// whether the marketplace has to be asked for it.
	delta(r Record) (d Delta, requests bool)
}

// settled returns the command as a value of one of this package's types, and
// whether it is one. A pointer has the methods of a value, but the rules look
// for values.
func settled(c Command) (Command, bool) {
	if v := reflect.ValueOf(c); v.Kind() == reflect.Pointer && !v.IsNil() {
		c, _ = v.Elem().Interface().(Command)
	}
	known := slices.ContainsFunc(commands, func(f reflect.StructField) bool { return f.Type.Elem() == reflect.TypeOf(c) })
	if !known {
		return nil, false
	}
	return c, true
}

// RuleCommand is broken by what is no command, such as nil.
var RuleCommand = rule.Rule{ID: "command.known", Severity: rule.Must,
	Statement: "what is asked for is one of the commands",
	Remedy:    "give a value of one of this package's command types",
	Sources:   rule.Sources{Judgement: "this library needs it"}}

func notACommand() rule.Findings {
	return rule.Findings{Violations: rule.Violations{{Rule: RuleCommand, Problem: "there is no command", Remedy: RuleCommand.Remedy}}}
}

// Create starts a listing as a Draft. The document may be incomplete, but its
// visibility is chosen here for good.
type Create struct {
	// Name is a name of the caller's own, at most 128 characters; the listing's id is
	// then the one that [ID] makes of it. Empty for none.
	Name string `json:"name,omitempty"`
	// Listing is the document.
	Listing listing.Listing `json:"listing"`
}

// Event returns EventCreate.
func (Create) Event() Event { return EventCreate }

func (c Create) delta(Record) (Delta, bool) { return deltaOf(listing.Listing{}, c.Listing), false }

// Edit replaces the document of a Draft, or of a Test Product that will be
// submitted again. It may be incomplete.
type Edit struct {
	// Listing is the whole document.
	Listing listing.Listing `json:"listing"`
}

// Event returns EventEdit.
func (Edit) Event() Event { return EventEdit }

func (c Edit) delta(r Record) (Delta, bool) { return deltaOf(r.Draft, c.Listing), false }

// Discard gives up a Draft that was never submitted with success. Its journal
// stays; the listing is in no list any more, and can be created again.
type Discard struct{}

// Event returns EventDiscard.
func (Discard) Event() Event { return EventDiscard }

func (Discard) delta(Record) (Delta, bool) { return Delta{}, false }

// Submit asks for the preview (seller guide, step 5): of a Draft, or again of a
// Test Product after edits.
type Submit struct {
	// Testers are the accounts that may preview the listing beside the
	// seller's own, 100 at the most. Nil keeps those of the submission before.
	Testers []listing.AccountID `json:"testers,omitempty"`
}

// Event returns EventSubmit.
func (Submit) Event() Event { return EventSubmit }

func (c Submit) delta(r Record) (Delta, bool) {
	var d Delta
	if c.Testers != nil {
		d.allow(r, c.Testers)
	}
	return d, true
}

// SignOff takes a tested listing live (seller guide, "Signing off for
// publishing").
type SignOff struct{}

// Event returns EventSignOff.
func (SignOff) Event() Event { return EventSignOff }

// A private listing goes live by opening to its named buyers, and to nobody
// else: those who only tested it lose sight of it.
func (SignOff) delta(r Record) (Delta, bool) {
	var d Delta
	if isPrivate(r.Draft) {
		d.allow(r, r.Draft.Buyers)
	}
	return d, true
}

// AddVersion adds a version to a Live listing (seller guide, "Adding new
// versions").
type AddVersion struct {
	// Version is the new version, with usage information of its own.
	Version version.Version `json:"version"`
	// Rates price the instance types that no version supported before.
	Rates pricing.RateCard `json:"rates,omitempty"`
}

// Event returns EventAddVersion.
func (AddVersion) Event() Event { return EventAddVersion }

func (c AddVersion) delta(r Record) (Delta, bool) {
	d := Delta{Versions: []version.Version{c.Version.Clone()}}
	if r.Draft.Offer != nil {
		for dimension, price := range c.Rates {
			if old, stated := r.Draft.Offer.Rates[dimension]; !stated || old != price {
				d.rate(dimension, price)
			}
		}
	}
	return d, true
}

// UpdateVersion changes the details of a version of a Live listing.
type UpdateVersion struct {
	// Version is the whole version; Number names the one that it replaces.
	Version version.Version `json:"version"`
}

// Event returns EventUpdateVersion.
func (UpdateVersion) Event() Event { return EventUpdateVersion }

func (c UpdateVersion) delta(r Record) (Delta, bool) {
	before, known := r.Draft.Version(c.Version.Number)
	if !known || before.Equal(c.Version) {
		return Delta{}, true
	}
	return Delta{Versions: []version.Version{c.Version.Clone()}}, true
}

// RestrictVersion hides a version of a Live listing from new buyers (seller
// guide, "Restricting versions").
type RestrictVersion struct {
	// Number is the version's.
	Number string `json:"number"`
}

// Event returns EventRestrictVersion.
func (RestrictVersion) Event() Event { return EventRestrictVersion }

func (c RestrictVersion) delta(r Record) (Delta, bool) {
	if v, known := r.Draft.Version(c.Number); !known || v.Status == version.Restricted {
		return Delta{}, true
	}
	return Delta{Restricted: []string{c.Number}}, true
}

// UpdateInformation changes what buyers read of a Live listing.
type UpdateInformation struct {
	// Information, Promotion and Support replace those of the listing, whole.
	Information listing.Information `json:"information"`
	Promotion   listing.Promotion   `json:"promotion"`
	Support     listing.Support     `json:"support"`
}

// Event returns EventUpdateInformation.
func (UpdateInformation) Event() Event { return EventUpdateInformation }

func (c UpdateInformation) delta(r Record) (Delta, bool) {
	after := r.Draft
	after.Information, after.Promotion, after.Support = c.Information, c.Promotion, &c.Support
	return deltaOf(r.Draft, after), true
}

// UpdatePricing changes the offer of a Live listing.
type UpdatePricing struct {
	// Offer replaces the listing's offer, whole.
	Offer pricing.Offer `json:"offer"`
}

// Event returns EventUpdatePricing.
func (UpdatePricing) Event() Event { return EventUpdatePricing }

func (c UpdatePricing) delta(r Record) (Delta, bool) {
	var d Delta
	d.offer(r.Draft.Offer, c.Offer)
	return d, true
}

// UpdateAllowList changes the accounts that may preview a Live public listing,
// or buy a private one.
type UpdateAllowList struct {
	// Accounts is the whole list.
	Accounts []listing.AccountID `json:"accounts"`
}

// Event returns EventUpdateAllowList.
func (UpdateAllowList) Event() Event { return EventUpdateAllowList }

func (c UpdateAllowList) delta(r Record) (Delta, bool) {
	var d Delta
	d.allow(r, c.Accounts)
	if isPrivate(r.Draft) {
		d.Buyers = accounts(c.Accounts)
	}
	return d, true
}

// allow sets the allow-list, unless it is what the marketplace has already.
func (d *Delta) allow(r Record, list []listing.AccountID) {
	if r.Published == nil || !slices.Equal(r.Published.AllowList, list) {
		d.AllowList = accounts(list)
	}
}

// Unpublish takes a Live listing off sale (seller guide, "Removing a product").
// Those who bought it keep it, and are supported for 90 days at least.
type Unpublish struct {
	// Email is where the marketplace can ask.
	Email string `json:"email"`
	// Reason is why the listing is removed.
	Reason string `json:"reason"`
	// Replacement is the id of the seller's listing that takes its place; the
	// zero value is none.
	Replacement uuid.UUID `json:"replacement"`
}

// Event returns EventUnpublish.
func (Unpublish) Event() Event { return EventUnpublish }

func (Unpublish) delta(Record) (Delta, bool) { return Delta{}, true }

// Cancel asks to cancel the request that is under way. A request that was not sent
// yet, or that waits for another change set to end, is never sent. A request that
// the marketplace has is cancelled if that is still possible, and goes on
// otherwise. If it is not known whether the marketplace has it, it is found or sent
// first, and then cancelled. If the marketplace has forgotten it, the request ends
// without a known outcome: look at the portal before you go on.
type Cancel struct{}

// Event returns EventCancel.
func (Cancel) Event() Event { return EventCancel }

func (Cancel) delta(Record) (Delta, bool) { return Delta{}, false }

// EndSupport closes an Unpublished listing, 90 days after its removal at the
// earliest.
type EndSupport struct{}

// Event returns EventEndSupport.
func (EndSupport) Event() Event { return EventEndSupport }

func (EndSupport) delta(Record) (Delta, bool) { return Delta{}, false }
