package dynamostore

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shelflife-go/shelflife/lifecycle"
)

const (
	// maxHead is the largest head: with the rest of its item it stays below the 409,600
	// bytes that DynamoDB allows.
	maxHead = 400_000
	// maxInline bounds a body, or the entries of one Save, that are kept in the item
	// itself; maxInTransaction bounds all that one Save keeps so, since a transaction
	// takes 4 MB.
	maxInline        = 380_000
	maxInTransaction = 3_000_000
	// chunkBytes is the size of the items that keep the rest.
	chunkBytes = 380_000
)

// The names of the attributes that say where chunks are.
const (
	chunksName = "chunks"
	bytesName  = "bytes"
)

func chunksAt(partition, prefix string) span {
	return span{partition: partition, from: prefix, to: prefix + "~"}
}

// chunksIn returns where the chunks of an item's data are, and false if it has none.
func chunksIn(i item) (span, bool) {
	m, is := i[dataName].(*types.AttributeValueMemberM)
	if !is || textIn(m.Value, chunksName) == "" {
		return span{}, false
	}
	return chunksAt(textIn(i, partitionKey), textIn(m.Value, chunksName)), true
}

// dataIn returns the bytes of an item. It returns nil without an error when chunks
// are missing, because the item was removed meanwhile.
func (s *Store) dataIn(ctx context.Context, i item) ([]byte, error) {
	if err := readable(i); err != nil {
		return nil, err
	}
	switch value := i[dataName].(type) {
	case *types.AttributeValueMemberB:
		return value.Value, nil
	case *types.AttributeValueMemberM:
		in, _ := chunksIn(i)
		size := numberIn(value.Value, bytesName)
		bytes := []byte{}
		err := s.each(ctx, in, func(chunk item) (bool, error) {
			if b, is := chunk[dataName].(*types.AttributeValueMemberB); is {
				bytes = append(bytes, b.Value...)
			}
			return true, nil
		})
		if err != nil || int64(len(bytes)) != size {
			return nil, err
		}
		return bytes, nil
	}
	return nil, unreadable(placeOf(i), errDamaged)
}

// batchWrites is how many chunks go into one call: a few, so that it stays short.
const batchWrites = 8

// putChunks writes the items.
func (s *Store) putChunks(ctx context.Context, chunks []item) error {
	requests := make([]types.WriteRequest, len(chunks))
	for i, chunk := range chunks {
		requests[i].PutRequest = &types.PutRequest{Item: chunk}
	}
	return s.batchWrite(ctx, requests)
}

func (s *Store) batchWrite(ctx context.Context, requests []types.WriteRequest) error {
	for some := range slices.Chunk(requests, batchWrites) {
		for p := s.patience(); len(some) > 0; {
			out, err := call(ctx, s, "BatchWriteItem", &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{s.table: some}}, s.client.BatchWriteItem)
			if err != nil {
				return err
			}
			left := out.UnprocessedItems[s.table]
			if len(left) == len(some) && !p.wait(ctx) {
				return s.native(ctx, "BatchWriteItem", errUnprocessed)
			}
			some = left
		}
	}
	return nil
}

// cleaning bounds the time for removing what nobody sees any more.
const cleaning = 10 * time.Second

// removeChunks removes chunks that no item points at. Nobody sees those that it does
// not get to, because the machine stops for example.
func (s *Store) removeChunks(ctx context.Context, spans []span) {
	if len(spans) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleaning)
	defer cancel()
	for _, in := range spans {
		var requests []types.WriteRequest
		err := s.each(ctx, in, func(chunk item) (bool, error) {
			requests = append(requests, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: placeOf(chunk).key()}})
			return true, nil
		})
		if err == nil {
			_ = s.batchWrite(ctx, requests)
		}
	}
}

// cannotKeep says what is too large.
func cannotKeep(what string, size, limit int, remedy string) error {
	return fmt.Errorf("%w: %s: %d, at most %d are allowed: %s", lifecycle.ErrCannotKeep, what, size, limit, remedy)
}
