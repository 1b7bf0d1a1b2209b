package listing

import (
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// No text of a listing is left out: a field that is added to a listing, a version or
// an offer must be added to the texts, too.
func TestEveryTextIsJudged(t *testing.T) {
	t.Parallel()
	var l Listing
	fill(reflect.ValueOf(&l).Elem())
	want := map[string]string{}
	document.Texts(l, func(path, text string) { want[path] = text })
	got := map[string]string{}
	found := rule.Run(partly{Listing: l}, []rule.Check[partly]{{Rule: RuleValidUTF8, Find: func(l partly, r *rule.Report) {
		eachText(l, *r, func(r rule.Report, path, text string) { r.Broken(path, "%s", text) })
	}}})
	for _, v := range found.Violations {
		got[v.Path] = v.Problem
	}
	assert.Equal(t, want, got)
	assert.Greater(t, len(got), 50)
}

// A list is looked through as far as rules allow it to be.
func TestTextsOfLongLists(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{99: 99, 100: 100, 101: 100} {
		buyers := slices.Repeat([]AccountID{"x"}, n)
		got := 0
		eachText(partly{Listing: Listing{Buyers: buyers}}, rule.Report{}, func(_ rule.Report, _, text string) {
			if text == "x" {
				got++
			}
		})
		assert.Equal(t, want, got, n)
	}
}

// fill puts a text of its own into every string, and two entries into every list.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	}
}
