package lifecycle

import (
	"fmt"
	"slices"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// What a newer release may have written is refused by its name: a state or an
// event that is not understood must not be mistaken for another.

// UnmarshalText reads a state; an unknown one is an error.
func (s *State) UnmarshalText(text []byte) error {
	return read(s, text, "state", States()...)
}

// UnmarshalText reads an event; an unknown one is an error.
func (e *Event) UnmarshalText(text []byte) error {
	events := make([]Event, len(table))
	for i, t := range table {
		events[i] = t.Event
	}
	return read(e, text, "event", events...)
}

// UnmarshalText reads a phase; an unknown one is an error.
func (p *Phase) UnmarshalText(text []byte) error {
	return read(p, text, "phase", Recorded, Sending, Following)
}

// UnmarshalText reads a result; an unknown one is an error.
func (r *Result) UnmarshalText(text []byte) error {
	return read(r, text, "result", Succeeded, Failed, Cancelled)
}

func read[T ~string](into *T, text []byte, kind string, known ...T) error {
	if len(text) > 0 && !slices.Contains(known, T(text)) {
		return fmt.Errorf("%q is no %s that this release knows", rule.Shorten(string(text)), kind)
	}
	*into = T(text)
	return nil
}
