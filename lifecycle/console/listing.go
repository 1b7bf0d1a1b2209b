package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

const (
	// entriesShown is how many entries of the history the page of a listing has, and
	// entriesPage how many a page of the whole history.
	entriesShown, entriesPage = 10, 100
	// findingsShown bounds the findings of one step on the page.
	findingsShown = 50
	// versionsShown bounds the versions on the page, the newest first.
	versionsShown = 50
)

// The portal's pages.
const (
	portalListings = "https://aws.amazon.com/marketplace/management/ml-products/"
	portalRequests = "https://aws.amazon.com/marketplace/management/requests/"
)

// step is a command that exists in the state, and what stands in its way.
type step struct {
	Events     []lifecycle.Event // several, where the same stands in the way of each
	Violations rule.Violations
	Advice     rule.Violations
	NotChecked []rule.Gap
	More       int    // findings beside those
	Act        string // where it can be given, if it can
}

// Can reports whether nothing is known to stand in the way.
func (s step) Can() bool { return len(s.Violations) == 0 }

// same reports whether the same, and nothing else, stands in the way of both.
func (s step) same(other step) bool {
	return !s.Can() && len(s.Advice)+len(s.NotChecked)+s.More == 0 && len(other.Advice)+len(other.NotChecked)+other.More == 0 &&
		slices.EqualFunc(s.Violations, other.Violations, func(a, b rule.Violation) bool { return a.Error() == b.Error() })
}

// Key names the step among those of the page.
func (s step) Key() string { return string(s.Events[0]) }

// release is a version for the table of versions.
type release struct {
	version.Version
	Status string
	Since  time.Time // since when it is restricted
}

// listingView is the page of one listing.
type listingView struct {
	Record   lifecycle.Record
	Summary  lifecycle.Summary
	Called   string
	Note     *note
	Bar      *bar
	Diagram  diagram
	Steps    []step
	Others   []lifecycle.Event // commands that the state does not have
	Asked    bool              // AWS was asked for facts
	Gaps     int               // rules that need facts
	Releases []release
	Hidden   int // versions that are not shown
	Dates    lifecycle.Dates
	Entries  []lifecycle.Entry
	MayAct   bool
	Testers  int

	PortalListings, PortalRequest string
}

func (q *request) listing(id uuid.UUID) error {
	ctx := q.r.Context()
	since, err := q.feeds.shown(ctx, q.Manager)
	if err != nil {
		return err
	}
	r, err := q.Manager.Load(ctx, id)
	if err != nil {
		return err
	}
	v := listingView{Record: r, Summary: r.Summary(), Asked: q.r.URL.Query().Get("ask") == "aws", Diagram: diagramOf(r.State), MayAct: q.mayAct(), PortalListings: portalListings}
	at := q.Manager.Now()
	about := rowOf(v.Summary, at)
	v.Called, v.Bar, v.Note = about.Called, about.Bar, about.Note
	if v.Summary.Unsuccessful != nil {
		v.Note.because(r.Last.Problems)
	}
	if r.Request != nil && r.Request.ChangeSet != "" {
		v.PortalRequest = portalRequests + r.Request.ChangeSet
	}
	if r.Published != nil {
		v.Testers = len(r.Published.AllowList)
	}
	available := q.Manager.AvailableOn(r)
	if v.Asked {
		if available, err = q.Manager.Available(ctx, id); err != nil {
			return err
		}
	}
	v.steps(available)
	v.Releases, v.Hidden = releases(r)
	v.Dates = lifecycle.Calendar(r, at)
	if v.Entries, err = q.entries(r, r.Revision-entriesShown, entriesShown); err != nil {
		return err
	}
	return q.renderLive(http.StatusOK, "listing.html", v.Called, id.String(), since, v)
}

// steps sorts the commands into those of the state and the others.
func (v *listingView) steps(available []lifecycle.Availability) {
	for _, a := range available {
		if !isStep(a.Command) {
			continue
		}
		if !inState(v.Record.State, a.Command) {
			v.Others = append(v.Others, a.Command)
			continue
		}
		f := a.Findings
		s := step{Events: []lifecycle.Event{a.Command}, Violations: f.Violations, Advice: f.Advice, NotChecked: f.NotChecked, More: f.More}
		s.More += beyond(&s.Violations) + beyond(&s.Advice) + beyond(&s.NotChecked)
		v.Gaps += len(f.NotChecked)
		if v.MayAct && acts[a.Command] != nil && s.Can() {
			s.Act = string(a.Command)
		}
		if i := slices.IndexFunc(v.Steps, s.same); i >= 0 {
			v.Steps[i].Events = append(v.Steps[i].Events, a.Command)
			continue
		}
		v.Steps = append(v.Steps, s)
	}
	slices.SortStableFunc(v.Steps, func(a, b step) int {
		if a.Can() == b.Can() {
			return 0
		} else if a.Can() {
			return -1
		}
		return 1
	})
}

// beyond cuts a list to what is shown, and returns how many it cut.
func beyond[S ~[]E, E any](all *S) int {
	n := max(len(*all)-findingsShown, 0)
	*all = (*all)[:len(*all)-n]
	return n
}

// isStep reports whether the command is a step of a listing that exists, and not one
// that takes over what was made elsewhere.
func isStep(e lifecycle.Event) bool {
	return e != lifecycle.EventCreate && !strings.HasPrefix(string(e), "adopt-") && !strings.HasPrefix(string(e), "reconcile-")
}

// inState reports whether the table has the command in the state.
func inState(s lifecycle.State, e lifecycle.Event) bool {
	return s != "" && slices.ContainsFunc(lifecycle.Transitions(), func(t lifecycle.Transition) bool { return t.From == s && t.Event == e })
}

// releases returns the newest versions, the newest first, and how many more there are.
func releases(r lifecycle.Record) (all []release, hidden int) {
	for _, v := range slices.Backward(r.Draft.Versions) {
		if len(all) == versionsShown {
			return all, len(r.Draft.Versions) - versionsShown
		}
		one := release{Version: v, Status: "not submitted yet"}
		if r.Published != nil {
			if _, known := r.Published.Listing.Version(v.Number); known {
				one.Status = "offered"
			}
		}
		if v.Status == version.Restricted {
			one.Status, one.Since = "restricted", r.Restricted[v.Number]
		}
		all = append(all, one)
	}
	return all, 0
}

// entries returns those above a revision, the latest first, limit at the most.
func (q *request) entries(r lifecycle.Record, after int64, limit int) ([]lifecycle.Entry, error) {
	var all []lifecycle.Entry
	for e, err := range q.Manager.JournalAfter(q.r.Context(), r.ID, after) {
		if err != nil {
			return nil, err
		}
		if all = append(all, e); len(all) == limit {
			break
		}
	}
	slices.Reverse(all)
	return all, nil
}

// historyView is a page of the whole history, the latest first.
type historyView struct {
	ID      uuid.UUID
	Called  string
	Entries []lifecycle.Entry
	Newer   string
	Older   string
}

func (q *request) history(id uuid.UUID) error {
	r, err := q.Manager.Load(q.r.Context(), id)
	if err != nil {
		return err
	}
	last := r.Revision
	if text := q.r.URL.Query().Get("to"); text != "" {
		if last, err = number(text, r.Revision); err != nil {
			return err
		}
	}
	v := historyView{ID: id, Called: rowOf(r.Summary(), q.Manager.Now()).Called}
	first := max(last-entriesPage, 0)
	if v.Entries, err = q.entries(r, first, int(last-first)); err != nil {
		return err
	}
	if first > 0 {
		v.Older = query("to", first)
	}
	if last < r.Revision {
		v.Newer = query("to", min(last+entriesPage, r.Revision))
	}
	return q.render(http.StatusOK, "history.html", "History of "+v.Called, v)
}

// driftView is what differs between the record and AWS.
type driftView struct {
	ID     uuid.UUID
	Called string
	Never  bool // there is nothing at AWS to compare with
	Drift  lifecycle.Drift
	Record lifecycle.Record
	Took   time.Time
}

func (q *request) drift(id uuid.UUID) error {
	ctx := q.r.Context()
	r, err := q.Manager.Load(ctx, id)
	if err != nil {
		return err
	}
	v := driftView{ID: id, Record: r, Called: rowOf(r.Summary(), q.Manager.Now()).Called, Never: r.Entities.Product == "", Took: q.Manager.Now()}
	if !v.Never {
		if v.Drift, err = q.Manager.Drift(ctx, id); err != nil {
			return err
		}
	}
	return q.render(http.StatusOK, "drift.html", "Drift of "+v.Called, v)
}
