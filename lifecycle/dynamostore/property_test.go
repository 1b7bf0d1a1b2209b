package dynamostore_test

import (
	"testing"

	"github.com/shelflife-go/shelflife/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/alike"
	"github.com/shelflife-go/shelflife/listing"
)

// Whatever is asked about one seller, nothing is sent about another, as the policy
// demands.
func TestSameAsInMemory(t *testing.T) {
	t.Parallel()
	var asked leading
	client := clientOf(testserver.DynamoDB(t), &asked)
	there := open(t, client, newTable(t, client))
	alike.Memory(t, alike.Chosen(func(seller listing.AccountID) lifecycle.Store {
		asked.of.Store(seller)
		return there
	}))
}
