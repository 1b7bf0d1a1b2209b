package rule

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestPlainHTTPS(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://example.com": true, "https://example.com/": true, "https://a-b.example.com/c_d/~e.txt": true, "https://EXAMPLE.com/A-1": true,
		"": false, "https://": false, "https:///": false, "http://example.com": false, "HTTPS://example.com": false,
		"https://localhost": false, "https://example.c": false, "https://example.c0m": false, "https://.com": false, "https://a..com": false,
		"https://-a.com": false, "https://a-.com": false, "https://a.com-": false, "https://a.com.": false, "https://a.b-c": false,
		"https://a.com:443": false, "https://u@a.com": false, "https://a.com/?q": false, "https://a.com/#f": false, "https://a.com/%41": false,
		"https://a.com/ b": false, "https://ä.com": false, "https://a.com/ä": false, "https://a.com?q": false, "https://1.2.3.4": false,
		"https://" + strings.Repeat("a.", 125) + "com": true, "https://" + strings.Repeat("a.", 126) + "com": false,
		"https://a." + strings.Repeat("b", 63): true, "https://a." + strings.Repeat("b", 64): false,
	} {
		assert.Equal(t, want, PlainHTTPS(address), address)
	}
}

// What is plain is found right the long way, too.
func TestPlainAddressesRaiseNoQuestion(t *testing.T) {
	t.Parallel()
	pieces := []string{"a.com", "b.org/", "a", "B", "0", "-", ".", "..", "/", "_", "~", ":", "@", "?", "#", "%", " ", "com", "www.", "ä", "\xff", "<"}
	rapid.Check(t, func(t *rapid.T) {
		address := "https://" + strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8).Draw(t, "pieces"), "")
		if !PlainHTTPS(address) {
			return
		}
		found := Run(address, []Check[string]{{Rule: Rule{ID: "own"}, Find: func(address string, r *Report) { r.https("", address) }}})
		assert.Empty(t, found.Violations, address)
	})
}
