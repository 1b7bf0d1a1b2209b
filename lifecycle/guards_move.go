package lifecycle

import (
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing/rule"
)

var submitEdited = rule.Check[move]{Rule: RuleSubmit, Find: func(m move, r *rule.Report) {
	if m.record.State == TestProduct && !m.record.Edited() && m.record.Published != nil &&
		sameAccounts(m.record.Published.AllowList, m.target.AllowList) {
		r.Broken("", "nothing was edited since the last submission")
	}
}}

var signOffEdited = rule.Check[move]{Rule: RuleSignOff, Find: func(m move, r *rule.Report) {
	if m.record.State == TestProduct && (m.record.Edited() || !same(m.publishedRates(), m.target.Rates)) {
		r.Broken("", "there are edits that were not submitted and tested")
	}
}}

var changesSomething = rule.Check[move]{Rule: RuleUpdate, Find: func(m move, r *rule.Report) {
	before := m.record.Published
	if before == nil {
		return
	}
	if same(told(before.Listing), told(m.target.Listing)) && same(before.Rates, m.target.Rates) && sameAccounts(before.AllowList, m.target.AllowList) {
		r.BrokenRemedy("", "leave it out", "the update changes nothing")
	}
}}

var testers = rule.Check[move]{Rule: RuleTesters, Find: func(m move, r *rule.Report) {
	accounts := m.target.AllowList
	r.Count("testers", len(accounts), 0, 100)
	texts := make([]string, len(accounts))
	for i, a := range accounts {
		texts[i] = string(a)
		if !a.Valid() {
			r.Broken(fmt.Sprintf("testers[%d]", i), "%q is not a twelve-digit account id", rule.Shorten(string(a)))
		}
	}
	r.Unique("testers", texts)
}}

var unpublishContact = rule.Check[move]{Rule: RuleUnpublishContact, Find: func(m move, r *rule.Report) {
	c, ok := m.command.(Unpublish)
	if !ok {
		return
	}
	if address, err := mail.ParseAddress(c.Email); err != nil || address.Address != c.Email || !strings.Contains(c.Email[strings.LastIndex(c.Email, "@"):], ".") {
		r.Broken("email", "%q is not an e-mail address", rule.Shorten(c.Email))
	}
	r.Text("reason", c.Reason, 2_000)
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
		r.Broken("replacement", "nothing can be learned of listing %s", c.Replacement)
	case replacement.State == "":
		r.Broken("replacement", "the seller has no listing %s", c.Replacement)
	case replacement.State != Live && replacement.State != TestProduct:
		r.Broken("replacement", "listing %s is %s", c.Replacement, replacement.State)
	case replacement.Entities.Product == "":
		r.Broken("replacement", "listing %s has no product id", c.Replacement)
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
	if q == nil || q.Kind != EventUnpublish || q.SentAt == nil {
		return
	}
	if end := q.SentAt.Add(cancelPeriod); !m.at.Before(end) {
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
			"day %d of 90 since the removal on %s", int(m.at.Sub(*m.record.UnpublishedAt)/(24*time.Hour)), m.record.UnpublishedAt.Format(time.RFC3339))
	}
}}
