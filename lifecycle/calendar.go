package lifecycle

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// DateKind says what a [Date] is about.
type DateKind string

// The kinds of dates.
const (
	// DateRequestUsual is when a request like the one under way has usually ended.
	DateRequestUsual DateKind = "request-usual"
	// DateRequestLatest is when the request under way becomes overdue.
	DateRequestLatest DateKind = "request-latest"
	// DateRemovalFinal is from when on a removal under way cannot be cancelled.
	DateRemovalFinal DateKind = "removal-final"
	// DateSupportEnds is from when on support of the unpublished listing may end.
	DateSupportEnds DateKind = "support-ends"
	// DateVersionSupportEnds is from when on support of a restricted version may end.
	DateVersionSupportEnds DateKind = "version-support-ends"
	// DateRiseAnnounced is when a price rise was announced.
	DateRiseAnnounced DateKind = "rise-announced"
	// DateRiseEffective is from when on buyers pay the higher price.
	DateRiseEffective DateKind = "rise-effective"
	// DatePricesOpen is from when on prices may change again.
	DatePricesOpen DateKind = "prices-open"
	// DateTrialReminder is when AWS reminds a buyer that the trial ends.
	DateTrialReminder DateKind = "trial-reminder"
	// DateTrialEnds is when a free trial ends and the buyer starts to pay.
	DateTrialEnds DateKind = "trial-ends"
)

var trialDays = rule.Table(pricing.Rules()).Get("pricing.trial-days")

// trialReminder is how long before the end of a trial AWS writes to the buyer.
const trialReminder = 3 * 24 * time.Hour

// Date is an instant that matters to a listing: something ends, begins or
// becomes possible.
type Date struct {
	// Listing is the id of the listing, and Title its title.
	Listing uuid.UUID `json:"listing"`
	Title   string    `json:"title"`
	// Kind says what the date is about.
	Kind DateKind `json:"kind"`
	// Version is the number of the version that the date is about; empty if it is
	// about the whole listing.
	Version string `json:"version,omitempty"`
	// At is the instant, in UTC. It is zero if the record does not know it: the
	// listing was adopted, and the marketplace does not tell.
	At time.Time `json:"at,omitzero"`
	// Past reports that At is not after the instant that the calendar was made for.
	Past bool `json:"past,omitempty"`
	// Rule is the rule that the date comes from.
	Rule rule.Rule `json:"rule"`
	// Text says what happens then, as a sentence without a full stop.
	Text string `json:"text"`
}

// Dates is a calendar, of one listing or of several one after the other.
type Dates []Date

// Calendar returns everything with a date that the listing owes or waits for at
// an instant, the earliest first and what has no known instant last:
//
//   - the usual and the latest end of the request under way, and from when on a
//     removal cannot be cancelled,
//   - the end of support of an unpublished listing until its support was ended, and of
//     each restricted version of a listing that is on sale,
//   - a price rise, from its announcement until prices may change again or, when the
//     listing is unpublished, until it takes effect,
//   - the end of a free trial that begins at the instant or, when the listing is
//     unpublished, of the last one that can have begun.
//
// A date stays in the calendar while something of its group is ahead or still to
// be done, and is marked as past. Periods of days have 24 hours a day and a price
// rise takes effect at the first instant of a month, all in UTC. Calendar is pure.
func Calendar(r Record, at time.Time) Dates {
	c := calendar{record: r, at: instant(at)}
	c.request()
	c.support()
	c.rise()
	c.trial()
	slices.SortStableFunc(c.dates, func(a, b Date) int {
		if a.At.IsZero() != b.At.IsZero() {
			return b.At.Compare(a.At)
		}
		return a.At.Compare(b.At)
	})
	return c.dates
}

type calendar struct {
	record Record
	at     time.Time
	dates  Dates
}

func (c *calendar) add(kind DateKind, at time.Time, r rule.Rule, format string, args ...any) *Date {
	c.dates = append(c.dates, Date{Listing: c.record.ID, Title: c.record.Draft.Title, Kind: kind, At: at.UTC(),
		Past: !at.IsZero() && !at.After(c.at), Rule: r, Text: fmt.Sprintf(format, args...)})
	return &c.dates[len(c.dates)-1]
}

func (c *calendar) request() {
	q := c.record.Request
	if q == nil {
		return
	}
	t := c.record.takes()
	who := "the marketplace"
	if c.record.Summary().reviewed() {
		who = "the review by people"
	}
	c.add(DateRequestUsual, q.RecordedAt.Add(t.usual), RuleTakesAboutAnHour, "%s has usually ended the request to %s", who, q.Kind)
	c.add(DateRequestLatest, q.RecordedAt.Add(t.latest), RuleTakesAboutAnHour,
		"the request to %s is overdue; ask AWS Marketplace Seller Operations if it is not done", q.Kind)
	if q.Kind == EventUnpublish && q.SentAt != nil {
		c.add(DateRemovalFinal, q.SentAt.Add(cancelPeriod), RuleCancelWindow, "the removal cannot be cancelled any more")
	}
}

func (c *calendar) support() {
	if end, unpublished := c.record.SupportedUntil(); unpublished {
		if c.record.SupportEndedAt == nil {
			c.add(DateSupportEnds, end, RuleNinetyDays, "support of the listing may end, and its resources may be deleted")
		}
		return // no version is supported for longer
	}
	if c.record.Published == nil {
		return
	}
	for _, v := range c.record.Published.Listing.Versions {
		if v.Status != version.Restricted {
			continue
		}
		var end time.Time
		if since, known := c.record.Restricted[v.Number]; known {
			if end = since.Add(SupportPeriod); !end.After(c.at) {
				continue
			}
		}
		c.add(DateVersionSupportEnds, end, RuleRestrictedStaysUsable, "support of the version may end, and its resource may be deleted").Version = v.Number
	}
}

func (c *calendar) rise() {
	rise, last := c.record.Rise, c.record.State == Unpublished // no price can change any more
	if !rise.closed(c.at) || last && !rise.pending(c.at) {
		return
	}
	c.add(DateRiseAnnounced, rise.AnnouncedAt, RuleRiseEvery120Days, "higher prices are announced to the buyers")
	c.add(DateRiseEffective, rise.EffectiveAt, RuleRiseEvery120Days, "the higher prices take effect")
	if !last {
		c.add(DatePricesOpen, rise.OpenAt(), RuleRiseEvery120Days, "prices may change again")
	}
}

func (c *calendar) trial() {
	p := c.record.Published
	if p == nil || p.Listing.Offer == nil {
		return
	}
	begins, which := c.at, "a free trial that begins now"
	switch {
	case c.record.UnpublishedAt != nil:
		begins, which = *c.record.UnpublishedAt, "the last free trial"
	case c.record.State != Live:
		return
	}
	end := begins.Add(time.Duration(p.Listing.Offer.TrialDays) * 24 * time.Hour)
	if !end.After(c.at) {
		return // over, or there is no trial
	}
	c.add(DateTrialReminder, end.Add(-trialReminder), trialDays, "%s ends in 3 days; AWS tells its buyer by mail", which)
	c.add(DateTrialEnds, end, trialDays, "%s ends, and its buyer starts to pay", which)
}
