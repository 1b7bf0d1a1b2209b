package guides_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/dynamostore"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/pgstore"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/lifecycle/wake"
	"github.com/shelflife-go/shelflife/lifecycle/wake/river"
	schedule "github.com/shelflife-go/shelflife/lifecycle/wake/scheduler"
	"github.com/shelflife-go/shelflife/listing"
)

const seller = lifecycletest.Seller

// handle submits a listing, as a user of a service would.
func handle(ctx context.Context, m *lifecycle.Manager) {
	id := m.ID("invoices")
	if _, err := m.Do(ctx, id, lifecycle.Create{Name: "invoices", Listing: lifecycletest.ModelPackage()}); err == nil {
		_, _ = m.Do(ctx, id, lifecycle.Submit{})
	}
}

func onSQLite(ctx context.Context, file string, market lifecycle.Marketplace) error {
	// snippet: sqlite
	store, err := sqlitestore.Open(ctx, file)
	if err != nil {
		return err
	}
	loop := wake.NewLoop()
	manager, err := lifecycle.New(seller, store, market, lifecycle.WithObserver(loop.Observe))
	if err != nil {
		return err
	}
	go handle(ctx, manager)
	return errors.Join(loop.Run(ctx, manager), store.Close()) // until ctx ends
	// end
}

func onPostgres(ctx context.Context, pool *pgxpool.Pool, market lifecycle.Marketplace) error {
	// snippet: postgres
	jobs, err := river.Open(ctx, pool)
	if err != nil {
		return err
	}
	store, err := pgstore.Open(ctx, pool, pgstore.OnSave(jobs.Enqueue))
	if err != nil {
		return err
	}
	manager, err := lifecycle.New(seller, store, market)
	if err != nil {
		return err
	}
	go handle(ctx, manager)
	return jobs.Run(ctx, manager) // in each pod, or in those that work
	// end
}

func onDynamoDB(ctx context.Context, cfg aws.Config, market lifecycle.Marketplace, event []byte, lost func(context.Context, lifecycle.Summary, error)) error {
	// snippet: dynamodb
	store, err := dynamostore.New(dynamodb.NewFromConfig(cfg), "listings")
	if err != nil {
		return err
	}
	schedules, err := schedule.New(scheduler.NewFromConfig(cfg), schedule.Target{
		ARN:  "arn:aws:lambda:us-east-1:111122223333:function:publish",
		Role: "arn:aws:iam::111122223333:role/schedules",
	})
	if err != nil {
		return err
	}
	manager, err := lifecycle.New(seller, store, market, lifecycle.WithObserver(wake.Observer(schedules, lost)))
	if err != nil {
		return err
	}
	return schedules.Handle(ctx, event, manager) // in the Lambda function that the schedules call
	// end
}

func move(ctx context.Context, old, fresh lifecycle.Store, seller listing.AccountID, file *os.File) error {
	// snippet: move
	if _, err := lifecycle.Export(ctx, old, seller, file); err != nil { // JSON Lines: the journals, each verified
		return err
	}
	if _, err := file.Seek(0, 0); err != nil {
		return err
	}
	if _, err := lifecycle.Import(ctx, fresh, seller, file); err != nil { // replayed; to be repeated if it was cut off
		return err
	}
	for id, err := range lifecycle.Verify(ctx, fresh, seller) { // what is not as its journal says
		if err != nil {
			return errors.Join(errors.New(id.String()), err)
		}
	}
	// end
	return nil
}

func TestSQLite(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	market := stopping(stop)
	require.ErrorIs(t, onSQLite(ctx, filepath.Join(t.TempDir(), "listings.db"), market), context.Canceled)
	require.Len(t, market.Sent(), 1)
}

func TestPostgres(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	url := testserver.Postgres(t, func(url, statement string) error {
		conn, err := pgx.Connect(context.Background(), url)
		if err != nil {
			return err
		}
		_, err = conn.Exec(context.Background(), statement)
		return errors.Join(err, conn.Close(context.Background()))
	})
	pool, err := pgxpool.New(ctx, url)
	require.NoError(t, err)
	defer pool.Close()
	market := stopping(stop)
	require.ErrorIs(t, onPostgres(ctx, pool, market), context.Canceled)
	require.Len(t, market.Sent(), 1)
}

func TestDynamoDB(t *testing.T) {
	ctx := context.Background()
	endpoint := testserver.DynamoDB(t)
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(endpoint),
		Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
	}
	require.NoError(t, dynamostore.CreateTable(ctx, dynamodb.NewFromConfig(cfg), "listings"))
	event, err := json.Marshal(schedule.Event{Seller: seller, Listing: uuid.New(), Revision: 1})
	require.NoError(t, err)
	market := lifecycletest.NewMarket(&lifecycletest.Clock{})
	require.NoError(t, onDynamoDB(ctx, cfg, market, event, nil), "a listing that is gone is looked after")
	require.ErrorIs(t, onDynamoDB(ctx, cfg, market, []byte("{}"), nil), schedule.ErrEvent)
}

func TestMove(t *testing.T) {
	bench := lifecycletest.NewBench(t)
	id := bench.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	fresh := memstore.New()
	file, err := os.Create(filepath.Join(t.TempDir(), "export.jsonl"))
	require.NoError(t, err)
	require.NoError(t, move(context.Background(), bench.Store, fresh, seller, file))
	require.NoError(t, file.Close())
	record, err := bench.With(fresh).Load(context.Background(), id)
	require.NoError(t, err)
	require.Equal(t, lifecycle.Live, record.State)
}

// stoppingMarket ends the test when a request has come in.
type stoppingMarket struct {
	*lifecycletest.Market
	stop context.CancelFunc
}

func stopping(stop context.CancelFunc) stoppingMarket {
	return stoppingMarket{lifecycletest.NewMarket(lifecycle.SystemClock{}), stop}
}

func (m stoppingMarket) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	defer m.stop()
	return m.Market.Send(ctx, c)
}
