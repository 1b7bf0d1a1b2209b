package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// background is the context of whatever is not about contexts.
var background = context.Background()

func newSeller() listing.AccountID {
	return listing.AccountID(fmt.Sprintf("%012d", rand.Int64N(1e12)))
}

func newKey() lifecycle.Key { return lifecycle.Key{Seller: newSeller(), Listing: uuid.New()} }

// draft is what has to be saved for the key to have a record at revision 1:
// one with a small document, since most cases are not about its size.
func draft(key lifecycle.Key) (lifecycle.Record, []lifecycle.Entry) {
	return draftOf(key, listing.Listing{
		Kind:        version.ModelPackage,
		Information: listing.Information{Title: "Invoice field extractor"},
		Versions:    []version.Version{{Number: "1.0"}},
	})
}

func draftOf(key lifecycle.Key, l listing.Listing) (lifecycle.Record, []lifecycle.Entry) {
	at, id := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), key.Listing
	r := lifecycle.Record{
		ID: key.Listing, Seller: key.Seller, Revision: 1, State: lifecycle.Draft,
		Draft: l.Clone(), CreatedAt: at, UpdatedAt: at,
	}
	return r, []lifecycle.Entry{{
		Revision: 1, At: at, By: "storetest", Event: lifecycle.EventCreate, State: lifecycle.Draft,
		ID: &id, Seller: key.Seller, Draft: &l,
	}}
}

// edited is what has to be saved for r to move on by n edits, the last of
// which gives the title.
func edited(r lifecycle.Record, n int, title string) (lifecycle.Record, []lifecycle.Entry) {
	entries := make([]lifecycle.Entry, n)
	for i := range entries {
		l := r.Draft.Clone()
		l.Title = title
		r.Revision++
		r.Draft, r.UpdatedAt = l, r.UpdatedAt.Add(time.Minute)
		entries[i] = lifecycle.Entry{Revision: r.Revision, At: r.UpdatedAt, By: title, Event: lifecycle.EventEdit, State: r.State, Draft: &l}
	}
	return r, entries
}

// create saves a draft for the key.
func create(t tester, s lifecycle.Store, key lifecycle.Key) (lifecycle.Record, []lifecycle.Entry) {
	t.Helper()
	r, entries := draft(key)
	require.NoError(t, s.Save(background, r, entries), "creating a record")
	return r, entries
}

// edit saves what edited returns.
func edit(t tester, s lifecycle.Store, r lifecycle.Record, n int, title string) (lifecycle.Record, []lifecycle.Entry) {
	t.Helper()
	next, entries := edited(r, n, title)
	require.NoError(t, s.Save(background, next, entries), "saving revision %d on %d", next.Revision, r.Revision)
	return next, entries
}

// requireRecord compares by encoding and says where the two part, because a
// whole document on the screen helps nobody.
func requireRecord(t tester, want, got lifecycle.Record) {
	t.Helper()
	requireBytes(t, encodeRecord(t, want), encodeRecord(t, got), "record")
}

func requireEntries(t tester, want, got []lifecycle.Entry) {
	t.Helper()
	require.Equal(t, revisions(want), revisions(got), "revisions of the journal")
	for i := range want {
		requireBytes(t, encodeEntry(t, want[i]), encodeEntry(t, got[i]), fmt.Sprintf("entry %d", want[i].Revision))
	}
}

func requireBytes(t tester, want, got []byte, what string) {
	t.Helper()
	if bytes.Equal(want, got) {
		return
	}
	first := 0
	for first < min(len(want), len(got)) && want[first] == got[first] {
		first++
	}
	from := max(first-60, 0)
	require.Fail(t, what+" did not come back as it was saved", "from byte %d\nsaved: %s\n  got: %s",
		from, want[from:min(first+60, len(want))], got[from:min(first+60, len(got))])
}

// requireKept asks for the record and its whole journal.
func requireKept(t tester, s lifecycle.Store, want lifecycle.Record, journal []lifecycle.Entry) {
	t.Helper()
	got, err := s.Load(background, want.Key())
	require.NoError(t, err)
	requireRecord(t, want, got)
	entries, err := s.Journal(background, want.Key(), 0, math.MaxInt)
	require.NoError(t, err)
	requireEntries(t, journal, entries)
}

func requireAbsent(t tester, s lifecycle.Store, key lifecycle.Key) {
	t.Helper()
	_, err := s.Load(background, key)
	requireAnswer(t, err, lifecycle.ErrNotFound, key)
	_, err = s.Journal(background, key, 0, 1)
	requireAnswer(t, err, lifecycle.ErrNotFound, key)
	records, err := s.List(background, lifecycle.Query{Seller: key.Seller, Limit: 1000})
	require.NoError(t, err)
	require.NotContains(t, ids(records), key.Listing, "the list has a record that Load does not find")
}

// requireAnswer asks for exactly one of the contract's answers, and for the
// listing's id in the text. A want of nil is a refusal that is none of them.
func requireAnswer(t tester, err, want error, key lifecycle.Key) {
	t.Helper()
	require.Error(t, err)
	for _, answer := range []error{lifecycle.ErrNotFound, lifecycle.ErrExists, lifecycle.ErrStale} {
		if errors.Is(want, answer) {
			require.ErrorIs(t, err, answer)
		} else {
			require.NotErrorIs(t, err, answer)
		}
	}
	require.ErrorContains(t, err, key.Listing.String(), "the error does not say which listing it is about")
}

func encodeRecord(t tester, r lifecycle.Record) []byte {
	t.Helper()
	data, err := lifecycle.EncodeRecord(r)
	require.NoError(t, err)
	return data
}

func encodeEntry(t tester, e lifecycle.Entry) []byte {
	t.Helper()
	data, err := lifecycle.EncodeEntry(e)
	require.NoError(t, err)
	return data
}

func revisions(entries []lifecycle.Entry) []int64 {
	all := make([]int64, len(entries))
	for i, e := range entries {
		all[i] = e.Revision
	}
	return all
}

func ids(records []lifecycle.Record) []uuid.UUID {
	all := make([]uuid.UUID, len(records))
	for i, r := range records {
		all[i] = r.ID
	}
	return all
}

// full is a record and an entry with a value of its own in every field there
// is, those included that a later release adds.
func full(key lifecycle.Key) (lifecycle.Record, []lifecycle.Entry) {
	var r lifecycle.Record
	var e lifecycle.Entry
	n := 0
	fill(reflect.ValueOf(&r).Elem(), &n)
	fill(reflect.ValueOf(&e).Elem(), &n)
	r.ID, r.Seller, r.Revision, e.Revision = key.Listing, key.Seller, 1, 1
	return r, []lifecycle.Entry{e}
}

// awkward is text that columns, encodings and log files have been seen to
// spoil: blanks at both ends, NUL, control and combining characters, letters
// outside of the basic plane, and what HTML, JSON and SQL have to escape.
const awkward = " naïve e\u0301 模型 🚀\u2028\u202e <a href=\"x\">&amp;</a> O'Brien \\ %s ?1 :id $1 \x00\t\r\n "

func fill(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 2, 28, 23, 59, 59, 999_000_000+*n, time.UTC)))
		return
	case uuid.UUID:
		v.Set(reflect.ValueOf(uuid.NewSHA1(uuid.NameSpaceURL, fmt.Append(nil, *n))))
		return
	case pricing.Dimension:
		v.Set(reflect.ValueOf(pricing.Batch(fmt.Sprintf("ml.m5.%dxlarge", *n))))
		return
	case lifecycle.State:
		v.Set(reflect.ValueOf(lifecycle.Live))
		return
	case lifecycle.Event:
		v.Set(reflect.ValueOf(lifecycle.EventUpdatePricing))
		return
	case lifecycle.Phase:
		v.Set(reflect.ValueOf(lifecycle.Following))
		return
	case lifecycle.Result:
		v.Set(reflect.ValueOf(lifecycle.Failed))
		return
	case json.RawMessage:
		document, _ := json.Marshal(fmt.Sprint(*n, awkward))
		v.SetBytes(document)
		return
	case pricing.USD:
		v.Set(reflect.ValueOf(pricing.MustUSD(fmt.Sprintf("12345678.%08d", *n))))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint(*n, awkward))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(math.MaxInt64 - int64(*n))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(key, n)
			fill(value, n)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic(fmt.Sprintf("storetest: cannot fill a %s: teach fill about it", v.Type()))
	}
}

// spoil changes everything that can be reached through v's pointers, slices
// and maps.
func spoil(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("spoilt")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int64:
		v.SetInt(-1)
	case reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i))
		}
	case reflect.Map:
		v.Clear()
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				spoil(v.Field(i))
			}
		}
	}
}

// letters is text that does not get much smaller when it is packed.
func letters(n int) string {
	random := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for range n {
		b.WriteByte("abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ.,-:;0123456789"[random.IntN(66)])
	}
	return b.String()
}
