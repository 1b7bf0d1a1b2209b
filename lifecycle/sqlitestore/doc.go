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
// [WithBusyTimeout]); after that they fail with [ErrLocked]. A process that only
// reads, such as one that reports, opens the file with [OpenReadOnly].
//
// A network file system holds neither SQLite's locks nor its write-ahead log. On
// Linux, Open tells most of them and returns [ErrNetwork]; elsewhere it cannot tell.
//
// While the database is open there are two more files beside it, with the
// endings -wal and -shm; they belong to it, and hold what was saved last.
//
// # Backups
//
// [Store.Backup] writes a copy of the database while this process and others go on
// saving. Do not copy the files of an open database in another way: what is copied first
// does not fit what is copied last. While no program has it open, a copy of the file and
// of those beside it, if there are any, is as good.
//
// To restore a backup:
//
//  1. close every store on the file, in every process;
//  2. remove the file and, if they are there, the two beside it, or move all of them
//     away;
//  3. copy the backup to the place of the file, so that it stays for another time;
//  4. open it, and see that it has what it should, for example with
//     Manager.Listings.
//
// What was saved after the backup is gone, though it may have been sent: compare each
// listing with the marketplace before you change it, by Manager.Drift of package
// lifecycle.
//
// The second step matters. A program that was killed leaves its last Saves in the file
// with the ending -wal. SQLite does not ask whose it is, takes it for the log of the
// backup, and writes pages of one database into the other. Open knows a backup that
// Store.Backup has made, because it has no log of its own, and returns [ErrForeignLog]
// before SQLite looks. A copy of a file that was made otherwise cannot be told from the
// file itself. A file with the ending -shm that is left alone does no harm.
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
// own rows belong together. Any driver of SQLite will do; those of
// modernc.org/sqlite and github.com/ncruces/go-sqlite3 are tested, and read the name
// that DSN returns:
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
//   - [ErrLocked]: another process was writing for too long. Try again.
//   - [ErrFull]: there is no room to write. Make room and try again.
//   - [ErrDisk]: the operating system fails to read or write. Check the disk and try
//     again.
//   - [ErrReadOnly]: the database can only be read.
//   - [ErrCorrupt]: the file is damaged. Restore a backup.
//   - [ErrNotDatabase]: the file is something else.
//   - [ErrForeignLog]: the log beside the file belongs to another database.
//   - [ErrNetwork]: the file is on a network file system.
//   - [ErrReplaced]: the file is no longer the one that was opened.
//   - [*SchemaError]: a newer release wrote the file, or its schema version is none
//     that a release writes.
//   - [*SettingError]: the caller's database has a setting that breaks a promise.
//   - [lifecycle.ErrCannotKeep]: an instant lies outside the years 0 to 9999.
//
// The first three match [lifecycle.ErrUnavailable]. After [ErrDisk] and [ErrReplaced] it is
// not known whether a Save that was under way took effect; after the others it has
// written nothing. All other errors are those that the contract of [lifecycle.Store]
// names, and those of SQLite, wrapped.
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
