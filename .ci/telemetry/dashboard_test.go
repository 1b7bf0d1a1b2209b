package telemetry

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/telemetry"
	"github.com/shelflife-go/shelflife/version"
)

// dashboard is what this test reads of dashboard.json.
type dashboard struct {
	Title         string `json:"title"`
	UID           string `json:"uid"`
	SchemaVersion int    `json:"schemaVersion"`
	Panels        []struct {
		ID          int    `json:"id"`
		Type        string `json:"type"`
		Title       string `json:"title"`
		Description string `json:"description"`
		GridPos     struct{ X, Y, W, H int }
		FieldConfig struct {
			Defaults struct {
				Unit string `json:"unit"`
			} `json:"defaults"`
		} `json:"fieldConfig"`
		Datasource struct{ UID string }
		Targets    []struct {
			RefID        string `json:"refId"`
			Expr         string `json:"expr"`
			LegendFormat string `json:"legendFormat"`
		} `json:"targets"`
	} `json:"panels"`
}

func load(t *testing.T) dashboard {
	t.Helper()
	data, err := os.ReadFile("../../lifecycle/telemetry/dashboard.json")
	require.NoError(t, err)
	var d dashboard
	require.NoError(t, json.Unmarshal(data, &d))
	return d
}

// exported returns, for each name of a time series that the exporter for Prometheus
// gives after a whole life, the labels that any of its series has.
func exported(t *testing.T) map[string]map[string]bool {
	t.Helper()
	registry := prometheus.NewRegistry()
	exporter, err := otelprometheus.New(otelprometheus.WithRegisterer(registry))
	require.NoError(t, err)
	told, err := telemetry.New(telemetry.WithMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(exporter))))
	require.NoError(t, err)
	live(t, told)
	families, err := registry.Gather()
	require.NoError(t, err)
	series := map[string]map[string]bool{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			labels := map[string]bool{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = true
			}
			names := []string{f.GetName()}
			if m.GetHistogram() != nil {
				names = []string{f.GetName() + "_sum", f.GetName() + "_count", f.GetName() + "_bucket"}
			}
			for _, name := range names {
				if series[name] == nil {
					series[name] = map[string]bool{}
				}
				maps.Copy(series[name], labels)
				if strings.HasSuffix(name, "_bucket") {
					series[name]["le"] = true
				}
			}
		}
	}
	return series
}

// live leads a listing through a whole life, with a refusal and a call that fails.
func live(t *testing.T, told *telemetry.Telemetry) {
	t.Helper()
	ctx, clock := context.Background(), &lifecycletest.Clock{}
	market := lifecycletest.NewMarket(clock)
	m, err := lifecycle.New(lifecycletest.Seller, memstore.New(), told.Marketplace(market), lifecycle.WithClock(clock), lifecycle.WithOperationObserver(told.Observe))
	require.NoError(t, err)
	id := m.ID("life")
	finish := func(c lifecycle.Command) {
		t.Helper()
		_, err := m.Do(ctx, id, c)
		require.NoError(t, err)
		_, err = m.Await(ctx, id)
		require.NoError(t, err)
	}
	finish(lifecycle.Create{Name: "life", Listing: lifecycletest.ModelPackage()})
	finish(lifecycle.Submit{})
	finish(lifecycle.SignOff{})
	finish(lifecycle.AddVersion{Version: lifecycletest.Version("2.0", version.ModelPackage)})
	finish(lifecycle.RestrictVersion{Number: "1.0"})
	market.FailCalls(lifecycle.ErrThrottled)
	_, err = m.Read(ctx, "prod-1")
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = m.Validation(ctx, "cs1")
	require.ErrorIs(t, err, lifecycle.ErrThrottled)
	finish(lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced."})
	_, err = m.Do(ctx, id, lifecycle.EndSupport{})
	lifecycletest.RequireRefused(t, err, lifecycle.RuleNinetyDays)
	clock.Advance(lifecycle.SupportPeriod + time.Hour)
	finish(lifecycle.EndSupport{})
}

// units are those of Grafana that the dashboard has.
var units = []string{"short", "s", "percentunit", "ops", "reqps"}

// Every panel says what it shows and in which unit, and asks for series and labels that
// the exporter gives.
func TestDashboard(t *testing.T) {
	series, d := exported(t), load(t)
	assert.NotEmpty(t, d.Title)
	assert.NotEmpty(t, d.UID)
	assert.NotZero(t, d.SchemaVersion)
	grafana := strings.NewReplacer("$__rate_interval", "5m", "$__range", "7d")
	asked, ids, cells := map[string]bool{}, map[int]bool{}, map[[2]int]bool{}
	require.NotEmpty(t, d.Panels)
	for _, p := range d.Panels {
		assert.NotEmpty(t, p.Title)
		assert.Greater(t, len(p.Description), 20, p.Title)
		assert.Contains(t, units, p.FieldConfig.Defaults.Unit, p.Title)
		assert.Contains(t, []string{"stat", "timeseries", "bargauge"}, p.Type, p.Title)
		assert.Equal(t, "${datasource}", p.Datasource.UID, p.Title)
		assert.False(t, ids[p.ID], "%s has the id of another panel", p.Title)
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			assert.Less(t, x, 24, p.Title)
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				assert.False(t, cells[[2]int{x, y}], "%s lies on another panel", p.Title)
				cells[[2]int{x, y}] = true
			}
		}
		require.NotEmpty(t, p.Targets, p.Title)
		for _, target := range p.Targets {
			assert.NotEmpty(t, target.LegendFormat, p.Title)
			expr, err := parser.NewParser(parser.Options{}).ParseExpr(grafana.Replace(target.Expr))
			require.NoError(t, err, "%s: %s", p.Title, target.Expr)
			labels := map[string]bool{}
			parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
				switch n := node.(type) {
				case *parser.VectorSelector:
					require.Contains(t, series, n.Name, p.Title)
					asked[n.Name] = true
					maps.Copy(labels, series[n.Name])
					for _, m := range n.LabelMatchers {
						if m.Name != "__name__" {
							assert.True(t, series[n.Name][m.Name], "%s: no series of %s has %s", p.Title, n.Name, m.Name)
						}
					}
				case *parser.AggregateExpr:
					for _, name := range n.Grouping {
						assert.True(t, groupable(series, n, name), "%s: nothing below has %s: %s", p.Title, name, n)
					}
				}
				return nil
			})
			for _, name := range legends(target.LegendFormat) {
				assert.True(t, labels[name], "%s: the legend has %s", p.Title, name)
			}
		}
	}
	// Whatever is exported is on the dashboard, and docs/telemetry.md names it as it is.
	page, err := os.ReadFile("../../docs/telemetry.md")
	require.NoError(t, err)
	for _, name := range slices.Sorted(maps.Keys(series)) {
		family := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_sum"), "_count")
		if !strings.HasPrefix(name, "shelflife_") {
			continue
		}
		shown := slices.ContainsFunc(slices.Collect(maps.Keys(asked)), func(a string) bool { return strings.HasPrefix(a, family) })
		assert.True(t, shown, "%s is on no panel", family)
		assert.Contains(t, string(page), "`"+family+"`")
	}
}

// groupable reports whether a series that is aggregated has the label.
func groupable(series map[string]map[string]bool, n *parser.AggregateExpr, label string) bool {
	found := false
	parser.Inspect(n.Expr, func(node parser.Node, _ []parser.Node) error {
		if v, ok := node.(*parser.VectorSelector); ok {
			found = found || series[v.Name][label]
		}
		return nil
	})
	return found
}

// legends returns the labels that a legend names.
func legends(format string) []string {
	var names []string
	for _, part := range strings.Split(format, "{{")[1:] {
		name, _, _ := strings.Cut(part, "}}")
		names = append(names, name)
	}
	return names
}
