package dynamostore_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
)

// spoilt saves a listing with a neighbour, and changes one attribute of one of its
// items in the table.
func spoilt(t *testing.T, partition, sort, name string, value types.AttributeValue) (s lifecycle.Store, bad, good writes.Record) {
	t.Helper()
	client := clientOf(testserver.DynamoDB(t), transport())
	table := newTable(t, client)
	s = open(t, client, table)
	seller := writes.NewSeller()
	record := func() writes.Record {
		r := writes.Absent(lifecycle.Key{Seller: seller, Listing: uuid.New()})
		w := r.Next(1, "Title")
		w.Summary.Name, w.Summary.Request, w.Summary.Unsuccessful = "name", &lifecycle.RequestSummary{Due: writes.Start}, &lifecycle.OutcomeSummary{Result: lifecycle.Failed}
		require.NoError(t, s.Save(t.Context(), w))
		return r.After(w)
	}
	bad, good = record(), record()
	if sort == "id" {
		sort = bad.Key.Listing.String()
	}
	if partition == "listing" {
		partition += "#" + bad.Key.Listing.String()
	}
	in := &dynamodb.UpdateItemInput{
		TableName:           &table,
		Key:                 map[string]types.AttributeValue{"pk": text(string(seller) + "#" + partition), "sk": text(sort)},
		ConditionExpression: aws.String("attribute_exists(pk)"), UpdateExpression: aws.String("REMOVE #n"), ExpressionAttributeNames: map[string]string{"#n": name},
	}
	if value != nil {
		in.UpdateExpression = aws.String("SET #n = :v")
		in.ExpressionAttributeValues = map[string]types.AttributeValue{":v": value}
	}
	_, err := client.UpdateItem(t.Context(), in)
	require.NoError(t, err)
	return s, bad, good
}

func text(s string) types.AttributeValue   { return &types.AttributeValueMemberS{Value: s} }
func number(n string) types.AttributeValue { return &types.AttributeValueMemberN{Value: n} }

// A summary that was damaged comes with its id alone, and harms no other.
func TestDamagedSummary(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]types.AttributeValue{
		"created": text("yesterday"), "title": nil, "state": number("1"), "request": text("none"), "unsuccessful": number("1"), "revision": nil, "format": number("2"),
	} {
		s, bad, good := spoilt(t, "listings", "id", name, value)
		for _, q := range []lifecycle.Query{{}, {Name: "name"}, {InFlight: true}, {Unsuccessful: true}} {
			q.Seller, q.Limit = bad.Key.Seller, 10
			all, err := s.List(t.Context(), q)
			require.NoError(t, err, name)
			require.ElementsMatch(t, []lifecycle.Summary{{ID: bad.Key.Listing}, good.Summary}, all, "%s %+v", name, q)
		}
		_, err := s.Load(t.Context(), bad.Key)
		require.NoError(t, err, name)
		require.NoError(t, s.Save(t.Context(), good.Next(1, "Title")), name)
	}
}

// An item of a newer release, or one that another program has changed, is not taken,
// and the error names it.
func TestUnreadableItems(t *testing.T) {
	t.Parallel()
	load := func(s lifecycle.Store, r writes.Record) error { _, err := s.Load(t.Context(), r.Key); return err }
	part := func(s lifecycle.Store, r writes.Record) error {
		_, err := s.Parts(t.Context(), r.Key, []string{writes.Digest("1.0")})
		return err
	}
	journal := func(s lifecycle.Store, r writes.Record) error {
		_, err := s.Journal(t.Context(), r.Key, 0, 10)
		return err
	}
	feed := func(s lifecycle.Store, r writes.Record) error {
		_, err := s.Feed(t.Context(), r.Key.Seller, "", 10)
		return err
	}
	save := func(s lifecycle.Store, r writes.Record) error { return s.Save(t.Context(), r.Next(1, "Next")) }
	const entries, firstInFeed = "entries#0000000000000000001", "0000000000000000001"
	for _, c := range []struct {
		partition, sort, name string
		value                 types.AttributeValue
		call                  func(lifecycle.Store, writes.Record) error
		says                  string
	}{
		{"listing", "head", "format", number("2"), load, "newer"},
		{"listing", "head", "format", nil, load, "another program"},
		{"listing", "head", "data", nil, load, "head"},
		{"listing", "part#" + writes.Digest("1.0"), "format", number("2"), part, "newer"},
		{"listing", "part#" + writes.Digest("1.0"), "data", text("a text"), part, "part#"},
		{"listing", entries, "format", number("2"), journal, "newer"},
		{"listing", entries, "sizes", text("1,2"), journal, entries},
		{"listing", entries, "sizes", text("many"), feed, entries},
		{"listing", entries, "last", number("7"), journal, entries},
		{"feed", firstInFeed, "format", number("2"), feed, "newer"},
		{"feed", firstInFeed, "listing", text("none"), feed, "none"},
		{"feed", firstInFeed, "last", number("9"), feed, "entries#"},
		{"listings", "id", "format", number("2"), save, "newer"},
	} {
		s, bad, good := spoilt(t, c.partition, c.sort, c.name, c.value)
		err := c.call(s, bad)
		require.ErrorIs(t, err, lifecycle.ErrUnreadable, "%s %s", c.sort, c.name)
		require.ErrorContains(t, err, c.says)
		require.ErrorContains(t, err, string(bad.Key.Seller))
		stored, err := s.Load(t.Context(), good.Key)
		require.NoError(t, err)
		require.Equal(t, good.Stored, stored)
	}
}
