package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

// live makes the listing of the disk one that is Live with n versions: it is adopted
// from the marketplace, as to add a thousand one by one takes long.
func (d *disk) live(ctx context.Context, n int) error {
	there := lifecycletest.Snapshot(lifecycletest.WithVersions(lifecycletest.ModelPackage(), n), lifecycle.VisibilityPublic)
	d.market.Put(there.Entities)
	d.id = uuid.New()
	_, err := d.Do(ctx, d.id, lifecycle.Adopt{Snapshot: there})
	return err
}

// carryOut does the command and waits, on a clock that does not, until it is done.
func (d *disk) carryOut(ctx context.Context, c lifecycle.Command) error {
	if _, err := d.Do(ctx, d.id, c); err != nil {
		return err
	}
	_, err := d.Await(ctx, d.id)
	return err
}

// update returns an update of the information that differs from the one before.
func (d *disk) update(ctx context.Context) side {
	return func() error {
		l := edited(&d.edits)
		return d.carryOut(ctx, lifecycle.UpdateInformation{Information: l.Information, Promotion: l.Promotion, Support: *l.Support})
	}
}

// updates compares an update on two disks that were made ready.
func updates(ctx context.Context, r row, o options, ready func(large, small *disk) error) (result, error) {
	return onDisk(ctx, func(large *disk) (result, error) {
		return onDisk(ctx, func(small *disk) (result, error) {
			if err := ready(large, small); err != nil {
				return result{}, err
			}
			return timed(r, o, large.update(ctx), small.update(ctx))
		})
	})
}

func updateGrowth(ctx context.Context, r row, o options) (result, error) {
	return updates(ctx, r, o, func(large, small *disk) error {
		return errors.Join(large.live(ctx, 1_000), small.live(ctx, 2))
	})
}

func journalGrowth(ctx context.Context, r row, o options) (result, error) {
	return updates(ctx, r, o, func(large, small *disk) error {
		if err := errors.Join(large.live(ctx, 2), small.live(ctx, 2)); err != nil {
			return err
		}
		update := large.update(ctx)
		for entries := 0; entries < o.many/100; {
			if err := update(); err != nil {
				return err
			}
			entries = 0
			if err := large.db.QueryRowContext(ctx, "SELECT max(revision) FROM shelflife_entries").Scan(&entries); err != nil {
				return fmt.Errorf("counting entries: %w", err)
			}
		}
		return nil
	})
}
