package stores

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/internal/remote"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/version"
)

// With these variables a process takes listings through their lives, one after the
// other, from the one with the number on.
const (
	lifePlace  = "STORES_LIFE_PLACE"
	lifeWhere  = "STORES_LIFE_WHERE"
	lifeMarket = "STORES_LIFE_MARKET"
	lifeFrom   = "STORES_LIFE_FROM"
	lifeLast   = "STORES_LIFE_LAST" // where to stop; empty for never
)

func init() { children["live"] = liveOn }

// acknowledged is what a process says, in a line of JSON, as soon as it was told that a
// record is kept.
type acknowledged struct {
	Listing  int
	Revision int64
	// Sum is that of the record.
	Sum string
	// Done reports that the listing's life is over.
	Done bool
}

// hasty is the time of a process that waits for nothing.
type hasty struct{ lifecycle.SystemClock }

func (hasty) Sleep(ctx context.Context, _ time.Duration) error { return context.Cause(ctx) }

func managerOf(s lifecycle.Store, market string) (*lifecycle.Manager, error) {
	return lifecycle.New(lifecycletest.Seller, s, remote.Market{Address: market},
		lifecycle.WithResources(lifecycletest.Resources{}), lifecycle.WithClock(hasty{}))
}

func nameOf(n int) string { return fmt.Sprintf("extractor-%d", n) }

func idOf(n int) uuid.UUID { return lifecycle.ID(lifecycletest.Seller, nameOf(n)) }

// liveOn is the work of a child.
func liveOn() error {
	ctx := context.Background()
	s, err := placeNamed(os.Getenv(lifePlace)).open(ctx, os.Getenv(lifeWhere))
	if err != nil {
		return err
	}
	m, err := managerOf(s, os.Getenv(lifeMarket))
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(os.Getenv(lifeFrom))
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	for ; ; n++ {
		err := live(ctx, m, n, func(r lifecycle.Record) error {
			sum, err := sumOf(r)
			return errors.Join(err, out.Encode(acknowledged{Listing: n, Revision: r.Revision, Sum: sum}))
		})
		if err == nil {
			err = out.Encode(acknowledged{Listing: n, Done: true})
		}
		if err != nil || strconv.Itoa(n) == os.Getenv(lifeLast) {
			return err
		}
	}
}

func sumOf(r lifecycle.Record) (string, error) {
	data, err := json.Marshal(r)
	return fmt.Sprintf("%x", sha256.Sum256(data)), err
}

// live leads a listing to its end, from wherever it stands: by commands at first, then
// by Apply.
func live(ctx context.Context, m *lifecycle.Manager, n int, acknowledge func(lifecycle.Record) error) error {
	id, l := idOf(n), lifecycletest.ModelPackage()
	steps := []struct {
		command lifecycle.Command
		done    func(lifecycle.Record) bool
	}{
		{lifecycle.Create{Name: nameOf(n), Listing: l}, func(r lifecycle.Record) bool { return r.State != "" }},
		{lifecycle.Submit{}, func(r lifecycle.Record) bool { return r.Published != nil }},
		{lifecycle.SignOff{}, func(r lifecycle.Record) bool { return r.State == lifecycle.Live }},
		{lifecycle.AddVersion{Version: lifecycletest.Version("1.1", l.Kind)}, func(r lifecycle.Record) bool { return len(r.Draft.Versions) > 1 }},
		{lifecycle.AddVersion{Version: lifecycletest.Version("1.2", l.Kind)}, func(r lifecycle.Record) bool { return len(r.Draft.Versions) > 2 }},
	}
	for _, step := range steps {
		for {
			r, err := m.Load(ctx, id)
			switch {
			case err != nil && !errors.Is(err, lifecycle.ErrNotFound):
			case r.Request != nil:
				var p lifecycle.Progress
				p, err = m.Advance(ctx, id)
				r = p.Record
			case step.done(r):
			default:
				var d lifecycle.Decision
				d, err = m.Do(ctx, id, step.command, lifecycle.IfRevision(r.Revision))
				r = d.Record
			}
			if err == nil {
				err = acknowledge(r)
			}
			if err != nil && !remote.Passing(err) {
				return fmt.Errorf("%T: %w", step.command, err)
			}
			if err == nil && r.Request == nil && step.done(r) {
				break
			}
		}
	}
	for {
		a, err := m.Apply(ctx, id, desired(n))
		if err == nil {
			err = acknowledge(a.Record)
		}
		switch {
		case err == nil && len(a.Left) == 0:
			return nil
		case err != nil && !remote.Passing(err):
			return fmt.Errorf("Apply: %w", err)
		}
	}
}

// desired is a listing at its end, with a title and a version more than by then, and
// the first version restricted: three changes.
func desired(n int) lifecycle.Desired {
	want := lifecycle.Desired{Name: nameOf(n), Listing: lifecycletest.ModelPackage(), Until: lifecycle.Live}
	want.Listing.Title = "Edition 2"
	want.Listing.Versions[0].Status = version.Restricted
	for _, number := range []string{"1.1", "1.2", "1.3"} {
		want.Listing.Versions = append(want.Listing.Versions, lifecycletest.Version(number, want.Listing.Kind))
	}
	return want
}

// changesOfALife is how many change sets a whole life takes: submission and sign-off,
// two versions, and the three changes of desired.
const changesOfALife = 7
