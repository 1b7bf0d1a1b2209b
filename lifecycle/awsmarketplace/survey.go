package awsmarketplace

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog/types"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
)

// underWay chooses change sets that have not ended.
var underWay = types.Filter{
	Name:      aws.String("Status"),
	ValueList: []string{string(types.ChangeStatusPreparing), string(types.ChangeStatusApplying)},
}

// Pending returns the ids of up to 20 change sets of the account that have not
// ended, and the token of the next page, which is empty after the last one. It
// makes one ListChangeSets call.
func (m *Marketplace) Pending(ctx context.Context, page string) (changeSets []string, next string, err error) {
	in := &marketplacecatalog.ListChangeSetsInput{
		Catalog:    catalogName,
		FilterList: []types.Filter{underWay},
		Sort:       &types.Sort{SortBy: aws.String("StartTime"), SortOrder: types.SortOrderAscending},
		MaxResults: aws.Int32(20),
		NextToken:  wire.Optional(page),
	}
	out, err := m.client.ListChangeSets(ctx, in)
	if err != nil {
		return nil, "", wire.Classify(ctx, err)
	}
	for _, item := range out.ChangeSetSummaryList {
		if aws.ToString(item.ChangeSetId) != "" {
			changeSets = append(changeSets, *item.ChangeSetId)
		}
	}
	return changeSets, aws.ToString(out.NextToken), nil
}

// held adds to busy which change set holds the product or the offer. What
// cannot be found out is left out: that it is held was said already.
func (m *Marketplace) held(ctx context.Context, known lifecycle.Entities, busy error) error {
	for _, id := range []string{known.Product, known.Offer} {
		if id == "" {
			continue
		}
		out, err := m.client.ListChangeSets(ctx, &marketplacecatalog.ListChangeSetsInput{
			Catalog:    catalogName,
			FilterList: []types.Filter{{Name: aws.String("EntityId"), ValueList: []string{id}}, underWay},
			MaxResults: aws.Int32(1),
		})
		if err != nil || len(out.ChangeSetSummaryList) == 0 {
			continue
		}
		holder := out.ChangeSetSummaryList[0]
		return &lifecycle.BusyError{
			Entity: id, ChangeSet: aws.ToString(holder.ChangeSetId), Name: aws.ToString(holder.ChangeSetName),
			Since: instant(holder.StartTime), Cause: busy,
		}
	}
	return busy
}
