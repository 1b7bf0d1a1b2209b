package dynamostore

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// pointersOf returns the small items by which lists find a record without reading
// the others: by name, by title, by product, when it is in flight
// and when its latest request ended without success. They take the
// place of an index, which could not be read consistently. A pointer says where to
// look; what is there is read from the record.
func pointersOf(seller listing.AccountID, id string, record item) map[place]item {
	pointers := map[place]item{}
	if name := textIn(record, nameName); name != "" {
		pointers[place{namedOf(seller, name), id}] = item{}
	}
	if title := textIn(record, titleName); title != "" {
		pointers[place{titledOf(seller, title), id}] = item{}
	}
	if product := textIn(record, productName); product != "" {
		pointers[productPlace(seller, product)] = item{listingName: text(id)}
	}
	if request, is := record[requestName].(*types.AttributeValueMemberM); is {
		pointers[place{inFlightOf(seller), id}] = item{dueName: text(textIn(request.Value, dueName))}
	}
	if _, has := record[outcomeName]; has {
		pointers[place{unsuccessfulOf(seller), id}] = item{}
	}
	return pointers
}

// moved returns the pointers to write and those to remove when the record changes.
// One that stays as it is costs nothing.
func moved(w lifecycle.Write, before, after item) (put map[place]item, remove []place) {
	id := w.Key.Listing.String()
	put = pointersOf(w.Key.Seller, id, after)
	for p, old := range pointersOf(w.Key.Seller, id, before) {
		now, stays := put[p]
		switch {
		case !stays:
			remove = append(remove, p)
		case textIn(old, dueName) == textIn(now, dueName):
			delete(put, p)
		}
	}
	return put, remove
}
