package report

import (
	"encoding/xml"
	"fmt"
	"io"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	File     string      `xml:"file,attr,omitempty"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	Classname string        `xml:"classname,attr"`
	Time      string        `xml:"time,attr"`
	Failure   *junitProblem `xml:"failure"`
	Error     *junitProblem `xml:"error"`
	Out       string        `xml:"system-out,omitempty"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes a test suite for each listing, with a failed test for each violation,
// an error for each fault, and a passed test for each piece of advice. A listing
// without any has one passed test. The place is in the text: the schema of Jenkins has
// no attributes for it.
func (r Report) JUnit(w io.Writer) error {
	out := junitSuites{Name: "shelflife", Time: "0"}
	for _, l := range r {
		name := l.Name
		if name == "" {
			name = l.Folder
		}
		s := junitSuite{Name: name, Time: "0", File: l.File}
		Report{l}.each(func(l Listing, level string, f Finding) {
			c := junitCase{Name: f.ID, Classname: name, Time: "0"}
			if f.Path != "" {
				c.Name += " " + f.Path
			}
			problem := &junitProblem{f.String(), f.ID, fmt.Sprintf("%s: %s", f.Place, f)}
			switch {
			case f.ID == Unreadable:
				c.Error = problem
				s.Errors++
			case level == "error":
				c.Failure = problem
				s.Failures++
			default:
				c.Out = "advice: " + problem.Text
			}
			s.Cases = append(s.Cases, c)
		})
		if len(s.Cases) == 0 {
			s.Cases = []junitCase{{Name: "check", Classname: name, Time: "0"}}
		}
		s.Tests = len(s.Cases)
		out.Suites = append(out.Suites, s)
		out.Tests, out.Failures, out.Errors = out.Tests+s.Tests, out.Failures+s.Failures, out.Errors+s.Errors
	}
	data, _ := xml.MarshalIndent(out, "", "  ") // texts and numbers can always be written
	_, err := fmt.Fprintf(w, "%s%s\n", xml.Header, data)
	return err
}
