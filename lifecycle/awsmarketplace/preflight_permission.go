package awsmarketplace

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
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/version"
)

// question is one permission: an action on all of the resources, with the value
// of the one condition key that policies look at.
type question struct {
	action     string
	resources  []string
	key, value string
}

func (q question) what() string {
	if q.action == "aws-marketplace:StartChangeSet" {
		return q.action + " " + q.value
	}
	return q.action
}

// questions are what the policy allows, taken apart: of a change type only on
// what it changes.
func (s PolicyScope) questions(n needs) (all []question) {
	for _, each := range s.statements(n) {
		for _, action := range each.Action {
			switch {
			case action == "aws-marketplace:StartChangeSet":
				for _, changeType := range n.changeTypes() {
					q := question{action: action, key: "catalog:ChangeType", value: changeType}
					if slices.Contains(n.product, changeType) {
						q.resources = append(q.resources, s.products(n)...)
					}
					if slices.Contains(n.offer, changeType) {
						q.resources = append(q.resources, s.offers(n)...)
					}
					q.resources = append(q.resources, s.catalog("ChangeSet", nil)...)
					all = append(all, q)
				}
			case action == "iam:PassRole":
				all = append(all, question{action: action, resources: each.Resource, key: "iam:PassedToService", value: marketplaceService})
			case strings.HasPrefix(action, "sagemaker:"):
				all = append(all, describing(each.Resource, []string{action})...)
			default:
				all = append(all, question{action: action, resources: each.Resource})
			}
		}
	}
	return all
}

// describing asks for each action about the resources of its kind.
func describing(resources, actions []string) (all []question) {
	for _, action := range actions {
		kind := ":model-package/"
		if action == "sagemaker:DescribeAlgorithm" {
			kind = ":algorithm/"
		}
		q := question{action: action}
		for _, resource := range resources {
			if strings.Contains(resource, kind) {
				q.resources = append(q.resources, resource)
			}
		}
		all = append(all, q)
	}
	return all
}

// permissions asks IAM what it would say, and where it may not be asked, makes
// the harmless calls among those that the commands make.
func (p *Preflight) permissions(ctx context.Context, caller string, scope PolicyScope, n needs, described map[version.ARN]error) (all []PreflightCheck) {
	principal, simulated := p.principal(ctx, caller)
	for _, q := range scope.questions(n) {
		c := PreflightCheck{What: q.what(), Remedy: "allow it as the policy of this report does"}
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

// principal is whose policies IAM knows: of a session those of its role. The ARN
// of a session leaves out the path of the role.
func (p *Preflight) principal(ctx context.Context, caller string) (string, bool) {
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

// simulate asks IAM; done is false when it may not be asked about the principal.
func (p *Preflight) simulate(ctx context.Context, principal string, q question, c PreflightCheck) (PreflightCheck, bool) {
	in := &iam.SimulatePrincipalPolicyInput{PolicySourceArn: &principal, ActionNames: []string{q.action}, ResourceArns: q.resources}
	if q.key != "" {
		in.ContextEntries = []iamtypes.ContextEntry{{
			ContextKeyName: aws.String(q.key), ContextKeyType: iamtypes.ContextKeyTypeEnumString, ContextKeyValues: []string{q.value},
		}}
	}
	asked := c
	asked.How = "iam:SimulatePrincipalPolicy"
	answers := map[string]bool{}
	for range maxPages {
		out, err := p.iam.SimulatePrincipalPolicy(ctx, in)
		var missing *iamtypes.NoSuchEntityException
		switch err := wire.Classify(ctx, err); {
		case errors.Is(err, lifecycle.ErrDenied), errors.As(err, &missing):
			return c, false
		case err != nil:
			return asked.unknown(err.Error(), "ask again"), true
		}
		for _, r := range out.EvaluationResults {
			if aws.ToString(r.EvalActionName) != q.action {
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
			if len(blind) > 0 {
				asked.How = "iam:SimulatePrincipalPolicy, not knowing " + strings.Join(distinct(blind), ", ")
			}
		}
		if !out.IsTruncated || aws.ToString(out.Marker) == "" {
			break
		}
		in.Marker = out.Marker
	}
	for _, resource := range q.resources {
		if !answers[resource] && !answers["*"] {
			return asked.unknown("IAM said nothing of "+resource, "ask again"), true
		}
	}
	asked.Answer, asked.Remedy = lifecycle.Yes, ""
	return asked, true
}

// refusedBy tells a refusal for sure from one for want of what IAM was not told,
// such as the address that a request comes from.
func (c PreflightCheck) refusedBy(decision iamtypes.PolicyEvaluationDecisionType, resource string, organization *iamtypes.OrganizationsDecisionDetail, blind []string) PreflightCheck {
	switch {
	case len(blind) > 0:
		return c.unknown("whether policies allow it on "+resource+" depends on "+strings.Join(distinct(blind), ", "), "try it from where the commands will be sent")
	case organization != nil && !organization.AllowedByOrganizations:
		return c.no("a policy of the organization does not allow it on "+resource, "ask who looks after the organization's policies")
	case decision == iamtypes.PolicyEvaluationDecisionTypeExplicitDeny:
		return c.no("a policy denies it on "+resource, "take that statement away")
	}
	return c.no("no policy allows it on "+resource, c.Remedy)
}

const (
	// nobodysChangeSet and nobodysEntity have the form of ids, yet are none.
	nobodysChangeSet = "shelflife-preflight"
	nobodysEntity    = "prod-shelflife-preflight"
)

// try makes the call if it is one that only reads. That what is asked for does
// not exist shows that it could be asked for.
func (p *Preflight) try(ctx context.Context, q question, scope PolicyScope, described map[version.ARN]error, c PreflightCheck) PreflightCheck {
	client := p.market.client
	var err error
	switch q.action {
	case "aws-marketplace:ListChangeSets":
		c.How = "ListChangeSets, for one entry"
		_, err = client.ListChangeSets(ctx, &marketplacecatalog.ListChangeSetsInput{Catalog: catalogName, MaxResults: aws.Int32(1)})
	case "aws-marketplace:ListEntities":
		c.How = "ListEntities, for one entry"
		_, err = client.ListEntities(ctx, &marketplacecatalog.ListEntitiesInput{Catalog: catalogName, EntityType: aws.String("Offer"), MaxResults: aws.Int32(1)})
	case "aws-marketplace:DescribeChangeSet":
		c.How = "DescribeChangeSet, for an id that nothing has"
		_, err = client.DescribeChangeSet(ctx, &marketplacecatalog.DescribeChangeSetInput{Catalog: catalogName, ChangeSetId: aws.String(nobodysChangeSet)})
	case "aws-marketplace:DescribeEntity":
		ids := distinct(slices.Concat(scope.Products, scope.Offers))
		c.How = "DescribeEntity, for " + strings.Join(ids, ", ")
		if len(ids) == 0 {
			ids, c.How = []string{nobodysEntity}, "DescribeEntity, for an id that nothing has"
		}
		for _, id := range ids {
			_, failed := client.DescribeEntity(ctx, &marketplacecatalog.DescribeEntityInput{Catalog: catalogName, EntityId: aws.String(id)})
			if failed = wire.Classify(ctx, failed); failed != nil && !errors.Is(failed, lifecycle.ErrNotFound) {
				err = failed
				break
			}
		}
	case "aws-marketplace:ListTagsForResource":
		c.How = "ListTagsForResource, for a product that does not exist"
		arn := scope.catalog("MachineLearningProduct", []string{nobodysEntity})[0]
		_, err = client.ListTagsForResource(ctx, &marketplacecatalog.ListTagsForResourceInput{ResourceArn: &arn})
	case "sagemaker:DescribeModelPackage", "sagemaker:DescribeAlgorithm":
		return triedResources(q, described, c)
	default:
		c.How = "not asked, for asking would change something"
		return c.unknown("iam:SimulatePrincipalPolicy is not allowed for these credentials, or cannot be used with them", "allow iam:SimulatePrincipalPolicy, or try it")
	}
	if err = wire.Classify(ctx, err); err == nil || errors.Is(err, lifecycle.ErrNotFound) {
		c.Answer, c.Remedy = lifecycle.Yes, ""
		return c
	}
	return c.failed(err)
}

// triedResources says what looking at the resources has shown.
func triedResources(q question, described map[version.ARN]error, c PreflightCheck) PreflightCheck {
	c.How = strings.TrimPrefix(q.action, "sagemaker:")
	var unknown error
	for _, resource := range q.resources {
		err, tried := described[version.ARN(resource)]
		switch {
		case !tried:
			unknown = fmt.Errorf("there is no resource of the seller's to try it on: %s", resource)
		case errors.Is(err, lifecycle.ErrDenied):
			return c.no(err.Error(), c.Remedy)
		case err != nil && !errors.Is(err, lifecycle.ErrNotFound):
			unknown = err
		}
	}
	if unknown != nil {
		return c.unknown(unknown.Error(), "give a version with a resource, and ask again")
	}
	c.Answer, c.Remedy = lifecycle.Yes, ""
	return c
}
