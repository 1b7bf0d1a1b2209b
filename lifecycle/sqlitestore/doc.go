// Package sqlitestore keeps records and their journals in one SQLite file. It
// needs no server and no C compiler.
//
//	store, err := sqlitestore.Open(ctx, "listings.db")
//	if err != nil {
//		return err
//	}
//	defer store.Close()
//	manager, err := lifecycle.New(seller, store, market)
//
// # What is promised
//
// A [Store] passes the suite in package storetest. A Save that has returned nil
// is on the disk: it outlives the process, the machine and a loss of power,
// because every commit waits for the disk. A Save that was cut short, at
// whatever instant, left nothing.
//
// Any number of goroutines and of processes on one machine may work on one
// file, each with a Store of its own. Reading never waits. SQLite lets one
// writer in at a time: the Saves of one Store queue up in order, and those of
// different processes wait for each other up to the busy timeout (see
// [WithBusyTimeout]); after that they fail with [ErrLocked]. Do not put the file
// on a network file system, where SQLite's locks do not hold.
//
// While the database is open there are two more files beside it, with the
// endings -wal and -shm; they belong to it, and hold what was saved last.
//
// # Backups
//
// Make a backup while the database is open with SQLite's own "VACUUM INTO", or copy
// the three files together while no program has it open.
//
// To restore a backup, close every store on the file, in every process; remove the
// file and the two beside it; put the backup in its place; then open it again. A
// file with the ending -wal that is left behind would be taken for the backup's, and
// damage it.
//
// The files must not be removed, moved or replaced while a store is open, since
// SQLite would go on with those that it has opened and that nobody finds any more. A
// store of [Open] looks at them before and after each call and returns
// [ErrReplaced]. It cannot notice a program that writes into the file itself, as
// "cp" does when it copies over a file that is there. The files of a database that
// was given to [OpenDB] are the caller's to watch.
//
// # Your own tables beside it
//
// The tables here all begin with "shelflife_", and so does the one that holds
// the schema version, so that a database of yours can hold them. Open it with
// the settings that this package relies on, give it to [OpenDB], and bind a
// manager to a transaction whenever a change of a listing and a change of your
// own rows belong together:
//
//	dsn, err := sqlitestore.DSN("service.db")
//	…
//	db, err := sql.Open("sqlite", dsn)
//	…
//	store, err := sqlitestore.OpenDB(ctx, db)
//	…
//	manager, err := lifecycle.New(seller, store, market)
//	…
//	tx, err := db.BeginTx(ctx, nil)
//	…
//	_, err = manager.With(store.Tx(tx)).Do(ctx, id, lifecycle.Submit{})
//	…
//	err = tx.Commit()
//
// While the transaction is open no other Save can be made, so begin it late: a
// command asks SageMaker and reads files before it is decided. Do sends
// nothing; call Advance or Await after the commit, with the manager itself.
//
// # Errors
//
//   - [ErrLocked]: another process was writing for too long. It matches
//     [lifecycle.ErrUnavailable]: try again.
//   - [ErrNotDatabase]: the file is something else.
//   - [ErrReplaced]: the file is no longer the one that was opened.
//   - [*SchemaError]: a newer release wrote the file, or its schema version is none
//     that a release writes.
//   - [lifecycle.ErrCannotKeep]: an instant lies outside the years 0 to 9999.
//
// All others are those that the contract of [lifecycle.Store] names, and those of
// SQLite, wrapped.
//
// # Releases
//
// Opening a file brings its schema up to date, in one transaction. A file whose
// schema is newer than this release knows is refused with a [*SchemaError] and
// left as it is. A single record that a newer release wrote is found when a
// manager reads it: the error matches [lifecycle.ErrUnreadable].
//
// # Inside
//
//   - shelflife_records has one row for each listing: what lists show and choose
//     by, each in a column of its own, and last the head of the record as JSON;
//   - shelflife_parts has the bodies of versions as JSON, one row for each;
//   - shelflife_entries has the journals as JSON, one row for each entry, numbered
//     in the order of saving, which is that of the feed.
//
// A list reads the columns alone, by an index whatever it chooses by. Look at the
// tables as you like; leave writing to this package.
package sqlitestore
