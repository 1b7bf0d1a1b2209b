package stores

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/anishathalye/porcupine"
)

// A history is the calls that many goroutines of many processes have made, each with
// the instants at which it began and returned. It is linearizable if each call can be
// given an instant of its own in between, so that all of them, in this order, are
// calls that one record after the other answers: see next.

// operation is what one call showed of one listing.
type operation struct {
	Client       int
	Asked        asked
	Answered     answered
	Call, Return int64
}

// asked is what was called, and with what.
type asked struct {
	Kind    string
	Listing int
	// By names the Save that is asked for, or that whose part is.
	By string
	// Base is the revision that a Save is based on, after which a journal begins, or
	// whose part it is.
	Base int64
	// Entries is how many entries a Save adds.
	Entries int64
}

// answered is what a call returned.
type answered struct {
	// Error is one of the texts below; empty if the call succeeded.
	Error string
	// Revision is that of the head, of the summary, or that a stale Save was told; 0 if
	// there is none.
	Revision int64
	// Entries is how many entries a journal has after the base.
	Entries int64
	// Bytes are a head, a title, the last entry, or the body of a part.
	Bytes string
}

const (
	notFound = "not found"
	exists   = "exists"
	stale    = "stale"
	unknown  = "unknown" // a Save that may have taken effect, or may do so at any time
)

// record is the model: what a listing is after some of the calls. The zero value is
// one that was never saved.
type record struct {
	// By names the latest Save. The head, the last entry, the title and the part are
	// made from it.
	By       string
	Revision int64
	// Journal is how many entries the journal has.
	Journal int64
}

func headBy(by string, revision int64) string {
	return fmt.Sprintf(`{"by":%q,"revision":%d}`, by, revision)
}

func entryBy(by string, revision int64) string {
	return fmt.Sprintf(`{"entry":%d,"by":%q}`, revision, by)
}

func bodyBy(by string) string { return fmt.Sprintf(`{"part":%q}`, by) }

// next reports whether a call of the record can have the answer, and what the record
// is afterwards.
func next(r record, in asked, out answered) (bool, record) {
	absent := r == record{}
	switch in.Kind {
	case "Save":
		done := record{in.By, in.Base + in.Entries, r.Journal + in.Entries}
		switch out.Error {
		case "":
			return r.Revision == in.Base, done
		case exists:
			return in.Base == 0 && !absent, r
		case notFound:
			return in.Base > 0 && absent, r
		case stale:
			// Refusals say where the record is. That also helps the checker: what could be
			// true of many states makes it try them all.
			return in.Base > 0 && r.Revision != in.Base && r.Revision == out.Revision, r
		case unknown:
			// It returns at the end of the history, so that one that never takes effect
			// has its instant there, where nobody sees what it did.
			if r.Revision == in.Base {
				return true, done
			}
			return true, r
		}
	case "Load":
		if absent {
			return out.Error == notFound, r
		}
		return out == answered{Revision: r.Revision, Bytes: headBy(r.By, r.Revision)}, r
	case "Journal":
		if absent {
			return out.Error == notFound, r
		}
		want := answered{Entries: max(0, r.Journal-in.Base)}
		if want.Entries > 0 {
			want.Bytes = entryBy(r.By, r.Journal)
		}
		return out == want, r
	case "List":
		return out == answered{Revision: r.Revision, Bytes: r.By}, r
	case "Parts":
		want := answered{}
		if !absent && r.By == in.By {
			want.Bytes = bodyBy(r.By)
		}
		return out == want, r
	}
	return false, r
}

// model judges the history of each listing by itself: a history of many listings is
// linearizable exactly if those of all of them are.
var model = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		var parts [][]porcupine.Operation
		for _, o := range history {
			listing := o.Input.(asked).Listing
			for len(parts) <= listing {
				parts = append(parts, nil)
			}
			parts[listing] = append(parts[listing], o)
		}
		return parts
	},
	Init: func() any { return record{} },
	Step: func(state, in, out any) (bool, any) {
		possible, after := next(state.(record), in.(asked), out.(answered))
		return possible, after
	},
	DescribeOperation: func(in, out any) string {
		i, o := in.(asked), out.(answered)
		return fmt.Sprintf("%s(%s base %d, %d more): %s revision %d, %d entries, %s",
			i.Kind, i.By, i.Base, i.Entries, cmp.Or(o.Error, "ok"), o.Revision, o.Entries, o.Bytes)
	},
	DescribeState: func(state any) string { return fmt.Sprintf("%+v", state) },
}

// forPorcupine returns the history as the checker takes it. A call whose outcome is not
// known has not returned until the end.
//
// The checker tries calls in the order in which they began, and where many overlap it
// tries very many orders before it gives up a wrong beginning. A Save is such a
// beginning: often it begins early and takes effect late. So each Save begins here with
// the last call that showed the record at its base, or before: as revisions only grow,
// the Save comes after that call in every order that is right, and none of them is lost.
func forPorcupine(history []operation) []porcupine.Operation {
	history = slices.Clone(history)
	slices.SortFunc(history, func(a, b operation) int { return cmp.Or(cmp.Compare(a.shown(), b.shown()), a.saves()-b.saves()) })
	all := make([]porcupine.Operation, len(history))
	last := map[int]int64{} // when the last call began, by listing
	for i, o := range history {
		if o.Answered.Error == unknown {
			o.Return = math.MaxInt64
		}
		all[i] = porcupine.Operation{ClientId: o.Client, Input: o.Asked, Output: o.Answered, Call: o.Call, Return: o.Return}
		if o.shown() == math.MaxInt64 {
			continue
		}
		last[o.Asked.Listing] = max(last[o.Asked.Listing], o.Call)
		if o.saves() > 0 && last[o.Asked.Listing]+1 < o.Return { // else there is no order that is right
			all[i].Call = max(o.Call, last[o.Asked.Listing]+1)
		}
	}
	return all
}

// saves returns how many Saves are sure to have taken effect by the call: 0 or 1.
func (o operation) saves() int {
	if o.Asked.Kind == "Save" && o.Answered.Error == "" {
		return 1
	}
	return 0
}

// shown returns a revision that the record had at most, when the call took effect;
// MaxInt64 if the call did not show one.
func (o operation) shown() int64 {
	switch in, out := o.Asked, o.Answered; {
	case out.Error == notFound:
		return 0
	case o.saves() > 0:
		return in.Base
	case out.Error == stale, in.Kind == "Load", in.Kind == "List":
		return out.Revision
	case in.Kind == "Journal":
		return in.Base + out.Entries
	case in.Kind == "Parts" && out.Bytes != "":
		return in.Base
	}
	return math.MaxInt64
}
