package lifecycle

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/pricing"
)

// A name of an instance type is one that each kind of price can have.
func TestNamesOfInstanceTypes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"ml.m5.large", "ml.m5-x.2xlarge", "a", "A9", "", ".", "ml.", ".ml", "ml..m5", "ml.-m5", "m_l", "m l", "é", "\xff", "ml\n", "ml.m5.large\x1b",
		strings.Repeat("a", 94), strings.Repeat("a", 95),
	} {
		_, err := pricing.RealTime(name).MarshalText()
		assert.Equal(t, err != nil, noInstanceType(name), name)
	}
}
