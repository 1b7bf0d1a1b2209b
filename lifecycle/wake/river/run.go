package river

import (
	"context"
	"errors"
	"fmt"
	"time"

	queue "github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// Run works on the jobs of the managers' sellers until ctx ends. Then it takes no more
// jobs, waits up to half a minute for those under way, and returns the cause of the end
// of ctx; what it has not come to waits in the database. Any number of processes may
// Run. It returns an error that matches [lifecycle.ErrConfig] when a manager is nil,
// there is none, or two have one seller, and errors of the database, wrapped.
func (j *Jobs) Run(ctx context.Context, managers ...*lifecycle.Manager) error {
	config := &queue.Config{
		Logger: j.log, FetchPollInterval: j.poll, FetchCooldown: min(j.poll, 100*time.Millisecond),
		JobTimeout: j.timeout, RescueStuckJobsAfter: 2 * j.timeout,
	}
	if err := j.AddTo(config, managers...); err != nil {
		return err
	}
	client, err := queue.NewClient(riverpgxv5.New(j.pool), config)
	if err != nil {
		return fmt.Errorf("making a client of River: %w", err)
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("starting River: %w", err)
	}
	<-ctx.Done()
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if err := client.Stop(ending); err != nil {
		stopped, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		return errors.Join(context.Cause(ctx), client.StopAndCancel(stopped))
	}
	return context.Cause(ctx)
}

// AddTo adds the jobs of the managers' sellers to the configuration of a client of River
// that is the caller's: workers, the queue and the periodic job. The client must be on the
// database of the store, and its RescueStuckJobsAfter above the [Timeout] of a look. It returns an error that matches [lifecycle.ErrConfig] as
// [Jobs.Run] does, and when the client works already on jobs of this package.
func (j *Jobs) AddTo(config *queue.Config, managers ...*lifecycle.Manager) error {
	sellers := map[listing.AccountID]*lifecycle.Manager{}
	for i, m := range managers {
		if m == nil {
			return fmt.Errorf("%w: manager %d is nil", lifecycle.ErrConfig, i)
		}
		if sellers[m.Seller()] != nil {
			return fmt.Errorf("%w: two managers of seller %s", lifecycle.ErrConfig, m.Seller())
		}
		sellers[m.Seller()] = m
	}
	if len(sellers) == 0 {
		return fmt.Errorf("%w: no manager", lifecycle.ErrConfig)
	}
	if config.Workers == nil {
		config.Workers = queue.NewWorkers()
	}
	for _, add := range []func() error{
		func() error { return queue.AddWorkerSafely(config.Workers, &lookWorker{jobs: j}) },
		func() error { return queue.AddWorkerSafely(config.Workers, &lostWorker{jobs: j}) },
		func() error { return queue.AddWorkerSafely(config.Workers, &dateWorker{jobs: j}) },
	} {
		if err := add(); err != nil {
			return fmt.Errorf("%w: %w", lifecycle.ErrConfig, err)
		}
	}
	if config.Queues == nil {
		config.Queues = map[string]queue.QueueConfig{}
	}
	config.Queues[j.queue] = queue.QueueConfig{MaxWorkers: j.workers}
	config.PeriodicJobs = append(config.PeriodicJobs, queue.NewPeriodicJob(queue.PeriodicInterval(j.realFor(j.late)),
		func() (queue.JobArgs, *queue.InsertOpts) {
			return lostArgs{}, &queue.InsertOpts{Queue: j.queue, UniqueOpts: queue.UniqueOpts{ByArgs: true, ByState: unfinished}}
		}, &queue.PeriodicJobOpts{RunOnStart: true}))
	j.mu.Lock()
	defer j.mu.Unlock()
	j.managers = sellers
	return nil
}
