package awsmarketplace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// ErrEvent is returned by [ParseEvent] and [Wake] for an event that cannot be
// read.
var ErrEvent = errors.New("not an event of the marketplace")

// maxEvent bounds what is read: EventBridge takes no event of a mebibyte.
const maxEvent = 1 << 20

// EventKind is the detail type of an event.
type EventKind string

// The kinds of events that [Wake] acts on (seller guide, "Amazon EventBridge
// events"). It ignores all others.
const (
	// ChangeSetSucceeded comes when a change set took effect.
	ChangeSetSucceeded EventKind = "Change Set Succeeded"
	// ChangeSetFailed comes when a change set was refused or went wrong.
	ChangeSetFailed EventKind = "Change Set Failed"
	// ChangeSetCancelled comes when a change set was cancelled.
	ChangeSetCancelled EventKind = "Change Set Cancelled"
	// OfferReleased comes when an offer was published.
	OfferReleased EventKind = "Offer Released"
)

// Event is an event of EventBridge about a change set or an offer. Do not rely on
// events alone: they may be lost, come twice, or come in another order.
type Event struct {
	// ID is EventBridge's id of the event. An event that comes again has the same
	// id.
	ID string
	// Kind is the detail type.
	Kind EventKind
	// Account is the seller's account.
	Account string
	// At is the time of the event in UTC; zero if the event has none.
	At time.Time
	// ChangeSet and Name are the id and the name of the change set; empty for an
	// offer.
	ChangeSet, Name string
	// Fault reports whether the change set failed by a fault of the marketplace,
	// not of the request.
	Fault bool
	// Offer and Product are the ids, and Title is the title of the product. They
	// are set if Kind is OfferReleased.
	Offer, Product, Title string
}

// Listing returns the id of the listing that the event is about. It returns false
// if the event names none: it is about an offer, about a change set that was not
// sent by this library, or not from the Catalog API.
func (e Event) Listing() (id uuid.UUID, ok bool) {
	switch e.Kind {
	case ChangeSetSucceeded, ChangeSetFailed, ChangeSetCancelled:
		return lifecycle.ListingOf(e.Name)
	}
	return uuid.Nil, false
}

// ParseEvent reads an event as EventBridge delivers it, of at most 1 MiB, or a
// notification of SNS that holds one. It ignores members that it does not know, and
// passes over those that are missing or null. Of an event that is not from the
// Catalog API, such as "aws.agreement-marketplace", it reads the id only. It returns
// an error that matches [ErrEvent] if data is no event: it has no source or no
// detail type.
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
	data, err := unwrap(data)
	if err == nil {
		err = json.Unmarshal(data, &envelope)
	}
	if err != nil {
		return Event{}, fmt.Errorf("%w: %w", ErrEvent, err)
	}
	if envelope.Source == "" || envelope.DetailType == "" {
		return Event{}, fmt.Errorf("%w: it has no source or no detail-type: give the event alone, without what it was delivered in", ErrEvent)
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
		if len(envelope.Detail) == 0 {
			break
		}
		if err := json.Unmarshal(envelope.Detail, &detail); err != nil {
			return Event{}, fmt.Errorf("%w: detail of %q: %w", ErrEvent, e.Kind, err)
		}
	}
	e.ChangeSet, e.Name, e.Fault = detail.ChangeSetID, detail.ChangeSetName, detail.FailureCode == "SERVER_FAULT"
	e.Offer, e.Product, e.Title = detail.Offer.ID, detail.Product.ID, detail.Product.Title
	return e, nil
}

// unwrap returns the event in a notification of SNS, which is how a queue gets it
// from a topic, and other data as it is.
func unwrap(data []byte) ([]byte, error) {
	var notification struct {
		Type    string
		Message string
	}
	if err := json.Unmarshal(data, &notification); err != nil || notification.Type == "" {
		return data, nil //nolint:nilerr // it is no notification; what else is wrong with it shows when it is read
	}
	if notification.Type != "Notification" {
		return nil, fmt.Errorf("a message of SNS of the type %q holds no event", rule.Shorten(notification.Type))
	}
	return []byte(notification.Message), nil
}

// Wake advances the listing that the event is about. It does nothing if the manager
// has no such listing, or the event is of another account than the manager's. An offer names no listing: if one was released, Wake
// advances the first submissions under way that have its title. Wake may be called
// any number of times with the same event. After an error, deliver the event
// again, unless the error matches [ErrEvent].
//
// Events may be lost: call [lifecycle.Manager.Sweep] as well, for example once an
// hour. The role that runs the handler needs what package policy writes for the
// commands, and nothing for EventBridge.
func Wake(ctx context.Context, manager *lifecycle.Manager, event []byte) error {
	e, err := ParseEvent(event)
	if err != nil {
		return err
	}
	if e.Account != "" && e.Account != string(manager.Seller()) {
		return nil
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
	var failures []error
	for s, err := range manager.Listings(ctx, lifecycle.Query{InFlight: true}) {
		if err == nil && s.Product == "" && s.Title == title {
			_, err = manager.Advance(ctx, s.ID)
		}
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}
