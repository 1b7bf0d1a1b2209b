package awsmarketplace_test

import (
	"bytes"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
)

const restoredSeller = "111122223333"

// restoring is a listing whose store is restored to an earlier instant: what
// docs/operating.md says of that holds.
type restoring struct {
	*testing.T
	*account
	store   lifecycle.Store
	manager *lifecycle.Manager
	id      uuid.UUID
}

func newRestoring(t *testing.T) *restoring {
	t.Parallel()
	r := &restoring{T: t, account: newAccount(t), id: lifecycle.ID(restoredSeller, "extractor")}
	r.open(memstore.New())
	return r
}

func (r *restoring) open(s lifecycle.Store) {
	r.Helper()
	manager, err := lifecycle.New(restoredSeller, s, r.Marketplace, lifecycle.WithResources(r.resources), lifecycle.WithClock(fixture.Clock{Simulator: r.sim}))
	require.NoError(r, err)
	r.store, r.manager = s, manager
}

// backup returns what restores the store as it is now.
func (r *restoring) backup() (restore func()) {
	r.Helper()
	var file bytes.Buffer
	_, err := lifecycle.Export(r.Context(), r.store, restoredSeller, &file)
	require.NoError(r, err)
	return func() {
		r.Helper()
		s := memstore.New()
		_, err := lifecycle.Import(r.Context(), s, restoredSeller, &file)
		require.NoError(r, err)
		for _, err := range lifecycle.Verify(r.Context(), s, restoredSeller) {
			require.NoError(r, err)
		}
		r.open(s)
	}
}

func (r *restoring) do(c lifecycle.Command) {
	r.Helper()
	_, err := r.manager.Do(r.Context(), r.id, c)
	require.NoError(r, err)
}

func (r *restoring) await() lifecycle.Record {
	r.Helper()
	record, err := r.manager.Await(r.Context(), r.id)
	require.NoError(r, err)
	return record
}

func (r *restoring) create() {
	r.Helper()
	r.do(lifecycle.Create{Name: "extractor", Listing: content().Listing})
}

func (r *restoring) changeSets() int { return len(r.sim.Ledger().ChangeSets) }

func TestRestoredRequestIsFoundByItsName(t *testing.T) {
	r := newRestoring(t)
	r.create()
	r.do(lifecycle.Submit{})
	restore := r.backup()
	made := r.await()
	restore()
	assert.Equal(t, made.Entities, r.await().Entities)
	assert.Equal(t, 1, r.changeSets())
}

func TestSubmissionAfterTheRestoreFindsItsProduct(t *testing.T) {
	for name, backup := range map[string]func(r *restoring) func(){
		"of a draft":  func(r *restoring) func() { r.create(); return r.backup() },
		"of no draft": func(r *restoring) func() { restore := r.backup(); r.create(); return restore },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRestoring(t)
			restore := backup(r)
			r.do(lifecycle.Submit{})
			made := r.await()
			restore()
			if name == "of no draft" {
				r.create()
			}
			r.do(lifecycle.Submit{})
			after := r.await()
			assert.Equal(t, lifecycle.TestProduct, after.State)
			assert.Equal(t, made.Entities, after.Entities)
			assert.Equal(t, 1, r.changeSets())
		})
	}
}

// The draft was edited after the backup: what was submitted is not what it says.
func TestSubmissionOfAnotherDocumentMakesNoSecondProduct(t *testing.T) {
	r := newRestoring(t)
	r.create()
	restore := r.backup()
	edited := content().Listing
	edited.Title += " Two"
	r.do(lifecycle.Edit{Listing: edited})
	r.do(lifecycle.Submit{})
	product := r.await().Entities.Product
	restore()
	r.do(lifecycle.Submit{})
	_, err := r.manager.Await(r.Context(), r.id)
	var failed *lifecycle.RequestError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, "PRODUCT_EXISTS", failed.Outcome.Problems[0].Code)

	snapshot, err := r.manager.Read(t.Context(), product)
	require.NoError(t, err)
	r.do(lifecycle.Reconcile{Snapshot: snapshot})
	after, err := r.manager.Load(t.Context(), r.id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.TestProduct, after.State)
	assert.Equal(t, edited.Title, after.Draft.Title)
	assert.Equal(t, 1, r.changeSets())
}

func TestUpdateAfterTheRestoreIsRefusedUntilItIsReconciled(t *testing.T) {
	r := newRestoring(t)
	r.create()
	r.do(lifecycle.Submit{})
	r.await()
	r.do(lifecycle.SignOff{})
	live := r.await()
	restore := r.backup()
	lost := live.Draft.Clone()
	lost.ShortDescription = "Saved after the backup."
	r.do(information(lost))
	r.await()
	restore()

	drift, err := r.manager.Drift(t.Context(), r.id)
	require.NoError(t, err)
	require.NotEmpty(t, drift.Differences)
	mine := live.Draft.Clone()
	mine.Title += " Two"
	r.do(information(mine))
	_, err = r.manager.Await(t.Context(), r.id)
	var failed *lifecycle.RequestError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, "CHANGED_ELSEWHERE", failed.Outcome.Problems[0].Code)

	snapshot, err := r.manager.Read(t.Context(), live.Entities.Product)
	require.NoError(t, err)
	r.do(lifecycle.Reconcile{Snapshot: snapshot})
	after, err := r.manager.Load(t.Context(), r.id)
	require.NoError(t, err)
	assert.Equal(t, lost.ShortDescription, after.Draft.ShortDescription)
	mine.ShortDescription = lost.ShortDescription
	r.do(information(mine))
	assert.Equal(t, mine.Title, r.await().Published.Listing.Title)
}

func information(l listing.Listing) lifecycle.Command {
	return lifecycle.UpdateInformation{Information: l.Information, Promotion: l.Promotion, Support: *l.Support}
}
