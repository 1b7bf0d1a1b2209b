package awsmarketplace

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog/types"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Read returns what the marketplace has of the product and its public offer,
// with both documents as they were given. A product whose offer cannot be found
// has none: Released is false, and the listing has no offer. Besides the errors
// of [lifecycle.Reader] there are those of a document that cannot be read, which
// name its field.
func (m *Marketplace) Read(ctx context.Context, product string) (lifecycle.Holding, error) {
	p, err := m.entity(ctx, product)
	if err != nil {
		return lifecycle.Holding{}, err
	}
	id, err := m.publicOffer(ctx, product)
	if err != nil {
		return lifecycle.Holding{}, err
	}
	var o entity
	if id != "" {
		if o, err = m.entity(ctx, id); err != nil {
			return lifecycle.Holding{}, err
		}
	}
	h, err := holding(p.document, o.document)
	if err != nil {
		return lifecycle.Holding{}, fmt.Errorf("%s: %w", product, err)
	}
	h.Entities.Product, h.Entities.ProductRevision = product, p.revision
	h.Entities.Offer, h.Entities.OfferRevision = id, o.revision
	h.ModifiedAt = p.modified
	if o.modified.After(h.ModifiedAt) {
		h.ModifiedAt = o.modified
	}
	h.Documents = map[string]json.RawMessage{"product": p.document}
	if id != "" {
		h.Documents["offer"] = o.document
	}
	return h, nil
}

type entity struct {
	revision int64
	document []byte
	modified time.Time
}

func (m *Marketplace) entity(ctx context.Context, id string) (entity, error) {
	out, err := m.client.DescribeEntity(ctx, &marketplacecatalog.DescribeEntityInput{Catalog: catalogName, EntityId: &id})
	if err != nil {
		return entity{}, classify(ctx, err)
	}
	got, revision, err := parseIdentifier(text(out.EntityIdentifier))
	switch {
	case err != nil:
		return entity{}, err
	case got != id:
		return entity{}, fmt.Errorf("asked for %s, the marketplace described %s", id, got)
	case out.DetailsDocument == nil:
		return entity{}, fmt.Errorf("%s: the marketplace gave no document", id)
	}
	document, err := out.DetailsDocument.MarshalSmithyDocument()
	if err != nil {
		return entity{}, fmt.Errorf("%s: %w", id, err)
	}
	var compact bytes.Buffer // as it is kept in a journal
	if err := json.Compact(&compact, document); err != nil {
		return entity{}, fmt.Errorf("%s: %w", id, err)
	}
	return entity{revision: revision, document: compact.Bytes(), modified: instant(out.LastModifiedDate)}, nil
}

// publicOffer returns the id of the product's public offer: the released one,
// else a draft of one; empty if there is neither.
func (m *Marketplace) publicOffer(ctx context.Context, product string) (string, error) {
	in := &marketplacecatalog.ListEntitiesInput{
		Catalog: catalogName, EntityType: aws.String("Offer"), MaxResults: aws.Int32(50),
		EntityTypeFilters: &types.EntityTypeFiltersMemberOfferFilters{Value: types.OfferFilters{
			ProductId: &types.OfferProductIdFilter{ValueList: []string{product}},
		}},
	}
	draft := ""
	for range maxPages {
		out, err := m.client.ListEntities(ctx, in)
		if err != nil {
			return "", classify(ctx, err)
		}
		for _, item := range out.EntitySummaryList {
			if item.OfferSummary == nil || forNamedBuyers(item.OfferSummary) {
				continue
			}
			switch item.OfferSummary.State {
			case types.OfferStateStringReleased:
				return text(item.EntityId), nil
			case types.OfferStateStringDraft:
				draft = text(item.EntityId)
			}
		}
		if text(out.NextToken) == "" {
			return draft, nil
		}
		in.NextToken = out.NextToken
	}
	return "", errors.New(product + ": its public offer is not among the first pages of its offers")
}

// forNamedBuyers reports a private offer.
func forNamedBuyers(o *types.OfferSummary) bool {
	for _, targeting := range o.Targeting {
		if targeting == types.OfferTargetingStringBuyerAccounts {
			return true
		}
	}
	return false
}
