package dynamostore

import (
	"bytes"
	"context"
	_ "embed" // the template
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// TableClient is what [CreateTable] calls. A *[dynamodb.Client] is one.
type TableClient interface {
	CreateTable(context.Context, *dynamodb.CreateTableInput, ...func(*dynamodb.Options)) (*dynamodb.CreateTableOutput, error)
	DescribeTable(context.Context, *dynamodb.DescribeTableInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTableOutput, error)
	UpdateContinuousBackups(context.Context, *dynamodb.UpdateContinuousBackupsInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateContinuousBackupsOutput, error)
}

var _ TableClient = (*dynamodb.Client)(nil)

// ErrOtherTable is returned by [CreateTable] when there is a table of the name whose
// keys are not those of a store. It was left as it is.
var ErrOtherTable = errors.New("the table is not one of this package: its keys differ: give another name")

// creating bounds how long [CreateTable] waits for a table.
const creating = 5 * time.Minute

// CreateTable makes the table for a store, waits until it can be used, and turns its
// backups on. A table that is there already is left as it is, its backups apart, so
// that CreateTable may be called again.
//
// It is the table of [CloudFormation]: paid by the request, encrypted with the key
// that AWS manages for DynamoDB in the account, protected against deletion, and with
// point-in-time recovery. DynamoDB Local and its like know nothing of the latter; that
// is no error.
//
// It returns an error that matches [lifecycle.ErrConfig] for a name that can be that
// of no table, and [ErrOtherTable] when the table that is there is another one.
func CreateTable(ctx context.Context, client TableClient, table string) error {
	if err := checkTable(table); err != nil {
		return err
	}
	s := &Store{table: table, busyTimeout: DefaultBusyTimeout} // for its errors and its patience
	_, err := call(ctx, s, "CreateTable", tableInput(table), client.CreateTable)
	var there *types.ResourceInUseException
	if err != nil && !errors.As(err, &there) {
		return fmt.Errorf("table %s: %w", table, err)
	}
	if err := s.waitForTable(ctx, client); err != nil {
		return fmt.Errorf("table %s: %w", table, err)
	}
	s.busyTimeout = creating // DynamoDB refuses backups of a new table for a while
	_, err = call(ctx, s, "UpdateContinuousBackups", &dynamodb.UpdateContinuousBackupsInput{
		TableName: &table, PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)},
	}, client.UpdateContinuousBackups)
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorCode() == "UnknownOperationException" { // of a server for tests
		return nil
	}
	if err != nil {
		return fmt.Errorf("table %s: %w", table, err)
	}
	return nil
}

func (s *Store) waitForTable(ctx context.Context, client TableClient) error {
	for p := (&patience{end: time.Now().Add(creating), pause: shortestPause}); ; {
		out, err := call(ctx, s, "DescribeTable", &dynamodb.DescribeTableInput{TableName: &s.table}, client.DescribeTable)
		switch {
		case errors.Is(err, ErrNoTable): // it was made just now
		case err != nil:
			return err
		case !sameKeys(out.Table.KeySchema):
			return ErrOtherTable
		case out.Table.TableStatus == types.TableStatusActive || out.Table.TableStatus == types.TableStatusUpdating:
			return nil
		}
		if !p.wait(ctx) {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return fmt.Errorf("%w: it is not active after %v", lifecycle.ErrUnavailable, creating)
		}
	}
}

func sameKeys(schema []types.KeySchemaElement) bool {
	want := tableInput("").KeySchema
	if len(schema) != len(want) {
		return false
	}
	for i, key := range schema {
		if aws.ToString(key.AttributeName) != *want[i].AttributeName || key.KeyType != want[i].KeyType {
			return false
		}
	}
	return true
}

func tableInput(table string) *dynamodb.CreateTableInput {
	return &dynamodb.CreateTableInput{
		TableName: &table,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String(partitionKey), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String(sortKey), AttributeType: types.ScalarAttributeTypeS},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String(partitionKey), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String(sortKey), KeyType: types.KeyTypeRange},
		},
		BillingMode:               types.BillingModePayPerRequest,
		DeletionProtectionEnabled: aws.Bool(true),
		SSESpecification:          &types.SSESpecification{Enabled: aws.Bool(true), SSEType: types.SSETypeKms},
	}
}

//go:embed cloudformation.json
var template []byte

// CloudFormation returns a CloudFormation template in JSON with the table of
// [CreateTable], under the name. The table stays when the stack is deleted. It is
// made with "aws cloudformation deploy".
func CloudFormation(table string) []byte { return named(template, "TABLE", table) }

//go:embed policy.json
var policy []byte

// Policy returns the least IAM policy for a store, in JSON: what one seller's
// records need, and no other seller's items. tableARN is the ARN of the table.
func Policy(tableARN string, seller listing.AccountID) []byte {
	return named(named(policy, "TABLE-ARN", tableARN), "SELLER#*", string(seller)+"#*")
}

// named returns the JSON with a text in the place of another.
func named(in []byte, placeholder, by string) []byte {
	old, err := json.Marshal(placeholder)
	text, err2 := json.Marshal(by)
	if err := errors.Join(err, err2); err != nil {
		panic(err) // texts always encode
	}
	return bytes.ReplaceAll(in, old, text)
}
