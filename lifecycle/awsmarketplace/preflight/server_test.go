package preflight_test

import (
	"bytes"
	"cmp"
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

	"github.com/shelflife-go/shelflife/internal/iamserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/iamtest"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/preflight"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// cloud is the simulator behind IAM: every call is allowed by the policy of the
// caller, or refused.
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
	refuse map[string]iamserver.Error
	// decision is what a simulation says instead of implicitDeny.
	decision string
	// organization denies everything.
	organization bool
	// blind are the condition keys that a simulation was not told.
	blind []string
	// paged gives the result of one resource a page, without any others.
	paged bool
	// silent leaves the results of simulations out.
	silent bool

	// catalog is the exception that answers every call of the marketplace and of
	// SageMaker; empty is none. It says what says says.
	catalog, says string

	mu    sync.Mutex
	calls []url.Values // of STS and IAM
}

// cloudRole has a policy of its own; empty allows nothing.
type cloudRole struct{ arn, trust, policy string }

const mayDescribe = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sagemaker:DescribeModelPackage","sagemaker:DescribeAlgorithm"],"Resource":"*"}]}`

func newCloud(t testing.TB) *cloud {
	sim := fixture.Simulator(t, simulator.Config{})
	c := &cloud{
		t: t, sim: sim, decision: "implicitDeny", refuse: map[string]iamserver.Error{},
		caller: "arn:aws:sts::111122223333:assumed-role/Publisher/ci", principal: "arn:aws:iam::111122223333:role/jobs/Publisher",
		roles: map[string]cloudRole{
			"Publisher":            {"arn:aws:iam::111122223333:role/jobs/Publisher", `{}`, ""},
			"MarketplaceIngestion": {"arn:aws:iam::111122223333:role/MarketplaceIngestion", iamserver.TrustsMarketplace, mayDescribe},
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
	if call := iamserver.Call(o.t, r); call != nil {
		name = call.Get("Action")
	}
	if !slices.Contains([]string{"GetCallerIdentity", "GetRole", "SimulatePrincipalPolicy", "ListChangeSets", "ListEntities",
		"ListTagsForResource", "DescribeChangeSet", "DescribeEntity", "DescribeModelPackage", "DescribeAlgorithm"}, name) {
		o.t.Errorf("a preflight called %s", name)
	}
	return fixture.Network.RoundTrip(r)
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if call := iamserver.Call(c.t, r); call != nil {
		c.mu.Lock()
		c.calls = append(c.calls, call)
		c.mu.Unlock()
		iamserver.Serve(c.t, w, r, call, c)
		return
	}
	if c.catalog != "" {
		fixture.Refuse(w, http.StatusForbidden, c.catalog, fmt.Sprintf(`{"message": %q}`, cmp.Or(c.says, "refused")))
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	for _, a := range iamtest.Asked(c.t, r, body) {
		if !iamtest.Allows(iamtest.Read(c.t, c.policy), a) {
			fixture.Refuse(w, http.StatusForbidden, "AccessDeniedException", `{"__type": "AccessDeniedException", "message": "not authorized to perform `+a.Action+`"}`)
			return
		}
	}
	c.sim.ServeHTTP(w, r)
}

// asked returns the calls of STS or IAM that were made of the action.
func (c *cloud) asked(action string) (all []url.Values) {
	for _, call := range c.calls {
		if call.Get("Action") == action {
			all = append(all, call)
		}
	}
	return all
}

// Refuse implements [iamserver.Account].
func (c *cloud) Refuse(action string) iamserver.Error { return c.refuse[action] }

// Caller implements [iamserver.Account].
func (c *cloud) Caller() string { return c.caller }

// Role implements [iamserver.Account].
func (c *cloud) Role(name string) (iamserver.Role, bool) {
	role, ok := c.roles[name]
	return iamserver.Role{ARN: role.arn, Trust: role.trust}, ok
}

// Simulate judges by the policy of the principal, one action and all resources at a
// time, as IAM does.
func (c *cloud) Simulate(q iamserver.Question) (iamserver.Answer, iamserver.Error) {
	policy := ""
	for _, role := range c.roles {
		if role.arn == q.Principal {
			policy = role.policy
		}
	}
	if q.Principal == c.principal {
		policy = c.policy
	}
	if policy == "" {
		return iamserver.Answer{}, iamserver.NoSuchEntity
	}
	statements := iamtest.Read(c.t, policy)
	decide := func(resource string) string {
		a := iamtest.Ask{Action: q.Action, Resource: resource, Key: q.Key, Value: strings.Join(q.Values, ",")}
		if c.organization || !iamtest.Allows(statements, a) {
			return c.decision
		}
		return iamserver.Allowed
	}
	switch {
	case c.silent:
		return iamserver.Answer{}, iamserver.Error{}
	case c.paged:
		return page(q, decide), iamserver.Error{}
	}
	result, allowed := q.Decide(decide), !c.organization
	result.Missing, result.Organization = c.blind, &allowed
	return iamserver.Answer{Results: []iamserver.Result{result}}, iamserver.Error{}
}

// page has the result for the resource that the marker counts to.
func page(q iamserver.Question, decide func(resource string) string) (answer iamserver.Answer) {
	at := len(q.Marker)
	if at+1 < len(q.Resources) {
		answer.Marker = strings.Repeat("m", at+1)
	}
	answer.Results = []iamserver.Result{
		{Action: "s3:GetObject", Resource: "*", Decision: "implicitDeny"}, // other actions are none of the question's business
		{Action: q.Action, Resource: q.Resources[at], Decision: decide(q.Resources[at])},
	}
	return answer
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
		strings.ReplaceAll(iamserver.TrustsMarketplace, "assets.marketplace", "sagemaker"), mayDescribe}
	return c
}
