package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

// target is a service with a listing of each seller, whose streams end at once.
type target struct {
	*bench
	judge
	all   []*huma.Operation
	names []string // of listings that there are, by name and by id
}

func newTarget(t testing.TB) *target {
	b := newBench(t)
	_, all := operations(t, b)
	anns := b.publish(t, ann, "ann", "annsown", "AnnsSecret", lifecycle.Live)
	bobs := b.publish(t, bob, "bob", "bobsown", "BobsSecret", lifecycle.TestProduct)
	b.close()
	return &target{b, newJudge(t, b), all, []string{"annsown", "bobsown", anns.ID.String(), bobs.ID.String()}}
}

// ask sends the request, and requires of the answer all that is promised: a status, a
// type and a body that are documented, no fault of the service, and nothing of the
// other seller.
func (f *target) ask(t require.TestingT, op *huma.Operation, token, target, body, key, match string) reply {
	r, err := http.NewRequest(op.Method, "http://service"+target, strings.NewReader(body))
	if err != nil {
		return reply{} // no client can send it
	}
	r.RequestURI = r.URL.RequestURI()
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	r.Header["Idempotency-Key"], r.Header["If-Match"] = []string{key}, []string{match}
	answer := f.send(r)
	if answer.status == http.StatusTemporaryRedirect || answer.status == http.StatusMovedPermanently {
		return answer // the mux cleans paths such as "//"
	}
	require.Less(t, answer.status, 500, "%s %s %.2000s: %s", op.Method, target, body, answer.body)
	if h, pattern := f.mux.Handler(r); h == nil || pattern != op.Method+" "+op.Path {
		return answer // it is another operation's, or nobody's
	}
	f.requirePromised(t, op, answer)
	require.Equal(t, token != "ann" && token != "bob", answer.status == http.StatusUnauthorized)
	if token != "ann" {
		require.NotContains(t, answer.body, "AnnsSecret")
	}
	if token != "bob" {
		require.NotContains(t, answer.body, "BobsSecret")
	}
	return answer
}

// hostile are texts that programs have stumbled over.
var hostile = rapid.OneOf(
	rapid.SampledFrom([]string{"", ".", "..", "../annsown", "%00", "\x00", "\xff\xfe", "\u202e", "'; --", "<script>", "{}", "null", "-1",
		"9223372036854775808", "1e400", "00000000-0000-0000-0000-000000000000", strings.Repeat("x", 5000), strings.Repeat("😀", 200)}),
	rapid.String(),
)

// value generates a value of the schema, or, now and then, something else.
func (f *target) value(t *rapid.T, s *huma.Schema, depth int) any {
	if s.Ref != "" {
		s = f.api.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	if rapid.IntRange(0, 19).Draw(t, "wrong") == 0 {
		return rapid.SampledFrom([]any{nil, true, -1, 1e300, "", []any{}, map[string]any{}, map[string]any{"x": 1}, strings.Repeat("x", 100_000)}).Draw(t, "other")
	}
	switch {
	case len(s.Enum) > 0:
		return rapid.SampledFrom(s.Enum).Draw(t, "enum")
	case s.Type == huma.TypeObject:
		out := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			if depth < 8 && (s.MaxProperties == nil || len(out) == 0) && rapid.IntRange(0, 2).Draw(t, "has") > 0 {
				out[name] = f.value(t, s.Properties[name], depth+1)
			}
		}
		if more, ok := s.AdditionalProperties.(*huma.Schema); ok {
			out[rapid.SampledFrom([]string{"ml.m5.xlarge.m.i.b", "1.0", "x"}).Draw(t, "key")] = f.value(t, more, depth+1)
		}
		return out
	case s.Type == huma.TypeArray:
		var out []any
		for range rapid.IntRange(0, 2).Draw(t, "entries") {
			out = append(out, f.value(t, s.Items, depth+1))
		}
		return out
	case s.Type == huma.TypeInteger, s.Type == huma.TypeNumber:
		return rapid.SampledFrom([]any{0, 1, 14, -1, 1 << 62, 0.5}).Draw(t, "number")
	case s.Type == huma.TypeBoolean:
		return rapid.Bool().Draw(t, "flag")
	case s.Format == "date-time":
		return "2026-01-05T09:00:00Z"
	}
	return rapid.OneOf(hostile, rapid.SampledFrom([]string{
		"model package", "algorithm", "public", "private", "Live", "Draft", "1.0", "0.55", "hourly", string(ann), string(bob),
		"arn:aws:sagemaker:us-east-2:222233334444:model-package/northwind-invoice-extractor-1-0", "https://example.com/logo.png",
	}), rapid.SampledFrom(f.names)).Draw(t, "text")
}

// body generates a body: of the schema, a sound listing, or one that breaks one rule;
// then, now and then, damaged.
func (f *target) body(t *rapid.T, op *huma.Operation) string {
	if op.RequestBody == nil {
		return ""
	}
	var out string
	switch rapid.IntRange(0, 3).Draw(t, "body") {
	case 0:
		out = jsonOf(rapid.Custom(func(t *rapid.T) any { return f.plain(t, op) }).Draw(t, "sound"))
	default:
		out = jsonOf(f.value(t, op.RequestBody.Content["application/json"].Schema, 0))
	}
	switch rapid.IntRange(0, 11).Draw(t, "damage") {
	case 0:
		out = out[:rapid.IntRange(0, len(out)).Draw(t, "end")]
	case 1:
		out = strings.Replace(out, ":", ":\xff", 1)
	case 2:
		out = strings.Replace(out, `"`, "\"\xc3\x28", rapid.IntRange(1, 5).Draw(t, "times"))
	case 3:
		out = `{"a":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "}"
	case 4:
		out += out
	case 5:
		out = `{"listing": {"versions": [` + strings.Repeat("{},", 20_000) + `{}]}}`
	}
	return out
}

// plain is a body that says something sensible.
func (f *target) plain(t *rapid.T, op *huma.Operation) any {
	document := rapid.OneOf(lifecycletest.Listings(), rapid.Map(lifecycletest.AlmostValid(), func(l lifecycletest.Faulty) listing.Listing { return l.Listing })).Draw(t, "listing")
	switch {
	case op.Path == "/check":
		return document
	case op.Method == http.MethodPut:
		return lifecycle.Desired{Listing: document, Until: rapid.SampledFrom(lifecycle.States()).Draw(t, "until")}
	}
	return rapid.SampledFrom([]any{
		map[string]any{"create": lifecycle.Create{Listing: document}}, map[string]any{"edit": lifecycle.Edit{Listing: document}},
		map[string]any{"add-version": lifecycle.AddVersion{Version: document.Versions[0]}}, map[string]any{"submit": lifecycle.Submit{}},
		map[string]any{"sign-off": lifecycle.SignOff{}}, map[string]any{"cancel": lifecycle.Cancel{}},
		map[string]any{"restrict-version": lifecycle.RestrictVersion{Number: "1.0"}}, map[string]any{"discard": lifecycle.Discard{}},
	}).Draw(t, "command")
}

// Whatever is asked, one request after the other, of a service whose listings go on
// with their lives: the answer is one that the OpenAPI document promises.
func TestAnyRequest(t *testing.T) {
	t.Parallel()
	statuses := map[int]int{}
	rapid.Check(t, func(rt *rapid.T) {
		f := newTarget(t)
		for range rapid.IntRange(1, 30).Draw(rt, "requests") {
			op := rapid.SampledFrom(f.all).Draw(rt, "operation")
			name := rapid.OneOf(rapid.SampledFrom(f.names), rapid.SampledFrom([]string{"fresh", "fresher"}), hostile).Draw(rt, "name")
			to := strings.Replace(op.Path, "{name}", strings.ReplaceAll(url.PathEscape(name), ".", "%2E"), 1)
			query := url.Values{}
			key, match := "", ""
			for _, p := range op.Parameters {
				if p.In == "path" || rapid.IntRange(0, 2).Draw(rt, "has") > 0 {
					continue
				}
				v := fmt.Sprint(f.value(rt, p.Schema, 8))
				switch {
				case p.In == "query":
					query.Set(p.Name, v)
				case p.Name == "If-Match":
					match = rapid.SampledFrom([]string{`"1"`, `"999"`, "*", v}).Draw(rt, "match")
				default:
					key = v
				}
			}
			if len(query) > 0 {
				to += "?" + query.Encode()
			}
			token := rapid.SampledFrom([]string{"ann", "bob", "bob", "bob", "carl"}).Draw(rt, "token")
			answer := f.ask(rt, op, token, to, f.body(rt, op), key, match)
			statuses[answer.status]++
			if rapid.IntRange(0, 3).Draw(rt, "sweep") == 0 {
				_, _ = f.managers[bob].Sweep(t.Context()) // what fails is tried again
				require.NoError(rt, f.market.Advance(1e12))
			}
		}
	})
	t.Log(statuses)
	for _, status := range []int{200, 400, 401, 404, 422} {
		require.NotZero(t, statuses[status], status)
	}
}

// FuzzAPI sends any bytes to any operation.
func FuzzAPI(f *testing.F) {
	f.Add(uint8(0), true, "annsown", "", "", "", "")
	f.Add(uint8(1), false, "bobsown", "limit=1", "key", `"1"`, `{"cancel": {}}`)
	f.Add(uint8(2), false, "fresh", "", "", "", `{"listing": {"title": "x"}, "until": "Live"}`)
	f.Add(uint8(3), false, "\xff", "after=x", "\x00", "*", "{\"a\": \"\xff\"}")
	service := newTarget(f)
	f.Fuzz(func(t *testing.T, op uint8, anns bool, name, query, key, match, body string) {
		o := service.all[int(op)%len(service.all)]
		token := "bob"
		if anns {
			token = "ann"
		}
		to := strings.Replace(o.Path, "{name}", url.PathEscape(name), 1)
		service.ask(t, o, token, to+"?"+query, body, key, match)
	})
}
