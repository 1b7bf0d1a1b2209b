package markettest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// verdict is a tester that remembers why a case failed instead of failing.
type verdict struct{ reasons []string }

func (*verdict) Helper()             {}
func (*verdict) Logf(string, ...any) {}

func (v *verdict) Errorf(format string, args ...any) {
	v.reasons = append(v.reasons, fmt.Sprintf(format, args...))
}

func (*verdict) FailNow() { runtime.Goexit() }

// judge runs a case on a market with the fault and returns why it failed;
// nothing if it did not.
func judge(c testCase, spoil func(*broken)) []string {
	var v verdict
	done := make(chan struct{})
	go func() {
		defer close(done)
		market, h := inMemory(&v)
		m := &broken{complete: &complete{Market: market, now: h.Now}}
		if method, missing := strings.CutSuffix(c.name, "/unsupported"); missing {
			h.Unsupported = []string{method}
			lacks(method)(m)
		}
		spoil(m)
		h.Market = m
		c.run(bench{&v, h})
	}()
	<-done
	return v.reasons
}

var errSomething = errors.New("something went wrong")

// fault breaks the contract in one way, and names the cases that must notice.
type fault struct {
	name     string
	spoil    func(*broken)
	caughtBy []string
}

var faults = []fault{
	{"tokens are not kept", sends(func(c *lifecycle.Change) { c.Token = uuid.New() }), []string{
		"Send/again is the same change set, under way and after its end",
		"Send/an update again is the same change set",
		"Send/at once is one change set",
		"Send/an answer that is lost",
	}},
	{"an answer that was lost is no error", func(b *broken) {
		b.send = func(ctx context.Context, c lifecycle.Change) (string, error) {
			id, err := b.complete.Send(ctx, c)
			if errors.Is(err, lifecycle.ErrUnavailable) {
				return b.complete.Find(ctx, c.Name)
			}
			return id, err
		}
	}, []string{"Send/a request that is lost"}},
	{"what is unavailable is not there", answers(lifecycle.ErrUnavailable, lifecycle.ErrNotFound), []string{"every call/unavailable", "Send/a request that is lost"}},
	{"throttled is unavailable", answers(lifecycle.ErrThrottled, lifecycle.ErrUnavailable), []string{"every call/throttled"}},
	{"denied is something", answers(lifecycle.ErrDenied, errSomething), []string{"every call/denied"}},
	{"not there is something", answers(lifecycle.ErrNotFound, errSomething), []string{
		"Find/by the whole name", "Follow/an unknown change set", "Cancel/an unknown change set", "Identify/what is not there", "Read/what is not there",
	}},
	{"held is stale", answers(lifecycle.ErrBusy, lifecycle.ErrStaleEntity), []string{"Send/held by somebody else", "Send/one of ours holds as well"}},
	{"held by nobody known", answers(lifecycle.ErrBusy, &lifecycle.BusyError{}), []string{"Send/held by somebody else"}},
	{"stale is held", answers(lifecycle.ErrStaleEntity, lifecycle.ErrBusy), []string{"Send/changed elsewhere"}},
	{"too late is nothing", answers(lifecycle.ErrTooLate, nil), []string{"Cancel/too late"}},
	{"refused at once is stale", func(b *broken) {
		b.send = func(ctx context.Context, c lifecycle.Change) (string, error) {
			id, err := b.complete.Send(ctx, c)
			var rejection *lifecycle.Rejection
			if errors.As(err, &rejection) {
				return "", lifecycle.ErrStaleEntity
			}
			return id, err
		}
	}, []string{"Send/refused at once"}},
	{"changed elsewhere is overwritten", func(b *broken) {
		b.send = func(ctx context.Context, c lifecycle.Change) (string, error) {
			if newest, err := b.complete.Identify(ctx, c.Entities); err == nil && c.Entities.Product != "" {
				c.Entities = newest
			}
			return b.complete.Send(ctx, c)
		}
	}, []string{"Send/changed elsewhere"}},
	{"the oldest of a name", func(b *broken) {
		b.find = func(ctx context.Context, name string) (string, error) {
			for i, c := range b.Sent() {
				if c.Name == name {
					return fmt.Sprintf("cs%d", i+1), nil
				}
			}
			return b.complete.Find(ctx, name)
		}
	}, []string{"Find/the newest of a name"}},
	{"only what is under way is found", func(b *broken) {
		b.find = func(ctx context.Context, name string) (string, error) {
			id, err := b.complete.Find(ctx, name)
			if status, followErr := b.complete.Follow(ctx, id); followErr == nil && status.Result != lifecycle.Pending {
				return "", lifecycle.ErrNotFound
			}
			return id, err
		}
	}, []string{"Find/the newest of a name", "Follow/a first submission that failed made nothing"}},
	{"the beginning of a name is enough", func(b *broken) {
		b.find = func(ctx context.Context, name string) (string, error) {
			for _, c := range b.Sent() {
				if strings.HasPrefix(c.Name, name) {
					name = c.Name
				}
			}
			return b.complete.Find(ctx, name)
		}
	}, []string{"Find/by the whole name"}},
	{"pending has ended", tells(func(s *lifecycle.Status) {
		if s.Result == lifecycle.Pending {
			s.EndedAt = s.StartedAt
		}
	}), []string{"Follow/pending, then succeeded"}},
	{"times of a place", tells(func(s *lifecycle.Status) { s.StartedAt = s.StartedAt.In(time.FixedZone("", 3600)) }), []string{"Follow/pending, then succeeded"}},
	{"failed has succeeded", tells(func(s *lifecycle.Status) {
		if s.Result == lifecycle.Failed {
			s.Result = lifecycle.Succeeded
		}
	}), []string{"Follow/failed for a reason", "Follow/failed by a fault of the service", "Follow/a first submission that failed made nothing"}},
	{"every failure is a fault", tells(func(s *lifecycle.Status) { s.Fault = s.Result == lifecycle.Failed }), []string{"Follow/failed for a reason"}},
	{"no failure is a fault", tells(func(s *lifecycle.Status) { s.Fault = false }), []string{"Follow/failed by a fault of the service"}},
	{"no reasons", tells(func(s *lifecycle.Status) { s.Problems = nil }), []string{"Follow/failed for a reason"}},
	{"cancelled has failed", tells(func(s *lifecycle.Status) {
		if s.Result == lifecycle.Cancelled {
			s.Result = lifecycle.Failed
		}
	}), []string{"Cancel/pending", "every call/by many at once"}},
	{"cancelling does nothing", func(b *broken) { b.cancel = func(context.Context, string) error { return nil } }, []string{"Cancel/pending", "Cancel/an unknown change set"}},
	{"the past is rewritten", func(b *broken) {
		b.follow = func(ctx context.Context, id string) (lifecycle.Status, error) {
			status, err := b.complete.Follow(ctx, id)
			if status.Result == lifecycle.Succeeded && b.now().Sub(status.EndedAt) > 300*24*time.Hour {
				status.Result = lifecycle.Failed
			}
			return status, err
		}
	}, []string{"Follow/never tells otherwise later"}},
	{"what was made has no name", tells(func(s *lifecycle.Status) { s.Entities = lifecycle.Entities{} }), []string{
		"Send/a first submission makes a product and an offer", "every kind of change/public, a model package", "every kind of change/private, an algorithm",
	}},
	{"what is shared can be spoiled", func(b *broken) {
		shared := map[string]map[string]string{}
		b.follow = func(ctx context.Context, id string) (lifecycle.Status, error) {
			status, err := b.complete.Follow(ctx, id)
			if status.Result == lifecycle.Succeeded {
				if shared[id] == nil {
					shared[id] = status.Entities.DeliveryOptions
				}
				status.Entities.DeliveryOptions = shared[id]
			}
			return status, err
		}
	}, []string{"Send/shares nothing with the caller"}},
	{"what is not known of is identified", identifies(func(_ lifecycle.Entities, _ *lifecycle.Entities, err *error) {
		if errors.Is(*err, lifecycle.ErrNotFound) {
			*err = nil
		}
	}), []string{"Identify/what is not there"}},
	{"the offer is left out", identifies(func(_ lifecycle.Entities, newest *lifecycle.Entities, _ *error) { newest.OfferRevision = 0 }), []string{"Identify/what is there"}},
	{"revisions are what they were", identifies(func(known lifecycle.Entities, newest *lifecycle.Entities, _ *error) {
		if known.ProductRevision > 0 {
			newest.ProductRevision = known.ProductRevision
		}
	}), []string{"Identify/what is there", "Send/changed elsewhere"}},
	{"contexts go on for ever", func(b *broken) {
		b.send = func(_ context.Context, c lifecycle.Change) (string, error) { return b.complete.Send(background, c) }
	}, []string{"every call/a context that has ended"}},
	{"plans are sent", func(b *broken) {
		b.plan = func(c lifecycle.Change) (lifecycle.PlannedChangeSet, error) {
			_, _ = b.complete.Send(background, c)
			return b.complete.Plan(c)
		}
	}, []string{"Plan/the same each time, and nothing is sent"}},
	{"plans have documents that are none", func(b *broken) {
		b.plan = func(c lifecycle.Change) (lifecycle.PlannedChangeSet, error) {
			planned, err := b.complete.Plan(c)
			for i := range planned.Changes {
				planned.Changes[i].Document = planned.Changes[i].Document[1:]
			}
			return planned, err
		}
	}, []string{"Plan/the same each time, and nothing is sent"}},
	{"everything can be planned", func(b *broken) {
		b.plan = func(lifecycle.Change) (lifecycle.PlannedChangeSet, error) { return lifecycle.PlannedChangeSet{}, nil }
	}, []string{"Plan/what cannot be asked for", "Plan/the same each time, and nothing is sent"}},
	{"what is read is always for sale", holds(func(h *lifecycle.Snapshot) { h.Visibility = lifecycle.VisibilityPublic }), []string{"Read/what each change made, public", "Read/what each change made, private"}},
	{"restricted versions are read as offered", holds(func(h *lifecycle.Snapshot) {
		h.Content.Listing = h.Content.Listing.Clone()
		for i := range h.Content.Listing.Versions {
			h.Content.Listing.Versions[i].Status = "offered"
		}
	}), []string{"Read/what each change made, public", "Read/what each change made, private"}},
	{"the allow-list is not read", holds(func(h *lifecycle.Snapshot) { h.Content.AllowList = nil }), []string{"Read/what each change made, public"}},
	{"only the first page", func(b *broken) {
		b.pending = func(ctx context.Context, page string) ([]string, string, error) {
			ids, _, err := b.complete.Pending(ctx, page)
			return ids, "", err
		}
	}, []string{"Pending/all that is under way, page by page"}},
	{"all that ever was", func(b *broken) {
		b.pending = func(context.Context, string) ([]string, string, error) { return slices.Clone(b.ids), "", nil }
	}, []string{"Pending/all that is under way, page by page"}},
	{"validations are made", func(b *broken) {
		b.validate = func(ctx context.Context, c lifecycle.Change) (string, error) { return b.complete.Send(ctx, c) }
	}, []string{"Validate/ends without effect", "Validate/what it does not validate"}},
	{"traces what has the title", func(b *broken) {
		b.trace = func(ctx context.Context, c lifecycle.Change) (lifecycle.Traced, error) {
			for i, sent := range b.Sent() {
				if sent.After.Listing.Title == c.After.Listing.Title {
					status, err := b.complete.Follow(ctx, fmt.Sprintf("cs%d", i+1))
					return lifecycle.Traced{Entities: status.Entities, Token: sent.Token}, err
				}
			}
			return lifecycle.Traced{}, lifecycle.ErrNotFound
		}
	}, []string{"Trace/what a first submission has made, among others like it", "Trace/what was never made"}},
	{"traces the request only", func(b *broken) {
		b.trace = func(ctx context.Context, c lifecycle.Change) (lifecycle.Traced, error) {
			traced, err := b.complete.Trace(ctx, c)
			if err == nil && traced.Token != c.Token {
				return lifecycle.Traced{}, lifecycle.ErrNotFound
			}
			return traced, err
		}
	}, []string{"Trace/by the listing, whatever it was called and whoever asks"}},
	{"the newest revision is its own", func(b *broken) {
		b.follow = func(ctx context.Context, id string) (lifecycle.Status, error) {
			status, err := b.complete.Follow(ctx, id)
			if err == nil && status.Result == lifecycle.Succeeded {
				status.Entities, err = b.complete.Identify(ctx, status.Entities)
			}
			return status, err
		}
	}, []string{"Follow/changed again before anybody looked"}},
	{"what was there before is read after a change", func(b *broken) {
		old := map[string]int64{}
		b.follow = func(ctx context.Context, id string) (lifecycle.Status, error) {
			status, err := b.complete.Follow(ctx, id)
			if product := status.Entities.Product; err == nil && product != "" {
				if _, known := old[product]; !known {
					old[product] = status.Entities.ProductRevision
				}
				status.Entities.ProductRevision = old[product]
			}
			return status, err
		}
	}, []string{"Trace/by the listing, whatever it was called and whoever asks"}},
	{"plans that are missing and nobody said so", lacks("Plan"), []string{"Plan/the same each time, and nothing is sent", "Plan/what cannot be asked for"}},
	{"validations that are missing and nobody said so", lacks("Validate"), []string{"Validate/ends without effect"}},
	{"no change is said to be validated", func(b *broken) {
		b.plan = func(c lifecycle.Change) (lifecycle.PlannedChangeSet, error) {
			planned, err := b.complete.Plan(c)
			planned.Validates = false
			return planned, err
		}
	}, []string{"Validate/ends without effect", "Validate/what it does not validate"}},
	{"reading that is missing and nobody said so", lacks("Read"), []string{"Read/what each change made, public", "Read/what is not there", "every call/throttled"}},
	{"listing that is missing and nobody said so", lacks("Pending"), []string{"Pending/all that is under way, page by page", "Pending/nothing"}},
	{"tracing that is missing and nobody said so", lacks("Trace"), []string{"Trace/what a first submission has made, among others like it", "Trace/what was never made"}},
	{"what is said to be missing is there", func(b *broken) {
		b.plan, b.validate, b.read, b.pending, b.trace = nil, nil, nil, nil, nil
	}, []string{"Plan/unsupported", "Validate/unsupported", "Read/unsupported", "Pending/unsupported", "Trace/unsupported"}},
	{"something where nothing is", func(b *broken) {
		b.pending = func(context.Context, string) ([]string, string, error) { return []string{"cs1"}, "", nil }
	}, []string{"Pending/nothing"}},
}

// everyCase has those of abilities and those of their lack.
func everyCase() []testCase {
	all := casesFor(nil)
	for _, a := range abilities {
		all = append(all, a.unsupported())
	}
	return all
}

// A marketplace may lack any one ability, if its harness says so.
func TestAMarketThatLacksAnAbility(t *testing.T) {
	t.Parallel()
	for _, a := range abilities {
		t.Run(a.method, func(t *testing.T) {
			t.Parallel()
			Run(t, func(t *testing.T) Harness {
				market, h := inMemory(t)
				m := &broken{complete: &complete{Market: market, now: h.Now}}
				lacks(a.method)(m)
				h.Market, h.Unsupported = m, []string{a.method}
				return h
			})
		})
	}
}

func TestAMarketThatKeepsTheContractPassesEveryCase(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, c := range everyCase() {
		assert.Empty(t, judge(c, func(*broken) {}), c.name)
		assert.False(t, names[c.name], "%q is there twice", c.name)
		names[c.name] = true
	}
}

// Each fault is a way to break the contract. The suite is worth what it finds:
// every fault is caught, by the cases that are about it, and every case catches
// one.
func TestEveryFaultIsCaught(t *testing.T) {
	t.Parallel()
	byName, useful := map[string]testCase{}, map[string]bool{}
	for _, c := range everyCase() {
		byName[c.name] = c
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			for _, name := range f.caughtBy {
				c, found := byName[name]
				require.True(t, found, "there is no case %q", name)
				useful[name] = true
				assert.NotEmpty(t, judge(c, f.spoil), "%q did not catch it", name)
			}
		})
	}
	for name := range byName {
		assert.True(t, useful[name], "no fault is caught by %q: add one", name)
	}
}
