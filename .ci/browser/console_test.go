package browser

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

const (
	desktop = 1280
	phone   = 360
)

// places are the pages that are looked at, by the name of their picture.
func (s *shelf) places() map[string]string {
	all := map[string]string{
		"catalogue": s.URL + "/", "preview": s.path("Anomaly detection") + "/preview?ask=aws", "under-way": s.path("Anomaly detection"),
		"history": s.path(states[lifecycle.Live]) + "/history", "plan": s.path(states[lifecycle.TestProduct]) + "/do/sign-off",
		"fields": s.path(states[lifecycle.Live]) + "/do/unpublish", "refused": s.path("Damage detector for car photos"), "found": s.URL + "/?q=nothing",
		"drift": s.path(states[lifecycle.Draft]) + "/drift",
	}
	for state, title := range states {
		all["listing-"+slug(string(state))] = s.path(title) + "?ask=aws"
	}
	return all
}

// pictured are the pages that the documentation shows, at a width, in light or dark.
var pictured = map[string]struct {
	place string
	width int64
	dark  bool
}{
	"catalogue": {"catalogue", desktop, false}, "catalogue-dark": {"catalogue", desktop, true}, "catalogue-phone": {"catalogue", phone, false},
	"listing-draft": {"listing-draft", desktop, false}, "listing-submitted": {"listing-submitted", desktop, false}, "listing-test-product": {"listing-test-product", desktop, false},
	"listing-live": {"listing-live", desktop, false}, "listing-unpublished": {"listing-unpublished", desktop, false},
	"listing-dark": {"listing-submitted", desktop, true}, "listing-phone": {"listing-submitted", phone, false}, "listing-phone-dark": {"listing-live", phone, true}, "preview": {"preview", desktop, false}, "plan": {"plan", desktop, false},
}

// Everybody can use every page: axe-core has nothing against it, in light and in dark, at
// a desk and on a phone, where nothing is wider than the screen; and the browser does not
// complain.
func TestEveryPageIsForEverybody(t *testing.T) {
	s, p := newShelf(t), newTab(t)
	s.fill(t)
	for name, url := range s.places() {
		for _, width := range []int64{desktop, phone} {
			for _, dark := range []bool{false, true} {
				when := fmt.Sprintf("%s at %d, dark: %t", name, width, dark)
				p.look(url, width, dark)
				p.axe(when)
				assert.LessOrEqual(t, evaluate[int64](p, "document.documentElement.scrollWidth"), width, when)
				p.quiet(when)
			}
		}
	}
}

func TestPictures(t *testing.T) {
	s, p := newShelf(t), newTab(t)
	s.fill(t)
	places := s.places()
	for name, c := range pictured {
		require.Contains(t, places, c.place)
		p.look(places[c.place], c.width, c.dark)
		p.picture(name)
	}
	p.scripts(false)
	p.look(places["listing-submitted"], desktop, false)
	p.picture("listing-without-javascript")
	p.quiet("pictures")
}

// Without JavaScript a page says the same, and a person can act.
func TestWithoutJavaScript(t *testing.T) {
	s, p := newShelf(t), newTab(t)
	s.fill(t)
	url := s.path(states[lifecycle.TestProduct])
	p.look(url, desktop, false)
	with := p.text()
	p.scripts(false)
	p.look(url, desktop, false)
	assert.Equal(t, with, p.text())
	for _, want := range []string{"Product summary", "nothing stands in the way", "Calendar", "History", "Versions"} {
		assert.Contains(t, with, want)
	}
	require.NoError(t, chromedp.Do(p.ctx, chromedp.Click(`a.go`), chromedp.WaitVisible(`form.act`)))
	assert.Contains(t, p.text(), "Buyers will see the listing.")
	require.NoError(t, chromedp.Do(p.ctx, chromedp.Click(`form.act button`), chromedp.WaitVisible(`#underway`)))
	assert.Contains(t, p.text(), "Under way: sign-off")
	r, err := s.Load(context.Background(), s.ids[states[lifecycle.TestProduct]])
	require.NoError(t, err)
	require.NotNil(t, r.Request)
	assert.Equal(t, lifecycle.EventSignOff, r.Request.Kind)
}

// With it, a page follows what happens, and keeps what the reader opened and where the
// keyboard is.
func TestPagesFollow(t *testing.T) {
	s, p := newShelf(t), newTab(t)
	s.fill(t)
	ctx, id := context.Background(), s.ids[states[lifecycle.Draft]]
	p.look(s.path(states[lifecycle.Draft]), desktop, false)
	evaluate[bool](p, `window.untouched = true; document.querySelector('details[data-key="submit"]').open = false; document.querySelector('a.go').focus(); true`)
	_, err := s.Do(ctx, id, lifecycle.Edit{Listing: lifecycletest.ModelPackage()}, lifecycle.By("bob"))
	require.NoError(t, err)
	p.eventually(`document.body.innerText.includes("Updated: edit")`)
	p.eventually(`document.querySelector("h1").innerText.includes("Invoice field extractor")`)
	assert.True(t, evaluate[bool](p, `window.untouched && document.activeElement.matches("a.go")`), "the page was loaded again, or the keyboard lost its place")
	assert.False(t, evaluate[bool](p, `document.querySelector('details[data-key="submit"]').open`))
	_, err = s.Do(ctx, id, lifecycle.Submit{})
	require.NoError(t, err)
	p.eventually(`document.querySelector(".diagram .now").textContent.includes("Submitted") && document.querySelector(".bar") !== null`)
	p.look(s.URL+"/", desktop, false)
	_, err = s.Await(ctx, id)
	require.NoError(t, err)
	p.eventually(`[...document.querySelectorAll("tbody tr")].some(r => r.innerText.includes("Invoice field extractor") && r.innerText.includes("Test Product"))`)
	p.quiet("following")
}

// Everything that can be used is reached by the tab key, in the order of the page, and
// shows that it is.
func TestKeyboard(t *testing.T) {
	s, p := newShelf(t), newTab(t)
	s.fill(t)
	for name, url := range s.places() {
		p.look(url, desktop, false)
		evaluate[bool](p, `window.usable = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')].filter(e => e.checkVisibility() && !(e.closest("details:not([open])") && e.tagName !== "SUMMARY")); true`)
		count := evaluate[int](p, "usable.length")
		require.Positive(t, count)
		for i := range count {
			require.NoError(t, chromedp.Do(p.ctx, chromedp.KeyEvent("\t")))
			got := evaluate[string](p, `(() => { const a = document.activeElement, s = getComputedStyle(a); return usable.indexOf(a) + " " + (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) })()`)
			if !assert.Equal(t, fmt.Sprint(i, " true"), got, "%s: %s", name, evaluate[string](p, "document.activeElement.outerHTML.slice(0, 200)")) {
				break
			}
		}
	}
	p.look(s.URL+"/", desktop, false)
	require.NoError(t, chromedp.Do(p.ctx, chromedp.KeyEvent("\t"), chromedp.KeyEvent("\r")))
	assert.Equal(t, "main", evaluate[string](p, "document.activeElement.id"), "the first stop skips to the content")
}

// Texts of strangers are texts.
func TestHostileTexts(t *testing.T) {
	s, p := newShelf(t), newTab(t)
	attack := `"'></title></style></textarea><script>alert(1);window.hit=1</script><img src=x onerror="window.hit=1"><svg onload="window.hit=1">` + "\u202e"
	l := lifecycletest.Algorithm()
	l.ShortDescription, l.Overview, l.Highlights, l.Categories, l.SKU = attack, attack, []string{attack}, []string{attack}, attack
	l.Promotion.Logo, l.Promotion.Video, l.Support.Details = "javascript:window.hit=1", "javascript:window.hit=1", attack
	v := &l.Versions[0]
	v.Number, v.ReleaseNotes, v.Usage, v.Notebook, v.Repository, v.Training.Data = attack, attack, attack, "javascript:window.hit=1", "data:text/html,<script>window.hit=1</script>", attack
	l.Offer.RefundPolicy, l.Offer.EULA.Standard, l.Offer.EULA.URL = attack, false, "javascript:window.hit=1"
	l.Title = attack
	id := uuid.New()
	_, err := s.Do(context.Background(), id, lifecycle.Create{Listing: l})
	require.NoError(t, err)
	own := s.URL + "/listings/" + id.String()
	for _, url := range []string{s.URL + "/", own, own + "?ask=aws", own + "/history", own + "/preview?ask=aws", own + "/do/submit", own + "/do/discard"} {
		p.look(url, desktop, false)
		assert.False(t, evaluate[bool](p, `"hit" in window`), url)
		assert.Zero(t, evaluate[int](p, `document.querySelectorAll("img[src=x], svg[onload], script:not([src])").length`), url)
		assert.Zero(t, evaluate[int](p, `[...document.querySelectorAll("[href], [src]")].filter(e => !/^(https?:|data:image.(png|jpeg|gif))/.test(e.href?.baseVal ?? e.href ?? e.src)).length`), url)
		p.quiet(strings.TrimPrefix(url, s.URL))
	}
}

// A page of elsewhere can neither frame the console nor send its forms.
func TestPagesOfElsewhere(t *testing.T) {
	s, p := newShelf(t), newTab(t)
	s.fill(t)
	url := s.path(states[lifecycle.TestProduct])
	other := newOrigin(t, fmt.Sprintf(`<main id="main"><iframe src="%s"></iframe><form method="post" action="%s/do/sign-off"><input name="revision" value="1"><button id="go">go</button></form></main>`, url, url))
	p.look(other, desktop, false)
	require.NoError(t, chromedp.Do(p.ctx, chromedp.Click("#go"), chromedp.WaitVisible(`[role="alert"]`)))
	assert.Contains(t, p.text(), "Nothing was done")
	r, err := s.Load(context.Background(), s.ids[states[lifecycle.TestProduct]])
	require.NoError(t, err)
	assert.Nil(t, r.Request)
	p.mu.Lock()
	defer p.mu.Unlock()
	assert.Contains(t, strings.Join(p.loud, "\n"), "frame-ancestors")
}

// newOrigin serves one page on an origin of its own.
func newOrigin(t *testing.T, body string) string {
	t.Helper()
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html>", body)
	}))
}
