package lifecycle

import (
	"net/mail"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// The rules of what a listing may do next, given where it stands.
var (
	RuleEdit = rule.Rule{ID: "edit.from-draft-or-test", Severity: rule.Must,
		Statement: "the document is edited as Draft or as Test Product",
		Remedy:    "change a Live listing by an update; an Unpublished one stays as it is",
		Sources:   rule.Sources{Guide2022: "testing your product; updating your product"}}
	RuleDiscard = rule.Rule{ID: "discard.from-draft", Severity: rule.Must,
		Statement: "only a Draft that the marketplace has nothing of is discarded",
		Remedy:    "unpublish a Live listing; a Test Product can be left as it is, buyers never see it",
		Sources:   rule.Sources{Guide2022: "step 1: create a new listing"}}
	RuleSubmit = rule.Rule{ID: "submit.from-draft-or-test", Severity: rule.Must,
		Statement: "a Draft is submitted, and a Test Product again after edits",
		Remedy:    "edit the listing before submitting it again, or sign it off as it is",
		Sources:   rule.Sources{Guide2022: "step 5; testing your product", Changed: "five steps and a preview in 2022; the portal of 2026 asks for fewer"}}
	RuleTesters = rule.Rule{ID: "submit.testers", Severity: rule.Must,
		Statement: "additional test accounts are account ids, each once, at most 100",
		Remedy:    "give twelve-digit account ids, each once",
		Sources:   rule.Sources{Guide2022: "step 5", Catalog2026: "UpdateTargeting (at most 5,000 accounts)", Shapes: "UpdateTargeting (at most 100; the lower limit satisfies both)"}}
	RuleSignOff = rule.Rule{ID: "signoff.from-test-product", Severity: rule.Must,
		Statement: "a Test Product without unsubmitted edits is signed off",
		Remedy:    "submit the edits and test them first",
		Sources:   rule.Sources{Guide2022: "signing off for publishing", Changed: "a sign-off of its own in 2022; the portal of 2026 asks for a change of visibility"}}
	RuleUpdate = rule.Rule{ID: "update.live", Severity: rule.Must,
		Statement: "versions, information, pricing and allow-list are updated while Live, and an update changes something",
		Remedy:    "edit a Draft or Test Product instead; leave out an update that changes nothing",
		Sources:   rule.Sources{Guide2022: "updating your product"}}
	RuleUnpublish = rule.Rule{ID: "unpublish.from-live", Severity: rule.Must,
		Statement: "only a Live listing is unpublished",
		Remedy:    "there is nothing to remove before a listing is Live or after it was unpublished",
		Sources:   rule.Sources{Guide2022: "removing a product", Guide2026: "removing a product", Changed: "the portal of 2026 calls it Restricted, and does not offer the way back to Limited"}}
	RuleUnpublishContact = rule.Rule{ID: "unpublish.contact", Severity: rule.Must,
		Statement: "a removal has a valid e-mail address of at most 254 bytes and a reason of at most 2,000 characters, both without control characters and marks of direction",
		Remedy:    "give an address such as name@example.com and say why the listing is removed",
		Sources:   rule.Sources{Guide2022: "removing a product", Guide2026: "removing a product", Changed: "2022 asks for an e-mail address and a reason; the portal of 2026 asks for less"}}
	RuleUnpublishReplacement = rule.Rule{ID: "unpublish.replacement", Severity: rule.Must,
		Statement: "a replacement is another listing of the seller that is Live or Test Product",
		Remedy:    "name another listing that buyers can move to, or none",
		Sources:   rule.Sources{Guide2022: "removing a product", Catalog2026: "UpdateVisibility: ReplacementProductId"}}
	RuleCancel = rule.Rule{ID: "request.cancel", Severity: rule.Must,
		Statement: "a request that is under way can be cancelled, once",
		Remedy:    "there is nothing to cancel",
		Sources:   rule.Sources{Catalog2026: "CancelChangeSet"}}
	RuleCancelWindow = rule.Rule{ID: "unpublish.cancel-window", Severity: rule.Must,
		Statement: "a removal can be cancelled for 24 hours, until its review starts, and given up after 60 days",
		Remedy:    "wait for the removal; a new listing can follow it",
		Sources:   rule.Sources{Catalog2026: "UpdateVisibility: Restricted"}}
	RuleEndSupport = rule.Rule{ID: "support.end", Severity: rule.Must,
		Statement: "support of an Unpublished listing is ended, once",
		Remedy:    "unpublish the listing first; support that has ended stays ended",
		Sources:   rule.Sources{Guide2022: "removing a product"}}
	RuleNinetyDays = rule.Rule{ID: "support.ninety-days", Severity: rule.Must,
		Statement: "an unpublished listing is supported for at least 90 days",
		Remedy:    "support the buyers until then",
		Sources:   rule.Sources{Guide2022: "removing a product", Guide2026: "removing a product (90 days)"}}
	RuleTakesAboutAnHour = rule.Rule{ID: "submit.takes-about-an-hour", Severity: rule.Should,
		Statement: "a submission is ready after about an hour; one that is not after a day is overdue, not failed",
		Remedy:    "wait, and ask AWS Marketplace Seller Operations if it goes on",
		Sources:   rule.Sources{Guide2022: "overview of publishing process", Guide2026: "product management (minutes to days)", Changed: "about an hour in 2022; \"minutes to days\" in 2026"}}
)

var submitEdited = rule.Check[move]{Rule: RuleSubmit, Find: func(m move, r *rule.Report) {
	if m.record.State == TestProduct && !m.record.Edited() && m.record.Published != nil &&
		sameAccounts(m.record.Published.AllowList, m.target.AllowList) {
		r.Broken("", "nothing was edited since the last submission")
	}
}}

var signOffEdited = rule.Check[move]{Rule: RuleSignOff, Find: func(m move, r *rule.Report) {
	if m.record.State == TestProduct && (m.record.Edited() || !m.publishedRates().Equal(m.target.Rates)) {
		r.Broken("", "there are edits that were not submitted and tested")
	}
}}

var changesSomething = rule.Check[move]{Rule: RuleUpdate, Find: func(m move, r *rule.Report) {
	before := m.record.Published
	if before == nil {
		return
	}
	if number, _, named := m.version(); named {
		if held, published := m.publishedVersion(number); !published || m.event == EventRestrictVersion && !offered(held) {
			return // which is said in better words
		}
	}
	if sameForBuyers(before.Listing, m.target.Listing) && before.Rates.Equal(m.target.Rates) && sameAccounts(before.AllowList, m.target.AllowList) {
		r.BrokenRemedy("", "leave it out", "the update changes nothing")
	}
}}

var testers = rule.Check[move]{Rule: RuleTesters, Find: func(m move, r *rule.Report) {
	var taken []listing.AccountID // by the marketplace
	if m.record.Published != nil {
		taken = m.record.Published.AllowList
	}
	accounts, field := m.target.AllowList, "testers"
	if m.event == EventUpdateAllowList {
		field = "accounts"
	}
	if len(without(accounts, taken)) == 0 || !r.Count(field, len(accounts), 0, 100) {
		return
	}
	had := setOf(taken)
	for i, a := range accounts {
		if !a.Valid() && !had[a] {
			at := r.In(field, i)
			at.BrokenRemedy("", a.Remedy(), "%q is not a twelve-digit account id", rule.Shorten(string(a)))
		}
	}
	rule.Unique(r, field, accounts)
}}

var unpublishContact = rule.Check[move]{Rule: RuleUnpublishContact, Find: func(m move, r *rule.Report) {
	c, ok := m.command.(Unpublish)
	if !ok {
		return
	}
	if n := len(c.Email); n > maxEmail {
		r.Broken("email", "has %d bytes, %d are allowed", n, maxEmail)
	} else if address, err := mail.ParseAddress(c.Email); err != nil || address.Address != c.Email || !strings.Contains(c.Email[strings.LastIndex(c.Email, "@"):], ".") {
		r.Broken("email", "%q is not an e-mail address", rule.Shorten(c.Email))
	}
	readable(r, "email", c.Email, "")
	r.Text("reason", c.Reason, maxReason)
	readable(r, "reason", c.Reason, "\t\n\r")
}}

var unpublishReplacement = rule.Check[move]{Rule: RuleUnpublishReplacement, Find: func(m move, r *rule.Report) {
	c, ok := m.command.(Unpublish)
	if !ok || c.Replacement == uuid.Nil {
		return
	}
	replacement, known := m.facts.Replacements[c.Replacement]
	switch {
	case c.Replacement == m.record.ID:
		r.Broken("replacement", "is the listing itself")
	case !known:
		// Reporting it as not checked would not do: without the product id the
		// removal would go out without the replacement.
		r.Broken("replacement", "nothing can be learned of listing %s%s", c.Replacement, because(m.why(c.Replacement.String())))
	case replacement.State == "":
		r.Broken("replacement", "the seller has no listing %s", c.Replacement)
	case replacement.State != Live && replacement.State != TestProduct:
		r.Broken("replacement", "listing %s is %s", c.Replacement, replacement.State)
	case replacement.Product == "":
		r.Broken("replacement", "listing %s has no product id", c.Replacement)
	default:
		var f flaws
		if f.id("replacement", replacement.Product); len(f.all) > 0 {
			r.Broken("replacement", "the product id of listing %s %s", c.Replacement, f.all[0].problem)
		}
	}
}}

var cancelOnce = rule.Check[move]{Rule: RuleCancel, Find: func(m move, r *rule.Report) {
	switch q := m.record.Request; {
	case q == nil && m.record.State != "":
		r.Broken("", "no request is under way")
	case q != nil && q.Cancelling:
		r.BrokenRemedy("", "wait for the outcome", "the request to %s is being cancelled already", q.Kind)
	}
}}

// cancelPeriod is how long a removal can be cancelled after it was sent.
const cancelPeriod = 24 * time.Hour

var cancelWindow = rule.Check[move]{Rule: RuleCancelWindow, Find: func(m move, r *rule.Report) {
	q := m.record.Request
	if q == nil || q.Kind != EventUnpublish || q.startedAt() == nil {
		return
	}
	if m.at.Sub(q.sendingSince()) >= retention {
		return // the marketplace may have forgotten it: it must be possible to go on
	}
	if end := q.startedAt().Add(cancelPeriod); !m.at.Before(end) {
		r.Broken("", "the removal could be cancelled until %s", end.Format(time.RFC3339))
	}
}}

var endSupportOnce = rule.Check[move]{Rule: RuleEndSupport, Find: func(m move, r *rule.Report) {
	if at := m.record.SupportEndedAt; at != nil {
		r.BrokenRemedy("", "nothing is left to do", "support has ended on %s", at.Format(time.RFC3339))
	}
}}

var ninetyDays = rule.Check[move]{Rule: RuleNinetyDays, Find: func(m move, r *rule.Report) {
	end, unpublished := m.record.SupportedUntil()
	if m.record.State == Unpublished && !unpublished {
		r.Broken("", "when the listing was removed is not known")
	}
	if unpublished && m.at.Before(end) {
		r.BrokenRemedy("", "support the buyers until "+end.Format(time.RFC3339Nano),
			"day %d of 90 since the removal on %s", max(0, int(m.at.Sub(*m.record.UnpublishedAt)/(24*time.Hour))), m.record.UnpublishedAt.Format(time.RFC3339))
	}
}}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}

// A draft that was never submitted can be given up; so can one whose submission
// failed, since the marketplace has nothing of it then.
var discardUnseen = rule.Check[move]{Rule: RuleDiscard, Find: func(m move, r *rule.Report) {
	if m.record.State == Draft && m.record.Last.unknown() {
		r.BrokenRemedy("", "look at AWS Partner Central (formerly the AWS Marketplace Management Portal); adopt the product if there is one", "whether the marketplace has a product of it is not known")
	}
}}
