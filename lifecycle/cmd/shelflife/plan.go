package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/lifecycle/console"
	"github.com/shelflife-go/shelflife/listing"
)

// planned is what apply would do.
type planned struct {
	Name  string          `json:"name"`
	ID    string          `json:"id"`
	State lifecycle.State `json:"state"`
	Until lifecycle.State `json:"until"`
	// Adopt is the product that is taken into the store first; nothing is sent.
	Adopt string        `json:"adopt,omitempty"`
	Steps []plannedStep `json:"steps"`

	adopt    lifecycle.Command // nil unless Adopt is set
	want     lifecycle.Desired
	revision int64 // of the record that it is for
}

// plannedStep is one of its steps.
type plannedStep struct {
	Step lifecycle.Event `json:"step"`
	// Plan is what it would do to what the steps before have led to. It is missing for a
	// request under way, and for a later step that cannot be planned before.
	Plan *lifecycle.Plan `json:"plan,omitempty"`
	// Later reports that the steps before must have succeeded.
	Later bool `json:"later,omitempty"`
}

func (t *tool) planCommand() *cobra.Command {
	var until, page string
	var detailed bool
	c := &cobra.Command{
		Use:   "plan [folder…]",
		Short: "Say what apply would do, and do nothing",
		Long: "Plan compares the folder with what is stored and writes the steps of \"shelflife apply\":\n" +
			"what would be sent, what changes for buyers, and how long it takes. Nothing is\n" +
			"written and nothing is sent. Of several folders each has a plan.\n\n" + untilHelp + "\n\n" + eachHelp,
		RunE: func(c *cobra.Command, args []string) error {
			targets := t.targetsOf(args, false)
			if page != "" && len(targets) != 1 {
				return usageError{errors.New("--html writes one page: name one folder")}
			}
			return t.onEach(c.Context(), targets, func(ctx context.Context, j *job) error {
				if page != "" { // first: it shows what is missing of a document that is refused
					if err := j.preview(ctx, page); err != nil {
						return err
					}
				}
				p, err := j.plan(ctx, until)
				if err != nil {
					return err
				}
				if j.json {
					err = report.WriteJSON(j.out, p)
				} else {
					_, err = fmt.Fprint(j.out, p.text(j.colours, j.verbose))
				}
				if err == nil && detailed && len(p.Steps) > 0 {
					return exitError{code: codePending}
				}
				return err
			})
		},
	}
	t.storeFlags(c)
	t.previews(c)
	untilFlag(c, &until)
	c.Flags().StringVar(&page, "html", "", "write the page that buyers will see to the `file`, too")
	c.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit with 3 if there is something to do")
	return c
}

const untilHelp = "A listing that is Live is changed for everyone at once. One that is not is taken as far\n" +
	"as --until says: draft (nothing is sent), test (a preview for you and the testers,\n" +
	"unless said otherwise) or live."

const eachHelp = "A folder without a listing of its own stands for all below it. One that fails does not\n" +
	"stop the others; the exit code is the worst of 130, 7, 2, 4, 1, 6, 5 and 3, in this\n" +
	"order. With --json there is one object for each."

func untilFlag(c *cobra.Command, until *string) {
	c.Flags().StringVar(until, "until", "", "how far: the `state` draft, test or live; test unless the listing is Live")
}

// record returns the record of the folder's listing. If there is none yet, and the
// folder names a product, it is that of the product, which j.adopt takes into the store.
func (j *job) record(ctx context.Context) (lifecycle.Record, error) {
	product := j.folder.Product
	r, err := j.Manager.Load(ctx, j.id)
	switch {
	case err == nil && product != "" && product != r.Entities.Product:
		return r, usageError{fmt.Errorf("%s: the store has %q under this name, not that product: correct product or name", j.folder.Place("product"), r.Entities.Product)}
	case !errors.Is(err, lifecycle.ErrNotFound):
		return r, err
	case product == "":
		return lifecycle.Record{ID: j.id, Seller: j.Manager.Seller(), Name: j.name}, nil
	}
	a, err := j.adoption(ctx, product, j.buyers())
	j.adopt = a.command
	return a.decision.Record, err
}

// desired returns the folder as what is wanted, and the record that there is.
func (j *job) desired(ctx context.Context, until string) (lifecycle.Record, lifecycle.Desired, error) {
	r, err := j.record(ctx)
	want := lifecycle.Desired{Name: j.name, Listing: j.folder.Listing, Testers: j.folder.Testers}
	if err != nil {
		return r, want, err
	}
	if want.Until, err = untilOf(until); err == nil && until == "" {
		want.Until = lifecycle.TestProduct
		if r.State == lifecycle.Live || r.State == lifecycle.Unpublished || r.Request != nil && r.Request.Kind == lifecycle.EventSignOff {
			want.Until = lifecycle.Live
		}
	}
	return r, want, err
}

// untilOf returns the state that --until names.
func untilOf(until string) (lifecycle.State, error) {
	states := map[string]lifecycle.State{"": "", "draft": lifecycle.Draft, "test": lifecycle.TestProduct, "live": lifecycle.Live}
	state, known := states[until]
	if !known {
		return "", usageError{fmt.Errorf("--until %q: give draft, test or live", until)}
	}
	return state, nil
}

// preview writes the page that buyers will see of the folder, with what the ports know
// of its resources and files.
func (j *job) preview(ctx context.Context, file string) error {
	draft := lifecycle.Record{ID: j.id, Seller: j.Manager.Seller(), Draft: j.folder.Listing}
	about := console.Preview{Facts: j.Manager.Facts(ctx, draft, lifecycle.Submit{})}
	r, err := j.Manager.Load(ctx, j.id)
	if err != nil && !errors.Is(err, lifecycle.ErrNotFound) {
		return err
	}
	about.Limited = r.State != lifecycle.Live && r.State != lifecycle.Unpublished || j.folder.Listing.Visibility == listing.Private
	var b bytes.Buffer
	if err := console.WritePreview(&b, j.folder.Listing, about); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o644) //nolint:gosec // a page to be passed on
}

func (j *job) plan(ctx context.Context, until string) (planned, error) {
	r, want, err := j.desired(ctx, until)
	p := planned{Name: j.name, ID: j.id.String(), State: r.State, Until: want.Until, Steps: []plannedStep{}, want: want, revision: r.Revision, adopt: j.adopt}
	if j.adopt != nil {
		p.Adopt = j.folder.Product
	}
	if err != nil {
		return p, err
	}
	at := j.Clock.Now()
	wanted := r
	wanted.Draft = want.Listing
	steps, err := lifecycle.Steps(r, want, lifecycle.Input{At: at, By: j.by, Facts: j.Manager.Facts(ctx, wanted, lifecycle.Submit{})})
	if err != nil {
		return p, err
	}
	later := false
	for _, s := range steps {
		step := plannedStep{Step: s.Event, Later: later}
		if s.Command != nil { // none is approved unseen: a rise of prices cannot be taken back
			plan, err := j.Manager.PlanOn(ctx, s.On, s.Command)
			switch {
			case err == nil:
				step.Plan = &plan
			case !later:
				return p, err
			}
			if later {
				plan.ChangeSet, plan.Changes = "", nil // they will have the revisions of then
			}
		}
		later = later || s.Command == nil || step.Plan.Takes != ""
		p.Steps = append(p.Steps, step)
	}
	return p, ctx.Err()
}
