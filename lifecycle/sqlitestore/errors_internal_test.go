package sqlitestore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// The errors of three drivers, by the shape that each has.
type (
	primary  uint8
	extended uint16

	withCode     struct{ code int } // modernc.org/sqlite
	withExtended struct{ code int } // github.com/ncruces/go-sqlite3
	withFields   struct {           // github.com/mattn/go-sqlite3
		Code         int
		ExtendedCode int
	}
)

func (*withCode) Error() string                { return "driver" }
func (e *withCode) Code() int                  { return e.code }
func (*withExtended) Error() string            { return "driver" }
func (e *withExtended) Code() primary          { return primary(e.code) }
func (e *withExtended) ExtendedCode() extended { return extended(e.code) }
func (withFields) Error() string               { return "driver" }
func drivers(code int) (all map[string]error) {
	return map[string]error{"modernc": &withCode{code}, "ncruces": &withExtended{code}, "mattn": withFields{code & 0xff, code}}
}

func TestResultCodesOfEveryDriver(t *testing.T) {
	t.Parallel()
	sentinels := []error{ErrLocked, ErrFull, ErrDisk, ErrReadOnly, ErrCorrupt, ErrNotDatabase, lifecycle.ErrUnavailable}
	for code, want := range map[int][]error{
		5:          {ErrLocked, lifecycle.ErrUnavailable}, // BUSY
		5 | 2<<8:   {ErrLocked, lifecycle.ErrUnavailable}, // BUSY_SNAPSHOT
		6:          {ErrLocked, lifecycle.ErrUnavailable}, // LOCKED
		8:          {ErrReadOnly},
		8 | 5<<8:   {ErrReadOnly},                       // READONLY_CANTINIT
		10:         {ErrDisk, lifecycle.ErrUnavailable}, // IOERR
		10 | 1<<8:  {ErrDisk, lifecycle.ErrUnavailable}, // IOERR_READ
		10 | 3<<8:  {ErrFull, lifecycle.ErrUnavailable}, // IOERR_WRITE
		10 | 4<<8:  {ErrDisk, lifecycle.ErrUnavailable}, // IOERR_FSYNC
		10 | 19<<8: {ErrFull, lifecycle.ErrUnavailable}, // IOERR_SHMSIZE
		11:         {ErrCorrupt},
		11 | 3<<8:  {ErrCorrupt}, // CORRUPT_INDEX
		13:         {ErrFull, lifecycle.ErrUnavailable},
		26:         {ErrNotDatabase, ErrCorrupt},
		1:          nil, // ERROR
		19 | 8<<8:  nil, // CONSTRAINT_UNIQUE
	} {
		for driver, cause := range drivers(code) {
			for how, wrapped := range map[string]error{
				"plain": cause, "wrapped": fmt.Errorf("open: %w", cause), "joined": errors.Join(errors.New("first"), cause),
			} {
				err := native(t.Context(), wrapped)
				require.ErrorIs(t, err, cause, "%d %s %s", code, driver, how)
				for _, sentinel := range sentinels {
					expected := false
					for _, each := range want {
						expected = expected || errors.Is(each, sentinel)
					}
					require.Equal(t, expected, errors.Is(err, sentinel), "%d %s %s: %v", code, driver, how, sentinel)
				}
				require.Equal(t, code == 19|8<<8, isUnique(wrapped), "%d %s %s", code, driver, how)
				require.Equal(t, code == 1, isSQL(wrapped), "%d %s %s", code, driver, how)
			}
		}
	}
	for _, err := range []error{fs.ErrNotExist, &fs.PathError{Err: fs.ErrExist}, (*withCode)(nil), context.Canceled} {
		require.Equal(t, err, native(t.Context(), err), "without a code it stays as it is")
	}
	require.NoError(t, native(t.Context(), nil))
}
