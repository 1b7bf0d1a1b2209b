package simulator

import (
	"errors"
	"testing"

	"github.com/shelflife-go/shelflife/internal/hostile"
)

// What is said of a state that someone else wrote is printed by the program that
// loads it.
func TestStateErrorIsPrintable(t *testing.T) {
	t.Parallel()
	hostile.Printed(t, map[string]hostile.Output{
		"StateError": func(s string) string { return (&StateError{Record: s, Err: errors.New(s)}).Error() },
	})
}
