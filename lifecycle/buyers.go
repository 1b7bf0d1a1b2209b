package lifecycle

import (
	"slices"
	"time"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// The rules on who sees, buys and keeps what.
var (
	RulePreviewAudience = rule.Rule{ID: "preview.audience", Severity: rule.Must,
		Statement: "a Test Product is seen and subscribed to by the seller and the accounts on the allow-list only",
		Remedy:    "name the account as a tester when submitting, or wait until the listing is Live",
		Sources:   rule.Sources{Guide2022: "testing your product"}}
	RuleLiveAudience = rule.Rule{ID: "live.public-or-private", Severity: rule.Must,
		Statement: "a Live listing is for everyone when public, and for its named accounts when private",
		Remedy:    "name the account as a buyer of the private listing",
		Sources:   rule.Sources{Guide2022: "step 2: product visibility"}}
	RuleNoNewBuyers = rule.Rule{ID: "unpublish.no-new-buyers", Severity: rule.Must,
		Statement: "after a listing was unpublished nobody new subscribes; those who did keep it",
		Remedy:    "choose another listing, such as the replacement",
		Sources:   rule.Sources{Guide2022: "removing a product", Guide2026: "removing a product (the page stays reachable by its address)", Changed: "by 2026 AWS tells the buyers, and the page stays reachable by its address"}}
	RuleRestrictedStaysUsable = rule.Rule{ID: "version.restricted-stays-usable", Severity: rule.Must,
		Statement: "a restricted version stays usable for those who subscribed, and is supported for 90 days",
		Remedy:    "keep the resource until then",
		Sources:   rule.Sources{Guide2022: "restricting versions", Catalog2026: "RestrictDeliveryOptions"}}
)

// Buyer is an account that looks at a listing.
type Buyer struct {
	// Account is the buyer's AWS account.
	Account listing.AccountID
	// Subscribed reports whether it has bought the listing before.
	Subscribed bool
}

// CanSubscribe returns what stands in the way of the buyer's subscription to the
// listing, now. A buyer who has subscribed before needs no new one: nothing
// does. It is pure.
func (r Record) CanSubscribe(b Buyer) rule.Findings {
	if b.Subscribed {
		return rule.Findings{}
	}
	return rule.Run(r, []rule.Check[Record]{
		{Rule: RulePreviewAudience, Find: func(r Record, report *rule.Report) {
			switch {
			case r.State == Live || r.State == Unpublished:
			case r.Published == nil:
				report.BrokenRemedy("", "submit the listing first", "there is no preview yet")
			case !r.allows(b.Account):
				report.Broken("", "account %q is neither the seller nor on the allow-list", rule.Shorten(string(b.Account)))
			}
		}},
		{Rule: RuleLiveAudience, Find: func(r Record, report *rule.Report) {
			if r.State == Live && isPrivate(r.Draft) && !r.allows(b.Account) {
				report.Broken("", "account %q is not named by the private listing", rule.Shorten(string(b.Account)))
			}
		}},
		{Rule: RuleNoNewBuyers, Find: func(r Record, report *rule.Report) {
			if r.State == Unpublished {
				report.Broken("", "the listing is Unpublished")
			}
		}},
	})
}

// Versions returns the versions that the buyer can choose among on the
// listing's page: a new buyer those that are offered, one who subscribed before
// the restricted ones too. It is empty for someone who may not see the listing.
func (r Record) Versions(b Buyer) []version.Version {
	if r.Published == nil || r.CanSubscribe(b).Err() != nil {
		return nil
	}
	if b.Subscribed {
		return r.Published.Listing.Clone().Versions
	}
	return r.Published.Listing.Clone().Offered()
}

// ConsoleVersion returns the one version that the SageMaker console shows the
// buyer, which is the latest, and whether there is one.
func (r Record) ConsoleVersion(b Buyer) (version.Version, bool) {
	versions := r.Versions(b)
	if len(versions) == 0 {
		return version.Version{}, false
	}
	return versions[len(versions)-1], true
}

// CanWithdraw returns what stands in the way of taking the version's resource away
// from buyers at an instant: a version that is offered, or whose 90 days of
// support are not over, must stay. It is pure.
func (r Record) CanWithdraw(number string, at time.Time) rule.Findings {
	published, known := version.Version{}, false
	if r.Published != nil {
		published, known = r.Published.Listing.Version(number)
	}
	if target, underWay := r.Target(); underWay && !known && indexOf(target.Listing, number) >= 0 {
		known = true // the marketplace is copying it right now
	}
	end, unpublished := r.SupportedUntil()
	return rule.Run(r, []rule.Check[Record]{
		{Rule: RuleRestrictedStaysUsable, Find: func(r Record, report *rule.Report) {
			since, restricted := r.Restricted[number]
			switch {
			case !known || unpublished:
			case published.Status == version.Offered:
				report.BrokenRemedy("", "restrict the version and wait 90 days", "version %q is offered, or about to be", rule.Shorten(number))
			case !restricted:
				report.NotChecked("", "since when version "+rule.Shorten(number)+" is restricted", "")
			case at.Before(since.Add(SupportPeriod)):
				report.Broken("", "version %q is supported until %s", rule.Shorten(number), since.Add(SupportPeriod).Format(time.RFC3339Nano))
			}
		}},
		{Rule: RuleNinetyDays, Find: func(_ Record, report *rule.Report) {
			if known && unpublished && at.Before(end) {
				report.Broken("", "the listing is supported until %s", end.Format(time.RFC3339Nano))
			}
		}},
	})
}

func (r Record) allows(account listing.AccountID) bool {
	return account == r.Seller || r.Published != nil && slices.Contains(r.Published.AllowList, account)
}
