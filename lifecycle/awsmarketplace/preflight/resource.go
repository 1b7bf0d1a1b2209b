package preflight

import (
	"context"
	"errors"
	"fmt"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/permission"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/version"
)

// checkResources checks the resource of each version, and notes in described
// which error asking for it gave.
func (p *Checker) checkResources(ctx context.Context, l listing.Listing, seller listing.AccountID, described map[version.ARN]error) (all []Check) {
	for i, v := range l.Versions {
		if v.Status == version.Restricted {
			continue
		}
		at := func(what, how string) Check {
			return Check{What: document.Cut(string(v.Resource), 250) + " " + what, Path: fmt.Sprintf("versions[%d].resource", i), How: how, Answer: lifecycle.Yes}
		}
		parts, err := v.Resource.Parts()
		if err != nil {
			all = append(all, at("is a model package or an algorithm", "its ARN").no(err.Error(), "give the ARN of the resource"))
			continue
		}
		own := at("belongs to the seller", "its ARN")
		switch {
		case seller == "":
			own = own.unknown("the account that sells is not known", "set Input.Seller")
		case parts.Account != seller:
			own = own.no(fmt.Sprintf("it belongs to account %s, the seller is %s", parts.Account, seller), "make it in the seller's account")
		}
		region := at("is in a Region that the marketplace publishes from", "its ARN")
		if !parts.Region.Publishes() {
			region = region.no(fmt.Sprintf("%s is not such a Region", parts.Region), "make it in a Region that needs no opt-in")
		}
		action := permission.ActionFor(parts.Kind)
		ready, certified := at("is completed", action), at("is certified for the marketplace", action)
		resource, err := p.resources.Describe(ctx, v.Resource)
		described[v.Resource] = err
		switch {
		case errors.Is(err, lifecycle.ErrNotFound):
			ready = ready.no("there is no such resource", "create it, or correct the ARN")
			certified = certified.unknown("there is no such resource", "make it with certification for the marketplace")
		case err != nil:
			remedy := remedyFor(err, "allow "+action+", and ask again")
			ready, certified = ready.unknown(err.Error(), remedy), certified.unknown("the resource could not be read", remedy)
		default:
			if resource.Status != lifecycle.ResourceCompleted {
				ready = ready.no(fmt.Sprintf("its status is %q", document.Cut(string(resource.Status), 100)), "wait until it is completed, or make it again")
			}
			if !resource.Certified {
				certified = certified.no("it was made without certification", "make it again under another name, with certification for the marketplace")
			}
		}
		all = append(all, own, region, ready, certified)
	}
	return all
}
