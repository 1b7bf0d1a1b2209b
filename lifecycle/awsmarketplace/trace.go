package awsmarketplace

import (
	"context"
	"fmt"

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

// Trace finds the product that a first submission created, by its tag, with its
// public offer. It looks only at products with the title of the change: it does not
// find a product that was renamed since.
func (m *Marketplace) Trace(ctx context.Context, c lifecycle.Change) (lifecycle.Entities, error) {
	in := &marketplacecatalog.ListEntitiesInput{
		Catalog: catalogName, EntityType: aws.String("MachineLearningProduct"), MaxResults: aws.Int32(50),
		EntityTypeFilters: &types.EntityTypeFiltersMemberMachineLearningProductFilters{Value: types.MachineLearningProductFilters{
			ProductTitle: &types.MachineLearningProductTitleFilter{ValueList: []string{c.After.Listing.Title}},
		}},
	}
	for range maxPages {
		out, err := m.client.ListEntities(ctx, in)
		if err != nil {
			return lifecycle.Entities{}, wire.Classify(ctx, err)
		}
		for _, item := range out.EntitySummaryList {
			marked, err := m.marked(ctx, item.EntityArn, c)
			if err != nil {
				return lifecycle.Entities{}, err
			}
			if marked {
				return m.whole(ctx, aws.ToString(item.EntityId))
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return lifecycle.Entities{}, fmt.Errorf("%w: a product titled %q that change set %q has made", lifecycle.ErrNotFound, c.After.Listing.Title, c.Name)
		}
		in.NextToken = out.NextToken
	}
	return lifecycle.Entities{}, fmt.Errorf("what change set %q has made is not among the first %d pages of the products titled %q", c.Name, maxPages, c.After.Listing.Title)
}

// marked reports that the entity carries the mark of the change.
func (m *Marketplace) marked(ctx context.Context, arn *string, c lifecycle.Change) (bool, error) {
	out, err := m.client.ListTagsForResource(ctx, &marketplacecatalog.ListTagsForResourceInput{ResourceArn: arn})
	if err != nil {
		return false, wire.Classify(ctx, err)
	}
	for _, tag := range out.Tags {
		if aws.ToString(tag.Key) == TagRequest && aws.ToString(tag.Value) == c.Token.String() {
			return true, nil
		}
	}
	return false, nil
}

// whole names the product and its public offer, as they are now.
func (m *Marketplace) whole(ctx context.Context, product string) (lifecycle.Entities, error) {
	offer, err := m.publicOffer(ctx, product)
	if err != nil {
		return lifecycle.Entities{}, err
	}
	return m.Identify(ctx, lifecycle.Entities{Product: product, Offer: offer})
}
