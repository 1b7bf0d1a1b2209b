package telemetry_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/shelflife-go/shelflife/internal/golden"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/telemetry"
)

const page = "../../docs/telemetry.md"

// The tables of docs/telemetry.md are what the code has: names and comments of the
// constants, and what a whole life exports.
func TestGoldenDocument(t *testing.T) {
	t.Parallel()
	b := newBench(t, telemetry.PerSeller())
	live(t, b)
	metrics := b.collect(t)
	data, err := os.ReadFile(page)
	require.NoError(t, err)
	text := string(data)
	for heading, table := range map[string]string{
		"Spans":           spansTable(t),
		"Attributes":      attributesTable(t, b, metrics),
		"Metrics":         metricsTable(t, metrics),
		"Types of errors": errorsTable(),
		"Keys of the log": keysTable(t),
	} {
		before, rest, found := strings.Cut(text, "## "+heading+"\n")
		require.True(t, found, heading)
		after := ""
		if i := strings.Index(rest, "\n## "); i >= 0 {
			after = rest[i:]
		}
		text = before + "## " + heading + "\n\n" + table + after
	}
	golden.Equal(t, page, text)
}

// methods returns the methods of an interface or a pointer that take a context.
func methods(of reflect.Type) []string {
	var names []string
	for i := range of.NumMethod() {
		m := of.Method(i)
		for j := range m.Type.NumIn() {
			if m.Type.In(j) == reflect.TypeFor[context.Context]() {
				names = append(names, m.Name)
			}
		}
	}
	return names
}

func spansTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	line := func(prefix string, names []string) {
		for i, name := range names {
			names[i] = "`" + prefix + name + "`"
		}
		b.WriteString(strings.Join(names, ", ") + "\n")
	}
	b.WriteString("One for each method of the manager that takes a context, with an event for each entry that\nit saved, named after the entry's event:\n")
	line("lifecycle.", methods(reflect.TypeFor[*lifecycle.Manager]()))
	b.WriteString("\nOne for each call to the marketplace, of the kind client:\n")
	line("marketplace.", methods(reflect.TypeFor[lifecycle.Marketplace]()))
	return b.String()
}

// constants returns the exported constants of a file with their comments, in order.
func constants(t *testing.T, file, prefix string) (names []string, comments map[string]string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	require.NoError(t, err)
	comments = map[string]string{}
	for _, d := range parsed.Decls {
		general, ok := d.(*ast.GenDecl)
		if !ok || general.Tok != token.CONST {
			continue
		}
		for _, spec := range general.Specs {
			value := spec.(*ast.ValueSpec)
			name := value.Names[0].Name
			if !value.Names[0].IsExported() || !strings.HasPrefix(name, prefix) || value.Doc == nil {
				continue
			}
			text := strings.Join(strings.Fields(value.Doc.Text()), " ")
			text = regexp.MustCompile(`\[(?:\w+\.)?(\w+)\]`).ReplaceAllString(text, "`$1`")
			text = regexp.MustCompile(`^\w+ (is|are) `).ReplaceAllString(text, "")
			names = append(names, name)
			comments[name] = text
		}
	}
	return names, comments
}

var keys = map[string]attribute.Key{
	"Seller": telemetry.Seller, "Listing": telemetry.Listing, "Command": telemetry.Command, "Request": telemetry.Request,
	"ChangeSet": telemetry.ChangeSet, "Operation": telemetry.Operation, "Call": telemetry.Call, "Event": telemetry.Event,
	"Revision": telemetry.Revision, "State": telemetry.State, "Before": telemetry.Before, "Outcome": telemetry.Outcome,
	"Rules": telemetry.Rules, "Rule": telemetry.Rule, "ErrorType": telemetry.ErrorType,
}

func attributesTable(t *testing.T, b *bench, metrics metricdata.ResourceMetrics) string {
	t.Helper()
	onSpans, onMetrics := map[attribute.Key]bool{}, map[attribute.Key]bool{}
	for _, s := range b.spans.GetSpans() {
		for _, a := range s.Attributes {
			onSpans[a.Key] = true
		}
		for _, e := range s.Events {
			for _, a := range e.Attributes {
				onSpans[a.Key] = true
			}
		}
	}
	each(metrics, func(_ metricdata.Metrics, set attribute.Set) {
		for _, a := range set.ToSlice() {
			onMetrics[a.Key] = true
		}
	})
	var out strings.Builder
	out.WriteString("| attribute | constant | spans | metrics | what it is |\n|---|---|---|---|---|\n")
	names, comments := constants(t, "names.go", "")
	require.Len(t, names, len(keys))
	mark := map[bool]string{true: "yes", false: "–"}
	for _, name := range names {
		key, known := keys[name]
		require.True(t, known, name)
		require.True(t, onSpans[key] || onMetrics[key], "%s is never given", name)
		fmt.Fprintf(&out, "| `%s` | `%s` | %s | %s | %s |\n", key, name, mark[onSpans[key]], mark[onMetrics[key]], comments[name])
		delete(onSpans, key)
		delete(onMetrics, key)
	}
	assert.Empty(t, onSpans)
	assert.Empty(t, onMetrics)
	return out.String()
}

// each calls f for each metric and each set of attributes that it has.
func each(all metricdata.ResourceMetrics, f func(metricdata.Metrics, attribute.Set)) {
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			switch data := m.Data.(type) {
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					f(m, p.Attributes)
				}
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					f(m, p.Attributes)
				}
			}
		}
	}
}

func metricsTable(t *testing.T, all metricdata.ResourceMetrics) string {
	t.Helper()
	having := map[string]map[attribute.Key]bool{}
	each(all, func(m metricdata.Metrics, set attribute.Set) {
		if having[m.Name] == nil {
			having[m.Name] = map[attribute.Key]bool{}
		}
		for _, a := range set.ToSlice() {
			having[m.Name][a.Key] = true
		}
	})
	var lines []string
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			kind, prometheus := "counter", strings.ReplaceAll(m.Name, ".", "_")+"_total"
			buckets := ""
			if data, ok := m.Data.(metricdata.Histogram[float64]); ok {
				kind, prometheus = "histogram", strings.ReplaceAll(m.Name, ".", "_")+"_seconds"
				bounds := data.DataPoints[0].Bounds
				buckets = fmt.Sprintf(" %d buckets up to %s.", len(bounds)+1, span(bounds[len(bounds)-1]))
			}
			var of []string
			for key := range having[m.Name] {
				if key != telemetry.Seller {
					of = append(of, "`"+strings.TrimPrefix(string(key), "shelflife.")+"`")
				}
			}
			slices.Sort(of)
			lines = append(lines, fmt.Sprintf("| `%s` | `%s` | %s | `%s` | %s | %s%s |\n", m.Name, prometheus, kind, m.Unit, strings.Join(of, ", "), m.Description, buckets))
		}
	}
	require.Len(t, lines, 7)
	slices.Sort(lines)
	return "Attributes are without `shelflife.`; Prometheus writes them with `_` for each dot.\n\n| metric | in Prometheus | kind | unit | attributes | what it is |\n|---|---|---|---|---|---|\n" + strings.Join(lines, "")
}

// span is a number of seconds in days.
func span(seconds float64) string {
	if days := seconds / (24 * 60 * 60); days > 1 {
		return fmt.Sprintf("%g days", days)
	}
	return "a day"
}

func errorsTable() string {
	var b strings.Builder
	b.WriteString("Values of `error.type`. The first that fits is given.\n\n| type | error |\n|---|---|\n| `refused` | `*Refusal`, and the span has its rules |\n| `request_failed` | `*RequestError`: a request that failed or was cancelled |\n| `rejected` | `*Rejection` |\n")
	for name, err := range telemetry.ErrorTypes() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, err)
	}
	b.WriteString("| `_OTHER` | any other |\n\nThat `Find` or `Trace` finds nothing, and that a marketplace does not support a call, is an\nanswer: the span of the call has no error.\n")
	return b.String()
}

func keysTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| key | constant | what it is |\n|---|---|---|\n")
	names, comments := constants(t, "../port_operation.go", "Log")
	require.NotEmpty(t, names)
	values := logKeys(t)
	for _, name := range names {
		fmt.Fprintf(&b, "| `%s` | `lifecycle.%s` | %s |\n", values[name], name, comments[name])
	}
	for name, key := range keys { // where both have it, they agree
		if value, logged := values["Log"+name]; logged {
			assert.Equal(t, "shelflife."+value, string(key))
		}
	}
	return b.String()
}

// logKeys returns the values of the keys of the log.
func logKeys(t *testing.T) map[string]string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), "../port_operation.go", nil, 0)
	require.NoError(t, err)
	values := map[string]string{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(v.Names[0].Name, "Log") {
			literal := v.Values[0].(*ast.BasicLit)
			values[v.Names[0].Name] = constant.StringVal(constant.MakeFromLiteral(literal.Value, literal.Kind, 0))
		}
		return true
	})
	return values
}
