package dynamostore_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/dynamostore"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
)

// cancelling is a client whose transactions are refused for reasons of the record, of
// the product and of all other items.
type cancelling struct {
	dynamostore.Client
	record, product, others types.CancellationReason
}

func (c cancelling) TransactWriteItems(_ context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	reasons := make([]types.CancellationReason, len(in.TransactItems))
	for i, write := range in.TransactItems {
		switch {
		case i == 0:
			reasons[i] = c.record
		case write.Put != nil && write.Put.Item["listing"] != nil && write.Put.ConditionExpression != nil:
			reasons[i] = c.product
		default:
			reasons[i] = c.others
		}
	}
	return nil, &types.TransactionCanceledException{CancellationReasons: reasons}
}

// A transaction can be refused for several reasons at once. What the record says comes
// first; what is not known of it comes before what is known of the product.
func TestReasonsTogether(t *testing.T) {
	t.Parallel()
	client := clientOf(testserver.DynamoDB(t), transport())
	table := newTable(t, client)
	r := writes.Absent(writes.NewKey())
	w := r.Next(1, "Title")
	require.NoError(t, open(t, client, table).Save(t.Context(), w))
	w = r.After(w).Next(1, "Title")
	w.Summary.Product = "prod-a"

	none := types.CancellationReason{Code: aws.String("None")}
	conflict := types.CancellationReason{Code: aws.String("TransactionConflict")}
	throttling := types.CancellationReason{Code: aws.String("ThrottlingError")}
	absent := types.CancellationReason{Code: aws.String("ConditionalCheckFailed")}
	moved := types.CancellationReason{Code: absent.Code, Item: map[string]types.AttributeValue{"revision": number("5")}}
	taken := types.CancellationReason{Code: absent.Code, Item: map[string]types.AttributeValue{"listing": text("another")}}
	for _, c := range []struct {
		record, product, others types.CancellationReason
		want                    error
		says                    string
	}{
		{moved, none, none, lifecycle.ErrStale, "at 5 and not at 1"},
		{moved, taken, conflict, lifecycle.ErrStale, "at 5 and not at 1"},
		{absent, taken, throttling, lifecycle.ErrNotFound, ""},
		{none, taken, none, lifecycle.ErrExists, "another"},
		{conflict, taken, none, lifecycle.ErrUnavailable, ""},
		{none, none, throttling, lifecycle.ErrThrottled, ""},
		{none, none, conflict, lifecycle.ErrUnavailable, ""},
		{none, none, absent, lifecycle.ErrUnavailable, "other processes"}, // the counter has moved
	} {
		err := open(t, cancelling{client, c.record, c.product, c.others}, table, dynamostore.WithBusyTimeout(0)).Save(t.Context(), w)
		require.ErrorIs(t, err, c.want)
		require.ErrorContains(t, err, c.says)
	}
	again := w
	again.Base, again.Revision = 0, 1
	again.Key = writes.NewKey()
	for _, there := range []types.CancellationReason{moved, absent} { // with the item as it was, and without
		require.ErrorIs(t, open(t, cancelling{client, there, none, conflict}, table).Save(t.Context(), again), lifecycle.ErrExists)
	}
	same := types.CancellationReason{Code: absent.Code, Item: map[string]types.AttributeValue{"revision": number("1")}}
	require.Error(t, open(t, cancelling{client, same, none, none}, table).Save(t.Context(), w), "what was not saved is no success")
}
