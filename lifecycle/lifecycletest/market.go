package lifecycletest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Market is a [lifecycle.Marketplace] in memory for unit tests: it takes every
// change and lets it succeed after Takes on its clock, unless told otherwise.
// It keeps the whole contract of the port, with locks and revisions, but knows
// no rules of the marketplace; package simulator does. It is safe for
// concurrent use. Make one with [NewMarket].
type Market struct {
	lifecycle.Unsupported

	clock lifecycle.Clock
	// Takes is how long a change set is pending. Set it before use.
	Takes time.Duration

	mu         sync.Mutex
	changeSets []*changeSet
	open       []*changeSet // those that may not have ended
	byID       map[string]*changeSet
	byName     map[string]*changeSet // the latest of a name
	byToken    map[uuid.UUID]*changeSet
	products   map[string]lifecycle.Entities
	faults     []error
	endings    []lifecycle.Status
	lost       int
}

type changeSet struct {
	id      string
	change  lifecycle.Change
	product string // empty for a first submission
	status  lifecycle.Status
	ending  lifecycle.Status
}

// NewMarket returns a market on the clock whose change sets take an hour.
func NewMarket(clock lifecycle.Clock) *Market {
	return &Market{
		clock: clock, Takes: time.Hour, products: map[string]lifecycle.Entities{},
		byID: map[string]*changeSet{}, byName: map[string]*changeSet{}, byToken: map[uuid.UUID]*changeSet{},
	}
}

// Put makes the market know a product and its offer, whatever it had of them:
// one that it did not make, or that somebody else has changed.
func (m *Market) Put(e lifecycle.Entities) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.settle()
	m.products[e.Product] = own(e)
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

// EndNext decides how the next change sets end, in order. Only Result, Fault
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
	for i, set := range m.changeSets {
		changes[i] = ownChange(set.change)
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
	m.settle()
	set, known := m.byToken[c.Token]
	if !known {
		if err := m.admit(c.Entities); err != nil {
			return "", err
		}
		set = m.take(c)
	}
	if m.lost > 0 {
		m.lost--
		return "", fmt.Errorf("answer lost: %w", lifecycle.ErrUnavailable)
	}
	return set.id, nil
}

// admit refuses what is not there, not the newest, or not free.
func (m *Market) admit(known lifecycle.Entities) error {
	if known.Product == "" {
		return nil
	}
	newest, exists := m.products[known.Product]
	if !exists {
		return &lifecycle.Rejection{Problems: []lifecycle.Problem{{Code: "NO_SUCH_PRODUCT", Message: "there is no product " + known.Product}}}
	}
	if known.ProductRevision != newest.ProductRevision || known.OfferRevision != newest.OfferRevision {
		return fmt.Errorf("%s: %w", known.Product, lifecycle.ErrStaleEntity)
	}
	for _, set := range m.open {
		if set.product == known.Product && set.status.Result == lifecycle.Pending {
			return &lifecycle.BusyError{Entity: known.Product, ChangeSet: set.id, Name: set.change.Name, Since: set.status.StartedAt}
		}
	}
	return nil
}

func (m *Market) take(c lifecycle.Change) *changeSet {
	c = ownChange(c)
	set := &changeSet{
		id: fmt.Sprintf("cs%d", len(m.changeSets)+1), change: c, product: c.Entities.Product,
		status: lifecycle.Status{Result: lifecycle.Pending, StartedAt: m.clock.Now().UTC()},
		ending: lifecycle.Status{Result: lifecycle.Succeeded},
	}
	if len(m.endings) > 0 {
		set.ending, m.endings = m.endings[0], m.endings[1:]
	}
	m.byID[set.id], m.byName[c.Name], m.byToken[c.Token] = set, set, set
	m.changeSets, m.open = append(m.changeSets, set), append(m.open, set)
	return set
}

// settle ends the change sets that have taken their time.
func (m *Market) settle() {
	m.open = slices.DeleteFunc(m.open, func(set *changeSet) bool { return set.status.Result != lifecycle.Pending })
	for _, set := range m.open {
		end := set.status.StartedAt.Add(m.Takes)
		if m.clock.Now().Before(end) {
			continue
		}
		started := set.status.StartedAt
		set.status = set.ending
		set.status.StartedAt, set.status.EndedAt = started, end
		if set.status.Result != lifecycle.Succeeded {
			continue
		}
		change := set.change
		if newest, exists := m.products[set.product]; exists { // somebody else may have changed it meanwhile
			change.Entities = newest
		}
		after, touched := entitiesAfter(change)
		m.products[after.Product] = after
		set.status.Entities = touched
	}
}

// Find finds a change set by name.
func (m *Market) Find(ctx context.Context, name string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fault(ctx); err != nil {
		return "", err
	}
	if set, found := m.byName[name]; found {
		return set.id, nil
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
	m.settle()
	status := set.status
	status.Problems = slices.Clone(status.Problems)
	status.Entities = own(status.Entities)
	return status, nil
}

// pendingPage is how many change sets a page of Pending has.
const pendingPage = 1000

// Pending returns the change sets that have not ended, in the order of their sending.
func (m *Market) Pending(ctx context.Context, page string) (changeSets []string, next string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fault(ctx); err != nil {
		return nil, "", err
	}
	m.settle()
	start := 0
	if page != "" {
		if start, err = strconv.Atoi(page); err != nil || start < 0 {
			return nil, "", fmt.Errorf("%q is no page", page)
		}
	}
	for _, set := range m.open {
		if set.status.Result == lifecycle.Pending {
			changeSets = append(changeSets, set.id)
		}
	}
	changeSets = changeSets[min(start, len(changeSets)):]
	if len(changeSets) > pendingPage {
		changeSets, next = changeSets[:pendingPage], strconv.Itoa(start+pendingPage)
	}
	return changeSets, next, nil
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
	m.settle()
	if set.status.Result != lifecycle.Pending {
		return fmt.Errorf("change set %s has ended: %w", id, lifecycle.ErrTooLate)
	}
	set.status.Result, set.status.EndedAt = lifecycle.Cancelled, m.clock.Now().UTC()
	return nil
}

// Identify tells the revisions and delivery options of a product.
func (m *Market) Identify(ctx context.Context, known lifecycle.Entities) (lifecycle.Entities, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fault(ctx); err != nil {
		return lifecycle.Entities{}, err
	}
	m.settle()
	for _, newest := range m.products {
		if known.Product != "" && newest.Product != known.Product || known.Offer != "" && newest.Offer != known.Offer {
			continue
		}
		if known.Product != "" {
			known.ProductRevision, known.DeliveryOptions = newest.ProductRevision, maps.Clone(newest.DeliveryOptions)
		}
		if known.Offer != "" {
			known.OfferRevision = newest.OfferRevision
		}
		return known, nil
	}
	if known.Product == "" && known.Offer == "" {
		return known, nil
	}
	return lifecycle.Entities{}, fmt.Errorf("%s %s: %w", known.Product, known.Offer, lifecycle.ErrNotFound)
}

func (m *Market) find(id string) (*changeSet, error) {
	if set, found := m.byID[id]; found {
		return set, nil
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

// entitiesAfter names the product and the offer once the change is made, and of
// them what it touched: the product always, the offer when it is new or its
// terms change.
func entitiesAfter(c lifecycle.Change) (after, touched lifecycle.Entities) {
	after = c.Entities
	first := after.Product == ""
	if first {
		short := c.Token.String()[:8]
		after.Product, after.Offer = "prod-"+short, "offer-"+short
	}
	after.ProductRevision++
	after.DeliveryOptions = map[string]string{}
	for _, v := range c.After.Listing.Versions {
		if known := c.Entities.DeliveryOptions[v.Number]; known != "" {
			after.DeliveryOptions[v.Number] = known
			continue
		}
		after.DeliveryOptions[v.Number] = uuid.NewSHA1(uuid.Nil, []byte(after.Product+v.Number)).String()
	}
	if first || c.Kind == lifecycle.EventUpdatePricing {
		after.OfferRevision++
		return after, own(after)
	}
	touched = own(after)
	touched.Offer, touched.OfferRevision = "", 0
	return after, touched
}

// own returns a copy that shares nothing with e.
func own(e lifecycle.Entities) lifecycle.Entities {
	e.DeliveryOptions = maps.Clone(e.DeliveryOptions)
	return e
}

func ownChange(c lifecycle.Change) lifecycle.Change {
	c.Entities = own(c.Entities)
	if c.Before != nil {
		before := c.Before.Clone()
		c.Before = &before
	}
	c.After = c.After.Clone()
	return c
}
