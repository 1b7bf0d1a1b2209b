package dynamostore_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/dynamostore"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/listing"
)

// tables is an account with a table that takes a while.
type tables struct {
	made    *dynamodb.CreateTableInput
	backups *dynamodb.UpdateContinuousBackupsInput
	looks   int
	ready   bool                     // when backups were turned on
	there   []types.KeySchemaElement // of a table that was there before
	failing map[string]error
}

func (f *tables) CreateTable(_ context.Context, in *dynamodb.CreateTableInput, _ ...func(*dynamodb.Options)) (*dynamodb.CreateTableOutput, error) {
	if f.there != nil {
		return nil, &types.ResourceInUseException{Message: aws.String("Table already exists")}
	}
	f.made = in
	return &dynamodb.CreateTableOutput{}, f.failing["CreateTable"]
}

func (f *tables) DescribeTable(context.Context, *dynamodb.DescribeTableInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTableOutput, error) {
	if f.there != nil {
		return &dynamodb.DescribeTableOutput{Table: &types.TableDescription{TableStatus: types.TableStatusActive, KeySchema: f.there}}, nil
	}
	switch f.looks++; f.looks {
	case 1: // DynamoDB finds a new table late
		return nil, &types.ResourceNotFoundException{}
	case 2:
		return &dynamodb.DescribeTableOutput{Table: &types.TableDescription{TableStatus: types.TableStatusCreating, KeySchema: f.made.KeySchema}}, nil
	}
	return &dynamodb.DescribeTableOutput{Table: &types.TableDescription{TableStatus: types.TableStatusActive, KeySchema: f.made.KeySchema}}, nil
}

func (f *tables) UpdateContinuousBackups(_ context.Context, in *dynamodb.UpdateContinuousBackupsInput, _ ...func(*dynamodb.Options)) (*dynamodb.UpdateContinuousBackupsOutput, error) {
	if f.backups == nil && f.failing == nil { // DynamoDB turns them on late
		f.backups = in
		return nil, &types.ContinuousBackupsUnavailableException{}
	}
	f.backups = in
	f.ready = true
	return &dynamodb.UpdateContinuousBackupsOutput{}, f.failing["UpdateContinuousBackups"]
}

// The template and the function make the same table, as far as they can say it.
func TestCloudFormationIsCreateTable(t *testing.T) {
	t.Parallel()
	account := &tables{}
	require.NoError(t, dynamostore.CreateTable(t.Context(), account, "listings"))
	var stack struct {
		Resources map[string]struct {
			Type, DeletionPolicy, UpdateReplacePolicy string
			Properties                                map[string]any
		}
	}
	require.NoError(t, json.Unmarshal(dynamostore.CloudFormation("listings"), &stack))
	require.Len(t, stack.Resources, 1)
	table := stack.Resources["Listings"]
	require.Equal(t, "AWS::DynamoDB::Table", table.Type)
	require.Equal(t, "Retain", table.DeletionPolicy)
	require.Equal(t, "Retain", table.UpdateReplacePolicy)

	made := fields(t, account.made)
	made["SSESpecification"] = map[string]any{"SSEEnabled": *account.made.SSESpecification.Enabled, "SSEType": string(account.made.SSESpecification.SSEType)}
	made["PointInTimeRecoverySpecification"] = fields(t, account.backups.PointInTimeRecoverySpecification)
	require.True(t, account.ready)
	require.Equal(t, "listings", *account.backups.TableName)
	require.Equal(t, made, table.Properties)
}

// fields returns the fields of an input that are set, as JSON has them.
func fields(t *testing.T, input any) map[string]any {
	t.Helper()
	all := map[string]any{}
	require.NoError(t, json.Unmarshal(encoded(input), &all))
	for name, value := range all {
		if value == nil || value == "" {
			delete(all, name)
		}
	}
	return all
}

func TestCreateTable(t *testing.T) {
	t.Parallel()
	unknown := &smithy.GenericAPIError{Code: "UnknownOperationException"}
	denied := &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "User: x is not authorized to perform: dynamodb:CreateTable on resource: y"}
	for name, c := range map[string]struct {
		account *tables
		table   string
		want    error
		says    string
	}{
		"twice":           {account: &tables{there: []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}, {AttributeName: aws.String("sk"), KeyType: types.KeyTypeRange}}}},
		"another table":   {account: &tables{there: []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}}}, want: dynamostore.ErrOtherTable, says: "another name"},
		"without backups": {account: &tables{failing: map[string]error{"UpdateContinuousBackups": unknown}}},
		"denied":          {account: &tables{failing: map[string]error{"CreateTable": denied}}, want: lifecycle.ErrDenied, says: "allow dynamodb:CreateTable on table listings"},
		"half denied":     {account: &tables{failing: map[string]error{"UpdateContinuousBackups": &smithy.GenericAPIError{Code: "AccessDeniedException"}}}, want: lifecycle.ErrDenied, says: "dynamodb:UpdateContinuousBackups"},
		"no name":         {account: &tables{}, table: "a table", want: lifecycle.ErrConfig, says: "letters"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.table == "" {
				c.table = "listings"
			}
			err := dynamostore.CreateTable(t.Context(), c.account, c.table)
			if c.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, c.says)
		})
	}
}

// On a server, too, it can be called again.
func TestCreateTableOnAServer(t *testing.T) {
	t.Parallel()
	client := clientOf(testserver.DynamoDB(t), transport())
	table := newTable(t, client)
	require.NoError(t, dynamostore.CreateTable(t.Context(), client, table))
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	client := clientOf("http://127.0.0.1:1", nil)
	for _, table := range []string{"", "ab", "a table", "arn:aws:dynamodb:eu-west-1:1:table/listings", "listings\n"} {
		_, err := dynamostore.New(client, table)
		assert.ErrorIs(t, err, lifecycle.ErrConfig, "%q", table)
	}
	_, err := dynamostore.New(nil, "listings")
	require.ErrorIs(t, err, lifecycle.ErrConfig)
	for _, table := range []string{"listings", "a.b-c_D1", "arn:aws:dynamodb:eu-west-1:111122223333:table/listings", "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/listings"} {
		_, err := dynamostore.New(client, table)
		assert.NoError(t, err, "%q", table)
	}
}

// A table that is missing is found by the first call, and the error says what to do.
func TestNoTable(t *testing.T) {
	t.Parallel()
	s := open(t, clientOf(testserver.DynamoDB(t), transport()), "nobody-made-this")
	_, err := s.List(t.Context(), lifecycle.Query{Seller: "111122223333", Limit: 1})
	require.ErrorIs(t, err, dynamostore.ErrNoTable)
	require.ErrorContains(t, err, "nobody-made-this")
	require.ErrorContains(t, err, "CreateTable")
}

// The policy has the actions that the store performs, and no other.
func TestPolicy(t *testing.T) {
	t.Parallel()
	var policy struct {
		Statement []struct {
			Effect, Resource string
			Action           []string
			Condition        map[string]map[string][]string
		}
	}
	const seller = "444455556666"
	require.NoError(t, json.Unmarshal(dynamostore.Policy("arn:aws:dynamodb:eu-west-1:111122223333:table/listings", seller), &policy))
	require.Len(t, policy.Statement, 1)
	allowed := policy.Statement[0]
	require.Equal(t, "Allow", allowed.Effect)
	require.Equal(t, "arn:aws:dynamodb:eu-west-1:111122223333:table/listings", allowed.Resource)
	require.Equal(t, map[string]map[string][]string{"ForAllValues:StringLike": {"dynamodb:LeadingKeys": {seller + "#*"}}}, allowed.Condition)

	var sent leading
	sent.of.Store(listing.AccountID(seller))
	client := clientOf(testserver.DynamoDB(t), &sent)
	s := open(t, client, newTable(t, client))
	r := writes.Absent(lifecycle.Key{Seller: seller, Listing: uuid.New()})
	for _, change := range []func(*lifecycle.Write){
		func(w *lifecycle.Write) { w.Put = []lifecycle.Part{large("one"), writes.Part("1.0")} },
		func(w *lifecycle.Write) { w.Drop = []string{large("one").Digest} },
	} {
		w := r.Next(1, "Title")
		change(&w)
		require.NoError(t, s.Save(t.Context(), w))
		r = r.After(w)
		requireKept(t, s, r)
	}
	require.ElementsMatch(t, allowed.Action, sent.actions())
}
