package golden_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/golden"
)

// failing is a test that may fail.
type failing struct {
	*testing.T
	failed bool
}

func (f *failing) Errorf(string, ...any) { f.failed = true }

func TestEqual(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file.txt")
	t.Setenv("UPDATE_GOLDEN", "1")
	golden.Equal(t, file, "as it is\n")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "as it is\n", string(data))

	t.Setenv("UPDATE_GOLDEN", "")
	golden.Equal(t, file, "as it is\n")
	inner := &failing{T: t}
	golden.Equal(inner, file, "as it is")
	assert.True(t, inner.failed, "a line feed makes a difference")
}
