package golden_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/failing"
	"github.com/shelflife-go/shelflife/internal/golden"
)

func TestEqual(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file.txt")
	t.Setenv("UPDATE_GOLDEN", "1")
	golden.Equal(t, file, "as it is\n")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "as it is\n", string(data))

	t.Setenv("UPDATE_GOLDEN", "")
	golden.Equal(t, file, "as it is\n")
	reasons := failing.Reasons(func(t testing.TB) { golden.Equal(t, file, "as it is") })
	assert.Len(t, reasons, 1, "a line feed makes a difference")
}
