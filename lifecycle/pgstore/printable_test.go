package pgstore_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/internal/hostile"
	"github.com/shelflife-go/shelflife/lifecycle/pgstore"
)

func TestNothingIsPrintedRaw(t *testing.T) {
	t.Parallel()
	hostile.Printed(t, map[string]hostile.Output{
		"of a newer release": func(s string) string { return (&pgstore.SchemaError{Database: s, Newer: true}).Error() },
		"of no release":      func(s string) string { return (&pgstore.SchemaError{Database: s}).Error() },
		"behind":             func(s string) string { return (&pgstore.SchemaError{Database: s, Older: true}).Error() },
	})
	assert.Equal(t, []string{"pgstore.SchemaError.Error"}, hostile.Methods(t, []string{"String", "Error"}, "."))
}
