package listing_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// damage changes a few values of a JSON document at random: it removes members
// and repeats entries and, unless types are kept, adds members that are not
// known and puts in values of other types.
func damage(t *rapid.T, v any, keepTypes bool) any {
	other := func() any {
		return rapid.SampledFrom([]any{nil, true, 1.5, "", "text", []any{}, []any{"a", "a"}, map[string]any{}, map[string]any{"x.y": 1.0}}).Draw(t, "other")
	}
	hit := func() bool { return rapid.IntRange(0, 39).Draw(t, "hit") == 20 } // rapid prefers the ends
	if !keepTypes && hit() {
		return other()
	}
	switch v := v.(type) {
	case map[string]any:
		changed := map[string]any{}
		for name, inside := range v {
			if !hit() {
				changed[name] = damage(t, inside, keepTypes)
			}
		}
		if !keepTypes && hit() {
			changed[rapid.SampledFrom([]string{"unknown", "a.b", "", "Title", "]\"", "größe"}).Draw(t, "name")] = other()
		}
		return changed
	case []any:
		changed := make([]any, 0, len(v))
		for _, inside := range v {
			changed = append(changed, damage(t, inside, keepTypes))
			if hit() {
				changed = append(changed, inside)
			}
		}
		return changed
	}
	return v
}

// Every path that Parse or Check reports leads to a place in the document.
func TestEveryPathCanBeLocated(t *testing.T) {
	t.Parallel()
	refused, checked := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		data, err := listing.Format(lifecycletest.AlmostValid().Draw(t, "listing").Listing)
		require.NoError(t, err)
		var tree any
		require.NoError(t, json.Unmarshal(data, &tree))
		data, err = json.MarshalIndent(damage(t, tree, rapid.Bool().Draw(t, "keep types")), "", "\t")
		require.NoError(t, err)

		l, err := listing.Parse(data)
		if err != nil {
			for _, each := range err.(interface{ Unwrap() []error }).Unwrap() {
				var fault *document.Error
				require.ErrorAs(t, each, &fault)
				place, ok := document.Locate(data, fault.Path)
				require.True(t, ok, fault.Path)
				require.Equal(t, document.Place{Path: fault.Path, Line: fault.Line, Column: fault.Column}, place)
				refused++
			}
			return
		}
		found := listing.Check(l)
		for _, v := range append(append(rule.Violations{}, found.Violations...), found.Advice...) {
			place, ok := document.Locate(data, v.Path)
			require.True(t, ok, v.Path)
			require.Positive(t, place.Line)
			require.True(t, strings.HasPrefix(v.Path, place.Path), "%s is not around %s", place.Path, v.Path)
			if place.Path != v.Path {
				require.NotContains(t, v.Path[len(place.Path):], "[", "%s stands in the document: %s", v.Path, data)
			}
			checked++
		}
	})
	require.Positive(t, refused)
	require.Positive(t, checked)
}

// A path leads to the line of the file, for an editor or a comment in review.
// What is missing is shown at the nearest value around it.
func Example_lines() {
	data := []byte(`{
	"kind": "model package",
	"versions": [
		{"number": "1.0", "status": "sold out"}
	]
}`)
	l, err := listing.Parse(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range listing.Check(l).Violations {
		if !errors.Is(v, version.RuleStatus) && !errors.Is(v, version.RuleARN) {
			continue // there are more
		}
		place, _ := document.Locate(data, v.Path)
		fmt.Printf("listing.json:%d:%d: %v\n", place.Line, place.Column, v)
	}
	// Output:
	// listing.json:4:3: versions[0].resource: is missing; give arn:aws:sagemaker:<region>:<account>:model-package/<name> or …:algorithm/<name> (version.arn)
	// listing.json:4:31: versions[0].status: "sold out" is not a status; leave the status out, or write "restricted" (version.status)
}
