package console

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/version"
)

// act is a command that a form can give.
type act struct {
	// Says is what the button says, and Warning what cannot be undone.
	Says, Warning string
	// command makes the command of what was filled in.
	command func(form url.Values) (lifecycle.Command, error)
}

// acts are the commands that need no document. Others come from a program or a folder.
var acts = map[lifecycle.Event]*act{
	lifecycle.EventSubmit:  {Says: "Submit for a preview", command: plain(lifecycle.Submit{})},
	lifecycle.EventSignOff: {Says: "Sign off and publish", Warning: "Buyers will see the listing.", command: plain(lifecycle.SignOff{})},
	lifecycle.EventCancel:  {Says: "Cancel the request", command: plain(lifecycle.Cancel{})},
	lifecycle.EventDiscard: {Says: "Discard the draft", Warning: "The listing is in no list any more.", command: plain(lifecycle.Discard{})},
	lifecycle.EventRestrictVersion: {Says: "Restrict the version", Warning: "New buyers cannot choose the version any more.", command: func(f url.Values) (lifecycle.Command, error) {
		return lifecycle.RestrictVersion{Number: f.Get("number")}, nil
	}},
	lifecycle.EventUnpublish: {Says: "Unpublish the listing", Warning: "No new buyers can subscribe. Those that there are must be supported for 90 days.", command: func(f url.Values) (lifecycle.Command, error) {
		c := lifecycle.Unpublish{Email: f.Get("email"), Reason: f.Get("reason")}
		if text := f.Get("replacement"); text != "" {
			id, err := uuid.Parse(text)
			if err != nil {
				return nil, errInput
			}
			c.Replacement = id
		}
		return c, nil
	}},
	lifecycle.EventEndSupport: {Says: "End the support", Warning: "Buyers are not supported any more.", command: plain(lifecycle.EndSupport{})},
}

func plain(c lifecycle.Command) func(url.Values) (lifecycle.Command, error) {
	return func(url.Values) (lifecycle.Command, error) { return c, nil }
}

// planView is what a command would do, and the form that gives it.
type planView struct {
	ID       uuid.UUID
	Called   string
	Command  lifecycle.Event
	Act      *act
	Revision int64
	Token    string
	Form     url.Values // as it was filled in
	Numbers  []string   // versions that can be restricted
	Plan     *lifecycle.Plan
	Refused  *step
	Problem  string
}

// actOf returns the command of the path, if it can be given by this session.
func (q *request) actOf() (lifecycle.Event, *act, error) {
	event := lifecycle.Event(q.r.PathValue("command"))
	a := acts[event]
	if a == nil {
		return "", nil, lifecycle.ErrNotFound
	}
	if !q.mayAct() {
		return "", nil, errForm
	}
	return event, a, nil
}

// plan shows what a command would do, or asks for what it needs. What is filled in is sent
// as a form, so that it stands in no address.
func (q *request) plan(id uuid.UUID) error {
	event, a, err := q.actOf()
	if err != nil {
		return err
	}
	r, err := q.Manager.Load(q.r.Context(), id)
	if err != nil {
		return err
	}
	return q.showPlan(http.StatusOK, r, event, a, url.Values{})
}

func (q *request) showPlan(status int, r lifecycle.Record, event lifecycle.Event, a *act, form url.Values) error {
	v := planView{ID: r.ID, Called: rowOf(r.Summary(), q.Manager.Now()).Called, Command: event, Act: a, Revision: r.Revision, Token: q.token(), Form: form}
	for _, each := range r.Draft.Versions {
		if each.Status == version.Offered {
			v.Numbers = append(v.Numbers, each.Number)
		}
	}
	slices.Reverse(v.Numbers)
	if v.Asks() {
		return q.render(status, "plan.html", a.Says, v)
	}
	c, err := a.command(form)
	if err != nil {
		return err
	}
	p, err := q.Manager.PlanOn(q.r.Context(), r, c)
	var refusal *lifecycle.Refusal
	var rejection *lifecycle.Rejection
	switch {
	case errors.As(err, &refusal):
		v.Refused = &step{Events: []lifecycle.Event{event}, Violations: refusal.Findings.Violations, Advice: refusal.Findings.Advice, NotChecked: refusal.Findings.NotChecked, More: refusal.Findings.More}
	case errors.As(err, &rejection):
		v.Problem = rejection.Error()
	case err != nil:
		return err
	default:
		v.Plan = &p
	}
	return q.render(status, "plan.html", a.Says, v)
}

// Asks reports whether something has to be filled in first.
func (v planView) Asks() bool {
	switch v.Command {
	case lifecycle.EventRestrictVersion:
		return v.Form.Get("number") == ""
	case lifecycle.EventUnpublish:
		return v.Form.Get("email") == "" || v.Form.Get("reason") == ""
	}
	return false
}

// Fields returns what was filled in, for the form that gives the command.
func (v planView) Fields() [][2]string {
	var all [][2]string
	for _, name := range []string{"number", "email", "reason", "replacement"} {
		if text := v.Form.Get(name); text != "" {
			all = append(all, [2]string{name, text})
		}
	}
	return all
}

// do gives the command for the revision that was shown. Sending the form again does
// nothing more.
func (q *request) do(id uuid.UUID) error {
	event, a, err := q.actOf()
	if err != nil {
		return err
	}
	if err := q.ownForm(); err != nil {
		return err
	}
	form := q.r.PostForm
	r, err := q.Manager.Load(q.r.Context(), id) // 404 before anything else is said
	if err != nil {
		return err
	}
	if form.Get("look") != "" { // it was filled in, and is not given yet
		return q.showPlan(http.StatusOK, r, event, a, form)
	}
	revision, err := number(form.Get("revision"), math.MaxInt64)
	if err != nil {
		return err
	}
	c, err := a.command(form)
	if err != nil {
		return err
	}
	_, err = q.Manager.Do(q.r.Context(), id, c, lifecycle.By(q.User), lifecycle.IfRevision(revision),
		lifecycle.Once(fmt.Sprintf("console %s r%d", event, revision)))
	var refusal *lifecycle.Refusal
	if errors.As(err, &refusal) {
		return q.showPlan(http.StatusUnprocessableEntity, r, event, a, form)
	}
	if err != nil {
		return err
	}
	q.feeds.wake(q.Manager.Seller())
	http.Redirect(q.w, q.r, q.path+"listings/"+id.String(), http.StatusSeeOther)
	return nil
}

// number returns a number from 1 to most.
func number(text string, most int64) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 || n > most {
		return 0, errInput
	}
	return n, nil
}

// query returns a query of one number.
func query(name string, value int64) string { return "?" + name + "=" + strconv.FormatInt(value, 10) }
