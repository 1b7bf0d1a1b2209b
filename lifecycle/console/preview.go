package console

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// Preview is what [WritePreview] shows beside the document. The zero value shows the
// document alone.
type Preview struct {
	// Facts are what is known of its resources and files: the metrics, channels and
	// hyperparameters of an algorithm, and the logo. What is not there is left out.
	Facts lifecycle.Facts
	// Limited shows the page as an account of the allow-list sees it: with the badge
	// "Limited" beside the version.
	Limited bool

	path    string // of the console; empty outside of it
	listing uuid.UUID
	asked   bool
}

// WritePreview writes the page that buyers will see of a listing, as one HTML document
// that needs no other file: title, logo, descriptions, highlights, versions, pricing,
// usage, and the EULA. It arranges them as AWS Marketplace does, and does not imitate
// its looks. A document that is not complete shows what is missing. Texts are escaped.
// Equal arguments give equal bytes. The error is that of w.
func WritePreview(w io.Writer, l listing.Listing, p Preview) error {
	var b bytes.Buffer
	if err := previewPage.Execute(&b, previewOf(l, p)); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

var (
	//go:embed static/preview.css
	previewStyle string
	previewPage  = template.Must(template.New("preview.html").Funcs(functions).ParseFS(templates, "templates/preview.html"))
)

// previewPolicy lets the page load nothing but its own style and logo.
var previewPolicy = func() string {
	sum := sha256.Sum256([]byte(previewStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; base-uri 'none'; form-action 'none'"
}()

// previewView is what the template gets.
type previewView struct {
	listing.Listing
	Preview
	Style    template.CSS
	Policy   string
	Logo     template.URL // empty if the file is not known
	Offered  []previewVersion
	Hidden   []string // numbers of restricted versions
	Newest   string
	Prices   []price
	Path, ID string
	Asked    bool
}

type previewVersion struct {
	version.Version
	Resource lifecycle.Resource
	Known    bool // whether SageMaker has described the resource
	First    bool
}

type price struct{ For, Instance, USD string }

func previewOf(l listing.Listing, p Preview) previewView {
	v := previewView{Listing: l, Preview: p, Style: template.CSS(previewStyle), Policy: previewPolicy, Path: p.path, ID: p.listing.String(), Asked: p.asked} //nolint:gosec // the style is ours
	v.Logo = dataURL(p.Facts.Assets[l.Promotion.Logo])
	for _, each := range slices.Backward(l.Versions) {
		if each.Status == version.Restricted {
			v.Hidden = append(v.Hidden, each.Number)
			continue
		}
		resource, known := p.Facts.Resources[each.Resource]
		v.Offered = append(v.Offered, previewVersion{each, resource, known, len(v.Offered) == 0})
	}
	if len(v.Offered) > 0 {
		v.Newest = v.Offered[0].Number
	}
	if l.Offer != nil {
		for _, d := range l.Offer.Rates.Dimensions() {
			v.Prices = append(v.Prices, price{priceFor(d.Mode), d.Instance, l.Offer.Rates[d].String()})
		}
	}
	return v
}

func priceFor(m pricing.Mode) string {
	switch m {
	case pricing.ModeBatch:
		return "an hour of batch transform"
	case pricing.ModeRealTime:
		return "an hour of a real-time endpoint"
	case pricing.ModeTraining:
		return "an hour of training"
	case pricing.ModeInference:
		return "one inference of a real-time endpoint"
	}
	return string(m)
}

// dataURL returns a logo as an address that needs no call; empty for what is no picture
// of a kind that the marketplace takes.
func dataURL(data []byte) template.URL {
	if len(data) > listing.MaxLogoSize {
		return ""
	}
	kind := http.DetectContentType(data)
	if kind != "image/png" && kind != "image/jpeg" && kind != "image/gif" {
		return ""
	}
	return template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data)) //nolint:gosec // its kind is one of three
}

func (q *request) preview(id uuid.UUID) error {
	ctx := q.r.Context()
	r, err := q.Manager.Load(ctx, id)
	if err != nil {
		return err
	}
	l := r.Draft
	if target, underWay := r.Target(); underWay {
		l = target.Listing
	}
	limited := r.State != lifecycle.Live && r.State != lifecycle.Unpublished || l.Visibility == listing.Private
	p := Preview{Limited: limited, path: q.path, listing: id, asked: q.r.URL.Query().Get("ask") == "aws"}
	if p.asked { // of all versions, as if none were published
		p.Facts = q.Manager.Facts(ctx, lifecycle.Record{ID: id, Seller: r.Seller, Draft: l}, lifecycle.Submit{})
	}
	var b bytes.Buffer
	if err := WritePreview(&b, l, p); err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Security-Policy", previewPolicy+"; frame-ancestors 'none'")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	_, _ = q.w.Write(b.Bytes())
	return nil
}
