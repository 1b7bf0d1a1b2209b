package store_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/examples/store"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/storetest"
)

func open(t *testing.T) lifecycle.Store {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "listings.bolt"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, open, storetest.Named("bbolt, a store of one's own"))
}
