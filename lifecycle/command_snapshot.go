package lifecycle

import "github.com/shelflife-go/shelflife/listing"

// Adopt starts the record of a listing that is on the marketplace already, for
// example one that was made in the portal. [Manager.Read] returns the snapshot.
// Nothing is sent.
//
// The state follows from the visibility: Limited is Test Product, Public is
// Live, Restricted is Unpublished. When a version was restricted, or the listing
// removed, the marketplace does not say; the instant of its last change is the
// latest possible, so that buyers are supported for no less than they are owed.
// The access roles of the versions stay empty, for they are never given back.
type Adopt struct {
	// Name is a name of the caller's own, as in [Create].
	Name string `json:"name,omitempty"`
	// Snapshot is what the marketplace has.
	Snapshot Snapshot `json:"snapshot"`
	// Buyers, when any are given, say that the listing is private and, if it is
	// Limited, Live: signed off, and for sale to them.
	Buyers []listing.AccountID `json:"buyers,omitempty"`
}

// Event returns EventAdoptLive, EventAdoptUnpublished or EventAdoptTest, as the
// visibility of the snapshot says.
func (c Adopt) Event() Event {
	switch {
	case c.Snapshot.Visibility == VisibilityRestricted:
		return EventAdoptUnpublished
	case c.Snapshot.Visibility == VisibilityPublic, len(c.Buyers) > 0:
		return EventAdoptLive
	}
	return EventAdoptTest
}

func (c Adopt) delta(Record) (Delta, bool) { //nolint:unparam // as Command has it
	if len(c.Buyers) == 0 {
		return Delta{}, false
	}
	visibility := listing.Private
	return Delta{Visibility: &visibility, Buyers: accounts(c.Buyers), AllowList: accounts(c.Buyers)}, false
}

// Reconcile takes what the marketplace has into the record, after somebody
// changed the product or the offer elsewhere: in the portal, for example. The
// entry holds the snapshot. What the marketplace never gives back, such as access
// roles, stays as the record has it, and no lock is loosened.
type Reconcile struct {
	// Snapshot is what the marketplace has, as [Manager.Read] returns it.
	Snapshot Snapshot `json:"snapshot"`
	// KeepDraft keeps the edits of a Draft or a Test Product that were not
	// submitted yet. The draft of a Live listing is always what the marketplace
	// has.
	KeepDraft bool `json:"keepDraft,omitempty"`
	// SignedOff says that a private listing, which the marketplace has as Limited
	// whether it is tested or for sale, is Live. One that is Live stays so.
	SignedOff bool `json:"signedOff,omitempty"`
}

// Event returns EventReconcileUnpublished, EventReconcileLive or
// EventReconcileTest, as the visibility of the snapshot and SignedOff say.
func (c Reconcile) Event() Event {
	switch {
	case c.Snapshot.Visibility == VisibilityRestricted:
		return EventReconcileUnpublished
	case c.Snapshot.Visibility == VisibilityPublic, c.SignedOff:
		return EventReconcileLive
	}
	return EventReconcileTest
}

func (Reconcile) delta(Record) (Delta, bool) { return Delta{}, false }

// eventOf returns the event of the command on the record. It differs from the
// command's own for the snapshot of a private listing that is Live: the
// marketplace has it as Limited, as it has one that is tested.
func eventOf(r Record, c Command) Event {
	if e := c.Event(); e != EventReconcileTest || r.State != Live || !isPrivate(r.Draft) {
		return e
	}
	return EventReconcileLive
}
