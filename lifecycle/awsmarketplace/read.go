package awsmarketplace

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog/types"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// Read returns what the marketplace has of the product and its public offer, with
// both documents as AWS returned them. If the product has no public offer, Released
// is false and the listing has no offer. What the offer has and a listing has no field
// for, such as a price of a dimension that this release does not know, is in
// Content.Other. The errors are those of
// [lifecycle.Marketplace]; for a document that cannot be read, the error names its
// field.
func (m *Marketplace) Read(ctx context.Context, product string) (lifecycle.Snapshot, error) {
	described, err := m.describe(ctx, product)
	if err != nil {
		return lifecycle.Snapshot{}, err
	}
	p := described[0]
	id, err := m.publicOffer(ctx, product)
	if err != nil {
		return lifecycle.Snapshot{}, err
	}
	var o entity
	if id != "" {
		if described, err = m.describe(ctx, id); err != nil {
			return lifecycle.Snapshot{}, err
		}
		o = described[0]
	}
	h, err := snapshotOf(p.document, o.document)
	if err != nil {
		return lifecycle.Snapshot{}, fmt.Errorf("%s: %w", product, err)
	}
	h.Entities.Product, h.Entities.ProductRevision = product, p.revision
	h.Entities.Offer, h.Entities.OfferRevision = id, o.revision
	h.ModifiedAt = p.modified
	if o.modified.After(h.ModifiedAt) {
		h.ModifiedAt = o.modified
	}
	h.Documents = map[string]json.RawMessage{"product": withoutSignatures(p.document)}
	if id != "" {
		h.Documents["offer"] = withoutSignatures(o.document)
	}
	return h, nil
}

type entity struct {
	revision int64
	document []byte
	modified time.Time
}

// describe reads the entities with the ids, in that order and in one call.
func (m *Marketplace) describe(ctx context.Context, ids ...string) ([]entity, error) {
	in := &marketplacecatalog.BatchDescribeEntitiesInput{}
	for _, id := range ids {
		in.EntityRequestList = append(in.EntityRequestList, types.EntityRequest{Catalog: catalogName, EntityId: aws.String(id)})
	}
	out, err := m.client.BatchDescribeEntities(ctx, in)
	if err != nil {
		return nil, wire.Classify(ctx, err)
	}
	all := make([]entity, len(ids))
	for i, id := range ids {
		if failure, failed := out.Errors[id]; failed {
			return nil, batchError(id, failure)
		}
		if all[i], err = entityOf(id, out.EntityDetails[id]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// batchError is why one entity of several could not be read. The codes are
// those of the exceptions, without their last word.
func batchError(id string, failure types.BatchDescribeErrorDetail) error {
	code, message := aws.ToString(failure.ErrorCode), aws.ToString(failure.ErrorMessage)
	err := fmt.Errorf("%s: %s: %s", id, document.Cut(code, 100), document.Cut(rule.Addresses(message), wire.MaxMessage))
	if class := cmp.Or(wire.ByCode(code, message), wire.ByCode(code+"Exception", message)); class != nil {
		return fmt.Errorf("%w: %w", class, err)
	}
	return err
}

func entityOf(id string, detail types.EntityDetail) (entity, error) {
	got, revision, err := parseIdentifier(aws.ToString(detail.EntityIdentifier))
	switch {
	case err != nil:
		return entity{}, err
	case got != id:
		return entity{}, fmt.Errorf("asked for %s, the marketplace described %s", id, got)
	case detail.DetailsDocument == nil:
		return entity{}, fmt.Errorf("%s: the marketplace gave no document", id)
	}
	document, err := detail.DetailsDocument.MarshalSmithyDocument()
	if err != nil {
		return entity{}, fmt.Errorf("%s: %w", id, err)
	}
	var compact bytes.Buffer // as it is kept in a journal
	if err := json.Compact(&compact, document); err != nil {
		return entity{}, fmt.Errorf("%s: %w", id, err)
	}
	return entity{revision: revision, document: compact.Bytes(), modified: instant(detail.LastModifiedDate)}, nil
}

// publicOffer returns the id of the product's public offer: the released one,
// else a draft of one; empty if there is neither. Two released ones are an error that
// names them.
func (m *Marketplace) publicOffer(ctx context.Context, product string) (string, error) {
	in := &marketplacecatalog.ListEntitiesInput{
		Catalog: catalogName, EntityType: aws.String("Offer"), MaxResults: aws.Int32(50),
		EntityTypeFilters: &types.EntityTypeFiltersMemberOfferFilters{Value: types.OfferFilters{
			ProductId: &types.OfferProductIdFilter{ValueList: []string{product}},
			Targeting: &types.OfferTargetingFilter{ValueList: []types.OfferTargetingString{types.OfferTargetingStringNone, types.OfferTargetingStringCountryCodes}},
		}},
	}
	draft, released := "", ""
	for range maxPages {
		out, err := m.client.ListEntities(ctx, in)
		if err != nil {
			return "", wire.Classify(ctx, err)
		}
		for _, item := range out.EntitySummaryList {
			if item.OfferSummary == nil || !isPublic(item.OfferSummary) {
				continue
			}
			switch item.OfferSummary.State {
			case types.OfferStateStringReleased:
				id := aws.ToString(item.EntityId)
				if released != "" && released != id {
					return "", fmt.Errorf("%s has two public offers that are released, %s and %s: which one is the listing's is not known", product, released, document.Cut(id, 300))
				}
				released = id
			case types.OfferStateStringDraft:
				draft = aws.ToString(item.EntityId)
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return cmp.Or(released, draft), nil
		}
		in.NextToken = out.NextToken
	}
	return "", errors.New(product + ": its public offer is not among the first pages of its offers")
}

// isPublic reports whether the seller has made the offer for everybody, or for
// everybody in some countries: it is not one for named buyers or the members of a program, of a
// reseller, of a set of private offers, or that follows an agreement.
func isPublic(o *types.OfferSummary) bool {
	for _, targeting := range o.Targeting {
		if targeting != types.OfferTargetingStringNone && targeting != types.OfferTargetingStringCountryCodes {
			return false
		}
	}
	return len(o.Targeting) > 0 && len(o.BuyerAccounts) == 0 &&
		o.CreatedBySource != types.OfferCreatedBySourceStringAwsMarketplace &&
		aws.ToString(o.ResaleAuthorizationId) == "" && aws.ToString(o.OfferSetId) == "" && aws.ToString(o.TargetAgreementId) == ""
}
