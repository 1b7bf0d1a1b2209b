package telemetry

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// Telemetry makes spans and metrics. One is enough for all managers of a program. It is
// safe for concurrent use. Make one with [New].
type Telemetry struct {
	traces    trace.TracerProvider
	meters    metric.MeterProvider
	perSeller bool

	tracer trace.Tracer
	instruments
}

// Option changes how a [Telemetry] works.
type Option func(*Telemetry)

// WithTracerProvider replaces the global provider of spans.
func WithTracerProvider(p trace.TracerProvider) Option { return func(t *Telemetry) { t.traces = p } }

// WithMeterProvider replaces the global provider of metrics.
func WithMeterProvider(p metric.MeterProvider) Option { return func(t *Telemetry) { t.meters = p } }

// PerSeller gives all metrics but those of calls to the marketplace the seller's account
// as an attribute. The number of time series grows with the number of sellers.
func PerSeller() Option { return func(t *Telemetry) { t.perSeller = true } }

// New returns a Telemetry. It returns an error that matches [lifecycle.ErrConfig] when
// an option or a provider is nil, and otherwise the error of a meter that cannot make an
// instrument.
func New(options ...Option) (*Telemetry, error) {
	t := &Telemetry{traces: otel.GetTracerProvider(), meters: otel.GetMeterProvider()}
	for i, option := range options {
		if option == nil {
			return nil, fmt.Errorf("%w: option %d is nil: leave it out", lifecycle.ErrConfig, i)
		}
		option(t)
	}
	if t.traces == nil || t.meters == nil {
		return nil, fmt.Errorf("%w: a provider is nil: leave the option out", lifecycle.ErrConfig)
	}
	t.tracer = t.traces.Tracer(Scope)
	var err error
	t.instruments, err = newInstruments(t.meters.Meter(Scope))
	return t, err
}

var _ lifecycle.OperationObserver = (*Telemetry)(nil).Observe

// operation is what of an operation that has begun those within it need to know.
type operation struct {
	counted atomic.Pointer[lifecycle.Refusal] // by one within it
}

type operationKey struct{}

// Observe is an observer for [lifecycle.WithOperationObserver]: it makes a span for each
// operation, and counts.
func (t *Telemetry) Observe(ctx context.Context, o lifecycle.Operation) (context.Context, func(lifecycle.Ended)) {
	began := time.Now() // as long as a caller waits, whatever the manager's clock says
	attributes := []attribute.KeyValue{Operation.String(o.Method), Seller.String(string(o.Seller))}
	if o.Listing != uuid.Nil {
		attributes = append(attributes, Listing.String(o.Listing.String()))
	}
	if o.Command != "" {
		attributes = append(attributes, Command.String(string(o.Command)))
	}
	ctx, span := t.tracer.Start(ctx, "lifecycle."+o.Method, trace.WithAttributes(attributes...))
	outer, _ := ctx.Value(operationKey{}).(*operation)
	own := &operation{}
	ctx = context.WithValue(ctx, operationKey{}, own)
	return ctx, func(e lifecycle.Ended) {
		t.tell(span, e)
		refused, rules := refusal(e.Err)
		if refused != nil {
			span.SetAttributes(Rules.StringSlice(rules))
			if own.counted.Load() != refused {
				t.countRefusal(ctx, t.of(o.Seller), refused.Command, rules)
			}
			if outer != nil {
				outer.counted.Store(refused)
			}
		}
		for _, s := range e.Saved {
			t.countEntry(ctx, t.of(o.Seller), s)
		}
		t.record(ctx, t.operations, time.Since(began), fault(t.of(o.Seller, Operation.String(o.Method)), errorType(e.Err))...)
		span.End()
	}
}

// of returns the attributes, with the seller if the metrics shall have it.
func (t *Telemetry) of(seller listing.AccountID, attributes ...attribute.KeyValue) []attribute.KeyValue {
	if t.perSeller {
		attributes = append(attributes, Seller.String(string(seller)))
	}
	return attributes
}

// tell gives the span what came of the operation.
func (t *Telemetry) tell(span trace.Span, e lifecycle.Ended) {
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(told(Before, string(e.Before), told(State, string(e.After), told(Request, e.Request, nil)))...)
	for _, s := range e.Saved {
		attributes := []attribute.KeyValue{Revision.Int64(s.Revision)}
		attributes = told(Before, string(s.From), told(State, string(s.To), attributes))
		attributes = told(Command, string(s.Kind), told(Request, s.Request, attributes))
		if s.Result != lifecycle.Pending {
			attributes = append(attributes, Outcome.String(string(s.Result)))
			span.SetAttributes(Outcome.String(string(s.Result)))
		}
		span.AddEvent(string(s.Event), trace.WithAttributes(attributes...))
	}
	failed(span, errorType(e.Err))
}

// told appends the attribute unless its value is empty.
func told(key attribute.Key, value string, to []attribute.KeyValue) []attribute.KeyValue {
	if value == "" {
		return to
	}
	return append(to, key.String(value))
}

// fault appends the type of the error, if there is one.
func fault(to []attribute.KeyValue, kind string) []attribute.KeyValue {
	return told(ErrorType, kind, to)
}

// failed marks the span as one with an error, if there is one.
func failed(span trace.Span, kind string) {
	if kind == "" {
		return
	}
	span.SetAttributes(ErrorType.String(kind))
	span.SetStatus(codes.Error, kind)
}
