package listing_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
)

// What Parse takes, Format writes the same way for ever after, and Check can
// judge; what it refuses is refused with a document.Error.
func FuzzParse(f *testing.F) {
	for _, l := range []listing.Listing{lifecycletest.ModelPackage(), lifecycletest.Algorithm(), {}} {
		data, err := listing.Format(l)
		require.NoError(f, err)
		f.Add(data)
	}
	for _, seed := range []string{
		`{}`, `null`, `{"regions":[]}`, `{"regions":["us-east-2",""]}`, `{"regions":null}`, `{"support":null,"offer":null}`,
		`{"versions":[{"training":{}},{}],"offer":{"rates":{}}}`, `{"buyers":[],"highlights":[]}`, `{"title":"\u2028\ud800<&>"}`,
		`{"offer":{"rates":{"inference.count.m.i.c":"00.0","ml.p6e-gb200.36xlarge.m.i.r":"1"}}}`, `{"Title":""}`, `{"title":"","title":""}`, `{} {}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := listing.Parse(data)
		if err != nil {
			var fault *document.Error
			require.ErrorAs(t, err, &fault)
			assert.Equal(t, listing.Listing{}, l)
			return
		}
		once, err := listing.Format(l)
		require.NoError(t, err)
		back, err := listing.Parse(once)
		require.NoError(t, err)
		twice, err := listing.Format(back)
		require.NoError(t, err)
		assert.Equal(t, string(once), string(twice))
		assert.Equal(t, listing.Check(l), listing.Check(back))
		clone, err := listing.Format(l.Clone())
		require.NoError(t, err)
		assert.Equal(t, string(once), string(clone))
	})
}
