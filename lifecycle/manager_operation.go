package lifecycle

import (
	"context"
	"iter"
	"time"

	"github.com/google/uuid"
)

// WithOperationObserver makes the manager tell the observer of every operation. Of
// several, the one that was given first is the outermost; nil is none. Without one,
// nothing is spent on it. As with [WithObserver], what is saved through [Manager.With]
// is told when it is saved, before the caller's transaction is committed.
func WithOperationObserver(o OperationObserver) Option {
	return func(m *Manager) {
		if o != nil {
			m.operations = append(m.operations, o)
		}
	}
}

// running is an operation that has begun. Only the goroutine of its call uses it; nil is
// one that nobody is told of.
type running struct {
	listing uuid.UUID
	seen    bool
	ended   Ended
	ends    []func(Ended)
}

type runningKey struct{}

// begin tells the observers that the operation begins.
func (m *Manager) begin(ctx context.Context, method string, id uuid.UUID, c Command) (context.Context, *running) {
	if len(m.operations) == 0 {
		return ctx, nil
	}
	o := Operation{Method: method, Seller: m.seller, Listing: id}
	if c, ok := settled(c); ok {
		o.Command = c.Event()
	}
	r := &running{listing: id}
	for _, observe := range m.operations {
		var end func(Ended)
		ctx, end = observe(ctx, o)
		if end != nil {
			r.ends = append(r.ends, end)
		}
	}
	return context.WithValue(ctx, runningKey{}, r), r
}

// end tells the observers that the operation has ended, with the error or none.
func (r *running) end(err *error) {
	if r == nil {
		return
	}
	if err != nil {
		r.ended.Err = *err
	}
	for i := len(r.ends) - 1; i >= 0; i-- {
		r.ends[i](r.ended)
	}
}

// running returns the operation that the context belongs to.
func (m *Manager) running(ctx context.Context) *running {
	if len(m.operations) == 0 {
		return nil
	}
	r, _ := ctx.Value(runningKey{}).(*running)
	return r
}

// saw takes note of how the listing of the operation stands.
func (r *running) saw(record Record) {
	if r == nil || record.ID != r.listing {
		return
	}
	if !r.seen {
		r.seen, r.ended.Before = true, record.State
	}
	r.ended.After = record.State
	if record.Request != nil {
		r.ended.Request = record.Request.Name
	}
}

// saved takes note of entries that were saved, and led from the record before to the
// one of the decision.
func (m *Manager) saved(ctx context.Context, before Record, d Decision) {
	r := m.running(ctx)
	if r == nil {
		return
	}
	from, request := before.State, before.Request
	for _, e := range d.Entries {
		s := Saved{Transition: Transition{Event: e.Event, From: from, To: e.State}, Revision: e.Revision, At: e.At}
		if from != "" && e.State != from {
			s.Since = m.since(ctx, d.Record.ID, e.Revision)
		}
		if e.ChangeSetName != "" && e.Event != EventSendAgain {
			request = &Request{Name: e.ChangeSetName, Kind: e.Event}
		}
		if request != nil {
			s.Request, s.Kind = request.Name, request.Kind
		}
		if e.Event == EventSendAgain {
			s.Request = e.ChangeSetName
		}
		if o := e.Outcome; o != nil {
			s.Result, s.Took = o.Result, took(*request, *o, e.At)
			request = nil
		}
		r.ended.Saved = append(r.ended.Saved, s)
		if from = e.State; s.Request != "" {
			r.ended.Request = s.Request
		}
	}
	r.saw(d.Record)
}

// took is how long the marketplace had a request that ended with an entry.
func took(q Request, o Outcome, written time.Time) time.Duration {
	if q.SendingAt == nil {
		return 0
	}
	if o.EndedAt != nil {
		written = possible(*o.EndedAt, q, written)
	}
	return written.Sub(*q.SendingAt)
}

// since is when the listing came to the state in which the entry of the revision
// found it, or the zero time if the journal does not tell.
func (m *Manager) since(ctx context.Context, id uuid.UUID, revision int64) time.Time {
	var state State
	var since time.Time
	for e, err := range m.journal(ctx, id, 0) {
		if err != nil {
			return time.Time{}
		}
		if e.Revision >= revision {
			break
		}
		if e.State != state {
			state, since = e.State, e.At
		}
	}
	return since
}

// observed is a sequence that is an operation each time that it is ranged over.
func observed[V any](ctx context.Context, m *Manager, method string, id uuid.UUID, sequence func(context.Context) iter.Seq2[V, error]) iter.Seq2[V, error] {
	if len(m.operations) == 0 {
		return sequence(ctx)
	}
	return func(yield func(V, error) bool) {
		ctx, op := m.begin(ctx, method, id, nil)
		var failed error
		defer op.end(&failed)
		for v, err := range sequence(ctx) {
			if err != nil {
				failed = err
			}
			if !yield(v, err) {
				return
			}
		}
	}
}
