package lifecycle_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/pricing/metering"
	"github.com/shelflife-go/shelflife/version"
)

// listed is an edit of a listing of a model package that breaks no rule.
func listed(says string, edit func(*listing.Listing)) example {
	return edited(says, lifecycletest.ModelPackage, edit)
}

// algorithm is the same of a private listing of an algorithm.
func algorithm(says string, edit func(*listing.Listing)) example {
	return edited(says, lifecycletest.Algorithm, edit)
}

func edited(says string, sound func() listing.Listing, edit func(*listing.Listing)) example {
	return example{says, func(*testing.T) rule.Findings {
		l := sound()
		edit(&l)
		return listing.Check(l)
	}}
}

func withFirst(edit func(*version.Version)) func(*listing.Listing) {
	return func(l *listing.Listing) { edit(&l.Versions[0]) }
}

func withSecond(edit func(*version.Version)) func(*listing.Listing) {
	return func(l *listing.Listing) {
		l.Versions = append(l.Versions, lifecycletest.Version("1.1", l.Kind))
		edit(&l.Versions[1])
	}
}

func withOffer(edit func(*pricing.Offer)) func(*listing.Listing) {
	return func(l *listing.Listing) { edit(l.Offer) }
}

func free(o *pricing.Offer) { o.Model, o.Rates, o.TrialDays = pricing.Free, nil, 0 }

func file(says string, check func([]byte) rule.Findings, data []byte) example {
	return example{says, func(*testing.T) rule.Findings { return check(data) }}
}

// checkEULA gives the path in a listing, as submitting does.
func checkEULA(data []byte) rule.Findings { return pricing.CheckEULA(data).Under("offer") }

// failing is what a function that returns an error has to say.
func failing(says string, do func() error) example {
	return example{says, func(t *testing.T) rule.Findings {
		err := do()
		if err == nil {
			return rule.Findings{}
		}
		var broken rule.Violation
		require.ErrorAs(t, err, &broken)
		return rule.Findings{Violations: rule.Violations{broken}}
	}}
}

func parseUSD(price string) error {
	_, err := pricing.ParseUSD(price)
	return err
}

func parseMetering(n int) error {
	_, err := metering.Parse(fmt.Sprintf(`{"Dimension":"inference.count","ConsumedUnits":%d}`, n))
	return err
}

// move takes both examples from the table of refusals.
func move(r rule.Rule, refused, accepted string) entry {
	explain := func(says string, mend bool) example {
		return example{says, func(t *testing.T) rule.Findings {
			c, covered := refusals[r]
			require.True(t, covered)
			q := ask(t, c.state, c.private, c.busy, c.command)
			c.break_(&q)
			if mend {
				c.mend(&q)
			}
			return lifecycle.Explain(q.record, q.command, lifecycle.Input{At: q.at, By: q.by, Facts: q.facts})
		}}
	}
	return entry{rule: r, refused: explain(refused, false), accepted: explain(accepted, true)}
}

// asking is a question of its own, and whether a request takes too long.
func asking(says string, state lifecycle.State, prepare func(*question)) example {
	return example{says, func(t *testing.T) rule.Findings {
		q := ask(t, state, false, state == lifecycle.Submitted, lifecycle.EventEdit)
		prepare(&q)
		if state == lifecycle.Submitted {
			return q.record.Overdue(q.at)
		}
		return lifecycle.Explain(q.record, q.command, lifecycle.Input{At: q.at, By: q.by, Facts: q.facts})
	}}
}

// ask returns a question that the caller owns.
func ask(t *testing.T, state lifecycle.State, private, busy bool, command lifecycle.Event) question {
	t.Helper()
	l := lifecycletest.ModelPackage()
	if private {
		l = lifecycletest.Algorithm()
	}
	at := standing{state, private, busy}
	kept, known := reached.Load(at)
	if !known {
		r, facts := withTwoVersions(t, l, state, busy)
		data, err := json.Marshal(r)
		require.NoError(t, err)
		kept, _ = reached.LoadOrStore(at, way{data, facts})
	}
	r, err := decodedRecord(kept.(way).record)
	require.NoError(t, err)
	facts, seller := kept.(way).facts, *kept.(way).facts.Seller
	facts.Seller, facts.Resources = &seller, maps.Clone(facts.Resources)
	return question{record: r, facts: facts, command: soundOn(r, r.Draft)[command], at: r.UpdatedAt.Add(time.Minute)}
}

// reached has the way for each standing that was asked for: to go it anew for
// every example would take most of the time of this package's tests.
var reached sync.Map

type standing struct {
	state         lifecycle.State
	private, busy bool
}

type way struct {
	record []byte
	facts  lifecycle.Facts
}

func overdue(age time.Duration) func(*question) {
	return func(q *question) { q.at = q.record.Request.RecordedAt.Add(age) }
}

// otherTrial changes the trial some time after prices were raised.
func otherTrial(after time.Duration) func(*question) {
	return func(q *question) {
		rise := lifecycle.AnnouncedRise(q.at)
		q.record.Rise, q.at = &rise, q.at.Add(after)
		updateOffer(q, func(o *pricing.Offer) { o.TrialDays = 21 })
	}
}

// replacedBy has an id that never changes, because the violation names it.
func replacedBy(state lifecycle.State) func(*question) {
	return func(q *question) {
		id := uuid.MustParse("0b5d2c6e-7f1a-4c3b-9d8e-2a4f6c8e0b1d")
		q.command = lifecycle.Unpublish{Email: "ann@example.com", Reason: "Replaced.", Replacement: id}
		q.facts.Replacements = map[uuid.UUID]lifecycle.Summary{id: {ID: id, State: state, Product: "prod-ad8EXAMPLE651"}}
	}
}

func subscribing(says string, state lifecycle.State, private bool, b lifecycle.Buyer) example {
	return example{says, func(t *testing.T) rule.Findings {
		q := ask(t, state, private, false, lifecycle.EventEdit)
		if state == lifecycle.TestProduct {
			q.record.Published.AllowList = []listing.AccountID{"777788889999"}
		}
		return q.record.CanSubscribe(b)
	}}
}

func withdrawing(says string, after time.Duration) example {
	return example{says, func(t *testing.T) rule.Findings {
		q := ask(t, lifecycle.Live, false, false, lifecycle.EventEdit)
		restrict(&q, 0)
		q.record.Restricted = map[string]time.Time{"1.0": q.at}
		return q.record.CanWithdraw("1.0", q.at.Add(after))
	}}
}

// letters returns n characters of two bytes each, so that a limit counted in
// bytes would show.
func letters(n int) string { return strings.Repeat("é", n) }

// words returns n different words.
func words(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("word %d", i+1)
	}
	return all
}

func whitePNG(w, h int) []byte {
	sheet := image.NewGray(image.Rect(0, 0, w, h))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, sheet); err != nil {
		panic(err) // an image in memory always encodes
	}
	return b.Bytes()
}
