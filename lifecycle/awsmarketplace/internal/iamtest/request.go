package iamtest

import (
	"encoding/json"
	"net/http"
	"path"
	"strings"
	"testing"
)

// Ask is what IAM is asked about one request.
type Ask struct {
	Action, Resource string
	// Key and Value are the one condition key that policies look at.
	Key, Value string
}

// CatalogARN begins the ARN of everything that the seller has in the catalog.
const CatalogARN = "arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/"

// Asked returns what IAM is asked about a request of this module. It fails the
// test for a request that it does not know.
func Asked(t testing.TB, r *http.Request, body []byte) (all []Ask) {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		var in struct{ ModelPackageName, AlgorithmName string }
		if err := json.Unmarshal(body, &in); err != nil {
			t.Error(err)
		}
		return []Ask{{Action: "sagemaker:" + strings.TrimPrefix(target, "SageMaker."), Resource: in.ModelPackageName + in.AlgorithmName}}
	}
	query := r.URL.Query()
	switch operation := path.Base(r.URL.Path); operation {
	case "DescribeChangeSet", "CancelChangeSet":
		return []Ask{{Action: "aws-marketplace:" + operation, Resource: CatalogARN + "ChangeSet/" + query.Get("changeSetId")}}
	case "ListChangeSets", "ListEntities":
		return []Ask{{Action: "aws-marketplace:" + operation, Resource: "*"}}
	case "DescribeEntity":
		return []Ask{{Action: "aws-marketplace:DescribeEntity", Resource: entityARN(query.Get("entityId"))}}
	case "BatchDescribeEntities":
		var in struct{ EntityRequestList []struct{ EntityID string } }
		if err := json.Unmarshal(body, &in); err != nil {
			t.Error(err)
		}
		for _, each := range in.EntityRequestList {
			all = append(all, Ask{Action: "aws-marketplace:DescribeEntity", Resource: entityARN(each.EntityID)})
		}
		return all
	case "ListTagsForResource", "TagResource":
		var in struct{ ResourceArn string }
		if err := json.Unmarshal(body, &in); err != nil {
			t.Error(err)
		}
		return []Ask{{Action: "aws-marketplace:" + operation, Resource: in.ResourceArn}}
	case "StartChangeSet":
		return started(t, body)
	}
	t.Errorf("no action is known for %s %s", r.Method, r.URL.Path)
	return nil
}

func entityARN(id string) string {
	id, _, _ = strings.Cut(id, "@")
	if strings.HasPrefix(id, "offer-") {
		return CatalogARN + "Offer/" + id
	}
	return CatalogARN + "MachineLearningProduct/" + id
}

// started is asked about every change: of what it changes and of the change set.
type tags []struct{ Key string }

// keys are the keys of the tags, with commas.
func (t tags) keys() string {
	all := make([]string, len(t))
	for i, tag := range t {
		all[i] = tag.Key
	}
	return strings.Join(all, ",")
}

func started(t testing.TB, body []byte) (all []Ask) {
	var in struct {
		ChangeSetTags tags
		ChangeSet     []struct {
			ChangeType      string
			EntityTags      tags
			Entity          struct{ Type, Identifier string }
			DetailsDocument struct {
				DeliveryOptions []struct{ Details map[string]json.RawMessage }
			}
		}
	}
	if err := json.Unmarshal(body, &in); err != nil {
		t.Error(err)
	}
	changeSet := CatalogARN + "ChangeSet/new"
	if len(in.ChangeSetTags) > 0 {
		all = append(all, Ask{"aws-marketplace:TagResource", changeSet, "aws:TagKeys", in.ChangeSetTags.keys()})
	}
	for _, c := range in.ChangeSet {
		kind, _, _ := strings.Cut(c.Entity.Type, "@")
		id, _, _ := strings.Cut(c.Entity.Identifier, "@")
		if id == "" || strings.HasPrefix(id, "$") {
			id = "new"
		}
		entity := CatalogARN + kind + "/" + id
		for _, resource := range []string{entity, changeSet} {
			all = append(all, Ask{"aws-marketplace:StartChangeSet", resource, "catalog:ChangeType", c.ChangeType})
		}
		if c.ChangeType == "CreateOffer" { // AWS managed policy AWSMarketplaceSellerOfferManagement
			all = append(all, Ask{"aws-marketplace:StartChangeSet", CatalogARN + "MachineLearningProduct/new", "catalog:ChangeType", "CreateOfferOnProduct"})
		}
		if len(c.EntityTags) > 0 {
			all = append(all, Ask{"aws-marketplace:TagResource", entity, "aws:TagKeys", c.EntityTags.keys()})
		}
		for _, option := range c.DetailsDocument.DeliveryOptions {
			for _, details := range option.Details {
				var with struct{ AccessRoleArn string }
				if err := json.Unmarshal(details, &with); err != nil {
					t.Error(err)
				}
				if with.AccessRoleArn != "" {
					all = append(all, Ask{"iam:PassRole", with.AccessRoleArn, "iam:PassedToService", "assets.marketplace.amazonaws.com"})
				}
			}
		}
	}
	return all
}
