package lifecycle_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

func TestBuyerOfWhatWasNeverPublishedSeesNothing(t *testing.T) {
	draft, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	assert.Empty(t, draft.Versions(lifecycle.Buyer{Account: "777788889999", Subscribed: true}))
}

func TestVersionThatNeverWasMayBeWithdrawn(t *testing.T) {
	r, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Unpublished, false)
	require.NoError(t, r.Withdraw("9.9", r.UpdatedAt).Err())
	lifecycletest.RequireRefused(t, r.Withdraw("1.0", r.UpdatedAt).Err(), lifecycle.RuleNinetyDays)
}
