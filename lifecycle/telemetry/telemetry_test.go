package telemetry_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/telemetry"
)

// counting gives spans numbers for ids, so that their order is that of their beginnings.
type counting struct{ n atomic.Uint64 }

func (c *counting) NewIDs(context.Context) (trace.TraceID, trace.SpanID) {
	var t trace.TraceID
	s := c.NewSpanID(context.Background(), t)
	copy(t[8:], s[:])
	return t, s
}

func (c *counting) NewSpanID(context.Context, trace.TraceID) trace.SpanID {
	var s trace.SpanID
	binary.BigEndian.PutUint64(s[:], c.n.Add(1))
	return s
}

// bench is a manager in memory whose telemetry is collected.
type bench struct {
	*lifecycle.Manager
	clock  *lifecycletest.Clock
	market *lifecycletest.Market
	told   *telemetry.Telemetry
	spans  *tracetest.InMemoryExporter
	reader *sdkmetric.ManualReader
}

func newBench(t *testing.T, options ...telemetry.Option) *bench {
	t.Helper()
	return newBenchWith(t, nil, options...)
}

func newBenchWith(t *testing.T, more []lifecycle.Option, options ...telemetry.Option) *bench {
	t.Helper()
	clock := &lifecycletest.Clock{}
	b := &bench{clock: clock, market: lifecycletest.NewMarket(clock), spans: tracetest.NewInMemoryExporter(), reader: sdkmetric.NewManualReader()}
	traces := sdktrace.NewTracerProvider(sdktrace.WithSyncer(b.spans), sdktrace.WithIDGenerator(&counting{}))
	var err error
	b.told, err = telemetry.New(append([]telemetry.Option{telemetry.WithTracerProvider(traces),
		telemetry.WithMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(b.reader)))}, options...)...)
	require.NoError(t, err)
	facts := lifecycletest.Facts(lifecycletest.ModelPackage())
	b.Manager, err = lifecycle.New(lifecycletest.Seller, memstore.New(), b.told.Marketplace(b.market), append([]lifecycle.Option{
		lifecycle.WithClock(clock), lifecycle.WithResources(lifecycletest.Resources{}), lifecycle.WithAssets(lifecycletest.Assets{}),
		lifecycle.WithSellers(*facts.Seller), lifecycle.WithOperationObserver(b.told.Observe),
	}, more...)...)
	require.NoError(t, err)
	return b
}

// tree draws the spans, each below the one that it is within.
func tree(spans tracetest.SpanStubs) string {
	order := func(a, b tracetest.SpanStub) int {
		x, y := a.SpanContext.SpanID(), b.SpanContext.SpanID()
		return slices.Compare(x[:], y[:])
	}
	slices.SortFunc(spans, order)
	within := map[trace.SpanID][]tracetest.SpanStub{}
	for _, s := range spans {
		within[s.Parent.SpanID()] = append(within[s.Parent.SpanID()], s)
	}
	var b strings.Builder
	var draw func(parent trace.SpanID, indent string)
	draw = func(parent trace.SpanID, indent string) {
		for _, s := range within[parent] {
			status := ""
			if s.Status.Code != codes.Unset {
				status = " [" + s.Status.Code.String() + ": " + s.Status.Description + "]"
			}
			fmt.Fprintf(&b, "%s%s%s%s\n", indent, s.Name, attributes(s.Attributes), status)
			for _, e := range s.Events {
				fmt.Fprintf(&b, "%s  * %s%s\n", indent, e.Name, attributes(e.Attributes))
			}
			draw(s.SpanContext.SpanID(), indent+"  ")
		}
	}
	draw(trace.SpanID{}, "")
	return b.String()
}

// digest is the end of the name of a request: it tells one content from another.
var digest = regexp.MustCompile(`\b[0-9a-f]{8}$`)

func attributes(all []attribute.KeyValue) string {
	var b strings.Builder
	set := attribute.NewSet(all...)
	for _, a := range set.ToSlice() {
		fmt.Fprintf(&b, " %s=%q", strings.TrimPrefix(string(a.Key), "shelflife."), digest.ReplaceAllString(a.Value.String(), "#"))
	}
	return b.String()
}

func (b *bench) collect(t *testing.T) metricdata.ResourceMetrics {
	t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(t, b.reader.Collect(context.Background(), &all))
	return all
}

// figures lists the metrics, a line for each combination of attributes: the value of a
// counter; of a histogram how many, and their sum unless it is of the machine's time.
func figures(t *testing.T, all metricdata.ResourceMetrics) string {
	t.Helper()
	var lines []string
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			switch data := m.Data.(type) {
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					lines = append(lines, fmt.Sprintf("%s%s: %d", m.Name, attributes(p.Attributes.ToSlice()), p.Value))
				}
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					line := fmt.Sprintf("%s%s: %d", m.Name, attributes(p.Attributes.ToSlice()), p.Count)
					if !strings.HasSuffix(m.Name, "operation.duration") && !strings.HasSuffix(m.Name, "marketplace.duration") {
						line += fmt.Sprintf(", %g s together", p.Sum)
					}
					lines = append(lines, line)
				}
			default:
				t.Errorf("%s is a %T", m.Name, m.Data)
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}
