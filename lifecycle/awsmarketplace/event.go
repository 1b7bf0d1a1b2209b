package awsmarketplace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// ErrEvent is an event that cannot be read.
var ErrEvent = errors.New("not an event of the marketplace")

// maxEvent bounds what is read: EventBridge takes no event of a mebibyte.
const maxEvent = 1 << 20

// EventKind is the detail type of an event.
type EventKind string

// The kinds of events that concern listings (seller guide, "Amazon EventBridge
// events"). Others are read as well, but wake nobody.
const (
	ChangeSetSucceeded EventKind = "Change Set Succeeded"
	ChangeSetFailed    EventKind = "Change Set Failed"
	ChangeSetCancelled EventKind = "Change Set Cancelled"
	OfferReleased      EventKind = "Offer Released"
)

// Event is what EventBridge tells of a change set or an offer. Events are a
// hint, not the truth: they may be missing, come twice, or in another order.
type Event struct {
	// ID is EventBridge's own id of the event; repetitions share it.
	ID string
	// Kind is the detail type.
	Kind EventKind
	// Account is the seller's account.
	Account string
	// At is when it happened, in UTC; zero if that is not said.
	At time.Time
	// ChangeSet and Name are those of the change set; empty for offers.
	ChangeSet, Name string
	// Fault reports a change set that the marketplace itself failed.
	Fault bool
	// Offer and Product are the ids, and Title is the product's, with
	// OfferReleased.
	Offer, Product, Title string
}

// Listing returns the id of the listing that the event is about; ok is false
// for events that do not name one: of change sets made in the portal, of offers,
// and of anything that does not come from the Catalog API.
func (e Event) Listing() (id uuid.UUID, ok bool) {
	switch e.Kind {
	case ChangeSetSucceeded, ChangeSetFailed, ChangeSetCancelled:
		return lifecycle.ListingOf(e.Name)
	}
	return uuid.Nil, false
}

// ParseEvent reads an event as EventBridge delivers it. Members that are
// unknown, missing or null are passed over, and so is everything of an event
// that comes from elsewhere but its id. The error matches [ErrEvent].
func ParseEvent(data []byte) (Event, error) {
	if len(data) > maxEvent {
		return Event{}, fmt.Errorf("%w: it has %d bytes, %d are allowed", ErrEvent, len(data), maxEvent)
	}
	var envelope struct {
		ID         string    `json:"id"`
		DetailType EventKind `json:"detail-type"`
		Source     string    `json:"source"`
		Account    string    `json:"account"`
		Time       string    `json:"time"`
		Detail     json.RawMessage
	}
	if err := json.Unmarshal(data, &envelope); err != nil {
		return Event{}, fmt.Errorf("%w: %w", ErrEvent, err)
	}
	e := Event{ID: envelope.ID}
	if envelope.Source != "aws.marketplacecatalog" {
		return e, nil
	}
	e.Kind, e.Account, e.At = envelope.DetailType, envelope.Account, instant(&envelope.Time)
	var detail struct {
		ChangeSetID   string `json:"ChangeSetId"`
		ChangeSetName string
		FailureCode   string
		Offer         struct{ ID string }
		Product       struct{ ID, Title string }
	}
	switch e.Kind {
	case ChangeSetSucceeded, ChangeSetFailed, ChangeSetCancelled, OfferReleased:
		if err := json.Unmarshal(envelope.Detail, &detail); err != nil {
			return Event{}, fmt.Errorf("%w: detail of %q: %w", ErrEvent, e.Kind, err)
		}
	}
	e.ChangeSet, e.Name, e.Fault = detail.ChangeSetID, detail.ChangeSetName, detail.FailureCode == "SERVER_FAULT"
	e.Offer, e.Product, e.Title = detail.Offer.ID, detail.Product.ID, detail.Product.Title
	return e, nil
}

// Wake advances the listing that the event is about, and ignores what is about
// none of the manager's. An offer that was released names no listing of ours: it
// wakes first submissions of that title. It may be called with the same event any number of
// times. An error means that the event is worth delivering again, unless it
// matches [ErrEvent].
//
// The role that the handler runs under needs what package policy writes for the
// commands, and nothing for EventBridge. Events get lost: sweep as well, if only once an hour.
func Wake(ctx context.Context, manager *lifecycle.Manager, event []byte) error {
	e, err := ParseEvent(event)
	if err != nil {
		return err
	}
	if e.Kind == OfferReleased {
		return wakeReleased(ctx, manager, e.Title)
	}
	id, ours := e.Listing()
	if !ours {
		return nil
	}
	if _, err := manager.Load(ctx, id); err != nil {
		if errors.Is(err, lifecycle.ErrNotFound) { // of another seller, or another store
			return nil
		}
		return err
	}
	_, err = manager.Advance(ctx, id)
	return err
}

// wakeReleased advances the first submissions under way that have the title. No
// other request releases an offer.
func wakeReleased(ctx context.Context, manager *lifecycle.Manager, title string) error {
	const page = 100
	var failures []error
	var after uuid.UUID
	for {
		records, err := manager.InFlight(ctx, after, page)
		if err != nil {
			return errors.Join(append(failures, err)...)
		}
		for _, r := range records {
			if r.Published == nil && r.Request.Target.Listing.Title == title {
				_, err := manager.Advance(ctx, r.ID)
				failures = append(failures, err)
			}
			after = r.ID
		}
		if len(records) < page {
			return errors.Join(failures...)
		}
	}
}
