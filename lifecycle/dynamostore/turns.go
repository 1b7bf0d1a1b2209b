package dynamostore

import (
	"context"
	"sync"

	"github.com/shelflife-go/shelflife/listing"
)

// turns let the Saves of one seller in one after another, within this process. The
// zero value is ready.
type turns struct {
	mu sync.Mutex
	of map[listing.AccountID]*turn
}

type turn struct {
	token chan struct{} // is full while a Save is under way
	users int
}

// take waits for the seller's turn. It returns what ends it.
func (t *turns) take(ctx context.Context, seller listing.AccountID) (done func(), err error) {
	t.mu.Lock()
	if t.of == nil {
		t.of = map[listing.AccountID]*turn{}
	}
	own := t.of[seller]
	if own == nil {
		own = &turn{token: make(chan struct{}, 1)}
		t.of[seller] = own
	}
	own.users++
	t.mu.Unlock()
	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if own.users--; own.users == 0 {
			delete(t.of, seller)
		}
	}
	select {
	case own.token <- struct{}{}:
		return func() { <-own.token; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, context.Cause(ctx)
	}
}
