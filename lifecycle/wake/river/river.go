// Package river has the requests of listings looked after by River, the job queue on
// PostgreSQL: for services of several processes that keep their listings in package
// pgstore, on the same database.
//
//	jobs, err := river.Open(ctx, pool)
//	store, err := pgstore.Open(ctx, pool, pgstore.OnSave(jobs.Enqueue))
//	manager, err := lifecycle.New(seller, store, market)
//	…
//	err = jobs.Run(ctx, manager) // in each process that works
//
// A command and the job that carries it out are committed together, or neither is. There
// is one job for a request, whoever enqueues it and how often; it runs when the request
// is due, in one of the processes, and puts itself off until the next look. Whichever
// process is killed, another one goes on. A few processes may run [Jobs.Run] while others
// only take commands.
//
// A request may all the same be left without a job: somebody deleted it, or another
// program wrote the request. A periodic job finds what is late, with [wake.Lost].
//
// [OnDate] calls a function on the dates of a listing's calendar, such as the end of the
// 90 days of support, however far they lie ahead.
//
// Jobs run in a client of River that this package makes. A program that has a client of
// its own adds the jobs to it with [Jobs.AddTo].
package river

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	queue "github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/wake"
	"github.com/shelflife-go/shelflife/listing"
)

// Jobs enqueues the jobs of listings, and works on them. It is safe for concurrent use.
// Make one with [Open].
type Jobs struct {
	pool     *pgxpool.Pool
	client   *queue.Client[pgx.Tx] // it inserts, and works on nothing
	log      *slog.Logger
	clock    lifecycle.Clock
	speed    float64 // of the clock, as a multiple of real time
	queue    string
	workers  int
	late     time.Duration
	timeout  time.Duration
	migrated bool
	poll     time.Duration
	onDate   func(context.Context, lifecycle.Date) error

	mu       sync.RWMutex
	managers map[listing.AccountID]*lifecycle.Manager
}

var _ wake.Waker = (*Jobs)(nil)

// Option changes how [Jobs] work.
type Option func(*Jobs)

// Migrated makes [Open] leave the tables of River as they are: somebody else brings them
// up to date.
func Migrated() Option { return func(j *Jobs) { j.migrated = true } }

// Queue names the queue of River that the jobs are in. The default is "shelflife". All
// that enqueue and work for one seller must name the same one.
func Queue(name string) Option { return func(j *Jobs) { j.queue = name } }

// AtOnce bounds how many jobs one process works on at the same time. The default is 8;
// numbers below 1 are 1. Each needs a connection of the pool while it saves.
func AtOnce(n int) Option { return func(j *Jobs) { j.workers = max(n, 1) } }

// Late is for how long a request must have been due before the periodic job, which runs
// that often, takes it for one that nobody looks after. The default is 10 minutes, the
// least a minute.
func Late(d time.Duration) Option { return func(j *Jobs) { j.late = max(d, time.Minute) } }

// Timeout is how long one look may take. The default is 5 minutes, the least a second. A
// job whose process was killed in the midst of a look is taken up by another process after
// twice as long, and up to half a minute more.
func Timeout(d time.Duration) Option { return func(j *Jobs) { j.timeout = max(d, time.Second) } }

// OnDate has f called on each date of the calendar of a listing: when a request becomes
// overdue, support ends, a price rise takes effect. It is called once the date has come,
// if the record still has it then; a date that is far ahead waits in the database. When f
// returns an error, River calls it again later. A date may come twice.
func OnDate(f func(ctx context.Context, d lifecycle.Date) error) Option {
	return func(j *Jobs) { j.onDate = f }
}

// Logger logs looks that failed, at level Warn: seller, listing and error. The default
// logs nothing.
func Logger(log *slog.Logger) Option { return func(j *Jobs) { j.log = log } }

// Clock replaces the machine's clock by one that runs speed times as fast, such as that
// of a simulation. It must be that of the managers.
func Clock(c lifecycle.Clock, speed float64) Option {
	return func(j *Jobs) { j.clock, j.speed = c, speed }
}

// Open returns the jobs in a database, and brings the tables of River up to date unless
// [Migrated] is given. The pool stays the caller's to close. It returns an error of the
// database, wrapped.
func Open(ctx context.Context, pool *pgxpool.Pool, options ...Option) (*Jobs, error) {
	j := &Jobs{
		pool: pool, log: slog.New(slog.NewTextHandler(io.Discard, nil)), clock: lifecycle.SystemClock{}, speed: 1,
		queue: "shelflife", workers: 8, late: 10 * time.Minute, timeout: 5 * time.Minute, poll: time.Second,
	}
	for _, option := range options {
		option(j)
	}
	driver := riverpgxv5.New(pool)
	if !j.migrated {
		migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: j.log})
		if err == nil {
			_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
		}
		if err != nil {
			return nil, fmt.Errorf("migrating the tables of River: %w", err)
		}
	}
	var err error
	if j.client, err = queue.NewClient(driver, &queue.Config{Logger: j.log}); err != nil {
		return nil, fmt.Errorf("making a client of River: %w", err)
	}
	return j, nil
}

// Enqueue is for pgstore.OnSave: it enqueues the job of a request within the transaction
// that saves it.
func (j *Jobs) Enqueue(ctx context.Context, tx pgx.Tx, w lifecycle.Write) error {
	return j.enqueue(ctx, tx, w.Summary)
}

// Wake enqueues the job of a request, in a transaction of its own.
func (j *Jobs) Wake(ctx context.Context, s lifecycle.Summary) error {
	return pgx.BeginFunc(ctx, j.pool, func(tx pgx.Tx) error { return j.enqueue(ctx, tx, s) })
}

// unfinished are the states of a job that is still to run.
var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled,
}

func (j *Jobs) enqueue(ctx context.Context, tx pgx.Tx, s lifecycle.Summary) error {
	q := s.Request
	if q == nil {
		return nil
	}
	job, err := j.client.InsertTx(ctx, tx, lookArgs{s.Seller, s.ID, q.RecordedAt}, &queue.InsertOpts{
		Queue: j.queue, ScheduledAt: j.real(q.Due), UniqueOpts: queue.UniqueOpts{ByArgs: true, ByState: unfinished},
	})
	if err == nil && job.UniqueSkippedAsDuplicate && q.Cancelling { // it may be put off for an hour
		_, err = j.client.JobRetryTx(ctx, tx, job.Job.ID)
	}
	if err != nil {
		return fmt.Errorf("listing %s: enqueuing its job: %w", s.ID, err)
	}
	return nil
}

// real returns the machine's instant at which the clock will show at.
func (j *Jobs) real(at time.Time) time.Time {
	return time.Now().Add(j.realFor(at.Sub(j.clock.Now())))
}

func (j *Jobs) realFor(d time.Duration) time.Duration {
	return time.Duration(float64(d) / j.speed)
}

// lookArgs are those of the job of a request.
type lookArgs struct {
	Seller  listing.AccountID `json:"seller"`
	Listing uuid.UUID         `json:"listing"`
	// Request is when the request was written down: the next one has a job of its own.
	Request time.Time `json:"request"`
}

// Kind names the job in the database.
func (lookArgs) Kind() string { return "shelflife_look" }

// lookWorker looks at a listing, again and again until its request has ended.
type lookWorker struct {
	queue.WorkerDefaults[lookArgs]
	jobs *Jobs
}

// Timeout is how long one look may take.
func (w *lookWorker) Timeout(*queue.Job[lookArgs]) time.Duration { return w.jobs.timeout }

// Work looks at the listing.
func (w *lookWorker) Work(ctx context.Context, job *queue.Job[lookArgs]) error {
	j, args := w.jobs, job.Args
	m := j.manager(args.Seller)
	if m == nil {
		return queue.JobSnooze(time.Minute) // another process has the seller
	}
	began := j.clock.Now()
	again, err := wake.Look(ctx, m, args.Listing)
	if err != nil {
		j.log.WarnContext(ctx, "look", lifecycle.LogSeller, args.Seller, lifecycle.LogListing, args.Listing, lifecycle.LogError, err)
		if passing(err) && ctx.Err() == nil {
			return queue.JobSnooze(j.realFor(again))
		}
		return err // which River shows, and tries again later and later
	}
	r, err := m.Load(ctx, args.Listing)
	if errors.Is(err, lifecycle.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := j.enqueueDates(ctx, r); err != nil {
		return err
	}
	switch q := r.Request; {
	case q == nil || !q.RecordedAt.Equal(args.Request): // the next one has its own job
		return nil
	case q.Cancelling && r.UpdatedAt.After(began): // perhaps since the look
		return queue.JobSnooze(time.Second)
	}
	return queue.JobSnooze(j.realFor(again))
}

func passing(err error) bool {
	return errors.Is(err, lifecycle.ErrBusy) || errors.Is(err, lifecycle.ErrThrottled) || errors.Is(err, lifecycle.ErrUnavailable)
}

func (j *Jobs) manager(seller listing.AccountID) *lifecycle.Manager {
	j.mu.RLock()
	defer j.mu.RUnlock()
	return j.managers[seller]
}

// lostArgs are those of the periodic job.
type lostArgs struct{}

// Kind names the job in the database.
func (lostArgs) Kind() string { return "shelflife_lost" }

// lostWorker enqueues jobs for requests that have none.
type lostWorker struct {
	queue.WorkerDefaults[lostArgs]
	jobs *Jobs
}

// Work looks for what is late.
func (w *lostWorker) Work(ctx context.Context, _ *queue.Job[lostArgs]) error {
	w.jobs.mu.RLock()
	defer w.jobs.mu.RUnlock()
	var failures []error
	for _, m := range w.jobs.managers {
		if _, err := wake.Lost(ctx, m, w.jobs, w.jobs.clock.Now(), w.jobs.late); err != nil {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}
