package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/uuid"
	_ "modernc.org/sqlite" // the driver that the store uses too

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/listing"
)

// disk is a manager on a SQLite file, and the same file for statements of one's own.
type disk struct {
	*lifecycle.Manager
	store  *sqlitestore.Store
	market *lifecycletest.Market
	db     *sql.DB
	dir    string
	id     uuid.UUID       // of the listing that is worked on
	last   lifecycle.Write // as it was saved
	edits  int             // that were made
}

// newDisk returns a disk with one draft.
func newDisk(ctx context.Context) (d *disk, err error) {
	d = &disk{id: uuid.New()}
	if d.dir, err = os.MkdirTemp("", "bench"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	file := filepath.Join(d.dir, "shelflife.db")
	if d.store, err = sqlitestore.Open(ctx, file); err != nil {
		return d, err
	}
	dsn, err := sqlitestore.DSN(file)
	if err != nil {
		return d, err
	}
	if d.db, err = sql.Open("sqlite", dsn); err != nil {
		return d, err
	}
	clock := &lifecycletest.Clock{}
	resources := lifecycletest.Facts(lifecycletest.ModelPackage())
	d.market = lifecycletest.NewMarket(clock)
	d.Manager, err = lifecycle.New(lifecycletest.Seller, watched{d.store, &d.last}, d.market, lifecycle.WithClock(clock),
		lifecycle.WithResources(lifecycletest.Resources{}), lifecycle.WithAssets(lifecycletest.Assets{}), lifecycle.WithSellers(*resources.Seller))
	if err != nil {
		return d, err
	}
	_, err = d.Do(ctx, d.id, lifecycle.Create{Listing: lifecycletest.ModelPackage()})
	return d, err
}

func (d *disk) close() error {
	var err error
	if d.db != nil {
		err = d.db.Close()
	}
	if d.store != nil {
		err = errors.Join(err, d.store.Close())
	}
	return errors.Join(err, os.RemoveAll(d.dir))
}

// watched keeps the last write, so that another may write the same bytes.
type watched struct {
	lifecycle.Store
	last *lifecycle.Write
}

func (w watched) Save(ctx context.Context, write lifecycle.Write) error {
	*w.last = write
	return w.Store.Save(ctx, write)
}

// onDisk measures what sides needs, and removes the files afterwards.
func onDisk(ctx context.Context, measure func(*disk) (result, error)) (result, error) {
	d, err := newDisk(ctx)
	if err != nil {
		return result{}, err
	}
	found, err := measure(d)
	return found, errors.Join(err, d.close())
}

// edited returns the listing with one of two titles, by turns.
func edited(n *int) listing.Listing {
	*n++
	l := lifecycletest.ModelPackage()
	l.Title = fmt.Sprintf("Invoice field extractor, %d", *n%2)
	return l
}

func editAgainstSQL(ctx context.Context, r row, o options) (result, error) {
	return onDisk(ctx, func(d *disk) (result, error) {
		edit := func() error {
			_, err := d.Do(ctx, d.id, lifecycle.Edit{Listing: edited(&d.edits)})
			return err
		}
		if err := edit(); err != nil {
			return result{}, err
		}
		w := d.last
		other, err := newDisk(ctx) // both write to a file of their own
		if err != nil {
			return result{}, err
		}
		m, err := timed(r, o, edit, func() error { return bareEdit(ctx, other, w) })
		return m, errors.Join(err, other.close())
	})
}

// bareEdit reads the draft, replaces its head and appends an entry: what an edit
// writes, in one transaction, without a thought about the contents.
func bareEdit(ctx context.Context, d *disk, w lifecycle.Write) error {
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	var revision int64
	var head, body []byte
	seller, id := string(lifecycletest.Seller), d.id.String()
	if err := tx.QueryRowContext(ctx, "SELECT revision, head FROM shelflife_records WHERE seller = ? AND id = ?", seller, id).Scan(&revision, &head); err != nil {
		return err
	}
	if err := tx.QueryRowContext(ctx, "SELECT body FROM shelflife_parts WHERE seller = ? AND id = ?", seller, id).Scan(&body); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE shelflife_records SET revision = ?, title = ?, updated_at = ?, head = ? WHERE seller = ? AND id = ?",
		revision+1, w.Summary.Title, w.Summary.UpdatedAt.Format("2006-01-02T15:04:05.000000000Z"), string(w.Head), seller, id); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO shelflife_entries (seller, seq, id, revision, entry) VALUES (?, ?, ?, ?, ?)", seller, revision+1, id, revision+1, string(w.Entries[0])); err != nil {
		return err
	}
	return tx.Commit()
}

// copies makes n listings out of the one that there is, in statements of the
// database: to create a million by commands takes hours.
func (d *disk) copies(ctx context.Context, n int) (first uuid.UUID, err error) {
	const columns = "revision, state, name, title, kind, visibility, creator, product, created_at, updated_at"
	const id = "printf('%08x-0000-4000-8000-%012x', n, n)"
	for _, copied := range []string{
		"INSERT INTO shelflife_records (seller, id, owner, " + columns + ", head) SELECT seller, " + id + ", owner, " + columns + ", replace(head, ?2, " + id + ") FROM numbers, shelflife_records WHERE id = ?2",
		"INSERT INTO shelflife_parts (seller, id, digest, body) SELECT seller, " + id + ", digest, body FROM numbers, shelflife_parts WHERE id = ?2",
	} {
		if _, err := d.db.ExecContext(ctx, "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1) "+copied, n, d.id.String()); err != nil {
			return uuid.Nil, err
		}
	}
	return uuid.Parse(fmt.Sprintf("%08x-0000-4000-8000-%012x", n/2, n/2))
}

const pageSize = 50

func (d *disk) page(ctx context.Context, after uuid.UUID) error {
	all, err := d.store.List(ctx, lifecycle.Query{Seller: lifecycletest.Seller, After: after, Limit: pageSize})
	if err != nil {
		return err
	}
	return unless(len(all) == pageSize)
}

func pageAgainstSQL(ctx context.Context, r row, o options) (result, error) {
	return onDisk(ctx, func(d *disk) (result, error) {
		middle, err := d.copies(ctx, 1_000)
		if err != nil {
			return result{}, err
		}
		return timed(r, o,
			func() error { return d.page(ctx, middle) },
			func() error { return d.barePage(ctx, middle) })
	})
}

// summary has the columns of a page as they are kept.
type summary struct {
	id, owner                                                          string
	revision                                                           int64
	state, name, title, kind, visibility, creator, product             string
	created, updated                                                   string
	due, requestKind, requestPhase, changeSet, cancelling, requestedAt sql.NullString
}

func (d *disk) barePage(ctx context.Context, after uuid.UUID) error {
	rows, err := d.db.QueryContext(ctx, `SELECT id, owner, revision, state, name, title, kind, visibility, creator, product, created_at, updated_at,
		request_due, request_kind, request_phase, request_change_set, request_cancelling, request_recorded_at
		FROM shelflife_records WHERE seller = ? AND id > ? AND state <> '' ORDER BY id LIMIT ?`, string(lifecycletest.Seller), after.String(), pageSize)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	var all []summary
	for rows.Next() {
		var s summary
		if err := rows.Scan(&s.id, &s.owner, &s.revision, &s.state, &s.name, &s.title, &s.kind, &s.visibility, &s.creator, &s.product, &s.created, &s.updated,
			&s.due, &s.requestKind, &s.requestPhase, &s.changeSet, &s.cancelling, &s.requestedAt); err != nil {
			return err
		}
		all = append(all, s)
	}
	return errors.Join(rows.Err(), unless(len(all) == pageSize))
}

// few is the number of listings that many are compared with.
const few = 1_000

// listingsGrowth measures a call on a file of many listings against one of few.
// large file has several gigabytes.
func listingsGrowth(call func(*disk, context.Context, uuid.UUID) error) func(context.Context, row, options) (result, error) {
	return func(ctx context.Context, r row, o options) (result, error) {
		return onDisk(ctx, func(large *disk) (result, error) {
			return onDisk(ctx, func(small *disk) (result, error) {
				inLarge, err := large.copies(ctx, o.many)
				if err != nil {
					return result{}, err
				}
				inSmall, err := small.copies(ctx, few)
				if err != nil {
					return result{}, err
				}
				return timed(r, o,
					func() error { return call(large, ctx, inLarge) },
					func() error { return call(small, ctx, inSmall) })
			})
		})
	}
}

// pageGrowth and loadGrowth read from the middle of many listings and of few.
var (
	pageGrowth = listingsGrowth((*disk).page)
	loadGrowth = listingsGrowth(func(d *disk, ctx context.Context, id uuid.UUID) error {
		r, err := d.Load(ctx, id)
		return errors.Join(err, unless(r.ID == id))
	})
)
