// Package preflight checks, before anything is sent, whether commands can be
// carried out for a listing on AWS: whose credentials are used, whether they have
// the permissions that the commands need, and whether the access roles, the
// SageMaker resources, the logo and the EULA are as the marketplace wants them.
// It reports everything at once and changes nothing.
//
//	report, err := preflight.New(cfg).Run(ctx, preflight.Input{
//		Listing: draft, Commands: []lifecycle.Event{lifecycle.EventSubmit}, Seller: "111122223333",
//	})
//	…
//	fmt.Print(report) // a line for each check, then "ready" or "not ready"
//	for _, c := range report.Missing() {
//		fmt.Println(c.Problem, c.Remedy)
//	}
//
// # How much it can find out
//
// It finds out most if the credentials may use iam:SimulatePrincipalPolicy and
// iam:GetRole. Without them it makes those calls of the commands that only read,
// and reports the other permissions as unknown.
//
// No call tells whether the account is registered as a seller, or what a session
// policy takes away from an assumed role.
//
// This package was never tried on IAM and STS themselves, only on the server of
// its tests.
package preflight

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/permission"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/policy"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// Checker runs the checks. Make one with [New]; the zero value does not work. It is safe
// for concurrent use.
type Checker struct {
	catalog   *marketplacecatalog.Client
	resources *awsmarketplace.Resources
	sts       *sts.Client
	iam       *iam.Client
}

// New returns a Checker that uses the credentials, the HTTP client and the
// endpoint of cfg. It does not use the Region and the retries of cfg.
func New(cfg aws.Config) *Checker {
	global := wire.Config(cfg, wire.Region)
	return &Checker{
		catalog:   marketplacecatalog.NewFromConfig(global),
		resources: awsmarketplace.NewResources(cfg),
		sts:       sts.NewFromConfig(global),
		iam:       iam.NewFromConfig(global),
	}
}

// Input says what to check.
type Input struct {
	// Listing is the document, with the versions that are to be added. Restricted
	// versions are not checked.
	Listing listing.Listing
	// Commands are the events of the commands to be carried out, such as
	// [lifecycle.EventSubmit]. They decide which permissions are needed, and
	// whether access roles, resources and files are checked. Without any, only
	// the permissions to read are.
	Commands []lifecycle.Event
	// Seller is the account that sells. Empty takes the account of the
	// credentials, and reports whether it is the seller's as unknown.
	Seller listing.AccountID
	// Products and Offers are ids of products and offers on the marketplace, as
	// in [policy.Scope].
	Products, Offers []string
	// Assets fetches the logo and the EULA. Nil stands for what
	// [awsmarketplace.NewAssets] returns for nil.
	Assets lifecycle.Assets
}

// Run checks everything that the commands need, and changes nothing. What it
// cannot find out is unknown in the report, not an error. It returns a
// [*policy.Error] if Commands, Seller, Products or Offers are malformed, before it
// calls AWS, and the error of ctx if ctx has ended.
func (p *Checker) Run(ctx context.Context, in Input) (Report, error) {
	if _, err := policy.For(policy.Scope{Account: in.Seller, Products: in.Products, Offers: in.Offers}, in.Commands...); err != nil {
		return Report{}, err
	}
	if in.Assets == nil {
		in.Assets = awsmarketplace.NewAssets(nil)
	}
	report := p.who(ctx, in.Seller)
	seller := in.Seller
	if seller == "" {
		seller = report.Account
	}
	scope := scopeOf(in, seller)
	needs, _ := permission.Of(in.Commands) // above, policy.For has refused what is not a command
	document, err := policy.For(policy.Scope(scope), in.Commands...)
	if err != nil {
		return Report{}, err
	}
	report.Policy = json.RawMessage(document)
	described := map[version.ARN]error{}
	if needs.Describes() {
		report.Resources = p.checkResources(ctx, in.Listing, seller, described)
	}
	if needs.AddsVersion() {
		report.AccessRoles = p.checkRoles(ctx, in.Listing, seller)
	}
	report.Files = checkFiles(ctx, in, needs)
	report.Permissions = p.permissions(ctx, report.ARN, scope, needs, described)
	if err := ctx.Err(); err != nil { // the checks that it cut short found nothing out
		return Report{}, err
	}
	return report, nil
}

// who asks whose credentials these are, which no policy can forbid.
func (p *Checker) who(ctx context.Context, seller listing.AccountID) Report {
	const how = "sts:GetCallerIdentity"
	out, err := p.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		valid := Check{What: "the credentials are valid", How: how, Remedy: "give credentials of the seller's account that have not expired"}
		return Report{Who: []Check{valid.failed(wire.Classify(ctx, err))}}
	}
	report := Report{Account: listing.AccountID(aws.ToString(out.Account)), ARN: aws.ToString(out.Arn)}
	own := Check{What: "the credentials are those of the seller's account", How: how, Answer: lifecycle.Yes}
	switch {
	case seller == "":
		own = own.unknown("the account that sells is not known", "set Input.Seller")
	case seller != report.Account:
		own = own.no(fmt.Sprintf("they belong to account %s, the seller is %s", report.Account, seller), "use credentials of the seller's account")
	}
	report.Who = []Check{own}
	return report
}

// scopeOf returns the least that the policy has to cover. It leaves out what is
// malformed or belongs to another account: the checks of roles and resources
// report that.
func scopeOf(in Input, seller listing.AccountID) permission.Scope {
	scope := permission.Scope{Account: seller, Products: in.Products, Offers: in.Offers}
	for _, v := range in.Listing.Versions {
		if v.Status == version.Restricted {
			continue
		}
		if account, err := v.AccessRole.Account(); err == nil && account == seller {
			scope.Roles = append(scope.Roles, v.AccessRole)
		}
		if parts, err := v.Resource.Parts(); err == nil && parts.Account == seller {
			scope.Resources = append(scope.Resources, v.Resource)
		}
	}
	return scope
}
