package main

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"
)

// look is what a terminal can show beside plain text.
type look struct{ terminal, colour bool }

// lookOf reports what the output can show: a terminal the passing of time, and
// colours too unless NO_COLOR is set or the terminal is a dumb one.
func lookOf(out io.Writer, getenv func(string) string) look {
	f, ok := out.(*os.File)
	if !ok || !isatty.IsTerminal(f.Fd()) {
		return look{}
	}
	return look{terminal: getenv("TERM") != "dumb", colour: getenv("TERM") != "dumb" && getenv("NO_COLOR") == ""}
}

func (l look) plain(s string) string { return s }
func (l look) bold(s string) string  { return l.paint("1", s) }
func (l look) warn(s string) string  { return l.paint("33", s) }

func (l look) state(s string) string {
	if s == "Live" {
		return l.paint("32", s)
	}
	return s
}

func (l look) paint(code, s string) string {
	if !l.colour {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
