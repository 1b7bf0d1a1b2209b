package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
)

// Two sellers, with a token each that has their name.
const ann, bob = listing.AccountID("111122223333"), listing.AccountID("222233334444")

// moving is the simulator's clock, which moves on instead of waiting.
type moving struct{ *simulator.Simulator }

func (m moving) Sleep(_ context.Context, d time.Duration) error { return m.Advance(d) }

// bench is a service of two sellers on a simulated AWS.
type bench struct {
	*service
	market *simulator.Simulator
}

func newBench(t testing.TB) *bench {
	t.Helper()
	market, err := simulator.New(simulator.Config{})
	require.NoError(t, err)
	endpoint := httptest.NewServer(market)
	t.Cleanup(endpoint.Close)
	w := world{sellers: map[listing.AccountID]seller{}, clock: clock{moving{market}, 1}, authenticate: tokens{
		digest("ann"): {ann, "ann"}, digest("bob"): {bob, "bob"}, digest("eve"): {"333344445555", "eve"},
	}.authenticate}
	for _, id := range []listing.AccountID{ann, bob} {
		var seed simulator.Seed
		require.NoError(t, json.Unmarshal([]byte(strings.ReplaceAll(string(resources), string(ann), string(id))), &seed))
		require.NoError(t, market.Plant(seed))
		w.sellers[id] = seller{
			Profile: lifecycle.SellerProfile{Registered: lifecycle.Yes, ProfileComplete: lifecycle.Yes, TaxAndBank: lifecycle.Yes},
			aws: awssdk.Config{Region: "us-east-1", BaseEndpoint: awssdk.String(endpoint.URL),
				Credentials: credentials.NewStaticCredentialsProvider(string(id), "simulated", "")},
		}
	}
	s, err := newService(w, database{Store: memstore.New(), close: func() error { return nil }}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(s.close)
	return &bench{s, market}
}

// reply is what a request was answered with.
type reply struct {
	status int
	header http.Header
	body   string
}

// ask sends a request as the owner of the token; header are names and values.
func (b *bench) ask(t testing.TB, token, method, path, body string, header ...string) reply {
	t.Helper()
	return b.send(request(t, token, method, path, body, header...))
}

func request(t testing.TB, token, method, path, body string, header ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, "http://service"+path, io.NopCloser(strings.NewReader(body)))
	require.NoError(t, err)
	r.RequestURI = r.URL.RequestURI()
	r.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func (b *bench) send(r *http.Request) reply {
	w := httptest.NewRecorder()
	b.handler().ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.String()}
}

// into decodes the body of a reply that has the status.
func into[T any](t testing.TB, r reply, status int) T {
	t.Helper()
	require.Equal(t, status, r.status, r.body)
	var out T
	require.NoError(t, json.Unmarshal([]byte(r.body), &out), r.body)
	return out
}

// sample is the sample listing, of the seller, with the title.
func sample(t testing.TB, of listing.AccountID, title string) string {
	t.Helper()
	data, err := os.ReadFile("../quickstart/listings/invoice-extractor.json")
	require.NoError(t, err)
	return strings.ReplaceAll(strings.ReplaceAll(string(data), string(ann), string(of)), "Northwind Invoice Field Extractor", title)
}

func desired(t testing.TB, of listing.AccountID, title string, until lifecycle.State) string {
	return `{"listing": ` + sample(t, of, title) + `, "until": "` + string(until) + `"}`
}

// publish takes a listing of the seller as far as said, and returns its summary.
func (b *bench) publish(t testing.TB, of listing.AccountID, token, name, title string, until lifecycle.State) lifecycle.Summary {
	t.Helper()
	for range 50 {
		answer := b.ask(t, token, http.MethodPut, "/listings/"+name, desired(t, of, title, until))
		applied := into[struct {
			Summary lifecycle.Summary
			Left    []any
			Wait    time.Duration
		}](t, answer, http.StatusOK)
		if len(applied.Left) == 0 {
			return applied.Summary
		}
		require.NoError(t, b.market.Advance(applied.Wait+2*time.Hour))
	}
	t.Fatal("it never ends")
	return lifecycle.Summary{}
}
