package markettest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

// complete is a market that is all that one can be, out of what was sent to it.
type complete struct {
	*lifecycletest.Market
	now func() time.Time

	mu          sync.Mutex
	ids         []string
	validations map[string]time.Time // start by name, which is the id as well
}

func validates(c lifecycle.Change) bool { return c.Kind == lifecycle.EventAddVersion }

func (m *complete) Validate(ctx context.Context, c lifecycle.Change) (string, error) {
	if !validates(c) {
		return "", errors.ErrUnsupported
	}
	if _, err := m.Identify(ctx, lifecycle.Entities{}); err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, started := m.validations[c.Name]; !started {
		m.validations = map[string]time.Time{c.Name: m.now()}
	}
	return c.Name, nil
}

func (m *complete) Find(ctx context.Context, name string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, validation := m.validations[name]; validation {
		return name, nil
	}
	return m.Market.Find(ctx, name)
}

func (m *complete) Follow(ctx context.Context, id string) (lifecycle.Status, error) {
	m.mu.Lock()
	start, validation := m.validations[id]
	m.mu.Unlock()
	if !validation {
		return m.Market.Follow(ctx, id)
	}
	status := lifecycle.Status{Result: lifecycle.Pending, StartedAt: start}
	if m.now().Sub(start) >= m.Takes {
		status.Result = lifecycle.Succeeded
	}
	return status, nil
}

func (m *complete) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	id, err := m.Market.Send(ctx, c)
	if err == nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.ids = append(m.ids, id)
	}
	return id, err
}

func (m *complete) Plan(c lifecycle.Change) (lifecycle.PlannedChangeSet, error) {
	if c.Before != nil && len(c.After.Listing.Versions) < len(c.Before.Listing.Versions) {
		return lifecycle.PlannedChangeSet{}, &lifecycle.Rejection{Problems: []lifecycle.Problem{{Code: "GONE", Message: "a version is gone"}}}
	}
	document, err := json.Marshal(c.After)
	planned := lifecycle.PlannedChange{Type: string(c.Kind), Entity: "Listing", Identifier: c.Entities.Product, Document: document}
	return lifecycle.PlannedChangeSet{Changes: []lifecycle.PlannedChange{planned}, Validates: validates(c)}, err
}

func (m *complete) Trace(ctx context.Context, c lifecycle.Change) (lifecycle.Traced, error) {
	if _, err := m.Identify(ctx, lifecycle.Entities{}); err != nil {
		return lifecycle.Traced{}, err
	}
	for i, sent := range m.Sent() {
		status, err := m.Follow(ctx, fmt.Sprintf("cs%d", i+1))
		if err == nil && sent.Before == nil && sent.Listing == c.Listing && status.Result == lifecycle.Succeeded {
			entities, err := m.Identify(ctx, status.Entities)
			return lifecycle.Traced{Entities: entities, Token: sent.Token}, err
		}
	}
	return lifecycle.Traced{}, lifecycle.ErrNotFound
}

const surveyed = 20 // ids a page

func (m *complete) Pending(ctx context.Context, page string) (changeSets []string, next string, err error) {
	if _, err := m.Identify(ctx, lifecycle.Entities{}); err != nil {
		return nil, "", err
	}
	m.mu.Lock()
	ids := slices.Clone(m.ids)
	m.mu.Unlock()
	from := 0
	if page != "" {
		if from, err = strconv.Atoi(page); err != nil {
			return nil, "", err
		}
	}
	for i := from; i < len(ids); i++ {
		if len(changeSets) == surveyed {
			return changeSets, strconv.Itoa(i), nil
		}
		status, err := m.Follow(ctx, ids[i])
		if err != nil {
			return nil, "", err
		}
		if status.Result == lifecycle.Pending {
			changeSets = append(changeSets, ids[i])
		}
	}
	return changeSets, "", nil
}

// Read plays back what was sent and succeeded.
func (m *complete) Read(ctx context.Context, product string) (lifecycle.Snapshot, error) {
	known := lifecycle.Entities{Product: product}
	if len(product) > len("prod-") {
		known.Offer = "offer-" + product[len("prod-"):]
	}
	e, err := m.Identify(ctx, known)
	if err != nil {
		return lifecycle.Snapshot{}, err
	}
	h := lifecycle.Snapshot{Entities: e, Visibility: lifecycle.VisibilityLimited, Released: true, ModifiedAt: m.now()}
	for i, c := range m.Sent() {
		status, err := m.Follow(ctx, fmt.Sprintf("cs%d", i+1))
		if err != nil {
			return lifecycle.Snapshot{}, err
		}
		if status.Result != lifecycle.Succeeded || status.Entities.Product != product {
			continue
		}
		h.Content = c.After
		switch {
		case c.Kind == lifecycle.EventUnpublish:
			h.Visibility = lifecycle.VisibilityRestricted
		case c.Kind == lifecycle.EventSignOff && c.After.Listing.Visibility != listing.Private:
			h.Visibility = lifecycle.VisibilityPublic
		}
	}
	h.Content.AllowList = append([]listing.AccountID{"999999999999"}, h.Content.AllowList...)
	h.Documents = map[string]json.RawMessage{"product": json.RawMessage(`{}`)}
	return h, nil
}
