package main

import (
	"context"
	"os"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	streamIfAsked() // this program is started again by one of the rows
	os.Exit(m.Run())
}

// TestAnswersAreTheSame runs every row with a sample each: no time is looked at, but
// both sides must still do what the other does.
func TestAnswersAreTheSame(t *testing.T) {
	results, err := measureAll(context.Background(), options{counts: 1, slice: time.Microsecond, many: requestsOfSeller})
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != len(rows) {
		t.Fatalf("%d of %d rows were measured", len(results), len(rows))
	}
	for _, r := range results {
		if r.ours <= 0 || r.theirs <= 0 {
			t.Errorf("%s: %g and %g", r.what, r.ours, r.theirs)
		}
	}
}
