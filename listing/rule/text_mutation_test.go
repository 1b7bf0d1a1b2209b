package rule_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// The parts of an address are limited one by one, as the marketplace does it.
func TestAddressesAtTheirLimits(t *testing.T) {
	t.Parallel()
	name := func(n int) string { return strings.Repeat("a", n) }
	for address, valid := range map[string]bool{
		"https://.com":                      false,
		"https://a.com":                     true,
		"https://" + name(256) + ".com":     true,
		"https://" + name(257) + ".com":     false,
		"https://www." + name(256) + ".com": true,
		"https://example.c":                 false,
		"https://example.de":                true,
		"https://example." + name(63):       true,
		"https://example." + name(64):       false,
		"https://localhost/https://a.com":   false,
		"https://example.com_":              false,
		"http://example.com":                false,
		"http://example.com/https://a.com":  false,
	} {
		found := run(blocking, func(r *rule.Report) { r.HTTPS("f", address, 1_000) })
		assert.Equal(t, valid, found.Err() == nil, address)
	}
}
