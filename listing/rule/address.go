package rule

import "strings"

// PlainHTTPS reports whether the address is an https address that raises no
// question: a host name of letters, digits, hyphens and dots, and a path of
// those, "_", "~" and "/". Most addresses are of this kind, and nothing that a rule
// has against an address is true of them. Of other addresses it says nothing.
func PlainHTTPS(address string) bool {
	host, https := strings.CutPrefix(address, "https://")
	if !https {
		return false
	}
	for i := range len(host) {
		if host[i] == '/' {
			return plainPath(host[i:]) && plainHost(host[:i])
		}
	}
	return plainHost(host)
}

// plainHost reports whether the host has two labels at least, none of them empty or
// with a hyphen at an end, the last of two letters at least.
func plainHost(host string) bool {
	label, last, dots := 0, byte('.'), 0
	for i := range len(host) {
		switch c := host[i]; {
		case c == '.':
			if last == '.' || last == '-' {
				return false
			}
			label, dots = i+1, dots+1
		case c == '-':
			if last == '.' {
				return false
			}
		case !letter(c) && (c < '0' || c > '9'):
			return false
		}
		last = host[i]
	}
	for i := label; i < len(host); i++ {
		if !letter(host[i]) {
			return false
		}
	}
	top := len(host) - label
	return dots > 0 && top >= 2 && top <= 63 && len(host) <= 253
}

func plainPath(path string) bool {
	for i := range len(path) {
		switch c := path[i]; {
		case letter(c), '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~', c == '/':
		default:
			return false
		}
	}
	return true
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
