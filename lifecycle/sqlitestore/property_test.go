package sqlitestore_test

import (
	"path/filepath"
	"testing"

	"github.com/shelflife-go/shelflife/lifecycle/internal/alike"
)

func TestSameAsInMemory(t *testing.T) {
	t.Parallel()
	alike.Memory(t, open(t, filepath.Join(t.TempDir(), "listings.db")))
}
