package main

import (
	"errors"
	"fmt"
	"testing"
)

// noTest stands in for a test, which the helpers of lifecycletest ask for. What
// would fail the test is an error here; see [recovered].
type noTest struct{ testing.TB }

func (noTest) Helper() {}

func (noTest) Fatalf(format string, args ...any) { panic(failed{fmt.Errorf(format, args...)}) }

type failed struct{ error }

// recovered turns what Fatalf was told into an error.
func recovered(err *error) {
	switch p := recover().(type) {
	case nil:
	case failed:
		*err = errors.Join(*err, p.error)
	default:
		panic(p)
	}
}
