package version

import (
	"testing"

	"github.com/shelflife-go/shelflife/internal/rulestest"
)

func TestEveryTextHasARule(t *testing.T) {
	t.Parallel()
	rulestest.Texts(t, texts, Rules())
}
