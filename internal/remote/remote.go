// Package remote lets several processes share one marketplace, for tests of what they
// do beside each other and after a death. One process has the marketplace and serves
// it; the others reach it by its address.
package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// passing are the errors after which a process asks again.
var passing = []error{lifecycle.ErrStale, lifecycle.ErrExists, lifecycle.ErrBusy, lifecycle.ErrStaleEntity, lifecycle.ErrUnavailable}

// Passing reports whether a command that failed with err is to be given again: another
// process was faster, or what it needs was not to be had for a moment.
func Passing(err error) bool { return placeOf(err, passing) >= 0 }

// told are the errors that go over the wire, by their place in this list. Of others
// the text alone arrives.
var told = append([]error{lifecycle.ErrNotFound}, passing...)

// placeOf returns the place of the first error that err matches, or -1.
func placeOf(err error, all []error) int {
	return slices.IndexFunc(all, func(each error) bool { return errors.Is(err, each) })
}

// Market is a marketplace that another process serves. It has the methods that
// publishing needs: Send, Find, Follow, Cancel and Identify. It is safe for concurrent
// use. The zero value has no address and cannot be used.
type Market struct {
	lifecycle.Unsupported
	// Address is what Serve returned.
	Address string
}

var _ lifecycle.Marketplace = Market{}

// question is what a market is asked, and answer what it says.
type question struct {
	Change   lifecycle.Change
	Text     string
	Entities lifecycle.Entities
}

type answer struct {
	Text     string
	Status   lifecycle.Status
	Entities lifecycle.Entities
	// Error is the message of an error, and Told its place among those.
	Error string
	Told  int
}

func (m Market) ask(ctx context.Context, method string, q question) (answer, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return answer{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.Address+"/"+method, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	var a answer
	if err := json.NewDecoder(response.Body).Decode(&a); err != nil {
		return answer{}, err
	}
	if a.Error == "" {
		return a, nil
	}
	if a.Told >= 0 {
		return a, fmt.Errorf("%w: %s", told[a.Told], a.Error)
	}
	return a, errors.New(a.Error)
}

// Send asks the market to take the change.
func (m Market) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	a, err := m.ask(ctx, "send", question{Change: c})
	return a.Text, err
}

// Find asks the market for a change set by its name.
func (m Market) Find(ctx context.Context, name string) (string, error) {
	a, err := m.ask(ctx, "find", question{Text: name})
	return a.Text, err
}

// Follow asks the market how the change set stands.
func (m Market) Follow(ctx context.Context, changeSet string) (lifecycle.Status, error) {
	a, err := m.ask(ctx, "follow", question{Text: changeSet})
	return a.Status, err
}

// Cancel asks the market to cancel the change set.
func (m Market) Cancel(ctx context.Context, changeSet string) error {
	_, err := m.ask(ctx, "cancel", question{Text: changeSet})
	return err
}

// Identify asks the market for what it has of the product and the offer.
func (m Market) Identify(ctx context.Context, known lifecycle.Entities) (lifecycle.Entities, error) {
	a, err := m.ask(ctx, "identify", question{Entities: known})
	return a.Entities, err
}

// Serve makes the market answer other processes until the test ends, and returns its
// address. What was asked in full is done, whatever becomes of the process that asked.
func Serve(t testing.TB, market lifecycle.Marketplace) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q question
		var a answer
		err := json.NewDecoder(r.Body).Decode(&q)
		ctx := context.WithoutCancel(r.Context())
		switch {
		case err != nil: // the process was killed while it wrote
			return
		case r.URL.Path == "/send":
			a.Text, err = market.Send(ctx, q.Change)
		case r.URL.Path == "/find":
			a.Text, err = market.Find(ctx, q.Text)
		case r.URL.Path == "/follow":
			a.Status, err = market.Follow(ctx, q.Text)
		case r.URL.Path == "/cancel":
			err = market.Cancel(ctx, q.Text)
		case r.URL.Path == "/identify":
			a.Entities, err = market.Identify(ctx, q.Entities)
		}
		if err != nil {
			a.Error, a.Told = err.Error(), placeOf(err, told)
		}
		_ = json.NewEncoder(w).Encode(a) // nobody may be there to read it
	}))
	t.Cleanup(server.Close)
	return server.URL
}
