package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// operations are those of the OpenAPI document, as it is served.
func operations(t testing.TB, b *bench) (huma.OpenAPI, []*huma.Operation) {
	t.Helper()
	served := b.ask(t, "", http.MethodGet, "/openapi.json", "")
	require.Equal(t, http.StatusOK, served.status)
	var all []*huma.Operation
	for _, path := range slices.Sorted(maps.Keys(b.api.OpenAPI().Paths)) {
		item := b.api.OpenAPI().Paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Put, item.Post, item.Delete, item.Patch} {
			if op != nil {
				all = append(all, op)
			}
		}
	}
	require.Len(t, all, 10)
	return *b.api.OpenAPI(), all
}

// judge knows what the OpenAPI document promises.
type judge struct{ schemas *jsonschema.Compiler }

func newJudge(t testing.TB, b *bench) judge {
	t.Helper()
	served := b.ask(t, "", http.MethodGet, "/openapi.json", "").body
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(served))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("http://service/openapi.json", doc))
	return judge{c}
}

// requirePromised requires that the status, the type and the body of the answer are
// documented for the operation.
func (j judge) requirePromised(t require.TestingT, op *huma.Operation, r reply) {
	response := op.Responses[strconv.Itoa(r.status)]
	require.NotNil(t, response, "%s %s answers %d, which is not documented: %s", op.Method, op.Path, r.status, r.body)
	content := response.Content[r.header.Get("Content-Type")]
	require.NotNil(t, content, "%s %s answers %d with %q", op.Method, op.Path, r.status, r.header.Get("Content-Type"))
	if r.header.Get("Content-Type") == "text/event-stream" {
		return
	}
	at := "http://service/openapi.json#/paths/" + strings.NewReplacer("/", "~1", "{", "%7B", "}", "%7D").Replace(op.Path) + "/" + strings.ToLower(op.Method) +
		"/responses/" + strconv.Itoa(r.status) + "/content/" + strings.ReplaceAll(r.header.Get("Content-Type"), "/", "~1") + "/schema"
	schema, err := j.schemas.Compile(at)
	require.NoError(t, err)
	body, err := jsonschema.UnmarshalJSON(strings.NewReader(r.body))
	require.NoError(t, err, r.body)
	require.NoError(t, schema.Validate(body), r.body)
}

func jsonOf(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func TestOpenAPI(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	served := b.ask(t, "", http.MethodGet, "/openapi.json", "").body
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(served))
	require.NoError(t, err)

	file, err := os.ReadFile("testdata/openapi-3.1.json")
	require.NoError(t, err)
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(file))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("http://schema/openapi.json", schema))
	compiled, err := c.Compile("http://schema/openapi.json")
	require.NoError(t, err)
	require.NoError(t, compiled.Validate(doc))
	broken, _ := jsonschema.UnmarshalJSON(strings.NewReader(strings.Replace(served, `"in":"path"`, `"in":"nowhere"`, 1)))
	require.Error(t, compiled.Validate(broken), "the schema looks")

	j := newJudge(t, b)
	for name := range b.api.OpenAPI().Components.Schemas.Map() {
		_, err := j.schemas.Compile("http://service/openapi.json#/components/schemas/" + name)
		require.NoError(t, err, name)
	}

	// What is sent and what comes back is as the schemas say.
	b.publish(t, ann, "ann", "invoices", "Invoices", lifecycle.Live)
	sent, err := j.schemas.Compile("http://service/openapi.json#/components/schemas/Listing")
	require.NoError(t, err)
	body, err := jsonschema.UnmarshalJSON(strings.NewReader(sample(t, ann, "Invoices")))
	require.NoError(t, err)
	require.NoError(t, sent.Validate(body))
	_, all := operations(t, b)
	b.close()
	for _, op := range all {
		if op.Method == http.MethodGet {
			answer := b.ask(t, "ann", op.Method, strings.Replace(op.Path, "{name}", "invoices", 1), "")
			require.Equal(t, http.StatusOK, answer.status, answer.body)
			j.requirePromised(t, op, answer)
		}
	}
}

// bodies are accepted by the operations that take one.
func bodies(t testing.TB, op *huma.Operation, of string) []string {
	t.Helper()
	switch {
	case op.RequestBody == nil:
		return []string{""}
	case op.Method == http.MethodPut:
		return []string{desired(t, bob, "Mine", lifecycle.Draft), desired(t, bob, "Mine", lifecycle.Live)}
	case op.Path == "/check":
		return []string{sample(t, bob, "Mine")}
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(op.RequestBody.Content["application/json"].Schema.Properties)) {
		c := map[string]any{}
		switch name {
		case "create", "edit":
			c["listing"] = json.RawMessage(sample(t, bob, "Mine"))
		case "restrict-version":
			c["number"] = "1.0"
		case "unpublish":
			c["email"], c["reason"], c["replacement"] = "a@example.com", "no more", of
		}
		all = append(all, jsonOf(map[string]any{name: c}))
	}
	require.Len(t, all, 16)
	return all
}

// Of every operation of the document, with every command: a listing of another seller,
// by its id or by its name, is answered as one that does not exist.
func TestSellersAreIsolated(t *testing.T) {
	t.Parallel()
	probe := newBench(t)
	_, all := operations(t, probe)
	tried := 0
	for _, op := range all {
		for _, body := range bodies(t, op, uuid.NewString()) {
			answer := func(publish bool, name func(lifecycle.Summary) string) string {
				b := newBench(t)
				foreign := lifecycle.Summary{ID: uuid.MustParse("6f0c8f6e-6d5f-4a53-9d0e-9f6c7b1a2d3e")}
				if publish {
					foreign = b.publish(t, ann, "ann", "secret", "Secret", lifecycle.Draft)
				}
				b.close()
				r := b.ask(t, "bob", op.Method, strings.Replace(op.Path, "{name}", name(foreign), 1), body)
				require.Less(t, r.status, 500, r.body)
				require.NotContains(t, r.body, "Secret")
				require.NotContains(t, r.body, string(ann))
				if publish {
					now := into[lifecycle.Record](t, b.ask(t, "ann", http.MethodGet, "/listings/secret", ""), http.StatusOK)
					require.Equal(t, foreign.Revision, now.Revision, "it was changed")
				}
				return strconv.Itoa(r.status) + jsonOf(r.header) + strings.ReplaceAll(r.body, foreign.ID.String(), "<id>")
			}
			byID := func(s lifecycle.Summary) string { return s.ID.String() }
			byName := func(lifecycle.Summary) string { return "secret" }
			require.Equal(t, answer(false, byID), answer(true, byID), "%s %s %.80s", op.Method, op.Path, body)
			require.Equal(t, answer(false, byName), answer(true, byName), "%s %s %.80s", op.Method, op.Path, body)
			tried++
		}
	}
	require.Greater(t, tried, 40)
	t.Logf("%d operations and commands", tried)
}
