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
	const scheme = "https://"
	if !foldPrefix(address, scheme) {
		return false
	}
	host, _, _ := strings.Cut(address[len(scheme):], "/")
	host = strings.TrimSuffix(host, ":443")
	for _, domain := range []string{"github.com", "github.io", "githubusercontent.com"} {
		if at := len(host) - len(domain); at >= 0 && foldPrefix(host[at:], domain) {
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

func spells(text string, words []string) bool {
	for i, word := range words {
		if i > 0 && !foldPrefix(text, word) {
			c, size := utf8.DecodeRuneInString(text)
			if c == '\n' {
				return false
			}
			text = text[size:]
		}
		if !foldPrefix(text, word) {
			return false
		}
		text = text[len(word):]
	}
	return true
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

// foldPrefix reports whether the text begins with the prefix, in capitals or not.
func foldPrefix(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}
