package dynamostore_test

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shelflife-go/shelflife/lifecycle/dynamostore"
)

// counting is a client that counts the units which DynamoDB charges for, by its
// documentation: a write unit is 1 KB of an item, a read unit 4 KB; a transaction
// counts twice, a strongly consistent read once, what is not there as 1 byte.
type counting struct {
	dynamostore.Client
	mu                   sync.Mutex
	reads, writes, calls int
}

func (c *counting) add(reads, writes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reads, c.writes, c.calls = c.reads+reads, c.writes+writes, c.calls+1
}

func (c *counting) reset() (reads, writes, calls int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	reads, writes, calls = c.reads, c.writes, c.calls
	c.reads, c.writes, c.calls = 0, 0, 0
	return reads, writes, calls
}

func units(size, unit int) int { return max(1, (size+unit-1)/unit) }

func readUnits(item map[string]types.AttributeValue) int  { return units(sizeOf(item), 4096) }
func writeUnits(item map[string]types.AttributeValue) int { return units(sizeOf(item), 1024) }

// sizeOf returns the bytes of the names and the values, as DynamoDB counts them.
func sizeOf(item map[string]types.AttributeValue) int {
	size := 0
	for name, value := range item {
		size += len(name)
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			size += len(v.Value)
		case *types.AttributeValueMemberB:
			size += len(v.Value)
		case *types.AttributeValueMemberN:
			size += len(v.Value)/2 + 2
		case *types.AttributeValueMemberBOOL:
			size++
		case *types.AttributeValueMemberM:
			size += 3 + len(v.Value) + sizeOf(v.Value)
		default:
			panic(fmt.Sprintf("the size of a %T is not known", value))
		}
	}
	return size
}

func (c *counting) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	out, err := c.Client.GetItem(ctx, in, o...)
	if err == nil {
		c.add(readUnits(out.Item), 0)
	}
	return out, err
}

func (c *counting) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	out, err := c.Client.BatchGetItem(ctx, in, o...)
	if err == nil {
		n := 0
		for table, asked := range in.RequestItems {
			n += len(asked.Keys) - len(out.Responses[table])
			for _, item := range out.Responses[table] {
				n += readUnits(item)
			}
		}
		c.add(n, 0)
	}
	return out, err
}

func (c *counting) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	out, err := c.Client.Query(ctx, in, o...)
	if err == nil {
		size := 0
		for _, item := range out.Items {
			size += sizeOf(item)
		}
		c.add(units(size, 4096), 0)
	}
	return out, err
}

func (c *counting) TransactGetItems(ctx context.Context, in *dynamodb.TransactGetItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactGetItemsOutput, error) {
	out, err := c.Client.TransactGetItems(ctx, in, o...)
	if err == nil {
		n := 0
		for _, response := range out.Responses {
			n += 2 * readUnits(response.Item)
		}
		c.add(n, 0)
	}
	return out, err
}

func (c *counting) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	out, err := c.Client.TransactWriteItems(ctx, in, o...)
	if err == nil {
		n := 0
		for _, write := range in.TransactItems {
			switch {
			case write.Put != nil:
				n += 2 * writeUnits(write.Put.Item)
			case write.Update != nil: // whose values are the attributes
				n += 2 * units(sizeOf(write.Update.Key)+sizeOf(write.Update.ExpressionAttributeValues), 1024)
			case write.Delete != nil: // of a pointer, or a part that is no larger than those of the test
				n += 2
			}
		}
		c.add(0, n)
	}
	return out, err
}
