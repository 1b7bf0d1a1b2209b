package storetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
)

// verdict is a tester that remembers why a case failed instead of failing.
type verdict struct{ reasons []string }

func (*verdict) Helper() {}

func (v *verdict) Errorf(format string, args ...any) {
	v.reasons = append(v.reasons, fmt.Sprintf(format, args...))
}

func (*verdict) FailNow() { runtime.Goexit() }

// judge runs a case on a store and returns why it failed; nothing if it did
// not.
func judge(c testCase, s lifecycle.Store) []string {
	var v verdict
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.run(&v, s)
	}()
	<-done
	return v.reasons
}

func TestAStoreThatKeepsTheContractPassesEveryCase(t *testing.T) {
	t.Parallel()
	all := cases()
	require.NotEmpty(t, all)
	names := map[string]bool{}
	for _, c := range all {
		assert.Empty(t, judge(c, memstore.New()), c.name)
		assert.False(t, names[c.name], "%q is there twice", c.name)
		names[c.name] = true
	}
}

// Each fault is a way to break the contract that real stores have been broken
// in. The suite is worth what it finds: every fault is caught, by the case that
// is about it, and every case catches one.
func TestEveryFaultIsCaught(t *testing.T) {
	t.Parallel()
	byName, useful := map[string]testCase{}, map[string]bool{}
	for _, c := range cases() {
		byName[c.name] = c
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			for _, name := range f.caughtBy {
				c, found := byName[name]
				require.True(t, found, "there is no case %q", name)
				useful[name] = true
				caught := false
				for range 100 { // some show only when calls meet, which a scheduler may avoid once
					if caught = len(judge(c, f.store(memstore.New()))) > 0; caught {
						break
					}
				}
				assert.True(t, caught, "%q did not catch it", name)
			}
		})
	}
	for name := range byName {
		assert.True(t, useful[name], "no fault is caught by %q: add one", name)
	}
}

// What fill leaves out, no case can miss.
func TestFullLeavesNothingOut(t *testing.T) {
	t.Parallel()
	s := fullSummary(writes.Absent(writes.NewKey()).Next(1, ""))
	var empty []string
	requireFilled(reflect.ValueOf(s), "summary", &empty)
	assert.Empty(t, empty)
	assert.Contains(t, s.Title, "\x00")
	assert.Contains(t, s.Title, "模型")
}

func requireFilled(v reflect.Value, path string, empty *[]string) {
	if v.IsZero() {
		*empty = append(*empty, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		requireFilled(v.Elem(), path, empty)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				requireFilled(v.Field(i), path+"."+v.Type().Field(i).Name, empty)
			}
		}
	}
}

func TestLettersAreJSONThatDoesNotRepeat(t *testing.T) {
	t.Parallel()
	text := letters(1 << 12)
	assert.Len(t, text, 1<<12)
	assert.True(t, json.Valid(text))
	assert.Equal(t, 1, bytes.Count(text, text[:16]))
}
