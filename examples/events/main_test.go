package main

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

func submitted(t *testing.T) (b *lifecycletest.Bench, id uuid.UUID, event string) {
	t.Helper()
	b = lifecycletest.NewBench(t)
	id = b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	p, err := b.Advance(context.Background(), id)
	require.NoError(t, err)
	b.Clock.Advance(2 * time.Hour)
	return b, id, fmt.Sprintf(`{"source":"aws.marketplacecatalog","detail-type":"Change Set Succeeded","detail":{"ChangeSetName":%q}}`, p.Record.Request.Name)
}

func requireState(t *testing.T, b *lifecycletest.Bench, id uuid.UUID, want lifecycle.State) {
	t.Helper()
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	require.Equal(t, want, r.State)
}

func TestEventMovesItsListing(t *testing.T) {
	b, id, event := submitted(t)
	h := handler{b.Manager}
	b.Market.FailCalls(lifecycle.ErrThrottled)
	_, err := h.Handle(context.Background(), json.RawMessage(event))
	require.ErrorIs(t, err, lifecycle.ErrThrottled, "Lambda delivers it again")
	for range 2 { // as it may come twice
		_, err = h.Handle(context.Background(), json.RawMessage(event))
		require.NoError(t, err)
		requireState(t, b, id, lifecycle.TestProduct)
	}
}

func TestScheduleSweeps(t *testing.T) {
	b, id, _ := submitted(t)
	_, err := handler{b.Manager}.Handle(context.Background(), json.RawMessage(`{"source":"aws.events","detail-type":"Scheduled Event"}`))
	require.NoError(t, err)
	requireState(t, b, id, lifecycle.TestProduct)
}

func TestQueueGivesBackWhatIsWorthAnotherTry(t *testing.T) {
	b, id, event := submitted(t)
	batch, err := json.Marshal(events.SQSEvent{Records: []events.SQSMessage{
		{MessageId: "throttled", Body: event}, {MessageId: "broken", Body: "{"}, {MessageId: "foreign", Body: `{"source":"aws.s3"}`},
	}})
	require.NoError(t, err)
	h := handler{b.Manager}
	b.Market.FailCalls(lifecycle.ErrThrottled)
	answer, err := h.Handle(context.Background(), batch)
	require.NoError(t, err)
	assert.Equal(t, events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{{ItemIdentifier: "throttled"}}}, answer)
	requireState(t, b, id, lifecycle.Submitted)
	answer, err = h.Handle(context.Background(), batch)
	require.NoError(t, err)
	assert.Empty(t, answer.(events.SQSEventResponse).BatchItemFailures)
	requireState(t, b, id, lifecycle.TestProduct)
}
