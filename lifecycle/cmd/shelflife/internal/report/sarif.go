package report

import (
	"io"
	"net/url"
	"path/filepath"
	"strings"
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string       `json:"id"`
	ShortDescription sarifMessage `json:"shortDescription"`
	Help             sarifMessage `json:"help"`
	Default          sarifDefault `json:"defaultConfiguration"`
}

type sarifDefault struct {
	Level string `json:"level"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex int             `json:"ruleIndex"`
	Level     string          `json:"level"`
	Message   sarifMessage    `json:"message"`
	Locations []sarifLocation `json:"locations"`
	// Fingerprints keep a finding the same one when lines move.
	Fingerprints map[string]string `json:"partialFingerprints"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	Line   int `json:"startLine"`
	Column int `json:"startColumn"`
}

// SARIF writes a SARIF 2.1.0 log with one run: what code scanning services read.
func (r Report) SARIF(w io.Writer) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "shelflife", InformationURI: "https://github.com/shelflife-go/shelflife", Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints", Results: []sarifResult{},
	}
	index := map[string]int{}
	r.each(func(l Listing, level string, f Finding) {
		i, known := index[f.ID]
		if !known {
			i = len(run.Tool.Driver.Rules)
			index[f.ID] = i
			short, help := f.Rule.Statement, f.Rule.Remedy
			if f.ID == Unreadable {
				short, help = "a document can be read", "put right what is said of it"
			}
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{f.ID, sarifMessage{short}, sarifMessage{help}, sarifDefault{level}})
		}
		run.Results = append(run.Results, sarifResult{
			RuleID: f.ID, RuleIndex: i, Level: level, Message: sarifMessage{f.String()},
			Locations:    []sarifLocation{{sarifPhysical{sarifArtifact{uri(f.File)}, sarifRegion{f.Line, f.Column}}}},
			Fingerprints: map[string]string{"listingPath/v1": l.Name + "/" + f.ID + "/" + f.Path},
		})
	})
	return WriteJSON(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// uri returns a path as an address: relative to where the tool runs, if it is.
func uri(path string) string {
	path = filepath.ToSlash(path)
	u := url.URL{Path: path}
	if filepath.IsAbs(path) {
		u.Scheme, u.Path = "file", "/"+strings.TrimPrefix(path, "/") // a drive has no slash before it
	}
	return u.String()
}
