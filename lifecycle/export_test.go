package lifecycle

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// What tests from outside the package, which use package lifecycletest, need to
// reach within it.

func Ask(s State, e Event) (State, error) { return ask(s, e, nil) }

func StepOf(r Record, e Entry, at time.Time) (Decision, error) {
	d := Decision{Record: r}
	return d, d.step(e, at)
}

func End(r Record, o Outcome, at time.Time) (Decision, error) {
	d := Decision{Record: r}
	return d, d.end(o, "", at)
}

func SendAgain(r Record, at time.Time) (Decision, error) {
	d := Decision{Record: r}
	return d, d.sendAgain(at)
}

func EventOf(r Record, c Command) Event { return eventOf(r, c) }

func StateRule(e Event) (id string, isCommand bool) {
	g, ok := guards[e]
	return g.state.ID, ok
}

// Encoded returns what a store is given when the whole record is written by the
// entries.
func Encoded(r Record, entries ...Entry) (Write, error) {
	return EncodedAfter(r.Revision-int64(len(entries)), r, entries...)
}

// EncodedAfter is Encoded where a store has the record at the revision.
func EncodedAfter(revision int64, r Record, entries ...Entry) (Write, error) {
	w, _, err := encodeWrite(&kept{revision: revision}, r, entries, 0)
	return w, err
}

// Decoded reads what Encoded wrote.
func Decoded(w Write) (Record, error) {
	bodies := map[string][]byte{}
	for _, p := range w.Put {
		bodies[p.Digest] = p.Body
	}
	k, err := decodeStored(w.Key, Stored{Revision: w.Revision, Head: w.Head}, &kept{}, func([]string) (map[string][]byte, error) { return bodies, nil })
	if err != nil {
		return Record{}, err
	}
	return k.record.clone(), nil
}

func DecodeEntry(key Key, revision int64, data []byte) (Entry, error) {
	return decodeEntry(key, revision, data)
}

func DeltaOf(before, after Record) Delta { return deltaOf(before.Draft, after.Draft) }

func (d Delta) Document(r Record) Record {
	r.Draft = d.document(r.Draft)
	return r
}

var (
	Translate       = translate
	ErrNoTransition = errNoTransition
	CancelPeriod    = cancelPeriod
	RisePeriod      = risePeriod
)

const (
	MaxHead    = maxHead
	Headroom   = headroom
	CancelRoom = cancelRoom
	MaxPart    = maxPart
	MaxEntry   = maxEntry
	MaxSteps   = maxSteps
	HeadFormat = headFormat
)

func (d Decision) Room() int { return d.room() }

func Differences(before, after *Content) ([]Difference, error) { return differences(before, after) }

// BeginAndEnd does what every operation does for its observers.
func (m *Manager) BeginAndEnd(ctx context.Context, id uuid.UUID, c Command) (err error) {
	ctx, op := m.begin(ctx, "Do", id, c)
	defer op.end(&err)
	m.running(ctx).saw(Record{})
	return nil
}
