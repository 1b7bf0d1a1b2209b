package dynamostore

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The pauses between attempts double from the shortest to the longest, each cut at
// random so that callers who met once do not meet again.
const (
	shortestPause = 20 * time.Millisecond
	longestPause  = time.Second
)

// patience says whether, and when, to try again.
type patience struct {
	end   time.Time
	pause time.Duration
}

func (s *Store) patience() *patience {
	return &patience{end: time.Now().Add(s.busyTimeout), pause: shortestPause}
}

// wait pauses, and reports whether to try again.
func (p *patience) wait(ctx context.Context) bool {
	pause := rand.N(p.pause) + time.Millisecond
	p.pause = min(2*p.pause, longestPause)
	if time.Now().Add(pause).After(p.end) {
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// once keeps the SDK from repeating calls: the store does, with an end that it knows.
func once(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} }

// call makes a call of the operation until it succeeds, fails for good, or the
// patience ends. Its errors are those of package lifecycle where there is one.
func call[In, Out any](ctx context.Context, s *Store, operation string, in In, do func(context.Context, In, ...func(*dynamodb.Options)) (Out, error)) (Out, error) {
	var none Out
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	for p := s.patience(); ; {
		out, err := do(ctx, in, once)
		if err == nil {
			return out, nil
		}
		if !passing(err) || !p.wait(ctx) {
			return none, s.native(ctx, operation, err)
		}
	}
}

// get returns the item, or nil if there is none.
func (s *Store) get(ctx context.Context, p place) (item, error) {
	out, err := call(ctx, s, "GetItem", &dynamodb.GetItemInput{TableName: &s.table, Key: p.key(), ConsistentRead: aws.Bool(true)}, s.client.GetItem)
	if err != nil {
		return nil, err
	}
	if len(out.Item) > 0 {
		return out.Item, nil
	}
	found, err := s.settled(ctx, p)
	return found[p], err
}

// maxBatch is how many items DynamoDB gives in one batch.
const maxBatch = 100

// fetch returns the items that are there.
func (s *Store) fetch(ctx context.Context, places []place) (map[place]item, error) {
	found := make(map[place]item, len(places))
	places = slices.Clone(places)
	slices.SortFunc(places, comparePlaces)
	for some := range slices.Chunk(slices.Compact(places), maxBatch) {
		keys := make([]item, len(some))
		for i, p := range some {
			keys[i] = p.key()
		}
		for p := s.patience(); len(keys) > 0; {
			out, err := call(ctx, s, "BatchGetItem", &dynamodb.BatchGetItemInput{
				RequestItems: map[string]types.KeysAndAttributes{s.table: {Keys: keys, ConsistentRead: aws.Bool(true)}},
			}, s.client.BatchGetItem)
			if err != nil {
				return nil, err
			}
			for _, items := range out.Responses { // of one table
				for _, i := range items {
					found[placeOf(i)] = i
				}
			}
			left := out.UnprocessedKeys[s.table].Keys
			if len(left) == len(keys) && !p.wait(ctx) { // an answer may be cut at 16 MB: that is no fault
				return nil, s.native(ctx, "BatchGetItem", errUnprocessed)
			}
			keys = left
		}
	}
	return found, nil
}

func comparePlaces(a, b place) int {
	return cmp.Or(cmp.Compare(a.partition, b.partition), cmp.Compare(a.sort, b.sort))
}

// fetchSettled returns the items that are there, see settled.
func (s *Store) fetchSettled(ctx context.Context, places []place) (map[place]item, error) {
	found, err := s.fetch(ctx, places)
	if err != nil {
		return nil, err
	}
	var missing []place
	for _, p := range places {
		if found[p] == nil && !slices.Contains(missing, p) {
			missing = append(missing, p)
		}
	}
	// A transaction gives 4 MB at the most.
	for some := range slices.Chunk(missing, 8) {
		late, err := s.settled(ctx, some...)
		if err != nil {
			return nil, err
		}
		for p, i := range late {
			found[p] = i
		}
	}
	return found, nil
}

// settled returns the items that are there once every transaction on them is through.
// DynamoDB carries the writes of a transaction out one by one: who has seen one of
// them and does not find another asks this way, because a transaction that reads
// cannot pass one that writes.
func (s *Store) settled(ctx context.Context, places ...place) (map[place]item, error) {
	gets := make([]types.TransactGetItem, len(places))
	for i, p := range places {
		gets[i].Get = &types.Get{TableName: &s.table, Key: p.key()}
	}
	out, err := call(ctx, s, "TransactGetItems", &dynamodb.TransactGetItemsInput{TransactItems: gets}, s.client.TransactGetItems)
	if err != nil {
		return nil, err
	}
	found := map[place]item{}
	for _, response := range out.Responses {
		if len(response.Item) > 0 {
			found[placeOf(response.Item)] = response.Item
		}
	}
	return found, nil
}

// span is a part of a partition: from the first sort key to the last, both included.
type span struct {
	partition, from, to string
	// page is how many items to ask for at once; 0 is as many as there are in 1 MB.
	page int
	// dueBefore leaves out the items that are not due before it; empty is all.
	dueBefore string
}

// each calls visit for the items of the span in the order of their sort keys, until
// it returns false.
func (s *Store) each(ctx context.Context, over span, visit func(item) (bool, error)) error {
	in := &dynamodb.QueryInput{
		TableName: &s.table, ConsistentRead: aws.Bool(true),
		KeyConditionExpression:    aws.String("#p = :p AND #s BETWEEN :from AND :to"),
		ExpressionAttributeNames:  map[string]string{"#p": partitionKey, "#s": sortKey},
		ExpressionAttributeValues: item{":p": text(over.partition), ":from": text(over.from), ":to": text(over.to)},
	}
	if over.page > 0 {
		in.Limit = aws.Int32(int32(min(over.page, 1000)))
	}
	if over.dueBefore != "" {
		in.FilterExpression = aws.String("#due < :due")
		in.ExpressionAttributeNames["#due"] = dueName
		in.ExpressionAttributeValues[":due"] = text(over.dueBefore)
	}
	for {
		out, err := call(ctx, s, "Query", in, s.client.Query)
		if err != nil {
			return err
		}
		for _, i := range out.Items {
			if more, err := visit(i); err != nil || !more {
				return err
			}
		}
		if len(out.LastEvaluatedKey) == 0 {
			return nil
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

var errUnprocessed = errors.New("DynamoDB left all items unprocessed")
