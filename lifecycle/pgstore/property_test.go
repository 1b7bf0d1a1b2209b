package pgstore_test

import (
	"testing"

	"github.com/shelflife-go/shelflife/lifecycle/internal/alike"
)

func TestSameAsInMemory(t *testing.T) {
	t.Parallel()
	alike.Memory(t, open(t, pool(t, database(t))))
}
