package lifecycle

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shelflife-go/shelflife/listing/document"
)

// ErrAnswer is returned when the marketplace answers what cannot be: an id that is
// none, another product than the one that was asked for, an instant to come. The
// message names the call and every field. Nothing of the answer is written down. A
// request that is being cancelled ends all the same, with the problem
// "OUTCOME_UNKNOWN".
var ErrAnswer = errors.New("the marketplace answered what cannot be")

const (
	// maxID bounds an id of the marketplace's in bytes, as the Catalog API does.
	maxID = 255
	// maxNumber bounds the number of a version in characters, maxText any text of a
	// listing: far more than the marketplace takes.
	maxNumber, maxText = 1_000, 300_000
	// maxJump bounds by how much a revision rises between two looks at it: a change
	// set raises it by a few.
	maxJump = 10_000
	// maxAhead is how far the marketplace's clock may be ahead of ours.
	maxAhead = 24 * time.Hour
	// maxListed bounds how many flaws of one answer are listed.
	maxListed = 20
)

// flaw is what is wrong with a field of an answer.
type flaw struct{ path, problem string }

// flaws are those of one answer, and how many more there are.
type flaws struct {
	all  []flaw
	more int
}

func (f *flaws) add(path, format string, args ...any) {
	if len(f.all) == maxListed {
		f.more++
		return
	}
	f.all = append(f.all, flaw{path, fmt.Sprintf(format, args...)})
}

// err returns an error that matches ErrAnswer, or nil if there are no flaws.
func (f flaws) err(call string) error {
	if len(f.all) == 0 {
		return nil
	}
	var all []string
	for _, each := range f.all {
		all = append(all, strings.TrimPrefix(each.path+" ", " ")+each.problem)
	}
	if f.more > 0 {
		all = append(all, fmt.Sprintf("and %d more", f.more))
	}
	return fmt.Errorf("%w: %s: %s", ErrAnswer, call, strings.Join(all, "; "))
}

// id judges an id that must be there: a short text on one line, of characters that can
// be seen.
func (f *flaws) id(path, id string) {
	switch {
	case id == "":
		f.add(path, "is empty")
	case len(id) > maxID:
		f.add(path, "has %d bytes, %d are possible", len(id), maxID)
	case !utf8.ValidString(id), strings.TrimSpace(id) != id, strings.ContainsFunc(id, func(c rune) bool { return !unicode.IsPrint(c) }):
		f.add(path, "is %q, which is no id", shortened(id, 60))
	}
}

// possibleInstant reports whether the marketplace can name the instant now; the zero
// value is none.
func possibleInstant(at, now time.Time) bool {
	return at.IsZero() || at.UTC().Year() >= 1970 && !at.After(now.Add(maxAhead))
}

// entities judges names and revisions by themselves.
func (f *flaws) entities(path string, e Entities) {
	f.entity(document.Join(path, "product"), e.Product, e.ProductRevision)
	f.entity(document.Join(path, "offer"), e.Offer, e.OfferRevision)
	path = document.Join(path, "deliveryOptions")
	if n := len(e.DeliveryOptions); n > document.MaxEntries {
		f.add(path, "has %d entries, %d are possible", n, document.MaxEntries)
		return
	}
	for _, number := range slices.Sorted(maps.Keys(e.DeliveryOptions)) {
		if !utf8.ValidString(number) || utf8.RuneCountInString(number) > maxNumber {
			f.add(path, "has an entry for %q, which is no version number", shortened(number, 60))
			continue
		}
		f.id(document.Member(path, shortened(number, 60)), e.DeliveryOptions[number])
	}
}

func (f *flaws) entity(path, id string, revision int64) {
	if id == "" {
		return
	}
	f.id(path, id)
	if revision < 1 {
		f.add(path, "has the revision %d", revision)
	}
}

// of judges whether the names can be those of the record's listing.
func (f *flaws) of(path string, e Entities, r Record) {
	own := r.Entities
	same := func(path, own string, before int64, id string, revision int64) {
		switch {
		case own == "" || id == "":
		case own != id:
			f.add(path, "is %q, that of the listing is %q", shortened(id, 60), shortened(own, 60))
		case revision-before > maxJump: // neither is negative
			f.add(path, "has the revision %d, and had %d", revision, before)
		}
	}
	same(document.Join(path, "product"), own.Product, own.ProductRevision, e.Product, e.ProductRevision)
	same(document.Join(path, "offer"), own.Offer, own.OfferRevision, e.Offer, e.OfferRevision)
	if own.Product == "" && (e.ProductRevision > maxJump || e.OfferRevision > maxJump) {
		f.add(path, "have the revisions %d and %d, and are new", e.ProductRevision, e.OfferRevision)
	}
	for _, number := range slices.Sorted(maps.Keys(own.DeliveryOptions)) {
		if option, given := e.DeliveryOptions[number]; given && option != own.DeliveryOptions[number] {
			f.add(document.Member(document.Join(path, "deliveryOptions"), shortened(number, 60)), "is %q, that of the listing is %q", shortened(option, 60), own.DeliveryOptions[number])
		}
	}
}

// flaws returns what is wrong with a snapshot by itself. When it was changed counts as
// far as it is possible.
func (s Snapshot) flaws() flaws {
	var f flaws
	f.entities("entities", s.Entities)
	if year := s.ModifiedAt.UTC().Year(); !s.ModifiedAt.IsZero() && (year < 1970 || year > 9999) {
		f.add("modifiedAt", "is in the year %d", year)
	}
	for i, region := range s.Regions {
		f.id(document.Entry("regions", i), string(region))
	}
	f.texts(s.Content)
	for name := range s.Documents {
		if !utf8.ValidString(name) {
			f.add("documents", "has the name %q, which is not UTF-8", shortened(name, 60))
		}
	}
	return f
}

// texts judges that every text of what the marketplace has is UTF-8 and not too long.
func (f *flaws) texts(answer Content) {
	document.Texts(answer, func(path, text string) {
		if path = document.Join("content", path); !utf8.ValidString(text) {
			f.add(path, "is not UTF-8")
		} else if n := utf8.RuneCountInString(text); n > maxText {
			f.add(path, "has %d characters, %d are possible", n, maxText)
		}
	})
	for i, region := range answer.Listing.Regions.Only {
		f.id(document.Entry("content.listing.regions", i), string(region))
	}
	for i, v := range answer.Listing.Versions {
		if n := utf8.RuneCountInString(v.Number); n > maxNumber {
			f.add(document.Entry("content.listing.versions", i)+".number", "has %d characters, %d are possible", n, maxNumber)
		}
	}
}

// kept judges that a snapshot without other flaws can be kept.
func (f *flaws) kept(s Snapshot) {
	if len(f.all) > 0 {
		return
	}
	if _, _, err := encode(s, maxEntry, "the snapshot"); err != nil {
		f.add("", "%s", shortened(err.Error(), maxMessage))
	}
}

// knownOptions returns the delivery options of versions that the listing has, or
// will have when its request succeeds.
func (r Record) knownOptions(options map[string]string) map[string]string {
	if len(options) == 0 {
		return options
	}
	known, _ := byNumber(r.published().Versions)
	if target, underWay := r.Target(); underWay {
		asked, _ := byNumber(target.Listing.Versions)
		maps.Copy(known, asked)
	}
	options = maps.Clone(options)
	maps.DeleteFunc(options, func(number, _ string) bool { _, ours := known[number]; return !ours })
	return options
}
