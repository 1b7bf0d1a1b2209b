package lifecycletest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Market is a [lifecycle.Marketplace] in memory for unit tests: it takes every
// change and lets it succeed after Takes on its clock, unless told otherwise.
// It knows no rules of the marketplace; package simulator does. It is safe for
// concurrent use. Make one with [NewMarket].
type Market struct {
	clock lifecycle.Clock
	// Takes is how long a change set is pending. Set it before use.
	Takes time.Duration

	mu         sync.Mutex
	changeSets []*changeSet
	byToken    map[uuid.UUID]*changeSet
	faults     []error
	endings    []lifecycle.Status
	lost       int
}

type changeSet struct {
	id      string
	change  lifecycle.Change
	started time.Time
	ending  lifecycle.Status
}

// NewMarket returns a market on the clock whose change sets take an hour.
func NewMarket(clock lifecycle.Clock) *Market {
	return &Market{clock: clock, Takes: time.Hour, byToken: map[uuid.UUID]*changeSet{}}
}

// FailCalls makes the next calls, of whatever method, fail with the errors, in
// order, without effect.
func (m *Market) FailCalls(errs ...error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults = append(m.faults, errs...)
}

// LoseAnswers makes the next n sendings take effect and fail all the same,
// with [lifecycle.ErrUnavailable].
func (m *Market) LoseAnswers(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lost += n
}

// EndNext decides how the next change sets end, in order. Only Phase, Fault
// and Problems count.
func (m *Market) EndNext(endings ...lifecycle.Status) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.endings = append(m.endings, endings...)
}

// Sent returns every change that was taken, each once, in order.
func (m *Market) Sent() []lifecycle.Change {
	m.mu.Lock()
	defer m.mu.Unlock()
	changes := make([]lifecycle.Change, len(m.changeSets))
	for i, c := range m.changeSets {
		changes[i] = c.change
	}
	return changes
}

// Send takes the change, once for each token.
func (m *Market) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fault(ctx); err != nil {
		return "", err
	}
	set, known := m.byToken[c.Token]
	if !known {
		set = &changeSet{id: fmt.Sprintf("cs%d", len(m.changeSets)+1), change: c, started: m.clock.Now()}
		set.ending.Phase = lifecycle.PhaseSucceeded
		if len(m.endings) > 0 {
			set.ending, m.endings = m.endings[0], m.endings[1:]
		}
		m.byToken[c.Token] = set
		m.changeSets = append(m.changeSets, set)
	}
	if m.lost > 0 {
		m.lost--
		return "", fmt.Errorf("answer lost: %w", lifecycle.ErrUnavailable)
	}
	return set.id, nil
}

// Find finds a change set by name.
func (m *Market) Find(ctx context.Context, name string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fault(ctx); err != nil {
		return "", err
	}
	for _, set := range slices.Backward(m.changeSets) {
		if set.change.Name == name {
			return set.id, nil
		}
	}
	return "", fmt.Errorf("change set %q: %w", name, lifecycle.ErrNotFound)
}

// Follow reports the change set as pending until it has taken its time.
func (m *Market) Follow(ctx context.Context, id string) (lifecycle.Status, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fault(ctx); err != nil {
		return lifecycle.Status{}, err
	}
	set, err := m.find(id)
	if err != nil {
		return lifecycle.Status{}, err
	}
	status := set.ending
	status.StartedAt = set.started.UTC()
	end := status.StartedAt.Add(m.Takes)
	if status.Phase != lifecycle.PhaseCancelled && m.clock.Now().Before(end) {
		return lifecycle.Status{Phase: lifecycle.PhasePending, StartedAt: status.StartedAt}, nil
	}
	if status.Phase != lifecycle.PhaseCancelled {
		status.EndedAt = end
	}
	if status.Phase == lifecycle.PhaseSucceeded {
		status.Entities = entitiesAfter(set.change)
	}
	return status, nil
}

// Cancel cancels a change set that has not ended.
func (m *Market) Cancel(ctx context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fault(ctx); err != nil {
		return err
	}
	set, err := m.find(id)
	if err != nil {
		return err
	}
	if !m.clock.Now().Before(set.started.Add(m.Takes)) {
		return fmt.Errorf("change set %s has ended: %w", id, lifecycle.ErrTooLate)
	}
	set.ending = lifecycle.Status{Phase: lifecycle.PhaseCancelled, EndedAt: m.clock.Now().UTC()}
	return nil
}

// Identify raises both revisions by one, as if someone else had made a change.
func (m *Market) Identify(ctx context.Context, known lifecycle.Entities) (lifecycle.Entities, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fault(ctx); err != nil {
		return lifecycle.Entities{}, err
	}
	known.ProductRevision++
	known.OfferRevision++
	return known, nil
}

func (m *Market) find(id string) (*changeSet, error) {
	for _, set := range m.changeSets {
		if set.id == id {
			return set, nil
		}
	}
	return nil, fmt.Errorf("change set %s: %w", id, lifecycle.ErrNotFound)
}

func (m *Market) fault(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if len(m.faults) == 0 {
		return nil
	}
	err := m.faults[0]
	m.faults = m.faults[1:]
	return err
}

// entitiesAfter names what the change touched, and nothing else: the product
// always, the offer when it is new or its terms change.
func entitiesAfter(c lifecycle.Change) lifecycle.Entities {
	after := c.Entities
	first := after.Product == ""
	if first {
		short := c.Token.String()[:8]
		after.Product, after.Offer = "prod-"+short, "offer-"+short
	}
	after.ProductRevision++
	after.OfferRevision++
	after.DeliveryOptions = map[string]string{}
	for _, v := range c.After.Listing.Versions {
		after.DeliveryOptions[v.Number] = uuid.NewSHA1(uuid.Nil, []byte(after.Product+v.Number)).String()
	}
	if !first && c.Kind != lifecycle.EventUpdatePricing {
		after.Offer, after.OfferRevision = "", 0
	}
	return after
}
