package dynamostore_test

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/dynamostore"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
)

// halfway is a client that meets a transaction halfway: the items whose sort keys begin
// with one of the prefixes are not written yet. A transaction that reads waits for it.
type halfway struct {
	dynamostore.Client
	behind []string
	waited atomic.Int64 // times that a transaction read
}

func (h *halfway) hidden(item map[string]types.AttributeValue) bool {
	sort, is := item["sk"].(*types.AttributeValueMemberS)
	return is && slices.ContainsFunc(h.behind, func(prefix string) bool { return strings.HasPrefix(sort.Value, prefix) })
}

func (h *halfway) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	out, err := h.Client.GetItem(ctx, in, o...)
	if err == nil && h.hidden(out.Item) {
		out.Item = nil
	}
	return out, err
}

func (h *halfway) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	out, err := h.Client.BatchGetItem(ctx, in, o...)
	if err == nil {
		for table, items := range out.Responses {
			out.Responses[table] = slices.DeleteFunc(items, h.hidden)
		}
	}
	return out, err
}

func (h *halfway) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	out, err := h.Client.Query(ctx, in, o...)
	if err == nil {
		out.Items = slices.DeleteFunc(out.Items, h.hidden)
	}
	return out, err
}

func (h *halfway) TransactGetItems(ctx context.Context, in *dynamodb.TransactGetItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactGetItemsOutput, error) {
	h.waited.Add(1)
	return h.Client.TransactGetItems(ctx, in, o...)
}

// What a call has seen the half of, it has the whole of.
func TestTransactionsUnderWay(t *testing.T) {
	t.Parallel()
	client := clientOf(testserver.DynamoDB(t), transport())
	table := newTable(t, client)
	whole := open(t, client, table)
	r := writes.Absent(lifecycle.Key{Seller: writes.NewSeller(), Listing: uuid.New()})
	for n := range 4 { // entries 1, 2-3, 4-6 and 7-10
		w := r.Next(n+1, "Title")
		w.Put = append(w.Put, writes.Part(string(rune('a'+n))))
		require.NoError(t, whole.Save(t.Context(), w))
		r = r.After(w)
	}
	require.Equal(t, int64(10), r.Revision)
	const entries, feed = "entries#00000000000000000", "00000000000000000"
	for name, behind := range map[string][]string{
		"head":               {"head"},
		"record":             {r.Key.Listing.String()},
		"latest entries":     {entries + "10"},
		"entries between":    {entries + "03", entries + "06"},
		"all entries":        {"entries#"},
		"feed, at the start": {feed + "01"},
		"feed, between":      {feed + "02", feed + "03"},
		"a part":             {"part#" + writes.Digest("b")},
		"all parts":          {"part#"},
		"head and parts":     {"head", "part#"},
	} {
		t.Run(name, func(t *testing.T) {
			h := &halfway{Client: client, behind: behind}
			s := open(t, h, table)
			got, err := s.Load(t.Context(), r.Key)
			require.NoError(t, err)
			require.Equal(t, r.Stored, got)
			for after := range int64(11) {
				for _, limit := range []int{1, 2, 3, 10, math.MaxInt} {
					page, err := s.Journal(t.Context(), r.Key, after, limit)
					require.NoError(t, err)
					rest := r.Journal[after:]
					require.Equal(t, rest[:min(limit, len(rest))], page, "after %d, limit %d", after, limit)
				}
			}
			parts, err := s.Parts(t.Context(), r.Key, slices.Concat(digestsOf(r), []string{writes.Digest("never put")}))
			require.NoError(t, err)
			require.Equal(t, r.Parts, parts)
			var fed [][]byte
			for cursor := lifecycle.Cursor(""); ; {
				page, err := s.Feed(t.Context(), r.Key.Seller, cursor, 3)
				require.NoError(t, err)
				if len(page) == 0 {
					break
				}
				for _, e := range page {
					fed = append(fed, e.Entry)
				}
				cursor = page[len(page)-1].Cursor
			}
			require.Equal(t, r.Journal, fed)
			require.Positive(t, h.waited.Load(), "it has waited")
		})
	}
}

// A Save on a record whose latest Save is under way waits for it too.
func TestSaveOnATransactionUnderWay(t *testing.T) {
	t.Parallel()
	client := clientOf(testserver.DynamoDB(t), transport())
	table := newTable(t, client)
	r := writes.Absent(writes.NewKey())
	w := r.Next(1, "Title")
	require.NoError(t, open(t, client, table).Save(t.Context(), w))
	r = r.After(w)
	h := &halfway{Client: client, behind: []string{r.Key.Listing.String(), "counter"}}
	s := open(t, h, table)
	ahead := writes.Record{Key: r.Key, Revision: 2}
	require.ErrorIs(t, s.Save(t.Context(), ahead.Next(1, "Too early")), lifecycle.ErrStale)
	require.ErrorIs(t, s.Save(t.Context(), writes.Absent(r.Key).Next(1, "Again")), lifecycle.ErrExists)
	w = r.Next(1, "Another title")
	require.NoError(t, s.Save(t.Context(), w))
	requireKept(t, open(t, client, table), r.After(w))
	require.Positive(t, h.waited.Load())
}

func digestsOf(r writes.Record) []string { return slices.Collect(maps.Keys(r.Parts)) }
