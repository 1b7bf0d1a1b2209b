package lifecycle

import (
	"reflect"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// Command is what a seller asks for. The commands are the types of this
// package that end up in [Decide] and [Manager.Do]: [Create], [Adopt], [Edit], [Submit],
// [SignOff], [AddVersion], [UpdateVersion], [RestrictVersion],
// [UpdateInformation], [UpdatePricing], [UpdateAllowList], [Unpublish], [Cancel]
// and [EndSupport]. They are plain values; a pointer to one stands for what it
// points to.
type Command interface {
	// Event is the event in the table of transitions.
	Event() Event
	// content returns what the marketplace shall have afterwards, without the
	// complete rate card; ok is false for commands that tell it nothing.
	content(r Record) (c Content, ok bool)
}

// settled returns the command as a value of one of this package's types, and
// whether it is one. A pointer has the methods of a value, but the rules look
// for values.
func settled(c Command) (Command, bool) {
	if v := reflect.ValueOf(c); v.Kind() == reflect.Pointer && !v.IsNil() {
		c, _ = v.Elem().Interface().(Command)
	}
	switch c.(type) {
	case Create, Adopt, Edit, Submit, SignOff, AddVersion, UpdateVersion, RestrictVersion,
		UpdateInformation, UpdatePricing, UpdateAllowList, Unpublish, Cancel, EndSupport:
		return c, true
	}
	return nil, false
}

func notACommand() rule.Findings {
	return rule.Findings{Violations: rule.Violations{{Rule: RuleCommand, Problem: "there is no command", Remedy: RuleCommand.Remedy}}}
}

// Create starts a listing as a Draft. The document may be incomplete, but its
// visibility is chosen here for good.
type Create struct {
	// Listing is the document.
	Listing listing.Listing
}

// Edit replaces the document of a Draft, or of a Test Product that will be
// submitted again. It may be incomplete.
type Edit struct {
	// Listing is the whole document.
	Listing listing.Listing
}

// Submit asks for the preview (seller guide, step 5): of a Draft, or again of a
// Test Product after edits.
type Submit struct {
	// Testers are the accounts that may preview the listing beside the
	// seller's own, 100 at the most. Nil keeps those of the submission before.
	Testers []listing.AccountID
}

// SignOff takes a tested listing live (seller guide, "Signing off for
// publishing").
type SignOff struct{}

// AddVersion adds a version to a Live listing (seller guide, "Adding new
// versions").
type AddVersion struct {
	// Version is the new version, with usage information of its own.
	Version version.Version
	// Rates price the instance types that no version supported before.
	Rates pricing.RateCard
}

// UpdateVersion changes the details of a version of a Live listing.
type UpdateVersion struct {
	// Version is the whole version; Number names the one that it replaces.
	Version version.Version
}

// RestrictVersion hides a version of a Live listing from new buyers (seller
// guide, "Restricting versions").
type RestrictVersion struct {
	// Number is the version's.
	Number string
}

// UpdateInformation changes what buyers read of a Live listing.
type UpdateInformation struct {
	// Information, Promotion and Support replace those of the listing, whole.
	Information listing.Information
	Promotion   listing.Promotion
	Support     listing.Support
}

// UpdatePricing changes the offer of a Live listing.
type UpdatePricing struct {
	// Offer replaces the listing's offer, whole.
	Offer pricing.Offer
}

// UpdateAllowList changes the accounts that may preview a Live public listing,
// or buy a private one.
type UpdateAllowList struct {
	// Accounts is the whole list.
	Accounts []listing.AccountID
}

// Unpublish takes a Live listing off sale (seller guide, "Removing a product").
// Those who bought it keep it, and are supported for 90 days at least.
type Unpublish struct {
	// Email is where the marketplace can ask.
	Email string
	// Reason is why the listing is removed.
	Reason string
	// Replacement is the id of the seller's listing that takes its place; the
	// zero value is none.
	Replacement uuid.UUID
}

// Cancel asks to cancel the request that is under way. One that was not sent
// yet, or is held up by another change set, never will be. One that the
// marketplace has is cancelled if it still can be, and goes on otherwise. One
// whose answer is not known is found or sent first, so that it can be
// cancelled. Of one that the marketplace has forgotten, only the listing is
// released: look at the portal before you go on.
type Cancel struct{}

// EndSupport closes an Unpublished listing, 90 days after its removal at the
// earliest.
type EndSupport struct{}

// Event returns EventCreate.
func (Create) Event() Event { return EventCreate }

// Event returns EventEdit.
func (Edit) Event() Event { return EventEdit }

// Event returns EventSubmit.
func (Submit) Event() Event { return EventSubmit }

// Event returns EventSignOff.
func (SignOff) Event() Event { return EventSignOff }

// Event returns EventAddVersion.
func (AddVersion) Event() Event { return EventAddVersion }

// Event returns EventUpdateVersion.
func (UpdateVersion) Event() Event { return EventUpdateVersion }

// Event returns EventRestrictVersion.
func (RestrictVersion) Event() Event { return EventRestrictVersion }

// Event returns EventUpdateInformation.
func (UpdateInformation) Event() Event { return EventUpdateInformation }

// Event returns EventUpdatePricing.
func (UpdatePricing) Event() Event { return EventUpdatePricing }

// Event returns EventUpdateAllowList.
func (UpdateAllowList) Event() Event { return EventUpdateAllowList }

// Event returns EventUnpublish.
func (Unpublish) Event() Event { return EventUnpublish }

// Event returns EventCancel.
func (Cancel) Event() Event { return EventCancel }

// Event returns EventEndSupport.
func (EndSupport) Event() Event { return EventEndSupport }
