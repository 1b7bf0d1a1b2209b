// Package links finds links that lead nowhere in the Markdown files of a repository.
package links

import (
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var (
	inlineLink    = regexp.MustCompile(`\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)`)
	referenceLink = regexp.MustCompile(`^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s+"[^"]*")?\s*$`)
	attribute     = regexp.MustCompile(`(?:href|src|srcset)="([^"]+)"`)
	target        = regexp.MustCompile(`(?:name|id)="([^"]+)"`)
	codeSpan      = regexp.MustCompile("`+[^`]*`+")
	heading       = regexp.MustCompile(`^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$`)
	markup        = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)|<[^>]*>`)
)

// Broken returns what is wrong with the relative links of all Markdown files in the
// repository, one line for each, and how many files it has read. A link is wrong if it
// leads to no file, out of the repository, or to a heading that its file does not have.
// What is in code is no link, and addresses of other machines are left alone.
func Broken(repository fs.FS) (broken []string, files int, err error) {
	documents, anchors := map[string]string{}, map[string]map[string]bool{}
	err = fs.WalkDir(repository, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules" || d.Name() == ".shelflife"):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".md":
			return nil
		}
		data, err := fs.ReadFile(repository, name)
		documents[name], anchors[name] = string(data), anchorsOf(string(data))
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	for _, name := range slices.Sorted(maps.Keys(documents)) {
		for i, line := range prose(documents[name]) {
			for _, link := range linksOf(codeSpan.ReplaceAllString(line, "code")) {
				if problem := follow(repository, anchors, name, link); problem != "" {
					broken = append(broken, fmt.Sprintf("%s:%d: %s: %s", name, i+1, link, problem))
				}
			}
		}
	}
	return broken, len(documents), nil
}

func linksOf(line string) []string {
	var links []string
	for _, pattern := range []*regexp.Regexp{inlineLink, referenceLink, attribute} {
		for _, found := range pattern.FindAllStringSubmatch(line, -1) {
			links = append(links, found[1])
		}
	}
	return links
}

// follow returns what is wrong with a link of the file, or nothing.
func follow(repository fs.FS, anchors map[string]map[string]bool, from, link string) string {
	u, err := url.Parse(link)
	switch {
	case err != nil:
		return "not an address"
	case u.Scheme != "" || u.Host != "":
		return "" // on another machine
	}
	to := from
	if u.Path != "" {
		to = path.Join(path.Dir(from), u.Path)
	}
	if !fs.ValidPath(to) {
		return "not in this repository"
	}
	if _, err := fs.Stat(repository, to); err != nil {
		return "no such file"
	}
	if u.Fragment != "" && !anchors[to][u.Fragment] {
		return "no such heading"
	}
	return ""
}

// prose returns the lines of a document, with those of code blocks empty.
func prose(document string) []string {
	lines := strings.Split(document, "\n")
	fence, blank := "", true
	for i, line := range lines {
		trimmed := strings.TrimLeft(line, " ")
		mark := trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, "`~"))]
		switch {
		case fence == "" && len(mark) >= 3:
			fence, lines[i] = mark, ""
		case fence != "":
			if strings.HasPrefix(mark, fence) && strings.TrimSpace(trimmed) == mark {
				fence = ""
			}
			lines[i] = ""
		case blank && strings.HasPrefix(line, "    "):
			lines[i] = ""
			continue // the next line can belong to the block
		}
		blank = strings.TrimSpace(lines[i]) == ""
	}
	return lines
}

// anchorsOf returns by what the headings of a document are found, as GitHub names them.
func anchorsOf(document string) map[string]bool {
	anchors, seen := map[string]bool{}, map[string]int{}
	for _, line := range prose(document) {
		for _, found := range target.FindAllStringSubmatch(line, -1) {
			anchors[found[1]] = true
		}
		found := heading.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		anchor := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, markup.ReplaceAllString(found[1], "$1"))
		n := seen[anchor]
		if seen[anchor]++; n > 0 {
			anchor = fmt.Sprintf("%s-%d", anchor, n)
		}
		anchors[anchor] = true
	}
	return anchors
}
