package awsmarketplace_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/depth"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/preflight"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/pricing"
)

// The signatures of addresses that the seller gives.
const (
	logoSecret = "109051671e"
	eulaSecret = "e01a516e"
)

func signedBy(secret string) string {
	return "?X-Amz-Credential=" + secret + "&X-Amz-Security-Token=" + secret + "&X-Amz-Signature=" + secret
}

// mishaps are what can go wrong with a call, each with an answer that repeats
// whatever it was sent, the signatures among it.
var mishaps = map[string]func(request string) (*http.Response, error){
	"invalid":   echo(422, "ValidationException"),
	"denied":    echo(403, "AccessDeniedException"),
	"expired":   echo(400, "ExpiredTokenException"),
	"not found": echo(404, "ResourceNotFoundException"),
	"in use":    echo(423, "ResourceInUseException"),
	"throttled": echo(429, "ThrottlingException"),
	"server":    echo(500, "InternalServiceException"),
	"new":       echo(409, "SomethingNewException"),
	"proxy":     func(request string) (*http.Response, error) { return respond(502, "", "<html>"+request), nil },
	"cut off": func(request string) (*http.Response, error) {
		return respond(200, "", `{"ChangeSetId": "`+request), nil
	},
	"mistyped": func(request string) (*http.Response, error) {
		return respond(200, "", `{"Status": 7, "Message": 8, "EntityDetails": "`+"x"+`"}`), nil
	},
	"no answer": func(string) (*http.Response, error) {
		return nil, &url.Error{Op: "Get", URL: "https://me:" + logoSecret + "@example.com/" + signedBy(eulaSecret), Err: errors.New("refused")}
	},
	"never there": func(string) (*http.Response, error) {
		return nil, errors.New("dial https://example.com/" + signedBy(logoSecret))
	},
}

func echo(status int, exception string) func(string) (*http.Response, error) {
	return func(request string) (*http.Response, error) {
		message, _ := json.Marshal("cannot read https://files.example.com/logo.png" + signedBy(logoSecret) + " in " + request)
		return respond(status, exception, `{"Message": `+string(message)+`, "message": `+string(message)+`}`), nil
	}
}

func respond(status int, exception, body string) *http.Response {
	return &http.Response{StatusCode: status, Status: fmt.Sprint(status), Header: http.Header{"Content-Type": {"application/json"}, "X-Amzn-Errortype": {exception}}, Body: io.NopCloser(strings.NewReader(body))}
}

// wiretap stands between everything and the network. It looks for secrets in what is
// sent, remembers those that come back, and lets one call go wrong.
type wiretap struct {
	t      *testing.T
	next   http.RoundTripper
	fails  int // which call, from 1; 0 for none
	mishap func(string) (*http.Response, error)

	mu    sync.Mutex
	calls int
	given map[string]bool // signatures in answers
	out   bytes.Buffer    // all that anybody may read
}

var signatures = regexp.MustCompile(`X-Amz-(?:Signature|Security-Token)=([0-9a-f]+)`)

func (w *wiretap) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.calls++
	wrong := w.calls == w.fails
	w.mu.Unlock()
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	var headers bytes.Buffer
	_ = r.Header.Write(&headers)
	w.headers(headers.String(), r)
	if wrong {
		return w.mishap(string(body))
	}
	if r.URL.Host == "files.example.com" {
		if r.URL.Path == "/logo.png" {
			return respond(200, "", string(lifecycletest.Logo())), nil
		}
		return respond(200, "", "You may use it."), nil
	}
	response, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(answer))
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, found := range signatures.FindAllSubmatch(answer, -1) {
		w.given[string(found[1])] = true
	}
	return response, err
}

// headers checks what goes out beside the body: AWS gets a signature and the token of
// the session, files nothing at all.
func (w *wiretap) headers(sent string, r *http.Request) {
	for _, secret := range []string{logoSecret, eulaSecret, fixture.Secret.SecretAccessKey} {
		assert.NotContains(w.t, sent, secret, r.URL.Path)
		if r.URL.Host != "files.example.com" {
			assert.NotContains(w.t, r.URL.String(), secret)
		}
	}
	if r.URL.Host == "files.example.com" {
		assert.NotContains(w.t, sent, fixture.Secret.AccessKeyID)
		assert.NotContains(w.t, sent, fixture.Secret.SessionToken)
	}
}

// Write takes the log.
func (w *wiretap) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(p)
}

// say takes what somebody reads.
func (w *wiretap) say(all ...any) {
	for _, each := range all {
		_, _ = fmt.Fprintf(w, "%v\n%+v\n", each, each)
	}
}

// written takes what is kept or goes on to other programs.
func (w *wiretap) written(values ...any) {
	w.t.Helper()
	for _, value := range values {
		data, err := json.Marshal(value)
		require.NoError(w.t, err)
		_, _ = w.Write(data)
	}
}

// found says of each line of the output that has one which secret it is.
func (w *wiretap) found() (all []string) {
	secrets := []string{logoSecret, eulaSecret, fixture.Secret.AccessKeyID, fixture.Secret.SecretAccessKey, fixture.Secret.SessionToken}
	for each := range w.given {
		secrets = append(secrets, each)
	}
	text := w.out.String()
	for _, secret := range secrets {
		if at := strings.Index(text, secret); at >= 0 {
			all = append(all, secret+": "+text[max(0, at-300):min(len(text), at+100)])
		}
	}
	return all
}

// withoutDocument returns the entry without the two addresses of the seller's own
// document, which is kept as it was given, because it is to be sent.
func withoutDocument(e lifecycle.Entry) lifecycle.Entry {
	if e.Delta == nil {
		return e
	}
	d := *e.Delta
	if d.Promotion != nil {
		promotion := *d.Promotion
		promotion.Logo = strings.Replace(promotion.Logo, signedBy(logoSecret), "", 1)
		d.Promotion = &promotion
	}
	if d.Offer != nil {
		offer := *d.Offer
		offer.EULA.URL = strings.Replace(offer.EULA.URL, signedBy(eulaSecret), "", 1)
		d.Offer = &offer
	}
	e.Delta = &d
	return e
}

// live takes a listing through its life, whatever fails, and writes down all that it
// sees of it. It returns where the listing ended.
func (w *wiretap) live() lifecycle.State {
	t, ctx := w.t, w.t.Context()
	sim := fixture.Simulator(t, simulator.Config{})
	cfg := fixture.ConfigAt(t, nil, fixture.Serve(t, sim))
	w.next = fixture.Network
	client := &http.Client{Transport: w}
	cfg.HTTPClient = client
	l := content().Listing
	l.Promotion.Logo = "https://files.example.com/logo.png" + signedBy(logoSecret)
	l.Offer.EULA = pricing.EULA{URL: "https://files.example.com/eula.txt" + signedBy(eulaSecret)}
	yes := lifecycle.SellerProfile{Registered: lifecycle.Yes, ProfileComplete: lifecycle.Yes, TaxAndBank: lifecycle.Yes}
	market, assets := awsmarketplace.NewMarketplace(cfg, awsmarketplace.WithClock(fixture.Clock{Simulator: sim})), awsmarketplace.NewAssets(client)
	manager, err := lifecycle.New("111122223333", memstore.New(), market,
		lifecycle.WithResources(awsmarketplace.NewResources(cfg)), lifecycle.WithAssets(assets), lifecycle.WithSellers(yes),
		lifecycle.WithClock(fixture.Clock{Simulator: sim}), lifecycle.WithLogger(slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	require.NoError(t, err)

	id := theListing
	do := func(c lifecycle.Command) {
		plan, err := manager.Plan(ctx, id, c)
		w.say(plan, err)
		found, err := manager.Explain(ctx, id, c)
		w.say(found, err)
		w.written(found)
		d, err := manager.Do(ctx, id, c)
		w.say(d.Findings, err)
		w.written(d.Findings)
		w.await(ctx, manager, sim)
	}
	do(lifecycle.Create{Listing: l})
	report, err := preflight.New(cfg).Run(ctx, preflight.Input{Listing: l, Commands: []lifecycle.Event{lifecycle.EventSubmit}, Seller: "111122223333", Assets: assets})
	w.say(report, err)
	w.written(report)
	do(lifecycle.Submit{})
	do(lifecycle.SignOff{})
	do(lifecycle.AddVersion{Version: modelPackage("1.1")})
	promotion := l.Promotion
	promotion.Logo = strings.Replace(l.Promotion.Logo, "/logo.png", "/logo.png/", 1)
	do(lifecycle.UpdateInformation{Information: l.Information, Promotion: promotion, Support: *l.Support})
	offer := l.Offer.Clone()
	offer.EULA.URL = strings.Replace(offer.EULA.URL, "/eula.txt", "/terms.txt", 1)
	do(lifecycle.UpdatePricing{Offer: offer})
	do(lifecycle.RestrictVersion{Number: "1.0"})

	r, err := manager.Load(ctx, id)
	require.NoError(t, err)
	drift, err := manager.Drift(ctx, id)
	w.say(err)
	for _, d := range append(drift.Differences, drift.Rewritten...) {
		w.say(d)
	}
	snapshot, err := manager.Read(ctx, r.Entities.Product)
	w.say(err)
	w.written(snapshot)
	sweep, err := manager.Sweep(ctx)
	w.say(sweep, err)
	_, err = manager.Do(ctx, id, lifecycle.Unpublish{Email: "owner@example.com", Reason: "Replaced."})
	w.say(err)
	w.await(ctx, manager, sim)

	for e, err := range manager.Journal(ctx, id) {
		require.NoError(t, err)
		w.written(withoutDocument(e))
	}
	if r, err = manager.Load(ctx, id); err != nil {
		return ""
	}
	w.written(r.Last, r.Entities)
	return r.State
}

// await advances until the request has ended, a day at a time, also after errors.
func (w *wiretap) await(ctx context.Context, manager *lifecycle.Manager, sim *simulator.Simulator) {
	for range 5 {
		p, err := manager.Advance(ctx, theListing)
		w.say(err)
		if err == nil && p.Record.Request == nil {
			break
		}
		require.NoError(w.t, sim.Advance(24*time.Hour))
	}
	_, err := manager.Await(ctx, theListing)
	w.say(err)
}

func tap(t *testing.T, fails int, mishap func(string) (*http.Response, error)) *wiretap {
	return &wiretap{t: t, fails: fails, mishap: mishap, given: map[string]bool{}}
}

// Whatever call of a listing's life fails, and however, no secret is in a log line, an
// error, a finding, a report, a snapshot, an entry of the journal or the header of a
// request: not what signs the seller's addresses, not what signs AWS's copies, and
// not the credentials.
func TestNoSecretIsSaidOnAnyPath(t *testing.T) {
	t.Parallel()
	whole := tap(t, 0, nil)
	require.Equal(t, lifecycle.Unpublished, whole.live(), whole.out.String())
	assert.Empty(t, whole.found())
	assert.NotEmpty(t, whole.given, "the marketplace signs addresses, too")
	assert.Contains(t, whole.out.String(), "files.example.com/eula.txt", "the output has the addresses")
	names := slices.Sorted(maps.Keys(mishaps))
	each := depth.Of(1, 2, 4) // mishaps of each call, in turn
	for call := 1; call <= whole.calls; call++ {
		for i := range each {
			name := names[(call*each+i)%len(names)]
			w := tap(t, call, mishaps[name])
			w.live()
			require.Empty(t, w.found(), "call %d: %s", call, name)
		}
	}
}
