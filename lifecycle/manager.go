package lifecycle

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

var (
	// ErrConfig is returned when a required argument of [New] is missing, or an
	// option is nil or makes no sense.
	ErrConfig = errors.New("incomplete configuration")
	// ErrKeyUsed is returned by [Manager.Do] when another command was accepted
	// under the key of [Once].
	ErrKeyUsed = errors.New("key was used for another command")
)

// saveAttempts bounds how often a command is decided again because another
// process was faster.
const saveAttempts = 16

// Manager takes the listings of one seller through their lives. Every call reads the
// record, decides, and writes the next one, so any number of managers in any number of
// processes may work on the same listings. It remembers only what may be lost: decoded
// versions, at most 64 MiB of them, which never change, and where its last sweep had to
// stop. It is safe for concurrent use. Make one with [New].
type Manager struct {
	seller     listing.AccountID
	store      Store
	market     Marketplace
	resources  Resources
	sellers    Sellers
	assets     Assets
	given      Facts
	policy     Policy
	clock      Clock
	log        *slog.Logger
	observers  []Observer
	operations []OperationObserver
	recent     *recent
	stopped    *mark // where the last sweep had to stop
}

// Observer is told of every entry after it was saved, with the summary of the
// listing after the last of them. It is called in the goroutine that saved; what
// takes long belongs into another. It is not called for what other processes
// save: see [Manager.Feed].
type Observer func(ctx context.Context, s Summary, e Entry)

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

// WithFacts gives the manager facts that are known beforehand, such as that the
// caller may work with change sets. They are not asked for.
func WithFacts(f Facts) Option { return func(m *Manager) { m.given = f } }

// WithPolicy adds the caller's own rules to those of the marketplace.
func WithPolicy(p Policy) Option { return func(m *Manager) { m.policy = p } }

// WithClock replaces the machine's clock, [SystemClock].
func WithClock(c Clock) Option { return func(m *Manager) { m.clock = c } }

// WithLogger makes the manager log each entry that it writes, at level Info, and
// each look at the marketplace that failed, at level Warn: ids, events, states and
// errors, never documents. The default logs nothing.
func WithLogger(l *slog.Logger) Option { return func(m *Manager) { m.log = l } }

// WithObserver makes the manager tell the observer of every entry that it saves. Each
// one that is given is told, in the order of the options; nil is none.
func WithObserver(o Observer) Option {
	return func(m *Manager) {
		if o != nil {
			m.observers = append(m.observers, o)
		}
	}
}

// New returns a manager for the listings of one seller. It returns an error that
// matches [ErrConfig] when something is missing, an option is nil, or the policy
// has a check without a function.
func New(seller listing.AccountID, store Store, market Marketplace, options ...Option) (*Manager, error) {
	m := &Manager{seller: seller, store: store, market: market, clock: SystemClock{}, recent: &recent{}, stopped: &mark{}, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	for i, option := range options {
		if option == nil {
			return nil, fmt.Errorf("%w: option %d is nil: leave it out", ErrConfig, i)
		}
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
	if err := m.policy.validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	m.market = judged{market, m.clock.Now}
	return m, nil
}

// With returns a manager that differs from m in its store alone: in one that is
// bound to a transaction of the caller's, for example. What the manager saves is
// there once the transaction is committed; the observer is told before that.
func (m *Manager) With(store Store) *Manager {
	bound := *m
	bound.store = store
	return &bound
}

// Now returns the instant of the manager's clock, in UTC.
func (m *Manager) Now() time.Time { return instant(m.clock.Now()) }

// Seller returns the account whose listings the manager takes care of.
func (m *Manager) Seller() listing.AccountID { return m.seller }

// ID returns the id of the seller's listing with the name: see [ID].
func (m *Manager) ID(name string) uuid.UUID { return ID(m.seller, name) }

// DoOption changes one call of [Manager.Do].
type DoOption func(*doing)

type doing struct {
	by       string
	given    Facts
	once     string
	revision *int64
	retry    bool
}

// By names who asks, for the journal: on one line of at most 256 characters.
func By(who string) DoOption { return func(o *doing) { o.by = who } }

// Once makes it safe to ask for a command again, after a crash or a lost answer:
// the first call under the key is carried out, every later one returns the
// decision of then and writes nothing. A listing remembers its last 32 keys. A key
// has at most 128 bytes of UTF-8, without characters that cannot be seen; the empty
// key is none. Any other is an error that matches [ErrConfig].
func Once(key string) DoOption { return func(o *doing) { o.once = key } }

// IfRevision makes the command fail with an error that matches [ErrStale] unless
// the record has the revision: nothing has changed since it was read. 0 is a
// listing that does not exist.
func IfRevision(revision int64) DoOption { return func(o *doing) { o.revision = &revision } }

// GivenFacts gives facts that are known beforehand. They are not asked for.
func GivenFacts(f Facts) DoOption { return func(o *doing) { o.given = f } }

// Retry makes [Manager.Apply] ask once more for what has ended without success.
func Retry() DoOption { return func(o *doing) { o.retry = true } }

func optionsOf(options []DoOption) (doing, error) {
	var o doing
	for i, option := range options {
		if option == nil {
			return doing{}, fmt.Errorf("%w: option %d is nil: leave it out", ErrConfig, i)
		}
		option(&o)
	}
	if len(o.once) > maxKey {
		return doing{}, fmt.Errorf("%w: the key of Once has %d bytes, %d are allowed", ErrConfig, len(o.once), maxKey)
	}
	if !utf8.ValidString(o.once) || rule.HasInvisible(o.once) || strings.ContainsFunc(o.once, unicode.IsControl) {
		return doing{}, fmt.Errorf("%w: the key of Once is %q: give one that is UTF-8, and has only what can be seen", ErrConfig, o.once)
	}
	return o, nil
}

// Do decides a command and writes down what it leads to: the next record, its
// journal entries and, for most commands, a request. It sends nothing; that is
// what [Manager.Advance] and [Manager.Await] do. An error means that nothing
// was written, unless it comes from the store, which may not know: ask again with
// the same [Once] key.
//
// The decision tells, beside the record, what was advised and what could not be
// checked. It returns a [*Refusal] with every rule that the command breaks, and
// errors that match [ErrNotFound] when the seller has no such listing, [ErrExists]
// when one is created again with another document, [ErrStale] when the record has
// not the revision of [IfRevision] or other processes were faster again and again,
// [ErrKeyUsed] for a key of another command, and [ErrCannotKeep] when the result
// is too large. A fact that cannot be had is not an error: its rules are reported
// as not checked.
func (m *Manager) Do(ctx context.Context, id uuid.UUID, c Command, options ...DoOption) (d Decision, err error) {
	ctx, op := m.begin(ctx, "Do", id, c)
	defer op.end(&err)
	c, ok := settled(c)
	if !ok {
		return Decision{}, &Refusal{Listing: id, Findings: notACommand()}
	}
	o, err := optionsOf(options)
	if err != nil {
		return Decision{}, err
	}
	for range saveAttempts {
		r, before, err := m.find(ctx, id)
		if err != nil {
			return Decision{}, err
		}
		if d, repeated, err := m.repeated(ctx, r, c, o.once); repeated || err != nil {
			return d, err
		}
		d, err := m.decide(ctx, r, c, o)
		if err != nil {
			return Decision{}, err
		}
		_, err = m.save(ctx, before, d, d.room())
		if errors.Is(err, ErrExists) && r.Revision == 0 { // the listing, or another one with the product
			if again, _, e := m.find(ctx, id); e == nil && again.Revision > 0 {
				continue
			}
		}
		if err == nil {
			return d, nil
		}
		if !errors.Is(err, ErrStale) {
			return Decision{}, err
		}
	}
	return Decision{}, fmt.Errorf("listing %s: %s: %w: %d attempts were overtaken", id, c.Event(), ErrStale, saveAttempts)
}

// decide gathers the facts and decides on the record as it was read.
func (m *Manager) decide(ctx context.Context, r Record, c Command, o doing) (Decision, error) {
	if err := m.answerable(r, c); err != nil {
		return Decision{}, err
	}
	if o.revision != nil && *o.revision != r.Revision {
		return Decision{}, fmt.Errorf("listing %s: %w: it is at %d, not at %d", r.ID, ErrStale, r.Revision, *o.revision)
	}
	in, err := m.input(ctx, r, c, o)
	if err != nil {
		return Decision{}, err
	}
	return Decide(r, c, in)
}

// input is what Decide and Explain take.
func (m *Manager) input(ctx context.Context, r Record, c Command, o doing) (Input, error) {
	in := Input{By: o.by, Policy: m.policy, Facts: m.gather(ctx, r, c, o.given.or(m.given))}
	if ctx.Err() != nil { // or what could not be asked would pass for unknown
		return Input{}, context.Cause(ctx)
	}
	if o.once != "" {
		digest, err := digestOfCommand(c)
		switch {
		case err == nil:
			in.once = &UsedKey{Key: o.once, Command: digest}
		case !errors.Is(err, ErrCannotKeep): // which is refused, with the field
			return Input{}, err
		}
	}
	in.At = m.clock.Now()
	return in, nil
}

func digestOfCommand(c Command) (string, error) {
	data, err := EncodeCommand(c)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return fmt.Sprintf("%s %x", c.Event(), sum[:8]), nil
}

// repeated returns the decision of then if the command was accepted before: under
// the same key, or as the same creation.
func (m *Manager) repeated(ctx context.Context, r Record, c Command, once string) (Decision, bool, error) {
	for _, used := range r.Keys {
		if once == "" || used.Key != once {
			continue
		}
		digest, err := digestOfCommand(c)
		if err != nil {
			return Decision{}, false, err
		}
		if digest != used.Command {
			return Decision{}, false, fmt.Errorf("listing %s: %s: %w: %q, at revision %d", r.ID, c.Event(), ErrKeyUsed, once, used.Revision)
		}
		d, err := m.decisionAt(ctx, r, used.Revision)
		return d, err == nil, err
	}
	create, ok := c.(Create)
	if !ok || r.State == "" || create.Name != r.Name {
		return Decision{}, false, nil
	}
	if r.Draft.Equal(create.Listing) {
		return Decision{Record: r, Repeated: true}, true, nil
	}
	first, err := m.creation(ctx, r)
	if err != nil || first.Delta == nil || !first.Delta.document(listing.Listing{}).Equal(create.Listing) {
		return Decision{}, false, err
	}
	return Decision{Record: r, Repeated: true}, true, nil
}

// creation returns the entry by which the listing was created, if it was.
func (m *Manager) creation(ctx context.Context, r Record) (Entry, error) {
	for e, err := range m.journal(ctx, r.ID, 0) {
		if err != nil || e.Event == EventCreate && e.At.Equal(r.CreatedAt) {
			return e, err
		}
	}
	return Entry{}, nil
}

// decisionAt returns the decision whose first entry has the revision.
func (m *Manager) decisionAt(ctx context.Context, r Record, revision int64) (Decision, error) {
	d := Decision{Repeated: true}
	var journal []Entry
	for e, err := range m.journal(ctx, r.ID, 0) {
		if err != nil {
			return Decision{}, err
		}
		if e.Revision > revision && e.Outcome == nil {
			break // what follows at once is the outcome of a request that had nothing to send
		}
		journal = append(journal, e)
		if e.Revision > revision {
			break
		}
	}
	if int64(len(journal)) < revision || revision < 1 {
		return Decision{}, fmt.Errorf("listing %s: %w: entry %d is missing", r.ID, ErrJournal, revision)
	}
	d.Entries = journal[revision-1:]
	var err error
	d.Record, err = Replay(journal)
	return d, err
}

// Explain returns all that Do would find about the command: what stands in its
// way, advice, and what could not be checked. Nothing changes. It returns errors
// that match [ErrNotFound] when the seller has no such listing, and [ErrExists] when
// Create or Adopt is asked of one that exists.
func (m *Manager) Explain(ctx context.Context, id uuid.UUID, c Command) (found rule.Findings, err error) {
	ctx, op := m.begin(ctx, "Explain", id, c)
	defer op.end(&err)
	c, ok := settled(c)
	if !ok {
		return notACommand(), nil
	}
	r, _, err := m.find(ctx, id)
	if err != nil {
		return rule.Findings{}, err
	}
	if err := m.answerable(r, c); err != nil {
		return rule.Findings{}, err
	}
	in, err := m.input(ctx, r, c, doing{})
	if err != nil {
		return rule.Findings{}, err
	}
	return Explain(r, c, in), nil
}

// Available returns every command with what stands in its way now, as the function
// [Available] does, with the facts that the manager can have.
func (m *Manager) Available(ctx context.Context, id uuid.UUID) (all []Availability, err error) {
	ctx, op := m.begin(ctx, "Available", id, nil)
	defer op.end(&err)
	r, _, err := m.load(ctx, id)
	if err != nil {
		return nil, err
	}
	in, err := m.input(ctx, r, Submit{}, doing{})
	if err != nil {
		return nil, err
	}
	return Available(r, in), nil
}

// AvailableOn is Available for a record at hand, and asks nobody: it knows the facts of
// [WithFacts] alone. Rules that need others are reported as not checked.
func (m *Manager) AvailableOn(r Record) []Availability {
	return Available(r, Input{At: m.clock.Now(), Facts: m.given, Policy: m.policy})
}

// Load returns the listing's record, or an error that matches [ErrNotFound], or
// [ErrUnreadable] when this release cannot read what is stored.
func (m *Manager) Load(ctx context.Context, id uuid.UUID) (r Record, err error) {
	ctx, op := m.begin(ctx, "Load", id, nil)
	defer op.end(&err)
	r, _, err = m.load(ctx, id)
	return r, err
}

func (m *Manager) load(ctx context.Context, id uuid.UUID) (Record, *kept, error) {
	r, before, err := m.find(ctx, id)
	if err == nil && r.State == "" {
		return Record{}, nil, fmt.Errorf("%v: %w", m.key(id), ErrNotFound)
	}
	return r, before, err
}

// find returns the record, or for a listing that does not exist one with nothing
// but its names.
func (m *Manager) find(ctx context.Context, id uuid.UUID) (Record, *kept, error) {
	key := m.key(id)
	fetch := func(digests []string) (map[string][]byte, error) { return m.store.Parts(ctx, key, digests) }
	missed := int64(0)
	for range saveAttempts {
		stored, err := m.store.Load(ctx, key)
		switch {
		case errors.Is(err, ErrNotFound):
			r := Record{ID: id, Seller: m.seller}
			m.running(ctx).saw(r)
			return r, &kept{}, nil
		case err != nil:
			return Record{}, nil, err
		}
		k := m.recent.find(key)
		if !k.is(stored) {
			k, err = decodeStored(key, stored, k, fetch)
		}
		switch {
		case err == nil:
			m.recent.add(key, k)
			m.running(ctx).saw(k.record)
			return k.record.clone(), k, nil
		case !errors.Is(err, errNoBody) || missed == stored.Revision:
			return Record{}, nil, err
		}
		missed = stored.Revision // another process may have dropped a body since: look again
	}
	return Record{}, nil, fmt.Errorf("%v: %w: it changed during each of %d readings: load it again", key, ErrStale, saveAttempts)
}

// answerable refuses commands on listings that are not there, and creations of
// those that are.
func (m *Manager) answerable(r Record, c Command) error {
	_, create := c.(Create)
	_, adopt := c.(Adopt)
	switch exists := r.State != ""; {
	case exists && (create || adopt):
		return fmt.Errorf("listing %s: %w: create another id", r.ID, ErrExists)
	case !exists && !create && !adopt:
		return fmt.Errorf("%v: %w", m.key(r.ID), ErrNotFound)
	}
	return nil
}

// save writes the decision and tells of it.
func (m *Manager) save(ctx context.Context, before *kept, d Decision, reserve int) (*kept, error) {
	w, after, err := encodeWrite(before, d.Record, d.Entries, reserve)
	if err != nil {
		return nil, err
	}
	if err := m.store.Save(ctx, w); err != nil {
		return nil, err
	}
	m.recent.add(w.Key, after)
	m.saved(ctx, before.record, d)
	for _, e := range d.Entries {
		m.log.InfoContext(ctx, "listing", LogSeller, m.seller, LogListing, d.Record.ID, LogRevision, e.Revision, LogEvent, e.Event, LogState, e.State)
		for _, observe := range m.observers {
			observe(ctx, w.Summary, e)
		}
	}
	return after, nil
}

func (m *Manager) key(id uuid.UUID) Key { return Key{Seller: m.seller, Listing: id} }
