package dynamostore

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// place is the key of an item.
type place struct{ partition, sort string }

// Every partition key begins with the seller's account id, so that a policy can
// open one seller's items alone. What follows keeps the kinds apart: a word, or a
// word and an id or a hash of fixed width.

func recordPlace(seller listing.AccountID, id uuid.UUID) place {
	return place{recordsOf(seller), id.String()}
}
func recordsOf(seller listing.AccountID) string { return string(seller) + "#listings" }

func partitionOf(key lifecycle.Key) string {
	return string(key.Seller) + "#listing#" + key.Listing.String()
}
func headPlace(key lifecycle.Key) place { return place{partitionOf(key), "head"} }
func partPlace(key lifecycle.Key, digest string) place {
	return place{partitionOf(key), "part#" + digest}
}

// entriesPlace is that of the entries of the Save that ended with the revision.
func entriesPlace(key lifecycle.Key, last int64) place {
	return place{partitionOf(key), "entries#" + digits(last)}
}

func feedOf(seller listing.AccountID) string { return string(seller) + "#feed" }
func feedPlace(seller listing.AccountID, number int64) place {
	return place{feedOf(seller), digits(number)}
}

// counterPlace is that of the number of the latest item of the feed.
func counterPlace(seller listing.AccountID) place { return place{feedOf(seller), "counter"} }

func inFlightOf(seller listing.AccountID) string     { return string(seller) + "#inflight" }
func unsuccessfulOf(seller listing.AccountID) string { return string(seller) + "#unsuccessful" }
func namedOf(seller listing.AccountID, name string) string {
	return string(seller) + "#name#" + hash(name)
}
func titledOf(seller listing.AccountID, title string) string {
	return string(seller) + "#title#" + hash(title)
}
func productPlace(seller listing.AccountID, product string) place {
	return place{string(seller) + "#product#" + hash(product), "product"}
}

// hash stands for texts that may be longer than a key can be.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// digits has a fixed width, so that texts sort as numbers do.
func digits(n int64) string { return fmt.Sprintf("%019d", n) }

// item is what DynamoDB keeps under a key, the key included.
type item = map[string]types.AttributeValue

// format is the layout of the items that this release writes and reads.
const format = "1"

// The names of attributes that more than one kind of item has.
const (
	partitionKey = "pk"
	sortKey      = "sk"
	formatName   = "format"
	dataName     = "data"
	listingName  = "listing"
	firstName    = "first"
	lastName     = "last"
)

func (p place) key() item { return item{partitionKey: text(p.partition), sortKey: text(p.sort)} }

// with returns the item of the place with the attributes.
func (p place) with(attributes item) item {
	all := p.key()
	all[formatName] = number(1)
	maps.Copy(all, attributes)
	return all
}

func placeOf(i item) place { return place{textIn(i, partitionKey), textIn(i, sortKey)} }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// textIn returns the text, or an empty one if the item has none of that name.
func textIn(i item, name string) string {
	if s, is := i[name].(*types.AttributeValueMemberS); is {
		return s.Value
	}
	return ""
}

// numberIn returns the number, or -1 if the item has none of that name.
func numberIn(i item, name string) int64 {
	if n, is := i[name].(*types.AttributeValueMemberN); is {
		if value, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
			return value
		}
	}
	return -1
}

// readable refuses items of another release.
func readable(i item) error {
	n, is := i[formatName].(*types.AttributeValueMemberN)
	switch {
	case !is:
		return unreadable(placeOf(i), errDamaged)
	case n.Value != format:
		return fmt.Errorf("item %q of %q: %w: its format is %.20q and this release knows %s: use the release that wrote it, or a newer one",
			textIn(i, sortKey), textIn(i, partitionKey), lifecycle.ErrUnreadable, n.Value, format)
	}
	return nil
}

func unreadable(p place, cause error) error {
	return fmt.Errorf("item %q of %q: %w: %w", p.sort, p.partition, lifecycle.ErrUnreadable, cause)
}
