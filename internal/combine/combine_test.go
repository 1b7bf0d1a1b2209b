package combine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/internal/combine"
)

func TestRows(t *testing.T) {
	var all []string
	combine.Rows(2, []string{"a", "bc"}, func(text string) { all = append(all, text) })
	assert.Equal(t, []string{"", "a", "aa", "abc", "bc", "bca", "bcbc"}, all)
}

func TestChoices(t *testing.T) {
	var all []string
	combine.Choices([][]string{{"a", "b"}, {"", "c"}}, func(text string) { all = append(all, text) })
	assert.Equal(t, []string{"a", "ac", "b", "bc"}, all)
}
