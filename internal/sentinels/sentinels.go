// Package sentinels lists the errors of package lifecycle, for tests of what becomes of
// each: the tables that answer errors are to decide about every one.
package sentinels

import (
	"fmt"
	"testing"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// All are the error variables of package lifecycle by their name.
var All = map[string]error{
	"ErrAnswer":      lifecycle.ErrAnswer,
	"ErrBusy":        lifecycle.ErrBusy,
	"ErrCannotKeep":  lifecycle.ErrCannotKeep,
	"ErrConfig":      lifecycle.ErrConfig,
	"ErrCredentials": lifecycle.ErrCredentials,
	"ErrCursor":      lifecycle.ErrCursor,
	"ErrDenied":      lifecycle.ErrDenied,
	"ErrExists":      lifecycle.ErrExists,
	"ErrExport":      lifecycle.ErrExport,
	"ErrForgotten":   lifecycle.ErrForgotten,
	"ErrJournal":     lifecycle.ErrJournal,
	"ErrKeyUsed":     lifecycle.ErrKeyUsed,
	"ErrLimit":       lifecycle.ErrLimit,
	"ErrNotFound":    lifecycle.ErrNotFound,
	"ErrNotVerified": lifecycle.ErrNotVerified,
	"ErrStale":       lifecycle.ErrStale,
	"ErrStaleEntity": lifecycle.ErrStaleEntity,
	"ErrThrottled":   lifecycle.ErrThrottled,
	"ErrTooLate":     lifecycle.ErrTooLate,
	"ErrUnavailable": lifecycle.ErrUnavailable,
	"ErrUnreadable":  lifecycle.ErrUnreadable,
}

// Require fails the test unless each error of package lifecycle stands below one answer,
// and gets it.
func Require[T comparable](t testing.TB, answers map[T][]string, answer func(error) T) {
	t.Helper()
	decided := map[string]bool{}
	for want, names := range answers {
		for _, name := range names {
			decided[name] = true
			if got := answer(fmt.Errorf("wrapped: %w", All[name])); got != want {
				t.Errorf("%s: the answer is %v, not %v", name, got, want)
			}
		}
	}
	for name := range All {
		if !decided[name] {
			t.Errorf("%s: decide what is answered to it", name)
		}
	}
}
