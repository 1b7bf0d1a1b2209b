package testserver

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"
)

// postgresPatience is how long a server may take until it answers.
const postgresPatience = 30 * time.Second

var errNoPostgres = errors.New("no PostgreSQL: set SHELFLIFE_POSTGRES to a server's URL, such as postgres://user:password@127.0.0.1:5432/postgres, or install the server so that initdb is found")

// Exec runs one SQL statement on the database that the URL names, on a connection of
// its own. The caller brings it, since this package has no driver.
type Exec func(url, statement string) error

// Postgres returns the URL of a new and empty database, which is dropped when the test
// ends. The server is the one that the environment variable SHELFLIFE_POSTGRES names
// by the URL of a database whose user may create others; else one that is installed
// on this machine: it is started once for the process, listens on a Unix socket alone,
// does not wait for the disk, and is gone with the process, however that ends.
//
// Without a server it skips the test, or fails it when SHELFLIFE_SERVERS is
// "required".
func Postgres(t testing.TB, exec Exec) string {
	t.Helper()
	if server := os.Getenv("SHELFLIFE_POSTGRES"); server != "" {
		return newDatabase(t, server, exec)
	}
	sharedPostgres.Do(func() { shared, sharedErr = startPostgres(exec) })
	orSkip(t, sharedErr)
	return newDatabase(t, shared.url(), exec)
}

var (
	sharedPostgres sync.Once
	shared         *PostgresServer
	sharedErr      error
)

// PostgresServer is a server for one test, which may stop it.
type PostgresServer struct {
	exec     Exec
	folder   string
	programs string // the folder of the program postgres
	running  *runningPostgres
}

// NewPostgres starts a server for the test alone. Without one that is installed it
// skips the test, or fails it when SHELFLIFE_SERVERS is "required"; a server that
// somebody else runs is of no use here.
func NewPostgres(t testing.TB, exec Exec) *PostgresServer {
	t.Helper()
	s, err := startPostgres(exec)
	orSkip(t, err)
	t.Cleanup(func() { s.running.end(false) })
	return s
}

// Database returns the URL of a new and empty database of the server.
func (s *PostgresServer) Database(t testing.TB) string {
	t.Helper()
	name := databaseName()
	if err := s.exec(s.url(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return withDatabase(t, s.url(), name)
}

// Stop stops the server at once, as a crash would.
func (s *PostgresServer) Stop() { s.running.end(true) }

// Start starts the server again after Stop, and waits until it answers.
func (s *PostgresServer) Start(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

func (s *PostgresServer) url() string {
	return "postgres:///postgres?user=postgres&host=" + url.QueryEscape(s.folder)
}

// answers waits until the server takes statements, or has ended.
func (s *PostgresServer) answers(ended <-chan struct{}) error {
	for give := time.Now().Add(postgresPatience); ; {
		err := s.exec(s.url(), "SELECT 1")
		if err == nil || time.Now().After(give) {
			return err
		}
		select {
		case <-ended:
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func orSkip(t testing.TB, err error) {
	t.Helper()
	switch {
	case missing(err) && os.Getenv("SHELFLIFE_SERVERS") != "required":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
}

// missing reports whether an error says that what a test needs is not installed.
func missing(err error) bool {
	for _, each := range []error{errNoPostgres, errNoDynamoDB, errNoChromium, errNoPackage} {
		if errors.Is(err, each) {
			return true
		}
	}
	return false
}

func newDatabase(t testing.TB, server string, exec Exec) string {
	t.Helper()
	name := databaseName()
	if err := exec(server, "CREATE DATABASE "+name); err != nil {
		t.Fatal(fmt.Errorf("PostgreSQL cannot make a database: %w", err))
	}
	t.Cleanup(func() {
		if err := exec(server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return withDatabase(t, server, name)
}

func databaseName() string { return fmt.Sprintf("shelflife_%016x", rand.Uint64()) }

func withDatabase(t testing.TB, server, name string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(fmt.Errorf("the server's URL: %w", err))
	}
	u.Path = "/" + name
	return u.String()
}
