// Package sqltest has tests that the stores on SQL databases share, beside the suite of
// package storetest: of rows that somebody has damaged, and of transactions of the
// caller's.
package sqltest

import (
	"testing"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Database is a new database with a store on it.
type Database struct {
	Store lifecycle.Store
	// Exec carries out a statement with the arguments $1, $2 and so on, beside the store.
	// It returns how many rows were changed.
	Exec func(statement string, args ...any) (int64, error)
	// Count returns the number that a query returns.
	Count func(query string) (int64, error)
	// Begin begins a transaction.
	Begin func() (Transaction, error)

	// Set and Remove return the expression for the JSON in a column with one member
	// changed, or without it. The value is JSON.
	Set    func(column, member, value string) string
	Remove func(column, member string) string
}

// Transaction is a transaction of a caller's of the store.
type Transaction struct {
	Store            lifecycle.Store // that is bound to it
	Exec             func(statement string) error
	Commit, Rollback func() error
}

// Open returns a database for a test.
type Open func(t *testing.T) Database

// key is of the listing that the tests of transactions write.
var key = lifecycle.Key{Seller: "111122223333", Listing: uuid.MustParse("5f0c6f52-4f0e-4c36-9a55-0d3a6a3c2b10")}
