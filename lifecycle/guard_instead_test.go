package lifecycle_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/golden"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

// Whoever asks for what is not possible where the listing stands is told what to do
// instead: one sentence for each state, each command, and with a request under way.
func TestWhatToDoInstead(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for _, state := range []lifecycle.State{"", lifecycle.Draft, lifecycle.Submitted, lifecycle.TestProduct, lifecycle.Live, lifecycle.Unpublished} {
		for _, underWay := range []bool{false, true} {
			if underWay && state != lifecycle.Submitted && state != lifecycle.TestProduct && state != lifecycle.Live || !underWay && state == lifecycle.Submitted {
				continue // it does not happen
			}
			document := lifecycletest.ModelPackage()
			r, facts := lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller}, lifecycletest.Facts(document)
			where := "not created"
			if state != "" {
				r, facts = withTwoVersions(t, document, state, underWay)
				where = string(state)
			}
			if underWay {
				where += ", with a request under way"
			}
			fmt.Fprintf(&text, "%s:\n", where)
			commands := soundOn(r, document)
			for _, event := range slices.Sorted(maps.Keys(commands)) {
				found := lifecycle.Explain(r, commands[event], lifecycle.Input{At: r.UpdatedAt, Facts: facts})
				for _, v := range found.Violations {
					if v.Problem == "the listing does not exist" || strings.HasPrefix(v.Problem, "not possible while") {
						fmt.Fprintf(&text, "  %s: %s\n", event, v.Remedy)
					}
				}
			}
		}
	}
	require.NotContains(t, text.String(), "%!")
	golden.Equal(t, "testdata/instead.txt", text.String())
}
