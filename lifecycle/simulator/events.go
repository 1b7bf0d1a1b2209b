package simulator

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

const (
	maxEvents  = 1000 // delivered events that are kept to be listed
	maxDelayed = 100  // events that DelayEvent holds back at a time
)

// Event is one event of EventBridge, as it was delivered.
type Event struct {
	// Sequence counts the deliveries from 1. An event that is delivered twice has two.
	Sequence uint64 `json:"sequence"`
	// Event is the envelope with its detail, as a rule on the default bus of the seller's account would pass it on.
	Event json.RawMessage `json:"event"`
}

// Events lists the latest 1,000 deliveries after the sequence number, in order; 0 is from the first one kept. What a fault
// has lost is not among them. Safe for concurrent use.
func (s *Simulator) Events(after uint64) []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.st.deliveredAfter(after)
}

func (st *state) deliveredAfter(after uint64) []Event {
	events := []Event{}
	for _, e := range st.Events {
		if e.Sequence > after {
			events = append(events, e)
		}
	}
	return events
}

// Subscribe calls f with each event from now on, one at a time and in order, until stop is called. The events of a call
// are passed on before it returns, unless f is at work on another one at the time; of more than 1,000 that wait, the oldest
// are lost. F may call the simulator, but must not keep or change the bytes. Safe for concurrent use.
func (s *Simulator) Subscribe(f func(event []byte)) (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subscribed++
	id := s.subscribed
	if s.subscribers == nil {
		s.subscribers = map[int]subscriber{}
	}
	s.subscribers[id] = subscriber{f, s.st.Delivered}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.subscribers, id)
	}
}

// subscriber gets the events after the one with the sequence number.
type subscriber struct {
	receive func(event []byte)
	after   uint64
}

// deliver passes on what was not yet. It is called without the lock, by whoever may have made events.
func (s *Simulator) deliver() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.delivering {
		return // whoever is at it goes on until nothing is left
	}
	s.delivering = true
	defer func() { s.delivering = false }()
	for {
		events := s.st.deliveredAfter(s.delivered)
		if len(events) == 0 {
			return
		}
		s.delivered = events[0].Sequence
		for id := 1; id <= s.subscribed; id++ {
			if sub, ok := s.subscribers[id]; ok && s.delivered > sub.after {
				s.unlocked(func() { sub.receive(events[0].Event) })
			}
		}
	}
}

// unlocked calls f without the lock and takes it again, however f ends: a failed test leaves it by runtime.Goexit.
func (s *Simulator) unlocked(f func()) {
	s.mu.Unlock()
	defer s.mu.Lock()
	f()
}

type envelope struct {
	Version    string   `json:"version"`
	ID         string   `json:"id"`
	DetailType string   `json:"detail-type"`
	Source     string   `json:"source"`
	Account    string   `json:"account"`
	Time       string   `json:"time"`
	Region     string   `json:"region"`
	Resources  []string `json:"resources"`
	Detail     any      `json:"detail"`
}

type changeSetDetail struct {
	RequestID     string `json:"requestId"`
	Catalog       string
	ChangeSetID   string `json:"ChangeSetId"`
	ChangeSetName string
	StartTime     string
	EndTime       string
	FailureCode   string `json:",omitempty"`
}

type offerDetail struct {
	RequestID string `json:"requestId"`
	Catalog   string `json:"catalog"`
	Offer     struct {
		ID   string `json:"id"`
		Arn  string `json:"arn"`
		Name string `json:"name"`
	} `json:"offer"`
	Product struct {
		ID    string `json:"id"`
		Arn   string `json:"arn"`
		Title string `json:"title"`
	} `json:"product"`
	Manufacturer            account  `json:"manufacturer"`
	SellerOfRecord          account  `json:"sellerOfRecord"`
	TargetedBuyerAccountIDs []string `json:"targetedBuyerAccountIds"`
}

type account struct {
	AccountID string `json:"accountId"`
	Name      string `json:"name"`
}

// announce makes the events of a change set that is terminal.
func (st *state) announce(cs *changeSet) {
	word := map[string]string{statusSucceeded: "Succeeded", statusFailed: "Failed", statusCancelled: "Cancelled"}[cs.Status]
	arn := fmt.Sprintf("arn:aws:aws-marketplace:us-east-1:%s:AWSMarketplace/ChangeSet/%s", cs.Seller, cs.ID)
	st.publish(cs.Seller, "Change Set "+word, arn, changeSetDetail{
		RequestID: st.eventID("request"), Catalog: "AWSMarketplace", ChangeSetID: cs.ID, ChangeSetName: cs.Name,
		StartTime: timestamp(cs.Start), EndTime: timestamp(cs.End), FailureCode: cs.FailureCode,
	})
	if cs.Status != statusSucceeded || cs.Intent == intentValidate {
		return
	}
	for _, c := range cs.Changes {
		if c.Type == releaseOffer {
			st.announceOffer(c.EntityID)
		}
	}
}

func (st *state) announceOffer(id string) {
	offer := st.Entities[id]
	product := st.Entities[offer.Offer.ProductID]
	seller := account{offer.Seller, "Seller " + offer.Seller}
	d := offerDetail{RequestID: st.eventID("request"), Catalog: "AWSMarketplace", Manufacturer: seller, SellerOfRecord: seller, TargetedBuyerAccountIDs: []string{}}
	d.Offer.ID, d.Offer.Arn, d.Offer.Name = offer.ID, offer.arn(), string(offer.Offer.Name)
	if product != nil && product.Product != nil {
		d.Product.ID, d.Product.Arn, d.Product.Title = product.ID, product.arn(), string(product.Product.Description.ProductTitle)
	}
	st.publish(offer.Seller, "Offer Released", d.Offer.Arn, d)
}

// publish delivers an event, as far as no fault stands in its way. What a fault holds back comes after the next one.
func (st *state) publish(seller, detailType, arn string, detail any) {
	body, err := json.Marshal(envelope{
		Version: "0", ID: st.eventID("event"), DetailType: detailType, Source: "aws.marketplacecatalog", Account: seller,
		Time: timestamp(st.Now), Region: "us-east-1", Resources: []string{arn}, Detail: detail,
	})
	if err != nil { // plain text and numbers: nothing here makes one
		return
	}
	fault := st.useFault(func(f Fault) bool { return f.ofEvent() })
	switch {
	case fault == nil:
		st.put(body)
	case fault.Kind == DuplicateEvent:
		st.put(body)
		st.put(body)
	case fault.Kind == DelayEvent && len(st.Delayed) >= maxDelayed:
		st.put(body)
	case fault.Kind == DelayEvent:
		st.Delayed = append(st.Delayed, body)
		return
	}
	for _, late := range st.Delayed {
		st.put(late)
	}
	st.Delayed = nil
}

func (st *state) put(body json.RawMessage) {
	st.Delivered++
	st.Events = append(st.Events, Event{st.Delivered, body})
	st.touch(numbered(keyEvent, st.Delivered))
	if more := len(st.Events) - maxEvents; more > 0 {
		for _, e := range st.Events[:more] {
			st.touch(numbered(keyEvent, e.Sequence))
		}
		st.Events = append([]Event{}, st.Events[more:]...)
	}
}

func (st *state) eventID(kind string) string {
	st.EventIDs++
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(fmt.Sprintf("%s/%s/%d", st.Seller, kind, st.EventIDs))).String()
}

func (st *state) checkEvents() error {
	var before uint64
	for i, e := range st.Events {
		if e.Sequence <= before || e.Sequence > st.Delivered || !isObject(e.Event) {
			return fmt.Errorf("field Events[%d] is not the next event", i)
		}
		before = e.Sequence
	}
	for i, e := range st.Delayed {
		if !isObject(e) {
			return fmt.Errorf("field Delayed[%d] is not an event", i)
		}
	}
	if len(st.Events) > maxEvents || len(st.Delayed) > maxDelayed {
		return fmt.Errorf("fields Events and Delayed hold more than %d and %d", maxEvents, maxDelayed)
	}
	return nil
}

func isObject(raw json.RawMessage) bool {
	return strings.HasPrefix(string(raw), "{") && json.Valid(raw)
}
