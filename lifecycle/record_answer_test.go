package lifecycle

import (
	"encoding/json"
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// says returns what is wrong with an answer, one a line.
func says(f flaws) string {
	var all []string
	for _, each := range f.all {
		all = append(all, strings.TrimSpace(each.path+" "+each.problem))
	}
	return strings.Join(all, "\n")
}

// An error lists the flaws up to a number, and says how many more there are.
func TestFlawsAreListedUpToANumber(t *testing.T) {
	t.Parallel()
	var f flaws
	require.NoError(t, f.err("Read"))
	f.add("", "the snapshot is too large")
	f.add("product", "is %s", "empty")
	assert.EqualError(t, f.err("Read"), ErrAnswer.Error()+": Read: the snapshot is too large; product is empty")
	for range 18 {
		f.add("offer", "is empty")
	}
	assert.NotContains(t, f.err("Read").Error(), "more")
	f.add("offer", "is empty")
	assert.True(t, strings.HasSuffix(f.err("Read").Error(), "; offer is empty; and 1 more"))
	assert.Len(t, f.all, 20)
	assert.ErrorIs(t, f.err("Read"), ErrAnswer)
}

// An id is a short text on one line, of characters that can be seen.
func TestIDsOfTheMarketplace(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"": "p is empty", "prod-1": "", "é b": "", strings.Repeat("x", 255): "", strings.Repeat("x", 256): "p has 256 bytes, 255 are possible",
		" a": `p is " a", which is no id`, "a\n": `p is "a\n", which is no id`, "a\x1bb": `p is "a\x1bb", which is no id`, "\xff": `p is "�", which is no id`, "a\u200bb": "p is \"a\\u200bb\", which is no id",
	} {
		var f flaws
		f.id("p", id)
		assert.Equal(t, want, says(f), "%q", id)
	}
}

// An instant that the marketplace names lies between 1970 and tomorrow.
func TestInstantsOfTheMarketplace(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]bool{
		{}: true, now: true, now.Add(24 * time.Hour): true, now.Add(24*time.Hour + 1): false,
		time.Unix(0, 0).UTC(): true, time.Unix(-1, 0).UTC(): false,
	} {
		assert.Equal(t, want, possibleInstant(at, now), at)
	}
	for at, want := range map[time.Time]string{
		{}: "", time.Unix(0, 0).UTC(): "", time.Unix(-1, 0).UTC(): "modifiedAt is in the year 1969",
		time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC): "", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC): "modifiedAt is in the year 10000",
	} {
		assert.Equal(t, want, says(Snapshot{ModifiedAt: at}.flaws()), at)
	}
}

// Names and revisions are judged by themselves, and against those of the listing.
func TestEntitiesOfTheMarketplace(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", maxNumber)
	many := map[string]string{}
	for i := range 10_001 {
		many[strings.Repeat("1", i%100)+string(rune('a'+i/100))] = "do-1"
	}
	require.Len(t, many, 10_001)
	most := maps.Clone(many)
	delete(most, "a")
	for _, c := range []struct {
		e    Entities
		want string
	}{
		{Entities{}, ""},
		{Entities{DeliveryOptions: most}, ""},
		{Entities{Product: "p", ProductRevision: 1, Offer: "o", OfferRevision: 1}, ""},
		{Entities{Product: "p"}, "e.product has the revision 0"},
		{Entities{Offer: "o", OfferRevision: -1}, "e.offer has the revision -1"},
		{Entities{Offer: " ", OfferRevision: 1}, `e.offer is " ", which is no id`},
		{Entities{DeliveryOptions: map[string]string{long: "do-1", "1.0": "do-2"}}, ""},
		{Entities{DeliveryOptions: map[string]string{"\xff": "do-1"}}, `e.deliveryOptions has an entry for "�", which is no version number`},
		{Entities{DeliveryOptions: map[string]string{"1.0": ""}}, `e.deliveryOptions["1.0"] is empty`},
		{Entities{DeliveryOptions: many}, "e.deliveryOptions has 10001 entries, 10000 are possible"},
	} {
		var f flaws
		f.entities("e", c.e)
		assert.Equal(t, c.want, says(f))
	}
	var f flaws
	f.entities("e", Entities{DeliveryOptions: map[string]string{long + "é": "do-1"}})
	assert.Contains(t, says(f), "which is no version number")

	own := Record{}
	own.Entities = Entities{Product: "p", ProductRevision: 5, Offer: "o", OfferRevision: 5, DeliveryOptions: map[string]string{"1.0": "do-1"}}
	for _, c := range []struct {
		e    Entities
		r    Record
		want string
	}{
		{Entities{}, own, ""},
		{own.Entities, own, ""},
		{Entities{Product: "p", ProductRevision: 5 + maxJump}, own, ""},
		{Entities{Product: "p", ProductRevision: 6 + maxJump}, own, "e.product has the revision 10006, and had 5"},
		{Entities{Product: "q", ProductRevision: 5}, own, `e.product is "q", that of the listing is "p"`},
		{Entities{Offer: "q", OfferRevision: 5}, own, `e.offer is "q", that of the listing is "o"`},
		{Entities{ProductRevision: math.MaxInt64}, own, ""},
		{Entities{Product: "p", ProductRevision: maxJump, OfferRevision: maxJump}, Record{}, ""},
		{Entities{Product: "p", ProductRevision: maxJump + 1}, Record{}, "e have the revisions 10001 and 0, and are new"},
		{Entities{Offer: "o", OfferRevision: maxJump + 1}, Record{}, "e have the revisions 0 and 10001, and are new"},
		{Entities{DeliveryOptions: map[string]string{"1.0": "do-1", "2.0": "do-2"}}, own, ""},
		{Entities{DeliveryOptions: map[string]string{"1.0": "do-2"}}, own, `e.deliveryOptions["1.0"] is "do-2", that of the listing is "do-1"`},
	} {
		var f flaws
		f.of("e", c.e, c.r)
		assert.Equal(t, c.want, says(f))
	}
}

// Texts are UTF-8, and not longer than any that the marketplace takes by far.
func TestTextsOfTheMarketplace(t *testing.T) {
	t.Parallel()
	with := func(change func(*Snapshot)) string {
		var s Snapshot
		change(&s)
		return says(s.flaws())
	}
	assert.Empty(t, with(func(s *Snapshot) {
		s.Content.Listing.Title = strings.Repeat("é", maxText)
		s.Content.Listing.Versions = []version.Version{{Number: strings.Repeat("é", maxNumber)}}
		s.Content.Listing.Regions.Only = []listing.Region{"eu-west-1"}
		s.Regions = []listing.Region{"eu-west-1"}
	}))
	for want, change := range map[string]func(*Snapshot){
		"content.listing.title is not UTF-8":                               func(s *Snapshot) { s.Content.Listing.Title = "\xff" },
		"content.listing.title has 300001 characters, 300000 are possible": func(s *Snapshot) { s.Content.Listing.Title = strings.Repeat("é", maxText+1) },
		"content.listing.versions[0].number has 1001 characters, 1000 are possible": func(s *Snapshot) {
			s.Content.Listing.Versions = []version.Version{{Number: strings.Repeat("é", maxNumber+1)}}
		},
		"content.listing.regions[0] is empty":              func(s *Snapshot) { s.Content.Listing.Regions.Only = []listing.Region{""} },
		"regions[0] is empty":                              func(s *Snapshot) { s.Regions = []listing.Region{""} },
		"documents has the name \"�\", which is not UTF-8": func(s *Snapshot) { s.Documents = map[string]json.RawMessage{"\xff": nil} },
	} {
		assert.Equal(t, want, with(change))
	}
}

// What is too large is told once: of a snapshot without other flaws alone.
func TestLargeSnapshotsAreToldOnce(t *testing.T) {
	t.Parallel()
	var s Snapshot
	s.Content.Listing.Title = strings.Repeat("x", maxEntry+1)
	f := s.flaws()
	f.kept(s)
	assert.Len(t, f.all, 1)
	f = flaws{}
	f.kept(s)
	assert.Len(t, f.all, 1)
}

// A delivery option of a version that the listing does not have is not kept.
func TestOptionsOfUnknownVersionsAreNotKept(t *testing.T) {
	t.Parallel()
	assert.Empty(t, Record{}.knownOptions(map[string]string{"1.0": "do-1"}))
}

// A check of the caller's needs the id of its rule.
func TestChecksHaveAnID(t *testing.T) {
	t.Parallel()
	find := func(listing.Listing, *rule.Report) {}
	assert.Error(t, Policy{Checks: []rule.Check[listing.Listing]{{Find: find}}}.validate())
	assert.NoError(t, Policy{Checks: []rule.Check[listing.Listing]{{Rule: rule.Rule{ID: "own.rule"}, Find: find}}}.validate())
}
