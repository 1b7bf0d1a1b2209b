// Package scheduler has the requests of listings looked after by Amazon EventBridge
// Scheduler: for programs that run only when they are called, such as an AWS Lambda
// function beside a table of package dynamostore.
//
//	schedules, err := scheduler.New(client, scheduler.Target{ARN: function, Role: role, Group: "shelflife"})
//	manager, err := lifecycle.New(seller, store, market, lifecycle.WithObserver(wake.Observer(schedules, failed)))
//	…
//	err = schedules.Handle(ctx, event, manager) // in the function, with what it was called with
//
// A request gets a schedule for the instant at which it is due; the function looks at the
// listing, and makes the next schedule until the request has ended. What is saved gets a
// schedule of its own, and that of the revision before it ends. A schedule is named
// after listing, revision and instant, so that to make it twice is to make it once; it
// deletes itself when it is through. EventBridge Scheduler is exact to the minute.
//
// A schedule is made after the request was saved, so that it can be lost. Call
// [wake.Lost] every now and then, by a recurring schedule of your own.
//
// # Permissions
//
// The program needs scheduler:CreateSchedule on the schedules of the group, and
// iam:PassRole on the role, best with the condition iam:PassedToService =
// scheduler.amazonaws.com. The role needs what the target needs: lambda:InvokeFunction
// on the function, or sqs:SendMessage on the queue; its trust policy names
// scheduler.amazonaws.com, best with the condition aws:SourceArn = the ARN of the group.
// The group must exist.
//
// This package was tested against a stand-in that answers as the API reference says, never
// against AWS.
package scheduler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/smithy-go"
	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/wake"
	"github.com/shelflife-go/shelflife/listing"
)

// Client is what this package needs of EventBridge Scheduler; *scheduler.Client of the
// SDK has it. It must be safe for concurrent use.
type Client interface {
	// CreateSchedule makes a schedule.
	CreateSchedule(ctx context.Context, in *scheduler.CreateScheduleInput, options ...func(*scheduler.Options)) (*scheduler.CreateScheduleOutput, error)
}

// Target is what the schedules call.
type Target struct {
	// ARN is that of the Lambda function, the queue, or what else EventBridge Scheduler
	// can call. It is given an [Event].
	ARN string
	// Role is the ARN of the role under which it is called.
	Role string
	// Group is the name of the group that the schedules are in; empty is "default".
	Group string
}

// Event is what the target is called with, as JSON.
type Event struct {
	// Seller and Listing name the listing.
	Seller  listing.AccountID `json:"seller"`
	Listing uuid.UUID         `json:"listing"`
	// Revision is that of the record when the schedule was made.
	Revision int64 `json:"revision"`
}

// Schedules wakes listings by one-time schedules. It is safe for concurrent use. Make one
// with [New].
type Schedules struct {
	client Client
	target Target
	clock  lifecycle.Clock
}

var _ wake.Waker = (*Schedules)(nil)

// Option changes how [Schedules] work.
type Option func(*Schedules)

// Clock replaces the machine's clock, [lifecycle.SystemClock].
func Clock(c lifecycle.Clock) Option { return func(s *Schedules) { s.clock = c } }

// New returns schedules that call the target. It returns an error that matches
// [lifecycle.ErrConfig] when the client, the ARN or the role is missing.
func New(client Client, target Target, options ...Option) (*Schedules, error) {
	s := &Schedules{client: client, target: target, clock: lifecycle.SystemClock{}}
	for _, option := range options {
		option(s)
	}
	if client == nil || target.ARN == "" || target.Role == "" {
		return nil, fmt.Errorf("%w: a client, the ARN of the target and the ARN of its role are needed", lifecycle.ErrConfig)
	}
	return s, nil
}

// Wake makes the schedule for when the request is due, unless there is one. It returns
// errors that match ErrThrottled, ErrDenied or ErrUnavailable of package lifecycle, and
// that of the SDK.
func (s *Schedules) Wake(ctx context.Context, l lifecycle.Summary) error {
	if l.Request == nil {
		return nil
	}
	return s.at(ctx, Event{l.Seller, l.ID, l.Revision}, l.Request.Due)
}

const (
	// soon is the least time ahead of a schedule, so that it is not in the past when it
	// arrives.
	soon = 5 * time.Second
	// An invocation that fails is repeated for an hour.
	retries, retrySeconds = 10, 3600
)

func (s *Schedules) at(ctx context.Context, e Event, due time.Time) error {
	input, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("listing %s: %w", e.Listing, err)
	}
	in := &scheduler.CreateScheduleInput{
		Name:                       aws.String(nameOf(e, due)),
		ScheduleExpression:         aws.String("at(" + later(due, s.clock.Now().Add(soon)).UTC().Format("2006-01-02T15:04:05") + ")"),
		ScheduleExpressionTimezone: aws.String("UTC"),
		FlexibleTimeWindow:         &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		ActionAfterCompletion:      types.ActionAfterCompletionDelete,
		ClientToken:                aws.String(nameOf(e, due)),
		Target: &types.Target{
			Arn: aws.String(s.target.ARN), RoleArn: aws.String(s.target.Role), Input: aws.String(string(input)),
			RetryPolicy: &types.RetryPolicy{MaximumRetryAttempts: aws.Int32(retries), MaximumEventAgeInSeconds: aws.Int32(retrySeconds)},
		},
	}
	if s.target.Group != "" {
		in.GroupName = aws.String(s.target.Group)
	}
	_, err = s.client.CreateSchedule(ctx, in)
	var exists *types.ConflictException
	if err == nil || errors.As(err, &exists) {
		return nil
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return fmt.Errorf("listing %s: making its schedule: %w", e.Listing, described(err))
}

// nameOf returns the name of the schedule, of at most 64 characters.
func nameOf(e Event, due time.Time) string {
	return fmt.Sprintf("%x-%d-%s", e.Listing[:], e.Revision, strconv.FormatInt(due.Unix(), 36))
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		a = b
	}
	return a.Add(time.Second - 1).Truncate(time.Second) // whole seconds, never too early
}

// described adds what the error means to this library.
func described(err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return err
	}
	switch api.ErrorCode() {
	case "ThrottlingException", "ServiceQuotaExceededException":
		return fmt.Errorf("%w: %w", lifecycle.ErrThrottled, err)
	case "AccessDeniedException":
		return fmt.Errorf("%w: allow scheduler:CreateSchedule and iam:PassRole: %w", lifecycle.ErrDenied, err)
	case "ResourceNotFoundException":
		return fmt.Errorf("the group of schedules does not exist: create it: %w", err)
	case "InternalServerException":
		return fmt.Errorf("%w: %w", lifecycle.ErrUnavailable, err)
	}
	return err
}

// ErrEvent is returned by [Schedules.Handle] for what no schedule of this package has
// sent.
var ErrEvent = errors.New("no event of a schedule")

// failedAgain is when to look again after an error that does not pass by itself.
const failedAgain = time.Hour

// Handle is called with what the target was called with. It looks at the listing, and
// makes the next schedule while its request is under way. After an error it makes one
// too, and returns the error. It returns one that matches [ErrEvent] when the event is
// none of an [Event], and [lifecycle.ErrConfig] when no manager is of its seller.
func (s *Schedules) Handle(ctx context.Context, event []byte, managers ...*lifecycle.Manager) error {
	var e Event
	if err := json.Unmarshal(event, &e); err != nil || e.Listing == uuid.Nil {
		return fmt.Errorf("%w: it has no listing", ErrEvent)
	}
	for _, m := range managers {
		if m != nil && m.Seller() == e.Seller {
			return s.handle(ctx, e, m)
		}
	}
	return fmt.Errorf("%w: no manager of the seller of listing %s", lifecycle.ErrConfig, e.Listing)
}

func (s *Schedules) handle(ctx context.Context, e Event, m *lifecycle.Manager) error {
	again, err := wake.Look(ctx, m, e.Listing)
	if again == 0 {
		return err
	}
	if errors.Is(err, lifecycle.ErrBusy) || errors.Is(err, lifecycle.ErrThrottled) || errors.Is(err, lifecycle.ErrUnavailable) {
		err = nil // it passes
	}
	if err != nil {
		again = max(again, failedAgain)
	}
	r, unknown := m.Load(ctx, e.Listing)
	if unknown == nil && r.Revision > e.Revision { // what was saved since has its own, or gets it
		return errors.Join(err, s.Wake(ctx, r.Summary()))
	}
	if next := s.at(ctx, e, s.clock.Now().Add(again)); next != nil {
		return errors.Join(err, next) // and the invocation is repeated
	}
	return err
}
