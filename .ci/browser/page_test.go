package browser

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/testserver"
)

// tab is a page of the browser, and what it complained about.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu   sync.Mutex
	loud []string
}

// newTab opens a browser with an empty page.
func newTab(t *testing.T) *tab {
	t.Helper()
	program := testserver.Chromium(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox,
		chromedp.Flag("headless", "new"), chromedp.Flag("hide-scrollbars", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(stop)
	p := &tab{t: t, ctx: ctx}
	require.NoError(t, chromedp.Do(ctx))
	require.NoError(t, chromedp.Listen(ctx, func(event any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		switch e := event.(type) {
		case *log.EventEntryAdded:
			p.loud = append(p.loud, e.Entry.Text)
		case *runtime.EventExceptionThrown:
			p.loud = append(p.loud, fmt.Sprint(e.ExceptionDetails))
		case *page.EventJavascriptDialogOpening:
			p.loud = append(p.loud, "a dialog: "+e.Message)
		}
	}))
	_, err := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	require.NoError(t, err)
	return p
}

// look opens an address at a size, in light or dark.
func (p *tab) look(url string, width int64, dark bool) {
	p.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	require.NoError(p.t, err)
	require.NoError(p.t, chromedp.Do(p.ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(url), chromedp.WaitReady("#main")))
}

// scripts lets pages run scripts, or not.
func (p *tab) scripts(on bool) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
	require.NoError(p.t, err)
}

// quiet checks that the browser had nothing to complain about.
func (p *tab) quiet(when string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	assert.Empty(p.t, p.loud, when)
	p.loud = nil
}

func evaluate[T any](p *tab, expression string) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(p.t, err, "%s", expression)
	return value
}

// axe checks the page with axe-core.
func (p *tab) axe(when string) {
	p.t.Helper()
	source, err := os.ReadFile(testserver.Package(p.t, "axe-core/axe.min.js"))
	require.NoError(p.t, err)
	evaluate[bool](p, string(source)+";true")
	found := evaluate[struct {
		Violations []string `json:"violations"`
		Passes     int      `json:"passes"`
	}](p, `axe.run().then(r => ({violations: r.violations.map(v => v.id + ": " + v.help + ": " + v.nodes.map(n => n.html).join(" ")), passes: r.passes.length}))`)
	assert.Empty(p.t, found.Violations, when)
	assert.Greater(p.t, found.Passes, 15, when)
}

// text returns what a reader sees of the page.
func (p *tab) text() string {
	p.t.Helper()
	text, err := chromedp.Run(p.ctx, chromedp.Text("body"))
	require.NoError(p.t, err)
	return text
}

// eventually waits until an expression is true.
func (p *tab) eventually(expression string) {
	p.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if evaluate[bool](p, expression) {
			return
		}
		if time.Now().After(deadline) {
			require.Fail(p.t, "never true: "+expression, p.text())
		}
	}
}

// slug is a text as the name of a file.
func slug(text string) string { return strings.ToLower(strings.ReplaceAll(text, " ", "-")) }
