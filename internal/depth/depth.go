// Package depth says how much of a long test is run: of a test that kills a process
// at each of many moments, say, at how many of them.
package depth

import (
	"os"
	"testing"
)

// Of returns short under "go test -short", whole where the variable SHELFLIFE_TESTS is
// "whole", as it is in the gate, and usual otherwise.
func Of[T any](short, usual, whole T) T {
	switch {
	case testing.Short():
		return short
	case os.Getenv("SHELFLIFE_TESTS") == "whole":
		return whole
	}
	return usual
}
