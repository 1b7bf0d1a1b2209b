package awsmarketplace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// checkRoles looks at each access role once, for the first version that names it.
func (p *Preflight) checkRoles(ctx context.Context, l listing.Listing, seller listing.AccountID) (all []PreflightCheck) {
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
func (p *Preflight) reach(ctx context.Context, l listing.Listing, role version.Role, path string) (all []PreflightCheck) {
	var scope PolicyScope
	for _, v := range l.Versions {
		if _, err := v.Resource.Parts(); err == nil && v.AccessRole == role && v.Status != version.Restricted {
			scope.Resources = append(scope.Resources, v.Resource)
		}
	}
	if len(scope.Resources) == 0 {
		return nil
	}
	for _, q := range describing(scope.describable()) {
		c := PreflightCheck{What: string(role) + " may use " + q.action, Path: path, Remedy: "let the role's policy allow " + q.action + " on the resource"}
		found, done := p.simulate(ctx, string(role), q, c)
		if !done {
			found.How = "iam:SimulatePrincipalPolicy"
			found = found.unknown("the credentials may not ask IAM about the role", "allow iam:SimulatePrincipalPolicy on it, or look in the console")
		}
		all = append(all, found)
	}
	return all
}

func (p *Preflight) checkRole(ctx context.Context, role version.Role, path string, seller listing.AccountID) []PreflightCheck {
	at := func(what, how string) PreflightCheck {
		return PreflightCheck{What: strings.TrimSpace(wire.Shorten(string(role), 250) + " " + what), Path: path, How: how, Answer: lifecycle.Yes}
	}
	own := at("is a role of the seller's", "its ARN")
	account, err := role.Account()
	switch {
	case role == "":
		return []PreflightCheck{own.no("the version names no access role", "make a role that "+marketplaceService+" may assume, and name it")}
	case err != nil:
		return []PreflightCheck{own.no(err.Error(), "name a role without a path, as arn:aws:iam::<account>:role/<name>")}
	case seller == "":
		own = own.unknown("the seller's account is not known", "give PreflightInput.Seller")
	case account != seller:
		// A look at the seller's own roles would find another one of that name.
		return []PreflightCheck{own.no(fmt.Sprintf("it belongs to account %s, the seller is %s", account, seller), "make the role in the seller's account")}
	}
	const how = "iam:GetRole"
	exists, trusts := at("exists", how), at("may be assumed by the marketplace", how)
	name := string(role)[strings.LastIndex(string(role), "/")+1:]
	out, err := p.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(name)})
	var missing *iamtypes.NoSuchEntityException
	switch err = wire.Classify(ctx, err); {
	case errors.As(err, &missing):
		exists = exists.no("there is no such role", "make it, or correct the ARN")
		trusts = trusts.unknown("there is no such role", "make it, so that "+marketplaceService+" may assume it")
	case errors.Is(err, lifecycle.ErrDenied):
		exists = exists.unknown("the credentials may not look at it", "allow iam:GetRole on it, or look in the console")
		trusts = trusts.unknown("the credentials may not look at it", "allow iam:GetRole on it, or look in the console")
	case err != nil:
		exists, trusts = exists.unknown(err.Error(), "ask again"), trusts.unknown("the role could not be looked at", "ask again")
	case out.Role == nil:
		exists, trusts = exists.unknown("IAM answered without a role", "ask again"), trusts.unknown("IAM answered without a role", "ask again")
	case aws.ToString(out.Role.Arn) != string(role):
		exists = exists.no("the role of that name is "+wire.Shorten(aws.ToString(out.Role.Arn), 250), "make one in the seller's account, without a path")
		trusts = trusts.unknown("there is no such role", "make it, so that "+marketplaceService+" may assume it")
	default:
		const remedy = "let the trust policy allow sts:AssumeRole to the service " + marketplaceService
		switch answer, problem := trusted(aws.ToString(out.Role.AssumeRolePolicyDocument)); answer {
		case lifecycle.No:
			trusts = trusts.no(problem, remedy)
		case lifecycle.Unknown:
			trusts = trusts.unknown(problem, remedy+", without conditions")
		}
	}
	return []PreflightCheck{own, exists, trusts}
}

// trustPolicy is a trust policy as IAM gives it: what can be one or many may be
// either.
type trustPolicy struct {
	Statement oneOrManyStatements
}

type oneOrManyStatements []trustStatement

type trustStatement struct {
	Effect                  string
	Principal, NotPrincipal json.RawMessage
	Action, NotAction       oneOrMany
	Condition               json.RawMessage
}

// UnmarshalJSON reads a statement or a list of them.
func (m *oneOrManyStatements) UnmarshalJSON(data []byte) error {
	var many []trustStatement
	if err := json.Unmarshal(data, &many); err == nil {
		*m = many
		return nil
	}
	var one trustStatement
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*m = oneOrManyStatements{one}
	return nil
}

// trusted reports whether a trust policy, percent-encoded as IAM gives it, lets
// the marketplace assume the role. Whatever depends on a condition is not known.
func trusted(encoded string) (lifecycle.Answer, string) {
	document, err := url.QueryUnescape(encoded)
	if err != nil {
		return lifecycle.Unknown, "its trust policy cannot be read: " + err.Error()
	}
	var policy trustPolicy
	if err := json.Unmarshal([]byte(document), &policy); err != nil {
		return lifecycle.Unknown, "its trust policy cannot be read: " + err.Error()
	}
	var allows, mayAllow, mayDeny bool
	for _, each := range policy.Statement {
		about, sure := each.aboutTheMarketplace()
		sure = sure && !each.conditional()
		switch {
		case !about:
		case each.Effect == "Deny" && sure:
			return lifecycle.No, "its trust policy denies it to the marketplace"
		case each.Effect == "Deny":
			mayDeny = true
		case each.Effect == "Allow" && sure:
			allows = true
		case each.Effect == "Allow":
			mayAllow = true
		}
	}
	switch {
	case allows && !mayDeny:
		return lifecycle.Yes, ""
	case allows || mayAllow:
		return lifecycle.Unknown, "its trust policy makes it depend on conditions"
	}
	return lifecycle.No, "its trust policy does not allow it to the marketplace"
}

func (s trustStatement) conditional() bool {
	c := strings.TrimSpace(string(s.Condition))
	return c != "" && c != "null" && c != "{}"
}

// aboutTheMarketplace reports whether the statement speaks of the marketplace
// assuming the role, and whether that is sure: what it says by exclusion is not.
func (s trustStatement) aboutTheMarketplace() (about, sure bool) {
	action := len(s.NotAction) > 0
	for _, a := range s.Action {
		action = action || matchesAction(a, "sts:AssumeRole")
	}
	principal, sure := len(s.NotPrincipal) > 0, len(s.NotAction)+len(s.NotPrincipal) == 0
	var everybody string
	var named map[string]oneOrMany
	if json.Unmarshal(s.Principal, &everybody) == nil && everybody == "*" {
		principal = true
	} else if json.Unmarshal(s.Principal, &named) == nil {
		for _, service := range named["Service"] {
			principal = principal || service == marketplaceService
		}
		for _, account := range named["AWS"] {
			if account == "*" && !principal { // whether that is the marketplace, too, is not documented
				principal, sure = true, false
			}
		}
	}
	return action && principal, sure
}

// matchesAction compares as IAM does: whatever the case, with wildcards.
func matchesAction(pattern, action string) bool {
	expression := regexp.QuoteMeta(pattern)
	expression = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(expression)
	matched, err := regexp.MatchString("(?is)^"+expression+"$", action)
	return err == nil && matched
}
