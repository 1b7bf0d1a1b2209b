package sqlitestore

import "errors"

// ErrNetwork is returned by [Open] and [OpenReadOnly] for a file on a network file
// system, on Linux: SQLite's write-ahead log needs memory that all processes on the file
// share, and locks that hold, and most have neither. See [WithNetworkFileSystem].
var ErrNetwork = errors.New("the file is on a network file system: put it on a disk of this machine, or see WithNetworkFileSystem")
