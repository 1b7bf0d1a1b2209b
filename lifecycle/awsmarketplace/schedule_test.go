package awsmarketplace_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
)

// tally counts what befell all schedules together, so that none of it can
// quietly cease to happen.
type tally struct {
	deaths, lost, dropped, throttled, failed     atomic.Int64
	foreign, changeSets, succeeded, unsuccessful atomic.Int64
	sentAgain, changedElsewhere, events          atomic.Int64
}

var errDead = errors.New("the process is dead")

// mortal is a process between the manager and the world. While trouble lasts
// its calls fail in every way, and at any of them it may die, before or after
// the call had its effect; from then on it does nothing more.
type mortal struct {
	*schedule
	lifecycle.Store

	mu   sync.Mutex
	dead bool
}

// dies decides what becomes of the process at this call.
func (p *mortal) dies() (before, after bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return true, false
	}
	if !p.trouble || !p.chance(40) {
		return false, false
	}
	p.dead = true
	p.sum.deaths.Add(1)
	if p.chance(2) {
		return true, false
	}
	return false, true
}

func (p *mortal) Save(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
	before, after := p.dies()
	if before {
		return errDead
	}
	err := p.Store.Save(ctx, next, entries)
	if after {
		return errDead
	}
	return err
}

func (p *mortal) RoundTrip(r *http.Request) (*http.Response, error) {
	before, after := p.dies()
	if before {
		return nil, errDead
	}
	fault := 0
	if p.trouble && p.chance(5) {
		fault = 1 + p.pick(4)
	}
	switch fault {
	case 1:
		p.sum.dropped.Add(1)
		return nil, io.ErrUnexpectedEOF
	case 2:
		p.sum.throttled.Add(1)
		return exception(r, http.StatusTooManyRequests, "ThrottlingException"), nil
	case 3:
		p.sum.failed.Add(1)
		return exception(r, http.StatusInternalServerError, "InternalServiceException"), nil
	}
	if p.forgetful && strings.HasSuffix(r.URL.Path, "/StartChangeSet") {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = token.ReplaceAll(body, nil)
		r = r.Clone(r.Context())
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	response := serveHTTP(p.sim, r)
	if after {
		return nil, errDead
	}
	if fault == 4 {
		p.sum.lost.Add(1)
		return nil, io.ErrUnexpectedEOF
	}
	return response, nil
}

var token = regexp.MustCompile(`"ClientRequestToken":"[^"]*",`)

func serveHTTP(handler http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	if r.Body == nil { // which a server never sees
		r.Body = http.NoBody
	}
	handler.ServeHTTP(w, r)
	response := w.Result()
	response.Request = r
	return response
}

func exception(r *http.Request, status int, name string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: fmt.Sprint(status), Request: r,
		Header: http.Header{"Content-Type": {"application/json"}, "X-Amzn-Errortype": {name}},
		Body:   io.NopCloser(strings.NewReader(`{"Message":"trouble"}`)),
	}
}

// schedule is one random life of one listing.
type schedule struct {
	t       *testing.T
	sim     *simulator.Simulator
	store   lifecycle.Store
	id      uuid.UUID
	sum     *tally
	trouble bool
	foreign int
	// forgetful is a marketplace that knows no token again: for how long it
	// does is not documented. A request that was sent is found by its name then,
	// or sent twice.
	forgetful bool

	dice   sync.Mutex
	random *rand.Rand
}

func (s *schedule) pick(n int) int {
	s.dice.Lock()
	defer s.dice.Unlock()
	return s.random.IntN(n)
}

func (s *schedule) chance(oneIn int) bool { return s.pick(oneIn) == 0 }

// process starts another process on what is left of the one before.
func (s *schedule) process() (*mortal, *lifecycle.Manager) {
	p := &mortal{schedule: s, Store: s.store}
	market := awsmarketplace.NewMarketplace(awsConfig(s.t, p), awsmarketplace.WithEndpoint("http://localhost"))
	manager, err := lifecycle.New("111122223333", p, market, lifecycle.WithClock(simulatedClock{s.sim}))
	require.NoError(s.t, err)
	return p, manager
}

// TestSchedules lives a thousand random lives (fewer under the race detector) with lost answers, throttling,
// faults of the service, deaths between any two steps, events that are missing
// or come twice, two processes at once, and a colleague who changes the same
// listing. What two processes do at once depends on how they are scheduled, so
// that a seed need not repeat itself to the letter. However it went, in the end the record has it as the marketplace
// has it: nothing was sent twice, nothing is forgotten, nothing told wrong.
func TestSchedules(t *testing.T) {
	t.Parallel()
	sum := &tally{}
	t.Run("all", func(t *testing.T) {
		for seed := range schedules {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				live(t, uint64(seed), sum)
			})
		}
	})
	for what, n := range map[string]*atomic.Int64{
		"deaths": &sum.deaths, "lost answers": &sum.lost, "lost requests": &sum.dropped, "throttled calls": &sum.throttled,
		"failed calls": &sum.failed, "foreign change sets": &sum.foreign, "change sets": &sum.changeSets,
		"that succeeded": &sum.succeeded, "that did not": &sum.unsuccessful, "requests sent again": &sum.sentAgain,
		"requests overtaken by a colleague": &sum.changedElsewhere, "events": &sum.events,
	} {
		t.Logf("%d %s", n.Load(), what)
		require.Greater(t, n.Load(), int64(schedules/50), what)
	}
}

func live(t *testing.T, seed uint64, sum *tally) {
	sim, err := simulator.New(simulator.Config{})
	require.NoError(t, err)
	for number, instances := range map[string][]string{"1.0": {"ml.m5.large"}, "1.1": {"ml.m5.large"}, "2.0": {"ml.m5.large"}} {
		require.NoError(t, sim.PutModelPackage(simulator.ModelPackage{
			ARN: string(modelPackage(number).Resource), CertifyForMarketplace: true,
			SupportedTransformInstanceTypes: instances, SupportedRealtimeInferenceInstanceTypes: instances,
			SupportedContentTypes: []string{"image/png"}, SupportedResponseMIMETypes: []string{"application/json"},
		}))
	}
	s := &schedule{
		t: t, sim: sim, store: memstore.New(), sum: sum, trouble: true, forgetful: seed%2 == 0,
		id: uuid.NewSHA1(uuid.Nil, fmt.Append(nil, seed)), random: rand.New(rand.NewPCG(seed, 7)),
	}
	p, manager := s.process()
	for range 30 {
		if p.dead {
			p, manager = s.process()
		}
		s.step(manager)
	}
	s.trouble = false
	_, manager = s.process()
	_, err = manager.Do(t.Context(), s.id, lifecycle.Create{Listing: content().Listing})
	if err != nil {
		require.ErrorIs(t, err, lifecycle.ErrExists)
	}
	for range 200 {
		p, err := manager.Advance(t.Context(), s.id)
		if err != nil {
			require.ErrorIs(t, err, lifecycle.ErrBusy)
		}
		if p.Wait == 0 {
			break
		}
		require.NoError(t, sim.Advance(6*time.Hour))
	}
	s.judge(manager)
}

// step does one thing that happens in a life.
func (s *schedule) step(manager *lifecycle.Manager) {
	ctx := s.t.Context()
	switch s.pick(10) {
	case 0, 1, 2, 3:
		for _, command := range s.commands(manager) {
			if _, err := manager.Do(ctx, s.id, command); err == nil {
				break
			}
		}
		_, _ = manager.Advance(ctx, s.id)
	case 4:
		if s.forgetful { // two that send at the same moment have nothing but the token
			return
		}
		_, other := s.process()
		var both sync.WaitGroup
		for _, each := range []*lifecycle.Manager{manager, other} {
			both.Add(1)
			go func() {
				defer both.Done()
				_, _ = each.Advance(ctx, s.id)
			}()
		}
		both.Wait()
	case 5:
		kind := []simulator.FaultKind{simulator.ServerFault, simulator.FailChange, simulator.RefuseReview}[s.pick(3)]
		fault := simulator.Fault{Kind: kind}
		if kind == simulator.FailChange {
			fault.ErrorCode = "INVALID_INPUT"
		}
		require.NoError(s.t, s.sim.Inject(fault))
	case 6:
		s.colleague()
	case 7:
		s.event(manager)
	default:
		wait := []time.Duration{time.Minute, 20 * time.Minute, time.Hour, 30 * time.Hour, 8 * 24 * time.Hour} // within what the marketplace remembers
		require.NoError(s.t, s.sim.Advance(wait[s.pick(len(wait))]))
		_, _ = manager.Advance(ctx, s.id)
	}
}

// commands are some that may be possible, in random order.
func (s *schedule) commands(manager *lifecycle.Manager) []lifecycle.Command {
	r, err := manager.Load(s.t.Context(), s.id)
	if err != nil {
		return []lifecycle.Command{lifecycle.Create{Listing: content().Listing}}
	}
	edited := r.Draft.Clone()
	edited.Title = fmt.Sprint("Edition ", s.pick(100))
	offer := r.Draft.Offer.Clone()
	offer.Rates[pricing.Batch("ml.m5.large")] = pricing.MustUSD(fmt.Sprintf("0.%02d", 1+s.pick(39)))
	all := []lifecycle.Command{
		lifecycle.Edit{Listing: edited},
		lifecycle.Submit{}, lifecycle.SignOff{}, lifecycle.SignOff{}, lifecycle.Submit{}, lifecycle.SignOff{},
		lifecycle.AddVersion{Version: modelPackage("1.1")}, lifecycle.RestrictVersion{Number: "1.0"},
		lifecycle.UpdateInformation{Information: edited.Information, Promotion: edited.Promotion, Support: *edited.Support},
		lifecycle.UpdatePricing{Offer: offer},
		lifecycle.UpdateAllowList{Accounts: []listing.AccountID{listing.AccountID(fmt.Sprintf("%012d", 1+s.pick(9)))}},
	}
	if s.chance(6) {
		all = append(all, lifecycle.Unpublish{Email: "owner@example.com", Reason: "Replaced."}, lifecycle.Cancel{}, lifecycle.EndSupport{})
	}
	s.dice.Lock()
	defer s.dice.Unlock()
	s.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// colleague changes the allow-list in another program.
func (s *schedule) colleague() {
	ctx := s.t.Context()
	r, err := s.store.Load(ctx, lifecycle.Key{Seller: "111122223333", Listing: s.id})
	if err != nil || r.Published == nil {
		return
	}
	market := awsmarketplace.NewMarketplace(awsConfig(s.t, direct{s.sim}), awsmarketplace.WithEndpoint("http://localhost"))
	entities, err := market.Identify(ctx, r.Entities)
	require.NoError(s.t, err)
	s.foreign++
	after := *r.Published
	after.AllowList = []listing.AccountID{listing.AccountID(fmt.Sprintf("9%011d", s.foreign))}
	name := fmt.Sprint("colleague ", s.foreign)
	_, err = market.Send(ctx, lifecycle.Change{
		Name: name, Token: uuid.NewSHA1(s.id, []byte(name)), Kind: lifecycle.EventUpdateAllowList,
		Entities: entities, Before: r.Published, After: after,
	})
	if err == nil {
		s.sum.foreign.Add(1)
		return
	}
	require.ErrorIs(s.t, err, lifecycle.ErrBusy)
}

// event delivers one of any change set so far: late, again, or of a colleague.
func (s *schedule) event(manager *lifecycle.Manager) {
	sets := s.sim.Ledger().ChangeSets
	if len(sets) == 0 {
		return
	}
	set := sets[s.pick(len(sets))]
	_ = awsmarketplace.Wake(s.t.Context(), manager, changeSetEvent(awsmarketplace.ChangeSetSucceeded, set.ID, set.Name))
	s.sum.events.Add(1)
}

// direct is the simulator without trouble.
type direct struct{ sim *simulator.Simulator }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) { return serveHTTP(d.sim, r), nil }

// judge holds what the record and its journal say against the ledger.
func (s *schedule) judge(manager *lifecycle.Manager) {
	t, ctx := s.t, s.t.Context()
	r, err := manager.Load(ctx, s.id)
	require.NoError(t, err)
	require.Nil(t, r.Request, "something is under way forever")
	history, err := manager.History(ctx, s.id)
	require.NoError(t, err)
	replayed, err := lifecycle.Replay(history)
	require.NoError(t, err)
	want, err := lifecycle.EncodeRecord(r)
	require.NoError(t, err)
	got, err := lifecycle.EncodeRecord(replayed)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))

	told := s.told(history)
	names := map[string]bool{}
	for _, set := range s.sim.Ledger().ChangeSets {
		id, ours := lifecycle.ListingOf(set.Name)
		if !ours {
			continue
		}
		require.Equal(t, s.id, id)
		require.False(t, names[set.Name], "%q was sent twice", set.Name)
		names[set.Name] = true
		end, known := told[set.ID]
		require.True(t, known, "change set %s (%s) is forgotten", set.ID, set.Name)
		switch {
		case set.Status == "FAILED" && set.FailureCode == "SERVER_FAULT":
			require.Contains(t, []string{"failed", "sent again"}, end, set.Name)
		default:
			require.Equal(t, strings.ToLower(set.Status), end, set.Name)
		}
		s.sum.changeSets.Add(1)
		if set.Status == "SUCCEEDED" {
			s.sum.succeeded.Add(1)
		} else {
			s.sum.unsuccessful.Add(1)
		}
		delete(told, set.ID)
	}
	require.Empty(t, told, "change sets that the marketplace never took")

	if r.Entities.Product == "" {
		require.Equal(t, lifecycle.Draft, r.State)
		return
	}
	drift, err := manager.Drift(ctx, s.id)
	require.NoError(t, err)
	for _, d := range drift.Differences {
		// A colleague's change of the allow-list is all that may be unknown.
		require.Contains(t, []string{"allowList", "entities.productRevision"}, d.Path, "%v", d)
		require.Positive(t, s.foreign, "%v", d)
	}
}

// told is how each change set ended, as the journal has it.
func (s *schedule) told(history []lifecycle.Entry) map[string]string {
	ends, current := map[string]string{}, ""
	for _, e := range history {
		switch {
		case e.Event == lifecycle.EventSent:
			current = e.ChangeSet
			require.NotContains(s.t, ends, current)
			ends[current] = ""
		case e.Event == lifecycle.EventSendAgain:
			ends[current] = "sent again"
			s.sum.sentAgain.Add(1)
		case e.Outcome != nil:
			if e.Outcome.ChangeSet != "" {
				ends[e.Outcome.ChangeSet] = string(e.Outcome.Result)
			}
			for _, problem := range e.Outcome.Problems {
				if problem.Code == "CHANGED_ELSEWHERE" {
					s.sum.changedElsewhere.Add(1)
				}
			}
		}
	}
	return ends
}
