package lifecycle

import (
	"time"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// Progress is how the request of a listing stands.
type Progress struct {
	// Record is the record as it stands now.
	Record Record `json:"-"`
	// Summary is that of the record.
	Summary Summary `json:"summary"`
	// Wait is how long to wait before the next call of Advance or Apply, also after
	// an error; 0 when nothing is under way. In JSON it is in nanoseconds.
	Wait time.Duration `json:"wait"`
	// Overdue reports a request that takes longer than its kind usually does.
	// It is not a failure.
	Overdue bool `json:"overdue,omitempty"`
	// Estimate says when the request may end; zero when nothing is under way.
	Estimate Estimate `json:"estimate"`
}

// Estimate says how long a request takes, as figures. The zero value means
// that nothing is under way.
type Estimate struct {
	// Usual is how long requests of the kind usually take; in JSON in nanoseconds.
	Usual time.Duration `json:"usual"`
	// Since is when the request was written down, in UTC.
	Since time.Time `json:"since"`
	// Earliest and Latest are the first and the last instant at which it usually
	// ends, in UTC. After Latest it is overdue.
	Earliest time.Time `json:"earliest"`
	Latest   time.Time `json:"latest"`
	// Fraction is how much of the usual duration is over: 0 to 1. It stays below 1
	// until the request has ended.
	Fraction float64 `json:"fraction"`
}

// nextLook is a quarter of the age so far, at least 30 seconds and at most an
// hour: a request that takes an hour is seen within minutes of its end, and one
// that takes weeks costs few calls.
func nextLook(age time.Duration) time.Duration {
	return min(max(age/4, shortestWait), time.Hour).Truncate(time.Second)
}

// ProgressOf returns how the request of the record stands at an instant. It is
// pure.
func ProgressOf(r Record, at time.Time) Progress {
	p := Progress{Record: r, Summary: summaryOf(r)}
	if r.Request == nil {
		return p
	}
	at = instant(at)
	p.Wait = nextLook(at.Sub(r.Request.RecordedAt))
	p.Overdue = len(r.Overdue(at).Advice) > 0
	p.Estimate = p.Summary.Estimate(at)
	return p
}

// Estimate says when the request under way may end, at an instant; zero when nothing
// is under way. It is pure.
func (s Summary) Estimate(at time.Time) Estimate {
	if s.Request == nil {
		return Estimate{}
	}
	t, since := s.takes(), s.Request.RecordedAt
	return Estimate{Usual: t.usual, Since: since, Earliest: since.Add(t.earliest), Latest: since.Add(t.latest),
		Fraction: min(max(float64(instant(at).Sub(since))/float64(t.usual), 0), 0.99)}
}

// takes is how long a request takes.
type takes struct {
	earliest, usual, latest time.Duration
	// words says it for people.
	words string
}

// takes returns how long the request under way takes when all is well.
func (r Record) takes() takes { return summaryOf(r).takes() }

func (s Summary) takes() takes {
	const day = 24 * time.Hour
	switch {
	case s.reviewed():
		return takes{time.Hour, 10 * day, 37 * day, "days, for people review it: up to 37"}
	case s.Request.Kind == EventSubmit:
		return takes{10 * time.Minute, time.Hour, day, "about an hour, at times days"}
	}
	return takes{time.Minute, time.Hour, day, "minutes to hours, at times days"}
}

// reviewed reports whether people look at the request under way.
func (s Summary) reviewed() bool {
	opens := s.Request.Kind == EventSignOff && s.Visibility.OrDefault() != listing.Private
	return opens || s.Request.Kind == EventUnpublish
}

// Overdue returns advice when the request under way takes longer than its kind
// usually does: a day, or 37 days where people review it. It is never a
// failure. It is pure.
func (r Record) Overdue(at time.Time) rule.Findings {
	return rule.Run(r, []rule.Check[Record]{{Rule: RuleTakesAboutAnHour, Find: func(r Record, report *rule.Report) {
		if r.Request == nil {
			return
		}
		if age := at.Sub(r.Request.RecordedAt); age > r.takes().latest {
			report.Broken("", "the request to %s is under way for %s", r.Request.Kind, age.Truncate(time.Minute))
		}
	}}})
}
