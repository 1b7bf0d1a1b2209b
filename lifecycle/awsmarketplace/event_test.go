package awsmarketplace_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// changeSetEvent is an event as the documentation shows it.
func changeSetEvent(kind awsmarketplace.EventKind, changeSet, name string) []byte {
	return []byte(fmt.Sprintf(`{
  "version": "0", "id": "0c0ffee0-1111-2222-3333-444455556666", "detail-type": %q, "source": "aws.marketplacecatalog",
  "account": "111122223333", "time": "2026-02-03T11:00:00Z", "region": "us-east-1",
  "resources": ["arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/ChangeSet/%s"],
  "detail": {
    "requestId": "99999999-1111-2222-3333-444455556666", "Catalog": "AWSMarketplace", "ChangeSetId": %q, "ChangeSetName": %q,
    "StartTime": "2026-02-03T10:11:12Z", "EndTime": "2026-02-03T10:59:58Z", "FailureCode": "SERVER_FAULT"
  }
}`, string(kind), changeSet, changeSet, name))
}

const offerReleased = `{
  "id": "1", "detail-type": "Offer Released", "source": "aws.marketplacecatalog", "account": "111122223333", "time": "2026-02-03T11:00:00Z",
  "detail": {"requestId": "3", "catalog": "AWSMarketplace", "offer": {"id": "offer-abcdefghijklm", "expirationDate": null},
    "product": {"id": "prod-abcdefghijklm", "title": "T"}, "targetedBuyerAccountIds": []}
}`

func TestParseEvent(t *testing.T) {
	t.Parallel()
	id := uuid.NewSHA1(uuid.Nil, []byte("event"))
	name := "shelflife " + id.String() + " r2 submit 01234567"
	e, err := awsmarketplace.ParseEvent(changeSetEvent(awsmarketplace.ChangeSetFailed, "abc", name))
	require.NoError(t, err)
	assert.Equal(t, awsmarketplace.Event{
		ID: "0c0ffee0-1111-2222-3333-444455556666", Kind: awsmarketplace.ChangeSetFailed, Account: "111122223333",
		At: time.Date(2026, 2, 3, 11, 0, 0, 0, time.UTC), ChangeSet: "abc", Name: name, Fault: true,
	}, e)
	got, ours := e.Listing()
	assert.True(t, ours)
	assert.Equal(t, id, got)

	e, err = awsmarketplace.ParseEvent([]byte(offerReleased))
	require.NoError(t, err)
	assert.Equal(t, []string{"offer-abcdefghijklm", "prod-abcdefghijklm", "T"}, []string{e.Offer, e.Product, e.Title})
	_, ours = e.Listing()
	assert.False(t, ours)

	for _, foreign := range []string{
		`{"id":"2","source":"aws.s3","detail-type":"Change Set Failed","detail":{"ChangeSetName":"` + name + `"}}`,
		`{"source":"aws.marketplacecatalog","detail-type":"Products Security Report Created","detail":7}`,
		`{"source":"aws.marketplacecatalog","detail-type":"AWS API Call via CloudTrail"}`,
		string(changeSetEvent(awsmarketplace.ChangeSetFailed, "abc", "Submitted by 111122223333")),
		string(changeSetEvent(awsmarketplace.ChangeSetFailed, "abc", "shelflife 7 r2 submit 01234567")),
		string(changeSetEvent(awsmarketplace.ChangeSetFailed, "abc", "shelflife "+id.String())),
		string(changeSetEvent(awsmarketplace.ChangeSetFailed, "abc", "shelflife urn:uuid:"+id.String()+" r2")),
		`{"source":"aws.agreement-marketplace","detail-type":"Agreement Created - Proposer","detail":[]}`,
		`{"source":"aws.marketplace","detail-type":"Disbursement Paused"}`,
		`{"source":"aws.marketplacecatalog","detail-type":"Change Set Failed"}`,
		`{"source":"aws.marketplacecatalog","detail-type":"Change Set Failed","detail":null}`,
	} {
		e, err := awsmarketplace.ParseEvent([]byte(foreign))
		require.NoError(t, err, foreign)
		_, ours := e.Listing()
		assert.False(t, ours, foreign)
	}
	for _, bad := range []string{
		``, `[]`, `{"source":7}`, strings.Repeat(" ", 1<<20) + "{}",
		`{"source":"aws.marketplacecatalog","detail-type":"Change Set Failed","detail":{"ChangeSetId":7}}`,
		`{}`, `{"source":"aws.marketplacecatalog"}`, `{"detail-type":"Change Set Failed","detail":{}}`,
		`{"Records":[{"body":"{}"}]}`, `{"MessageId":"1","ReceiptHandle":"x","Body":"{}"}`,
		`{"Type":"SubscriptionConfirmation","Message":"You have chosen to subscribe"}`,
		`{"Type":"Notification","Message":"hello"}`, `{"Type":"Notification","Message":"{}"}`, `{"Type":"Notification"}`,
	} {
		_, err := awsmarketplace.ParseEvent([]byte(bad))
		require.ErrorIs(t, err, awsmarketplace.ErrEvent, bad)
	}
}

// inNotification is the event as a queue gets it from a topic of SNS.
func inNotification(t *testing.T, event []byte) []byte {
	t.Helper()
	data, err := json.Marshal(map[string]any{
		"Type": "Notification", "MessageId": "1", "TopicArn": "arn:aws:sns:us-east-1:111122223333:marketplace",
		"Message": string(event), "Timestamp": "2026-02-03T11:00:01Z", "SignatureVersion": "1",
	})
	require.NoError(t, err)
	return data
}

func TestAnEventInANotificationIsTheEvent(t *testing.T) {
	t.Parallel()
	for _, event := range [][]byte{[]byte(offerReleased), changeSetEvent(awsmarketplace.ChangeSetFailed, "abc", "a name")} {
		want, err := awsmarketplace.ParseEvent(event)
		require.NoError(t, err)
		got, err := awsmarketplace.ParseEvent(inNotification(t, event))
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

func TestEventsWakeOnlyWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	a, id := newAccount(t), uuid.NewSHA1(uuid.Nil, []byte("woken"))
	manager, err := lifecycle.New("111122223333", memstore.New(), a.Marketplace, lifecycle.WithClock(fixture.Clock{Simulator: a.sim}))
	require.NoError(t, err)
	_, err = manager.Do(t.Context(), id, lifecycle.Create{Listing: content().Listing})
	require.NoError(t, err)
	_, err = manager.Do(t.Context(), id, lifecycle.Submit{})
	require.NoError(t, err)
	p, err := manager.Advance(t.Context(), id)
	require.NoError(t, err)
	event := changeSetEvent(awsmarketplace.ChangeSetSucceeded, p.Record.Request.ChangeSet, p.Record.Request.Name)
	state := func() lifecycle.State {
		r, err := manager.Load(t.Context(), id)
		require.NoError(t, err)
		return r.State
	}

	require.NoError(t, awsmarketplace.Wake(t.Context(), manager, event))
	assert.Equal(t, lifecycle.Submitted, state(), "what an event says is not believed")
	require.NoError(t, a.sim.Advance(2*time.Hour))
	require.NoError(t, a.sim.Inject(simulator.Fault{Kind: simulator.Throttle, Operation: "DescribeChangeSet"}))
	require.ErrorIs(t, awsmarketplace.Wake(t.Context(), manager, event), lifecycle.ErrThrottled, "to be delivered again")

	before := a.sim.Ledger().Calls
	require.NoError(t, awsmarketplace.Wake(t.Context(), manager, []byte(offerReleased)))
	other := bytes.ReplaceAll(event, []byte(id.String()), []byte(uuid.NewString()))
	require.NoError(t, awsmarketplace.Wake(t.Context(), manager, other))
	assert.Equal(t, before, a.sim.Ledger().Calls, "nobody is asked about what is not ours")

	foreign := bytes.ReplaceAll(event, []byte(`"account": "111122223333"`), []byte(`"account": "999988887777"`))
	require.NotEqual(t, event, foreign)
	require.NoError(t, awsmarketplace.Wake(t.Context(), manager, foreign))
	assert.Equal(t, before, a.sim.Ledger().Calls, "of another account")

	require.NoError(t, awsmarketplace.Wake(t.Context(), manager, inNotification(t, event)))
	assert.Equal(t, lifecycle.TestProduct, state())
	for range 3 {
		require.NoError(t, awsmarketplace.Wake(t.Context(), manager, event))
	}
	assert.Len(t, journal(t, manager, id), 5, "an event that comes again changes nothing")
	require.ErrorIs(t, awsmarketplace.Wake(t.Context(), manager, []byte("{")), awsmarketplace.ErrEvent)
}

// When the event of the change set is lost, that of the offer does as well.
func TestReleasedOffersWakeFirstSubmissions(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	manager, err := lifecycle.New("111122223333", memstore.New(), a.Marketplace, lifecycle.WithClock(fixture.Clock{Simulator: a.sim}))
	require.NoError(t, err)
	submit := func(title string) uuid.UUID {
		id, document := uuid.New(), content().Listing
		document.Title = title
		for _, command := range []lifecycle.Command{lifecycle.Create{Listing: document}, lifecycle.Submit{}} {
			_, err := manager.Do(t.Context(), id, command)
			require.NoError(t, err)
		}
		_, err := manager.Advance(t.Context(), id)
		require.NoError(t, err)
		return id
	}
	state := func(id uuid.UUID) lifecycle.State {
		r, err := manager.Load(t.Context(), id)
		require.NoError(t, err)
		return r.State
	}
	var events [][]byte
	defer a.sim.Subscribe(func(event []byte) { events = append(events, event) })()
	require.NoError(t, a.sim.Inject(simulator.Fault{Kind: simulator.LoseEvent})) // that of the first change set
	first := submit("One")
	require.NoError(t, a.sim.Advance(time.Minute))
	second := submit("Two")
	require.NoError(t, a.sim.Advance(2*time.Hour))
	require.Len(t, events, 3)

	require.NoError(t, a.sim.Inject(simulator.Fault{Kind: simulator.Throttle, Operation: "DescribeChangeSet"}))
	require.ErrorIs(t, awsmarketplace.Wake(t.Context(), manager, events[0]), lifecycle.ErrThrottled, "to be delivered again")
	require.NoError(t, awsmarketplace.Wake(t.Context(), manager, events[0]))
	assert.Equal(t, lifecycle.TestProduct, state(first))
	assert.Equal(t, lifecycle.Submitted, state(second), "is another one")
	require.NoError(t, awsmarketplace.Wake(t.Context(), manager, events[1]))
	assert.Equal(t, lifecycle.TestProduct, state(second))
	before := a.sim.Ledger().Calls
	require.NoError(t, awsmarketplace.Wake(t.Context(), manager, events[2]))
	assert.Equal(t, before, a.sim.Ledger().Calls, "nothing is under way any more")
}

func FuzzParseEvent(f *testing.F) {
	f.Add(changeSetEvent(awsmarketplace.ChangeSetFailed, "abc", "shelflife 0b5f6d1e-7c1a-4f63-9a53-3f0a6c1c2b11 r2 submit 01234567"))
	f.Add([]byte(offerReleased))
	f.Add([]byte(`{"source":"aws.marketplacecatalog","detail-type":"Change Set Failed","detail":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := awsmarketplace.ParseEvent(data)
		if err != nil {
			require.ErrorIs(t, err, awsmarketplace.ErrEvent)
			return
		}
		if id, ours := e.Listing(); ours {
			assert.Contains(t, e.Name, id.String())
		}
	})
}
