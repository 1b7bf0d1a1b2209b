package version

import (
	"strings"
	"unicode/utf8"
)

// A text in which none of these is found is reported as advice only, because they
// know the common spellings only. They are no regular expressions, because every
// version of every listing is searched; tests hold them against such.

// onGitHub reports whether the address is one of GitHub.
func onGitHub(address string) bool {
	rest, https := cutFold(address, "https://")
	if !https {
		return false
	}
	host, _, _ := strings.Cut(rest, "/")
	host = strings.TrimSuffix(host, ":443")
	for _, domain := range []string{"github.com", "github.io", "githubusercontent.com"} {
		if at := len(host) - len(domain); at >= 0 && strings.EqualFold(host[at:], domain) {
			return labels(host[:at])
		}
	}
	return false
}

// labels reports whether the text is a row of labels of a host, each with its dot.
func labels(text string) bool {
	for text != "" {
		label, rest, dot := strings.Cut(text, ".")
		if label == "" || !dot || !all(label, letterDigitOrHyphen) {
			return false
		}
		text = rest
	}
	return true
}

// calls are the words of calls, of which the spellings have at most one character in
// between, as in invoke_endpoint.
var calls = [][]string{
	{"invoke", "endpoint"}, {"create", "transform", "job"}, {"create", "training", "job"},
	{".predict("}, {".transform("}, {".fit("},
}

// showsCall reports whether the text has a call of an endpoint or of a job.
func showsCall(text string) bool {
	for i := range len(text) {
		switch text[i] {
		case 'i', 'I', 'c', 'C', '.':
			for _, words := range calls {
				if spells(text[i:], words) {
					return true
				}
			}
		}
	}
	return false
}

// spells reports whether the text begins with the words.
func spells(text string, words []string) bool {
	rest, found := cutFold(text, words[0])
	for _, word := range words[1:] {
		if !found {
			return false
		}
		after, next := cutFold(rest, word)
		if c, size := utf8.DecodeRuneInString(rest); !next && c != '\n' {
			after, next = cutFold(rest[size:], word)
		}
		rest, found = after, next
	}
	return found
}

// namesMIMEType reports whether the text names a MIME content type.
func namesMIMEType(text string) bool {
	for rest := text; ; {
		slash := strings.IndexByte(rest, '/')
		if slash < 0 {
			return false
		}
		before, after := rest[:slash], rest[slash+1:]
		if after != "" && (letterDigitOrHyphen(after[0]) || after[0] == '.' || after[0] == '+') {
			for _, top := range []string{"application", "audio", "image", "multipart", "text", "video"} {
				if word, found := strings.CutSuffix(before, top); found && (word == "" || !inWord(word[len(word)-1])) {
					return true
				}
			}
		}
		rest = after
	}
}

func inWord(c byte) bool { return c == '_' || c != '-' && letterDigitOrHyphen(c) }

// instanceType reports whether the text is made like ml.m5.large.
func instanceType(text string) bool {
	rest, ml := strings.CutPrefix(text, "ml.")
	family, size, _ := strings.Cut(rest, ".")
	return ml && family != "" && size != "" && all(family, lowercase) && all(size, lowercase)
}

// cutFold returns the text without the prefix, in capitals or not, and whether it
// begins with it.
func cutFold(text, prefix string) (after string, found bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return text, false
	}
	return text[len(prefix):], true
}
