package console_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"html"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/console"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

func preview(t testing.TB, l listing.Listing, p console.Preview) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, console.WritePreview(&b, l, p))
	return b.String()
}

func TestPreviewOfAnAlgorithm(t *testing.T) {
	t.Parallel()
	l := lifecycletest.Algorithm()
	facts := lifecycle.Facts{
		Resources: map[version.ARN]lifecycle.Resource{l.Versions[0].Resource: {
			Metrics:         []string{"validation:auc"},
			Channels:        []lifecycle.Channel{{Name: "training", Description: "Rows to learn from", ContentTypes: []string{"text/csv"}, InputModes: []string{"File"}, Required: true}},
			Hyperparameters: []lifecycle.Hyperparameter{{Name: "max_depth", Description: "Depth of a tree", Type: "Integer", Default: "6", Tunable: true}},
		}},
		Assets: map[string][]byte{l.Promotion.Logo: lifecycletest.Logo()},
	}
	body := preview(t, l, console.Preview{Facts: facts, Limited: true})
	for _, want := range []string{"validation:auc", "Channel specification", "Rows to learn from", "text/csv", "max_depth", "Depth of a tree", "Integer", `<span class="badge limited">Limited</span>`,
		`src="data:image/png;base64,` + base64.StdEncoding.EncodeToString(lifecycletest.Logo()), l.Title, l.ShortDescription, l.Overview, l.Highlights[0], "$0.0005", "one inference of a real-time endpoint",
		l.Versions[0].ReleaseNotes, l.Versions[0].Training.Data, l.Offer.RefundPolicy} {
		assert.Contains(t, html.UnescapeString(body), want)
	}
	assert.Equal(t, body, preview(t, l, console.Preview{Facts: facts, Limited: true}), "equal arguments, equal bytes")
	without := preview(t, l, console.Preview{})
	assert.Contains(t, without, "SageMaker was not asked")
	assert.Contains(t, without, "logo not fetched")
	assert.NotContains(t, without, "Limited")
}

func TestPreviewOfAModelPackage(t *testing.T) {
	t.Parallel()
	l := lifecycletest.ModelPackage()
	restricted := lifecycletest.Version("0.9", version.ModelPackage)
	restricted.Status = version.Restricted
	l.Versions = append([]version.Version{restricted}, l.Versions...)
	l.Overview = "First line\nsecond <b>line</b>"
	body := preview(t, l, console.Preview{})
	assert.Contains(t, body, "First line\nsecond &lt;b&gt;line&lt;/b&gt;")
	assert.Contains(t, body, "Free trial")
	assert.Contains(t, body, "Not shown to new buyers, because restricted: 0.9.")
	assert.NotContains(t, body, "Version 0.9")
	assert.NotContains(t, body, "Hyperparameters")
	l.Versions = append(l.Versions, lifecycletest.Version("2.0", version.ModelPackage))
	body = preview(t, l, console.Preview{})
	assert.Contains(t, body, "Latest version: <b>2.0</b>")
	assert.Equal(t, 1, strings.Count(body, "<details open>"), "the latest alone is open")
	assert.Less(t, strings.Index(body, "<details open>"), strings.Index(body, "Version 2.0"))
	empty := preview(t, listing.Listing{}, console.Preview{})
	for _, want := range []string{"no title yet", "no logo yet", "no overview yet", "no offer yet", "no version yet"} {
		assert.Contains(t, empty, want)
	}
}

// The style of a page is the one that its policy lets in, also where the console serves it.
func TestPreviewKeepsToItsPolicy(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.Algorithm(), lifecycle.TestProduct, false)
	s := serve(t, reader(b.Manager))
	answer, err := s.Client().Get(s.URL + page(id) + "/preview?ask=aws")
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	data, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	body := string(data)
	_, style, _ := strings.Cut(body, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	hash := sha256Base64(style)
	assert.Contains(t, answer.Header.Get("Content-Security-Policy"), "style-src 'sha256-"+hash+"'")
	assert.Contains(t, strings.ReplaceAll(body, "&#43;", "+"), "style-src &#39;sha256-"+hash)
	assert.Contains(t, body, "data:image/png")
	assert.Contains(t, body, "Limited")
	assert.Contains(t, body, "Back to the listing")
	assert.NotContains(t, body, "<script")
}

// Before sign-off and for private listings the accounts of the allow-list see the badge.
func TestLimitedBadge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		l     listing.Listing
		state lifecycle.State
		want  bool
	}{
		{lifecycletest.ModelPackage(), lifecycle.TestProduct, true}, {lifecycletest.ModelPackage(), lifecycle.Live, false},
		{lifecycletest.ModelPackage(), lifecycle.Unpublished, false},
		{lifecycletest.Algorithm(), lifecycle.Live, true},
	} {
		b := lifecycletest.NewBench(t)
		id := b.Listing(t, c.l, c.state, false)
		status, body := get(t, serve(t, reader(b.Manager)), page(id)+"/preview")
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, c.want, strings.Contains(body, "Limited</span>"), "%s %s", c.l.Title, c.state)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("disk full")

func TestPreviewReturnsTheErrorOfTheWriter(t *testing.T) {
	t.Parallel()
	assert.ErrorIs(t, console.WritePreview(full{}, listing.Listing{}, console.Preview{}), errFull)
}
