package lifecycletest

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// RequireReplayed ends the test unless the journal of the listing adds up to its record,
// byte for byte, and returns both.
func RequireReplayed(t testing.TB, m *lifecycle.Manager, listing uuid.UUID) (lifecycle.Record, []lifecycle.Entry) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("lifecycletest: %v", err)
		}
	}
	r, err := m.Load(context.Background(), listing)
	must(err)
	var journal []lifecycle.Entry
	for e, err := range m.Journal(context.Background(), listing) {
		must(err)
		journal = append(journal, e)
	}
	replayed, err := lifecycle.Replay(journal)
	must(err)
	want, err := json.Marshal(r)
	must(err)
	got, err := json.Marshal(replayed)
	must(err)
	if string(want) != string(got) {
		t.Fatalf("lifecycletest: the journal of %s gives\n%s\nand the record is\n%s", listing, got, want)
	}
	return r, journal
}
