package telemetry

import (
	"context"
	"errors"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Marketplace returns a marketplace that does what m does, with a span and a duration for
// each call but Plan, which makes none. That Find or Trace finds nothing, and that
// something is not supported, are answers and no errors. It is safe for concurrent use,
// as m must be; nil stays nil.
func (t *Telemetry) Marketplace(m lifecycle.Marketplace) lifecycle.Marketplace {
	if m == nil {
		return nil
	}
	return market{m, t}
}

type market struct {
	lifecycle.Marketplace
	telemetry *Telemetry
}

// call makes a call to the marketplace.
func call[T any](ctx context.Context, m market, name string, attributes []attribute.KeyValue, do func(context.Context) (T, error)) (T, error) {
	began := time.Now()
	attributes = append(attributes, Call.String(name))
	ctx, span := m.telemetry.tracer.Start(ctx, "marketplace."+name, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attributes...))
	defer span.End()
	answer, err := do(ctx)
	kind := errorType(err)
	if isAnswer(name, err) {
		kind = ""
	}
	failed(span, kind)
	m.telemetry.record(ctx, m.telemetry.calls, time.Since(began), fault([]attribute.KeyValue{Call.String(name)}, kind)...)
	return answer, err
}

// isAnswer reports whether an error of the call is what it was asked for.
func isAnswer(call string, err error) bool {
	looks := call == "Find" || call == "Trace"
	return looks && errors.Is(err, lifecycle.ErrNotFound) || errors.Is(err, errors.ErrUnsupported)
}

// ofChange are the attributes of what is asked for.
func ofChange(c lifecycle.Change) []attribute.KeyValue {
	return append(ofName(c.Name), Command.String(string(c.Kind)))
}

// ofName are the attributes that the name of a change set tells, if it is one of this
// library's.
func ofName(name string) []attribute.KeyValue {
	id, ours := lifecycle.ListingOf(name)
	if !ours {
		return nil
	}
	return []attribute.KeyValue{Request.String(name), Listing.String(id.String())}
}

// ofChangeSet is the attribute of a change set, if the id can be one.
func ofChangeSet(id string) []attribute.KeyValue {
	if id == "" || len(id) > 255 || strings.ContainsFunc(id, func(c rune) bool { return c < '!' || c > '~' }) {
		return nil
	}
	return []attribute.KeyValue{ChangeSet.String(id)}
}

// Send is a call of the marketplace.
func (m market) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	return call(ctx, m, "Send", ofChange(c), func(ctx context.Context) (string, error) { return m.Marketplace.Send(ctx, c) })
}

// Find is a call of the marketplace.
func (m market) Find(ctx context.Context, name string) (string, error) {
	return call(ctx, m, "Find", ofName(name), func(ctx context.Context) (string, error) { return m.Marketplace.Find(ctx, name) })
}

// Follow is a call of the marketplace.
func (m market) Follow(ctx context.Context, changeSet string) (lifecycle.Status, error) {
	return call(ctx, m, "Follow", ofChangeSet(changeSet), func(ctx context.Context) (lifecycle.Status, error) { return m.Marketplace.Follow(ctx, changeSet) })
}

// Cancel is a call of the marketplace.
func (m market) Cancel(ctx context.Context, changeSet string) error {
	_, err := call(ctx, m, "Cancel", ofChangeSet(changeSet), func(ctx context.Context) (struct{}, error) { return struct{}{}, m.Marketplace.Cancel(ctx, changeSet) })
	return err
}

// Identify is a call of the marketplace.
func (m market) Identify(ctx context.Context, known lifecycle.Entities) (lifecycle.Entities, error) {
	return call(ctx, m, "Identify", nil, func(ctx context.Context) (lifecycle.Entities, error) { return m.Marketplace.Identify(ctx, known) })
}

// Validate is a call of the marketplace.
func (m market) Validate(ctx context.Context, c lifecycle.Change) (string, error) {
	return call(ctx, m, "Validate", ofChange(c), func(ctx context.Context) (string, error) { return m.Marketplace.Validate(ctx, c) })
}

// Read is a call of the marketplace.
func (m market) Read(ctx context.Context, product string) (lifecycle.Snapshot, error) {
	return call(ctx, m, "Read", nil, func(ctx context.Context) (lifecycle.Snapshot, error) { return m.Marketplace.Read(ctx, product) })
}

// Pending is a call of the marketplace.
func (m market) Pending(ctx context.Context, page string) (changeSets []string, next string, err error) {
	type answer struct {
		changeSets []string
		next       string
	}
	a, err := call(ctx, m, "Pending", nil, func(ctx context.Context) (a answer, err error) {
		a.changeSets, a.next, err = m.Marketplace.Pending(ctx, page)
		return a, err
	})
	return a.changeSets, a.next, err
}

// Trace is a call of the marketplace.
func (m market) Trace(ctx context.Context, c lifecycle.Change) (lifecycle.Traced, error) {
	return call(ctx, m, "Trace", ofChange(c), func(ctx context.Context) (lifecycle.Traced, error) { return m.Marketplace.Trace(ctx, c) })
}
