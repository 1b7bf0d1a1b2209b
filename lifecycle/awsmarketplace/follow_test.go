package awsmarketplace_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
)

func TestFollow(t *testing.T) {
	t.Parallel()
	started, ended := time.Date(2026, 2, 3, 10, 11, 12, 0, time.UTC), time.Date(2026, 2, 3, 10, 59, 58, 0, time.UTC)
	tests := map[string]struct {
		answer string
		want   lifecycle.Status
	}{
		"preparing": {`"Status": "PREPARING", "StartTime": "2026-02-03T10:11:12Z"`,
			lifecycle.Status{Result: lifecycle.Pending, StartedAt: started}},
		"applying, with times nobody can read": {`"Status": "APPLYING", "StartTime": "yesterday", "EndTime": null`,
			lifecycle.Status{Result: lifecycle.Pending}},
		"cancelled": {`"Status": "CANCELLED", "StartTime": "2026-02-03T10:11:12Z", "EndTime": "2026-02-03T10:59:58Z"`,
			lifecycle.Status{Result: lifecycle.Cancelled, StartedAt: started, EndedAt: ended}},
		"client error": {`"Status": "FAILED", "FailureCode": "CLIENT_ERROR", "ChangeSet": [
			{"ChangeType": "AddDeliveryOptions", "ErrorDetailList": [
				{"ErrorCode": "DUPLICATE_ASSET", "ErrorMessage": "Used before."}, {"ErrorCode": "INVALID_ACCESS_ROLE", "ErrorMessage": "No role."}]},
			{"ChangeType": "UpdatePricingTerms", "ErrorDetailList": [{"ErrorCode": "INVALID_RATE_CARD", "ErrorMessage": "Incomplete."}]}]`,
			lifecycle.Status{Result: lifecycle.Failed, Problems: []lifecycle.Problem{
				{Code: "DUPLICATE_ASSET", Message: "Used before.", Change: "AddDeliveryOptions", Rule: "version.resource-unique", Path: "versions"},
				{Code: "INVALID_ACCESS_ROLE", Message: "No role.", Change: "AddDeliveryOptions", Rule: "version.access-role", Path: "versions"},
				{Code: "INVALID_RATE_CARD", Message: "Incomplete.", Change: "UpdatePricingTerms", Rule: "pricing.every-instance-priced", Path: "offer.rates"},
			}}},
		"server fault": {`"Status": "FAILED", "FailureCode": "SERVER_FAULT", "FailureDescription": "Sorry."`,
			lifecycle.Status{Result: lifecycle.Failed, Fault: true, Problems: []lifecycle.Problem{{Code: "SERVER_FAULT", Message: "Sorry."}}}},
		"failed without a word": {`"Status": "FAILED", "FailureCode": "CLIENT_ERROR"`,
			lifecycle.Status{Result: lifecycle.Failed, Problems: []lifecycle.Problem{{Code: "CLIENT_ERROR", Message: "the marketplace gave no reason"}}}},
		"created both": {`"Status": "SUCCEEDED", "ChangeSet": [
			{"ChangeType": "CreateProduct", "Entity": {"Type": "MachineLearningProduct@1.0", "Identifier": "prod-abcdefghijklm@1"}},
			{"ChangeType": "ReleaseProduct", "Entity": {"Type": "MachineLearningProduct@1.0", "Identifier": "$CreateProductChange.Entity.Identifier"}},
			{"ChangeType": "ReleaseOffer", "Entity": {"Type": "Offer@1.0", "Identifier": "$CreateOfferChange.Entity.Identifier"}},
			{"ChangeType": "CreateOffer", "Entity": {"Type": "Offer@1.0", "Identifier": "offer-abcdefghijklm@1"}}]`,
			lifecycle.Status{Result: lifecycle.Succeeded, ChangedSince: true, Entities: entities()}},
		"touched the product": {`"Status": "SUCCEEDED", "ChangeSet": [
			{"ChangeType": "UpdateInformation", "Entity": {"Type": "MachineLearningProduct@1.0", "Identifier": "prod-abcdefghijklm@3"}}]`,
			lifecycle.Status{Result: lifecycle.Succeeded, ChangedSince: true, Entities: lifecycle.Entities{
				Product: "prod-abcdefghijklm", ProductRevision: 4, DeliveryOptions: entities().DeliveryOptions}}},
		"touched the offer": {`"Status": "SUCCEEDED", "ChangeSet": [
			{"ChangeType": "UpdatePricingTerms", "Entity": {"Type": "Offer@1.0", "Identifier": "offer-abcdefghijklm"}}]`,
			lifecycle.Status{Result: lifecycle.Succeeded, ChangedSince: true, Entities: lifecycle.Entities{Offer: "offer-abcdefghijklm", OfferRevision: 2}}},
		"touched something else as well": {`"Status": "SUCCEEDED", "ChangeSet": [
			{"ChangeType": "UpdateInformation", "Entity": {"Type": "OfferSet@1.0", "Identifier": "offerset-abcdefghijklm@1"}},
			{"ChangeType": "UpdatePricingTerms", "Entity": {"Type": "Offer@1.0", "Identifier": "offer-abcdefghijklm"}}]`,
			lifecycle.Status{Result: lifecycle.Succeeded, ChangedSince: true, Entities: lifecycle.Entities{Offer: "offer-abcdefghijklm", OfferRevision: 2}}},
		"touched something else only": {`"Status": "SUCCEEDED", "ChangeSet": [
			{"ChangeType": "UpdateInformation", "Entity": {"Type": "SomethingNew@1.0", "Identifier": "new-abcdefghijklm@1"}}]`,
			lifecycle.Status{Result: lifecycle.Succeeded}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			market := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/BatchDescribeEntities" {
					describeEntities(4, 2)(w, r)
					return
				}
				assert.Equal(t, "GET /DescribeChangeSet?catalog=AWSMarketplace&changeSetId=cs1", r.Method+" "+r.URL.RequestURI())
				fmt.Fprintf(w, `{"ChangeSetId": "cs1", "Intent": "APPLY", %s}`, test.answer)
			})
			status, err := market.Follow(t.Context(), "cs1")
			require.NoError(t, err)
			assert.Equal(t, test.want, status)
		})
	}
}

func TestFollowRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	created := `{"Status": "SUCCEEDED", "ChangeSet": [{"ChangeType": "CreateProduct", "Entity": {"Type": "MachineLearningProduct@1.0", "Identifier": "prod-abcdefghijklm@1"}}]}`
	tests := map[string]struct {
		changeSet, entity string
		want              string
		class             []string
	}{
		"unknown status":     {`{"Status": "PONDERING"}`, "", `unknown status "PONDERING"`, nil},
		"names no entity":    {`{"Status": "SUCCEEDED", "ChangeSet": [{"ChangeType": "CreateProduct"}]}`, "", "names no product and no offer", nil},
		"no revision":        {created, `{"EntityIdentifier": "prod-abcdefghijklm", "DetailsDocument": {}}`, "want <id>@<revision>", nil},
		"revision zero":      {created, `{"EntityIdentifier": "prod-abcdefghijklm@0", "DetailsDocument": {}}`, "want <id>@<revision>", nil},
		"another entity":     {created, `{"EntityIdentifier": "prod-other@1", "DetailsDocument": {}}`, "asked for prod-abcdefghijklm, the marketplace described prod-other", nil},
		"no document":        {created, `{"EntityIdentifier": "prod-abcdefghijklm@1"}`, "gave no document", nil},
		"malformed document": {created, `{"EntityIdentifier": "prod-abcdefghijklm@1", "DetailsDocument": {"Versions": 3}}`, "document cannot be read", nil},
		"gone since":         {created, "", "cannot be read", []string{"unavailable"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			market := serveUnchecked(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/DescribeChangeSet":
					_, _ = io.WriteString(w, test.changeSet)
				case test.entity == "":
					_, _ = io.WriteString(w, `{"Errors": {"prod-abcdefghijklm": {"ErrorCode": "ResourceNotFound", "ErrorMessage": "gone"}}}`)
				default:
					_, _ = fmt.Fprintf(w, `{"EntityDetails": {"prod-abcdefghijklm": %s}}`, test.entity)
				}
			})
			_, err := market.Follow(t.Context(), "cs1")
			require.ErrorContains(t, err, test.want)
			assert.Equal(t, test.class, matched(err))
		})
	}
}

func TestIdentifyLeavesEmptyIDsAlone(t *testing.T) {
	t.Parallel()
	market := serve(t, describeEntities(9, 8))
	got, err := market.Identify(t.Context(), lifecycle.Entities{})
	require.NoError(t, err)
	assert.Zero(t, got)

	known := lifecycle.Entities{Offer: "offer-abcdefghijklm", DeliveryOptions: map[string]string{"1.0": firstOption}}
	got, err = market.Identify(t.Context(), known)
	require.NoError(t, err)
	known.OfferRevision = 8
	assert.Equal(t, known, got)

	got, err = market.Identify(t.Context(), lifecycle.Entities{Product: "prod-abcdefghijklm"})
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Entities{Product: "prod-abcdefghijklm", ProductRevision: 9, DeliveryOptions: entities().DeliveryOptions}, got)
}

func TestFind(t *testing.T) {
	t.Parallel()
	item := func(id, name string) string { return fmt.Sprintf(`{"ChangeSetId": %q, "ChangeSetName": %q}`, id, name) }
	page := func(next string, items ...string) string {
		if next != "" {
			next = fmt.Sprintf(`, "NextToken": %q`, next)
		}
		return `{"ChangeSetSummaryList": [` + strings.Join(items, ",") + `]` + next + `}`
	}
	tests := map[string]struct {
		pages map[string]string // by token
		want  string
		class []string
	}{
		"the newest":        {map[string]string{"": page("", item("cs2", "mine"), item("cs1", "mine"))}, "cs2", nil},
		"the exact name":    {map[string]string{"": page("", item("cs2", "Mine"), item("cs1", "mine"))}, "cs1", nil},
		"none":              {map[string]string{"": page("")}, "", []string{"not found"}},
		"on a later page":   {map[string]string{"": page("a"), "a": page("b"), "b": page("", item("cs7", "mine"))}, "cs7", nil},
		"not on any page":   {map[string]string{"": page("a"), "a": page("")}, "", []string{"not found"}},
		"pages without end": {map[string]string{"": page("a"), "a": page("a")}, "", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := 0
			market := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asked++
				var request struct {
					Catalog, NextToken string
					FilterList         []struct {
						Name      string
						ValueList []string
					}
					Sort       struct{ SortBy, SortOrder string }
					MaxResults int
				}
				if assert.NoError(t, json.NewDecoder(r.Body).Decode(&request)) {
					assert.Equal(t, "AWSMarketplace", request.Catalog)
					assert.Equal(t, "StartTime DESCENDING", request.Sort.SortBy+" "+request.Sort.SortOrder)
					assert.Equal(t, 20, request.MaxResults)
					if assert.Len(t, request.FilterList, 1) {
						assert.Equal(t, "ChangeSetName", request.FilterList[0].Name)
						assert.Equal(t, []string{"mine"}, request.FilterList[0].ValueList)
					}
				}
				_, _ = io.WriteString(w, test.pages[request.NextToken])
			})
			changeSet, err := market.Find(t.Context(), "mine")
			assert.Equal(t, test.want, changeSet)
			assert.Equal(t, test.class, matched(err))
			assert.Equal(t, test.want == "", err != nil)
			assert.LessOrEqual(t, asked, 50)
		})
	}
}
