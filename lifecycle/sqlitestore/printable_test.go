package sqlitestore_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/internal/hostile"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
)

func TestNothingIsPrintedRaw(t *testing.T) {
	t.Parallel()
	hostile.Printed(t, map[string]hostile.Output{
		"of a newer release":  func(s string) string { return (&sqlitestore.SchemaError{File: s, Version: s, Newer: true}).Error() },
		"of an older release": func(s string) string { return (&sqlitestore.SchemaError{File: s, Version: s, Older: true}).Error() },
		"a setting":           func(s string) string { return (&sqlitestore.SettingError{Setting: "journal_mode", Value: s}).Error() },
		"of no release":       func(s string) string { return (&sqlitestore.SchemaError{File: s, Version: s}).Error() },
	})
	assert.Equal(t, []string{"sqlitestore.SchemaError.Error", "sqlitestore.SettingError.Error"}, hostile.Methods(t, []string{"String", "Error"}, "."))
}
