package simulator

import (
	"errors"
	"time"
)

// Call is one API call, without what it said: no header, no address and no document is kept, for they may hold secrets.
type Call struct {
	At        time.Time // simulated
	Seller    string
	Operation string
	RequestID string
	Status    int    // of the answer; 0 if none was given
	Error     string // the exception, without its words
}

const maxCalls = 200

// RecentCalls lists the latest 200 calls, the oldest first. They are not kept by the Store. Safe for concurrent use.
func (s *Simulator) RecentCalls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call{}, s.recent...)
}

// note keeps what came of a call, and tells Config.OnCall.
func (s *Simulator) note(c Call, status int, err error) {
	c.Status = status
	var e *apiError
	switch {
	case errors.As(err, &e):
		c.Error = e.code
	case err != nil:
		c.Error = "InternalServiceException"
	}
	s.mu.Lock()
	if s.recent = append(s.recent, c); len(s.recent) > maxCalls {
		s.recent = append([]Call{}, s.recent[len(s.recent)-maxCalls:]...)
	}
	s.mu.Unlock()
	if s.cfg.OnCall != nil {
		s.cfg.OnCall(c)
	}
}
