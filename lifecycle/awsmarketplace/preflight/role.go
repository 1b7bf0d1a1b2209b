package preflight

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/permission"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/version"
)

// checkRoles checks each access role once, for the first version that names it.
func (p *Checker) checkRoles(ctx context.Context, l listing.Listing, seller listing.AccountID) (all []Check) {
	seen := map[version.Role]bool{}
	for i, v := range l.Versions {
		if v.Status == version.Restricted || seen[v.AccessRole] {
			continue
		}
		seen[v.AccessRole] = true
		path := fmt.Sprintf("versions[%d].accessRole", i)
		checks := p.checkRole(ctx, v.AccessRole, path, seller)
		if exists := checks[min(1, len(checks)-1)]; exists.Answer != lifecycle.No {
			checks = append(checks, p.reach(ctx, l, v.AccessRole, path)...)
		}
		all = append(all, checks...)
	}
	return all
}

// reach checks that the role may describe the resources of the versions that
// name it: the marketplace has no other way to them.
func (p *Checker) reach(ctx context.Context, l listing.Listing, role version.Role, path string) (all []Check) {
	var scope permission.Scope
	for _, v := range l.Versions {
		if _, err := v.Resource.Parts(); err == nil && v.AccessRole == role && v.Status != version.Restricted {
			scope.Resources = append(scope.Resources, v.Resource)
		}
	}
	if len(scope.Resources) == 0 {
		return nil
	}
	for _, q := range scope.Describing() {
		c := Check{What: string(role) + " may use " + q.Action, Path: path, Remedy: "let the role's policy allow " + q.Action + " on the resource"}
		found, done := p.simulate(ctx, string(role), q, c)
		if !done {
			found.How = "iam:SimulatePrincipalPolicy"
			found = found.unknown("the credentials may not ask IAM about the role", "allow iam:SimulatePrincipalPolicy on it, or look in the console")
		}
		all = append(all, found)
	}
	return all
}

func (p *Checker) checkRole(ctx context.Context, role version.Role, path string, seller listing.AccountID) []Check {
	at := func(what, how string) Check {
		return Check{What: strings.TrimSpace(document.Cut(string(role), 250) + " " + what), Path: path, How: how, Answer: lifecycle.Yes}
	}
	own := at("is a role in the seller's account", "its ARN")
	account, err := role.Account()
	switch {
	case role == "":
		return []Check{own.no("the version names no access role", "make a role that "+permission.MarketplaceService+" may assume, and name it")}
	case err != nil:
		return []Check{own.no(err.Error(), "name a role without a path, as arn:aws:iam::<account>:role/<name>")}
	case seller == "":
		own = own.unknown("the account that sells is not known", "set Input.Seller")
	case account != seller:
		// A look at the seller's own roles would find another one of that name.
		return []Check{own.no(fmt.Sprintf("it belongs to account %s, the seller is %s", account, seller), "make the role in the seller's account")}
	}
	const how = "iam:GetRole"
	exists, trusts := at("exists", how), at("may be assumed by the marketplace", how)
	name := string(role)[strings.LastIndex(string(role), "/")+1:]
	out, err := p.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(name)})
	var missing *iamtypes.NoSuchEntityException
	switch err = wire.Classify(ctx, err); {
	case errors.As(err, &missing):
		exists = exists.no("there is no such role", "create it, or correct the ARN")
		trusts = trusts.unknown("there is no such role", "make it, so that "+permission.MarketplaceService+" may assume it")
	case errors.Is(err, lifecycle.ErrCredentials):
		exists, trusts = exists.deniedFor(err).unknown(err.Error(), remedyFor(err, "")), trusts.deniedFor(err).unknown("the role could not be read", remedyFor(err, ""))
	case errors.Is(err, lifecycle.ErrDenied):
		exists = exists.unknown("the credentials may not read it", "allow iam:GetRole on it, or look in the console")
		trusts = trusts.unknown("the credentials may not read it", "allow iam:GetRole on it, or look in the console")
	case err != nil:
		exists, trusts = exists.unknown(err.Error(), "ask again"), trusts.unknown("the role could not be read", "ask again")
	case out.Role == nil:
		exists, trusts = exists.unknown("IAM answered without a role", "ask again"), trusts.unknown("IAM answered without a role", "ask again")
	case aws.ToString(out.Role.Arn) != string(role):
		exists = exists.no("the role of that name is "+document.Cut(aws.ToString(out.Role.Arn), 250), "create one in the seller's account, without a path")
		trusts = trusts.unknown("there is no such role", "make it, so that "+permission.MarketplaceService+" may assume it")
	default:
		const remedy = "let the trust policy allow sts:AssumeRole to the service " + permission.MarketplaceService
		switch answer, problem := trusted(aws.ToString(out.Role.AssumeRolePolicyDocument)); answer {
		case lifecycle.No:
			trusts = trusts.no(problem, remedy)
		case lifecycle.Unknown:
			trusts = trusts.unknown(problem, remedy+", without conditions")
		}
		if trustsAll(aws.ToString(out.Role.AssumeRolePolicyDocument)) {
			trusts.Warning = "everybody may assume the role: name the service " + permission.MarketplaceService + " in its trust policy instead"
		}
	}
	return []Check{own, exists, trusts}
}
