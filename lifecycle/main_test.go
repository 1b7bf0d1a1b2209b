package lifecycle_test

import (
	"flag"
	"os"
	"testing"
)

// With -short, property tests draw a fifth of their values: under the race detector
// each takes ten times as long.
func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		if err := flag.Set("rapid.checks", "20"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
