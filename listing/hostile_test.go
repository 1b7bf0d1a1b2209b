package listing_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// bombs are documents that are cheap to write and were dear to check, of a size that
// follows n.
var bombs = map[string]func(n int) listing.Listing{
	"keywords that might be categories": func(n int) listing.Listing {
		l := lifecycletest.ModelPackage()
		l.Promotion.Keywords, l.Categories = texts(n, "keyword"), texts(n, "category")
		return l
	},
	"long Regions that nobody knows": func(n int) listing.Listing {
		l := lifecycletest.ModelPackage()
		l.Regions.Only = nil
		for _, r := range texts(n, strings.Repeat("r", 1_600)) {
			l.Regions.Only = append(l.Regions.Only, listing.Region(r))
		}
		return l
	},
	"buyers that are no accounts": func(n int) listing.Listing {
		l := lifecycletest.ModelPackage()
		l.Visibility = listing.Private
		for _, b := range texts(n, "buyer") {
			l.Buyers = append(l.Buyers, listing.AccountID(b))
		}
		return l
	},
	"empty versions": func(n int) listing.Listing { return listing.Listing{Versions: make([]version.Version, n)} },
	"versions with one number": func(n int) listing.Listing {
		l := lifecycletest.ModelPackage()
		for range n {
			l.Versions = append(l.Versions, l.Versions[0])
		}
		return l
	},
	"parameters without a name": func(n int) listing.Listing {
		l := lifecycletest.ModelPackage()
		l.Versions[0].Input.Parameters = make([]version.Parameter, n)
		l.Versions[0].Output.Fields = make([]version.Field, n)
		return l
	},
	"links": func(n int) listing.Listing {
		l := lifecycletest.ModelPackage()
		l.Promotion.Links = make([]listing.Link, n)
		return l
	},
	"dimensions of nothing": func(n int) listing.Listing {
		l := lifecycletest.ModelPackage()
		l.Offer.Model = pricing.Free
		l.Offer.Rates = pricing.RateCard{}
		for _, instance := range texts(n, "ml.m5") {
			l.Offer.Rates[pricing.Training("<"+instance)] = pricing.MustUSD("1")
		}
		return l
	},
	"one text": func(n int) listing.Listing {
		l := lifecycletest.ModelPackage()
		l.Overview = strings.Repeat("[your ", 100*n)
		return l
	},
	"blanks": func(n int) listing.Listing {
		l := lifecycletest.ModelPackage()
		l.Title, l.Versions[0].Usage = strings.Repeat("\u00a0", 100*n), strings.Repeat(" ™", 100*n)
		return l
	},
}

func texts(n int, each string) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint(each, " ", i)
	}
	return all
}

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Whatever a stranger writes, the answer has a bounded size, says how much more there
// is, and costs no more than the document makes it.
func TestHostileDocuments(t *testing.T) {
	n := 10_000
	if testing.Short() {
		n = 2_000
	}
	for name, bomb := range bombs {
		t.Run(name, func(t *testing.T) {
			var found rule.Findings
			l := bomb(n)
			assert.Less(t, allocated(func() { found = listing.Check(l) }), uint64(64<<20))
			require.Error(t, found.Err())
			assert.LessOrEqual(t, len(found.Violations), rule.MaxFindings)
			assert.LessOrEqual(t, len(found.Advice), rule.MaxFindings)
			assert.Less(t, len(found.Err().Error()), 64<<10)
			assert.Less(t, len(found.String()), 1<<20)
			assert.Less(t, len(found.Table()), 1<<20)

			small, large := bomb(n/4), bomb(n/2)
			half, whole := allocated(func() { listing.Check(small) }), allocated(func() { listing.Check(large) })
			assert.LessOrEqual(t, float64(whole), 2.3*float64(half)+1_000, "of a document twice as large")
		})
	}
}

// What is left out is counted.
func TestMoreIsCounted(t *testing.T) {
	t.Parallel()
	found := listing.Check(listing.Listing{Versions: make([]version.Version, 10_000)})
	one := listing.Check(listing.Listing{Versions: make([]version.Version, 1)})
	two := listing.Check(listing.Listing{Versions: make([]version.Version, 2)})
	each := len(two.Violations) - len(one.Violations)
	assert.Equal(t, len(one.Violations)+9_999*each, len(found.Violations)+found.More)
	assert.Len(t, found.Violations, rule.MaxFindings)
	more := fmt.Sprintf("and %d more", found.More)
	assert.Contains(t, found.String(), "\n"+more)
	assert.Contains(t, found.Table(), "\n"+more+"\n")
	assert.Contains(t, found.Err().Error(), "\n\tand 900 more")
	assert.Equal(t, found.More, rule.Join(found).Under("x").Refuse().More)
	assert.Zero(t, one.More)
}

// A document of strangers is read within limits, too.
func TestHostileDocumentsAreRefusedByTheirSize(t *testing.T) {
	t.Parallel()
	data := []byte(`{"versions":[` + strings.Repeat("{},", document.MaxEntries) + `{}]}`)
	_, err := listing.Parse(data)
	require.Error(t, err)
	assert.Less(t, len(err.Error()), 10_000)
	unknown := []byte(`{"` + strings.Repeat("x", 1<<20) + `":1}`)
	_, err = listing.Parse(unknown)
	require.Error(t, err)
	assert.Less(t, len(err.Error()), 2_000)
}

func BenchmarkHostileDocuments(b *testing.B) {
	for name, bomb := range bombs {
		for _, n := range []int{5_000, 10_000} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				l := bomb(n)
				b.ReportAllocs()
				for range b.N {
					listing.Check(l)
				}
			})
		}
	}
}
