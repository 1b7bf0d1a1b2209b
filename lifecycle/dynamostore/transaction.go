package dynamostore

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// maxItems is how many items DynamoDB takes in one transaction.
const maxItems = 100

// numberName is the attribute with the number of the latest item of the feed.
const numberName = "number"

// transaction is what a Save writes: the items of one transaction, and before it the
// chunks of what is too large for it.
type transaction struct {
	table string
	w     lifecycle.Write
	// writes are the items but for those of the feed, whose number is known last. The
	// record comes first.
	writes []types.TransactWriteItem
	// product and counter say where those are among the items; product is -1 where it
	// is not written.
	product, counter int

	attempt      string // begins the keys of the chunks
	room         int    // bytes that may still be kept in the items themselves
	chunks       []item
	spans        []span
	chunkedParts map[place]span
}

func newTransaction(table string, w lifecycle.Write, before, record item) *transaction {
	t := &transaction{
		table: table, w: w, product: -1,
		attempt: "chunk#" + uuid.NewString() + "#", room: maxInTransaction, chunkedParts: map[place]span{},
	}
	t.addRecord(record)
	t.addPointers(before, record)
	t.put(headPlace(w.Key).with(item{revisionName: number(w.Revision), dataName: &types.AttributeValueMemberB{Value: w.Head}}))
	all, sizes := joined(w.Entries)
	t.put(entriesPlace(w.Key, w.Revision).with(item{
		firstName: number(w.Base + 1), lastName: number(w.Revision), sizesName: text(sizes), dataName: t.dataOf(all, len(sizes)),
	}))
	t.addParts()
	t.counter = len(t.writes)
	return t
}

func (t *transaction) put(i item) {
	t.writes = append(t.writes, types.TransactWriteItem{Put: &types.Put{TableName: &t.table, Item: i}})
}

func (t *transaction) delete(p place) {
	t.writes = append(t.writes, types.TransactWriteItem{Delete: &types.Delete{TableName: &t.table, Key: p.key()}})
}

const absent = "attribute_not_exists(#k)"

var absentNames = map[string]string{"#k": partitionKey}

// addRecord puts the record if it is as the Write has it. The item as it was comes back otherwise.
func (t *transaction) addRecord(record item) {
	put := &types.Put{
		TableName: &t.table, Item: recordPlace(t.w.Key.Seller, t.w.Key.Listing).with(record),
		ConditionExpression: aws.String(absent), ExpressionAttributeNames: absentNames,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if t.w.Base > 0 {
		put.ConditionExpression = aws.String("#r = :base")
		put.ExpressionAttributeNames = map[string]string{"#r": revisionName}
		put.ExpressionAttributeValues = item{":base": number(t.w.Base)}
	}
	t.writes = append(t.writes, types.TransactWriteItem{Put: put})
}

// addPointers puts and removes pointers. That of a product is put only where no other
// listing has it.
func (t *transaction) addPointers(before, record item) {
	put, remove := moved(t.w, before, record)
	for _, p := range slices.SortedFunc(maps.Keys(put), comparePlaces) {
		i := p.with(put[p])
		if _, is := i[listingName]; !is {
			t.put(i)
			continue
		}
		t.product = len(t.writes)
		t.writes = append(t.writes, types.TransactWriteItem{Put: &types.Put{
			TableName: &t.table, Item: i,
			ConditionExpression: aws.String(absent + " OR #l = :own"), ExpressionAttributeNames: map[string]string{"#k": partitionKey, "#l": listingName},
			ExpressionAttributeValues:           item{":own": i[listingName]},
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		}})
	}
	for _, p := range remove {
		t.delete(p)
	}
}

// addParts puts bodies that are new and removes those that are dropped. One that is
// there already stays as it is. DynamoDB takes one write of an item: of two bodies with
// one digest the first counts, and one that is dropped too is not put.
func (t *transaction) addParts() {
	seen := map[string]bool{}
	for _, digest := range t.w.Drop {
		if !seen[digest] {
			seen[digest] = true
			t.delete(partPlace(t.w.Key, digest))
		}
	}
	for _, part := range t.w.Put {
		if seen[part.Digest] {
			continue
		}
		seen[part.Digest] = true
		p, spans := partPlace(t.w.Key, part.Digest), len(t.spans)
		value := t.dataOf(part.Body, 0)
		if len(t.spans) > spans {
			t.chunkedParts[p] = t.spans[spans]
		}
		t.writes = append(t.writes, types.TransactWriteItem{Update: &types.Update{
			TableName: &t.table, Key: p.key(),
			UpdateExpression:          aws.String("SET #d = if_not_exists(#d, :data), #f = if_not_exists(#f, :format)"),
			ExpressionAttributeNames:  map[string]string{"#d": dataName, "#f": formatName},
			ExpressionAttributeValues: item{":data": value, ":format": number(1)},
		}})
	}
}

// dataOf returns the bytes as an attribute of an item that has more bytes beside them.
// What is too large goes into chunks.
func (t *transaction) dataOf(bytes []byte, more int) types.AttributeValue {
	if size := len(bytes) + more; size <= maxInline && size <= t.room {
		t.room -= size
		return &types.AttributeValueMemberB{Value: bytes}
	}
	prefix := fmt.Sprintf("%s%d#", t.attempt, len(t.spans))
	in := chunksAt(partitionOf(t.w.Key), prefix)
	t.spans = append(t.spans, in)
	for n := 0; n*chunkBytes < len(bytes); n++ {
		chunk := bytes[n*chunkBytes : min((n+1)*chunkBytes, len(bytes))]
		p := place{in.partition, fmt.Sprintf("%s%05d", prefix, n)}
		t.chunks = append(t.chunks, p.with(item{dataName: &types.AttributeValueMemberB{Value: chunk}}))
	}
	return &types.AttributeValueMemberM{Value: item{chunksName: text(prefix), bytesName: number(int64(len(bytes)))}}
}

// items returns the items of the transaction, where the feed has come to the number.
func (t *transaction) items(came int64) []types.TransactWriteItem {
	seller, next := t.w.Key.Seller, came+1
	counter := &types.Put{
		TableName: &t.table, Item: counterPlace(seller).with(item{numberName: number(next)}),
		ConditionExpression: aws.String(absent), ExpressionAttributeNames: absentNames,
	}
	if came > 0 {
		counter.ConditionExpression = aws.String("#n = :number")
		counter.ExpressionAttributeNames = map[string]string{"#n": numberName}
		counter.ExpressionAttributeValues = item{":number": number(came)}
	}
	entry := &types.Put{TableName: &t.table, Item: feedPlace(seller, next).with(item{
		listingName: text(t.w.Key.Listing.String()), firstName: number(t.w.Base + 1), lastName: number(t.w.Revision),
	})}
	return append(slices.Clip(t.writes), types.TransactWriteItem{Put: counter}, types.TransactWriteItem{Put: entry})
}

// fits refuses what DynamoDB would not take.
func (t *transaction) fits() error {
	if items := len(t.items(0)); items > maxItems {
		return fmt.Errorf("%w: this step changes %d versions and writes %d items: DynamoDB takes %d at once: change fewer versions in one step",
			lifecycle.ErrCannotKeep, len(t.w.Put)+len(t.w.Drop), items, maxItems)
	}
	return nil
}
