package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// SettingError is returned by [OpenDB] for a database with a setting under which a
// [Store] cannot keep what it promises. Nothing was written.
type SettingError struct {
	// Setting is the name of a PRAGMA, or "file".
	Setting string
	// Value is what the setting is, as SQLite says it; empty for a database that has
	// no file.
	Value string
	// Reason is what the setting would break.
	Reason string
	// Remedy is what to do.
	Remedy string
}

// Error is the setting with its reason and remedy on one line.
func (e *SettingError) Error() string {
	return fmt.Sprintf("setting %s is %q: %s: %s", e.Setting, rule.Shorten(e.Value), e.Reason, e.Remedy)
}

// required are the settings that a Store relies on. These are left alone:
//
//   - foreign_keys: the statements here keep the references themselves;
//   - busy_timeout: without one a Save fails with ErrLocked sooner, which may be meant;
//   - how transactions begin: a Save begins with a statement that writes, see
//     tables.write, and [Store.Tx] says what holds for those of the caller.
var required = []struct {
	pragma string
	values []string
	system string // where it matters; everywhere if empty
	reason string
	set    string
}{
	{"journal_mode", []string{"wal"}, "", "without a write-ahead log reading waits for writing, and a Save may be lost or half written after a crash or a loss of power", "WAL"},
	// NORMAL waits for the disk at checkpoints only. A lost Save is a lost request:
	// the marketplace would have it, and the record would not.
	{"synchronous", []string{"2", "3"}, "", "a loss of power could take back a Save that has returned nil", "FULL"},
	{"fullfsync", []string{"1"}, "darwin", "macOS would not wait for the disk, and a loss of power could take back a Save that has returned nil", "ON"},
	{"locking_mode", []string{"normal"}, "", "no other connection or process could use the file", "NORMAL"},
	{"read_uncommitted", []string{"0"}, "", "a call could see a part of a Save", "OFF"},
}

// checkSettings returns a *SettingError unless the connections of the database have the
// settings that a Store relies on. Most settings belong to a connection: it looks at
// all that are idle, and at one that is new, since a PRAGMA that was executed once
// holds for one of many.
func checkSettings(ctx context.Context, db *sql.DB) (err error) {
	var held []*sql.Conn
	defer func() {
		for _, conn := range held {
			err = errors.Join(err, conn.Close())
		}
	}()
	for more := true; more; {
		stats := db.Stats()
		if limit := stats.MaxOpenConnections; len(held) > 0 && limit > 0 && stats.InUse >= limit {
			return nil // one more would wait for those in use
		}
		more = stats.Idle > 0
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		held = append(held, conn)
		if err := checkConnection(ctx, conn, runtime.GOOS); err != nil {
			return err
		}
	}
	return nil
}

func checkConnection(ctx context.Context, conn *sql.Conn, system string) error {
	var file sql.NullString
	if err := conn.QueryRowContext(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&file); err != nil {
		return err
	}
	if file.String == "" {
		return &SettingError{Setting: "file", Reason: "a database in memory ends with its connection, and each connection has one of its own", Remedy: "name a file, or use package memstore"}
	}
	for _, r := range required {
		if r.system != "" && r.system != system {
			continue
		}
		var value string
		if err := conn.QueryRowContext(ctx, "PRAGMA "+r.pragma).Scan(&value); err != nil {
			return err
		}
		if !slices.Contains(r.values, strings.ToLower(value)) {
			return &SettingError{
				Setting: r.pragma, Value: value, Reason: r.reason,
				Remedy: fmt.Sprintf("open the database with the name that DSN returns, or set %s to %s on every connection as it is opened", r.pragma, r.set),
			}
		}
	}
	return nil
}
