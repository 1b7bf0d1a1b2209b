package awsmarketplace

import (
	"context"
	"fmt"
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
// tags, with its public offer. It looks at the products that have the title of the
// change first, and then at all others of the account, since a product may have been
// renamed: one call for 50 products, and one more for each product, four a second.
func (m *Marketplace) Trace(ctx context.Context, c lifecycle.Change) (lifecycle.Traced, error) {
	t := tracer{Marketplace: m, change: c, seen: map[string]bool{}}
	for _, filters := range []types.MachineLearningProductFilters{
		{ProductTitle: &types.MachineLearningProductTitleFilter{ValueList: []string{c.After.Listing.Title}}},
		{},
	} {
		if traced, found, err := t.among(ctx, filters); found || err != nil {
			return traced, err
		}
	}
	return lifecycle.Traced{}, fmt.Errorf("%w: a product that was made for listing %s", lifecycle.ErrNotFound, c.Listing)
}

type tracer struct {
	*Marketplace
	change lifecycle.Change
	seen   map[string]bool
}

// among looks for the product among those that the filters choose.
func (t *tracer) among(ctx context.Context, filters types.MachineLearningProductFilters) (traced lifecycle.Traced, found bool, err error) {
	in := &marketplacecatalog.ListEntitiesInput{
		Catalog: catalogName, EntityType: aws.String("MachineLearningProduct"), MaxResults: aws.Int32(50),
	}
	if filters.ProductTitle != nil {
		in.EntityTypeFilters = &types.EntityTypeFiltersMemberMachineLearningProductFilters{Value: filters}
	}
	for range maxPages {
		out, err := t.client.ListEntities(ctx, in)
		if err != nil {
			return lifecycle.Traced{}, false, wire.Classify(ctx, err)
		}
		for _, item := range out.EntitySummaryList {
			id := aws.ToString(item.EntityId)
			if t.seen[id] || aws.ToString(item.EntityArn) == "" {
				continue
			}
			if len(t.seen) > 0 {
				if err := t.clock.Sleep(ctx, tagPace); err != nil {
					return lifecycle.Traced{}, false, err
				}
			}
			t.seen[id] = true
			token, marked, err := t.marked(ctx, item.EntityArn)
			if err != nil {
				return lifecycle.Traced{}, false, err
			}
			if marked {
				entities, err := t.whole(ctx, id)
				return lifecycle.Traced{Entities: entities, Token: token}, true, err
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return lifecycle.Traced{}, false, nil
		}
		in.NextToken = out.NextToken
	}
	return lifecycle.Traced{}, false, fmt.Errorf("what was made for listing %s is not among the first %d pages of the products", t.change.Listing, maxPages)
}

// marked reports whether the tags are those of the listing or of the request, and
// returns the token of the request.
func (t *tracer) marked(ctx context.Context, arn *string) (token uuid.UUID, marked bool, err error) {
	out, err := t.client.ListTagsForResource(ctx, &marketplacecatalog.ListTagsForResourceInput{ResourceArn: arn})
	if err != nil {
		return uuid.Nil, false, wire.Classify(ctx, err)
	}
	for _, tag := range out.Tags {
		switch aws.ToString(tag.Key) {
		case TagRequest:
			token, _ = uuid.Parse(aws.ToString(tag.Value))
		case TagListing:
			marked = marked || t.change.Listing != uuid.Nil && aws.ToString(tag.Value) == t.change.Listing.String()
		}
	}
	return token, marked || token != uuid.Nil && token == t.change.Token, nil
}

// whole names the product and its public offer, as they are now.
func (m *Marketplace) whole(ctx context.Context, product string) (lifecycle.Entities, error) {
	offer, err := m.publicOffer(ctx, product)
	if err != nil {
		return lifecycle.Entities{}, err
	}
	return m.Identify(ctx, lifecycle.Entities{Product: product, Offer: offer})
}
