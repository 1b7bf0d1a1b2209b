// Package storetest judges implementations of [lifecycle.Store]. A store that
// passes [Run] can take the place of any other: same results, same errors.
//
// Give the suite a way to open a store:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) lifecycle.Store {
//			s, err := mystore.Open(t.TempDir())
//			if err != nil {
//				t.Fatal(err)
//			}
//			t.Cleanup(s.Close)
//			return s
//		})
//	}
//
// What a store has to do is written on the interface. The suite asks for the
// parts of it that stores most often get wrong:
//
//   - absent, existing and stale are three different answers, never one for
//     another, and every one names the listing;
//   - a Save that is refused leaves no trace, whatever the reason;
//   - of many Saves at once on one revision, exactly one succeeds;
//   - what was saved is seen by whatever starts afterwards, Load, Journal and
//     List alike;
//   - records and entries come back to the byte, with nanoseconds, NUL
//     characters and a megabyte of text;
//   - what would be too large to be read again is refused;
//   - sellers never see each other's records, not even under the same id;
//   - lists are in the order of the ids as bytes, filtered before they are cut
//     to the limit;
//   - nothing is shared with the caller;
//   - a context that has ended is obeyed.
//
// It takes a few seconds, waits for nothing, and skips nothing. [Benchmark]
// measures what a store costs.
package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Run runs every case of the suite as a subtest of its own, one after another.
//
// Each case opens a store. The stores may share a database, or be the same
// one: every case works for sellers of its own, chosen at random. Open
// registers its own clean-up with the t that it is given, and fails that t when
// there is nothing to give; it must not return nil.
func Run(t *testing.T, open func(t *testing.T) lifecycle.Store) {
	t.Helper()
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

// tester is what a case needs of [testing.T], so that the suite's own test can
// watch cases fail.
type tester interface {
	require.TestingT
	Helper()
}

// testCase is one question to a store. It must not leave goroutines behind.
type testCase struct {
	name string
	run  func(t tester, s lifecycle.Store)
}

func cases() []testCase {
	var all []testCase
	for _, group := range [][]testCase{saveCases, recordCases, journalCases, listCases, contextCases, concurrencyCases} {
		all = append(all, group...)
	}
	return all
}
