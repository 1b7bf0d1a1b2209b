package main

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle/dynamostore"
)

// sh runs the tool as main does and returns its exit code and what it wrote.
func sh(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = runUntil(t.Context(), args, bytes.NewReader(nil), &o, &e)
	return code, o.String(), e.String()
}

// inv makes a folder with a whole listing, on a machine of its own.
func inv(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
	code, _, errs := sh(t, "init", "--sample", filepath.Join(dir, "inv"))
	require.Zero(t, code, errs)
	return filepath.Join(dir, "inv")
}

// The whole life of a listing is the same in every store.
func TestPostgres(t *testing.T) {
	life(t, testserver.Postgres(t, func(url, statement string) error {
		ctx := context.Background() // the database is dropped after the test
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		defer conn.Close(ctx) //nolint:errcheck // it is done
		_, err = conn.Exec(ctx, statement)
		return err
	}))
}

func TestSQLite(t *testing.T) {
	life(t, "sqlite:"+filepath.Join(t.TempDir(), "listings.db"))
}

func TestDynamoDB(t *testing.T) {
	endpoint := testserver.DynamoDB(t)
	for name, value := range map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": endpoint, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"} {
		t.Setenv(name, value)
	}
	cfg, err := config.LoadDefaultConfig(t.Context())
	require.NoError(t, err)
	client := dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) { o.BaseEndpoint = aws.String(endpoint) })
	code, _, errs := sh(t, "status", "--simulate", "--store", "dynamodb:shelflife-none")
	assert.Equal(t, codeUsage, code)
	assert.Contains(t, errs, "shelflife-none")
	require.NoError(t, dynamostore.CreateTable(t.Context(), client, "shelflife-cli"))
	life(t, "dynamodb:shelflife-cli")
}
