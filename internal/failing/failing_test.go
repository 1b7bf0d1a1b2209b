package failing_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/internal/failing"
)

func TestReasons(t *testing.T) {
	t.Parallel()
	assert.Empty(t, failing.Reasons(func(t testing.TB) {
		t.Helper()
		t.Log("nothing is wrong")
		t.Logf("nothing at %s", "all")
	}))
	for name, end := range map[string]func(t testing.TB){
		"Fatal": func(t testing.TB) { t.Fatal("third") }, "Fatalf": func(t testing.TB) { t.Fatalf("%s", "third") },
	} {
		failed := false
		reasons := failing.Reasons(func(t testing.TB) {
			t.Error("first")
			t.Errorf("%s", "second")
			failed = t.Failed()
			end(t)
			t.Error("never")
		})
		assert.Equal(t, []string{"first", "second", "third"}, reasons, name)
		assert.True(t, failed, name)
	}
}
