package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// rowsShown is how many listings a page of the catalogue has.
const rowsShown = 50

// row is what the catalogue shows of a listing.
type row struct {
	lifecycle.Summary
	Called     string // what people call it
	Note       *note
	Bar        *bar
	Unreadable bool
}

func rowOf(s lifecycle.Summary, at time.Time) row {
	r := row{Summary: s, Note: noteOf(s, at), Bar: barOf(s, at)}
	switch {
	case s.Title != "":
		r.Called = s.Title
	case s.Name != "":
		r.Called = s.Name
	default:
		r.Called = s.ID.String()
	}
	return r
}

// filter is one choice of state.
type filter struct {
	Name, Query string
	Chosen      bool
}

// catalogueView is the page of all listings.
type catalogueView struct {
	Filters   []filter
	State     lifecycle.State
	Search    string
	Rows      []row
	Attention []row
	More      bool // more need attention than are shown
	First     bool // this is the first page of all
	Next      string
	Back      string // to the first page
}

func (q *request) catalogue() error {
	form := q.r.URL.Query()
	v := catalogueView{State: lifecycle.State(form.Get("state")), Search: form.Get("q")}
	if v.State != "" && !slices.Contains(lifecycle.States(), v.State) || len(v.Search) > 500 {
		return errInput
	}
	var after uuid.UUID
	if text := form.Get("after"); text != "" {
		var err error
		if after, err = uuid.Parse(text); err != nil {
			return errInput
		}
	}
	for _, s := range append([]lifecycle.State{""}, lifecycle.States()...) {
		f := filter{Name: string(s), Chosen: s == v.State && v.Search == ""}
		if f.Name == "" {
			f.Name = "All"
		} else {
			f.Query = "?state=" + url.QueryEscape(string(s))
		}
		v.Filters = append(v.Filters, f)
	}
	v.First = v.State == "" && v.Search == "" && after == uuid.Nil
	since, err := q.feeds.shown(q.r.Context(), q.Manager)
	if err != nil {
		return err
	}
	if v.First {
		if v.Attention, v.More, err = q.attention(); err != nil {
			return err
		}
	}
	if v.Search != "" {
		v.Rows, err = q.found(v.Search)
	} else {
		v.Rows, err = q.rows(lifecycle.Query{State: v.State, After: after, Limit: rowsShown + 1})
	}
	if err != nil {
		return err
	}
	values := url.Values{}
	if v.State != "" {
		values.Set("state", string(v.State))
	}
	if after != uuid.Nil {
		v.Back = "?" + values.Encode()
	}
	if len(v.Rows) > rowsShown && v.Search == "" {
		v.Rows = v.Rows[:rowsShown]
		values.Set("after", v.Rows[rowsShown-1].ID.String())
		v.Next = "?" + values.Encode()
	}
	return q.renderLive(http.StatusOK, "catalogue.html", "Listings", "all", since, v)
}

// rows returns what a query chooses. A row that cannot be read is there with its id.
func (q *request) rows(query lifecycle.Query) ([]row, error) {
	var all []row
	at := q.Manager.Now()
	for s, err := range q.Manager.Listings(q.r.Context(), query) {
		if errors.Is(err, lifecycle.ErrUnreadable) {
			all = append(all, row{Summary: s, Called: s.ID.String(), Unreadable: true})
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, rowOf(s, at))
	}
	return all, nil
}

// found returns the listings whose name, title, product or id is exactly the text: what
// stores can look for without reading everything.
func (q *request) found(text string) ([]row, error) {
	queries := []lifecycle.Query{{Name: text}, {Title: text}, {Product: text}}
	if id, err := uuid.Parse(text); err == nil {
		s, found, err := q.summary(id)
		if found {
			return []row{rowOf(s, q.Manager.Now())}, nil
		}
		if err != nil {
			return nil, err
		}
	}
	var all []row
	for _, query := range queries {
		query.Limit = rowsShown
		some, err := q.rows(query)
		if err != nil {
			return nil, err
		}
		for _, r := range some {
			if !slices.ContainsFunc(all, func(other row) bool { return other.ID == r.ID }) {
				all = append(all, r)
			}
		}
	}
	return all, nil
}
