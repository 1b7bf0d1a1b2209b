package telemetry_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// answering is a marketplace with an answer of its own for each call, and one error.
type answering struct {
	err  error
	seen trace.SpanContext
}

func (a *answering) hear(ctx context.Context) { a.seen = trace.SpanContextFromContext(ctx) }

func (a *answering) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	a.hear(ctx)
	return "sent " + c.Name, a.err
}

func (a *answering) Find(ctx context.Context, name string) (string, error) {
	a.hear(ctx)
	return "found " + name, a.err
}

func (a *answering) Follow(ctx context.Context, changeSet string) (lifecycle.Status, error) {
	a.hear(ctx)
	return lifecycle.Status{Problems: []lifecycle.Problem{{Code: changeSet}}}, a.err
}

func (a *answering) Cancel(ctx context.Context, _ string) error {
	a.hear(ctx)
	return a.err
}

func (a *answering) Identify(ctx context.Context, known lifecycle.Entities) (lifecycle.Entities, error) {
	a.hear(ctx)
	known.ProductRevision++
	return known, a.err
}

func (a *answering) Plan(c lifecycle.Change) (lifecycle.PlannedChangeSet, error) {
	a.seen = trace.SpanContext{}
	return lifecycle.PlannedChangeSet{Validates: true}, a.err
}

func (a *answering) Validate(ctx context.Context, c lifecycle.Change) (string, error) {
	a.hear(ctx)
	return "validated " + c.Name, a.err
}

func (a *answering) Read(ctx context.Context, product string) (lifecycle.Snapshot, error) {
	a.hear(ctx)
	return lifecycle.Snapshot{Entities: lifecycle.Entities{Product: product}, Regions: []listing.Region{"eu-west-1"}}, a.err
}

func (a *answering) Pending(ctx context.Context, page string) ([]string, string, error) {
	a.hear(ctx)
	return []string{"pending"}, page + " next", a.err
}

func (a *answering) Trace(ctx context.Context, c lifecycle.Change) (lifecycle.Traced, error) {
	a.hear(ctx)
	return lifecycle.Traced{Token: c.Token}, a.err
}

// Every call but Plan is a span, under whose context it is made, and the answer and the
// error are those of the marketplace.
func TestMarketplacePassesEveryCall(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := uuid.New()
	args := map[reflect.Type]any{
		reflect.TypeFor[string]():             "text",
		reflect.TypeFor[lifecycle.Change]():   lifecycle.Change{Name: "name", Token: id, Kind: lifecycle.EventSubmit},
		reflect.TypeFor[lifecycle.Entities](): lifecycle.Entities{Product: "prod-1", ProductRevision: 1},
	}
	of := reflect.TypeFor[lifecycle.Marketplace]()
	for _, err := range []error{nil, errors.New("no")} {
		for i := range of.NumMethod() {
			name := of.Method(i).Name
			market := &answering{err: err}
			call := func(m lifecycle.Marketplace) []any {
				method := reflect.ValueOf(m).MethodByName(name)
				var in []reflect.Value
				for j := range method.Type().NumIn() {
					if kind := method.Type().In(j); kind == reflect.TypeFor[context.Context]() {
						in = append(in, reflect.ValueOf(context.Background()))
					} else {
						require.Contains(t, args, kind, name)
						in = append(in, reflect.ValueOf(args[kind]))
					}
				}
				var out []any
				for _, v := range method.Call(in) {
					out = append(out, v.Interface())
				}
				return out
			}
			want := call(market)
			b.spans.Reset()
			assert.Equal(t, want, call(b.told.Marketplace(market)), name)
			spans := b.spans.GetSpans()
			if name == "Plan" {
				assert.Empty(t, spans)
				continue
			}
			require.Len(t, spans, 1, name)
			assert.Equal(t, "marketplace."+name, spans[0].Name)
			assert.Equal(t, trace.SpanKindClient, spans[0].SpanKind)
			assert.Equal(t, spans[0].SpanContext.SpanID(), market.seen.SpanID(), name)
			assert.Equal(t, err != nil, spans[0].Status.Description == "_OTHER", name)
		}
	}
	assert.Nil(t, b.told.Marketplace(nil))
}

// What is an answer is no error.
func TestMarketplaceAnswersAreNoErrors(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	for _, c := range []struct {
		err  error
		find string
		read string
	}{
		{lifecycle.ErrNotFound, "", "not_found"},
		{errors.ErrUnsupported, "", ""},
		{fmt.Errorf("call: %w", lifecycle.ErrNotVerified), "not_verified", "not_verified"},
		{lifecycle.ErrLimit, "limit", "limit"},
	} {
		b.spans.Reset()
		m := b.told.Marketplace(&answering{err: c.err})
		_, err := m.Find(ctx, "name")
		require.ErrorIs(t, err, c.err)
		_, err = m.Read(ctx, "prod-1")
		require.ErrorIs(t, err, c.err)
		_, err = m.Trace(ctx, lifecycle.Change{})
		require.ErrorIs(t, err, c.err)
		spans := b.spans.GetSpans()
		assert.Equal(t, c.find, spans[0].Status.Description, c.err)
		assert.Equal(t, c.read, spans[1].Status.Description, c.err)
		assert.Equal(t, c.find, spans[2].Status.Description, c.err)
	}
}

// An id of a change set that cannot be one is not told.
func TestMarketplaceTellsPossibleIDsOnly(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	m := b.told.Marketplace(&answering{})
	for id, told := range map[string]bool{
		"cs-1": true, "!~": true, "": false, "two words": false, "line\nbreak": false, "ünicode": false, "\x7f": false,
		strings.Repeat("a", 255): true, strings.Repeat("a", 256): false,
	} {
		b.spans.Reset()
		_, err := m.Follow(context.Background(), id)
		require.NoError(t, err)
		assert.Equal(t, told, len(b.spans.GetSpans()[0].Attributes) == 2, "%q", id)
	}
}

// The duration of a call is that of the machine, in seconds.
func TestMarketplaceDuration(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	began := time.Now()
	_, err := b.told.Marketplace(&answering{}).Find(context.Background(), "name")
	require.NoError(t, err)
	most := time.Since(began).Seconds()
	h := histogram(t, b.collect(t), "shelflife.marketplace.duration")
	assert.EqualValues(t, 1, h.Count)
	assert.Positive(t, h.Sum)
	assert.LessOrEqual(t, h.Sum, most)
}
