package simulator_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

const longest = 37 * 24 * time.Hour

func visibility(product, target string) string {
	return onProduct("UpdateVisibility", product, `{"TargetVisibility":"`+target+`"}`)
}

// another is a second product in the world, which has the first already.
func (w *world) another() string {
	w.t.Helper()
	product, _ := ids(w.done(publication(packageV2, prices(m5batch, "0.40", m5real, "0.50", g5batch, "1.10", g5real, "1.20"))...))
	return product
}

func TestReviewsAreDecidedInAnyOrder(t *testing.T) {
	t.Parallel()
	w, one, _ := published(t, simulator.Config{ReviewByHand: true})
	two := w.another()
	assert.Empty(t, w.sim.Reviews())
	first := w.start(visibility(one, "Public"))
	w.advance(time.Minute)
	second := w.start(visibility(two, "Public"))
	assert.Equal(t, []simulator.Review{
		{Seller: seller, ChangeSet: first, Name: "Submitted by " + seller, Product: one, Target: "Public", Since: w.sim.Now().Add(-time.Minute)},
		{Seller: seller, ChangeSet: second, Name: "Submitted by " + seller, Product: two, Target: "Public", Since: w.sim.Now()},
	}, w.sim.Reviews())

	w.advance(30 * 24 * time.Hour)
	assert.Equal(t, "PREPARING", w.describe(first)["Status"])
	w.refused("POST", "/StartChangeSet", changeSet(onProduct("UpdateInformation", one, `{"Sku":"1"}`)), 423, "ResourceInUseException")

	require.NoError(t, w.sim.Approve(second))
	assert.Equal(t, "APPLYING", w.describe(second)["Status"])
	w.advance(time.Hour)
	assert.Equal(t, "SUCCEEDED", w.describe(second)["Status"])
	assert.Equal(t, "Public", w.document(two)["Description"].(map[string]any)["Visibility"])

	require.NoError(t, w.sim.Refuse(first, "The sample notebook does not run."))
	out := w.describe(first)
	assert.Equal(t, "FAILED", out["Status"])
	assert.Equal(t, "CLIENT_ERROR", out["FailureCode"])
	details := out["ChangeSet"].([]any)[0].(map[string]any)["ErrorDetailList"].([]any)
	assert.Equal(t, []any{map[string]any{"ErrorCode": "AUDIT_ERROR", "ErrorMessage": "The sample notebook does not run."}}, details)
	assert.Equal(t, "Limited", w.document(one)["Description"].(map[string]any)["Visibility"])
	assert.Empty(t, w.sim.Reviews())

	for _, id := range []string{first, second, "nothing", ""} {
		require.ErrorIs(t, w.sim.Approve(id), simulator.ErrReview)
		require.ErrorIs(t, w.sim.Refuse(id, "no"), simulator.ErrReview)
	}
	third := w.start(visibility(one, "Public"))
	require.ErrorIs(t, w.sim.Refuse(third, ""), simulator.ErrReview)
	require.ErrorIs(t, w.sim.Refuse(third, strings.Repeat("a", 2049)), simulator.ErrReview)
	require.NoError(t, w.sim.Approve(third))
	require.ErrorIs(t, w.sim.Approve(third), simulator.ErrReview, "no longer waits")
}

func TestWhatNobodyReviewsGoesOnAfter37Days(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state")
	w, product, _ := published(t, simulator.Config{ReviewByHand: true, Store: disk(file)})
	id := w.start(visibility(product, "Public"))
	w.advance(longest - 1)
	assert.Equal(t, "PREPARING", w.describe(id)["Status"])
	assert.Len(t, w.sim.Reviews(), 1)

	again := newWorld(t, simulator.Config{Store: disk(file)}) // what waits, waits on
	assert.Len(t, again.sim.Reviews(), 1)
	again.advance(1)
	assert.Equal(t, "APPLYING", again.describe(id)["Status"])
	assert.Empty(t, again.sim.Reviews())
}

// An approval does not make what is wrong right.
func TestApprovedChangesAreStillChecked(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{ReviewByHand: true})
	id := w.start(visibility(product, "Limited"))
	require.NoError(t, w.sim.Approve(id))
	assert.Equal(t, "FAILED", w.describe(id)["Status"])
	assert.Equal(t, []string{"INVALID_TARGET_VISIBILITY"}, codes(w.describe(id))[0])
}

func TestReviewedRestrictionsCanBeCancelledForADay(t *testing.T) {
	t.Parallel()
	for after, status := range map[time.Duration]int{24*time.Hour - 1: http.StatusOK, 24 * time.Hour: http.StatusLocked} {
		w, product, _ := published(t, simulator.Config{ReviewByHand: true})
		id := w.start(visibility(product, "Restricted"))
		w.advance(after)
		assert.Equal(t, status, w.call("PATCH", "/CancelChangeSet?catalog=AWSMarketplace&changeSetId="+id, "").Status, after)
		assert.Equal(t, status == http.StatusOK, len(w.sim.Reviews()) == 0)
	}
	w, product, _ := published(t, simulator.Config{ReviewByHand: true})
	id := w.start(visibility(product, "Public"))
	w.advance(20 * 24 * time.Hour)
	w.ok("PATCH", "/CancelChangeSet?catalog=AWSMarketplace&changeSetId="+id, "")
	require.ErrorIs(t, w.sim.Approve(id), simulator.ErrReview, "cancelled")
}

func TestReviewsOverHTTP(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{ReviewByHand: true})
	other := w.another()
	id, refused := w.start(visibility(product, "Public")), w.start(visibility(other, "Public"))
	reviews := w.ok("GET", "/_simulator/reviews", "")["reviews"].([]any)
	require.Len(t, reviews, 2)
	assert.Equal(t, id, reviews[0].(map[string]any)["ChangeSet"])
	w.ok("POST", "/_simulator/reviews", `{"changeSet":"`+id+`","approve":true}`)
	w.ok("POST", "/_simulator/reviews", `{"changeSet":"`+refused+`","reason":"no"}`)
	assert.Equal(t, "APPLYING", w.describe(id)["Status"])
	assert.Equal(t, "FAILED", w.describe(refused)["Status"])
	for _, body := range []string{`{"changeSet":"` + id + `","approve":true}`, `{"approve":true}`, `{"changeSet":"x"}`, `{"changeset":1}`, `{`} {
		assert.Equal(t, http.StatusBadRequest, w.call("POST", "/_simulator/reviews", body).Status, body)
	}
}
