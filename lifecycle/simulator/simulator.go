package simulator

import (
	"fmt"
	"sync"
	"time"
)

// Config sets a Simulator up. The zero value is usable.
type Config struct {
	// Seller is the 12-digit account that owns everything; "111122223333" when empty. A state file made for another
	// seller is refused.
	Seller string
	// Categories are names that a product may be filed under beside those that AWS documents.
	Categories []string
	// ProgramOffers makes AWS add offers of its own beside each public offer that is released: one for a program, one for
	// a single buyer. AWS does so without being asked.
	ProgramOffers bool
	// Start is the first instant of the simulated clock; 2026-01-05T09:00:00Z when zero. A state file that exists keeps
	// its own clock.
	Start time.Time
	// File, if set, holds the whole state. It is read by New if it exists, and replaced atomically before every answer
	// that changed something, so that a killed process loses nothing that was answered. One process at a time.
	File string
	// Durations says how long change sets take.
	Durations Durations
	// ReviewByHand makes every change of visibility wait for Approve or Refuse, 37 days at the most. Otherwise the people
	// of AWS Marketplace approve each, after Durations.Visibility.
	ReviewByHand bool
	// Quotas makes the Catalog API refuse, with ThrottlingException, what exceeds the rates that AWS documents for an
	// account, in calls per second of simulated time. Each operation has a token bucket that holds one second's worth. The
	// clock must be moved for them to fill up again: while it stands still, a caller that retries is refused for ever.
	// A new Simulator starts with full buckets, whatever the state file.
	Quotas bool
}

// Simulator is the simulated service: an http.Handler, and the controls for it. Made by New; all methods are safe for
// concurrent use.
type Simulator struct {
	cfg   Config
	mu    sync.Mutex
	st    *state
	saved []byte // what the state file holds
	calls int    // calls since New; names the answers
	quota buckets

	subscribers map[int]subscriber
	subscribed  int    // the latest subscriber's number
	delivered   uint64 // the latest event that was passed on
	delivering  bool
}

// New makes a simulator, or goes on where the state file stopped. A file that cannot be used gives a *StateError.
func New(cfg Config) (*Simulator, error) {
	seller := cfg.Seller
	if seller == "" {
		seller = "111122223333"
	}
	if !accountPattern.MatchString(seller) {
		return nil, fmt.Errorf("simulator: Config.Seller %q is not an account; it needs 12 digits", seller)
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
	s := &Simulator{cfg: cfg, st: newState(seller, start.UTC()), quota: buckets{}}
	s.st.rules = s.settings()
	if cfg.File == "" {
		return s, nil
	}
	old, saved, err := load(cfg.File)
	if err != nil {
		return nil, err
	}
	if old != nil {
		if cfg.Seller != "" && old.Seller != cfg.Seller {
			return nil, &StateError{cfg.File, fmt.Errorf("it belongs to seller %s, not %s", old.Seller, cfg.Seller)}
		}
		s.st, s.saved, s.delivered = old, saved, old.Delivered
		s.st.rules = s.settings()
		return s, nil
	}
	if err := s.save(); err != nil { // a file that cannot be written should show now, not at the first answer
		return nil, err
	}
	return s, nil
}

func (s *Simulator) settings() settings {
	return settings{knownCategories(s.cfg.Categories), s.cfg.ProgramOffers}
}
