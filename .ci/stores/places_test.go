package stores

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/dynamostore"
	"github.com/shelflife-go/shelflife/lifecycle/pgstore"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
)

// place is a store that several processes can open at once.
type place struct {
	name string
	// new makes an empty one, and returns where it is.
	new func(t *testing.T) string
	// open opens it, in whatever process.
	open func(ctx context.Context, where string) (lifecycle.Store, error)
}

var places = []place{
	{"SQLite", func(t *testing.T) string { return filepath.Join(t.TempDir(), "listings.db") },
		func(ctx context.Context, where string) (lifecycle.Store, error) { return sqlitestore.Open(ctx, where) }},
	{"PostgreSQL", newPostgres, openPostgres},
	{"DynamoDB", newDynamoDB, openDynamoDB},
}

// placeNamed returns the place, for a process that was told its name.
func placeNamed(name string) place {
	for _, p := range places {
		if p.name == name {
			return p
		}
	}
	panic("there is no place " + name)
}

func newPostgres(t *testing.T) string {
	return testserver.Postgres(t, func(url, statement string) error {
		ctx := context.Background()
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, statement)
		return errors.Join(err, conn.Close(ctx))
	})
}

func openPostgres(ctx context.Context, where string) (lifecycle.Store, error) {
	config, err := pgxpool.ParseConfig(where)
	if err != nil {
		return nil, err
	}
	// Nobody closes the pool, and there may be many of them.
	config.MaxConnIdleTime, config.HealthCheckPeriod = 5*time.Second, time.Second
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	return pgstore.Open(ctx, pool)
}

// A DynamoDB is named by its endpoint and its table, with a blank between.
func newDynamoDB(t *testing.T) string {
	endpoint := testserver.DynamoDB(t)
	table := "t-" + strings.ReplaceAll(uuid.NewString(), "-", "")
	require.NoError(t, dynamostore.CreateTable(context.Background(), dynamoDB(endpoint), table))
	return endpoint + " " + table
}

func openDynamoDB(_ context.Context, where string) (lifecycle.Store, error) {
	endpoint, table, _ := strings.Cut(where, " ")
	return dynamostore.New(dynamoDB(endpoint), table)
}

var transport = sync.OnceValue(func() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64
	return t
})

func dynamoDB(endpoint string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: "eu-west-1", BaseEndpoint: &endpoint, HTTPClient: &http.Client{Transport: transport()},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
		}),
	})
}
