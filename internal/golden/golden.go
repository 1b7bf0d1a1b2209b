// Package golden compares what a test got with what a file holds.
package golden

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Update reports whether golden files are to be written again, as make golden
// asks for: the variable UPDATE_GOLDEN is set.
func Update() bool { return os.Getenv("UPDATE_GOLDEN") != "" }

// Equal fails the test unless the file holds exactly got. When Update, it writes
// the file instead.
func Equal(t testing.TB, file, got string) {
	t.Helper()
	if Update() {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "run make golden")
}
