package lifecycle_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing/document"
)

// liveJournal is the journal of a listing that went live, and its record.
func liveJournal(t testing.TB) ([]lifecycle.Entry, lifecycle.Record) {
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	journal, err := b.History(context.Background(), id)
	require.NoError(t, err)
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	return journal, r
}

func FuzzDecodeRecord(f *testing.F) {
	_, r := liveJournal(f)
	seed, err := lifecycle.EncodeRecord(r)
	require.NoError(f, err)
	f.Add(seed)
	f.Add([]byte(`{"state":"Live","published":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := lifecycle.DecodeRecord(data)
		if err != nil {
			var fault *document.Error
			require.ErrorAs(t, err, &fault)
			return
		}
		first, err := lifecycle.EncodeRecord(r)
		require.NoError(t, err)
		again, err := lifecycle.DecodeRecord(first)
		require.NoError(t, err)
		second, err := lifecycle.EncodeRecord(again)
		require.NoError(t, err)
		require.Equal(t, string(first), string(second))
		// Whatever a row may say, deciding on it does not panic.
		for _, c := range soundCommands(lifecycletest.ModelPackage()) {
			lifecycle.Can(r, c, lifecycle.Facts{}, lifecycletest.Start)
		}
	})
}

// FuzzReplay feeds journals that may come from anywhere.
func FuzzReplay(f *testing.F) {
	journal, _ := liveJournal(f)
	for n := range journal {
		seed, err := json.Marshal(journal[:n+1])
		require.NoError(f, err)
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var journal []lifecycle.Entry
		if document.Decode(data, &journal) != nil {
			return
		}
		r, err := lifecycle.Replay(journal)
		if err != nil {
			require.ErrorIs(t, err, lifecycle.ErrJournal)
			return
		}
		require.EqualValues(t, len(journal), r.Revision)
	})
}

func TestReplayRefusesWhatDoesNotAddUp(t *testing.T) {
	journal, _ := liveJournal(t)
	for name, spoil := range map[string]func([]lifecycle.Entry) []lifecycle.Entry{
		"a gap":            func(j []lifecycle.Entry) []lifecycle.Entry { return append(j[:2:2], j[3:]...) },
		"a repeated entry": func(j []lifecycle.Entry) []lifecycle.Entry { return append(j[:2:2], j[1:]...) },
		"no beginning":     func(j []lifecycle.Entry) []lifecycle.Entry { return j[1:] },
		"another state":    func(j []lifecycle.Entry) []lifecycle.Entry { j[1].State = lifecycle.Live; return j },
		"an unknown event": func(j []lifecycle.Entry) []lifecycle.Entry { j[1].Event = "vanish"; return j },
		"no document":      func(j []lifecycle.Entry) []lifecycle.Entry { j[0].Draft = nil; return j },
		"no id":            func(j []lifecycle.Entry) []lifecycle.Entry { j[0].ID = nil; return j },
		"no request":       func(j []lifecycle.Entry) []lifecycle.Entry { j[1].Request = nil; return j },
		"no outcome":       func(j []lifecycle.Entry) []lifecycle.Entry { j[4].Outcome = nil; return j },
		"nothing to follow": func(j []lifecycle.Entry) []lifecycle.Entry {
			j[1] = j[2]
			j[1].Revision = 2
			j[1].State = ""
			return j[:2]
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := lifecycle.Replay(spoil(append([]lifecycle.Entry(nil), journal...)))
			require.ErrorIs(t, err, lifecycle.ErrJournal)
		})
	}
	require.NotEqual(t, uuid.Nil, *journal[0].ID)
}

func TestRowsOfANewerReleaseAreNamed(t *testing.T) {
	_, r := liveJournal(t)
	data, err := lifecycle.EncodeRecord(r)
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(data, &fields))
	fields["draft"].(map[string]any)["hologram"] = true
	data, err = json.Marshal(fields)
	require.NoError(t, err)
	_, err = lifecycle.DecodeRecord(data)
	var fault *document.Error
	require.ErrorAs(t, err, &fault)
	require.Equal(t, "draft.hologram", fault.Path)
}
