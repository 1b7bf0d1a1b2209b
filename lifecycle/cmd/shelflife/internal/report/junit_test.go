package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
)

// element is what the schema of Jenkins for JUnit (junit-10.xsd of its xUnit plugin)
// says of an element, as far as reports have it: the names of attributes with a "!" are
// required.
type element struct {
	attributes, within string
	text               bool
}

var junitSchema = map[string]element{
	"testsuites": {attributes: "name time tests failures errors"},
	"testsuite":  {attributes: "name! tests! failures! errors! group time skipped timestamp hostname id package file log url", within: "testsuites testsuite"},
	"testcase":   {attributes: "name! time classname group", within: "testsuite"},
	"failure":    {attributes: "type message", within: "testcase", text: true},
	"error":      {attributes: "type message", within: "testcase", text: true},
	"skipped":    {attributes: "type message", within: "testcase", text: true},
	"system-out": {within: "testcase testsuite", text: true},
	"system-err": {within: "testcase testsuite", text: true},
}

var junitTime = regexp.MustCompile(`^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$`)

// validateJUnit returns what of a document the schema does not allow.
func validateJUnit(document []byte) error {
	var wrong []error
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	parents := []string{""}
	d := xml.NewDecoder(bytes.NewReader(document))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return errors.Join(wrong...)
		}
		if err != nil {
			return err
		}
		parent := parents[len(parents)-1]
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			e, known := junitSchema[name]
			if !known || parent == "" && name != "testsuites" || parent != "" && !strings.Contains(" "+e.within+" ", " "+parent+" ") {
				say("<%s> is within <%s>", name, parent)
			}
			given := map[string]bool{}
			for _, a := range token.Attr {
				given[a.Name.Local] = true
				if !regexp.MustCompile(`(^| )` + a.Name.Local + `!?( |$)`).MatchString(e.attributes) {
					say("<%s> has the attribute %s", name, a.Name.Local)
				}
				if a.Name.Local == "time" && !junitTime.MatchString(a.Value) {
					say("<%s> has the time %q", name, a.Value)
				}
			}
			for each := range strings.FieldsSeq(e.attributes) {
				if required, is := strings.CutSuffix(each, "!"); is && !given[required] {
					say("<%s> has no attribute %s", name, required)
				}
			}
			parents = append(parents, name)
		case xml.EndElement:
			parents = parents[:len(parents)-1]
		case xml.CharData:
			if !junitSchema[parent].text && len(bytes.TrimSpace(token)) > 0 {
				say("<%s> has text", parent)
			}
		}
	}
}

// JUnit is valid by the schema of Jenkins, with counts that add up and no character that
// XML does not have.
func TestJUnit(t *testing.T) {
	for _, r := range []report.Report{nil, sample(t)} {
		var out bytes.Buffer
		require.NoError(t, r.JUnit(&out))
		require.NoError(t, validateJUnit(out.Bytes()))
		assert.NotContains(t, out.String(), "\x1b")
		var read struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Errors   int `xml:"errors,attr"`
			Suites   []struct {
				Tests    int `xml:"tests,attr"`
				Failures int `xml:"failures,attr"`
				Errors   int `xml:"errors,attr"`
				Cases    []struct {
					Failure *string `xml:"failure"`
					Error   *string `xml:"error"`
				} `xml:"testcase"`
			} `xml:"testsuite"`
		}
		require.NoError(t, xml.Unmarshal(out.Bytes(), &read))
		require.Len(t, read.Suites, len(r))
		var tests, failures, faulty int
		for _, s := range read.Suites {
			before := []int{tests, failures, faulty}
			for _, c := range s.Cases {
				tests++
				for _, problem := range []*string{c.Failure, c.Error} {
					if problem != nil {
						assert.Regexp(t, `:\d+:\d+: \S`, *problem, "it begins with the place")
					}
				}
				if c.Failure != nil {
					failures++
				}
				if c.Error != nil {
					faulty++
				}
			}
			assert.Equal(t, []int{s.Tests, s.Failures, s.Errors}, []int{tests - before[0], failures - before[1], faulty - before[2]})
		}
		faults, violations, _ := r.Count()
		assert.Equal(t, []int{tests, violations, faults}, []int{read.Tests, read.Failures, read.Errors})
		assert.Equal(t, []int{violations, faults}, []int{failures, faulty})
	}
}

// The schema refuses what it does not have.
func TestJUnitSchemaRefuses(t *testing.T) {
	good := `<testsuites><testsuite name="a" tests="1" failures="0" errors="0" time="0"><testcase name="b"/></testsuite></testsuites>`
	require.NoError(t, validateJUnit([]byte(good)))
	for i, change := range [][2]string{
		{`name="b"`, `name="b" line="1"`}, {`name="b"`, `time="0"`}, {`tests="1"`, ``}, {`time="0"`, `time="now"`},
		{`<testcase name="b"/>`, `<case/>`}, {`<testcase name="b"/>`, `<testsuites/>`}, {`<testcase name="b"/>`, `text`}, {`</testsuites>`, ``},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		require.NotEqual(t, good, bad)
		assert.Error(t, validateJUnit([]byte(bad)), strconv.Itoa(i))
	}
}
