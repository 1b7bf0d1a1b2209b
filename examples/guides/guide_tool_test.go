package guides_test

// snippet: imports
import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
)

// end

// snippet: check
// check prints every broken rule of a document, with its line and column, and reports
// whether there is none.
func check(file string, data []byte) bool {
	l, err := listing.Parse(data)
	if err != nil {
		fmt.Printf("%s: %v\n", file, err) // every fault of the syntax, with line and column
		return false
	}
	found := listing.Check(l)
	for _, v := range found.Violations {
		at, _ := document.Locate(data, v.Path)
		fmt.Printf("%s:%d:%d: %v\n", file, at.Line, at.Column, v)
	}
	return len(found.Violations) == 0
}

// end

// snippet: steps
// preview prints the commands that Apply would give, one after the other. It asks AWS for
// nothing: what needs facts is judged when the command is given.
func preview(ctx context.Context, manager *lifecycle.Manager, want lifecycle.Desired) error {
	record, err := manager.Load(ctx, manager.ID(want.Name))
	if errors.Is(err, lifecycle.ErrNotFound) {
		record, err = lifecycle.Record{ID: manager.ID(want.Name), Seller: manager.Seller()}, nil
	}
	if err != nil {
		return err
	}
	steps, err := lifecycle.Steps(record, want, lifecycle.Input{At: time.Now()})
	if err != nil {
		return err // all that would be refused, of all the steps
	}
	for _, s := range steps {
		fmt.Println(s.Event)
	}
	return nil
}

// end

// snippet: apply
// apply leads a listing to what is wanted. It may be killed and started again at any
// moment.
func apply(ctx context.Context, manager *lifecycle.Manager, want lifecycle.Desired, clock lifecycle.Clock) error {
	id, last := manager.ID(want.Name), ""
	for {
		applied, err := manager.Apply(ctx, id, want)
		if err != nil {
			return err
		}
		if len(applied.Left) == 0 {
			return nil
		}
		if now := fmt.Sprintln(applied.Left[0].Event, "in", applied.Summary.State); now != last {
			fmt.Print(now)
			last = now
		}
		if err := clock.Sleep(ctx, applied.Wait); err != nil {
			return err
		}
	}
}

// end

// snippet: progress
// progress waits for the request under way, with a line for each look.
func progress(ctx context.Context, manager *lifecycle.Manager, id uuid.UUID) error {
	_, err := manager.Await(ctx, id, lifecycle.OnProgress(func(p lifecycle.Progress, err error) {
		if err != nil {
			fmt.Println(err) // it is asked again
			return
		}
		fmt.Printf("%s: %.0f %%\n", p.Record.State, 100*p.Estimate.Fraction)
	}))
	return err
}

// end

// snippet: adopt
// adopt makes a record of a product of the marketplace.
func adopt(ctx context.Context, manager *lifecycle.Manager, product string) (lifecycle.Record, error) {
	snapshot, err := manager.Read(ctx, product)
	if err != nil {
		return lifecycle.Record{}, err
	}
	const name = "churn-forecaster"
	decision, err := manager.Do(ctx, manager.ID(name), lifecycle.Adopt{Name: name, Snapshot: snapshot})
	return decision.Record, err
}

// end
