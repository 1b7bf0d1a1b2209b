//go:build dynamodblocal

package dynamostore_test

import (
	"testing"

	"github.com/shelflife-go/shelflife/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/storetest"
)

// Amazon's own server for tests listens on every interface, so that it wants a network of
// its own: dynamodb_local_suite in .ci/servers runs this.
func TestStoreOnDynamoDBLocal(t *testing.T) {
	t.Parallel()
	client := clientOf(testserver.DynamoDBLocal(t), transport())
	table := newTable(t, client)
	storetest.Run(t, func(t *testing.T) lifecycle.Store { return open(t, client, table) }, storetest.Named("DynamoDB Local"))
}
