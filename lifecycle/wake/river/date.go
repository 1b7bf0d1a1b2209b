package river

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	queue "github.com/riverqueue/river"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// dateArgs are those of the job of a date.
type dateArgs struct {
	Seller  listing.AccountID  `json:"seller"`
	Listing uuid.UUID          `json:"listing"`
	Date    lifecycle.DateKind `json:"date"`
	Version string             `json:"version,omitempty"`
	At      time.Time          `json:"at"`
}

// Kind names the job in the database.
func (dateArgs) Kind() string { return "shelflife_date" }

// enqueueDates enqueues a job for each date of the record that is ahead.
func (j *Jobs) enqueueDates(ctx context.Context, r lifecycle.Record) error {
	if j.onDate == nil {
		return nil
	}
	var jobs []queue.InsertManyParams
	for _, d := range lifecycle.Calendar(r, j.clock.Now()) {
		if !d.Past && !d.At.IsZero() {
			jobs = append(jobs, queue.InsertManyParams{Args: dateArgs{r.Seller, r.ID, d.Kind, d.Version, d.At},
				InsertOpts: &queue.InsertOpts{Queue: j.queue, ScheduledAt: j.real(d.At), UniqueOpts: queue.UniqueOpts{ByArgs: true}}})
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	if _, err := j.client.InsertMany(ctx, jobs); err != nil {
		return fmt.Errorf("listing %s: enqueuing its dates: %w", r.ID, err)
	}
	return nil
}

// dateWorker tells of a date.
type dateWorker struct {
	queue.WorkerDefaults[dateArgs]
	jobs *Jobs
}

// Work tells of the date, if the record still has it.
func (w *dateWorker) Work(ctx context.Context, job *queue.Job[dateArgs]) error {
	j, args := w.jobs, job.Args
	m := j.manager(args.Seller)
	if m == nil || j.onDate == nil {
		return queue.JobSnooze(time.Minute) // another process has the seller, or the function
	}
	if early := args.At.Sub(j.clock.Now()); early > 0 {
		return queue.JobSnooze(j.realFor(early))
	}
	r, err := m.Load(ctx, args.Listing)
	if errors.Is(err, lifecycle.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, d := range lifecycle.Calendar(r, args.At) {
		if d.Kind == args.Date && d.Version == args.Version && d.At.Equal(args.At) {
			return j.onDate(ctx, d)
		}
	}
	return nil
}
