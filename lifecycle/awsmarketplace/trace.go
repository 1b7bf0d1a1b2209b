package awsmarketplace

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog/types"
	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
)

// The keys of the tags that [Marketplace.Send] puts on every change set, and on the
// product and the offer that it creates.
const (
	// TagListing is the key of the tag with the id of the listing.
	TagListing = "shelflife:listing"
	// TagRequest is the key of the tag with the token of the request.
	TagRequest = "shelflife:request"
)

// marks are the tags of what the change starts and makes.
func marks(c lifecycle.Change) []types.Tag {
	tags := []types.Tag{{Key: aws.String(TagRequest), Value: aws.String(c.Token.String())}}
	if c.Listing != uuid.Nil {
		tags = append(tags, types.Tag{Key: aws.String(TagListing), Value: aws.String(c.Listing.String())})
	}
	return tags
}

// tagPace lies between two looks at tags: the quota is five a second for the
// account.
const tagPace = 250 * time.Millisecond

// Trace finds the product that was created for the listing of the change, by its
// tags, with its public offer. It looks at all products of the account, since one may
// have been renamed: one call for 50 products, and one more for each product that it
// has not seen before, four a second.
func (m *Marketplace) Trace(ctx context.Context, c lifecycle.Change) (lifecycle.Traced, error) {
	in := &marketplacecatalog.ListEntitiesInput{
		Catalog: catalogName, EntityType: aws.String("MachineLearningProduct"), MaxResults: aws.Int32(50),
	}
	for range maxPages {
		out, err := m.client.ListEntities(ctx, in)
		if err != nil {
			return lifecycle.Traced{}, wire.Classify(ctx, err)
		}
		for _, item := range out.EntitySummaryList {
			arn := aws.ToString(item.EntityArn)
			if known, seen := m.seen.of(arn); arn == "" || seen && !known.of(c) {
				continue
			}
			made, err := m.tags(ctx, arn)
			if err != nil {
				return lifecycle.Traced{}, err
			}
			if made.of(c) {
				entities, err := m.whole(ctx, aws.ToString(item.EntityId))
				return lifecycle.Traced{Entities: entities, Token: made.token}, err
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return lifecycle.Traced{}, fmt.Errorf("%w: a product that was made for listing %s", lifecycle.ErrNotFound, c.Listing)
		}
		in.NextToken = out.NextToken
	}
	return lifecycle.Traced{}, fmt.Errorf("what was made for listing %s is not among the first %d pages of the products", c.Listing, maxPages)
}

// maker is what the tags of a product say of who made it.
type maker struct{ listing, token uuid.UUID }

// of reports whether the listing or the request of the change made it.
func (m maker) of(c lifecycle.Change) bool {
	return m.listing != uuid.Nil && m.listing == c.Listing || m.token != uuid.Nil && m.token == c.Token
}

// tags reads the tags of a product, after a pause.
func (m *Marketplace) tags(ctx context.Context, arn string) (made maker, err error) {
	if err := m.pause(ctx); err != nil {
		return maker{}, err
	}
	out, err := m.client.ListTagsForResource(ctx, &marketplacecatalog.ListTagsForResourceInput{ResourceArn: &arn})
	if err != nil {
		return maker{}, wire.Classify(ctx, err)
	}
	for _, tag := range out.Tags {
		switch aws.ToString(tag.Key) {
		case TagRequest:
			made.token, _ = uuid.Parse(aws.ToString(tag.Value))
		case TagListing:
			made.listing, _ = uuid.Parse(aws.ToString(tag.Value))
		}
	}
	m.seen.put(arn, made)
	return made, nil
}

// pause lets one call for tags after another go ahead, whoever makes them: the quota
// is that of the account.
func (m *Marketplace) pause(ctx context.Context) error {
	select {
	case m.seen.turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-m.seen.turn }()
	if !m.seen.asked() {
		return nil
	}
	return m.clock.Sleep(ctx, tagPace)
}

// maxSeen bounds how many products a Marketplace remembers the makers of.
const maxSeen = 10_000

// makers remembers who made which product, so that many first submissions do not
// read the same tags over and over.
type makers struct {
	turn chan struct{} // held by who waits before the next call

	mu   sync.Mutex
	all  map[string]maker
	some bool // a tag was read before
}

func (m *makers) of(arn string) (maker, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	made, seen := m.all[arn]
	return made, seen
}

// asked reports whether it was called before.
func (m *makers) asked() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := m.some
	m.some = true
	return before
}

func (m *makers) put(arn string, made maker) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil || len(m.all) >= maxSeen {
		m.all = map[string]maker{}
	}
	m.all[arn] = made
}

// whole names the product and its public offer, as they are now.
func (m *Marketplace) whole(ctx context.Context, product string) (lifecycle.Entities, error) {
	offer, err := m.publicOffer(ctx, product)
	if err != nil {
		return lifecycle.Entities{}, err
	}
	return m.Identify(ctx, lifecycle.Entities{Product: product, Offer: offer})
}
