package preflight

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/permission"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/version"
)

// permissions asks IAM whether each permission would be given. Where it may not
// ask IAM, it makes the call itself if that only reads.
func (p *Checker) permissions(ctx context.Context, caller string, scope permission.Scope, needs permission.Needs, described map[version.ARN]error) (all []Check) {
	principal, simulated := p.principal(ctx, caller)
	for _, q := range scope.Questions(needs) {
		c := Check{What: q.String(), Remedy: "allow it as the policy of this report does"}
		if simulated {
			var done bool
			if c, done = p.simulate(ctx, principal, q, c); done {
				all = append(all, c)
				continue
			}
			simulated = false // nor will it be the next time
		}
		all = append(all, p.try(ctx, q, scope, described, c))
	}
	return all
}

var (
	iamUser     = regexp.MustCompile(`^arn:aws:iam::[0-9]{12}:user/`)
	assumedRole = regexp.MustCompile(`^arn:aws:sts::([0-9]{12}):assumed-role/([^/]{1,64})/`)
)

// principal returns the user or the role whose policies IAM can simulate: for a
// session its role. The ARN of a session leaves out the path of the role.
func (p *Checker) principal(ctx context.Context, caller string) (string, bool) {
	if iamUser.MatchString(caller) {
		return caller, true
	}
	m := assumedRole.FindStringSubmatch(caller)
	if m == nil {
		return "", false // the root user, or a federated one
	}
	out, err := p.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(m[2])})
	if err == nil && out.Role != nil && aws.ToString(out.Role.Arn) != "" {
		return *out.Role.Arn, true
	}
	return "arn:aws:iam::" + m[1] + ":role/" + m[2], true
}

// simulate asks IAM; done is false if it may not be asked about the principal.
func (p *Checker) simulate(ctx context.Context, principal string, q permission.Question, c Check) (Check, bool) {
	in := &iam.SimulatePrincipalPolicyInput{PolicySourceArn: &principal, ActionNames: []string{q.Action}, ResourceArns: q.Resources}
	for _, each := range q.Context {
		kind := iamtypes.ContextKeyTypeEnumString
		if len(each.Values) > 1 {
			kind = iamtypes.ContextKeyTypeEnumStringList
		}
		in.ContextEntries = append(in.ContextEntries, iamtypes.ContextEntry{
			ContextKeyName: aws.String(each.Key), ContextKeyType: kind, ContextKeyValues: each.Values,
		})
	}
	asked := c
	asked.How = "iam:SimulatePrincipalPolicy"
	answers := map[string]bool{}
	var unseen []string // context keys that policies look at, and that IAM was not told
	for range maxPages {
		out, err := p.iam.SimulatePrincipalPolicy(ctx, in)
		var missing *iamtypes.NoSuchEntityException
		switch err := wire.Classify(ctx, err); {
		case errors.Is(err, lifecycle.ErrCredentials):
			return asked.deniedFor(err).unknown(err.Error(), remedyFor(err, "")), true
		case errors.Is(err, lifecycle.ErrDenied), errors.As(err, &missing):
			return c, false
		case err != nil:
			return asked.unknown(err.Error(), "ask again"), true
		}
		for _, r := range out.EvaluationResults {
			if aws.ToString(r.EvalActionName) != q.Action {
				continue
			}
			if len(r.ResourceSpecificResults) == 0 {
				answers[aws.ToString(r.EvalResourceName)] = true
			}
			blind := r.MissingContextValues
			for _, each := range r.ResourceSpecificResults {
				answers[aws.ToString(each.EvalResourceName)] = true
				blind = slices.Concat(blind, each.MissingContextValues)
				if each.EvalResourceDecision != iamtypes.PolicyEvaluationDecisionTypeAllowed {
					return asked.refusedBy(each.EvalResourceDecision, aws.ToString(each.EvalResourceName), r.OrganizationsDecisionDetail, blind), true
				}
			}
			if r.EvalDecision != iamtypes.PolicyEvaluationDecisionTypeAllowed {
				return asked.refusedBy(r.EvalDecision, aws.ToString(r.EvalResourceName), r.OrganizationsDecisionDetail, blind), true
			}
			unseen = slices.Concat(unseen, blind)
		}
		if !out.IsTruncated || aws.ToString(out.Marker) == "" {
			break
		}
		in.Marker = out.Marker
	}
	for _, resource := range q.Resources {
		if !answers[resource] && !answers["*"] {
			return asked.unknown("IAM gave no answer for "+resource, "ask again"), true
		}
	}
	if len(unseen) > 0 {
		return asked.unknown("whether policies allow it depends on "+strings.Join(sorted(unseen), ", ")+", which IAM was not told", "try it from where the commands will be sent"), true
	}
	return asked.yes(), true
}

// refusedBy returns no for a refusal, and unknown for one that depends on what
// IAM was not told, such as the address that a request comes from.
func (c Check) refusedBy(decision iamtypes.PolicyEvaluationDecisionType, resource string, organization *iamtypes.OrganizationsDecisionDetail, blind []string) Check {
	switch {
	case len(blind) > 0:
		return c.unknown("whether policies allow it on "+resource+" depends on "+strings.Join(sorted(blind), ", "), "try it from where the commands will be sent")
	case organization != nil && !organization.AllowedByOrganizations:
		return c.no("a policy of the organization does not allow it on "+resource, "ask the administrators of the organization")
	case decision == iamtypes.PolicyEvaluationDecisionTypeExplicitDeny:
		return c.no("a policy denies it on "+resource, "remove that statement")
	}
	return c.no("no policy allows it on "+resource, c.Remedy)
}

// maxPages bounds how much of a simulation is read.
const maxPages = 50

const (
	// nobodysChangeSet and nobodysEntity have the form of ids, yet are none.
	nobodysChangeSet = "shelflife-preflight"
	nobodysEntity    = "prod-shelflife-preflight"
)

// try makes the call if it is one that only reads. An answer that the thing does
// not exist shows that the call is allowed.
func (p *Checker) try(ctx context.Context, q permission.Question, scope permission.Scope, described map[version.ARN]error, c Check) Check {
	client, catalog := p.catalog, aws.String(wire.Catalog)
	var err error
	switch q.Action {
	case "aws-marketplace:ListChangeSets":
		c.How = "ListChangeSets, for one entry"
		_, err = client.ListChangeSets(ctx, &marketplacecatalog.ListChangeSetsInput{Catalog: catalog, MaxResults: aws.Int32(1)})
	case "aws-marketplace:ListEntities":
		c.How = "ListEntities, for one entry"
		_, err = client.ListEntities(ctx, &marketplacecatalog.ListEntitiesInput{Catalog: catalog, EntityType: aws.String("Offer"), MaxResults: aws.Int32(1)})
	case "aws-marketplace:DescribeChangeSet":
		c.How = "DescribeChangeSet, for an id that does not exist"
		_, err = client.DescribeChangeSet(ctx, &marketplacecatalog.DescribeChangeSetInput{Catalog: catalog, ChangeSetId: aws.String(nobodysChangeSet)})
	case "aws-marketplace:DescribeEntity":
		ids := sorted(slices.Concat(scope.Products, scope.Offers))
		c.How = "DescribeEntity, for " + strings.Join(ids, ", ")
		if len(ids) == 0 {
			ids, c.How = []string{nobodysEntity}, "DescribeEntity, for an id that does not exist"
		}
		for _, id := range ids {
			_, failed := client.DescribeEntity(ctx, &marketplacecatalog.DescribeEntityInput{Catalog: catalog, EntityId: aws.String(id)})
			if failed = wire.Classify(ctx, failed); failed != nil && !errors.Is(failed, lifecycle.ErrNotFound) {
				err = failed
				break
			}
		}
	case "aws-marketplace:ListTagsForResource":
		c.How = "ListTagsForResource, for a product that does not exist"
		arn := scope.Catalog("MachineLearningProduct", []string{nobodysEntity})[0]
		_, err = client.ListTagsForResource(ctx, &marketplacecatalog.ListTagsForResourceInput{ResourceArn: &arn})
	case "sagemaker:DescribeModelPackage", "sagemaker:DescribeAlgorithm":
		return triedResources(q, described, c)
	default:
		c.How = "not tried, because it would change something"
		return c.unknown("iam:SimulatePrincipalPolicy is not allowed for these credentials, or cannot be used with them", "allow iam:SimulatePrincipalPolicy, or carry out the command")
	}
	if err = wire.Classify(ctx, err); err == nil || errors.Is(err, lifecycle.ErrNotFound) {
		return c.yes()
	}
	return c.failed(err)
}

// triedResources answers from what describing the resources gave.
func triedResources(q permission.Question, described map[version.ARN]error, c Check) Check {
	c.How = strings.TrimPrefix(q.Action, "sagemaker:")
	var unknown error
	for _, resource := range q.Resources {
		err, tried := described[version.ARN(resource)]
		switch {
		case !tried:
			unknown = fmt.Errorf("the seller has no resource to try it on: %s", resource)
		case errors.Is(err, lifecycle.ErrDenied):
			return c.failed(err)
		case err != nil && !errors.Is(err, lifecycle.ErrNotFound):
			unknown = err
		}
	}
	if unknown != nil {
		return c.unknown(unknown.Error(), "give a version with a resource, and ask again")
	}
	return c.yes()
}

// sorted returns the values in order, each once.
func sorted(values []string) []string { return slices.Compact(slices.Sorted(slices.Values(values))) }
