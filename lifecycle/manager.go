package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// ErrConfig is a [Manager] that was asked for without something it needs.
var ErrConfig = errors.New("incomplete configuration")

// saveAttempts bounds how often a command is decided again because another
// process was faster.
const saveAttempts = 16

// Manager takes the listings of one seller through their lives. It keeps
// nothing in memory: every call reads the record, decides, and writes the next
// one, so any number of managers in any number of processes may work on the
// same listings. It is safe for concurrent use. Make one with [New].
type Manager struct {
	seller    listing.AccountID
	store     Store
	market    Marketplace
	resources Resources
	sellers   Sellers
	assets    Assets
	house     House
	clock     Clock
	log       *slog.Logger
}

// Option changes how a [Manager] works.
type Option func(*Manager)

// WithResources gives the manager a way to ask SageMaker. Without one, the
// rules on resources are reported as not checked.
func WithResources(r Resources) Option { return func(m *Manager) { m.resources = r } }

// WithSellers gives the manager what is known of the seller, for example a
// [SellerProfile]. Without it, the rules on sellers are reported as not
// checked.
func WithSellers(s Sellers) Option { return func(m *Manager) { m.sellers = s } }

// WithAssets gives the manager a way to look at logos and EULAs. Without one,
// the rules on their bytes are reported as not checked.
func WithAssets(a Assets) Option { return func(m *Manager) { m.assets = a } }

// WithHouse adds the caller's own rules to those of the marketplace.
func WithHouse(h House) Option { return func(m *Manager) { m.house = h } }

// WithClock replaces the machine's clock.
func WithClock(c Clock) Option { return func(m *Manager) { m.clock = c } }

// WithLogger makes the manager log each entry that it writes: ids, events and
// states, never documents. The default logs nothing.
func WithLogger(l *slog.Logger) Option { return func(m *Manager) { m.log = l } }

// New returns a manager for the listings of one seller. The error matches
// [ErrConfig], and [listing.AccountID] problems are among them.
func New(seller listing.AccountID, store Store, market Marketplace, options ...Option) (*Manager, error) {
	m := &Manager{seller: seller, store: store, market: market, clock: systemClock{}, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	for _, option := range options {
		option(m)
	}
	switch {
	case !seller.Valid():
		return nil, fmt.Errorf("%w: seller %q is not a twelve-digit account id", ErrConfig, rule.Shorten(string(seller)))
	case store == nil:
		return nil, fmt.Errorf("%w: no store: give one, such as memstore.New()", ErrConfig)
	case market == nil:
		return nil, fmt.Errorf("%w: no marketplace: give one, such as awsmarketplace.NewMarketplace(cfg)", ErrConfig)
	case m.clock == nil || m.log == nil:
		return nil, fmt.Errorf("%w: the clock or the logger is nil: leave the option out", ErrConfig)
	}
	return m, nil
}

// By names who asks, for the journal of one [Manager.Do].
func By(who string) DoOption { return func(f *Facts) { f.By = who } }

// DoOption changes one call of [Manager.Do].
type DoOption func(*Facts)

// Do decides a command and writes down what it leads to: the next record, its
// journal entries and, for most commands, a request. It sends nothing; that is
// what [Manager.Advance] and [Manager.Await] do. An error means that nothing
// was written, unless it comes from the store, which may not know.
//
// The decision tells, beside the record, what was advised and what could not be
// checked. It returns a [*Refusal] with every rule that the command breaks, and errors
// that match [ErrNotFound] when the seller has no such listing, [ErrExists] when
// one is created again, or [ErrStale] when other processes were faster again
// and again. A fact that cannot be had is not an error: its rules are reported
// as not checked.
func (m *Manager) Do(ctx context.Context, id uuid.UUID, c Command, options ...DoOption) (Decision, error) {
	c, ok := settled(c)
	if !ok {
		return Decision{}, &Refusal{Listing: id, Findings: notACommand()}
	}
	for range saveAttempts {
		r, err := m.subject(ctx, id, c)
		if err != nil {
			return Decision{}, err
		}
		facts := m.Facts(ctx, r, c)
		for _, option := range options {
			option(&facts)
		}
		if ctx.Err() != nil {
			return Decision{}, context.Cause(ctx)
		}
		d, err := Decide(r, c, facts, m.clock.Now())
		if err != nil {
			return Decision{}, err
		}
		switch err := m.save(ctx, d); {
		case err == nil:
			return d, nil
		case !errors.Is(err, ErrStale):
			return Decision{}, err
		}
	}
	return Decision{}, fmt.Errorf("listing %s: %s: %w: %d attempts were overtaken", id, c.Event(), ErrStale, saveAttempts)
}

// Explain returns all that Do would find about the command: what stands in its
// way, advice, and what could not be checked. Nothing changes. The error
// matches [ErrNotFound] when the seller has no such listing, or [ErrExists] when
// Create or Adopt is asked of one that exists.
func (m *Manager) Explain(ctx context.Context, id uuid.UUID, c Command) (rule.Findings, error) {
	c, ok := settled(c)
	if !ok {
		return notACommand(), nil
	}
	r, err := m.subject(ctx, id, c)
	if err != nil {
		return rule.Findings{}, err
	}
	facts := m.Facts(ctx, r, c)
	if ctx.Err() != nil { // or what could not be asked would pass for unknown
		return rule.Findings{}, context.Cause(ctx)
	}
	return Explain(r, c, facts, m.clock.Now()), nil
}

// Load returns the listing's record, or an error that matches [ErrNotFound].
func (m *Manager) Load(ctx context.Context, id uuid.UUID) (Record, error) {
	return m.store.Load(ctx, m.key(id))
}

// InFlight returns, like [Manager.List], the records with a request under way:
// those that are worth an [Manager.Advance].
func (m *Manager) InFlight(ctx context.Context, after uuid.UUID, limit int) ([]Record, error) {
	return m.store.List(ctx, Query{Seller: m.seller, After: after, Limit: limit, InFlight: true})
}

// List returns the seller's records with ids above after, in the order of
// their ids, limit at the most; limit is at least 1. The zero id starts at the
// beginning.
func (m *Manager) List(ctx context.Context, after uuid.UUID, limit int) ([]Record, error) {
	return m.store.List(ctx, Query{Seller: m.seller, After: after, Limit: limit})
}

// History returns the listing's whole journal, oldest entry first, or an
// error that matches [ErrNotFound].
func (m *Manager) History(ctx context.Context, id uuid.UUID) ([]Entry, error) {
	const page = 200
	var all []Entry
	for {
		after := int64(len(all))
		entries, err := m.store.Journal(ctx, m.key(id), after, page)
		if err != nil {
			return nil, err
		}
		all = append(all, entries...)
		if len(entries) < page {
			return all, nil
		}
	}
}

// subject is the record that the command is about. For Create and Adopt that is one
// with nothing but its names.
func (m *Manager) subject(ctx context.Context, id uuid.UUID, c Command) (Record, error) {
	r, err := m.store.Load(ctx, m.key(id))
	switch c.(type) {
	case Create, Adopt:
	default:
		return r, err
	}
	switch {
	case err == nil:
		return Record{}, fmt.Errorf("listing %s: %w: create another id", id, ErrExists)
	case !errors.Is(err, ErrNotFound):
		return Record{}, err
	}
	return Record{ID: id, Seller: m.seller}, nil
}

func (m *Manager) save(ctx context.Context, d Decision) error {
	if err := m.store.Save(ctx, d.Record, d.Entries); err != nil {
		return err
	}
	for _, e := range d.Entries {
		m.log.InfoContext(ctx, "listing", "id", d.Record.ID, "revision", e.Revision, "event", e.Event, "state", e.State)
	}
	return nil
}

func (m *Manager) key(id uuid.UUID) Key { return Key{Seller: m.seller, Listing: id} }
