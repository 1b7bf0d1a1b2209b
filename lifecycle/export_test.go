package lifecycle

import "time"

// What the tests of the machine need to reach from outside the package, so
// that they can use package lifecycletest.

func Ask(s State, e Event) (State, error) { return ask(s, e, func() error { return nil }) }

func Step(r Record, e Entry, at time.Time) (Decision, error) {
	d := Decision{Record: r}
	return d, d.step(e, at)
}

func End(r Record, o Outcome, at time.Time) (Decision, error) {
	d := Decision{Record: r}
	return d, d.end(o, "", at)
}

func SendAgain(r Record, at time.Time) (Decision, error) {
	d := Decision{Record: r}
	return d, d.sendAgain(at)
}

func StateRule(e Event) (id string, isCommand bool) {
	g, ok := guards[e]
	return g.state.ID, ok
}

var (
	Translate       = translate
	ErrNoTransition = errNoTransition
	CancelPeriod    = cancelPeriod
	RisePeriod      = risePeriod
)
