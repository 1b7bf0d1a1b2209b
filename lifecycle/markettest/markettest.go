// Package markettest judges implementations of [lifecycle.Marketplace]. One that
// passes [Run] can take the place of any other under a [lifecycle.Manager].
//
// Give the suite a marketplace that nothing has been sent to, and a hand on
// what surrounds it:
//
//	func TestMarketplace(t *testing.T) {
//		markettest.Run(t, func(t *testing.T) markettest.Harness {
//			clock := &lifecycletest.Clock{}
//			backend := startBackend(t, clock)
//			return markettest.Harness{
//				Market: mymarket.New(backend.URL),
//				Now:    clock.Now,
//				Pass:   clock.Advance,
//				…
//			}
//		})
//	}
//
// What a marketplace has to do is written on the interface. The suite asks for
// the parts of it on which it depends that nothing is sent twice, nothing is
// lost, and nothing is told wrong:
//
//   - a change that is sent again, in sequence, at once, after an answer that was
//     lost or after its end, is one change set;
//   - what was taken is found by its whole name, and the newest first;
//   - pending, succeeded, failed, failed by a fault of the service, and cancelled
//     are five different answers; what failed or was cancelled changed nothing;
//   - held by another, changed elsewhere, refused at once, throttled, not
//     available, not allowed and not there are seven different errors, and none
//     of them leaves a trace;
//   - every kind of change is carried out, public and private;
//   - nothing is shared with the caller, and a context that has ended is obeyed.
//
// Planning, validating, reading, listing what is pending and tracing are judged
// unless Harness.Unsupported names them: then they must answer with
// [errors.ErrUnsupported].
package markettest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/version"
)

// Harness is a marketplace under test, with a hand on what surrounds it. Every
// field but Unsupported is required. The functions are called by one goroutine at a time, while
// no call of Market is under way, and fail the test by themselves when they
// cannot do what is asked.
type Harness struct {
	// Market is the implementation, for the account [lifecycletest.Seller]. What
	// the versions of [Resources] name is there and supports
	// [lifecycletest.Instance].
	Market lifecycle.Marketplace
	// Unsupported names the methods among Plan, Validate, Read, Pending and Trace
	// that Market answers with [errors.ErrUnsupported], whatever it is asked. An
	// ability that is missing and not named here fails the suite.
	Unsupported []string
	// Now is the marketplace's clock, to the second at least.
	Now func() time.Time
	// Pass lets time go by on it.
	Pass func(time.Duration)
	// Settle is how long any change set takes at the most, with the people who
	// look at it. None has ended at the instant at which it was taken.
	Settle time.Duration
	// Break makes the next call of Market go wrong.
	Break func(Trouble)
	// FailNext makes the next change set that is taken fail, by a fault of the
	// service itself or, if not, for the problem's code and message.
	FailNext func(fault bool, problem lifecycle.Problem)
	// Interfere lets somebody else change the product, and waits for the end of
	// it.
	Interfere func(product string)
	// Hold lets somebody else start a change set on the product, and returns
	// its id.
	Hold func(product string) string
	// Taken returns the names of all change sets that were ever taken, whoever
	// sent them, in order.
	Taken func() []string
}

// Trouble is what goes wrong with a call.
type Trouble string

const (
	// Throttled calls are too many; they have no effect.
	Throttled Trouble = "throttled"
	// Unavailable calls meet a service that fails; they have no effect.
	Unavailable Trouble = "unavailable"
	// Denied calls are not allowed; they have no effect.
	Denied Trouble = "denied"
	// RequestLost calls never arrive.
	RequestLost Trouble = "request lost"
	// AnswerLost calls take effect, but no answer comes back.
	AnswerLost Trouble = "answer lost"
)

// Resources returns the SageMaker resources that the suite's listings name.
func Resources() []version.ARN {
	var all []version.ARN
	for _, number := range []string{first, second} {
		for _, kind := range []version.Kind{version.ModelPackage, version.Algorithm} {
			all = append(all, lifecycletest.Version(number, kind).Resource)
		}
	}
	return all
}

// Run runs every case of the suite as a subtest of its own, one after another,
// each with a harness of its own. Open registers its own clean-up with the t that
// it is given, and fails that t when there is nothing to give.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	t.Helper()
	unsupported := open(t).Unsupported
	for _, method := range unsupported {
		if !slices.ContainsFunc(abilities, func(a ability) bool { return a.method == method }) {
			t.Fatalf("markettest: Harness.Unsupported names %q, which no marketplace may lack", method)
		}
	}
	for _, c := range casesFor(unsupported) {
		t.Run(c.name, func(t *testing.T) { c.run(bench{t, open(t)}) })
	}
}

// tester is what a case needs of [testing.T], so that the suite's own test can
// watch cases fail.
type tester interface {
	require.TestingT
	Helper()
	Logf(format string, args ...any)
}

// testCase is one question to a marketplace. It must not leave goroutines
// behind.
type testCase struct {
	name string
	run  func(b bench)
}

// casesFor returns the cases for a marketplace that lacks some abilities.
func casesFor(unsupported []string) []testCase {
	all := slices.Concat(sendCases, followCases, conflictCases, troubleCases, lifeCases, concurrencyCases)
	for _, a := range abilities {
		if slices.Contains(unsupported, a.method) {
			all = append(all, a.unsupported())
		} else {
			all = append(all, a.cases...)
		}
	}
	return all
}
