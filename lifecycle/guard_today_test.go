package lifecycle_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// Images are the seller's at a host that ECR documents, and nowhere else.
func TestImagesOfTheSellersRegistry(t *testing.T) {
	t.Parallel()
	const own = "111122223333"
	for host, broken := range map[string][]rule.Rule{
		own + ".dkr.ecr.us-east-2.amazonaws.com":         nil,
		own + ".dkr.ecr-fips.us-east-2.amazonaws.com":    nil,
		own + ".dkr-ecr.us-east-2.on.aws":                nil,
		own + ".dkr-ecr-fips.us-east-2.on.aws":           nil,
		own + ".dkr.ecr.us-east-2.amazonaws.com.cn":      nil,
		own + ".dkr.ecr.eu-west-1.amazonaws.com":         {lifecycle.RuleImageRegion},
		own + ".dkr-ecr.eu-west-1.on.aws":                {lifecycle.RuleImageRegion},
		own + ".dkr.ecr.us-east-2.example.com":           {lifecycle.RuleOwnsResource},
		own + ".dkr.ecr.us-east-2.amazonaws.com.evil.io": {lifecycle.RuleOwnsResource},
		own + ".dkr.ecr.us-east-2xamazonaws.com":         {lifecycle.RuleOwnsResource},
		"999900001111.dkr.ecr.us-east-2.amazonaws.com":   {lifecycle.RuleOwnsResource},
		"public.ecr.aws": {lifecycle.RuleOwnsResource},
		"docker.io":      {lifecycle.RuleOwnsResource},
	} {
		q := ask(t, lifecycle.Draft, false, false, lifecycle.EventSubmit)
		imageAt(&q, host+"/invoice@sha256:00")
		found := lifecycle.Explain(q.record, q.command, lifecycle.Input{At: q.at, Facts: q.facts})
		assert.Equal(t, broken, found.Violations.Rules(), host)
	}
}

// A remedy says which command does what was meant, from where the listing stands.
func TestRemediesFitTheState(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state   lifecycle.State
		command lifecycle.Command
		says    string
	}{
		{lifecycle.Live, lifecycle.SignOff{}, "there is nothing to sign off"},
		{lifecycle.Live, lifecycle.Submit{}, "update-information"},
		{lifecycle.Live, lifecycle.Edit{}, "update-information"},
		{lifecycle.Live, lifecycle.Discard{}, "unpublish"},
		{lifecycle.Live, lifecycle.EndSupport{}, "unpublish the listing first"},
		{lifecycle.Draft, lifecycle.SignOff{}, "submit the listing"},
		{lifecycle.Draft, lifecycle.RestrictVersion{Number: "1.0"}, "edit the document and submit it"},
		{lifecycle.TestProduct, lifecycle.UpdatePricing{}, "edit the document and submit it"},
		{lifecycle.Draft, lifecycle.Unpublish{}, "discard the draft"},
		{lifecycle.TestProduct, lifecycle.Discard{}, "leave it as it is"},
		{lifecycle.TestProduct, lifecycle.Unpublish{}, "leave it as it is"},
		{lifecycle.Unpublished, lifecycle.Edit{}, "create a new one"},
		{lifecycle.Unpublished, lifecycle.Submit{}, "create a new one"},
		{lifecycle.Unpublished, lifecycle.SignOff{}, "create a new one"},
		{lifecycle.Unpublished, lifecycle.UpdateAllowList{}, "create a new one"},
		{lifecycle.Unpublished, lifecycle.Unpublish{}, "nothing is left to do"},
		{lifecycle.Submitted, lifecycle.SignOff{}, "wait until the request has ended"},
		{lifecycle.Submitted, lifecycle.Edit{}, "wait until the request has ended"},
	} {
		q := ask(t, c.state, false, c.state == lifecycle.Submitted, lifecycle.EventEdit)
		found := lifecycle.Explain(q.record, c.command, lifecycle.Input{At: q.at, Facts: q.facts})
		id, _ := lifecycle.StateRule(c.command.Event())
		i := slices.IndexFunc(found.Violations, func(v rule.Violation) bool { return v.Rule.ID == id })
		require.GreaterOrEqual(t, i, 0, "%s %s: %v", c.state, c.command.Event(), found)
		assert.Contains(t, found.Violations[i].Remedy, c.says, "%s %s", c.state, c.command.Event())
	}
}

// However far the clock runs back, no day is before the first.
func TestTheClockRunsBackAfterUnpublishing(t *testing.T) {
	t.Parallel()
	q := ask(t, lifecycle.Unpublished, false, false, lifecycle.EventEndSupport)
	at := q.record.UnpublishedAt.Add(-12 * 24 * time.Hour)
	found := lifecycle.Explain(q.record, lifecycle.EndSupport{}, lifecycle.Input{At: at})
	require.ErrorIs(t, found.Err(), lifecycle.RuleNinetyDays)
	assert.Contains(t, found.Violations[0].Problem, "day 0 of 90")
}

// What is quoted is shortened, and account ids come with what happened to them.
func TestRefusalsAreShortAndSayWhatHappened(t *testing.T) {
	t.Parallel()
	l := lifecycletest.ModelPackage()
	huge := strings.Repeat("k", 200_000)
	l.Promotion.Keywords = []string{huge, huge}
	l.Categories = []string{huge, huge}
	assert.Less(t, len(listing.Check(l).Err().Error()), 3_000)

	q := ask(t, lifecycle.Draft, false, false, lifecycle.EventSubmit)
	found := lifecycle.Explain(q.record, lifecycle.Submit{Testers: []listing.AccountID{"12345678901", "1111-2222-3333"}}, lifecycle.Input{At: q.at, Facts: q.facts})
	require.Len(t, found.Violations, 2)
	assert.Contains(t, found.Violations[0].Remedy, "leading zeros")
	assert.Contains(t, found.Violations[1].Remedy, "separators")

	private := lifecycletest.Algorithm()
	private.Buyers = []listing.AccountID{"12345678901"}
	assert.Contains(t, listing.Check(private).Violations[0].Remedy, "leading zeros")
	found = lifecycle.Explain(lifecycle.Record{ID: uuid.New(), Seller: "1111-2222-3333"}, lifecycle.Create{Listing: l}, lifecycle.Input{})
	assert.Contains(t, found.Violations[0].Remedy, "separators")
}

// Text that is not UTF-8 never reaches a record, and the refusal names where it is.
func TestTextThatIsNotUTF8(t *testing.T) {
	t.Parallel()
	q := ask(t, lifecycle.Live, false, false, lifecycle.EventUnpublish)
	found := lifecycle.Explain(q.record, lifecycle.Unpublish{Email: "ann@example.com", Reason: "caf\xe9"}, lifecycle.Input{At: q.at, Facts: q.facts})
	assert.Equal(t, []string{"reason"}, paths(found.Violations))

	name := "caf\xe9"
	found = lifecycle.Explain(lifecycle.Record{ID: lifecycle.ID(lifecycletest.Seller, name), Seller: lifecycletest.Seller},
		lifecycle.Create{Name: name, Listing: lifecycletest.ModelPackage()}, lifecycle.Input{})
	assert.Equal(t, []string{"name"}, paths(found.Violations))
}

// A plan says what follows for buyers.
func TestPlansSayWhatFollows(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	plan, err := b.Plan(ctx, id, lifecycle.Unpublish{Email: "ann@example.com", Reason: "Replaced."})
	require.NoError(t, err)
	require.Len(t, plan.Notes, 1)
	for _, each := range []string{"AWS tells the buyers", "reachable by its address", "90 days", b.Clock.Now().Add(lifecycle.SupportPeriod).Format(time.DateOnly)} {
		assert.Contains(t, plan.Notes[0], each)
	}
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	offer := r.Draft.Offer.Clone()
	offer.TrialDays = 21
	plan, err = b.Plan(ctx, id, lifecycle.UpdatePricing{Offer: offer})
	require.NoError(t, err)
	require.Len(t, plan.Notes, 1)
	assert.Contains(t, plan.Notes[0], "21 days")
	assert.Contains(t, plan.Notes[0], "three days before the end")
}
