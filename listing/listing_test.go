package listing_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// fill sets every exported field below v to something that is not zero, so
// that a field added later is not overlooked.
func fill(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		v.SetString(path)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(7)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), path)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.Map:
		card := pricing.RateCard{pricing.Batch("ml.a"): pricing.MustUSD("1"), pricing.PerInference: pricing.MustUSD("2")}
		v.Set(reflect.ValueOf(card))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	default:
		t.Fatalf("%s is of kind %s, which this test does not know", path, v.Kind())
	}
}

// scribble changes everything below v in place and reports what two values
// have in common.
func scribble(t *testing.T, v, other reflect.Value, path string) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		require.False(t, v.IsNil(), "%s is not filled", path)
		assert.NotEqual(t, other.Pointer(), v.Pointer(), "%s is shared", path)
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("changed")
	case reflect.Bool:
		v.SetBool(false)
	case reflect.Int:
		v.SetInt(0)
	case reflect.Pointer:
		scribble(t, v.Elem(), other.Elem(), path)
	case reflect.Slice:
		for i := range v.Len() {
			scribble(t, v.Index(i), other.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.Map:
		v.Clear()
	case reflect.Struct:
		for i := range v.NumField() {
			scribble(t, v.Field(i), other.Field(i), path+"."+v.Type().Field(i).Name)
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	t.Parallel()
	var original, untouched listing.Listing
	fill(t, reflect.ValueOf(&original).Elem(), "listing")
	fill(t, reflect.ValueOf(&untouched).Elem(), "listing")
	clone := original.Clone()
	require.Equal(t, original, clone)
	scribble(t, reflect.ValueOf(&clone).Elem(), reflect.ValueOf(original), "listing")
	assert.Equal(t, untouched, original)
	assert.NotEqual(t, original, clone)
	assert.Equal(t, listing.Listing{}, listing.Listing{}.Clone())

	// What is empty stays empty, and does not become absent: an empty list of
	// Regions is not all of them.
	empty := listing.Listing{Regions: listing.Regions{Only: []listing.Region{}}}
	assert.Equal(t, empty, empty.Clone())
}

func TestFormatAndParse(t *testing.T) {
	t.Parallel()
	var full listing.Listing
	fill(t, reflect.ValueOf(&full).Elem(), "<&>")
	data, err := listing.Format(full)
	require.NoError(t, err)
	assert.Contains(t, string(data), `"title": "<&>.`, "texts are to stay readable")
	for name, want := range map[string]listing.Listing{
		"model package": lifecycletest.ModelPackage(),
		"algorithm":     lifecycletest.Algorithm(),
		"empty":         {},
		"full":          full,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := listing.Format(want)
			require.NoError(t, err)
			got, err := listing.Parse(data)
			require.NoError(t, err)
			assert.Equal(t, want, got)
			again, err := listing.Format(got.Clone())
			require.NoError(t, err)
			assert.Equal(t, string(data), string(again))
		})
	}
}

func TestFormatRefusesMalformedDimensions(t *testing.T) {
	t.Parallel()
	l := lifecycletest.ModelPackage()
	l.Offer.Rates[pricing.Batch("not an instance")] = pricing.USD{}
	data, err := listing.Format(l)
	require.ErrorIs(t, err, pricing.ErrDimension)
	assert.Nil(t, data)
}

func TestParseNamesEveryFault(t *testing.T) {
	t.Parallel()
	got, err := listing.Parse([]byte(`{
		"titel": "A", "Title": "B", "title": 1, "title": "again",
		"regions": "everywhere",
		"support": {"offered": "yes"},
		"versions": [{}, {"number": 1.0, "input": {"parameters": [{"name": null}]}}],
		"offer": {"rates": {"ml.m5.large": "1", "ml.m5.large.m.i.b": 0.4}, "trialDays": 14.5, "eula": []}
	}`))
	assert.Equal(t, listing.Listing{}, got)
	var all []string
	joined, ok := err.(interface{ Unwrap() []error })
	require.True(t, ok)
	for _, each := range joined.Unwrap() {
		var fault *document.Error
		require.ErrorAs(t, each, &fault)
		all = append(all, fault.Path)
	}
	assert.Equal(t, []string{
		"titel", "Title", "title", "title", "regions", "support.offered", "versions[1].number",
		"versions[1].input.parameters[0].name", `offer.rates["ml.m5.large"]`, `offer.rates["ml.m5.large.m.i.b"]`,
		"offer.trialDays", "offer.eula",
	}, all)
	require.ErrorIs(t, err, pricing.ErrDimension)
	require.ErrorIs(t, err, pricing.RuleExact)
	require.ErrorContains(t, err, `Title: is not a known field: spell it "title"`)
}

func TestRegionsInJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := listing.Regions{}
		if !rapid.Bool().Draw(t, "all") {
			want.Only = []listing.Region{}
			for _, code := range rapid.SliceOf(rapid.String()).Draw(t, "codes") {
				want.Only = append(want.Only, listing.Region(strings.ToValidUTF8(code, "")))
			}
		}
		data, err := json.Marshal(want)
		require.NoError(t, err)
		got := listing.Regions{Only: []listing.Region{"kept"}}
		require.NoError(t, json.Unmarshal(data, &got))
		assert.Equal(t, want, got)
		assert.True(t, want.Equal(got))
		assert.Equal(t, want.All(), string(data) == `"all"`)
	})
	for _, bad := range []string{`null`, `"All"`, `"us-east-1"`, `""`, `{}`, `1`, `[1]`, `["us-east-1", null]`, `[["us-east-1"]]`} {
		kept := listing.Regions{Only: []listing.Region{"us-east-2"}}
		var fault *document.Error
		require.ErrorAs(t, kept.UnmarshalJSON([]byte(bad)), &fault, bad)
		assert.Equal(t, listing.Regions{Only: []listing.Region{"us-east-2"}}, kept, bad)

		_, err := listing.Parse([]byte(`{"regions": ` + bad + `}`))
		require.ErrorAs(t, err, &fault, bad)
		assert.Equal(t, "regions", fault.Path, bad)
	}
}

func TestRegionsEqual(t *testing.T) {
	t.Parallel()
	only := func(codes ...listing.Region) listing.Regions {
		return listing.Regions{Only: append([]listing.Region{}, codes...)}
	}
	for name, tc := range map[string]struct {
		a, b listing.Regions
		want bool
	}{
		"all and all":       {listing.Regions{}, listing.Regions{}, true},
		"all and none":      {listing.Regions{}, only(), false},
		"all and one":       {listing.Regions{}, only("us-east-1"), false},
		"none and none":     {only(), only(), true},
		"in another order":  {only("us-east-1", "us-east-2"), only("us-east-2", "us-east-1"), true},
		"one twice":         {only("us-east-1", "us-east-1"), only("us-east-1"), true},
		"one more":          {only("us-east-1", "us-east-2"), only("us-east-1"), false},
		"two different":     {only("us-east-1"), only("us-east-2"), false},
		"the same, swapped": {only("b", "a", "b"), only("a", "b", "a"), true},
	} {
		assert.Equal(t, tc.want, tc.a.Equal(tc.b), name)
		assert.Equal(t, tc.want, tc.b.Equal(tc.a), name)
	}
	unsorted := only("us-east-2", "us-east-1")
	unsorted.Equal(only("us-east-1"))
	assert.Equal(t, only("us-east-2", "us-east-1"), unsorted, "Equal sorted its receiver")
}

func TestVersionsOfAListing(t *testing.T) {
	t.Parallel()
	l := lifecycletest.ModelPackage()
	l.Versions = nil
	for _, number := range []string{"1.0", "1.1", "2.0"} {
		l.Versions = append(l.Versions, lifecycletest.Version(number, l.Kind))
	}
	l.Versions[1].Status = version.Restricted

	v, found := l.Version("1.1")
	assert.True(t, found)
	assert.Equal(t, l.Versions[1], v)
	v, found = l.Version("3.0")
	assert.False(t, found)
	assert.Zero(t, v)

	assert.Equal(t, []version.Version{l.Versions[0], l.Versions[2]}, l.Offered())
	assert.Empty(t, listing.Listing{}.Offered())
}

func TestVisibilityOrDefault(t *testing.T) {
	t.Parallel()
	assert.Equal(t, listing.Public, listing.Visibility("").OrDefault())
	assert.Equal(t, listing.Public, listing.Public.OrDefault())
	assert.Equal(t, listing.Private, listing.Private.OrDefault())
	assert.Equal(t, listing.Visibility("other"), listing.Visibility("other").OrDefault())
}
