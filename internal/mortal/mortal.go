// Package mortal lets a process die at a chosen call of its ports, for tests of what
// the next process makes of it.
package mortal

import (
	"context"
	"errors"
	"net/http"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// ErrKilled is what every call returns once the process is dead.
var ErrKilled = errors.New("the process is dead")

// Process dies at one call of its ports. The zero value never dies. It is not safe
// for concurrent use.
type Process struct {
	// Calls counts the calls that were made.
	Calls int
	// DieAt is the call at which the process dies, the first being 1; 0 for none.
	DieAt int
	// AfterEffect lets the call have its effect, with its answer lost.
	AfterEffect bool
	// Kill ends the process for real. With nil it lives on, and each call from then
	// on returns ErrKilled.
	Kill func()

	dead bool
}

// Call makes a call of a port, or dies.
func Call[T any](p *Process, effect func() (T, error)) (T, error) {
	var none T
	p.Calls++
	if p.Calls == p.DieAt {
		p.dead = true
		if p.AfterEffect {
			_, _ = effect()
		}
		if p.Kill != nil {
			p.Kill()
		}
	}
	if p.dead {
		return none, ErrKilled
	}
	return effect()
}

// Store is a store whose Load and Save are calls of the process.
type Store struct {
	*Process
	lifecycle.Store
}

// Load is a call of the process.
func (s Store) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	return Call(s.Process, func() (lifecycle.Stored, error) { return s.Store.Load(ctx, key) })
}

// Save is a call of the process.
func (s Store) Save(ctx context.Context, w lifecycle.Write) error {
	_, err := Call(s.Process, func() (struct{}, error) { return struct{}{}, s.Store.Save(ctx, w) })
	return err
}

// Market is a marketplace whose methods that requests need are calls of the process.
type Market struct {
	*Process
	lifecycle.Marketplace
}

// Send is a call of the process.
func (m Market) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	return Call(m.Process, func() (string, error) { return m.Marketplace.Send(ctx, c) })
}

// Find is a call of the process.
func (m Market) Find(ctx context.Context, name string) (string, error) {
	return Call(m.Process, func() (string, error) { return m.Marketplace.Find(ctx, name) })
}

// Follow is a call of the process.
func (m Market) Follow(ctx context.Context, changeSet string) (lifecycle.Status, error) {
	return Call(m.Process, func() (lifecycle.Status, error) { return m.Marketplace.Follow(ctx, changeSet) })
}

// Identify is a call of the process.
func (m Market) Identify(ctx context.Context, known lifecycle.Entities) (lifecycle.Entities, error) {
	return Call(m.Process, func() (lifecycle.Entities, error) { return m.Marketplace.Identify(ctx, known) })
}

// Trace is a call of the process.
func (m Market) Trace(ctx context.Context, c lifecycle.Change) (lifecycle.Traced, error) {
	return Call(m.Process, func() (lifecycle.Traced, error) { return m.Marketplace.Trace(ctx, c) })
}

// Wire is every call over HTTP of a process, such as those of the AWS SDK.
type Wire struct{ *Process }

// Do makes the call, unless the process dies at it.
func (w Wire) Do(r *http.Request) (*http.Response, error) {
	return Call(w.Process, func() (*http.Response, error) { return http.DefaultClient.Do(r) })
}
