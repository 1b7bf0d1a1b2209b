package lifecycle_test

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/pricing"
)

// can reports whether the command would be accepted.
func can(r lifecycle.Record, c lifecycle.Command, in lifecycle.Input) bool {
	_, err := lifecycle.Decide(r, c, in)
	return err == nil
}

// journalOf returns the listing's whole journal.
func journalOf(t require.TestingT, m interface {
	Journal(ctx context.Context, id uuid.UUID) iter.Seq2[lifecycle.Entry, error]
}, id uuid.UUID) []lifecycle.Entry {
	var all []lifecycle.Entry
	for e, err := range m.Journal(context.Background(), id) {
		require.NoError(t, err)
		all = append(all, e)
	}
	return all
}

// listings returns the summaries that the query chooses.
func listings(t require.TestingT, m *lifecycle.Manager, q lifecycle.Query) []lifecycle.Summary {
	var all []lifecycle.Summary
	for s, err := range m.Listings(context.Background(), q) {
		require.NoError(t, err)
		all = append(all, s)
	}
	return all
}

// encoded returns the JSON of the value: equal records have equal bytes.
func encoded(t require.TestingT, value any) string {
	data, err := json.Marshal(value)
	require.NoError(t, err)
	return string(data)
}

// decodedRecord reads the JSON of a record.
func decodedRecord(data []byte) (lifecycle.Record, error) {
	var r lifecycle.Record
	err := document.Decode(data, &r)
	return r, err
}

// requireReplayed ends the test unless the journal gives the record, and a store
// that is given the record gives it back.
func requireReplayed(t require.TestingT, r lifecycle.Record, journal []lifecycle.Entry) {
	again, err := lifecycle.Replay(journal)
	require.NoError(t, err)
	require.Equal(t, encoded(t, r), encoded(t, again))
	w, err := lifecycle.Encoded(r, journal...)
	require.NoError(t, err)
	back, err := lifecycle.Decoded(w)
	require.NoError(t, err)
	require.Equal(t, encoded(t, r), encoded(t, back))
}

func freeListing() listing.Listing {
	l := lifecycletest.ModelPackage()
	l.Offer.Model, l.Offer.TrialDays, l.Offer.Rates = pricing.Free, 0, nil
	return l
}
