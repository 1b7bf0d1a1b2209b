package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// prepared runs statements that it prepares once: to prepare one takes SQLite longer
// than to run it. There are few different ones. It is safe for concurrent use.
type prepared struct {
	db  *sql.DB
	mu  sync.Mutex
	all map[string]*sql.Stmt
}

func (p *prepared) known(query string) *sql.Stmt {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all[query]
}

// prepare must not be called while a transaction of the caller's is open: it may need
// a connection of its own.
func (p *prepared) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := p.known(query); s != nil {
		return s, nil
	}
	s, err := p.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if other := p.all[query]; other != nil { // somebody was faster
		return other, s.Close() //nolint:sqlclosecheck // the other is in its place
	}
	if p.all == nil {
		p.all = map[string]*sql.Stmt{}
	}
	p.all[query] = s
	return s, nil
}

// ExecContext is like that of [sql.DB].
func (p *prepared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := p.prepare(ctx, query) //nolint:sqlclosecheck // it is kept until the store is closed
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// QueryContext is like that of [sql.DB].
func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := p.prepare(ctx, query) //nolint:sqlclosecheck // it is kept until the store is closed
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext is that of [sql.DB]: what it asks is asked seldom.
func (p *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return p.db.QueryRowContext(ctx, query, args...)
}

// prepareAll prepares the queries that are not prepared yet.
func (p *prepared) prepareAll(ctx context.Context, queries []string) error {
	for _, query := range queries {
		if _, err := p.prepare(ctx, query); err != nil { //nolint:sqlclosecheck // it is kept until the store is closed
			return err
		}
	}
	return nil
}

// close closes the statements. Those that are needed later are prepared again.
func (p *prepared) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, s := range p.all {
		errs = append(errs, s.Close())
	}
	p.all = nil
	return errors.Join(errs...)
}

// within runs statements in a transaction: those that are prepared already as such.
type within struct {
	*sql.Tx
	statements *prepared
}

// ExecContext is like that of [sql.Tx].
func (w within) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s := w.statements.known(query); s != nil {
		return w.StmtContext(ctx, s).ExecContext(ctx, args...) //nolint:sqlclosecheck // the end of the transaction closes it
	}
	return w.Tx.ExecContext(ctx, query, args...)
}
