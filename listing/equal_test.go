package listing_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// filled returns a value of which every field is set.
func filled[T any](t *testing.T) T {
	t.Helper()
	var value T
	fill(t, reflect.ValueOf(&value).Elem(), "value")
	return value
}

// eachChange makes one change below v after the other, calls changed with its
// path while it is in force, and takes it back.
func eachChange(t *testing.T, v reflect.Value, path string, changed func(path string)) {
	t.Helper()
	with := func(path string, value reflect.Value) {
		kept := reflect.New(v.Type()).Elem()
		kept.Set(v)
		v.Set(value)
		changed(path)
		v.Set(kept)
	}
	switch v.Kind() {
	case reflect.String:
		with(path, reflect.ValueOf("changed").Convert(v.Type()))
	case reflect.Bool:
		with(path, reflect.ValueOf(!v.Bool()))
	case reflect.Int:
		with(path, reflect.ValueOf(int(v.Int())+1))
	case reflect.Pointer:
		with(path+" absent", reflect.Zero(v.Type()))
		eachChange(t, v.Elem(), path, changed)
	case reflect.Slice:
		with(path+" absent", reflect.Zero(v.Type()))
		with(path+" shortened", v.Slice(0, v.Len()-1))
		with(path+" without its first", v.Slice(1, v.Len()))
		longer := reflect.MakeSlice(v.Type(), v.Len()+1, v.Len()+1)
		reflect.Copy(longer, v)
		with(path+" lengthened", longer)
		swapped := reflect.MakeSlice(v.Type(), 0, v.Len())
		with(path+" in another order", reflect.AppendSlice(reflect.AppendSlice(swapped, v.Slice(1, v.Len())), v.Slice(0, 1)))
		for i := range v.Len() {
			eachChange(t, v.Index(i), fmt.Sprintf("%s[%d]", path, i), changed)
		}
	case reflect.Map:
		card := v.Interface().(pricing.RateCard)
		for _, d := range card.Dimensions() {
			other := pricing.RateCard{}
			for _, each := range card.Dimensions() {
				other[each] = card[each]
			}
			other[d] = pricing.MustUSD("99")
			with(fmt.Sprintf("%s[%s]", path, d), reflect.ValueOf(other))
			delete(other, d)
			with(fmt.Sprintf("%s without %s", path, d), reflect.ValueOf(other))
			other[pricing.Training("ml.other")] = card[d]
			with(fmt.Sprintf("%s with another than %s", path, d), reflect.ValueOf(other))
		}
		with(path+" absent", reflect.Zero(v.Type()))
	case reflect.Struct:
		for i := range v.NumField() {
			eachChange(t, v.Field(i), path+"."+v.Type().Field(i).Name, changed)
		}
	default:
		t.Fatalf("%s is of kind %s, which this test does not know", path, v.Kind())
	}
}

// testEqual holds equal against every change that can be made to a value.
func testEqual[T any](t *testing.T, equal func(a, b T) bool, atLeast int) {
	t.Helper()
	a, b := filled[T](t), filled[T](t)
	require.True(t, equal(a, b), "equal values that share nothing")
	require.True(t, equal(a, a), "the same value")
	changes := 0
	eachChange(t, reflect.ValueOf(&b).Elem(), "value", func(path string) {
		changes++
		assert.False(t, equal(a, b), path)
		assert.False(t, equal(b, a), path)
	})
	assert.Equal(t, a, b, "every change was taken back")
	assert.True(t, equal(a, b))
	assert.GreaterOrEqual(t, changes, atLeast, "changes that were tried")
	var zero T
	assert.True(t, equal(zero, zero))
	assert.False(t, equal(zero, a))
	assert.Zero(t, testing.AllocsPerRun(10, func() { equal(a, b) }), "allocations")
}

func TestEqualSeesEveryChange(t *testing.T) {
	t.Run("listing", func(t *testing.T) { testEqual(t, listing.Listing.Equal, 150) })
	t.Run("information", func(t *testing.T) { testEqual(t, listing.Information.Equal, 18) })
	t.Run("promotion", func(t *testing.T) { testEqual(t, listing.Promotion.Equal, 18) })
	t.Run("version", func(t *testing.T) { testEqual(t, version.Version.Equal, 60) })
	t.Run("offer", func(t *testing.T) { testEqual(t, pricing.Offer.Equal, 14) })
	t.Run("rates", func(t *testing.T) { testEqual(t, pricing.RateCard.Equal, 7) })
}

// emptied makes every nil list and map below v an empty one.
func emptied(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			emptied(v.Index(i))
		}
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			emptied(v.Elem())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[listing.Regions]() {
			return // no Regions are not all Regions
		}
		for i := range v.NumField() {
			emptied(v.Field(i))
		}
	}
}

func TestEqualTakesNilForEmpty(t *testing.T) {
	t.Parallel()
	sparse := func() listing.Listing {
		return listing.Listing{Versions: []version.Version{{Training: &version.Training{}}}, Support: &listing.Support{}, Offer: &pricing.Offer{}}
	}
	a, b := sparse(), sparse()
	emptied(reflect.ValueOf(&b).Elem())
	require.NotEqual(t, a, b)
	require.NotNil(t, b.Versions[0].Input.Parameters)
	require.NotNil(t, b.Offer.Rates)
	assert.True(t, a.Equal(b))
	assert.True(t, b.Equal(a))
	assert.True(t, listing.Listing{}.Equal(listing.Listing{Versions: []version.Version{}}))

	none := listing.Listing{Regions: listing.Regions{Only: []listing.Region{}}}
	assert.False(t, none.Equal(listing.Listing{}), "no Regions are not all Regions")
	assert.False(t, listing.Listing{}.Equal(none), "no Regions are not all Regions")
	assert.False(t, listing.Listing{Visibility: listing.Public}.Equal(listing.Listing{}), "what is not set is not what it means")
	for name, other := range map[string]listing.Listing{
		"support": {Support: &listing.Support{}}, "offer": {Offer: &pricing.Offer{}},
		"training": {Versions: []version.Version{{Training: &version.Training{}}}},
	} {
		base := listing.Listing{Versions: make([]version.Version, len(other.Versions))}
		assert.False(t, base.Equal(other), "%s that is empty is not %s that is absent", name, name)
	}
}

// A listing that shares its versions with another differs from it in the rest
// only, and a part of the versions is not the whole.
func TestEqualOfSharedVersions(t *testing.T) {
	t.Parallel()
	a := filled[listing.Listing](t)
	b := a
	assert.True(t, a.Equal(b))
	b.Title = "changed"
	assert.False(t, a.Equal(b))
	b = a
	b.Versions = a.Versions[:1]
	assert.False(t, a.Equal(b))
	b.Versions = a.Versions[1:]
	assert.False(t, a.Equal(b))
}

// Equal says of two listings what their bytes say.
func TestEqualListingsHaveEqualBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := lifecycletest.Listings().Draw(t, "a"), lifecycletest.Listings().Draw(t, "b")
		if rapid.Bool().Draw(t, "copy") {
			b = a.Clone()
			if rapid.Bool().Draw(t, "faulty") {
				b.Versions[0].Output.Fields = nil
			}
		}
		x, err := listing.Format(a)
		require.NoError(t, err)
		y, err := listing.Format(b)
		require.NoError(t, err)
		assert.Equal(t, string(x) == string(y), a.Equal(b))
	})
}

func BenchmarkEqual(b *testing.B) {
	l := lifecycletest.WithVersions(lifecycletest.ModelPackage(), 100)
	for name, other := range map[string]listing.Listing{"shared": l, "cloned": l.Clone()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if !l.Equal(other) {
					b.Fatal("differ")
				}
			}
		})
	}
}
