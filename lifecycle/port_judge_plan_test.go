package lifecycle_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
)

// planner is a market that plans what it is told to.
type planner struct {
	*lifecycletest.Market
	planned lifecycle.PlannedChangeSet
	err     error
}

func (p planner) Plan(lifecycle.Change) (lifecycle.PlannedChangeSet, error) { return p.planned, p.err }

// A plan that cannot be sent is an error that names the field, and not a plan.
func TestAPlanCanBeSent(t *testing.T) {
	t.Parallel()
	sound := lifecycle.PlannedChange{Type: "CreateProduct", Name: "New", Entity: "MachineLearningProduct@1.0", Identifier: "$New.Entity.Identifier", Document: json.RawMessage(` {"a": [1, null, {}]}`)}
	plan := func(planned lifecycle.PlannedChangeSet, err error) (lifecycle.Plan, error) {
		clock := &lifecycletest.Clock{}
		m, e := lifecycle.New(lifecycletest.Seller, memstore.New(), planner{lifecycletest.NewMarket(clock), planned, err}, lifecycle.WithClock(clock))
		require.NoError(t, e)
		return m.PlanDocument(context.Background(), lifecycletest.ModelPackage())
	}
	p, err := plan(lifecycle.PlannedChangeSet{Changes: []lifecycle.PlannedChange{sound, {Type: "ReleaseProduct", Entity: "MachineLearningProduct@1.0", Document: json.RawMessage(`{}`)}}}, nil)
	require.NoError(t, err)
	require.Len(t, p.Changes, 2)
	_, err = json.Marshal(p)
	require.NoError(t, err)
	p, err = plan(lifecycle.PlannedChangeSet{Changes: []lifecycle.PlannedChange{sound}}, errors.ErrUnsupported)
	require.NoError(t, err)
	require.Empty(t, p.Changes)

	for name, c := range map[string]struct {
		spoil func(*lifecycle.PlannedChange)
		says  string
	}{
		"no document":       {func(c *lifecycle.PlannedChange) { c.Document = nil }, "changes[1].document is no JSON object"},
		"an empty document": {func(c *lifecycle.PlannedChange) { c.Document = json.RawMessage{} }, "changes[1].document is no JSON object"},
		"half a document":   {func(c *lifecycle.PlannedChange) { c.Document = json.RawMessage(`{"a":`) }, "changes[1].document is no JSON object"},
		"two documents":     {func(c *lifecycle.PlannedChange) { c.Document = json.RawMessage(`{} {}`) }, "changes[1].document is no JSON object"},
		"not UTF-8":         {func(c *lifecycle.PlannedChange) { c.Document = json.RawMessage("{\"a\":\"\xff\"}") }, "changes[1].document is not UTF-8"},
		"a large document": {func(c *lifecycle.PlannedChange) {
			c.Document = json.RawMessage(`{"a":"` + strings.Repeat("a", 16<<20) + `"}`)
		}, "changes[1].document has 16777224 bytes, 16777216 are possible"},
		"null":               {func(c *lifecycle.PlannedChange) { c.Document = json.RawMessage(`null`) }, "changes[1].document is no JSON object"},
		"a list":             {func(c *lifecycle.PlannedChange) { c.Document = json.RawMessage(`[]`) }, "changes[1].document is no JSON object"},
		"a text":             {func(c *lifecycle.PlannedChange) { c.Document = json.RawMessage(`"{}"`) }, "changes[1].document is no JSON object"},
		"no type":            {func(c *lifecycle.PlannedChange) { c.Type = "" }, "changes[1].type is empty"},
		"no entity":          {func(c *lifecycle.PlannedChange) { c.Entity = "" }, "changes[1].entity is empty"},
		"a type of two":      {func(c *lifecycle.PlannedChange) { c.Type = "A\nB" }, `changes[1].type is "A\nB"`},
		"a long entity":      {func(c *lifecycle.PlannedChange) { c.Entity = strings.Repeat("e", 256) }, "changes[1].entity has 256 bytes"},
		"a strange name":     {func(c *lifecycle.PlannedChange) { c.Name = "a\u202eb" }, "changes[1].name is "},
		"another identifier": {func(c *lifecycle.PlannedChange) { c.Identifier = "\x1b[31m" }, "changes[1].identifier is "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad := sound
			c.spoil(&bad)
			p, err := plan(lifecycle.PlannedChangeSet{Changes: []lifecycle.PlannedChange{sound, bad}}, nil)
			require.ErrorIs(t, err, lifecycle.ErrAnswer)
			require.ErrorContains(t, err, "Plan: "+c.says)
			assert.NotContains(t, err.Error(), "\n")
			require.Zero(t, p)
		})
	}
	_, err = plan(lifecycle.PlannedChangeSet{}, nil)
	require.ErrorIs(t, err, lifecycle.ErrAnswer)
	require.ErrorContains(t, err, "Plan: changes is empty")
	_, err = plan(lifecycle.PlannedChangeSet{Changes: make([]lifecycle.PlannedChange, 10_001)}, nil)
	require.ErrorContains(t, err, "Plan: changes has 10001 entries, 10000 are possible")
}
