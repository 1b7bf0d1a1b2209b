package console_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/version"
)

// Who may only read is shown no form, not even when the address is known.
func TestReadersHaveNoForms(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	s := serve(t, reader(b.Manager))
	status, body := get(t, s, page(id)+"/do/submit")
	assert.Equal(t, http.StatusForbidden, status)
	assert.NotContains(t, body, "token")
	status, _ = get(t, serve(t, actor(b.Manager)), page(id)+"/do/nothing")
	assert.Equal(t, http.StatusNotFound, status)
}

// A form asks until all is filled in, keeps what was, hands all of it on to the form that
// gives the command, and refuses what makes no sense.
func TestFillingIn(t *testing.T) {
	t.Parallel()
	ctx, b := context.Background(), lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	other := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	s := serve(t, actor(b.Manager))
	_, body := get(t, s, page(id)+"/do/unpublish")
	token := tokenOf(t, body)
	form := func(more ...string) url.Values {
		f := url.Values{"token": {token}}
		for i := 0; i < len(more); i += 2 {
			f.Set(more[i], more[i+1])
		}
		return f
	}
	for _, half := range [][]string{{"email", "ann@example.com"}, {"reason", "It is old."}, {"email", "ann@example.com", "replacement", "x"}} {
		status, _, body := post(t, s, page(id)+"/do/unpublish", form(append(half, "look", "1")...), nil)
		assert.Equal(t, http.StatusOK, status)
		assert.Contains(t, body, "Show what would happen")
		assert.Contains(t, body, half[1], "what was filled in is kept")
	}
	full := []string{"email", "ann@example.com", "reason", "It is old.", "replacement", other.String()}
	status, _, body := post(t, s, page(id)+"/do/unpublish", form(append(full, "look", "1")...), nil)
	require.Equal(t, http.StatusOK, status)
	for i := 0; i < len(full); i += 2 {
		assert.Contains(t, body, `<input type="hidden" name="`+full[i]+`" value="`+full[i+1]+`">`)
	}
	bad := []string{"email", "ann@example.com", "reason", "It is old.", "replacement", "x", "revision", "5"}
	for _, look := range []string{"", "1"} {
		status, _, _ = post(t, s, page(id)+"/do/unpublish", form(append(bad, "look", look)...), nil)
		assert.Equal(t, http.StatusBadRequest, status)
	}
	nowhere := uuid.MustParse("5b0a4c3e-6f4e-4b5e-9d3e-2f1a0b9c8d7e")
	status, _, _ = post(t, s, page(nowhere)+"/do/unpublish", form("look", "1"), nil)
	assert.Equal(t, http.StatusNotFound, status)

	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	status, _, _ = post(t, s, page(id)+"/do/unpublish", form(append(full, "revision", number(r.Revision))...), nil)
	require.Equal(t, http.StatusSeeOther, status)
	r, err = b.Load(ctx, id)
	require.NoError(t, err)
	successor, err := b.Load(ctx, other)
	require.NoError(t, err)
	assert.Equal(t, successor.Entities.Product, r.Request.Removal.Replacement)

	_, err = b.Do(ctx, other, lifecycle.AddVersion{Version: lifecycletest.Version("2.0", version.ModelPackage)})
	require.NoError(t, err)
	_, err = b.Await(ctx, other)
	require.NoError(t, err)
	status, _, body = post(t, s, page(other)+"/do/restrict-version", form("number", "1.0", "look", "1"), nil)
	require.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, `<input type="hidden" name="number" value="1.0">`)
}

// refusing is a marketplace that plans nothing.
type refusing struct {
	*lifecycletest.Market
	err error
}

func (r refusing) Plan(lifecycle.Change) (lifecycle.PlannedChangeSet, error) {
	return lifecycle.PlannedChangeSet{}, r.err
}

// Why the marketplace would not take it is on the page; that it could not be asked is an
// error.
func TestPlansThatAreNotMade(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	for _, c := range []struct {
		err    error
		status int
		want   string
	}{
		{&lifecycle.Rejection{Problems: []lifecycle.Problem{{Code: "TOO_LARGE", Message: "the change set is too large"}}}, http.StatusOK, "the change set is too large"},
		{fmt.Errorf("asking: %w", lifecycle.ErrThrottled), http.StatusServiceUnavailable, "Try again"},
		{lifecycle.ErrAnswer, http.StatusBadGateway, "Nothing of it was taken"},
		{lifecycle.ErrDenied, http.StatusBadGateway, "A person must help"},
		{lifecycle.ErrForgotten, http.StatusBadGateway, "A person must help"},
		{errors.New("secret"), http.StatusInternalServerError, "log of the server"},
	} {
		m, err := lifecycle.New(lifecycletest.Seller, b.Store, refusing{b.Market, c.err}, lifecycle.WithClock(b.Clock))
		require.NoError(t, err)
		status, body := get(t, serve(t, actor(m)), page(id)+"/do/submit")
		assert.Equal(t, c.status, status)
		assert.Contains(t, body, c.want)
		assert.NotContains(t, body, `name="revision"`)
		assert.NotContains(t, body, "secret")
	}
}
