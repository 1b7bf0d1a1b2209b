package console

import (
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// A diagram has the states from top to bottom, moves down at the right and moves up at
// the left.
const (
	boxX, boxWidth, boxHeight, boxStep = 96, 148, 40, 88
	downX, upX                         = boxX + 102, boxX + 46
	diagramWidth                       = 344
)

// diagram is the state diagram of the table of transitions, with one state lit.
type diagram struct {
	Width, Height int
	State         lifecycle.State
	Boxes         []box
	Moves         []move
}

type box struct {
	State                lifecycle.State
	X, Y, Width, Height  int
	CenterX, TextY, NowY int
	Now                  bool
}

// move is an arrow between two neighbours, and the events that lead along it.
type move struct {
	X, From, To, Tip int
	LabelX           int
	Left             bool
	Labels           []label
}

type label struct {
	Y    int
	Text string
}

// diagramOf draws the moves that commands and their requests make. Those of products that
// were changed or made elsewhere are left out.
func diagramOf(now lifecycle.State) diagram {
	states := lifecycle.States()
	d := diagram{Width: diagramWidth, Height: (len(states)-1)*boxStep + boxHeight + 4, State: now}
	for i, s := range states {
		y := 2 + i*boxStep
		b := box{State: s, X: boxX, Y: y, Width: boxWidth, Height: boxHeight, CenterX: boxX + boxWidth/2, TextY: y + boxHeight/2 + 5, Now: s == now}
		if b.Now {
			b.TextY, b.NowY = y+18, y+32
		}
		d.Boxes = append(d.Boxes, b)
	}
	for i := range len(states) - 1 {
		d.add(i, i+1, eventsBetween(states[i], states[i+1]))
		d.add(i+1, i, eventsBetween(states[i+1], states[i]))
	}
	return d
}

func (d *diagram) add(from, to int, events []string) {
	if len(events) == 0 {
		return
	}
	upper, lower := 2+min(from, to)*boxStep+boxHeight, 2+max(from, to)*boxStep
	m := move{X: downX, From: upper, To: lower - 7, Tip: lower - 1, LabelX: downX + 9}
	if to < from {
		m = move{X: upX, From: lower, To: upper + 7, Tip: upper + 1, LabelX: upX - 9, Left: true}
	}
	top := (upper+lower)/2 + 4 - (len(events)-1)*7
	for i, e := range events {
		m.Labels = append(m.Labels, label{top + i*14, e})
	}
	d.Moves = append(d.Moves, m)
}

// Base returns where the head of the arrow begins, as the points of a triangle.
func (m move) Base() [3][2]int {
	return [3][2]int{{m.X - 4, m.To}, {m.X + 4, m.To}, {m.X, m.Tip}}
}

func eventsBetween(from, to lifecycle.State) []string {
	var all []string
	for _, t := range lifecycle.Transitions() {
		if e := string(t.Event); t.From == from && t.To == to && !strings.HasPrefix(e, "reconcile-") {
			all = append(all, e)
		}
	}
	return all
}
