package telemetry

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// instruments are those of one meter.
type instruments struct {
	operations   metric.Float64Histogram
	calls        metric.Float64Histogram
	transitions  metric.Int64Counter
	refusals     metric.Int64Counter
	ended        metric.Int64Counter
	requestTimes metric.Float64Histogram
	stateTimes   metric.Float64Histogram
}

func newInstruments(m metric.Meter) (instruments, error) {
	var errs []error
	histogram := func(name, description string, buckets []float64) metric.Float64Histogram {
		h, err := m.Float64Histogram(name, metric.WithUnit("s"), metric.WithDescription(description), metric.WithExplicitBucketBoundaries(buckets...))
		errs = append(errs, err)
		return h
	}
	counter := func(name, unit, description string) metric.Int64Counter {
		c, err := m.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(description))
		errs = append(errs, err)
		return c
	}
	all := instruments{
		operations:   histogram(operationDuration, "How long operations of the manager took.", callBuckets),
		calls:        histogram(marketplaceDuration, "How long calls to the marketplace took.", callBuckets),
		transitions:  counter(transitions, "{transition}", "Entries that were saved, by event and states."),
		refusals:     counter(refusals, "{refusal}", "Rules that refused commands have broken."),
		ended:        counter(requests, "{request}", "Requests that have ended, by command and outcome."),
		requestTimes: histogram(requestDuration, "How long the marketplace had requests that have ended.", requestBuckets),
		stateTimes:   histogram(stateDuration, "How long listings were in a state that they left.", stateBuckets),
	}
	return all, errors.Join(errs...)
}

func (instruments) record(ctx context.Context, h metric.Float64Histogram, d time.Duration, attributes ...attribute.KeyValue) {
	h.Record(ctx, d.Seconds(), metric.WithAttributes(attributes...))
}

// countRefusal counts each rule that a refused command has broken.
func (i instruments) countRefusal(ctx context.Context, of []attribute.KeyValue, c lifecycle.Event, rules []string) {
	of = told(Command, string(c), of)
	for _, id := range rules {
		i.refusals.Add(ctx, 1, metric.WithAttributes(of...), metric.WithAttributes(Rule.String(id)))
	}
}

// countEntry counts what an entry says: a transition, and the end of a request or of a
// state.
func (i instruments) countEntry(ctx context.Context, of []attribute.KeyValue, s lifecycle.Saved) {
	with := func(more ...attribute.KeyValue) metric.MeasurementOption {
		return metric.WithAttributes(append(more, of...)...)
	}
	i.transitions.Add(ctx, 1, with(Event.String(string(s.Event)), Before.String(string(s.From)), State.String(string(s.To))))
	if s.Result != lifecycle.Pending {
		ended := with(Command.String(string(s.Kind)), Outcome.String(string(s.Result)))
		i.ended.Add(ctx, 1, ended)
		if s.Took > 0 {
			i.requestTimes.Record(ctx, s.Took.Seconds(), ended)
		}
	}
	if !s.Since.IsZero() {
		i.stateTimes.Record(ctx, max(s.At.Sub(s.Since), 0).Seconds(), with(State.String(string(s.From))))
	}
}
