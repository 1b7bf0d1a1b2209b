package simulator

import (
	"fmt"
	"sync"
	"time"
)

// Config sets a Simulator up. The zero value is usable.
type Config struct {
	// Seller is the 12-digit account that owns everything; "111122223333" when empty. A store made for another
	// seller is refused.
	Seller string
	// Categories are names that a product may be filed under beside those of the function Categories.
	Categories []string
	// ProgramOffers makes AWS add offers of its own beside each public offer that is released: one for a program, one for
	// a single buyer. AWS does so without being asked.
	ProgramOffers bool
	// Start is the first instant of the simulated clock; 2026-01-05T09:00:00Z when zero. A store that has a state keeps
	// its own clock.
	Start time.Time
	// Store, if set, keeps the state. It is read by New, and told of what changed before every answer, so that a killed
	// process loses nothing that was answered. One Simulator at a time.
	Store Store
	// Durations says how long change sets take.
	Durations Durations
	// ReviewByHand makes every change of visibility wait for Approve or Refuse, 37 days at the most. Otherwise the people
	// of AWS Marketplace approve each, after Durations.Visibility.
	ReviewByHand bool
	// OnCall, if set, is told of each API call once it is answered, one at a time or several at once: a log of requests
	// that holds no secret.
	OnCall func(Call)
	// Quotas makes the Catalog API refuse, with ThrottlingException, what exceeds the rates that AWS documents for an
	// account, in calls per second of simulated time. Each operation has a token bucket that holds one second's worth. The
	// clock must be moved for them to fill up again: while it stands still, a caller that retries is refused for ever.
	// A new Simulator starts with full buckets, whatever the store has.
	Quotas bool
}

// Simulator is the simulated service: an http.Handler, and the controls for it. Made by New; all methods are safe for
// concurrent use.
type Simulator struct {
	cfg    Config
	mu     sync.Mutex
	st     *state
	saved  map[string][]byte // what the store has
	cond   *sync.Cond        // the state has changed
	recent []Call
	calls  int // calls since New; names the answers
	quota  buckets

	subscribers map[int]subscriber
	subscribed  int    // the latest subscriber's number
	delivered   uint64 // the latest event that was passed on
	delivering  bool
}

// New makes a simulator, or goes on where the store stopped. A store that cannot be used gives a *StateError.
func New(cfg Config) (*Simulator, error) {
	seller := cfg.Seller
	if seller == "" {
		seller = "111122223333"
	}
	if !accountPattern.MatchString(seller) {
		return nil, fmt.Errorf("the seller %q is not an account: give its 12 digits", seller)
	}
	start := cfg.Start
	if start.IsZero() {
		start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	}
	if start.Year() < 1970 || !start.Before(clockEnd) {
		return nil, fmt.Errorf("simulator: Config.Start %s lies outside the years 1970 to 9998", start)
	}
	if err := cfg.Durations.check(); err != nil {
		return nil, err
	}
	s := &Simulator{cfg: cfg, st: newState(seller, start.UTC()), quota: buckets{}, saved: map[string][]byte{}}
	s.cond = sync.NewCond(&s.mu)
	s.st.rules = s.settings()
	if cfg.Store == nil {
		return s, nil
	}
	old, err := s.load()
	if err != nil {
		return nil, err
	}
	if old != nil {
		if cfg.Seller != "" && old.Seller != cfg.Seller {
			return nil, &StateError{keyHead, fmt.Errorf("it belongs to seller %s, not %s", old.Seller, cfg.Seller)}
		}
		s.st, s.delivered = old, old.Delivered
		return s, nil
	}
	if err := s.save(); err != nil { // a store that cannot be written to should show now, not at the first answer
		return nil, err
	}
	return s, nil
}

func (s *Simulator) settings() settings {
	return settings{knownCategories(s.cfg.Categories), s.cfg.ProgramOffers}
}
