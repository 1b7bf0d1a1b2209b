package scheduler_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	aws_scheduler "github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/smithy-go"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/wake"
	"github.com/shelflife-go/shelflife/lifecycle/wake/scheduler"
)

var target = scheduler.Target{
	ARN: "arn:aws:lambda:us-east-1:111122223333:function:publish", Role: "arn:aws:iam::111122223333:role/schedules", Group: "shelflife",
}

// service is EventBridge Scheduler, as far as one-time schedules go.
type service struct {
	mu        sync.Mutex
	clock     *lifecycletest.Clock
	schedules map[string]schedule
	made      int
	fails     error
}

type schedule struct {
	at    time.Time
	input string
}

func newService(clock *lifecycletest.Clock) *service {
	return &service{clock: clock, schedules: map[string]schedule{}}
}

var validName = regexp.MustCompile(`^[0-9a-zA-Z-_.]{1,64}$`)

func (s *service) CreateSchedule(_ context.Context, in *aws_scheduler.CreateScheduleInput, _ ...func(*aws_scheduler.Options)) (*aws_scheduler.CreateScheduleOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails != nil {
		return nil, s.fails
	}
	name := aws.ToString(in.Name)
	at, err := time.Parse("at(2006-01-02T15:04:05)", aws.ToString(in.ScheduleExpression))
	if err != nil || !validName.MatchString(name) || at.Before(s.clock.Now()) {
		return nil, &types.ValidationException{Message: aws.String(fmt.Sprint(name, at, err))}
	}
	if _, exists := s.schedules[name]; exists {
		return nil, &types.ConflictException{Message: aws.String("schedule exists")}
	}
	s.schedules[name] = schedule{at, aws.ToString(in.Target.Input)}
	s.made++
	return &aws_scheduler.CreateScheduleOutput{}, nil
}

// next takes the schedule that is due first, and moves the clock there.
func (s *service) next() (event []byte, found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var first string
	for name, each := range s.schedules {
		if first == "" || each.at.Before(s.schedules[first].at) {
			first = name
		}
	}
	if first == "" {
		return nil, false
	}
	each := s.schedules[first]
	delete(s.schedules, first)
	s.clock.Advance(max(each.at.Sub(s.clock.Now()), 0))
	return []byte(each.input), true
}

type bench struct {
	*lifecycle.Manager
	service   *service
	schedules *scheduler.Schedules
	market    *lifecycletest.Market
	failed    []error
}

func newBench(t *testing.T) *bench {
	t.Helper()
	clock := &lifecycletest.Clock{}
	b := &bench{service: newService(clock), market: lifecycletest.NewMarket(clock)}
	var err error
	b.schedules, err = scheduler.New(b.service, target, scheduler.Clock(clock))
	require.NoError(t, err)
	b.Manager, err = lifecycle.New(lifecycletest.Seller, memstore.New(), b.market, lifecycle.WithClock(clock),
		lifecycle.WithObserver(wake.Observer(b.schedules, func(_ context.Context, _ lifecycle.Summary, err error) { b.failed = append(b.failed, err) })))
	require.NoError(t, err)
	return b
}

// settle calls the function until no schedule is left.
func (b *bench) settle(t *testing.T) {
	t.Helper()
	for range 1000 {
		event, found := b.service.next()
		if !found {
			return
		}
		require.NoError(t, b.schedules.Handle(t.Context(), event, b.Manager))
	}
	t.Fatal("there is no end of schedules")
}

func (b *bench) submitted(t *testing.T) uuid.UUID {
	t.Helper()
	id := uuid.New()
	for _, c := range []lifecycle.Command{lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{}} {
		_, err := b.Do(t.Context(), id, c)
		require.NoError(t, err)
	}
	return id
}

func TestAListingWakesByItself(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.submitted(t)
	b.settle(t)
	_, err := b.Do(t.Context(), id, lifecycle.SignOff{})
	require.NoError(t, err)
	b.settle(t)
	r, err := b.Load(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Live, r.State)
	assert.Empty(t, b.failed)
	assert.Less(t, b.service.made, 60, "schedules for two requests of an hour")
}

// To wake a listing again for the same is nothing, and so is an event that comes twice.
func TestTwiceIsOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.submitted(t)
	r, err := b.Load(t.Context(), id)
	require.NoError(t, err)
	made := b.service.made
	for range 3 {
		require.NoError(t, b.schedules.Wake(t.Context(), r.Summary()))
	}
	assert.Equal(t, made, b.service.made)
	event, _ := b.service.next()
	for range 3 {
		require.NoError(t, b.schedules.Handle(t.Context(), event, b.Manager))
	}
	b.settle(t)
	r, err = b.Load(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.TestProduct, r.State)
	assert.Len(t, b.market.Sent(), 1)

	require.NoError(t, b.schedules.Wake(t.Context(), r.Summary()), "nothing is under way")
	require.NoError(t, b.schedules.Handle(t.Context(), event, b.Manager), "an event that comes much later")
	_, left := b.service.next()
	assert.False(t, left)
}

func TestAfterAFaultItGoesOn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.submitted(t)
	b.market.FailCalls(fmt.Errorf("quota: %w", lifecycle.ErrThrottled))
	event, _ := b.service.next()
	require.NoError(t, b.schedules.Handle(t.Context(), event, b.Manager), "it passes")
	expired := errors.New("expired")
	b.market.FailCalls(expired, expired, expired)
	failures := 0
	for range 20 {
		event, found := b.service.next()
		if !found {
			break
		}
		if err := b.schedules.Handle(t.Context(), event, b.Manager); err != nil {
			require.ErrorIs(t, err, expired)
			failures++
		}
	}
	assert.Positive(t, failures)
	b.settle(t)
	r, err := b.Load(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.TestProduct, r.State)
}

func TestFaultsOfTheService(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault error
		want  error
		says  string
	}{
		"throttled": {&types.ThrottlingException{}, lifecycle.ErrThrottled, ""},
		"quota":     {&types.ServiceQuotaExceededException{}, lifecycle.ErrThrottled, ""},
		"denied":    {&smithy.GenericAPIError{Code: "AccessDeniedException"}, lifecycle.ErrDenied, "iam:PassRole"},
		"no group":  {&types.ResourceNotFoundException{}, nil, "create it"},
		"internal":  {&types.InternalServerException{}, lifecycle.ErrUnavailable, ""},
		"other":     {errors.New("no route to host"), nil, "no route to host"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.service.fails = c.fault
			id := b.submitted(t) // which is saved all the same
			require.NotEmpty(t, b.failed)
			err := b.failed[0]
			require.ErrorIs(t, err, c.fault)
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
			}
			require.ErrorContains(t, err, id.String())
			require.ErrorContains(t, err, c.says)

			b.service.fails = nil
			n, err := wake.Lost(t.Context(), b.Manager, b.schedules, b.service.clock.Now().Add(time.Hour), time.Minute)
			require.NoError(t, err)
			assert.Equal(t, 1, n)
			b.settle(t)
			r, err := b.Load(t.Context(), id)
			require.NoError(t, err)
			assert.Equal(t, lifecycle.TestProduct, r.State)
		})
	}
}

func TestWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, text := range []string{"", "null", "{}", "[]", `{"listing":"x"}`, `"text"`} {
		require.ErrorIs(t, b.schedules.Handle(t.Context(), []byte(text), b.Manager), scheduler.ErrEvent, text)
	}
	event, err := json.Marshal(scheduler.Event{Seller: "999988887777", Listing: uuid.New(), Revision: 1})
	require.NoError(t, err)
	require.ErrorIs(t, b.schedules.Handle(t.Context(), event, b.Manager, nil), lifecycle.ErrConfig)
	for name, broken := range map[string]scheduler.Target{"no ARN": {Role: "r"}, "no role": {ARN: "a"}} {
		_, err = scheduler.New(b.service, broken)
		require.ErrorIs(t, err, lifecycle.ErrConfig, name)
	}
	_, err = scheduler.New(nil, target)
	require.ErrorIs(t, err, lifecycle.ErrConfig)
}

// What goes over the wire is what the API reference has, and an answer of 409 is that
// the schedule is there.
func TestTheWire(t *testing.T) {
	t.Parallel()
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		bodies = append(bodies, r.Method+" "+r.URL.Path+" "+string(data))
		if len(bodies) > 1 {
			w.Header().Set("X-Amzn-ErrorType", "ConflictException")
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, `{"Message":"exists"}`)
			return
		}
		_, _ = io.WriteString(w, `{"ScheduleArn":"arn:aws:scheduler:us-east-1:111122223333:schedule/shelflife/x"}`)
	}))
	defer server.Close()
	client := aws_scheduler.New(aws_scheduler.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(server.URL), Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
		}),
	})
	s, err := scheduler.New(client, target, scheduler.Clock(&lifecycletest.Clock{}))
	require.NoError(t, err)
	id := uuid.MustParse("5f0c6f52-4f0e-4c36-9a55-0d3a6a3c2b10")
	l := lifecycle.Summary{ID: id, Seller: lifecycletest.Seller, Revision: 7, Request: &lifecycle.RequestSummary{Due: lifecycletest.Start.Add(90*time.Second + 1)}}
	require.NoError(t, s.Wake(t.Context(), l))
	require.NoError(t, s.Wake(t.Context(), l))
	require.Len(t, bodies, 2)
	name := "5f0c6f524f0e4c369a550d3a6a3c2b10-7-"
	assert.True(t, strings.HasPrefix(bodies[0], "POST /schedules/"+name), bodies[0])
	for _, part := range []string{
		`"ScheduleExpression":"at(2026-01-05T09:01:31)"`, `"ScheduleExpressionTimezone":"UTC"`, `"ActionAfterCompletion":"DELETE"`, `"FlexibleTimeWindow":{"Mode":"OFF"}`,
		`"GroupName":"shelflife"`, `"Arn":"` + target.ARN + `"`, `"RoleArn":"` + target.Role + `"`, `"ClientToken":"` + name,
		`"Input":"{\"seller\":\"111122223333\",\"listing\":\"5f0c6f52-4f0e-4c36-9a55-0d3a6a3c2b10\",\"revision\":7}"`,
	} {
		assert.Contains(t, bodies[0], part)
	}
}

// In a Lambda function: each call looks at one listing, and makes the next schedule.
func ExampleSchedules_Handle() {
	clock := &lifecycletest.Clock{} // a function leaves out Clock and WithClock
	service := newService(clock)    // and gives the client of the SDK
	schedules, err := scheduler.New(service, target, scheduler.Clock(clock))
	if err != nil {
		log.Fatal(err)
	}
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), lifecycletest.NewMarket(clock), lifecycle.WithClock(clock),
		lifecycle.WithObserver(wake.Observer(schedules, nil)))
	if err != nil {
		log.Fatal(err)
	}
	ctx, id := context.Background(), manager.ID("invoice")
	for _, c := range []lifecycle.Command{lifecycle.Create{Name: "invoice", Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{}} {
		if _, err := manager.Do(ctx, id, c); err != nil {
			log.Fatal(err)
		}
	}
	for event, called := service.next(); called; event, called = service.next() {
		if err := schedules.Handle(ctx, event, manager); err != nil {
			log.Fatal(err)
		}
	}
	r, err := manager.Load(ctx, id)
	fmt.Println(r.State, err)
	// Output: Test Product <nil>
}
