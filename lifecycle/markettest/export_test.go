package markettest

import "testing"

// Complete is a harness around a market in memory that has every ability.
func Complete(t *testing.T) Harness {
	market, h := inMemory(t)
	h.Market = &complete{Market: market, now: h.Now}
	return h
}
