//go:build !unix

package testserver

// runningPostgres is a server, which is not started here.
type runningPostgres struct{}

func (*runningPostgres) end(bool) {}

func startPostgres(Exec) (*PostgresServer, error) { return nil, errNoPostgres }

func (*PostgresServer) start() error { return errNoPostgres }
