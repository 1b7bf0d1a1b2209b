package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/golden"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// sample is a report with everything in it: a listing without findings, one with
// hostile ones, and two that cannot be read.
func sample(t *testing.T) report.Report {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		in := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(in, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(in, "listing.yaml"), []byte(text), 0o600))
		return in
	}
	bad, err := folder.Read(write("bad %<&\"", "kind: \"<&\\e]]>\"\ntitle: \"TODO\"\nname: \"<&\\\"\"\n"))
	require.NoError(t, err)
	_, faulty := folder.Read(write("faulty", "titel: x\nkind: 1.5\n"))
	require.Error(t, faulty)
	found := listing.Check(bad.Listing)
	require.NotEmpty(t, found.Violations)
	require.NotEmpty(t, found.Advice)
	return report.Report{
		{Folder: "good", File: "good/listing.yaml", Name: "good"},
		report.Of(bad, found), report.OfError("faulty", faulty), report.OfError("gone", errors.New("no such file")),
	}
}

// SARIF is valid by the schema of OASIS, and every result points at its rule.
func TestSARIF(t *testing.T) {
	c := jsonschema.NewCompiler()
	data, err := os.ReadFile("testdata/sarif-schema-2.1.0.json")
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	require.NoError(t, c.AddResource("sarif.json", doc))
	schema, err := c.Compile("sarif.json")
	require.NoError(t, err)
	for _, r := range []report.Report{nil, sample(t)} {
		var out bytes.Buffer
		require.NoError(t, r.SARIF(&out))
		log, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.Bytes()))
		require.NoError(t, err)
		require.NoError(t, schema.Validate(log))
		var read struct {
			Version string
			Runs    []struct {
				Tool struct {
					Driver struct {
						Name  string
						Rules []struct{ ID string }
					}
				}
				Results []struct {
					RuleID, Level string
					RuleIndex     int
					Locations     []struct {
						PhysicalLocation struct {
							ArtifactLocation struct{ URI string }
							Region           struct{ StartLine, StartColumn int }
						}
					}
				}
			}
		}
		require.NoError(t, json.Unmarshal(out.Bytes(), &read))
		require.Len(t, read.Runs, 1)
		faults, violations, advice := r.Count()
		assert.Len(t, read.Runs[0].Results, faults+violations+advice)
		for _, each := range read.Runs[0].Results {
			assert.Equal(t, each.RuleID, read.Runs[0].Tool.Driver.Rules[each.RuleIndex].ID)
			require.Len(t, each.Locations, 1)
			assert.Positive(t, each.Locations[0].PhysicalLocation.Region.StartLine)
			assert.NotContains(t, each.Locations[0].PhysicalLocation.ArtifactLocation.URI, " ")
		}
	}
}

// plain is a report of fixed words: a listing without findings, one whose findings are
// in two files and not in their order, one that was cut, one without a folder, and those
// that cannot be read.
func plain(t *testing.T) report.Report {
	t.Helper()
	bad, err := folder.Read("testdata/bad")
	require.NoError(t, err)
	title := rule.Rule{ID: "info.title", Statement: "a listing has a title", Remedy: "give a title"}
	usage := rule.Rule{ID: "version.usage", Statement: "a version says how it is used"}
	found := rule.Findings{
		Violations: rule.Violations{
			{Rule: usage, Path: "versions[0].usage", Problem: "is short", Remedy: "say more"},
			{Rule: title, Path: "categories[0]", Problem: "is not known", Remedy: "choose another"},
			{Rule: title, Path: "title", Problem: "is 100% wrong"},
		},
		Advice: rule.Violations{
			{Rule: usage, Path: "overview", Problem: "is long"},
			{Rule: usage, Path: "name", Problem: "is dull"},
		},
	}
	cut := report.Of(bad, rule.Findings{Violations: found.Violations[2:], More: 1})
	cut.Folder, cut.Name = "cut", ""
	_, gone := os.ReadFile("testdata/gone")
	return report.Report{
		{Folder: "good", File: "good/listing.yaml", Name: "good"}, report.Of(bad, found), cut,
		report.OfError("gone", gone), report.OfError("/absolute/two words", errors.New("has two documents")),
	}
}

// Each format says what was found, where, and in the order of the files.
func TestGoldenFormats(t *testing.T) {
	for name, write := range report.Formats {
		var out bytes.Buffer
		require.NoError(t, write(plain(t), &out))
		golden.Equal(t, "testdata/report."+name, out.String())
	}
	// What is in no folder has no place.
	var out bytes.Buffer
	r := report.Report{report.Of(nil, rule.Findings{Violations: rule.Violations{{Problem: "it has no end"}}, More: 1})}
	require.NoError(t, r.Text(&out))
	assert.Equal(t, "error: it has no end []\n1 more were found\n", out.String())
	out.Reset()
	require.NoError(t, report.Report(nil).JSON(&out))
	assert.Contains(t, out.String(), `"listings": []`)
}

// full takes so many bytes and no more.
type full struct{ left int }

func (f *full) Write(data []byte) (int, error) {
	n := min(f.left, len(data))
	if f.left -= n; n < len(data) {
		return n, errors.New("no space left")
	}
	return n, nil
}

// A report that was not written whole is an error, wherever it breaks off.
func TestReportIsWrittenWholeOrNot(t *testing.T) {
	r := plain(t)
	for name, write := range report.Formats {
		var out bytes.Buffer
		require.NoError(t, write(r, &out))
		for _, n := range []int{0, out.Len() / 2, out.Len() - 1} {
			assert.Error(t, write(r, &full{n}), "%s breaks off at %d", name, n)
		}
		assert.NoError(t, write(r, &full{out.Len()}), name)
	}
}

// Nothing that a document says begins a line of its own, or speaks to a terminal.
func TestPrintable(t *testing.T) {
	r := sample(t)
	faults, violations, advice := r.Count()
	for name, write := range map[string]func(*bytes.Buffer) error{
		"text":   func(b *bytes.Buffer) error { return r.Text(b) },
		"github": func(b *bytes.Buffer) error { return r.GitHub(b) },
	} {
		var out bytes.Buffer
		require.NoError(t, write(&out), name)
		assert.Equal(t, faults+violations+advice, bytes.Count(out.Bytes(), []byte("\n")), name)
		assert.NotContains(t, out.String(), "\x1b", name)
	}
}
