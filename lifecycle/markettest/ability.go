package markettest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

// ability is a method of a marketplace that publishing can do without.
type ability struct {
	method string
	cases  []testCase
	// call calls the method.
	call func(ctx context.Context, b bench, s subject) error
}

var abilities = []ability{
	{"Plan", planCases, func(_ context.Context, b bench, s subject) error { _, err := b.Market.Plan(s.renamed()); return err }},
	{"Validate", validateCases, func(ctx context.Context, b bench, s subject) error {
		_, err := b.Market.Validate(ctx, b.validated(s))
		return err
	}},
	{"Read", readCases, func(ctx context.Context, b bench, s subject) error {
		_, err := b.Market.Read(ctx, s.entities.Product)
		return err
	}},
	{"Pending", pendingCases, func(ctx context.Context, b bench, _ subject) error {
		_, _, err := b.Market.Pending(ctx, "")
		return err
	}},
	{"Trace", traceCases, func(ctx context.Context, b bench, s subject) error { _, err := b.Market.Trace(ctx, s.made); return err }},
}

// supports reports whether the marketplace has the ability, as its harness says.
func (h Harness) supports(method string) bool { return !slices.Contains(h.Unsupported, method) }

// unsupported is the case of an ability that the harness says to be missing.
func (a ability) unsupported() testCase {
	return testCase{a.method + "/unsupported", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		taken := b.Taken()
		err := a.call(background, b, s)
		require.ErrorIs(b, err, errors.ErrUnsupported, "the harness says that %s is unsupported", a.method)
		b.Logf("%s: %v", a.method, err)
		b.took(taken)
		b.untouched(s)
	}}
}

var planCases = []testCase{
	{"Plan/the same each time, and nothing is sent", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		taken := b.Taken()
		for _, c := range []lifecycle.Change{submission(lifecycletest.Algorithm()), s.renamed()} {
			planned, err := b.Market.Plan(c)
			require.NoError(b, err)
			require.NotEmpty(b, planned.Changes)
			again, err := b.Market.Plan(c)
			require.NoError(b, err)
			assert.Equal(b, planned, again)
			for _, each := range planned.Changes {
				assert.NotEmpty(b, each.Type)
				assert.NotEmpty(b, each.Entity)
				var members map[string]any
				assert.NoError(b, json.Unmarshal(each.Document, &members), "the document of %s", each)
				assert.NotNil(b, members, "the document of %s is an object", each)
				assert.True(b, c.Entities.Product != "" || each.Identifier == "" || each.Identifier[0] == '$', "%s of what does not exist yet", each)
			}
		}
		b.took(taken)
	}},
	{"Plan/what cannot be asked for", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		_, err := b.Market.Plan(s.change(lifecycle.EventRestrictVersion, func(c *lifecycle.Content) { c.Listing.Versions = nil }))
		var rejection *lifecycle.Rejection
		require.ErrorAs(b, err, &rejection, "no version can be taken away")
		assert.NotEmpty(b, rejection.Problems)
	}},
}

var readCases = []testCase{
	{"Read/what each change made, public", func(b bench) { b.live(lifecycletest.ModelPackage(), b.reads) }},
	{"Read/what each change made, private", func(b bench) { b.live(lifecycletest.Algorithm(), b.reads) }},
	{"Read/what is not there", func(b bench) {
		_, err := b.Market.Read(background, "prod-nobodys000000")
		require.ErrorIs(b, err, lifecycle.ErrNotFound)
	}},
}

// reads requires that the marketplace gives back what the subject was made.
func (b bench) reads(s subject, kind lifecycle.Event) {
	b.Helper()
	h, err := b.Market.Read(background, s.entities.Product)
	require.NoError(b, err, "after %s", kind)
	assert.Equal(b, s.entities, h.Entities, "after %s", kind)
	assert.True(b, h.Released, "after %s", kind)
	assert.False(b, h.ModifiedAt.IsZero() || h.ModifiedAt.After(b.Now()), "changed at %s", h.ModifiedAt)
	assert.NotEmpty(b, h.Documents)
	l, want := h.Content.Listing, s.content.Listing
	assert.Equal(b, want.Kind, l.Kind, "after %s", kind)
	assert.Equal(b, want.Information, l.Information, "after %s", kind)
	assert.Equal(b, s.content.Rates, h.Content.Rates, "after %s", kind)
	assert.Equal(b, want.Offer.EULA, l.Offer.EULA, "after %s", kind)
	assert.Equal(b, want.Offer.TrialDays, l.Offer.TrialDays, "after %s", kind)
	require.Len(b, l.Versions, len(want.Versions), "after %s", kind)
	for _, v := range want.Versions {
		got, ok := l.Version(v.Number)
		require.True(b, ok, "version %s after %s", v.Number, kind)
		assert.Equal(b, v.Resource, got.Resource)
		assert.Equal(b, v.Status, got.Status, "version %s after %s", v.Number, kind)
		assert.Equal(b, v.ReleaseNotes, got.ReleaseNotes)
	}
	for _, account := range s.content.AllowList { // the marketplace may add some of its own
		assert.Contains(b, h.Content.AllowList, account, "after %s", kind)
	}
	if kind != lifecycle.EventUpdateAllowList && slices.Contains(h.Content.AllowList, tester1) {
		assert.Contains(b, s.content.AllowList, tester1, "was taken off by %s", kind)
	}
	switch {
	case kind == lifecycle.EventUnpublish:
		assert.Equal(b, lifecycle.VisibilityRestricted, h.Visibility)
	case kind == lifecycle.EventSubmit || want.Visibility == listing.Private:
		assert.Equal(b, lifecycle.VisibilityLimited, h.Visibility, "after %s", kind)
	default:
		assert.Equal(b, lifecycle.VisibilityPublic, h.Visibility, "after %s", kind)
	}
}

var pendingCases = []testCase{
	{"Pending/all that is under way, page by page", func(b bench) {
		const many = 45
		ended := b.send(submission(lifecycletest.ModelPackage()))
		b.ended(ended)
		var open []string
		for range many {
			open = append(open, b.send(submission(lifecycletest.ModelPackage())))
		}
		require.NoError(b, b.Market.Cancel(background, open[0]))
		var told []string
		for page, pages := "", 0; ; pages++ {
			require.Less(b, pages, many+1, "pages of %d change sets", many)
			ids, next, err := b.Market.Pending(background, page)
			require.NoError(b, err)
			told = append(told, ids...)
			if page = next; page == "" {
				break
			}
		}
		assert.ElementsMatch(b, open[1:], told)
	}},
	{"Pending/nothing", func(b bench) {
		ids, next, err := b.Market.Pending(background, "")
		require.NoError(b, err)
		assert.Empty(b, ids)
		assert.Empty(b, next)
	}},
}

var traceCases = []testCase{
	{"Trace/what a first submission has made, among others like it", func(b bench) {
		one, two := b.listed(lifecycletest.ModelPackage()), b.listed(lifecycletest.ModelPackage())
		for _, s := range []subject{one, two} {
			traced, err := b.Market.Trace(background, s.made)
			require.NoError(b, err)
			assert.Equal(b, lifecycle.Traced{Entities: s.entities, Token: s.made.Token}, traced)
		}
		b.carryOut(&one, one.change(lifecycle.EventUpdateAllowList, func(c *lifecycle.Content) { c.AllowList = append(c.AllowList, tester2) }))
		traced, err := b.Market.Trace(background, one.made)
		require.NoError(b, err)
		assert.Equal(b, one.entities, traced.Entities, "as it is now")
	}},
	{"Trace/by the listing, whatever it was called and whoever asks", func(b bench) {
		one := b.listed(lifecycletest.ModelPackage())
		b.listed(lifecycletest.ModelPackage())
		b.carryOut(&one, one.renamed())
		again := one.made // after a backup was restored, for one, with other content
		again.Token, again.Name, again.After = uuid.New(), "another request", again.After.Clone()
		again.After.Listing.Title = "A third title"
		traced, err := b.Market.Trace(background, again)
		require.NoError(b, err)
		assert.Equal(b, lifecycle.Traced{Entities: one.entities, Token: one.made.Token}, traced)
	}},
	{"Trace/what was never made", func(b bench) {
		b.listed(lifecycletest.ModelPackage())
		failed := submission(lifecycletest.ModelPackage())
		b.FailNext(false, refused)
		b.ended(b.send(failed))
		for what, c := range map[string]lifecycle.Change{"failed": failed, "never sent": submission(lifecycletest.ModelPackage())} {
			_, err := b.Market.Trace(background, c)
			require.ErrorIs(b, err, lifecycle.ErrNotFound, what)
		}
	}},
}

var validateCases = []testCase{
	{"Validate/ends without effect", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		c := b.validated(s)
		id, err := b.Market.Validate(background, c)
		require.NoError(b, err)
		again, err := b.Market.Validate(background, c)
		require.NoError(b, err)
		assert.Equal(b, id, again, "the same is one")
		found, err := b.Market.Find(background, c.Name)
		require.NoError(b, err)
		assert.Equal(b, id, found)
		status, err := b.Market.Follow(background, id)
		require.NoError(b, err)
		assert.Equal(b, lifecycle.Pending, status.Result)
		b.succeeded(id)
		b.untouched(s)
		b.carryOut(&s, s.addition())
		assert.Contains(b, s.entities.DeliveryOptions, second, "once it is made")
	}},
	{"Validate/what it does not validate", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		for _, c := range s.candidates() {
			if b.validates(c) {
				continue
			}
			_, err := b.Market.Validate(background, c)
			require.ErrorIs(b, err, errors.ErrUnsupported, c.Kind)
			_, err = b.Market.Find(background, c.Name)
			require.ErrorIs(b, err, lifecycle.ErrNotFound, c.Kind)
		}
		b.untouched(s)
	}},
}

// candidates are changes of which a marketplace that validates must validate one.
func (s subject) candidates() []lifecycle.Change {
	return []lifecycle.Change{s.addition(), submission(lifecycletest.Algorithm()), s.renamed(), s.change(lifecycle.EventUnpublish, nil)}
}

// validates reports whether the marketplace says that it validates the change.
// One that cannot say so is taken to validate the addition of a version.
func (b bench) validates(c lifecycle.Change) bool {
	b.Helper()
	if !b.supports("Plan") {
		return c.Kind == lifecycle.EventAddVersion
	}
	planned, err := b.Market.Plan(c)
	require.NoError(b, err, "planning %s", c.Kind)
	return planned.Validates
}

// validated is a change that the marketplace validates.
func (b bench) validated(s subject) lifecycle.Change {
	b.Helper()
	candidates := s.candidates()
	if !b.supports("Validate") {
		return candidates[0]
	}
	i := slices.IndexFunc(candidates, b.validates)
	require.NotEqual(b, -1, i, "it validates no change: say in the harness that Validate is unsupported")
	return candidates[i]
}

// addition adds a version for which there are prices already.
func (s subject) addition() lifecycle.Change {
	return s.change(lifecycle.EventAddVersion, func(c *lifecycle.Content) {
		c.Listing.Versions = append(c.Listing.Versions, lifecycletest.Version(second, c.Listing.Kind))
	})
}
