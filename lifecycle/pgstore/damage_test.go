package pgstore_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

// damaged returns a store with three listings under way, the one in the middle, and
// a connection beside the store.
func damaged(t *testing.T) (*lifecycletest.Bench, *lifecycle.Manager, uuid.UUID, *pgx.Conn) {
	t.Helper()
	url := database(t)
	b := lifecycletest.NewBench(t)
	b.Store = open(t, pool(t, url))
	m := b.With(b.Store)
	b.Manager = m
	for range 3 {
		b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	}
	var ids []uuid.UUID
	for s, err := range m.Listings(t.Context(), lifecycle.Query{}) {
		require.NoError(t, err)
		ids = append(ids, s.ID)
	}
	require.Len(t, ids, 3)
	return b, m, ids[1], connect(t, url)
}

// Rows that somebody has damaged are named, and harm no other.
func TestDamagedRowsHarmNoOther(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil  string
		listed bool // its summary can still be read
	}{
		"an instant":           {"UPDATE shelflife_records SET created_at = 'yesterday' WHERE id = $1", false},
		"an empty instant":     {"UPDATE shelflife_records SET updated_at = '' WHERE id = $1", false},
		"when it is due":       {"UPDATE shelflife_records SET request_due = 'soon' WHERE id = $1", false},
		"when it was asked":    {"UPDATE shelflife_records SET request_recorded_at = NULL WHERE id = $1", false},
		"how it ended alone":   {"UPDATE shelflife_records SET outcome_result = 'failed' WHERE id = $1", false},
		"when it ended":        {"UPDATE shelflife_records SET outcome_result = 'failed', outcome_recorded_at = 'then' WHERE id = $1", false},
		"the state":            {"UPDATE shelflife_records SET state = 'Shelved' WHERE id = $1", false},
		"the owner":            {"UPDATE shelflife_records SET owner = '999988887777' WHERE id = $1", false},
		"the revision":         {"UPDATE shelflife_records SET revision = 1 WHERE id = $1", true},
		"a later revision":     {"UPDATE shelflife_records SET revision = 9 WHERE id = $1", true},
		"the whole head":       {"UPDATE shelflife_records SET head = '{}' WHERE id = $1", true},
		"no head":              {"UPDATE shelflife_records SET head = '' WHERE id = $1", true},
		"another's head":       {"UPDATE shelflife_records SET head = (SELECT head FROM shelflife_records WHERE id <> $1 LIMIT 1) WHERE id = $1", true},
		"the seller in a head": {"UPDATE shelflife_records SET head = convert_to(jsonb_set(convert_from(head, 'UTF8')::jsonb, '{seller}', to_jsonb('999988887777'::text))::text, 'UTF8') WHERE id = $1", true},
		"no state in a head":   {"UPDATE shelflife_records SET head = convert_to((convert_from(head, 'UTF8')::jsonb - 'state')::text, 'UTF8') WHERE id = $1", true},
		"no bodies":            {"DELETE FROM shelflife_parts WHERE id = $1", true},
		"a body":               {"UPDATE shelflife_parts SET body = '{}' WHERE id = $1", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, m, bad, db := damaged(t)
			result, err := db.Exec(t.Context(), c.spoil, bad.String())
			require.NoError(t, err)
			require.Positive(t, result.RowsAffected())

			m, err = lifecycle.New(m.Seller(), b.Store, b.Market, lifecycle.WithClock(b.Clock)) // one that remembers no bodies
			require.NoError(t, err)
			seen := 0
			for s, err := range m.Listings(t.Context(), lifecycle.Query{InFlight: true}) {
				seen++
				if s.ID != bad || c.listed {
					require.NoError(t, err)
					continue
				}
				require.ErrorIs(t, err, lifecycle.ErrUnreadable)
				require.ErrorContains(t, err, bad.String())
				require.Equal(t, lifecycle.Summary{ID: bad}, s)
			}
			require.Equal(t, 3, seen)
			_, err = m.Sweep(t.Context())
			require.ErrorIs(t, err, lifecycle.ErrUnreadable)
			require.ErrorContains(t, err, bad.String())
			require.Len(t, b.Market.Sent(), 2, "the others are sent")
			if c.listed {
				_, err = m.Load(t.Context(), bad)
				require.ErrorIs(t, err, lifecycle.ErrUnreadable)
				_, err = m.Do(t.Context(), bad, lifecycle.Cancel{})
				require.ErrorIs(t, err, lifecycle.ErrUnreadable)
				_, err = m.Do(t.Context(), bad, lifecycle.Create{Listing: lifecycletest.ModelPackage()})
				require.ErrorIs(t, err, lifecycle.ErrUnreadable)
			}
		})
	}
}

// Entries that somebody has damaged end a journal, and not a feed.
func TestDamagedEntriesHarmNoOther(t *testing.T) {
	t.Parallel()
	const its = " WHERE id = $1 AND revision = 2"
	for name, spoil := range map[string]string{
		"an empty object":   "UPDATE shelflife_entries SET entry = '{}'" + its,
		"another's entry":   "UPDATE shelflife_entries SET entry = (SELECT entry FROM shelflife_entries WHERE id <> $1 AND revision = 2 LIMIT 1)" + its,
		"another's seller":  "UPDATE shelflife_entries SET entry = convert_to(jsonb_set(convert_from(entry, 'UTF8')::jsonb, '{seller}', to_jsonb('999988887777'::text))::text, 'UTF8')" + its,
		"the entry before":  "UPDATE shelflife_entries SET entry = (SELECT entry FROM shelflife_entries WHERE id = $1 AND revision = 1)" + its,
		"another revision":  "UPDATE shelflife_entries SET entry = convert_to(jsonb_set(convert_from(entry, 'UTF8')::jsonb, '{revision}', '3')::text, 'UTF8')" + its,
		"revision as text":  "UPDATE shelflife_entries SET entry = convert_to(jsonb_set(convert_from(entry, 'UTF8')::jsonb, '{revision}', to_jsonb('2'::text))::text, 'UTF8')" + its,
		"nothing happened":  "UPDATE shelflife_entries SET entry = convert_to((convert_from(entry, 'UTF8')::jsonb - 'event')::text, 'UTF8')" + its,
		"the entry at last": "UPDATE shelflife_entries SET entry = entry || '}'::bytea" + its,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, m, bad, db := damaged(t)
			_, err := db.Exec(t.Context(), spoil, bad.String())
			require.NoError(t, err)
			var last error
			read := 0
			for _, err := range m.Journal(t.Context(), bad) {
				last = err
				read++
			}
			require.ErrorIs(t, last, lifecycle.ErrUnreadable)
			require.ErrorContains(t, last, bad.String())
			require.Equal(t, 2, read)
			good, refused := 0, 0
			for e, err := range m.Feed(t.Context(), "") {
				if err == nil {
					good++
					continue
				}
				refused++
				require.ErrorIs(t, err, lifecycle.ErrUnreadable)
				require.Equal(t, bad, e.Listing)
				require.Zero(t, e.Entry)
			}
			require.Equal(t, 5, good)
			require.Equal(t, 1, refused)
		})
	}
}

// Rows that were copied under the key of another seller are nobody's: the other
// seller's manager refuses them, and the first one's stay as they are.
func TestRowsCopiedToAnotherSeller(t *testing.T) {
	t.Parallel()
	_, theirs, id, db := damaged(t)
	const other = listing.AccountID("999988887777")
	before, err := theirs.Load(t.Context(), id)
	require.NoError(t, err)
	for _, table := range []string{"records", "parts", "entries"} {
		columns := map[string]string{
			"records": "id, owner, revision, state, name, title, kind, visibility, creator, product, created_at, updated_at, request_due, request_kind, request_phase, request_change_set, request_cancelling, request_recorded_at, head",
			"parts":   "id, digest, body", "entries": "id, seq, revision, entry",
		}[table]
		_, err := db.Exec(t.Context(), "INSERT INTO shelflife_"+table+" (seller, "+columns+") SELECT $1, "+columns+" FROM shelflife_"+table+" WHERE id = $2", string(other), id.String())
		require.NoError(t, err)
	}
	store := open(t, db)
	m, err := lifecycle.New(other, store, lifecycletest.NewMarket(&lifecycletest.Clock{}))
	require.NoError(t, err)
	_, err = m.Load(t.Context(), id)
	require.ErrorIs(t, err, lifecycle.ErrUnreadable)
	_, err = m.Do(t.Context(), id, lifecycle.Cancel{})
	require.ErrorIs(t, err, lifecycle.ErrUnreadable)
	errs := []error{}
	for s, err := range m.Listings(t.Context(), lifecycle.Query{}) {
		require.Equal(t, lifecycle.Summary{ID: id}, s)
		errs = append(errs, err)
	}
	for _, err := range m.Journal(t.Context(), id) {
		errs = append(errs, err)
	}
	for e, err := range m.Feed(t.Context(), "") {
		require.Zero(t, e.Entry)
		errs = append(errs, err)
	}
	require.Len(t, errs, 4)
	for _, err := range errs {
		require.ErrorIs(t, err, lifecycle.ErrUnreadable)
	}
	after, err := theirs.Load(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, before, after)
}
