// Package failing runs a test that may fail, for the tests of helpers that fail
// tests.
package failing

import (
	"fmt"
	"runtime"
	"testing"
)

// Reasons runs test and returns why it failed: what it reported with Error,
// Errorf, Fatal and Fatalf, in order. It returns nothing if the test passed. Of
// the methods of t, test may call those and Name, Helper, Log, Logf, FailNow and
// Failed, all from the goroutine that it runs in.
func Reasons(test func(t testing.TB)) []string {
	var r recorder
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(&r)
	}()
	<-done
	return r.reasons
}

type recorder struct {
	testing.TB
	reasons []string
}

// Name returns the name of no test in particular.
func (*recorder) Name() string { return "a test that may fail" }

// Helper does nothing.
func (*recorder) Helper() {}

// Log does nothing.
func (*recorder) Log(...any) {}

// Logf does nothing.
func (*recorder) Logf(string, ...any) {}

// Error keeps what it is given.
func (r *recorder) Error(args ...any) { r.reasons = append(r.reasons, fmt.Sprint(args...)) }

// Errorf keeps what it is given.
func (r *recorder) Errorf(format string, args ...any) {
	r.reasons = append(r.reasons, fmt.Sprintf(format, args...))
}

// Fatal keeps what it is given, and ends the test.
func (r *recorder) Fatal(args ...any) {
	r.Error(args...)
	r.FailNow()
}

// Fatalf keeps what it is given, and ends the test.
func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	r.FailNow()
}

// FailNow ends the test.
func (*recorder) FailNow() { runtime.Goexit() }

// Failed reports whether there is a reason.
func (r *recorder) Failed() bool { return len(r.reasons) > 0 }
