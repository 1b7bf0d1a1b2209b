package awsmarketplace_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
)

const (
	firstOption  = "77777777-2222-3333-4444-555555555555"
	secondOption = "88888888-2222-3333-4444-555555555555"
)

var theListing = uuid.NewSHA1(uuid.Nil, []byte("listing"))

// entities are those of a listing with the versions 1.0 and 1.1.
func entities() lifecycle.Entities {
	return lifecycle.Entities{
		Product: "prod-abcdefghijklm", ProductRevision: 4,
		Offer: "offer-abcdefghijklm", OfferRevision: 2,
		DeliveryOptions: map[string]string{"1.0": firstOption, "1.1": secondOption},
	}
}

// The listing that the tests are about.
var (
	content      = fixture.Content
	modelPackage = fixture.ModelPackage
	algorithm    = fixture.Algorithm
	rates        = fixture.Rates
)

// change is a change of kind from content, with two versions, to what edit
// makes of it.
func change(kind lifecycle.Event, edit func(c *lifecycle.Content)) lifecycle.Change {
	before := content()
	before.Listing.Versions = append(before.Listing.Versions, modelPackage("1.1"))
	after := lifecycle.Content{Listing: before.Listing.Clone(), AllowList: before.AllowList, Rates: before.Rates}
	if edit != nil {
		edit(&after)
	}
	return lifecycle.Change{
		Name: "shelflife test r7", Token: uuid.NewSHA1(uuid.Nil, []byte("r7")), Listing: theListing,
		Kind: kind, Entities: entities(), Before: &before, After: after,
	}
}

// submission is the first one, of what edit makes of content.
func submission(edit func(c *lifecycle.Content)) lifecycle.Change {
	after := content()
	if edit != nil {
		edit(&after)
	}
	return lifecycle.Change{
		Name: "shelflife test r2", Token: uuid.NewSHA1(uuid.Nil, []byte("r2")), Listing: theListing,
		Kind: lifecycle.EventSubmit, After: after,
	}
}

// recorder answers every request with the same body and keeps the requests.
type recorder struct {
	answer string

	mu       sync.Mutex
	requests []recorded
}

type recorded struct {
	operation string
	host      string
	signature string
	body      []byte
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	var body []byte
	if request.Body != nil {
		body, _ = io.ReadAll(request.Body)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, recorded{
		operation: operation(request), host: request.URL.Host, signature: request.Header.Get("Authorization"), body: body,
	})
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Request: request,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   io.NopCloser(strings.NewReader(r.answer)),
	}, nil
}

func operation(r *http.Request) string {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		return target
	}
	return r.Method + " " + r.URL.Path
}

// serve returns a Marketplace whose every call is answered by answer.
func serve(t *testing.T, answer http.HandlerFunc) *awsmarketplace.Marketplace {
	t.Helper()
	return awsmarketplace.NewMarketplace(fixture.ConfigAt(t, nil, fixture.Serve(t, answer)))
}

// serveUnchecked is serve for answers that are not as documented.
func serveUnchecked(t *testing.T, answer http.HandlerFunc) *awsmarketplace.Marketplace {
	t.Helper()
	cfg := fixture.ConfigAt(t, nil, fixture.Serve(t, answer))
	cfg.HTTPClient = &http.Client{Transport: fixture.Network}
	return awsmarketplace.NewMarketplace(cfg)
}

// journal returns all entries of the listing.
func journal(t *testing.T, manager *lifecycle.Manager, id uuid.UUID) (all []lifecycle.Entry) {
	t.Helper()
	for e, err := range manager.Journal(t.Context(), id) {
		require.NoError(t, err)
		all = append(all, e)
	}
	return all
}

func indent(t *testing.T, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, json.Indent(&out, data, "", "  "))
	out.WriteByte('\n')
	return out.Bytes()
}
