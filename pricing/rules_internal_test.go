package pricing

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A text whose rule nobody checks would stay unnoticed.
func TestEveryTextHasARule(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, r := range texts {
		assert.Contains(t, Rules(), r)
		assert.False(t, ids[r.ID], "%s is there twice", r.ID)
		ids[r.ID] = true
	}
	assert.NotEmpty(t, ids)
}
