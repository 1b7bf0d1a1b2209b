// Package pgstore keeps records and their journals in a PostgreSQL database, which
// any number of machines share.
//
//	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
//	if err != nil {
//		return err
//	}
//	defer pool.Close()
//	store, err := pgstore.Open(ctx, pool)
//	if err != nil {
//		return err
//	}
//	manager, err := lifecycle.New(seller, store, market)
//
// # What is promised
//
// A [Store] passes the suite in package storetest. Any number of goroutines,
// processes and machines may work on one database. A Save that has returned nil is
// committed: it is as durable as the server's settings make a commit, which with the
// usual ones outlives the server and a loss of power. A Save that was cut short, at
// whatever instant, is there whole or not at all.
//
// Saves of one seller come one after the other: each locks one row of the seller for
// one round trip. Saves of different sellers do not wait for each other. Reading never
// waits. Every call takes one round trip; with [OnSave] a Save takes three and those of
// the hook. A Save that waits holds a connection of the pool meanwhile.
//
// Give the store the primary, and not a replica, which does not have yet what was
// saved. For a cluster with several hosts in the connection string say
// target_session_attrs=read-write.
//
// # Your own tables beside it
//
// The tables here all begin with "shelflife_", and so does the one that holds the
// schema version, so that a database of yours can hold them. They are in the schema
// that the search_path of the connections names first: the store itself knows no
// schema. Bind a manager to a transaction whenever a change of a listing and a change
// of your own rows belong together:
//
//	tx, err := pool.Begin(ctx)
//	…
//	_, err = manager.With(store.Tx(tx)).Do(ctx, id, lifecycle.Submit{})
//	…
//	err = tx.Commit(ctx)
//
// While the transaction is open no other Save of the seller can be made, so begin it
// late: a command asks SageMaker and reads files before it is decided. Do sends
// nothing; call Advance or Await after the commit, with the manager itself.
//
// Where rows of your own belong to every Save, such as the jobs of a queue, use
// [OnSave].
//
// # Errors
//
//   - [*SchemaError]: a newer release has migrated the database, or its schema version
//     is none that a release writes; with [Migrated], that it is behind.
//   - [lifecycle.ErrUnavailable]: the server cannot be reached, stops or starts; the
//     connection was lost; the disk is full, connections or memory run out; the server
//     is read-only, as after a failover; a lock or a statement took longer than
//     lock_timeout and statement_timeout allow; other transactions were in the way too
//     often. The text says what to do.
//   - [lifecycle.ErrCannotKeep]: an instant lies outside the years 0 to 9999, or a
//     seller or a digest is not UTF-8 or has a NUL character.
//
// All others are those that the contract of [lifecycle.Store] names, and those of
// PostgreSQL, wrapped: errors.As finds a *pgconn.PgError. The text of an error has the
// key that it is about, and no document.
//
// Where PostgreSQL has undone a call because of others (SQLSTATE 40001 and 40P01), the
// store repeats it, a few times, unless it is in a transaction of the caller's: a Save,
// and where the isolation is serializable, also a call that reads. It repeats nothing
// else. When the connection is lost
// in a Save, it is not known whether the Save took effect: load the record, and
// decide again; a Save on the old revision is refused if it did.
//
// # Releases
//
// [Open] brings the schema up to date, in one transaction, unless [Migrated] is given;
// programs that start at once wait for each other. It needs the right to create tables
// only when there is something to do. Those who migrate with a step of a deployment call
// [Migrate] there, and those who do it with a tool of their own run the files of
// [Migrations]. A database whose schema is newer than this release knows is refused
// with a [*SchemaError] and left as it is. A single record that a newer release wrote
// is found when a manager reads it: the error matches [lifecycle.ErrUnreadable].
//
// # Poolers
//
// A pooler such as PgBouncer that hands out connections by transaction works: a call
// is one transaction, and no state of a session is used. If the pooler does not know
// prepared statements, set DefaultQueryExecMode of the pgx configuration to
// pgx.QueryExecModeExec.
//
// # What was tried
//
// The suite was run on PostgreSQL 15, in databases of the encodings UTF8, LATIN1 and
// SQL_ASCII, in each isolation that a database can ask for, in each mode of pgx, on a
// pool, on a single connection and in a transaction.
//
// Aurora DSQL was not tried. The statements of the store use no advisory lock, no
// sequence and no foreign key, and they repeat what fails at the commit because of
// others, as its transactions do. Its schema has to be made by hand from the files of
// [Migrations], since it takes one definition in a transaction, builds indexes with
// CREATE INDEX ASYNC, and has neither indexes of a part of the rows or of an expression
// nor COLLATE. It has no savepoints, which an [OnSave] within [Store.Tx] needs. A column
// there holds at most 1 MiB, and so does an entry or a version then, where
// [lifecycle.Store] allows more.
//
// # Inside
//
//   - shelflife_sellers has one row for each seller, which orders its Saves;
//   - shelflife_records has one row for each listing: what lists show and choose
//     by, each in a column of its own, and last the head of the record as JSON;
//   - shelflife_parts has the bodies of versions as JSON, one row for each;
//   - shelflife_entries has the journals as JSON, one row for each entry, numbered
//     in the order of saving, which is that of the feed.
//
// Texts that may hold any character and documents are of the type bytea, byte for
// byte: "SET bytea_output = 'escape'" shows them, and convert_from(head, 'UTF8') makes
// them text. A list reads the columns alone, by an index. Look at the tables as you
// like; leave writing to this package.
package pgstore
