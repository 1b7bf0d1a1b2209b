package markettest

import (
	"context"
	"errors"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// broken is a market with some of its methods replaced.
type broken struct {
	*complete
	send     func(context.Context, lifecycle.Change) (string, error)
	find     func(context.Context, string) (string, error)
	follow   func(context.Context, string) (lifecycle.Status, error)
	cancel   func(context.Context, string) error
	identify func(context.Context, lifecycle.Entities) (lifecycle.Entities, error)
	plan     func(lifecycle.Change) (lifecycle.PlannedChangeSet, error)
	read     func(context.Context, string) (lifecycle.Snapshot, error)
	pending  func(context.Context, string) ([]string, string, error)
	validate func(context.Context, lifecycle.Change) (string, error)
	trace    func(context.Context, lifecycle.Change) (lifecycle.Traced, error)
}

func (b *broken) Trace(ctx context.Context, c lifecycle.Change) (lifecycle.Traced, error) {
	if b.trace != nil {
		return b.trace(ctx, c)
	}
	return b.complete.Trace(ctx, c)
}

func (b *broken) Validate(ctx context.Context, c lifecycle.Change) (string, error) {
	if b.validate != nil {
		return b.validate(ctx, c)
	}
	return b.complete.Validate(ctx, c)
}

func (b *broken) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	if b.send != nil {
		return b.send(ctx, c)
	}
	return b.complete.Send(ctx, c)
}

func (b *broken) Find(ctx context.Context, name string) (string, error) {
	if b.find != nil {
		return b.find(ctx, name)
	}
	return b.complete.Find(ctx, name)
}

func (b *broken) Follow(ctx context.Context, id string) (lifecycle.Status, error) {
	if b.follow != nil {
		return b.follow(ctx, id)
	}
	return b.complete.Follow(ctx, id)
}

func (b *broken) Cancel(ctx context.Context, id string) error {
	if b.cancel != nil {
		return b.cancel(ctx, id)
	}
	return b.complete.Cancel(ctx, id)
}

func (b *broken) Identify(ctx context.Context, known lifecycle.Entities) (lifecycle.Entities, error) {
	if b.identify != nil {
		return b.identify(ctx, known)
	}
	return b.complete.Identify(ctx, known)
}

func (b *broken) Plan(c lifecycle.Change) (lifecycle.PlannedChangeSet, error) {
	if b.plan != nil {
		return b.plan(c)
	}
	return b.complete.Plan(c)
}

func (b *broken) Read(ctx context.Context, product string) (lifecycle.Snapshot, error) {
	if b.read != nil {
		return b.read(ctx, product)
	}
	return b.complete.Read(ctx, product)
}

func (b *broken) Pending(ctx context.Context, page string) ([]string, string, error) {
	if b.pending != nil {
		return b.pending(ctx, page)
	}
	return b.complete.Pending(ctx, page)
}

// lacks takes an ability away, as a marketplace does that embeds
// lifecycle.Unsupported for it.
func lacks(method string) func(*broken) {
	var none lifecycle.Unsupported
	return func(b *broken) {
		switch method {
		case "Plan":
			b.plan = none.Plan
		case "Validate":
			b.validate = none.Validate
		case "Read":
			b.read = none.Read
		case "Pending":
			b.pending = none.Pending
		case "Trace":
			b.trace = none.Trace
		}
	}
}

// answers replaces an error of every method by another.
func answers(err, other error) func(*broken) {
	swap := func(got error) error {
		if errors.Is(got, err) {
			return other
		}
		return got
	}
	return func(b *broken) {
		b.send = func(ctx context.Context, c lifecycle.Change) (string, error) {
			id, err := b.complete.Send(ctx, c)
			return id, swap(err)
		}
		b.find = func(ctx context.Context, name string) (string, error) {
			id, err := b.complete.Find(ctx, name)
			return id, swap(err)
		}
		b.follow = func(ctx context.Context, id string) (lifecycle.Status, error) {
			status, err := b.complete.Follow(ctx, id)
			return status, swap(err)
		}
		b.cancel = func(ctx context.Context, id string) error { return swap(b.complete.Cancel(ctx, id)) }
		b.identify = func(ctx context.Context, known lifecycle.Entities) (lifecycle.Entities, error) {
			e, err := b.complete.Identify(ctx, known)
			return e, swap(err)
		}
		b.read = func(ctx context.Context, product string) (lifecycle.Snapshot, error) {
			h, err := b.complete.Read(ctx, product)
			return h, swap(err)
		}
	}
}

// tells alters how change sets are said to stand.
func tells(alter func(*lifecycle.Status)) func(*broken) {
	return func(b *broken) {
		b.follow = func(ctx context.Context, id string) (lifecycle.Status, error) {
			status, err := b.complete.Follow(ctx, id)
			alter(&status)
			return status, err
		}
	}
}

// sends alters the change before it is sent.
func sends(alter func(*lifecycle.Change)) func(*broken) {
	return func(b *broken) {
		b.send = func(ctx context.Context, c lifecycle.Change) (string, error) {
			alter(&c)
			return b.complete.Send(ctx, c)
		}
	}
}

// holds alters what is read.
func holds(alter func(*lifecycle.Snapshot)) func(*broken) {
	return func(b *broken) {
		b.read = func(ctx context.Context, product string) (lifecycle.Snapshot, error) {
			h, err := b.complete.Read(ctx, product)
			alter(&h)
			return h, err
		}
	}
}

func identifies(alter func(known lifecycle.Entities, newest *lifecycle.Entities, err *error)) func(*broken) {
	return func(b *broken) {
		b.identify = func(ctx context.Context, known lifecycle.Entities) (lifecycle.Entities, error) {
			e, err := b.complete.Identify(ctx, known)
			alter(known, &e, &err)
			return e, err
		}
	}
}
