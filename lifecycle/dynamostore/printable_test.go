package dynamostore_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/hostile"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/dynamostore"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
)

// saying is a server whose errors say what they are told to.
type saying struct {
	dynamostore.Client
	code, message string
}

func (s saying) GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return nil, &smithy.GenericAPIError{Code: s.code, Message: s.message}
}

func TestNothingIsPrintedRaw(t *testing.T) {
	t.Parallel()
	outputs := map[string]hostile.Output{}
	for _, code := range []string{"ValidationException", "AccessDeniedException", "ResourceNotFoundException"} {
		outputs[code] = func(message string) string {
			s := open(t, saying{code: code, message: message}, "listings")
			_, err := s.Load(context.Background(), writes.NewKey())
			require.Error(t, err)
			return err.Error()
		}
	}
	outputs["table"] = func(table string) string {
		_, err := dynamostore.New(saying{}, table)
		require.Error(t, err)
		return err.Error()
	}
	outputs["cursor"] = func(cursor string) string {
		_, err := open(t, saying{}, "listings").Feed(context.Background(), "111122223333", lifecycle.Cursor(cursor), 1)
		require.Error(t, err)
		return err.Error()
	}
	hostile.Printed(t, outputs)
}
