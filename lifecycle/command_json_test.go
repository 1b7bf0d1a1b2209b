package lifecycle_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing/document"
)

// Every command has a JSON form that reads back, and no event has a blank.
func TestCommandsAsJSON(t *testing.T) {
	t.Parallel()
	names, kinds := map[string]bool{}, map[string]bool{}
	for name, zero := range lifecycle.Commands() {
		names[name] = false
		kinds[fmt.Sprintf("%T", zero)] = true
	}
	for event, command := range soundOn(lifecycle.Record{}, lifecycletest.Algorithm()) {
		assert.Equal(t, strings.ToLower(string(event)), string(event))
		assert.NotContains(t, string(event), " ")
		data, err := lifecycle.EncodeCommand(command)
		require.NoError(t, err)
		back, err := lifecycle.DecodeCommand(data)
		require.NoError(t, err, string(data))
		assert.Equal(t, command.Event(), back.Event())
		again, err := lifecycle.EncodeCommand(back)
		require.NoError(t, err)
		assert.JSONEq(t, string(data), string(again))
		assert.Contains(t, kinds, fmt.Sprintf("%T", command))
		var members map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(data, &members))
		for name := range members {
			assert.Contains(t, names, name)
			names[name] = true
		}
	}
	for name, written := range names {
		assert.True(t, written, name)
	}
	for name := range lifecycle.Commands() { // a list that ends early
		assert.Equal(t, "create", name)
		break
	}
	for data, says := range map[string]string{
		`{}`:                           "has 0 commands",
		`{"submit":{},"cancel":{}}`:    "has 2 commands",
		`{"submit":{"tester":[]}}`:     "submit.tester: is not a known field",
		`{"publish":{}}`:               "publish: is not a known field",
		`[]`:                           "want an object",
		`{"restrict-version":{"number`: "not valid JSON",
	} {
		_, err := lifecycle.DecodeCommand([]byte(data))
		require.ErrorContains(t, err, says)
		var fault *document.Error
		require.ErrorAs(t, err, &fault)
	}
	for _, row := range lifecycle.Transitions() {
		assert.NotContains(t, string(row.Event), " ")
	}
	_, err := lifecycle.EncodeCommand(nil)
	require.ErrorIs(t, err, lifecycle.RuleCommand)
}
