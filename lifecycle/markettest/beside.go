package markettest

import (
	"slices"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

var planCases = []testCase{
	{"Plan/the same each time, and nothing is sent", func(b bench) {
		planner := b.Market.(lifecycle.Planner)
		s := b.listed(lifecycletest.ModelPackage())
		taken := b.Taken()
		for _, c := range []lifecycle.Change{submission(lifecycletest.Algorithm()), s.renamed()} {
			planned, err := planner.Plan(c)
			require.NoError(b, err)
			require.NotEmpty(b, planned)
			again, err := planner.Plan(c)
			require.NoError(b, err)
			assert.Equal(b, planned, again)
			for _, each := range planned {
				assert.NotEmpty(b, each.Type)
				assert.NotEmpty(b, each.Entity)
				assert.True(b, c.Entities.Product != "" || each.Identifier == "" || each.Identifier[0] == '$', "%s of what does not exist yet", each)
			}
		}
		b.took(taken)
	}},
	{"Plan/what cannot be asked for", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		_, err := b.Market.(lifecycle.Planner).Plan(s.change(lifecycle.EventRestrictVersion, func(c *lifecycle.Content) { c.Listing.Versions = nil }))
		var rejection *lifecycle.Rejection
		require.ErrorAs(b, err, &rejection, "no version can be taken away")
		assert.NotEmpty(b, rejection.Problems)
	}},
}

var readCases = []testCase{
	{"Read/what each change made, public", func(b bench) { b.live(lifecycletest.ModelPackage(), b.reads) }},
	{"Read/what each change made, private", func(b bench) { b.live(lifecycletest.Algorithm(), b.reads) }},
	{"Read/what is not there", func(b bench) {
		_, err := b.Market.(lifecycle.Reader).Read(background, "prod-nobodys000000")
		require.ErrorIs(b, err, lifecycle.ErrNotFound)
	}},
}

// reads requires that the marketplace gives back what the subject was made.
func (b bench) reads(s subject, kind lifecycle.Event) {
	b.Helper()
	h, err := b.Market.(lifecycle.Reader).Read(background, s.entities.Product)
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

var surveyCases = []testCase{
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
			ids, next, err := b.Market.(lifecycle.Surveyor).Pending(background, page)
			require.NoError(b, err)
			told = append(told, ids...)
			if page = next; page == "" {
				break
			}
		}
		assert.ElementsMatch(b, open[1:], told)
	}},
	{"Pending/nothing", func(b bench) {
		ids, next, err := b.Market.(lifecycle.Surveyor).Pending(background, "")
		require.NoError(b, err)
		assert.Empty(b, ids)
		assert.Empty(b, next)
	}},
}

var traceCases = []testCase{
	{"Trace/what a first submission has made, among others like it", func(b bench) {
		tracer := b.Market.(lifecycle.Tracer)
		one, two := b.listed(lifecycletest.ModelPackage()), b.listed(lifecycletest.ModelPackage())
		for _, s := range []subject{one, two} {
			traced, err := tracer.Trace(background, s.made)
			require.NoError(b, err)
			assert.Equal(b, s.entities, traced)
		}
		b.carryOut(&one, one.change(lifecycle.EventUpdateAllowList, func(c *lifecycle.Content) { c.AllowList = append(c.AllowList, tester2) }))
		traced, err := tracer.Trace(background, one.made)
		require.NoError(b, err)
		assert.Equal(b, one.entities, traced, "as it is now")
	}},
	{"Trace/what was never made", func(b bench) {
		tracer := b.Market.(lifecycle.Tracer)
		b.listed(lifecycletest.ModelPackage())
		failed := submission(lifecycletest.ModelPackage())
		b.FailNext(false, refused)
		b.ended(b.send(failed))
		for what, c := range map[string]lifecycle.Change{"failed": failed, "never sent": submission(lifecycletest.ModelPackage())} {
			_, err := tracer.Trace(background, c)
			require.ErrorIs(b, err, lifecycle.ErrNotFound, what)
		}
	}},
}

var validateCases = []testCase{
	{"Validate/ends without effect", func(b bench) {
		validator := b.Market.(lifecycle.Validator)
		s := b.listed(lifecycletest.ModelPackage())
		if c := s.addition(); validator.Validates(c) {
			id, err := validator.Validate(background, c)
			require.NoError(b, err)
			again, err := validator.Validate(background, c)
			require.NoError(b, err)
			assert.Equal(b, id, again, "the same is one")
			found, err := b.Market.Find(background, c.Name)
			require.NoError(b, err)
			assert.Equal(b, id, found)
			status, err := b.Market.Follow(background, id)
			require.NoError(b, err)
			assert.Equal(b, lifecycle.PhasePending, status.Phase)
			b.succeeded(id)
		}
		b.untouched(s)
		b.carryOut(&s, s.addition())
		assert.Contains(b, s.entities.DeliveryOptions, second, "once it is made")
	}},
	{"Validate/what it does not validate", func(b bench) {
		validator := b.Market.(lifecycle.Validator)
		s := b.listed(lifecycletest.ModelPackage())
		for _, c := range []lifecycle.Change{submission(lifecycletest.Algorithm()), s.renamed(), s.addition(), s.change(lifecycle.EventUnpublish, nil)} {
			validates := validator.Validates(c)
			assert.Equal(b, validates, validator.Validates(c), "the same each time")
			if validates {
				continue
			}
			_, err := validator.Validate(background, c)
			require.Error(b, err, c.Kind)
			_, err = b.Market.Find(background, c.Name)
			require.ErrorIs(b, err, lifecycle.ErrNotFound, c.Kind)
		}
		b.untouched(s)
	}},
}

// addition adds a version for which there are prices already.
func (s subject) addition() lifecycle.Change {
	return s.change(lifecycle.EventAddVersion, func(c *lifecycle.Content) {
		c.Listing.Versions = append(c.Listing.Versions, lifecycletest.Version(second, c.Listing.Kind))
	})
}
