package awsmarketplace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// Preflight finds out, before anything is asked of the marketplace, whether the
// credentials, the access roles, the resources and the files of a listing are
// such that commands can be carried out. It only ever reads. Make one with
// [NewPreflight]; the zero value does not work. It is safe for concurrent use.
//
// It goes furthest when the credentials may use iam:SimulatePrincipalPolicy and
// iam:GetRole. Without them it makes harmless calls and sees what comes back, and
// what only a real request would show stays unknown. That an account is
// registered as a seller no call can tell, nor what a session policy takes away
// from a role.
type Preflight struct {
	market    *Marketplace
	resources *Resources
	sts       *sts.Client
	iam       *iam.Client
}

// PreflightInput is what a preflight looks at.
type PreflightInput struct {
	// Listing is the document, with the versions that are to be added. Those
	// that are restricted are not looked at.
	Listing listing.Listing
	// Commands are the events of the commands to be carried out. They decide
	// which permissions are needed, and whether access roles, resources and
	// files are looked at. Without any, the permissions to read are.
	Commands []lifecycle.Event
	// Seller is the account that sells. Empty, whether the credentials are the
	// seller's stays unknown, and everything is held against their account.
	Seller listing.AccountID
	// Products and Offers are the ids of what is on the marketplace already, as
	// in [PolicyScope].
	Products, Offers []string
	// Assets fetches the files; nil stands for NewAssets(nil).
	Assets lifecycle.Assets
}

// NewPreflight returns a Preflight with the credentials, the HTTP client and the
// endpoint of cfg, whose Region and retries are not used.
func NewPreflight(cfg aws.Config) *Preflight {
	return &Preflight{
		market:    NewMarketplace(cfg),
		resources: NewResources(cfg),
		sts:       sts.NewFromConfig(wire.Config(cfg, wire.Region)),
		iam:       iam.NewFromConfig(wire.Config(cfg, wire.Region)),
	}
}

// Check looks at everything that the commands need and reports all of it at
// once. Whatever cannot be found out is reported as unknown; the error is a
// [*PolicyError] for an input that no policy can be made for, or that of a
// context that has ended. Nothing changes at AWS.
func (p *Preflight) Check(ctx context.Context, in PreflightInput) (PreflightReport, error) {
	n, err := needsOf(in.Commands)
	if err != nil {
		return PreflightReport{}, err
	}
	if err := (PolicyScope{Account: in.Seller, Products: in.Products, Offers: in.Offers}).check(); err != nil {
		return PreflightReport{}, err
	}
	if in.Assets == nil {
		in.Assets = NewAssets(nil)
	}
	report := p.who(ctx, in.Seller)
	seller := in.Seller
	if seller == "" {
		seller = report.Account
	}
	scope := scopeOf(in, seller)
	policy, err := PolicyFor(scope, in.Commands...)
	if err != nil {
		return PreflightReport{}, err
	}
	report.Policy = json.RawMessage(policy)
	described := map[version.ARN]error{}
	if n.describes {
		report.Resources = p.checkResources(ctx, in.Listing, seller, described)
	}
	if slices.Contains(n.product, "AddDeliveryOptions") {
		report.AccessRoles = p.checkRoles(ctx, in.Listing, seller)
	}
	report.Files = checkFiles(ctx, in, n)
	report.Permissions = p.permissions(ctx, report.ARN, scope, n, described)
	if err := ctx.Err(); err != nil { // what it cut short is not known to be so
		return PreflightReport{}, err
	}
	return report, nil
}

// who asks whose credentials these are. Nothing can forbid to ask.
func (p *Preflight) who(ctx context.Context, seller listing.AccountID) PreflightReport {
	const how = "sts:GetCallerIdentity"
	out, err := p.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		known := PreflightCheck{What: "the credentials are valid", How: how, Remedy: "give credentials of the seller's account that have not expired"}
		return PreflightReport{Who: []PreflightCheck{known.failed(wire.Classify(ctx, err))}}
	}
	report := PreflightReport{Account: listing.AccountID(aws.ToString(out.Account)), ARN: aws.ToString(out.Arn)}
	own := PreflightCheck{What: "the credentials are those of the seller's account", How: how, Answer: lifecycle.Yes}
	switch {
	case seller == "":
		own.Answer, own.Problem, own.Remedy = lifecycle.Unknown, "which account sells was not said", "give PreflightInput.Seller"
	case seller != report.Account:
		own.Answer, own.Problem, own.Remedy = lifecycle.No, fmt.Sprintf("they belong to account %s, the seller is %s", report.Account, seller), "take credentials of the seller's account"
	}
	report.Who = []PreflightCheck{own}
	return report
}

// scopeOf is the least that the policy has to cover. What is malformed is left
// out here: its own check speaks of it.
func scopeOf(in PreflightInput, seller listing.AccountID) PolicyScope {
	scope := PolicyScope{Account: seller, Products: in.Products, Offers: in.Offers}
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

// checkResources looks at the resource of each version, and notes what asking
// for it gave.
func (p *Preflight) checkResources(ctx context.Context, l listing.Listing, seller listing.AccountID, described map[version.ARN]error) (all []PreflightCheck) {
	for i, v := range l.Versions {
		if v.Status == version.Restricted {
			continue
		}
		at := func(what, how string) PreflightCheck {
			return PreflightCheck{What: wire.Shorten(string(v.Resource), 250) + " " + what, Path: fmt.Sprintf("versions[%d].resource", i), How: how, Answer: lifecycle.Yes}
		}
		parts, err := v.Resource.Parts()
		if err != nil {
			all = append(all, at("is a model package or an algorithm", "its ARN").no(err.Error(), "give the ARN of the resource"))
			continue
		}
		own := at("belongs to the seller", "its ARN")
		switch {
		case seller == "":
			own = own.unknown("the seller's account is not known", "give PreflightInput.Seller")
		case parts.Account != seller:
			own = own.no(fmt.Sprintf("it belongs to account %s, the seller is %s", parts.Account, seller), "make it in the seller's account")
		}
		region := at("is where the marketplace publishes from", "its ARN")
		if !parts.Region.Publishes() {
			region = region.no(fmt.Sprintf("%s is not such a Region", parts.Region), "make it in a Region that needs no opt-in")
		}
		action := "sagemaker:DescribeModelPackage"
		if parts.Kind == version.Algorithm {
			action = "sagemaker:DescribeAlgorithm"
		}
		ready, certified := at("is completed", action), at("is certified for the marketplace", action)
		resource, err := p.resources.Describe(ctx, v.Resource)
		described[v.Resource] = err
		switch {
		case errors.Is(err, lifecycle.ErrNotFound):
			ready = ready.no("there is no such resource", "make it, or correct the ARN")
			certified = certified.unknown("there is no such resource", "make it with certification for the marketplace")
		case err != nil:
			ready = ready.unknown(err.Error(), "allow "+action+", and ask again")
			certified = certified.unknown("the resource could not be looked at", "allow "+action+", and ask again")
		default:
			if resource.Status != lifecycle.ResourceCompleted {
				ready = ready.no(fmt.Sprintf("its status is %q", wire.Shorten(string(resource.Status), 100)), "wait until it is completed, or make it again")
			}
			if !resource.Certified {
				certified = certified.no("it was made without certification", "make it again under another name, with certification for the marketplace")
			}
		}
		all = append(all, own, region, ready, certified)
	}
	return all
}

// checkFiles fetches what the commands bring to the marketplace.
func checkFiles(ctx context.Context, in PreflightInput, n needs) (all []PreflightCheck) {
	if slices.Contains(n.product, "UpdateInformation") {
		all = append(all, checkFile(ctx, in.Assets, "the logo", "promotion.logo", in.Listing.Promotion.Logo, listing.MaxLogoSize, func(data []byte) error {
			_, err := checkLogo(data)
			return err
		}))
	}
	if offer := in.Listing.Offer; slices.Contains(n.offer, "UpdateLegalTerms") && offer != nil && offer.EULA.URL != "" {
		all = append(all, checkFile(ctx, in.Assets, "the EULA", "offer.eula.url", offer.EULA.URL, pricing.MaxEULASize, checkEULA))
	}
	return all
}

func checkFile(ctx context.Context, assets lifecycle.Assets, name, path, address string, limit int64, check func([]byte) error) PreflightCheck {
	c := PreflightCheck{What: name + " can be fetched without credentials and is of a right kind", Path: path, How: "GET " + wire.Shorten(withoutQuery(address), 250), Answer: lifecycle.Yes}
	if address == "" {
		c.How = "the listing"
		return c.no("it has no address", "upload it, for example with Bucket, and give its address")
	}
	data, err := assets.Fetch(ctx, address, limit+1)
	switch {
	case errors.Is(err, lifecycle.ErrNotFound):
		return c.no(err.Error(), "upload it where anybody can read it, for example with Bucket")
	case err != nil:
		var request *url.Error
		if errors.As(err, &request) { // which repeats the whole address
			err = request.Err
		}
		return c.unknown("it could not be fetched: "+err.Error(), "ask again")
	}
	if err := check(data); err != nil {
		return c.no(err.Error(), "replace the file")
	}
	return c
}

// withoutQuery keeps the signature of a presigned address out of a report.
func withoutQuery(address string) string {
	file, _, signed := strings.Cut(address, "?")
	if signed {
		return file + "?…"
	}
	return file
}
