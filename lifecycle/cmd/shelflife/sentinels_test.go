package main

import (
	"testing"

	"github.com/shelflife-go/shelflife/internal/sentinels"
)

// Every error of package lifecycle has an exit code that somebody has decided.
func TestEverySentinel(t *testing.T) {
	t.Parallel()
	sentinels.Require(t, map[int][]string{
		codeNotLive: {"ErrNotFound"},
		codeLater:   {"ErrBusy", "ErrLimit", "ErrStale", "ErrThrottled", "ErrUnavailable"},
		codePerson:  {"ErrAnswer", "ErrCredentials", "ErrDenied", "ErrForgotten", "ErrNotVerified"},
		codeUsage: {
			"ErrCannotKeep", "ErrConfig", "ErrExists", "ErrExport", "ErrJournal", "ErrUnreadable",
			"ErrCursor", "ErrKeyUsed", // the command reads no feed, and gives no key
			"ErrStaleEntity", "ErrTooLate", // a manager returns neither
		},
	}, codeOf)
}
