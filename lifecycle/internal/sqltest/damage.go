package sqltest

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

// Damage tests what becomes of rows that somebody has damaged.
func Damage(t *testing.T, open Open) {
	t.Run("rows", func(t *testing.T) {
		t.Parallel()
		damagedRows(t, open)
	})
	t.Run("entries", func(t *testing.T) {
		t.Parallel()
		damagedEntries(t, open)
	})
	t.Run("copied to another seller", func(t *testing.T) {
		t.Parallel()
		copiedRows(t, open)
	})
}

// damaged returns a database with three listings under way, and the one in the middle,
// which is to be damaged.
func damaged(t *testing.T, open Open) (*lifecycletest.Bench, Database, uuid.UUID) {
	t.Helper()
	db := open(t)
	b := lifecycletest.NewBench(t)
	b.Store = db.Store
	b.Manager = b.With(b.Store)
	for range 3 {
		b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	}
	var ids []uuid.UUID
	for s, err := range b.Listings(t.Context(), lifecycle.Query{}) {
		require.NoError(t, err)
		ids = append(ids, s.ID)
	}
	require.Len(t, ids, 3)
	return b, db, ids[1]
}

// Rows that somebody has damaged are named, and harm no other.
func damagedRows(t *testing.T, open Open) {
	update := func(column, value string) func(Database) string {
		return func(Database) string {
			return "UPDATE shelflife_records SET " + column + " = " + value + " WHERE id = $1"
		}
	}
	head := func(value func(Database) string) func(Database) string {
		return func(db Database) string { return update("head", value(db))(db) }
	}
	for name, c := range map[string]struct {
		spoil  func(Database) string
		listed bool // its summary can still be read
	}{
		"an instant":           {update("created_at", "'yesterday'"), false},
		"an empty instant":     {update("updated_at", "''"), false},
		"when it is due":       {update("request_due", "'soon'"), false},
		"when it was asked":    {update("request_recorded_at", "NULL"), false},
		"how it ended alone":   {update("outcome_result", "'failed'"), false},
		"when it ended":        {update("outcome_result", "'failed', outcome_recorded_at = 'then'"), false},
		"the state":            {update("state", "'Shelved'"), false},
		"the owner":            {update("owner", "'999988887777'"), false},
		"the revision":         {update("revision", "1"), true},
		"a later revision":     {update("revision", "9"), true},
		"the whole head":       {update("head", "'{}'"), true},
		"no head":              {update("head", "''"), true},
		"another's head":       {update("head", "(SELECT head FROM shelflife_records WHERE id <> $1 LIMIT 1)"), true},
		"the seller in a head": {head(func(db Database) string { return db.Set("head", "seller", `"999988887777"`) }), true},
		"no state in a head":   {head(func(db Database) string { return db.Remove("head", "state") }), true},
		"no bodies":            {func(Database) string { return "DELETE FROM shelflife_parts WHERE id = $1" }, true},
		"a body":               {func(Database) string { return "UPDATE shelflife_parts SET body = '{}' WHERE id = $1" }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, db, bad := damaged(t, open)
			n, err := db.Exec(c.spoil(db), bad.String())
			require.NoError(t, err)
			require.Positive(t, n)

			m, err := lifecycle.New(b.Seller(), b.Store, b.Market, lifecycle.WithClock(b.Clock)) // one that remembers no bodies
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
func damagedEntries(t *testing.T, open Open) {
	for name, value := range map[string]func(Database) string{
		"an empty object": func(Database) string { return "'{}'" },
		"another's entry": func(Database) string {
			return "(SELECT entry FROM shelflife_entries WHERE id <> $1 AND revision = 2 LIMIT 1)"
		},
		"another's seller": func(db Database) string { return db.Set("entry", "seller", `"999988887777"`) },
		"the entry before": func(Database) string {
			return "(SELECT entry FROM shelflife_entries WHERE id = $1 AND revision = 1)"
		},
		"another revision":  func(db Database) string { return db.Set("entry", "revision", "3") },
		"revision as text":  func(db Database) string { return db.Set("entry", "revision", `"2"`) },
		"nothing happened":  func(db Database) string { return db.Remove("entry", "event") },
		"the entry at last": func(Database) string { return "entry || '}'" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, db, bad := damaged(t, open)
			n, err := db.Exec("UPDATE shelflife_entries SET entry = "+value(db)+" WHERE id = $1 AND revision = 2", bad.String())
			require.NoError(t, err)
			require.Positive(t, n)
			var last error
			read := 0
			for _, err := range b.Journal(t.Context(), bad) {
				last = err
				read++
			}
			require.ErrorIs(t, last, lifecycle.ErrUnreadable)
			require.ErrorContains(t, last, bad.String())
			require.Equal(t, 2, read)
			good, refused := 0, 0
			for e, err := range b.Feed(t.Context(), "") {
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
func copiedRows(t *testing.T, open Open) {
	theirs, db, id := damaged(t, open)
	const other = listing.AccountID("999988887777")
	before, err := theirs.Load(t.Context(), id)
	require.NoError(t, err)
	for _, table := range []struct{ name, columns string }{
		{"shelflife_records", "id, owner, revision, state, name, title, kind, visibility, creator, product, created_at, updated_at, " +
			"request_due, request_kind, request_phase, request_change_set, request_cancelling, request_recorded_at, head"},
		{"shelflife_parts", "id, digest, body"},
		{"shelflife_entries", "id, seq, revision, entry"},
	} {
		n, err := db.Exec("INSERT INTO "+table.name+" (seller, "+table.columns+") SELECT $1, "+table.columns+" FROM "+table.name+" WHERE id = $2", string(other), id.String())
		require.NoError(t, err)
		require.Positive(t, n)
	}
	m, err := lifecycle.New(other, db.Store, lifecycletest.NewMarket(&lifecycletest.Clock{}))
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
