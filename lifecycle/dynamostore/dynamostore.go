package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"math"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// Client is what a [Store] calls. A *[dynamodb.Client] is one.
type Client interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	TransactGetItems(context.Context, *dynamodb.TransactGetItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactGetItemsOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
	BatchWriteItem(context.Context, *dynamodb.BatchWriteItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchWriteItemOutput, error)
}

var _ Client = (*dynamodb.Client)(nil)

// DefaultBusyTimeout is for how long a call repeats what DynamoDB refuses for the
// moment, unless [WithBusyTimeout] says otherwise.
const DefaultBusyTimeout = 10 * time.Second

// Option changes how [New] makes a store.
type Option func(*Store)

// WithBusyTimeout sets for how long a call repeats what DynamoDB refuses for the
// moment: throttling, a conflict with another transaction, a fault of the server, a
// connection that was cut. After that it gives up with an error that matches
// [lifecycle.ErrUnavailable]. Zero, or less, is not to repeat anything; nine minutes
// are the most, since DynamoDB forgets after ten that it has carried a transaction out.
// A context that ends sooner ends the call.
func WithBusyTimeout(d time.Duration) Option {
	return func(s *Store) { s.busyTimeout = min(d, 9*time.Minute) }
}

// Store is a [lifecycle.Store] in a DynamoDB table. It is safe for concurrent use,
// and there is nothing to close. Make one with [New]; the zero value cannot be used.
//
// Beside the errors that the contract names, every method returns those that the
// package comment lists, and those of the SDK, wrapped.
type Store struct {
	client      Client
	table       string
	busyTimeout time.Duration
	saving      turns
}

var _ lifecycle.Store = (*Store)(nil)

// tableName is the name of a table, or its ARN.
var tableName = regexp.MustCompile(`^([a-zA-Z0-9_.-]{3,255}|arn:[a-z0-9-]+:dynamodb:[a-z0-9-]+:[0-9]{12}:table/[a-zA-Z0-9_.-]{3,255})$`)

// New returns the store in the table, which [CreateTable] or [CloudFormation] has
// made. The table is given by its name, or by its ARN if it belongs to another
// account. New calls nothing: a table that is missing is found by the first call, see
// [ErrNoTable].
//
// The store repeats calls itself. What the client's own settings say of retries is
// left aside.
//
// It returns an error that matches [lifecycle.ErrConfig] when the client is nil, or
// when the name can be that of no table.
func New(client Client, table string, options ...Option) (*Store, error) {
	if client == nil {
		return nil, fmt.Errorf("dynamostore: %w: client is nil: give a *dynamodb.Client", lifecycle.ErrConfig)
	}
	if err := checkTable(table); err != nil {
		return nil, err
	}
	s := &Store{client: client, table: table, busyTimeout: DefaultBusyTimeout}
	for _, option := range options {
		option(s)
	}
	return s, nil
}

func checkTable(table string) error {
	if !tableName.MatchString(table) {
		return fmt.Errorf("dynamostore: %w: %.300q is no name of a table: give 3 to 255 letters, digits, dots, hyphens and underscores, or an ARN", lifecycle.ErrConfig, table)
	}
	return nil
}

// Load implements [lifecycle.Store].
func (s *Store) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	stored, err := s.load(ctx, key)
	if err != nil {
		return lifecycle.Stored{}, about(key, err)
	}
	return stored, nil
}

// Parts implements [lifecycle.Store].
func (s *Store) Parts(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
	parts, err := s.parts(ctx, key, digests)
	if err != nil {
		return nil, about(key, err)
	}
	return parts, nil
}

// Save implements [lifecycle.Store]. It returns an error that matches
// [lifecycle.ErrCannotKeep] for an instant outside the years 0 to 9999, for text
// that is not UTF-8, for a head, texts or a number of versions that are larger than
// DynamoDB allows; nothing was written then.
func (s *Store) Save(ctx context.Context, w lifecycle.Write) error {
	if err := s.save(ctx, w); err != nil {
		return about(w.Key, err)
	}
	return nil
}

// Journal implements [lifecycle.Store].
func (s *Store) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	if limit < 1 {
		return nil, about(key, fmt.Errorf("limit is %d: give at least 1", limit))
	}
	entries, err := s.journal(ctx, key, min(max(after, 0), math.MaxInt64-1), limit)
	if err != nil {
		return nil, about(key, err)
	}
	return entries, nil
}

// List implements [lifecycle.Store].
func (s *Store) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
	if err := askable(q.Seller, q.Limit); err != nil {
		return nil, err
	}
	summaries, err := s.list(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("listings of %s: %w", q.Seller, err)
	}
	return summaries, nil
}

// Feed implements [lifecycle.Store].
func (s *Store) Feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	if err := askable(seller, limit); err != nil {
		return nil, err
	}
	entries, err := s.feed(ctx, seller, after, limit)
	if err != nil {
		return nil, fmt.Errorf("feed of %s: %w", seller, err)
	}
	return entries, nil
}

// FeedEnd implements [lifecycle.Store].
func (s *Store) FeedEnd(ctx context.Context, seller listing.AccountID) (lifecycle.Cursor, error) {
	counter, err := s.get(ctx, counterPlace(seller))
	if err == nil && counter != nil {
		err = readable(counter)
	}
	if err != nil {
		return "", fmt.Errorf("feed of %s: %w", seller, err)
	}
	return cursor{number: max(numberIn(counter, numberName), 0) + 1}.text(), nil
}

func askable(seller listing.AccountID, limit int) error {
	if limit < 1 {
		return fmt.Errorf("listings of %s: limit is %d: give at least 1", seller, limit)
	}
	return nil
}

func about(key lifecycle.Key, err error) error { return fmt.Errorf("%v: %w", key, err) }

// errDamaged is for what the table has and this package did not write.
var errDamaged = errors.New("the table was changed by another program")
