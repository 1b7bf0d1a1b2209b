//go:build unix

package boltstore_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator/cmd/boltstore"
)

// Opening a pipe would wait for ever.
func TestAPipeIsRefused(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	_, err := boltstore.Open(pipe)
	require.ErrorIs(t, err, boltstore.ErrFile)
}
