package preflight_test

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/iamtest"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/preflight"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// cloud is the simulator behind IAM: every call is allowed by the policy of the
// caller, or refused. STS and IAM speak the Query protocol.
type cloud struct {
	t      testing.TB
	sim    *simulator.Simulator
	server *httptest.Server

	// caller is the ARN that the credentials are of, principal that of the user
	// or role whose policy it has.
	caller, principal, policy string
	// roles are the roles by name.
	roles map[string]cloudRole
	// refuse answers an action of STS or IAM with an error: its code, by action.
	refuse map[string]cloudError
	// decision is what a simulation says instead of implicitDeny.
	decision string
	// organization denies everything.
	organization bool
	// blind are the members of what a simulation was not told.
	blind string
	// paged gives the result of one resource a page, without any others.
	paged bool
	// silent leaves the results of simulations out.
	silent bool

	// catalog is the exception that answers every call of the marketplace and of
	// SageMaker; empty is none. It says what says says.
	catalog, says string

	mu        sync.Mutex
	calls     []string
	simulated []url.Values // what IAM was asked
}

// cloudRole has a policy of its own; empty allows nothing.
type cloudRole struct{ arn, trust, policy string }

type cloudError struct {
	status int
	code   string
}

const trustsMarketplace = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"assets.marketplace.amazonaws.com"},"Action":"sts:AssumeRole"}}`

const mayDescribe = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sagemaker:DescribeModelPackage","sagemaker:DescribeAlgorithm"],"Resource":"*"}]}`

func newCloud(t testing.TB) *cloud {
	sim := fixture.Simulator(t, simulator.Config{})
	c := &cloud{
		t: t, sim: sim, decision: "implicitDeny", refuse: map[string]cloudError{},
		caller: "arn:aws:sts::111122223333:assumed-role/Publisher/ci", principal: "arn:aws:iam::111122223333:role/jobs/Publisher",
		roles: map[string]cloudRole{
			"Publisher":            {"arn:aws:iam::111122223333:role/jobs/Publisher", `{}`, ""},
			"MarketplaceIngestion": {"arn:aws:iam::111122223333:role/MarketplaceIngestion", trustsMarketplace, mayDescribe},
		},
	}
	c.server = httptest.NewServer(c)
	t.Cleanup(c.server.Close)
	return c
}

func (c *cloud) checker() *preflight.Checker {
	cfg := aws.Config{
		Region:      "eu-central-1",
		Credentials: fixture.Credentials,
		HTTPClient:  &http.Client{Transport: readsOnly{c.t}},

		BaseEndpoint: &c.server.URL,
	}
	return preflight.New(cfg)
}

// readsOnly fails the test for any call that is not known to change nothing.
type readsOnly struct{ t testing.TB }

func (o readsOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	name := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "SageMaker.")
	if name == "" {
		name = path.Base(r.URL.Path)
	}
	if r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, err
		}
		name, r.Body = form.Get("Action"), io.NopCloser(bytes.NewReader(body))
	}
	if !slices.Contains([]string{"GetCallerIdentity", "GetRole", "SimulatePrincipalPolicy", "ListChangeSets", "ListEntities",
		"ListTagsForResource", "DescribeChangeSet", "DescribeEntity", "DescribeModelPackage", "DescribeAlgorithm"}, name) {
		o.t.Errorf("a preflight called %s", name)
	}
	return http.DefaultTransport.RoundTrip(r)
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			c.t.Error(err)
		}
		c.query(w, r, form)
		return
	}
	if c.catalog != "" {
		fixture.Refuse(w, http.StatusForbidden, c.catalog, fmt.Sprintf(`{"message": %q}`, cmp.Or(c.says, "refused")))
		return
	}
	for _, a := range iamtest.Asked(c.t, r, body) {
		if !iamtest.Allows(iamtest.Read(c.t, c.policy), a) {
			fixture.Refuse(w, http.StatusForbidden, "AccessDeniedException", `{"__type": "AccessDeniedException", "message": "not authorized to perform `+a.Action+`"}`)
			return
		}
	}
	c.sim.ServeHTTP(w, r)
}

func (c *cloud) query(w http.ResponseWriter, r *http.Request, form url.Values) {
	action := form.Get("Action")
	c.mu.Lock()
	c.calls = append(c.calls, action)
	if action == "SimulatePrincipalPolicy" {
		c.simulated = append(c.simulated, form)
	}
	c.mu.Unlock()
	service := "iam"
	if action == "GetCallerIdentity" {
		service = "sts"
	}
	if !strings.Contains(r.Header.Get("Authorization"), "/us-east-1/"+service+"/aws4_request") {
		c.t.Errorf("%s is signed as %q", action, r.Header.Get("Authorization"))
	}
	if refused, ok := c.refuse[action]; ok {
		c.fail(w, refused)
		return
	}
	switch action {
	case "GetCallerIdentity":
		account := strings.Split(c.caller, ":")[4]
		c.answer(w, action, fmt.Sprintf("<Arn>%s</Arn><UserId>AROAEXAMPLE</UserId><Account>%s</Account>", c.caller, account))
	case "GetRole":
		role, ok := c.roles[form.Get("RoleName")]
		if !ok {
			c.fail(w, cloudError{http.StatusNotFound, "NoSuchEntity"})
			return
		}
		c.answer(w, action, fmt.Sprintf("<Role><Path>/</Path><RoleName>%s</RoleName><RoleId>AROAEXAMPLE</RoleId><Arn>%s</Arn>"+
			"<CreateDate>2026-01-05T00:00:00Z</CreateDate><AssumeRolePolicyDocument>%s</AssumeRolePolicyDocument></Role>",
			form.Get("RoleName"), role.arn, url.QueryEscape(role.trust)))
	case "SimulatePrincipalPolicy":
		c.simulate(w, form)
	default:
		c.fail(w, cloudError{http.StatusBadRequest, "InvalidAction"})
	}
}

// values are the members of a list.
func values(form url.Values, list string) (all []string) {
	for i := 1; form.Get(fmt.Sprintf("%s.member.%d", list, i)) != ""; i++ {
		all = append(all, form.Get(fmt.Sprintf("%s.member.%d", list, i)))
	}
	return all
}

// simulate judges by the policy of the principal, one action and all resources
// at a time, as IAM does.
func (c *cloud) simulate(w http.ResponseWriter, form url.Values) {
	policy := ""
	for _, role := range c.roles {
		if role.arn == form.Get("PolicySourceArn") {
			policy = role.policy
		}
	}
	if form.Get("PolicySourceArn") == c.principal {
		policy = c.policy
	}
	if policy == "" {
		c.fail(w, cloudError{http.StatusNotFound, "NoSuchEntity"})
		return
	}
	a := iamtest.Ask{
		Action: form.Get("ActionNames.member.1"),
		Key:    form.Get("ContextEntries.member.1.ContextKeyName"),
		Value:  strings.Join(values(form, "ContextEntries.member.1.ContextKeyValues"), ","),
	}
	kind := "string"
	if strings.Contains(a.Value, ",") {
		kind = "stringList"
	}
	if a.Key != "" && form.Get("ContextEntries.member.1.ContextKeyType") != kind {
		c.fail(w, cloudError{http.StatusBadRequest, "InvalidInput"})
		return
	}
	if c.paged {
		c.page(w, form, policy, a)
		return
	}
	var specific strings.Builder
	whole, first := "allowed", ""
	for i := 1; form.Get(fmt.Sprintf("ResourceArns.member.%d", i)) != ""; i++ {
		a.Resource = form.Get(fmt.Sprintf("ResourceArns.member.%d", i))
		decision := "allowed"
		if c.organization || !iamtest.Allows(iamtest.Read(c.t, policy), a) {
			decision, whole = c.decision, c.decision
		}
		if first == "" {
			first = a.Resource
		}
		fmt.Fprintf(&specific, "<member><EvalResourceName>%s</EvalResourceName><EvalResourceDecision>%s</EvalResourceDecision></member>", a.Resource, decision)
	}
	result := ""
	if !c.silent {
		result = fmt.Sprintf("<member><EvalActionName>%s</EvalActionName><EvalResourceName>%s</EvalResourceName><EvalDecision>%s</EvalDecision>"+
			"<OrganizationsDecisionDetail><AllowedByOrganizations>%t</AllowedByOrganizations></OrganizationsDecisionDetail>"+
			"<MissingContextValues>%s</MissingContextValues><ResourceSpecificResults>%s</ResourceSpecificResults></member>",
			a.Action, first, whole, !c.organization, c.blind, specific.String())
	}
	c.answer(w, "SimulatePrincipalPolicy", "<IsTruncated>false</IsTruncated><EvaluationResults>"+result+"</EvaluationResults>")
}

// page has the result for the resource that the marker counts to.
func (c *cloud) page(w http.ResponseWriter, form url.Values, policy string, a iamtest.Ask) {
	at := max(1, len(form.Get("Marker")))
	resource := func(i int) string { return form.Get(fmt.Sprintf("ResourceArns.member.%d", i)) }
	a.Resource = resource(at)
	decision, more := "allowed", ""
	if !iamtest.Allows(iamtest.Read(c.t, policy), a) {
		decision = c.decision
	}
	if resource(at+1) != "" {
		more = "<Marker>" + strings.Repeat("m", at+1) + "</Marker>"
	}
	// Other actions are none of the question's business.
	c.answer(w, "SimulatePrincipalPolicy", fmt.Sprintf("<IsTruncated>%t</IsTruncated>%s<EvaluationResults>"+
		"<member><EvalActionName>s3:GetObject</EvalActionName><EvalResourceName>*</EvalResourceName><EvalDecision>implicitDeny</EvalDecision></member>"+
		"<member><EvalActionName>%s</EvalActionName><EvalResourceName>%s</EvalResourceName><EvalDecision>%s</EvalDecision></member></EvaluationResults>",
		more != "", more, a.Action, a.Resource, decision))
}

func (c *cloud) answer(w http.ResponseWriter, action, result string) {
	w.Header().Set("Content-Type", "text/xml")
	text := fmt.Sprintf("<%sResponse><%sResult>%s</%sResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></%sResponse>", action, action, result, action, action)
	if xml.Unmarshal([]byte(text), new(struct{})) != nil {
		c.t.Errorf("not XML: %s", text)
	}
	_, _ = io.WriteString(w, text)
}

func (c *cloud) fail(w http.ResponseWriter, e cloudError) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(e.status)
	_, _ = fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>refused</Message></Error><RequestId>1</RequestId></ErrorResponse>", e.code)
}

// aloud stands in for a test in an example.
type aloud struct{ testing.TB }

func (aloud) Helper()                           {}
func (aloud) Cleanup(func())                    {}
func (aloud) Error(args ...any)                 { log.Fatal(args...) }
func (aloud) Errorf(format string, args ...any) { log.Fatalf(format, args...) }
func (aloud) FailNow()                          { log.Fatal("failed") }

// exampleCloud has a caller without one change type, and an access role that
// trusts SageMaker.
func exampleCloud() *cloud {
	c := newCloud(aloud{})
	ready(c, lifecycle.EventAddVersion)
	c.policy = strings.ReplaceAll(c.policy, "UpdatePricingTerms", "UpdateLegalTerms")
	c.roles["MarketplaceIngestion"] = cloudRole{"arn:aws:iam::111122223333:role/MarketplaceIngestion",
		strings.ReplaceAll(trustsMarketplace, "assets.marketplace", "sagemaker"), mayDescribe}
	return c
}
