package simulator

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/shelflife-go/shelflife/listing/document"
)

//go:embed web.html
var webText string

var webPage = template.Must(template.New("page").Funcs(template.FuncMap{
	"text": printableText, "when": func(t time.Time) string { return t.Format("2006-01-02 15:04:05") },
}).Parse(webText))

func printableText(v any) string { return document.Printable(fmt.Sprint(v)) }

const shownRows = 50 // of each table

type webListing struct {
	Title, Product, Seller, Visibility, State string
	Versions, Offers                          []string
}

type webView struct {
	Now                    time.Time
	Problem                string // why the last form was refused
	ByHand                 bool
	Reviews                []Review
	Listings               []webListing
	ChangeSets             []ChangeSet
	Faults                 []Fault
	Calls                  []Call
	Kinds                  []FaultKind
	MoreListings, MoreSets int
}

// faultKinds are those that the page offers: they need nothing besides.
var faultKinds = []FaultKind{
	Throttle, Unavailable, Internal, LoseAnswer, DropRequest, LoseEvent, DuplicateEvent, DelayEvent, RefuseReview, ServerFault,
}

// serveWeb shows the page, and takes its forms.
func (s *Simulator) serveWeb(w http.ResponseWriter, r *http.Request) {
	status, problem := http.StatusOK, ""
	if r.Method == http.MethodPost {
		err := sameOrigin(r)
		if err == nil {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			err = s.takeForm(r)
		}
		if err == nil {
			http.Redirect(w, r, controlPrefix, http.StatusSeeOther)
			return
		}
		status, problem = http.StatusBadRequest, err.Error()
	}
	var page bytes.Buffer
	if err := webPage.Execute(&page, s.view(problem)); err != nil {
		http.Error(w, "the page cannot be made", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
}

// sameOrigin refuses a form of another page: a browser sends such a form without asking.
func sameOrigin(r *http.Request) error {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return errors.New("the form is not of this page")
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || u.Host != r.Host {
			return errors.New("the form is not of this page")
		}
	}
	return nil
}

func (s *Simulator) takeForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	value := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	switch value("form") {
	case "clock":
		hours, err := strconv.ParseFloat(value("hours"), 64)
		if err != nil {
			return fmt.Errorf("%w: hours must be a number", ErrClock)
		}
		seconds := hours * 3600
		return s.advanceSeconds(&seconds)
	case "approve":
		return s.Approve(value("changeSet"))
	case "refuse":
		return s.Refuse(value("changeSet"), value("reason"))
	case "fault":
		times, err := strconv.Atoi(value("times"))
		if err != nil {
			return fmt.Errorf("%w: times must be a whole number", ErrFault)
		}
		return s.Inject(Fault{Kind: FaultKind(value("kind")), Times: times, Message: value("message")})
	}
	return fmt.Errorf("the page has no form %.40q", value("form"))
}

// view is what the page shows of this instant: the newest of each.
func (s *Simulator) view(problem string) webView {
	v := webView{Problem: problem, ByHand: s.cfg.ReviewByHand, Reviews: s.Reviews(), Kinds: faultKinds, Calls: s.RecentCalls()}
	sets := s.Ledger().ChangeSets
	sort.SliceStable(sets, func(a, b int) bool { return sets[b].Start.Before(sets[a].Start) })
	v.ChangeSets, v.MoreSets = cut(sets)
	for a, b := 0, len(v.Calls)-1; a < b; a, b = a+1, b-1 {
		v.Calls[a], v.Calls[b] = v.Calls[b], v.Calls[a]
	}
	v.Calls, _ = cut(v.Calls)
	s.mu.Lock()
	defer s.mu.Unlock()
	v.Now = s.st.Now
	v.Faults = append(v.Faults, s.st.Faults...)
	var products []*entity
	for _, e := range s.st.Entities {
		if e.Product != nil {
			products = append(products, e)
		}
	}
	sort.Slice(products, func(a, b int) bool {
		if !products[a].Modified.Equal(products[b].Modified) {
			return products[b].Modified.Before(products[a].Modified)
		}
		return products[a].ID < products[b].ID
	})
	products, v.MoreListings = cut(products)
	for _, e := range products {
		v.Listings = append(v.Listings, s.st.listing(e))
	}
	return v
}

func cut[T any](rows []T) (shown []T, more int) {
	if len(rows) > shownRows {
		return rows[:shownRows], len(rows) - shownRows
	}
	return rows, 0
}

func (st *state) listing(e *entity) webListing {
	d := e.Product.Description
	out := webListing{Title: string(e.summary().Name), Product: e.ID, Seller: e.Seller, Visibility: d.Visibility, State: d.ProductState}
	for _, v := range e.Product.Versions {
		text := v.VersionTitle
		if v.DeliveryOptions[0].Visibility == visibilityRestricted {
			text += " (restricted)"
		}
		out.Versions = append(out.Versions, text)
	}
	for _, id := range st.offersOf(e.ID) {
		o := st.Entities[id].Offer
		text := id + " (" + o.State
		if !o.public() {
			text += ", made by AWS"
		}
		out.Offers = append(out.Offers, text+")")
	}
	return out
}
