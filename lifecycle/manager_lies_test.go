package lifecycle_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/internal/depth"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// liar is a market that can also be read and traced, and that can lie: every answer
// goes through lie, as a pointer, before it is given.
type liar struct {
	*lifecycletest.Market
	mu  sync.Mutex
	lie func(call string, answer any)
}

func answered[T any](m *liar, call string, answer T, err error) (T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil && m.lie != nil {
		m.lie(call, &answer)
	}
	return answer, err
}

func (m *liar) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	id, err := m.Market.Send(ctx, c)
	return answered(m, "Send", id, err)
}

func (m *liar) Find(ctx context.Context, name string) (string, error) {
	id, err := m.Market.Find(ctx, name)
	return answered(m, "Find", id, err)
}

func (m *liar) Follow(ctx context.Context, id string) (lifecycle.Status, error) {
	status, err := m.Market.Follow(ctx, id)
	return answered(m, "Follow", status, err)
}

func (m *liar) Read(ctx context.Context, product string) (lifecycle.Snapshot, error) {
	e, err := m.Identify(ctx, lifecycle.Entities{Product: product})
	if err != nil {
		return lifecycle.Snapshot{}, err
	}
	s := lifecycle.Snapshot{Visibility: lifecycle.VisibilityLimited, Released: true, ModifiedAt: lifecycletest.Start}
	for _, c := range m.Sent() {
		s.Content = c.After
	}
	s.Entities = e
	s.Entities.Offer, s.Entities.OfferRevision = strings.Replace(product, "prod", "offer", 1), 1
	return answered(m, "Read", s, nil)
}

func (m *liar) Trace(ctx context.Context, c lifecycle.Change) (lifecycle.Traced, error) {
	for _, sent := range m.Sent() {
		product := "prod-" + sent.Token.String()[:8]
		if e, err := m.Identify(ctx, lifecycle.Entities{Product: product}); err == nil && sent.Listing == c.Listing {
			e.Offer, e.OfferRevision = strings.Replace(product, "prod", "offer", 1), 1
			return answered(m, "Trace", lifecycle.Traced{Entities: e, Token: sent.Token}, nil)
		}
	}
	return lifecycle.Traced{}, lifecycle.ErrNotFound
}

// lyingResources describes resources as it likes.
type lyingResources struct{ market *liar }

func (r lyingResources) Describe(ctx context.Context, arn version.ARN) (lifecycle.Resource, error) {
	resource, err := lifecycletest.Resources{}.Describe(ctx, arn)
	return answered(r.market, "Describe", resource, err)
}

func liarBench(t testing.TB) (*liar, *lifecycletest.Clock, *lifecycle.Manager) {
	clock := &lifecycletest.Clock{}
	market := &liar{Market: lifecycletest.NewMarket(clock)}
	m, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market, lifecycle.WithClock(clock),
		lifecycle.WithResources(lyingResources{market}), lifecycle.WithSellers(*lifecycletest.Facts(listing.Listing{}).Seller))
	require.NoError(t, err)
	return market, clock, m
}

// falseValues returns values that no honest answer has in a place of the type.
func falseValues(t reflect.Type) []any {
	switch t {
	case reflect.TypeFor[time.Time]():
		return []any{time.Time{}, time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)}
	case reflect.TypeFor[json.RawMessage]():
		return []any{json.RawMessage("{"), json.RawMessage(nil), json.RawMessage("\"\xff\"")}
	case reflect.TypeFor[map[string]string]():
		many := map[string]string{}
		for i := range 11_000 {
			many[fmt.Sprint(i)] = "option"
		}
		return []any{map[string]string(nil), many, map[string]string{"1.0": ""}, map[string]string{"1.0": "another"}, map[string]string{"\xff": "\xff"}}
	}
	switch t.Kind() {
	case reflect.String:
		return []any{"", "other", "\xff", "a\x1b[31mb\n", "\u202eabc", strings.Repeat("é", 12_000)}
	case reflect.Int, reflect.Int64:
		return []any{0, -1, 1, math.MaxInt64, math.MinInt64}
	case reflect.Bool:
		return []any{true, false}
	case reflect.Array:
		return []any{reflect.Zero(t).Interface()}
	case reflect.Slice, reflect.Pointer, reflect.Map:
		all := []any{reflect.Zero(t).Interface()}
		if t.Kind() == reflect.Slice {
			all = append(all, reflect.MakeSlice(t, 12_000, 12_000).Interface())
		}
		return all
	}
	return nil
}

// lie is one value in one place of an answer.
type lie struct {
	place string
	tell  func(answer any)
}

// liesOf returns every hostile value in every place of the answer, found by
// reflection: of fields to come, too.
func liesOf(answer any) []lie {
	var all []lie
	var walk func(v reflect.Value, place string, reach func(root reflect.Value) reflect.Value)
	walk = func(v reflect.Value, place string, reach func(reflect.Value) reflect.Value) {
		for i, value := range falseValues(v.Type()) {
			all = append(all, lie{fmt.Sprintf("%s (%d)", place, i), func(answer any) {
				if at := reach(reflect.ValueOf(answer).Elem()); at.IsValid() {
					at.Set(reflect.ValueOf(value).Convert(at.Type()))
				}
			}})
		}
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				if field := v.Type().Field(i); field.IsExported() {
					walk(v.Field(i), place+"."+field.Name, func(root reflect.Value) reflect.Value {
						if at := reach(root); at.IsValid() {
							return at.Field(i)
						}
						return reflect.Value{}
					})
				}
			}
		case reflect.Slice:
			walk(reflect.New(v.Type().Elem()).Elem(), place+"[0]", func(root reflect.Value) reflect.Value {
				at := reach(root)
				if !at.IsValid() {
					return at
				}
				if at.Len() == 0 {
					at.Set(reflect.MakeSlice(at.Type(), 1, 1))
				} else {
					at.Set(reflect.AppendSlice(reflect.Zero(at.Type()), at)) // the market's own stays as it is
				}
				return at.Index(0)
			})
		case reflect.Pointer:
			walk(reflect.New(v.Type().Elem()).Elem(), place, func(root reflect.Value) reflect.Value {
				at := reach(root)
				if !at.IsValid() {
					return at
				}
				fresh := reflect.New(at.Type().Elem())
				if !at.IsNil() {
					fresh.Elem().Set(at.Elem())
				}
				at.Set(fresh)
				return fresh.Elem()
			})
		}
	}
	v := reflect.ValueOf(answer)
	walk(v, v.Type().Name(), func(root reflect.Value) reflect.Value { return root })
	return all
}

// answers are what a marketplace gives, by call.
var answers = map[string]any{
	"Send": "", "Find": "", "Follow": lifecycle.Status{}, "Read": lifecycle.Snapshot{}, "Trace": lifecycle.Traced{}, "Describe": lifecycle.Resource{},
}

// Every call of a marketplace whose answer is believed is among those that lie.
func TestEveryAnswerLies(t *testing.T) {
	t.Parallel()
	known := map[reflect.Type]bool{}
	for _, answer := range answers {
		known[reflect.TypeOf(answer)] = true
	}
	// What these answer is not written down.
	known[reflect.TypeFor[lifecycle.PlannedChangeSet]()] = true
	known[reflect.TypeFor[[]string]()] = true
	known[reflect.TypeFor[lifecycle.Entities]()] = true
	known[reflect.TypeFor[error]()] = true
	for _, port := range []reflect.Type{reflect.TypeFor[lifecycle.Marketplace](), reflect.TypeFor[lifecycle.Resources]()} {
		for i := range port.NumMethod() {
			method := port.Method(i)
			for out := range method.Type.NumOut() {
				assert.True(t, known[method.Type.Out(out)], "%s returns %v", method.Name, method.Type.Out(out))
			}
		}
	}
}

// A lie that is told again and again keeps nobody from cancelling: the request ends
// at once or, where the marketplace only says that it goes on, after 60 days; and
// nothing that cannot be is written down.
func TestCancelReleasesWhateverIsAnswered(t *testing.T) {
	t.Parallel()
	for call, answer := range answers {
		for i, each := range liesOf(answer) {
			if call == "Read" && i%depth.Of(7, 3, 1) > 0 || call == "Describe" && i%depth.Of(3, 2, 1) > 0 {
				continue
			}
			for _, first := range []bool{true, false} {
				if first || call != "Trace" {
					released(t, fmt.Sprintf("%s %s, first %t", call, each.place, first), call, each, first)
				}
			}
		}
	}
}

// released ends the test unless a request is released though every answer to the call
// has the lie: that of a first submission, or of an update.
func released(t *testing.T, name, call string, each lie, first bool) {
	ctx, id := context.Background(), uuid.New()
	market, clock, m := liarBench(t)
	_, err := m.Do(ctx, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()})
	require.NoError(t, err)
	var c lifecycle.Command = lifecycle.Submit{}
	if !first {
		for _, c := range []lifecycle.Command{lifecycle.Submit{}, lifecycle.SignOff{}} {
			_, err = m.Do(ctx, id, c)
			require.NoError(t, err)
			_, err = m.Await(ctx, id)
			require.NoError(t, err)
		}
		c = lifecycle.AddVersion{Version: lifecycletest.Version("2.0", version.ModelPackage)}
	}
	market.lie = func(at string, answer any) {
		if status, changed := answer.(*lifecycle.Status); changed && call == "Read" {
			status.ChangedSince = true
		}
		if at == call {
			each.tell(answer)
		}
	}
	if _, err = m.Do(ctx, id, c); err != nil {
		var refusal *lifecycle.Refusal
		require.ErrorAs(t, err, &refusal, name)
		require.Equal(t, "Describe", call, "%v", err)
		return
	}
	if call == "Find" || call == "Trace" {
		market.LoseAnswers(2)
	}
	for range 3 {
		_, err = m.Advance(ctx, id)
		requireTypedOf(t, err, name)
		clock.Advance(2 * time.Hour)
	}
	if r, err := m.Load(ctx, id); err == nil && r.Request != nil {
		_, err = m.Do(ctx, id, lifecycle.Cancel{})
		require.NoError(t, err, name)
	}
	for range 3 {
		p, err := m.Advance(ctx, id)
		requireTypedOf(t, err, name)
		if p.Record.Request == nil {
			break
		}
		clock.Advance(31 * 24 * time.Hour)
	}
	r, err := m.Load(ctx, id)
	require.NoError(t, err)
	require.Nil(t, r.Request, name)
	requireNothingHostile(t, name, r, journalOf(t, m, id))
}

// requireNothingHostile ends the test unless record and journal can be read again,
// and have nothing that cannot be. Problems are the marketplace's own words.
func requireNothingHostile(t *testing.T, name string, r lifecycle.Record, journal []lifecycle.Entry) {
	requireReplayed(t, r, journal)
	for i, e := range journal {
		if e.Outcome != nil {
			outcome := *e.Outcome
			outcome.Problems = nil
			journal[i].Outcome = &outcome
		}
	}
	written := encoded(t, journal)
	require.Less(t, len(written), 30_000, name)
	for _, text := range []string{`"2090-`, "\\u001b", "\u202e", "\\ufffd", "9223372036854775807", "-9223372036854775808"} {
		require.NotContains(t, written, text, name)
	}
}

// requireTypedOf ends the test unless the error is one that a caller can tell, and is
// not as long as what was answered.
func requireTypedOf(t require.TestingT, err error, name string) {
	if err == nil {
		return
	}
	known := slices.ContainsFunc([]error{lifecycle.ErrAnswer, lifecycle.ErrUnavailable, lifecycle.ErrForgotten, lifecycle.ErrBusy}, func(k error) bool { return errors.Is(err, k) })
	require.True(t, known, "%s: %.500v", name, err)
	require.Less(t, len(err.Error()), 20_000, name)
}

// TestAWholeLifeAmongLies takes listings through their lives with a marketplace that
// lies now and then in whatever it answers. Afterwards an honest one can go on with
// each of them.
func TestAWholeLifeAmongLies(t *testing.T) {
	t.Parallel()
	all, calls := map[string][]lie{}, slices.Sorted(maps.Keys(answers))
	for call, answer := range answers {
		all[call] = liesOf(answer)
	}
	rapid.Check(t, func(rt *rapid.T) {
		ctx := context.Background()
		market, clock, m := liarBench(t)
		l := lifecycletest.ModelPackage()
		if rapid.Bool().Draw(rt, "private") {
			l = lifecycletest.Algorithm()
		}
		id := uuid.New()
		_, err := m.Do(ctx, id, lifecycle.Create{Listing: l})
		require.NoError(rt, err)
		told := map[string]lie{}
		market.lie = func(call string, answer any) {
			if each, lies := told[call]; lies {
				each.tell(answer)
			}
		}
		for range rapid.IntRange(5, 25).Draw(rt, "steps") {
			clear(told)
			for _, call := range calls {
				if lies := all[call]; rapid.IntRange(0, 3).Draw(rt, "lies") == 0 {
					told[call] = lies[rapid.IntRange(0, len(lies)-1).Draw(rt, call)]
				}
			}
			r, err := m.Load(ctx, id)
			require.NoError(rt, err)
			switch rapid.SampledFrom([]string{"command", "next", "next", "advance", "advance", "wait", "cancel"}).Draw(rt, "action") {
			case "next":
				next := map[lifecycle.State]lifecycle.Event{lifecycle.Draft: lifecycle.EventSubmit, lifecycle.TestProduct: lifecycle.EventSignOff, lifecycle.Live: lifecycle.EventAddVersion}
				if c := soundOn(r, l)[next[r.State]]; c != nil {
					_, _ = m.Do(ctx, id, c)
				}
			case "command":
				commands := soundOn(r, l)
				delete(commands, lifecycle.EventDiscard) // it would be gone
				events := slices.Sorted(maps.Keys(commands))
				_, _ = m.Do(ctx, id, commands[rapid.SampledFrom(events).Draw(rt, "command")])
			case "advance":
				_, err := m.Advance(ctx, id)
				requireTypedOf(rt, err, "advance")
			case "wait":
				clock.Advance(rapid.SampledFrom([]time.Duration{time.Hour, 61 * 24 * time.Hour}).Draw(rt, "wait"))
			case "cancel":
				_, _ = m.Do(ctx, id, lifecycle.Cancel{})
			}
		}
		market.lie = nil
		requireUsable(rt, clock, m, id, l)
	})
}

// requireUsable ends the test unless the listing can be loaded, its record encoded and
// decoded, its request cancelled or brought to its end, and another one sent.
func requireUsable(t require.TestingT, clock *lifecycletest.Clock, m *lifecycle.Manager, id uuid.UUID, l listing.Listing) {
	ctx := context.Background()
	release := func() lifecycle.Record {
		r, err := m.Load(ctx, id)
		require.NoError(t, err)
		if r.Request != nil && !r.Request.Cancelling {
			if _, err := m.Do(ctx, id, lifecycle.Cancel{}); err != nil {
				require.ErrorIs(t, err, lifecycle.RuleCancelWindow)
			}
		}
		for range 4 {
			p, err := m.Advance(ctx, id)
			requireTypedOf(t, err, "honest")
			if r = p.Record; r.Request == nil {
				break
			}
			clock.Advance(31 * 24 * time.Hour)
			if r.Request != nil && !r.Request.Cancelling {
				_, _ = m.Do(ctx, id, lifecycle.Cancel{})
			}
		}
		require.Nil(t, r.Request)
		requireReplayed(t, r, journalOf(t, m, id))
		return r
	}
	r := release()
	next := map[lifecycle.State]lifecycle.Command{
		lifecycle.Draft: lifecycle.Submit{}, lifecycle.TestProduct: lifecycle.SignOff{},
		lifecycle.Live:        lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced."},
		lifecycle.Unpublished: lifecycle.EndSupport{},
	}[r.State]
	clock.Advance(100 * 24 * time.Hour)
	if _, err := m.Do(ctx, id, next); err != nil {
		var refusal *lifecycle.Refusal
		require.ErrorAs(t, err, &refusal) // edits that were not tested, for one
	}
	release()
}
