package lifecycle_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// A model of the calendar that shares nothing with it: seconds since 1970 and
// arithmetic on civil days, kept beside a life as it goes on.
type calendarModel struct {
	requestAt, sentAt       int64
	kind                    lifecycle.Event
	published, live         bool
	trial                   int64
	restricted              map[string]int64
	raisedAt, unpublishedAt int64
	supportEnded            bool
}

const secondsADay = 86_400

// monthAfter returns the first second of the month after that of a second.
func monthAfter(second int64) int64 {
	day := second / secondsADay
	year, dayOfYear := int64(1970), day
	length := func(y int64) int64 {
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 366
		}
		return 365
	}
	for dayOfYear >= length(year) {
		dayOfYear -= length(year)
		year++
	}
	for month := range int64(12) {
		days := []int64{31, length(year) - 337, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month]
		if dayOfYear < days {
			return (day - dayOfYear + days) * secondsADay
		}
		dayOfYear -= days
	}
	panic("a year has twelve months")
}

// dates returns, for each kind and version, the second of the date.
func (m calendarModel) dates(at int64) map[string]int64 {
	dates := map[string]int64{}
	if m.kind != "" {
		usual, latest := int64(3600), int64(secondsADay)
		if m.kind == lifecycle.EventSignOff || m.kind == lifecycle.EventUnpublish {
			usual, latest = 10*secondsADay, 37*secondsADay
		}
		dates["request-usual "], dates["request-latest "] = m.requestAt+usual, m.requestAt+latest
		if m.kind == lifecycle.EventUnpublish && m.sentAt != 0 {
			dates["removal-final "] = m.sentAt + secondsADay
		}
	}
	if m.unpublishedAt != 0 && !m.supportEnded {
		dates["support-ends "] = m.unpublishedAt + 90*secondsADay
	}
	for number, since := range m.restricted {
		if end := since + 90*secondsADay; m.unpublishedAt == 0 && end > at {
			dates["version-support-ends "+number] = end
		}
	}
	if m.raisedAt != 0 {
		effective := monthAfter(m.raisedAt + 90*secondsADay)
		open := max(effective, m.raisedAt+120*secondsADay)
		if open > at && m.unpublishedAt == 0 {
			dates["rise-announced "], dates["rise-effective "], dates["prices-open "] = m.raisedAt, effective, open
		}
		if effective > at && m.unpublishedAt != 0 { // no price can change any more
			dates["rise-announced "], dates["rise-effective "] = m.raisedAt, effective
		}
	}
	begins := at
	if m.unpublishedAt != 0 {
		begins = m.unpublishedAt
	}
	if end := begins + m.trial*secondsADay; m.trial > 0 && (m.live || m.unpublishedAt != 0) && end > at {
		dates["trial-reminder "], dates["trial-ends "] = end-3*secondsADay, end
	}
	return dates
}

// calendarLife is one random life.
type calendarLife struct {
	t      *testing.T
	draw   *rand.Rand
	zone   *time.Location
	at     int64
	record lifecycle.Record
	facts  lifecycle.Facts
	model  calendarModel
	kinds  map[lifecycle.DateKind]int
}

func (l *calendarLife) now() time.Time { return time.Unix(l.at, 0).In(l.zone) }

// pass lets time go by: mostly as long as requests and periods take.
func (l *calendarLife) pass() {
	l.at += []int64{60, 3600, 7 * 3600, secondsADay, 11 * secondsADay, 45 * secondsADay, 100 * secondsADay}[l.draw.IntN(7)] + l.draw.Int64N(7200)
}

// do asks for a command and says whether it was accepted.
func (l *calendarLife) do(c lifecycle.Command) bool {
	d, err := lifecycle.Decide(l.record, c, lifecycle.Input{At: l.now(), Facts: l.facts})
	if err != nil {
		return false
	}
	l.record = d.Record
	if q := l.record.Request; q != nil && !q.Cancelling {
		l.model.kind, l.model.requestAt, l.model.sentAt = q.Kind, l.at, 0
	}
	l.model.supportEnded = l.model.supportEnded || c.Event() == lifecycle.EventEndSupport
	l.check()
	return true
}

func (l *calendarLife) step(e lifecycle.Entry) {
	d, err := lifecycle.StepOf(l.record, e, l.now())
	require.NoError(l.t, err)
	l.record = d.Record
}

// finish sends what is under way and lets it end; it says whether it succeeded.
func (l *calendarLife) finish() bool {
	l.step(lifecycle.Entry{Event: lifecycle.EventSending})
	l.pass()
	l.step(lifecycle.Entry{Event: lifecycle.EventSent, ChangeSet: "cs"})
	l.model.sentAt = l.at
	l.check()
	l.pass()
	l.check()
	result := lifecycle.Succeeded
	if l.draw.IntN(5) == 0 {
		result = lifecycle.Failed
	}
	d, err := lifecycle.End(l.record, lifecycle.Outcome{Result: result, Entities: lifecycle.Entities{Product: "prod-1", Offer: "offer-1"}}, l.now())
	require.NoError(l.t, err)
	l.record = d.Record
	l.model.kind = ""
	return result == lifecycle.Succeeded
}

func (l *calendarLife) check() {
	dates := lifecycle.Calendar(l.record, l.now())
	got := map[string]int64{}
	for i, d := range dates {
		l.kinds[d.Kind]++
		require.Equal(l.t, time.UTC, d.At.Location())
		require.Equal(l.t, d.At.Unix() <= l.at, d.Past)
		require.NotEmpty(l.t, d.Rule.Statement)
		require.True(l.t, i == 0 || !d.At.Before(dates[i-1].At), "the earliest first")
		got[string(d.Kind)+" "+d.Version] = d.At.Unix()
	}
	require.Equal(l.t, l.model.dates(l.at), got, "at %s", l.now())
}

func (l *calendarLife) live() {
	document := lifecycletest.ModelPackage()
	document.Offer.TrialDays = []int{0, 0, 5, 14, 31}[l.draw.IntN(5)]
	l.facts = lifecycletest.Facts(document)
	for n := range 9 {
		l.facts.Resources[lifecycletest.Version(fmt.Sprintf("1.%d", n), document.Kind).Resource] = lifecycletest.Resource(document.Kind)
	}
	l.model = calendarModel{restricted: map[string]int64{}}
	l.record = lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller}
	require.True(l.t, l.do(lifecycle.Create{Listing: document}))
	for !l.model.published {
		l.pass()
		require.True(l.t, l.do(lifecycle.Submit{}))
		l.model.published = l.finish()
	}
	l.model.trial = int64(document.Offer.TrialDays)
	for !l.model.live {
		l.pass()
		require.True(l.t, l.do(lifecycle.SignOff{}))
		l.model.live = l.finish()
	}
	for n := range 3 + l.draw.IntN(5) {
		l.pass()
		l.check()
		l.move(n)
	}
	l.pass()
	l.check()
}

// move makes one change of a listing on sale, or of one that was.
func (l *calendarLife) move(n int) {
	switch l.draw.IntN(5) {
	case 0:
		if l.do(lifecycle.AddVersion{Version: lifecycletest.Version(fmt.Sprintf("1.%d", n+1), l.record.Draft.Kind)}) {
			l.finish()
		}
	case 1:
		offered := l.record.Draft.Offered()
		if number := offered[0].Number; l.do(lifecycle.RestrictVersion{Number: number}) && l.finish() {
			l.model.restricted[number] = l.at
		}
	case 2:
		offer := *l.record.Draft.Clone().Offer
		for d := range offer.Rates {
			offer.Rates[d] = pricing.MustUSD(fmt.Sprintf("%d.5", 10+l.at%1000))
		}
		raised := offer.Rates[offer.Rates.Dimensions()[0]].Cmp(l.record.Published.Rates[offer.Rates.Dimensions()[0]]) > 0
		if l.do(lifecycle.UpdatePricing{Offer: offer}) && l.finish() && raised {
			l.model.raisedAt = l.at
		}
	case 3:
		if l.draw.IntN(2) == 0 && l.do(lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced."}) && l.finish() {
			l.model.live, l.model.unpublishedAt = false, l.at
		}
	case 4:
		l.do(lifecycle.EndSupport{})
	}
}

// Random lives, 200 or as many as SHELFLIFE_LIVES says, begun on any day of many years, leap days among them,
// and seen in zones with summer time and with half hours, have the calendar that the
// model has.
func TestCalendarAgreesWithItsModel(t *testing.T) {
	t.Parallel()
	lives := 200
	if n := os.Getenv("SHELFLIFE_LIVES"); n != "" {
		var err error
		lives, err = strconv.Atoi(n)
		require.NoError(t, err)
	}
	var zones []*time.Location
	for _, name := range []string{"UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe"} {
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		zones = append(zones, zone)
	}
	kinds := map[lifecycle.DateKind]int{}
	for seed := range lives {
		draw := rand.New(rand.NewPCG(uint64(seed), 1))
		begins := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix() + draw.Int64N(8*365*secondsADay)
		if seed%4 == 0 { // so that every period meets the leap day
			begins = leapDay.Unix() - draw.Int64N(200*secondsADay)
		}
		l := &calendarLife{t: t, draw: draw, zone: zones[seed%len(zones)], at: begins, kinds: kinds}
		l.live()
	}
	for _, kind := range []lifecycle.DateKind{
		lifecycle.DateRequestUsual, lifecycle.DateRequestLatest, lifecycle.DateRemovalFinal, lifecycle.DateSupportEnds,
		lifecycle.DateVersionSupportEnds, lifecycle.DateRiseAnnounced, lifecycle.DateRiseEffective, lifecycle.DatePricesOpen,
		lifecycle.DateTrialReminder, lifecycle.DateTrialEnds,
	} {
		assert.Greater(t, kinds[kind], lives/20, kind)
	}
	t.Logf("%d lives, dates by kind: %v", lives, kinds)
}

// The model's months are those of the calendar that everybody uses.
func TestMonthAfter(t *testing.T) {
	t.Parallel()
	for day := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2101; day = day.AddDate(0, 0, 1) {
		require.Equal(t, time.Date(day.Year(), day.Month()+1, 1, 0, 0, 0, 0, time.UTC).Unix(), monthAfter(day.Unix()+secondsADay-1), day)
	}
}

// What the record does not know is in the calendar without an instant, and last.
func TestCalendarSaysWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	r := withRestricted(t)
	delete(r.Restricted, "1.0")
	dates := lifecycle.Calendar(r, r.UpdatedAt)
	last := dates[len(dates)-1]
	assert.Equal(t, lifecycle.DateVersionSupportEnds, last.Kind)
	assert.True(t, last.At.IsZero())
	assert.False(t, last.Past)
	assert.Contains(t, dates.Table(), `version "1.0": support of the version may end`)
	assert.Contains(t, dates.Table(), "\nunknown ")
	text, err := json.Marshal(last)
	require.NoError(t, err)
	assert.NotContains(t, string(text), `"at"`)
	assert.NotContains(t, dates.ICalendar(r.UpdatedAt), "version-support-ends")
}

// A request is waited for by those who carry it out: people look at what goes on
// sale or leaves it, and at nothing else.
func TestCalendarSaysWhoIsWaitedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind       lifecycle.Event
		visibility listing.Visibility
		who        string
	}{
		{lifecycle.EventSubmit, listing.Public, "the marketplace has usually ended the request to submit"},
		{lifecycle.EventSignOff, listing.Public, "the review by people has usually ended the request to sign-off"},
		{lifecycle.EventSignOff, listing.Private, "the marketplace has usually ended the request to sign-off"},
		{lifecycle.EventUnpublish, listing.Private, "the review by people has usually ended the request to unpublish"},
	} {
		r := lifecycle.Record{ID: exampleID, Request: &lifecycle.Request{Kind: c.kind, RecordedAt: leapDay}}
		r.Draft.Visibility = c.visibility
		assert.Equal(t, c.who, lifecycle.Calendar(r, leapDay)[0].Text)
	}
}

// A listing that was taken from the marketplace may have no offer.
func TestCalendarWithoutAnOffer(t *testing.T) {
	t.Parallel()
	document := lifecycletest.ModelPackage()
	document.Offer = nil
	r := lifecycle.Record{ID: exampleID, State: lifecycle.Live, Draft: document, Published: &lifecycle.Content{Listing: document}}
	assert.Empty(t, lifecycle.Calendar(r, leapDay))
}

var leapDay = time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC)

func withRestricted(t *testing.T) lifecycle.Record {
	t.Helper()
	r, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	i := len(r.Published.Listing.Versions) - 2
	r.Published.Listing.Versions[i].Status = version.Restricted
	r.Restricted = map[string]time.Time{"1.0": r.UpdatedAt}
	return r
}

// A calendar file has lines of at most 75 bytes, ended as the format has it, that
// cut no character; what the format gives a meaning is escaped, and nothing that
// comes from a document makes a line of its own.
func TestICalendar(t *testing.T) {
	t.Parallel()
	r := withRestricted(t)
	r.Draft.Title = strings.Repeat("Ünïcode ", 20) + "; a, b\\\r\nATTENDEE:mailto:x@example.com\x1b[31m"
	text := lifecycle.Calendar(r, r.UpdatedAt).ICalendar(r.UpdatedAt)
	require.True(t, strings.HasSuffix(text, "\r\n"))
	for _, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		assert.LessOrEqual(t, len(line), 75)
		assert.NotContains(t, line, "\n")
		assert.NotContains(t, line, "\x1b")
		assert.False(t, strings.HasPrefix(line, "ATTENDEE"))
		assert.Equal(t, line, strings.ToValidUTF8(line, ""), "a character is cut in two")
	}
	unfolded := strings.ReplaceAll(text, "\r\n ", "")
	assert.Contains(t, unfolded, `Ünïcode \; a\, b\\\\r\\nATTENDEE:mailto:x@example.com\\x1b[31m: version "1.0": support`)
	assert.Contains(t, unfolded, "UID:"+r.ID.String()+"/version-support-ends/1.0\r\n")
	assert.Contains(t, unfolded, "DTSTART:"+r.UpdatedAt.Add(lifecycle.SupportPeriod).UTC().Format("20060102T150405Z")+"\r\n")
}

func ExampleCalendar() {
	announced := time.Date(2026, 11, 5, 9, 0, 0, 0, time.UTC)
	rise := lifecycle.AnnouncedRise(announced)
	document := lifecycletest.ModelPackage()
	document.Versions[0].Status = version.Restricted
	record := lifecycle.Record{
		ID: exampleID, Seller: lifecycletest.Seller, State: lifecycle.Live, Draft: document,
		Published:  &lifecycle.Content{Listing: document},
		Restricted: map[string]time.Time{document.Versions[0].Number: announced},
		Rise:       &rise,
	}
	fmt.Print(lifecycle.Calendar(record, announced.AddDate(0, 0, 20)).Table())
	// Output:
	// 2026-11-05T09:00:00Z (past)  higher prices are announced to the buyers                                       pricing.rise-every-120-days
	// 2026-12-06T09:00:00Z         a free trial that begins now ends in 3 days; AWS tells its buyer by mail        pricing.trial-days
	// 2026-12-09T09:00:00Z         a free trial that begins now ends, and its buyer starts to pay                  pricing.trial-days
	// 2027-02-03T09:00:00Z         version "1.0": support of the version may end, and its resource may be deleted  version.restricted-stays-usable
	// 2027-03-01T00:00:00Z         the higher prices take effect                                                   pricing.rise-every-120-days
	// 2027-03-05T09:00:00Z         prices may change again                                                         pricing.rise-every-120-days
}

func ExampleDates_ICalendar() {
	unpublished := time.Date(2027, 12, 1, 9, 0, 0, 0, time.UTC)
	record := lifecycle.Record{ID: exampleID, State: lifecycle.Unpublished, UnpublishedAt: &unpublished}
	record.Draft.Title = "Extractor"
	file := lifecycle.Calendar(record, unpublished).ICalendar(unpublished)
	fmt.Println(strings.ReplaceAll(file, "\r\n", "\n"))
	// Output:
	// BEGIN:VCALENDAR
	// VERSION:2.0
	// PRODID:-//shelflife//calendar of a listing//EN
	// BEGIN:VEVENT
	// UID:0b5f6d1e-7c1a-4f63-9a53-3f0a6c1c2b11/support-ends/
	// DTSTAMP:20271201T090000Z
	// DTSTART:20280229T090000Z
	// SUMMARY:Extractor: support of the listing may end\, and its resources may b
	//  e deleted
	// DESCRIPTION:support.ninety-days: an unpublished listing is supported for at
	//   least 90 days (seller guide of 2022\, removing a product\; seller guide o
	//  f 2026\, removing a product (90 days))
	// CATEGORIES:support-ends
	// TRANSP:TRANSPARENT
	// END:VEVENT
	// END:VCALENDAR
}
