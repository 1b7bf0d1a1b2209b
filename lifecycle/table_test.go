package lifecycle_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/looplab/fsm"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Each error of looplab/fsm becomes one of ours, or success.
func TestMachineErrorsAreTranslated(t *testing.T) {
	cause := errors.New("cause")
	for name, c := range map[string]struct {
		given error
		want  error // nil is success
	}{
		"none":                     {nil, nil},
		"stayed":                   {fsm.NoTransitionError{}, nil},
		"stayed with an error":     {fsm.NoTransitionError{Err: cause}, cause},
		"cancelled by the guard":   {fsm.CanceledError{Err: cause}, cause},
		"invalid in the state":     {fsm.InvalidEventError{Event: "e", State: "s"}, lifecycle.ErrNoTransition},
		"unknown event":            {fsm.UnknownEventError{Event: "e"}, lifecycle.ErrNoTransition},
		"inside a transition":      {fsm.InTransitionError{Event: "e"}, fsm.InTransitionError{Event: "e"}},
		"not inside a transition":  {fsm.NotInTransitionError{}, fsm.NotInTransitionError{}},
		"asynchronous":             {fsm.AsyncError{Err: cause}, cause},
		"internal":                 {fsm.InternalError{}, fsm.InternalError{}},
		"something else":           {cause, cause},
		"wrapped invalid in state": {fmt.Errorf("w: %w", fsm.InvalidEventError{}), lifecycle.ErrNoTransition},
	} {
		t.Run(name, func(t *testing.T) {
			got := lifecycle.Translate(c.given)
			if c.want == nil {
				require.NoError(t, got)
				return
			}
			require.ErrorIs(t, got, c.want)
		})
	}
}

func TestTableIsSound(t *testing.T) {
	type question struct {
		event lifecycle.Event
		from  lifecycle.State
	}
	asked := map[question]bool{}
	reached := map[lifecycle.State]bool{}
	for _, row := range lifecycle.Transitions() {
		q := question{row.Event, row.From}
		assert.False(t, asked[q], "%v has two answers", q)
		asked[q] = true
		reached[row.To] = true
		if row.Event == lifecycle.EventDiscard {
			assert.Empty(t, row.To)
			assert.Equal(t, lifecycle.Draft, row.From)
		} else {
			assert.Contains(t, lifecycle.States(), row.To)
		}
		to, err := lifecycle.Ask(row.From, row.Event)
		require.NoError(t, err)
		assert.Equal(t, row.To, to, "the machine and the table disagree on %v", q)
	}
	for _, s := range lifecycle.States() {
		assert.True(t, reached[s], "%s cannot be reached", s)
	}
	for _, row := range lifecycle.Transitions() {
		if row.From == lifecycle.Unpublished {
			assert.Equal(t, lifecycle.Unpublished, row.To, "there is no way back on sale")
		}
	}
}

func TestMachineAnswersEveryQuestion(t *testing.T) {
	rows := map[string]lifecycle.State{}
	events := map[lifecycle.Event]bool{"no such event": true}
	for _, row := range lifecycle.Transitions() {
		rows[string(row.Event)+"/"+string(row.From)] = row.To
		events[row.Event] = true
	}
	for event := range events {
		for _, from := range append(lifecycle.States(), "", "no such state") {
			to, err := lifecycle.Ask(from, event)
			if want, exists := rows[string(event)+"/"+string(from)]; exists {
				require.NoError(t, err)
				require.Equal(t, want, to)
				continue
			}
			require.ErrorIs(t, err, lifecycle.ErrNoTransition, "%s from %q", event, from)
			require.Equal(t, from, to)
		}
	}
}

func TestDiagramShowsTheTable(t *testing.T) {
	diagram := lifecycle.Diagram()
	assert.Equal(t, diagram, lifecycle.Diagram())
	for _, row := range lifecycle.Transitions() {
		if row.From != row.To {
			assert.Contains(t, diagram, string(row.Event))
		}
	}
}
