package pgstore

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Tx returns the store as seen from within a transaction of the caller's on the same
// database: it reads what the transaction has written, and what it saves is there once
// the transaction is committed. It is safe for concurrent use, holds nothing, and is
// good for as long as the transaction is. With it, [lifecycle.Manager.With] makes a
// manager whose commands are part of the transaction.
//
// From its first Save until it ends, the transaction keeps other Saves of the same
// seller waiting. Two transactions that save for several sellers should do so in one
// order, or PostgreSQL undoes one of them. Nothing is repeated: the transaction is
// the caller's to repeat.
//
// An error that matches ErrNotFound, ErrExists, ErrStale or ErrCannotKeep of package
// lifecycle has written nothing, and the transaction can go on; so has an error of the
// hook of [OnSave]. After any other error of Save roll it back.
func (s *Store) Tx(tx pgx.Tx) lifecycle.Store {
	return &inTx{reader: reader{in: tables{tx}, turns: make(turns, 1)}, tx: tx, onSave: s.onSave}
}

// inTx is a store in a transaction.
type inTx struct {
	reader
	tx     pgx.Tx
	onSave func(context.Context, pgx.Tx, lifecycle.Write) error
}

// Save implements [lifecycle.Store].
func (b *inTx) Save(ctx context.Context, w lifecycle.Write) error {
	args, err := argumentsOf(w)
	if err != nil {
		return about(w.Key, err)
	}
	if err := b.turns.wait(ctx); err != nil {
		return about(w.Key, err)
	}
	defer b.turns.next()
	if b.onSave == nil {
		return about(w.Key, b.in.write(ctx, w, args))
	}
	savepoint, err := b.tx.Begin(ctx)
	if err != nil {
		return about(w.Key, native(ctx, err))
	}
	return about(w.Key, saveIn(ctx, savepoint, w, args, b.onSave))
}
