package lifecycle_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// hostileTexts are what no field of a command takes, by what is wrong with it.
var hostileTexts = map[string]string{
	"long": strings.Repeat("a", 2_100_000), "escape": "a\x1b[31mb", "direction": "a\u202ebc", "not UTF-8": "a\xffb",
}

// judgedElsewhere are the parts of commands that are documents. A draft may have
// anything that can be written down, and is judged when it is submitted; so is what
// the marketplace has. The texts of a document may have marks of direction, as some
// languages need.
func judgedElsewhere(place, what string) bool {
	draft := strings.HasPrefix(place, "listing.") || strings.HasPrefix(place, "snapshot.content.")
	part := slices.ContainsFunc([]string{"version.", "information.", "promotion.", "support.", "offer."}, func(p string) bool { return strings.HasPrefix(place, p) })
	return draft && (what == "escape" || what == "direction") || part && what == "direction"
}

// eachText calls visit for every text in v, with its path in the JSON: in lists that
// are empty, and in values that are absent, too. It changes only what leads to the
// path at; an empty one leads everywhere.
func eachText(v reflect.Value, path, at string, visit func(path string, v reflect.Value)) {
	if !strings.HasPrefix(at, path) && at != "" {
		return
	}
	switch v.Kind() {
	case reflect.String:
		visit(path, v)
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			switch {
			case !field.IsExported():
			case field.Anonymous, name == "-": // it stands for the whole
				eachText(v.Field(i), path, at, visit)
			case path == "":
				eachText(v.Field(i), name, at, visit)
			default:
				eachText(v.Field(i), path+"."+name, at, visit)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 || !strings.HasPrefix(at, path+"[") && at != "" {
			return
		}
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		} else {
			v.Set(reflect.AppendSlice(reflect.Zero(v.Type()), v))
		}
		eachText(v.Index(0), path+"[0]", at, visit)
	case reflect.Pointer:
		fresh := reflect.New(v.Type().Elem())
		if !v.IsNil() {
			fresh.Elem().Set(v.Elem())
		}
		v.Set(fresh)
		eachText(fresh.Elem(), path, at, visit)
	}
}

// textsOf returns the paths of all texts of a command.
func textsOf(c lifecycle.Command) []string {
	var paths []string
	v := reflect.New(reflect.TypeOf(c)).Elem()
	v.Set(reflect.ValueOf(c))
	eachText(v, "", "", func(path string, _ reflect.Value) { paths = append(paths, path) })
	return paths
}

// spoiled returns the command with another text at the path.
func spoiled(c lifecycle.Command, at, text string) lifecycle.Command {
	v := reflect.New(reflect.TypeOf(c)).Elem()
	v.Set(reflect.ValueOf(c))
	eachText(v, "", at, func(path string, v reflect.Value) {
		if path == at {
			v.SetString(text)
		}
	})
	return v.Interface().(lifecycle.Command)
}

// Every text of every command, of fields to come, too, is refused when nobody could
// read it, with the field, or when no store could keep it. Nothing is written.
func TestNoFieldOfACommandTakesWhatNobodyCanRead(t *testing.T) {
	t.Parallel()
	ctx, tried := context.Background(), map[lifecycle.Event]bool{}
	for _, state := range []lifecycle.State{"", lifecycle.Draft, lifecycle.TestProduct, lifecycle.Live, lifecycle.Unpublished} {
		l := lifecycletest.ModelPackage()
		b := lifecycletest.NewBench(t)
		id := uuid.New()
		if state != "" {
			id = b.Listing(t, l, state, false)
		}
		if state == lifecycle.Live { // or none could be restricted
			_, err := b.Do(ctx, id, lifecycle.AddVersion{Version: lifecycletest.Version("1.1", l.Kind)})
			require.NoError(t, err)
			_, err = b.Await(ctx, id)
			require.NoError(t, err)
		}
		before, err := b.Load(ctx, id)
		if state == "" {
			require.ErrorIs(t, err, lifecycle.ErrNotFound)
			before = lifecycle.Record{ID: id, Seller: lifecycletest.Seller}
		}
		facts := lifecycletest.Facts(l)
		added := lifecycletest.Version("2.0", l.Kind)
		facts.Resources[added.Resource] = lifecycletest.Resource(l.Kind)
		for event, c := range soundOn(before, l) {
			if tried[event] || (state == "") != starts[event] || !can(before, c, lifecycle.Input{At: b.Clock.Now(), Facts: facts}) {
				continue
			}
			tried[event] = true
			for _, path := range textsOf(c) {
				for what, text := range hostileTexts {
					if judgedElsewhere(path, what) || testing.Short() && what == "long" && strings.Contains(path, ".") {
						continue
					}
					if what == "long" && !strings.HasPrefix(path, "listing.versions") {
						text = text[:400_001]
					}
					_, err := b.Do(ctx, id, spoiled(c, path, text))
					var refusal *lifecycle.Refusal
					if document := strings.Contains(path, "."); !errors.As(err, &refusal) && (!document || what != "long" || !errors.Is(err, lifecycle.ErrCannotKeep)) {
						assert.Fail(t, "taken", "%s %s: %s: %.300v", event, path, what, err)
						continue
					}
					if refusal != nil {
						fields := strings.Split(strings.ReplaceAll(path, "[0]", ""), ".")
						names := slices.ContainsFunc(refusal.Findings.Violations, func(v rule.Violation) bool {
							return slices.ContainsFunc(fields[max(0, len(fields)-2):], func(f string) bool { return strings.Contains(v.Path, f) })
						})
						assert.True(t, names, "%s %s: %s: %.300v", event, path, what, err)
					}
				}
			}
		}
		after, err := b.Load(ctx, id)
		if state == "" {
			require.ErrorIs(t, err, lifecycle.ErrNotFound)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, before.Revision, after.Revision)
	}
	for _, event := range []lifecycle.Event{lifecycle.EventCancel, lifecycle.EventEndSupport} { // which have no fields
		require.False(t, tried[event])
		tried[event] = true
	}
	for event := range soundCommands(lifecycletest.ModelPackage()) {
		require.True(t, tried[event], event)
	}
}
