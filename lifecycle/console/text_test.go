package console

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"image"
	"image/gif"
	"image/jpeg"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

func TestTextsForPeople(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Hour: "0 s", 0: "0 s", 59*time.Second + 999*time.Millisecond: "59 s", time.Minute: "1 min", time.Hour - 1: "59 min", time.Hour: "1 h",
		time.Hour + time.Minute: "1 h 1 min", time.Hour + 59*time.Second: "1 h", 48*time.Hour - time.Minute: "47 h 59 min", 48 * time.Hour: "2 days", 71 * time.Hour: "2 days",
	} {
		assert.Equal(t, want, spell(d), d)
	}
	at := time.Date(2026, 1, 5, 9, 30, 0, 0, time.FixedZone("", 3600))
	assert.Equal(t, "2026-01-05 08:30", stamp(at))
	assert.Equal(t, "not known", stamp(time.Time{}))
	assert.Equal(t, "test-product", slug(lifecycle.TestProduct))
	assert.Equal(t, "none", slug(`"><b>`))
	assert.Equal(t, "Sign off", words(lifecycle.EventSignOff))
	assert.Empty(t, words(""))
	assert.Equal(t, "a\n    b\nc", lines("a\r\n\tb\nc"))
	assert.Equal(t, "a"+printable("\x1b")+"b\nc", lines("a\x1bb\nc"))
	for text, want := range map[string]string{
		"https://example.com/a?b=c": "https://example.com/a?b=c", "http://example.com": "http://example.com",
		"ftp://example.com": "", "javascript:alert(1)": "", "https:///a": "", "https://ann@example.com": "", "//example.com": "", "a": "", "https://exa mple.com": "", "%zz": "",
	} {
		assert.Equal(t, want, address(text), text)
	}
	one, other := version.Sample{Text: "1"}, version.Sample{Text: "2"}
	assert.Equal(t, map[string]version.Sample{"Sample input for an endpoint": one, "Sample input for batch transform": other}, samples(version.Input{RealTime: one, Batch: other}))
	assert.Equal(t, map[string]version.Sample{"Sample output of an endpoint": one, "Sample output of batch transform": other}, samples(version.Output{RealTime: one, Batch: other}))
}

// A logo is shown if it is of a kind and a size that the marketplace takes.
func TestLogos(t *testing.T) {
	t.Parallel()
	picture := image.NewGray(image.Rect(0, 0, 2, 2))
	var asGIF, asJPEG bytes.Buffer
	require.NoError(t, gif.Encode(&asGIF, picture, nil))
	require.NoError(t, jpeg.Encode(&asJPEG, picture, nil))
	for kind, data := range map[string][]byte{"image/png": lifecycletest.Logo(), "image/gif": asGIF.Bytes(), "image/jpeg": asJPEG.Bytes()} {
		assert.Equal(t, template.URL("data:"+kind+";base64,"+base64.StdEncoding.EncodeToString(data)), dataURL(data)) //nolint:gosec // it is ours
	}
	for _, data := range [][]byte{nil, {}, []byte("<svg onload=alert(1)>"), []byte("RIFF\x00\x00\x00\x00WEBPVP8 ")} {
		assert.Empty(t, dataURL(data))
	}
	large := append(lifecycletest.Logo(), make([]byte, listing.MaxLogoSize)...)
	assert.NotEmpty(t, dataURL(large[:listing.MaxLogoSize]))
	assert.Empty(t, dataURL(large[:listing.MaxLogoSize+1]))
	assert.Equal(t, "other", priceFor("other"))
	for _, mode := range []pricing.Mode{pricing.ModeBatch, pricing.ModeRealTime, pricing.ModeTraining, pricing.ModeInference} {
		assert.Greater(t, len(priceFor(mode)), len("one hour"))
	}
}

// The newest fifty versions are shown, with what buyers see of each.
func TestReleases(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	r := lifecycle.Record{Published: &lifecycle.Content{}, Restricted: map[string]time.Time{"0": since}}
	for i := range 50 {
		v := version.Version{Number: strconv.Itoa(i)}
		if i == 0 {
			v.Status = version.Restricted
		}
		r.Draft.Versions = append(r.Draft.Versions, v)
	}
	r.Published.Listing.Versions = r.Draft.Versions[:49]
	all, hidden := releases(r)
	require.Len(t, all, 50)
	assert.Zero(t, hidden)
	assert.Equal(t, []string{"49", "not submitted yet"}, []string{all[0].Number, all[0].Status})
	assert.Equal(t, []string{"48", "offered"}, []string{all[1].Number, all[1].Status})
	assert.True(t, all[1].Since.IsZero())
	assert.Equal(t, release{r.Draft.Versions[0], "restricted", since}, all[49])
	r.Draft.Versions = append(r.Draft.Versions, version.Version{Number: "50"}, version.Version{Number: "51"})
	all, hidden = releases(r)
	assert.Len(t, all, 50)
	assert.Equal(t, 2, hidden)
	assert.Equal(t, "51", all[0].Number)
	r.Published = nil
	all, _ = releases(r)
	assert.Equal(t, "not submitted yet", all[5].Status)
}

// Steps are sorted: first what can be done. Steps that the same stands in the way of are one,
// unless there is more to say of either, and no more is listed than a page can show.
func TestSteps(t *testing.T) {
	t.Parallel()
	broken := func(n int) (all rule.Violations) {
		for i := range n {
			all = append(all, rule.Violation{Rule: listing.RuleTitle, Path: strconv.Itoa(i), Problem: "is missing"})
		}
		return all
	}
	gap := []rule.Gap{{Rule: listing.RuleTitle, Missing: "a fact"}}
	v := listingView{Record: lifecycle.Record{State: lifecycle.Live}, MayAct: true}
	v.steps([]lifecycle.Availability{
		{Command: lifecycle.EventCreate}, {Command: lifecycle.EventAdoptLive}, {Command: lifecycle.EventEndSupport},
		{Command: lifecycle.EventRestrictVersion, Findings: rule.Findings{Violations: broken(1)}},
		{Command: lifecycle.EventAddVersion, Findings: rule.Findings{Violations: broken(1)}},
		{Command: lifecycle.EventUnpublish, Findings: rule.Findings{Advice: broken(51), NotChecked: gap, More: 2}},
		{Command: lifecycle.EventUpdateVersion},
		{Command: lifecycle.EventUpdatePricing, Findings: rule.Findings{Violations: broken(1), NotChecked: gap}},
	})
	assert.Equal(t, []lifecycle.Event{lifecycle.EventEndSupport}, v.Others)
	require.Len(t, v.Steps, 4)
	assert.Equal(t, []lifecycle.Event{lifecycle.EventUnpublish}, v.Steps[0].Events)
	assert.Equal(t, "unpublish", v.Steps[0].Act)
	assert.Len(t, v.Steps[0].Advice, 50)
	assert.Equal(t, 3, v.Steps[0].More)
	assert.Equal(t, 2, v.Gaps)
	assert.Equal(t, []lifecycle.Event{lifecycle.EventUpdateVersion}, v.Steps[1].Events)
	assert.Empty(t, v.Steps[1].Act, "it needs a document")
	assert.Equal(t, []lifecycle.Event{lifecycle.EventRestrictVersion, lifecycle.EventAddVersion}, v.Steps[2].Events)
	assert.Empty(t, v.Steps[2].Act)
	assert.Equal(t, []lifecycle.Event{lifecycle.EventUpdatePricing}, v.Steps[3].Events)
	assert.False(t, inState("", lifecycle.EventCreate))
	assert.True(t, v.Steps[2].same(step{Violations: broken(1)}))
	for _, other := range []step{{Violations: broken(2)}, {}, {Violations: broken(1), More: 1}, {Violations: broken(1), Advice: broken(1)}, {Violations: broken(1), NotChecked: gap}} {
		assert.False(t, v.Steps[2].same(other))
		assert.False(t, other.same(v.Steps[2]))
	}
	can := step{}
	assert.False(t, can.same(can), "each that can be given has a button")
}
