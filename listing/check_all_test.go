package listing_test

import (
	"errors"
	"fmt"
	"iter"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
)

// documents yields n documents: by turns one that is in order, one without a title,
// one that is no JSON, and one that could not be read. It counts those it has yielded.
func documents(t *testing.T, n int, yielded *int) iter.Seq2[listing.Document, error] {
	t.Helper()
	l := lifecycletest.ModelPackage()
	good, err := listing.Format(l)
	require.NoError(t, err)
	l.Title = ""
	untitled, err := listing.Format(l)
	require.NoError(t, err)
	return func(yield func(listing.Document, error) bool) {
		for i := range n {
			*yielded++
			d, err := listing.Document{Name: fmt.Sprint(i), Data: [][]byte{good, untitled, []byte("{"), nil}[i%4]}, error(nil)
			if i%4 == 3 {
				err = errUnreadable
			}
			if !yield(d, err) {
				return
			}
		}
	}
}

var errUnreadable = errors.New("the disk is on fire")

func TestCheckAllKeepsTheOrder(t *testing.T) {
	t.Parallel()
	var yielded int
	all := listing.CheckAll(documents(t, 1_000, &yielded))
	for range 2 { // a sequence can be used again
		i := 0
		for c, err := range all {
			require.Equal(t, fmt.Sprint(i), c.Name)
			var fault *document.Error
			switch i % 4 {
			case 0:
				require.NoError(t, err)
				require.NoError(t, c.Findings.Err())
				require.Equal(t, "Invoice field extractor", c.Listing.Title)
			case 1:
				require.NoError(t, err)
				lifecycletest.RequireRefused(t, c.Findings.Err(), listing.RuleTitle)
			case 2:
				require.ErrorAs(t, err, &fault)
				require.Zero(t, c.Listing)
			case 3:
				require.ErrorIs(t, err, errUnreadable)
			}
			i++
		}
		require.Equal(t, 1_000, i)
	}
	assert.Equal(t, 2_000, yielded)
}

func TestCheckAllOfNothing(t *testing.T) {
	t.Parallel()
	for c, err := range listing.CheckAll(func(func(listing.Document, error) bool) {}) {
		t.Fatal("yielded", c, err)
	}
}

// TestCheckAllReadsNoFurther leaves the loop after each number of documents.
func TestCheckAllReadsNoFurther(t *testing.T) {
	t.Parallel()
	const n = 100
	for stop := 1; stop <= n; stop++ {
		var yielded, seen int
		for c, err := range listing.CheckAll(documents(t, n, &yielded)) {
			assert.Equal(t, fmt.Sprint(seen), c.Name, err)
			assert.LessOrEqual(t, yielded-seen, 2*runtime.GOMAXPROCS(0)+1)
			if seen++; seen == stop {
				break
			}
		}
		assert.Equal(t, stop, seen)
	}
}
