package folder

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Limits of what is searched for the faulty line: each line costs a parse.
const (
	maxSearchedLines = 500
	maxSearchedBytes = 64 << 10
)

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// misspelt says what is wrong with data that the parser refuses, and where. The parser
// itself names the line where it gave up, or where the structure around began.
func misspelt(file string, data []byte, err error) *Fault {
	lines := bytes.SplitAfter(data, []byte("\n"))
	fault := func(line, column int, problem string) *Fault {
		return &Fault{Place: Place{file, line, column}, Problem: problem, Cause: err}
	}
	for i, line := range lines {
		for at, c := range string(line) {
			if unicode.IsControl(c) && !strings.ContainsRune("\t\r\n\u0085", c) {
				return fault(i+1, utf8.RuneCount(line[:at])+1, fmt.Sprintf("has the control character %U: remove it", c))
			}
		}
	}
	at := faultyLine(lines)
	message := yamlLine.ReplaceAllString(err.Error(), "")
	if at == 0 {
		if found := yamlLine.FindStringSubmatch(err.Error()); found != nil && found[1] != "" {
			at, _ = strconv.Atoi(found[1])
		}
		return fault(max(at, 1), 1, "is not YAML: "+message)
	}
	line := string(lines[at-1])
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	switch {
	case strings.Contains(indent, "\t"):
		return fault(at, strings.Index(indent, "\t")+1, "is indented with a tab: indent with spaces")
	case strings.HasPrefix(message, "unknown anchor"):
		return fault(at, len(indent)+1, "is not YAML ("+message+"): put a text that begins with * in quotes")
	case strings.Count(line, `"`)%2 == 1:
		return fault(at, strings.Index(line, `"`)+1, "has a quote that is not closed: close it")
	case strings.Count(line, ": ") > 1:
		return fault(at, len(indent)+1, `is not YAML: if a text has ": " in it, put the text in quotes; else indent the line as those beside it`)
	}
	return fault(at, len(indent)+1, "is not YAML ("+message+"): indent the line as those beside it, and put texts with odd characters in quotes")
}

// faultyLine returns the number of the line after which the document can be read no more,
// however it goes on; 0 if it is too large to be searched.
func faultyLine(lines [][]byte) int {
	data := bytes.Join(lines, nil)
	if len(lines) > maxSearchedLines || len(data) > maxSearchedBytes {
		return 0
	}
	for n := len(lines); n > 0; n-- {
		data = data[:len(data)-len(lines[n-1])]
		var doc yaml.Node
		if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&doc); err == nil || err == io.EOF { //nolint:errorlint // the decoder wraps none
			return n
		}
	}
	return 0
}
