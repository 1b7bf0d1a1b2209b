package console

import (
	"fmt"
	"time"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// usualAt is where a bar has the usual end, in percent; the rest leads to the latest.
const usualAt = 70

// bar is how far a request under way is.
type bar struct {
	Kind    lifecycle.Event
	Phase   lifecycle.Phase
	Percent int // of the bar
	UsualAt int
	Elapsed time.Duration
	Usual   time.Duration
	UsualBy time.Time
	Latest  time.Time
	Overdue bool
	Cancels bool
}

// barOf returns the bar of the request under way, or nil. It fills up to its mark until
// the usual end, and slower to its end until the latest.
func barOf(s lifecycle.Summary, at time.Time) *bar {
	if s.Request == nil {
		return nil
	}
	e := s.Estimate(at)
	b := &bar{Kind: s.Request.Kind, Phase: s.Request.Phase, UsualAt: usualAt, Elapsed: at.Sub(e.Since), Usual: e.Usual,
		UsualBy: e.Since.Add(e.Usual), Latest: e.Latest, Overdue: at.After(e.Latest), Cancels: s.Request.Cancelling}
	if b.Elapsed > b.Usual { // the latest end is after the usual one
		b.Percent = usualAt + int(float64(100-usualAt)*min(float64(at.Sub(b.UsualBy))/float64(e.Latest.Sub(b.UsualBy)), 1))
	} else {
		b.Percent = int(usualAt * e.Fraction)
	}
	return b
}

// Text says it in words.
func (b bar) Text() string {
	text := fmt.Sprintf("%s so far; usually %s", spell(b.Elapsed), spell(b.Usual))
	if b.Overdue {
		text += "; overdue"
	}
	if b.Cancels {
		text += "; being cancelled"
	}
	return text
}

// PhaseText says what the phase means.
func (b bar) PhaseText() string {
	switch b.Phase {
	case lifecycle.Recorded:
		return "Written down, not sent yet"
	case lifecycle.Sending:
		return "Being sent; whether AWS has it is not known yet"
	}
	return "AWS has it"
}
