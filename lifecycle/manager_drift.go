package lifecycle

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// Read returns what the marketplace has of the product: to look at, to [Adopt], or
// to [Reconcile] with. It returns errors that match [ErrForgotten] when the
// marketplace has no such product, [errors.ErrUnsupported] when it cannot be read,
// [ErrAnswer] when it answers with another product or what could not be kept, and
// otherwise those of [Manager.Advance].
func (m *Manager) Read(ctx context.Context, product string) (s Snapshot, err error) {
	ctx, op := m.begin(ctx, "Read", uuid.Nil, nil)
	defer op.end(&err)
	return m.read(ctx, product)
}

func (m *Manager) read(ctx context.Context, product string) (Snapshot, error) {
	s, err := m.market.Read(ctx, product)
	if errors.Is(err, ErrNotFound) {
		err = &unseenError{kind: ErrForgotten, cause: err}
	}
	return s, err
}

// Drift compares the listing's record with what the marketplace has, as [Compare]
// does. Nothing changes. While a request is under way either may be ahead of the
// other. It returns errors that match [ErrNotFound] when the seller has no such
// listing, or it was never submitted with success; otherwise those of
// [Manager.Read].
func (m *Manager) Drift(ctx context.Context, id uuid.UUID) (d Drift, err error) {
	ctx, op := m.begin(ctx, "Drift", id, nil)
	defer op.end(&err)
	r, _, err := m.load(ctx, id)
	if err != nil {
		return Drift{}, err
	}
	if r.Published == nil || r.Entities.Product == "" {
		return Drift{}, fmt.Errorf("listing %s: %w on the marketplace: it was never submitted with success", id, ErrNotFound)
	}
	s, err := m.read(ctx, r.Entities.Product)
	if err != nil {
		return Drift{}, fmt.Errorf("listing %s: %w", id, err)
	}
	return Compare(r, s, m.clock.Now())
}
