package rule

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/internal/combine"
)

func TestPlainHTTPS(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://example.com": true, "https://example.com/": true, "https://a-b.example.com/c_d/~e.txt": true, "https://EXAMPLE.com/A-1": true,
		"": false, "example.com": false, "example.com/a": false, "https://": false, "https:///": false, "http://example.com": false, "HTTPS://example.com": false,
		"https://localhost": false, "https://example.c": false, "https://example.c0m": false, "https://.com": false, "https://a..com": false,
		"https://-a.com": false, "https://a-.com": false, "https://a.com-": false, "https://a.com.": false, "https://a.b-c": false,
		"https://a.com:443": false, "https://u@a.com": false, "https://a.com/?q": false, "https://a.com/#f": false, "https://a.com/%41": false,
		"https://a.com/ b": false, "https://ä.com": false, "https://a.com/ä": false, "https://a.com?q": false, "https://1.2.3.4": false,
		"https://" + strings.Repeat("a.", 125) + "com": true, "https://" + strings.Repeat("a.", 126) + "com": false,
		"https://" + strings.Repeat("a.", 125) + "xyz": true, "https://" + strings.Repeat("a.", 125) + "wxyz": false,
		"https://a." + strings.Repeat("b", 63): true, "https://a." + strings.Repeat("b", 64): false,
	} {
		assert.Equal(t, want, PlainHTTPS(address), address)
	}
}

// A pattern says in another way what is plain, and what is plain is found right the
// long way, too.
func TestPlainAddressesRaiseNoQuestion(t *testing.T) {
	t.Parallel()
	pattern := regexp.MustCompile(`^https://([a-zA-Z0-9](-*[a-zA-Z0-9])*\.)+[a-zA-Z]{2,63}(/[a-zA-Z0-9._~/-]*)?$`)
	checks := []Check[string]{{Rule: Rule{ID: "own"}, Find: func(address string, r *Report) { r.https("", address) }}}
	plain := 0
	look := func(address string) {
		if got := PlainHTTPS(address); got != pattern.MatchString(address) {
			t.Fatalf("%q: got %v", address, got)
		} else if !got {
			return
		}
		plain++
		if found := Run(address, checks); len(found.Violations) > 0 {
			t.Fatalf("%q: %v", address, found)
		}
	}
	combine.Rows(5, []string{"a", "de", "9", "0", ".", "-", "/", "!", ":"}, func(text string) { look("https://" + text) })
	combine.Rows(4, []string{"B", "0", "9", "-", ".", "_", "~", "/", ":", "@", "?", "#", "%", " ", "ä", "\xff", "<"}, func(text string) { look("https://a.de/" + text) })
	assert.NotZero(t, plain)
}
