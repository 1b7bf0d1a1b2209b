package awsmarketplace

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/listing"
)

// TestEveryCodeIsMapped reads, over the wire, every documented pair of change
// type and code, those that package simulator gives: code and text are kept, and
// each says what it is about.
func TestEveryCodeIsMapped(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../simulator/testdata/codes.txt")
	require.NoError(t, err)
	pairs := strings.Split(strings.TrimSpace(string(data)), "\n")
	var answer string
	address := fixture.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, answer)
	}))
	market := NewMarketplace(fixture.ConfigAt(t, nil, address))
	rules := map[string]bool{"": true}
	for _, r := range slices.Concat(listing.Rules(), lifecycle.Rules()) {
		rules[r.ID] = true
	}
	mapped, used := 0, map[string]bool{}
	for _, pair := range pairs {
		entity, rest, _ := strings.Cut(pair, " ")
		change, code, _ := strings.Cut(rest, " ")
		t.Run(pair, func(t *testing.T) {
			answer = fmt.Sprintf(`{"ChangeSetId": "cs1", "Status": "FAILED", "FailureCode": "CLIENT_ERROR", "ChangeSet": [
				{"ChangeType": %q, "Entity": {"Type": "%s@1.0", "Identifier": "id@1"},
				 "ErrorDetailList": [{"ErrorCode": %q, "ErrorMessage": "Kept as it is."}]}]}`, change, entity, code)
			status, err := market.Follow(t.Context(), "cs1")
			require.NoError(t, err)
			require.Len(t, status.Problems, 1)
			got := status.Problems[0]
			at, known := places[change+" "+code]
			if !known {
				at, known = places[code]
				used[code] = true
			}
			used[change+" "+code] = true
			require.True(t, known)
			assert.Equal(t, lifecycle.Problem{Code: code, Message: "Kept as it is.", Change: change, Rule: at.rule.ID, Path: at.path}, got)
			assert.True(t, rules[got.Rule], "%s is no rule", got.Rule)
			mapped++
		})
	}
	t.Logf("%d of %d pairs of change type and code", mapped, len(pairs))
	assert.Equal(t, len(pairs), mapped)
	for code := range places {
		assert.True(t, used[code], "%s is documented nowhere", code)
	}
}
