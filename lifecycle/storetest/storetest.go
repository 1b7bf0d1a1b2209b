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
// What a store has to do is written on the interface. A store keeps bytes: the
// suite makes the Writes itself, of JSON that package lifecycle could not even
// read, and lets a [lifecycle.Manager] work on the store where the whole counts.
// It asks for the parts of the contract that stores most often get wrong:
//
//   - absent, existing and stale are three different answers, never one for
//     another, and every one names the listing;
//   - a Save that is refused leaves no trace: no part, no entry, nothing in the
//     feed, and no part less;
//   - of many Saves at once on one revision, exactly one succeeds;
//   - what was saved is seen by whatever starts afterwards, Load, Journal, List and
//     Feed alike, and no Save is ever seen in part;
//   - heads, parts and entries come back to the byte, up to their largest sizes;
//   - parts stay until they are dropped, a thousand of them as well as one;
//   - summaries come back as they were, instants to the nanosecond in every year
//     from 0 to 9999, and texts with NUL characters;
//   - lists are in the order of the ids as bytes; each field of a query, alone and
//     with others, filters before the list is cut to the limit; a discarded draft
//     is in none;
//   - a product has one listing of a seller, and the error names it;
//   - a feed has every entry of a seller once, in the order of saving, and misses
//     none while many save;
//   - a head, a part or an entry that cannot be read, or is that of another listing,
//     harms no other listing;
//   - sellers never see each other's records, not even under the same id;
//   - nothing is shared with the caller;
//   - a context that has ended is obeyed.
//
// It takes a few seconds, waits for nothing, and skips nothing unless [Without] says
// why. [WriteResults] publishes what came of each case. [Growth] measures what is
// written while a listing grows, [Benchmark] what a call costs.
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
func Run(t *testing.T, open func(t *testing.T) lifecycle.Store, options ...Option) {
	t.Helper()
	o := optionsOf(t, options)
	results := Results{Store: o.name}
	for _, c := range cases() {
		result := Case{Name: c.name, Result: Pass}
		if reason, left := o.without[c.name]; left {
			t.Logf("left out: %s: %s", c.name, reason)
			result.Result, result.Reason = Skip, reason
		} else if !t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) }) {
			result.Result = Fail
		}
		results.Cases = append(results.Cases, result)
	}
	results.write(t, o.folder)
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
	for _, group := range [][]testCase{
		saveCases, productCases, bytesCases, partCases, summaryCases, journalCases, listCases,
		filterCases, feedCases, poisonCases, contextCases, concurrencyCases, wholeCases,
	} {
		all = append(all, group...)
	}
	return all
}
