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

	"github.com/shelflife-go/shelflife/internal/depth"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
)

// tally counts what befell all schedules together, so that none of it can
// quietly cease to happen.
type tally struct {
	deaths, lost, dropped, throttled, failed    atomic.Int64
	foreign, changeSets, succeeded              atomic.Int64
	refused, faulty, audited, cancelled         atomic.Int64
	sentAgain, changedElsewhere                 atomic.Int64
	events, eventsLost, eventsTwice, eventsLate atomic.Int64
	slow, jumps, decided                        atomic.Int64
	forgotten, traced, unclear                  atomic.Int64
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

func (p *mortal) Save(ctx context.Context, w lifecycle.Write) error {
	before, after := p.dies()
	if before {
		return errDead
	}
	err := p.Store.Save(ctx, w)
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

	// queue holds the events that were delivered and that nobody has looked at.
	queue [][]byte

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
	market := awsmarketplace.NewMarketplace(fixture.ConfigAt(s.t, p, "http://localhost"))
	manager, err := lifecycle.New("111122223333", p, market, lifecycle.WithClock(fixture.Clock{Simulator: s.sim}))
	require.NoError(s.t, err)
	return p, manager
}

// TestSchedules lives a thousand random lives (fewer under the race detector)
// with lost answers, throttling, slow calls, leaps of the clock, faults of the
// service, reviewers who refuse or take weeks, deaths between any two steps,
// events that are missing, late or come twice, change sets that nobody asks for
// until they are forgotten, two processes at once, and a colleague who changes
// the same listing. What two processes do at once depends on how they are
// scheduled, so that a seed need not repeat itself to the letter. However it
// went, in the end the record has it as the marketplace has it: nothing was sent
// twice, nothing is forgotten, nothing told wrong.
func TestSchedules(t *testing.T) {
	t.Parallel()
	schedules, sum := depth.Of(150, 200, 500), &tally{}
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
		"failed calls": &sum.failed, "slow calls": &sum.slow, "leaps of the clock": &sum.jumps,
		"foreign change sets": &sum.foreign, "change sets": &sum.changeSets, "that succeeded": &sum.succeeded,
		"that were refused": &sum.refused, "that reviewers refused": &sum.audited, "that the service failed": &sum.faulty,
		"that were cancelled": &sum.cancelled, "reviews by hand": &sum.decided, "requests sent again": &sum.sentAgain,
		"requests overtaken by a colleague": &sum.changedElsewhere,
		"events":                            &sum.events, "lost events": &sum.eventsLost, "events twice": &sum.eventsTwice, "late events": &sum.eventsLate,
		"forgotten change sets that were reconciled": &sum.forgotten, "forgotten submissions that were traced": &sum.traced,
		"forgotten change sets for a person to look at": &sum.unclear,
	} {
		t.Logf("%d %s", n.Load(), what)
		require.Greater(t, n.Load(), int64(schedules/100), what)
	}
}

func live(t *testing.T, seed uint64, sum *tally) {
	sim := fixture.Simulator(t, simulator.Config{ReviewByHand: seed%3 == 0})
	s := &schedule{
		t: t, sim: sim, store: memstore.New(), sum: sum, trouble: true, forgetful: seed%2 == 0,
		id: uuid.NewSHA1(uuid.Nil, fmt.Append(nil, seed)), random: rand.New(rand.NewPCG(seed, 7)),
	}
	defer sim.Subscribe(func(event []byte) { s.queue = append(s.queue, event) })()
	p, manager := s.process()
	for range 30 {
		if p.dead {
			p, manager = s.process()
		}
		s.step(manager)
	}
	s.trouble = false
	_, manager = s.process()
	_, err := manager.Do(t.Context(), s.id, lifecycle.Create{Listing: content().Listing})
	if err != nil {
		require.ErrorIs(t, err, lifecycle.ErrExists)
	}
	for range 500 {
		p, err := manager.Advance(t.Context(), s.id)
		if errors.Is(err, lifecycle.ErrForgotten) { // a person has looked
			require.True(t, s.late(p.Record), "%v", err)
			_, err = manager.Do(t.Context(), s.id, lifecycle.Cancel{})
			require.NoError(t, err)
			sum.unclear.Add(1)
			continue
		}
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
	switch s.pick(13) {
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
	case 7, 8:
		s.events(manager)
	case 9:
		s.disturb()
	case 10:
		s.review()
	default:
		wait := []time.Duration{time.Minute, 20 * time.Minute, time.Hour, 30 * time.Hour, 8 * 24 * time.Hour, 70 * 24 * time.Hour}
		require.NoError(s.t, s.sim.Advance(wait[s.pick(len(wait))]))
		_, _ = manager.Advance(ctx, s.id)
	}
}

// disturb makes the wire or the events go wrong.
func (s *schedule) disturb() {
	faults := []struct {
		fault simulator.Fault
		count *atomic.Int64
	}{
		{simulator.Fault{Kind: simulator.Slow, Delay: 2 * time.Hour}, &s.sum.slow},
		{simulator.Fault{Kind: simulator.ClockJump, Delay: 3 * 24 * time.Hour}, &s.sum.jumps},
		{simulator.Fault{Kind: simulator.LoseEvent}, &s.sum.eventsLost},
		{simulator.Fault{Kind: simulator.DuplicateEvent}, &s.sum.eventsTwice},
		{simulator.Fault{Kind: simulator.DelayEvent}, &s.sum.eventsLate},
	}
	chosen := faults[s.pick(len(faults))]
	require.NoError(s.t, s.sim.Inject(chosen.fault))
	chosen.count.Add(1)
}

// review decides what waits for a person.
func (s *schedule) review() {
	for _, r := range s.sim.Reviews() {
		if s.chance(3) {
			require.NoError(s.t, s.sim.Refuse(r.ChangeSet, "The notebook does not run."))
		} else {
			require.NoError(s.t, s.sim.Approve(r.ChangeSet))
		}
		s.sum.decided.Add(1)
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
	market := awsmarketplace.NewMarketplace(fixture.ConfigAt(s.t, direct{s.sim}, "http://localhost"))
	looking, err := lifecycle.New("111122223333", s.store, market)
	require.NoError(s.t, err)
	r, err := looking.Load(ctx, s.id)
	if err != nil || r.Published == nil {
		return
	}
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
	if !errors.Is(err, lifecycle.ErrStaleEntity) { // when the clock leaps between the two calls
		require.ErrorIs(s.t, err, lifecycle.ErrBusy)
	}
}

// events delivers what came since the last time, and at times an old one again.
func (s *schedule) events(manager *lifecycle.Manager) {
	queue := s.queue
	s.queue = nil
	if old := s.sim.Events(0); len(old) > 0 && s.chance(3) {
		queue = append(queue, old[s.pick(len(old))].Event)
	}
	for _, event := range queue {
		_ = awsmarketplace.Wake(s.t.Context(), manager, event)
		s.sum.events.Add(1)
	}
}

// direct is the simulator without trouble.
type direct struct{ sim *simulator.Simulator }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) { return serveHTTP(d.sim, r), nil }
