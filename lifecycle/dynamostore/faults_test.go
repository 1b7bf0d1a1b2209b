package dynamostore_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/dynamostore"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
)

// secret stands for a document: it must be in no error.
const secret = "a document that nobody else may read"

// callsOf are the methods of a store, each by name.
func callsOf(s lifecycle.Store, r writes.Record) map[string]func(context.Context) error {
	w := r.Next(1, "Another title")
	w.Head = writes.Bytes(secret)
	w.Entries[0] = writes.Bytes(secret)
	return map[string]func(context.Context) error{
		"Save": func(ctx context.Context) error { return s.Save(ctx, w) },
		"Load": func(ctx context.Context) error { _, err := s.Load(ctx, r.Key); return err },
		"Parts": func(ctx context.Context) error {
			_, err := s.Parts(ctx, r.Key, []string{writes.Digest("1.0")})
			return err
		},
		"Journal": func(ctx context.Context) error { _, err := s.Journal(ctx, r.Key, 0, 10); return err },
		"List": func(ctx context.Context) error {
			_, err := s.List(ctx, lifecycle.Query{Seller: r.Key.Seller, Limit: 10})
			return err
		},
		"FeedEnd": func(ctx context.Context) error { _, err := s.FeedEnd(ctx, r.Key.Seller); return err },
		"Feed":    func(ctx context.Context) error { _, err := s.Feed(ctx, r.Key.Seller, "", 10); return err },
	}
}

// Each fault alone has a name, and leaves all or nothing of a Save.
func TestFaultsHaveNames(t *testing.T) {
	t.Parallel()
	endpoint := testserver.DynamoDB(t)
	table := newTable(t, clientOf(endpoint, transport()))
	whole := open(t, clientOf(endpoint, transport()), table)
	var broken only
	s := open(t, clientOf(endpoint, &faulty{transport(), broken.choose}), table, dynamostore.WithBusyTimeout(0))
	for _, c := range []struct {
		fault   fault
		only    []string // operations that can have it; none is all
		matches []error
		not     []error
		says    string
		took    bool // effect, all the same
	}{
		{fault: throttled, matches: []error{lifecycle.ErrThrottled, lifecycle.ErrUnavailable}, says: table},
		{fault: transThrottled, only: []string{"TransactWriteItems"}, matches: []error{lifecycle.ErrThrottled, lifecycle.ErrUnavailable}},
		{fault: conflicting, only: []string{"TransactWriteItems"}, matches: []error{lifecycle.ErrUnavailable}, not: []error{lifecycle.ErrThrottled}},
		{fault: inProgress, only: []string{"TransactWriteItems"}, matches: []error{lifecycle.ErrUnavailable}},
		{fault: serverFault, matches: []error{lifecycle.ErrUnavailable}, not: []error{lifecycle.ErrThrottled}},
		{fault: cutBefore, matches: []error{lifecycle.ErrUnavailable, errCut}},
		{fault: unprocessedAll, only: []string{"BatchGetItem"}, matches: []error{lifecycle.ErrUnavailable}},
		{fault: serverFaultAfter, only: []string{"TransactWriteItems"}, matches: []error{lifecycle.ErrUnavailable}, took: true},
		{fault: cutAfter, only: []string{"TransactWriteItems"}, matches: []error{lifecycle.ErrUnavailable, errCut}, took: true},
		{fault: noTable, matches: []error{dynamostore.ErrNoTable}, not: []error{lifecycle.ErrUnavailable, lifecycle.ErrNotFound}, says: "CreateTable"},
		{fault: denied, matches: []error{lifecycle.ErrDenied}, not: []error{lifecycle.ErrUnavailable, lifecycle.ErrCredentials}, says: "allow dynamodb:"},
		{fault: expired, matches: []error{lifecycle.ErrCredentials}, not: []error{lifecycle.ErrUnavailable}},
	} {
		t.Run(string(c.fault), func(t *testing.T) {
			r := writes.Absent(writes.NewKey())
			w := r.Next(1, "Before")
			require.NoError(t, whole.Save(t.Context(), w))
			r = r.After(w)
			for name, call := range callsOf(s, r) {
				broken.set(c.fault, c.only...)
				err := call(t.Context())
				broken.set(none)
				if len(c.only) > 0 && name != "Save" && err == nil {
					continue // it does not call the operation
				}
				require.Error(t, err, name)
				for _, want := range c.matches {
					assert.ErrorIs(t, err, want, name)
				}
				for _, not := range append(c.not, lifecycle.ErrStale, lifecycle.ErrExists) {
					assert.NotErrorIs(t, err, not, name)
				}
				assert.ErrorContains(t, err, string(r.Key.Seller), name)
				assert.ErrorContains(t, err, c.says, name)
				assert.NotContains(t, err.Error(), secret, name)
			}
			want := r
			if c.took {
				again := r.Next(1, "Another title")
				again.Head, again.Entries[0] = writes.Bytes(secret), writes.Bytes(secret)
				want = r.After(again)
			}
			requireKept(t, whole, want)
			next := want.Next(1, "The next one")
			require.NoError(t, s.Save(t.Context(), next))
			requireKept(t, whole, want.After(next))
		})
	}
}

// requireKept asks for all that a store should have of a record.
func requireKept(t testing.TB, s lifecycle.Store, want writes.Record) {
	t.Helper()
	ctx := context.Background()
	got, err := s.Load(ctx, want.Key)
	require.NoError(t, err)
	require.Equal(t, want.Stored, got)
	journal, err := s.Journal(ctx, want.Key, 0, math.MaxInt)
	require.NoError(t, err)
	require.Equal(t, want.Journal, journal)
	feed, err := s.Feed(ctx, want.Key.Seller, "", math.MaxInt)
	require.NoError(t, err)
	var fed [][]byte
	for _, e := range feed {
		if e.Listing == want.Key.Listing {
			fed = append(fed, e.Entry)
		}
	}
	require.Equal(t, want.Journal, fed, "the feed")
	for q, chosen := range map[lifecycle.Query]bool{
		{}:                                       true,
		{Title: want.Summary.Title}:              true,
		{Title: want.Summary.Title + " no more"}: false,
		{InFlight: true}:                         want.Summary.Request != nil,
		{Unsuccessful: true}:                     want.Summary.Unsuccessful != nil,
	} {
		q.Seller, q.Limit = want.Key.Seller, 10
		all, err := s.List(ctx, q)
		require.NoError(t, err)
		if chosen {
			require.Contains(t, all, want.Summary, "%+v", q)
		} else {
			require.NotContains(t, all, want.Summary, "%+v", q)
		}
	}
	var digests []string
	for digest := range want.Parts {
		digests = append(digests, digest)
	}
	parts, err := s.Parts(ctx, want.Key, append(digests, want.Dropped...))
	require.NoError(t, err)
	require.Equal(t, want.Parts, parts)
}

// A lost answer is asked for again, and the Save took effect once.
func TestALostAnswerIsAskedForAgain(t *testing.T) {
	t.Parallel()
	endpoint := testserver.DynamoDB(t)
	table := newTable(t, clientOf(endpoint, transport()))
	for _, wrong := range []fault{cutAfter, cutAnswer, serverFaultAfter, cutBefore, conflicting, throttled, inProgress} {
		lost := 0
		choose := func(operation string) fault {
			if operation == "TransactWriteItems" && lost < 3 {
				lost++
				return wrong
			}
			return none
		}
		s := open(t, clientOf(endpoint, &faulty{transport(), choose}), table)
		r := writes.Absent(writes.NewKey())
		w := r.Next(2, "Once")
		require.NoError(t, s.Save(t.Context(), w), wrong)
		require.Equal(t, 3, lost)
		requireKept(t, s, r.After(w))
	}
}

// A context that ends while a call waits to be repeated ends it, with its cause.
func TestEndedContext(t *testing.T) {
	t.Parallel()
	endpoint := testserver.DynamoDB(t)
	table := newTable(t, clientOf(endpoint, transport()))
	r := writes.Absent(writes.NewKey())
	w := r.Next(1, "Before")
	require.NoError(t, open(t, clientOf(endpoint, transport()), table).Save(t.Context(), w))
	r = r.After(w)
	why := errors.New("the service stops")
	for name := range callsOf(nil, r) {
		ctx, cancel := context.WithCancelCause(t.Context())
		var calls int
		s := open(t, clientOf(endpoint, &faulty{transport(), func(string) fault {
			if calls++; calls == 3 { // while it waits to try again
				time.AfterFunc(5*time.Millisecond, func() { cancel(why) })
			}
			return throttled
		}}), table, dynamostore.WithBusyTimeout(time.Minute))
		err := callsOf(s, r)[name](ctx)
		require.ErrorIs(t, err, why, name)
		require.NotErrorIs(t, err, lifecycle.ErrUnavailable, name)
	}
}

// A step that is too large is refused with the figure and the limit, and nothing of it is
// written.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	client := clientOf(testserver.DynamoDB(t), transport())
	s := open(t, client, newTable(t, client))
	r := writes.Absent(writes.NewKey())
	w := r.Next(1, "Before")
	require.NoError(t, s.Save(t.Context(), w))
	r = r.After(w)
	many := func(n int) lifecycle.Write {
		w := r.Next(1, "Many versions")
		for i := range n {
			w.Put = append(w.Put, writes.Part(fmt.Sprint(i)))
		}
		return w
	}
	head := r.Next(1, "A large head")
	head.Head = []byte(strings.Repeat("h", 400_001))
	texts := r.Next(1, strings.Repeat("t", 300_001))
	latin := r.Next(1, "na\xefve")
	year := r.Next(1, "Another year")
	year.Summary.UpdatedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, refused := range []struct {
		w    lifecycle.Write
		says []string
	}{
		{many(94), []string{"101 items", "DynamoDB takes 100"}},
		{head, []string{"400001", "400000"}},
		{texts, []string{"300018 bytes", "300000"}},
		{latin, []string{"not UTF-8"}},
		{year, []string{"10000", "9999"}},
	} {
		err := s.Save(t.Context(), refused.w)
		require.ErrorIs(t, err, lifecycle.ErrCannotKeep)
		for _, says := range refused.says {
			require.ErrorContains(t, err, says)
		}
		requireKept(t, s, r)
	}
	w = many(93) // as many as there is room for
	require.NoError(t, s.Save(t.Context(), w))
	requireKept(t, s, r.After(w))
}
