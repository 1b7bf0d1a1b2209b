package policy_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/iamtest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// meter notes, for the command at work, what IAM would be asked about each
// request.
type meter struct {
	t testing.TB

	mu      sync.Mutex
	command lifecycle.Event
	asks    map[lifecycle.Event]map[iamtest.Ask]bool
}

func (m *meter) at(command lifecycle.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.command = command
}

func (m *meter) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	m.mu.Lock()
	if m.asks[m.command] == nil {
		m.asks[m.command] = map[iamtest.Ask]bool{}
	}
	for _, each := range iamtest.Asked(m.t, r, body) {
		m.asks[m.command][each] = true
	}
	m.mu.Unlock()
	return fixture.Network.RoundTrip(r)
}

// life is a listing in the simulator, whose every request is metered.
type life struct {
	*meter
	id      uuid.UUID
	manager *lifecycle.Manager
	sim     *simulator.Simulator
	market  *awsmarketplace.Marketplace
}

func newLife(t testing.TB, m *meter, name string) *life {
	sim := fixture.Simulator(t, simulator.Config{})
	fixture.PutAlgorithm(t, sim, "1.0", "ml.m5.large")
	fixture.PutAlgorithm(t, sim, "1.1", "ml.m5.large")
	fixture.PutAlgorithm(t, sim, "2.0", "ml.m5.large", "ml.g5.xlarge")
	cfg := fixture.ConfigAt(t, m, fixture.Serve(t, sim))
	l := &life{meter: m, id: uuid.NewSHA1(uuid.Nil, []byte(name)), sim: sim, market: awsmarketplace.NewMarketplace(cfg)}
	yes := lifecycle.SellerProfile{Registered: lifecycle.Yes, ProfileComplete: lifecycle.Yes, TaxAndBank: lifecycle.Yes}
	var err error
	l.manager, err = lifecycle.New("111122223333", memstore.New(), l.market, lifecycle.WithSellers(yes),
		lifecycle.WithResources(awsmarketplace.NewResources(cfg)), lifecycle.WithClock(fixture.Clock{Simulator: sim}))
	require.NoError(t, err)
	return l
}

// do carries the command out, and looks at the listing afterwards as anybody may.
func (l *life) do(c lifecycle.Command) lifecycle.Record {
	l.at(c.Event())
	_, err := l.manager.Do(l.t.Context(), l.id, c)
	require.NoError(l.t, err, c.Event())
	r, err := l.manager.Await(l.t.Context(), l.id)
	require.NoError(l.t, err, c.Event())
	l.look(r)
	return r
}

// token is that of the latest request.
func (l *life) token() uuid.UUID {
	sets := l.sim.Ledger().ChangeSets
	token, err := uuid.Parse(sets[len(sets)-1].Token)
	require.NoError(l.t, err)
	return token
}

func (l *life) look(r lifecycle.Record) {
	_, _, err := l.market.Pending(l.t.Context(), "")
	require.NoError(l.t, err)
	if r.Published != nil {
		_, err := l.manager.Drift(l.t.Context(), l.id)
		require.NoError(l.t, err)
	}
}

// document is a sound listing of the kind.
func document(kind version.Kind, visibility listing.Visibility) listing.Listing {
	l := fixture.Content().Listing
	l.Kind, l.Visibility = kind, visibility
	if visibility == listing.Private {
		l.Buyers = []listing.AccountID{"777788889999"}
	}
	if kind == version.Algorithm {
		l.Versions = []version.Version{fixture.Algorithm("1.0")}
		l.Offer.Rates = fixture.Rates(pricing.RateCard{pricing.Training("ml.m5.xlarge"): pricing.MustUSD("2")})
	}
	return l
}

// live is a whole life with every command, each in every way that sends
// something else.
func (l *life) live(doc listing.Listing) {
	next := fixture.ModelPackage
	if doc.Kind == version.Algorithm {
		next = fixture.Algorithm
	}
	l.do(lifecycle.Create{Listing: doc})
	r := l.do(lifecycle.Submit{Testers: []listing.AccountID{"444455556666"}})
	traced, err := l.market.Trace(l.t.Context(), lifecycle.Change{Token: l.token(), After: *r.Published})
	require.NoError(l.t, err)
	require.Equal(l.t, r.Entities, traced.Entities)

	edit := r.Draft.Clone()
	edit.Title += ", second edition"
	edit.Versions[0].Usage = "POST one page."
	edit.Versions = append(edit.Versions, next("1.1"))
	edit.Offer.Name += ", again"
	edit.Offer.Rates[pricing.Batch("ml.m5.large")] = pricing.MustUSD("0.35")
	edit.Offer.RefundPolicy = "No refunds."
	edit.Offer.EULA = pricing.EULA{URL: "https://s3.amazonaws.com/example/eula.txt"}
	l.do(lifecycle.Edit{Listing: edit})
	r = l.do(lifecycle.Submit{Testers: []listing.AccountID{"444455556666", "555566667777"}})

	edit = r.Draft.Clone()
	edit.Versions[0].Status = version.Restricted
	l.do(lifecycle.Edit{Listing: edit})
	l.reconcile(l.do(lifecycle.Submit{}))
	l.reconcile(l.do(lifecycle.SignOff{}))
	r = l.do(lifecycle.AddVersion{Version: next("2.0"), Rates: pricing.RateCard{
		pricing.Batch("ml.g5.xlarge"): pricing.MustUSD("1.10"), pricing.RealTime("ml.g5.xlarge"): pricing.MustUSD("1.25"),
	}})
	edited := r.Draft.Versions[1].Clone()
	edited.Usage = "POST two pages."
	l.do(lifecycle.UpdateVersion{Version: edited})
	information := doc.Information.Clone()
	information.Title += ", third edition"
	l.do(lifecycle.UpdateInformation{Information: information, Promotion: doc.Promotion, Support: *doc.Support})
	offer := r.Draft.Offer.Clone()
	offer.Name, offer.Description, offer.RefundPolicy, offer.EULA = "Yet another", "And more of it", "Some refunds.", pricing.EULA{Standard: true}
	offer.Rates[pricing.Batch("ml.m5.large")] = pricing.MustUSD("0.30")
	l.do(lifecycle.UpdatePricing{Offer: offer})
	l.do(lifecycle.UpdateAllowList{Accounts: []listing.AccountID{"888899990000"}})
	l.cancel(lifecycle.UpdateAllowList{Accounts: []listing.AccountID{"999900001111"}})
	l.do(lifecycle.RestrictVersion{Number: "1.1"})
	l.reconcile(l.do(lifecycle.Unpublish{Email: "owner@example.com", Reason: "Replaced."}))
	require.NoError(l.t, l.sim.Advance(lifecycle.SupportPeriod))
	l.do(lifecycle.EndSupport{})
}

// cancel cancels a command that the marketplace has already.
func (l *life) cancel(c lifecycle.Command) {
	l.at("sent to be cancelled")
	_, err := l.manager.Do(l.t.Context(), l.id, c)
	require.NoError(l.t, err)
	r, err := l.manager.Load(l.t.Context(), l.id)
	require.NoError(l.t, err)
	for r.Request != nil && r.Request.ChangeSet == "" {
		_, err = l.manager.Advance(l.t.Context(), l.id)
		require.NoError(l.t, err)
		r, err = l.manager.Load(l.t.Context(), l.id)
		require.NoError(l.t, err)
	}
	require.NotNil(l.t, r.Request)
	l.at(lifecycle.EventCancel)
	_, err = l.manager.Do(l.t.Context(), l.id, lifecycle.Cancel{})
	require.NoError(l.t, err)
	_, err = l.manager.Await(l.t.Context(), l.id)
	require.ErrorContains(l.t, err, "cancelled")
	l.look(r)
}

// reconcile takes what the marketplace has into the record.
func (l *life) reconcile(r lifecycle.Record) {
	l.at("looked at to be reconciled")
	snapshot, err := l.manager.Read(l.t.Context(), r.Entities.Product)
	require.NoError(l.t, err)
	l.do(lifecycle.Reconcile{Snapshot: snapshot})
}

// discard gives a draft up.
func (l *life) discard(doc listing.Listing) {
	l.do(lifecycle.Create{Listing: doc})
	l.at(lifecycle.EventDiscard)
	_, err := l.manager.Do(l.t.Context(), l.id, lifecycle.Discard{})
	require.NoError(l.t, err)
	_, err = l.manager.Load(l.t.Context(), l.id)
	require.ErrorIs(l.t, err, lifecycle.ErrNotFound)
}

// free is a life in which looking at a resource brings new rates: that of a
// listing that was adopted, so that nothing is known of its resource. The
// marketplace refuses them in the end, but they are asked for.
func (l *life) free(doc listing.Listing) {
	doc.Offer.Model, doc.Offer.Rates, doc.Offer.TrialDays = pricing.Free, nil, 0
	supports := func(types ...string) {
		fixture.PutModelPackage(l.t, l.sim, "1.0", types...)
		fixture.PutAlgorithm(l.t, l.sim, "1.0", types...)
	}
	supports("ml.m5.large", "ml.c5.xlarge")
	l.do(lifecycle.Create{Listing: doc})
	l.do(lifecycle.Submit{})
	r := l.do(lifecycle.SignOff{})
	l.at("looked at to be adopted")
	snapshot, err := l.manager.Read(l.t.Context(), r.Entities.Product)
	require.NoError(l.t, err)
	l.manager = l.manager.With(memstore.New())
	r = l.do(lifecycle.Adopt{Snapshot: snapshot})
	supports("ml.m5.large", "ml.c5.xlarge", "ml.g5.xlarge")
	edited := r.Draft.Versions[0].Clone()
	edited.Recommended.Batch = "ml.c5.xlarge"
	l.at(lifecycle.EventUpdateVersion)
	_, err = l.manager.Do(l.t.Context(), l.id, lifecycle.UpdateVersion{Version: edited})
	require.NoError(l.t, err)
	_, err = l.manager.Await(l.t.Context(), l.id)
	require.ErrorContains(l.t, err, "INCOMPATIBLE_PRODUCT")
}

// meterAll has what IAM is asked for each command, over several lives.
func meterAll(t testing.TB) map[lifecycle.Event][]iamtest.Ask {
	m := &meter{t: t, asks: map[lifecycle.Event]map[iamtest.Ask]bool{}}
	newLife(t, m, "public").live(document(version.ModelPackage, listing.Public))
	newLife(t, m, "private").live(document(version.Algorithm, listing.Private))
	newLife(t, m, "discarded").discard(document(version.ModelPackage, listing.Public))
	newLife(t, m, "free package").free(document(version.ModelPackage, listing.Public))
	newLife(t, m, "free algorithm").free(document(version.Algorithm, listing.Public))
	all := map[lifecycle.Event][]iamtest.Ask{}
	for command, asks := range m.asks {
		for each := range asks {
			all[command] = append(all[command], each)
		}
		slices.SortFunc(all[command], func(a, b iamtest.Ask) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return all
}
