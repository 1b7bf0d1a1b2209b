package dynamostore_test

import (
	"context"
	"strings"
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

// chunks counts the chunks of a listing that are in the table.
func chunks(t testing.TB, client *dynamodb.Client, table string, key lifecycle.Key) int {
	t.Helper()
	n := 0
	pages := dynamodb.NewQueryPaginator(client, &dynamodb.QueryInput{
		TableName: &table, ConsistentRead: aws.Bool(true), KeyConditionExpression: aws.String("pk = :p AND begins_with(sk, :s)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":p": &types.AttributeValueMemberS{Value: string(key.Seller) + "#listing#" + key.Listing.String()}, ":s": &types.AttributeValueMemberS{Value: "chunk#"},
		},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(context.Background())
		require.NoError(t, err)
		n += len(page.Items)
	}
	return n
}

func large(name string) lifecycle.Part {
	return lifecycle.Part{Digest: writes.Digest(name), Body: []byte(`"` + strings.Repeat(name, 2_000_000/len(name)-2) + `"`)}
}

// What is too large for an item is kept in chunks, which go away with what they belong
// to, and with a Save that is refused.
func TestChunks(t *testing.T) {
	t.Parallel()
	client := clientOf(testserver.DynamoDB(t), transport())
	table := newTable(t, client)
	s := open(t, client, table)
	r := writes.Absent(writes.NewKey())
	save := func(w lifecycle.Write) {
		t.Helper()
		require.NoError(t, s.Save(t.Context(), w))
		r = r.After(w)
		requireKept(t, s, r)
	}
	w := r.Next(1, "Two large parts")
	w.Put = []lifecycle.Part{large("one"), large("two")}
	save(w)
	require.Equal(t, 12, chunks(t, client, table, r.Key))

	again := r.Next(1, "Put again")
	again.Put = []lifecycle.Part{large("one"), {Digest: large("two").Digest, Body: []byte(`"small"`)}}
	save(again)
	require.Equal(t, 12, chunks(t, client, table, r.Key), "those of the part that was there already are removed")

	stale := again
	stale.Put = []lifecycle.Part{large("three")}
	require.ErrorIs(t, s.Save(t.Context(), stale), lifecycle.ErrStale)
	other := writes.Absent(lifecycle.Key{Seller: r.Key.Seller, Listing: writes.NewKey().Listing})
	w = other.Next(1, "With a product")
	w.Summary.Product = "prod-a"
	require.NoError(t, s.Save(t.Context(), w))
	taking := r.Next(1, "With the same product")
	taking.Summary.Product, taking.Put = "prod-a", []lifecycle.Part{large("three")}
	require.ErrorIs(t, s.Save(t.Context(), taking), lifecycle.ErrExists)
	require.Equal(t, 12, chunks(t, client, table, r.Key), "those of a Save that was refused are removed")

	drop := r.Next(1, "One dropped")
	drop.Drop = []string{large("one").Digest}
	save(drop)
	require.Equal(t, 6, chunks(t, client, table, r.Key), "those of a part that was dropped are removed")

	several := r.Next(3, "Large entries")
	for i, name := range []string{"x", "yy", "zzz"} {
		several.Entries[i] = large(name).Body
	}
	save(several)
	require.Equal(t, 6+16, chunks(t, client, table, r.Key))
	page, err := s.Journal(t.Context(), r.Key, several.Base+1, 1)
	require.NoError(t, err)
	require.Equal(t, several.Entries[1:2], page, "an entry in the middle of a Save")
}

// A Save that was cut short leaves chunks that nobody sees, and the next one works.
func TestChunksOfASaveThatWasCutShort(t *testing.T) {
	t.Parallel()
	endpoint := testserver.DynamoDB(t)
	client := clientOf(endpoint, transport())
	table := newTable(t, client)
	var broken only
	s := open(t, clientOf(endpoint, &faulty{transport(), broken.choose}), table, dynamostore.WithBusyTimeout(0))
	r := writes.Absent(writes.NewKey())
	w := r.Next(1, "Large")
	w.Put = []lifecycle.Part{large("one")}

	broken.set(cutBefore, "TransactWriteItems")
	require.ErrorIs(t, s.Save(t.Context(), w), lifecycle.ErrUnavailable)
	broken.set(none)
	_, err := s.Load(t.Context(), r.Key)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	require.Equal(t, 6, chunks(t, client, table, r.Key), "whether it took effect is not known: they stay")

	for _, wrong := range []fault{serverFault, unprocessedAll} {
		broken.set(wrong, "BatchWriteItem")
		require.ErrorIs(t, s.Save(t.Context(), w), lifecycle.ErrUnavailable)
		broken.set(none)
		_, err = s.Load(t.Context(), r.Key)
		require.ErrorIs(t, err, lifecycle.ErrNotFound)
	}

	require.NoError(t, s.Save(t.Context(), w))
	r = r.After(w)
	requireKept(t, s, r)

	// A transaction whose answer was lost took effect, with its chunks.
	broken.set(cutAfter, "TransactWriteItems")
	w = r.Next(1, "Large")
	w.Put = []lifecycle.Part{large("two")}
	require.ErrorIs(t, s.Save(t.Context(), w), lifecycle.ErrUnavailable)
	broken.set(none)
	requireKept(t, s, r.After(w))
}

// meanwhile is a client before whose first query something happens.
type meanwhile struct {
	dynamostore.Client
	do func()
}

func (m *meanwhile) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	if do := m.do; do != nil {
		m.do = nil
		do()
	}
	return m.Client.Query(ctx, in, o...)
}

// A large part that is dropped, or dropped and put again, while it is read is one or
// the other.
func TestChunksRemovedWhileTheyAreRead(t *testing.T) {
	t.Parallel()
	client := clientOf(testserver.DynamoDB(t), transport())
	table := newTable(t, client)
	s := open(t, client, table)
	one := large("one")
	for _, again := range []bool{false, true} {
		r := writes.Absent(writes.NewKey())
		save := func(change func(*lifecycle.Write)) {
			w := r.Next(1, "Title")
			change(&w)
			require.NoError(t, s.Save(t.Context(), w))
			r = r.After(w)
		}
		put := func(w *lifecycle.Write) { w.Put = []lifecycle.Part{one} }
		save(put)
		reader := open(t, &meanwhile{client, func() {
			save(func(w *lifecycle.Write) { w.Drop = []string{one.Digest} })
			if again {
				save(put)
			}
		}}, table)
		parts, err := reader.Parts(t.Context(), r.Key, []string{one.Digest})
		require.NoError(t, err)
		require.Equal(t, r.Parts, parts)
	}
}
