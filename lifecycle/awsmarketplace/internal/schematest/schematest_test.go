package schematest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/failing"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/schematest"
)

type answer struct {
	status int
	body   string
	got    string
}

func (a *answer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		a.got = string(body)
	}
	return &http.Response{StatusCode: a.status, Request: r, Body: io.NopCloser(strings.NewReader(a.body))}, nil
}

const (
	head     = `{"Catalog": "AWSMarketplace", "ChangeSetName": "a b", "ClientRequestToken": "t", "ChangeSet": [`
	sign     = `{"ChangeType": "UpdateVisibility", "Entity": {"Type": "MachineLearningProduct@1.0", "Identifier": "prod-x@3"}, "DetailsDocument": {"TargetVisibility": "Public"}}`
	tagged   = `{"ChangeType": "CreateProduct", "Entity": {"Type": "MachineLearningProduct@1.0"}, "DetailsDocument": {}, "EntityTags": [{"Key": "a", "Value": "b"}]}`
	creation = `{"ChangeType": "CreateProduct", "ChangeName": "CreateProductChange", "Entity": {"Type": "MachineLearningProduct@1.0"}, "DetailsDocument": {}}`
)

func TestTransportJudgesRequests(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		want []string
	}{
		"good":            {head + creation + `,` + sign + `], "Intent": "APPLY"}`, nil},
		"no JSON":         {`{`, []string{"unexpected EOF"}},
		"unknown member":  {`{"Catalogue": "AWSMarketplace"}`, []string{"unknown field"}},
		"bad envelope":    {`{"Catalog": "Other", "ChangeSetName": "ü", "ClientRequestToken": "a b"}`, []string{"Catalog is", "ChangeSetName is", "ClientRequestToken is", "0 changes"}},
		"twice":           {head + sign + `,` + sign + `]}`, []string{"is there twice"}},
		"wrong value":     {head + strings.Replace(sign, "Public", "Everywhere", 1) + `]}`, []string{"/TargetVisibility"}},
		"unknown field":   {head + strings.Replace(sign, "TargetVisibility", "Visibility", 1) + `]}`, []string{"Visibility"}},
		"null member":     {head + strings.Replace(sign, `"Public"`, "null", 1) + `]}`, []string{"/TargetVisibility"}},
		"no document":     {head + strings.Replace(sign, "DetailsDocument", "Other", 1) + `]}`, []string{"unknown field"}},
		"unknown type":    {head + strings.Replace(sign, "UpdateVisibility", "AddRegions", 1) + `]}`, []string{"no schema for AddRegions"}},
		"no identifier":   {head + strings.Replace(sign, "prod-x@3", "", 1) + `]}`, []string{`has the identifier ""`}},
		"bad identifier":  {head + strings.Replace(sign, "prod-x@3", "prod-x@0", 1) + `]}`, []string{`has the identifier "prod-x@0"`}},
		"bad change name": {head + strings.Replace(creation, "CreateProductChange", "Create-1", 1) + `]}`, []string{`has the name "Create-1"`}},
		"unknown intent":  {head + sign + `], "Intent": "TRY"}`, []string{`Intent is "TRY"`}},
		"tags":            {head + tagged + `], "ChangeSetTags": [{"Key": "shelflife", "Value": "1"}]}`, nil},
		"tagged update":   {head + strings.Replace(sign, "{", `{"EntityTags": [{"Key": "a", "Value": ""}], `, 1) + `]}`, []string{"creates nothing"}},
		"tag twice":       {head + sign + `], "ChangeSetTags": [{"Key": "a", "Value": ""}, {"Key": "a", "Value": "b"}]}`, []string{`ChangeSetTags: "a" is there twice`}},
		"tag unreadable":  {head + sign + `], "ChangeSetTags": [{"Key": "a", "Value": "<"}]}`, []string{`"a" is "<"`}},
		"tag half there":  {head + strings.Replace(tagged, `"Key": "a", `, "", 1) + `]}`, []string{"EntityTags: one has no key"}},
		"no tag at all":   {head + sign + `], "ChangeSetTags": []}`, []string{"there are 0"}},
		"details as text": {head + strings.Replace(sign, `{"TargetVisibility": "Public"}`, `{}, "Details": "{}"`, 1) + `]}`, []string{"Details beside it"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next := &answer{status: http.StatusOK, body: "{}"}
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/StartChangeSet", strings.NewReader(test.body))
			require.NoError(t, err)
			reasons := failing.Reasons(func(inner testing.TB) {
				response, err := schematest.Transport(inner, next).RoundTrip(request)
				assert.NoError(t, err)
				assert.NoError(t, response.Body.Close())
			})
			assert.Equal(t, test.body, next.got, "the request is passed on as it was")
			require.Len(t, reasons, len(test.want), "%v", reasons)
			for i, want := range test.want {
				assert.Contains(t, reasons[i], want)
			}
		})
	}
}

func TestTransportJudgesEntities(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		body   string
		faults int
	}{
		"good":          {200, `{"EntityType": "Offer@1.0", "DetailsDocument": {"State": "Draft"}}`, 0},
		"unknown field": {200, `{"EntityType": "Offer@1.0", "DetailsDocument": {"Status": "Draft"}}`, 1},
		"unknown type":  {200, `{"EntityType": "AmiProduct@1.0", "DetailsDocument": {}}`, 1},
		"no document":   {200, `{"EntityType": "Offer@1.0"}`, 1},
		"an error":      {404, `{"Message": "no"}`, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for path, answered := range map[string]string{
				"DescribeEntity":        test.body,
				"BatchDescribeEntities": `{"EntityDetails": {"x": ` + test.body + `}, "Errors": {}}`,
			} {
				request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/"+path, nil)
				require.NoError(t, err)
				reasons := failing.Reasons(func(inner testing.TB) {
					response, err := schematest.Transport(inner, &answer{status: test.status, body: answered}).RoundTrip(request)
					assert.NoError(t, err)
					body, err := io.ReadAll(response.Body)
					assert.NoError(t, err)
					assert.NoError(t, response.Body.Close())
					assert.Equal(t, answered, string(body), "the answer is passed on as it was")
				})
				assert.Len(t, reasons, test.faults, path)
			}
		})
	}
}

func ExampleValidate() {
	err := schematest.Validate("Offer@1.0", "CreateOffer", []byte(`{"ProductId": 7}`))
	fmt.Println(err != nil)
	err = schematest.Validate("Offer@1.0", "CreateOffer", []byte(`{"ProductId": "$CreateProductChange.Entity.Identifier"}`))
	fmt.Println(err)
	// Output:
	// true
	// <nil>
}
