package storetest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Results is what came of a [Run]. In a file it is JSON.
type Results struct {
	// Store is the name that [Named] gave, or that of the test.
	Store string `json:"store"`
	// Cases are in the order of the suite, which is the same for every store.
	Cases []Case `json:"cases"`
}

// Case is what came of one case.
type Case struct {
	// Name is that of the case.
	Name string `json:"name"`
	// Result says what came of it.
	Result Result `json:"result"`
	// Reason says why the case was skipped; empty for others.
	Reason string `json:"reason,omitempty"`
}

// Result is what came of a case.
type Result string

const (
	// Pass means that the store did what the case asks for.
	Pass Result = "pass"
	// Skip means that the case was left out by [Without].
	Skip Result = "skip"
	// Fail means that the store did not, or could not be opened.
	Fail Result = "fail"
)

// Option changes how [Run] works.
type Option func(*options)

type options struct {
	name    string
	folder  string
	without map[string]string
}

// Named names the store in its results, such as "PostgreSQL 15".
func Named(name string) Option { return func(o *options) { o.name = name } }

// Without leaves a case out, and says why. The results show it as skipped. A case that
// does not exist fails the test.
func Without(name, reason string) Option {
	return func(o *options) { o.without[name] = reason }
}

// WriteResults has Run write its [Results] into the folder, as a file that is named after
// the store. The environment variable SHELFLIFE_STORETEST_RESULTS does the same for all
// that are Named.
func WriteResults(folder string) Option { return func(o *options) { o.folder = folder } }

func optionsOf(t *testing.T, given []Option) options {
	t.Helper()
	o := options{without: map[string]string{}}
	for _, option := range given {
		option(&o)
	}
	if o.name != "" && o.folder == "" {
		o.folder = os.Getenv("SHELFLIFE_STORETEST_RESULTS")
	}
	if o.name == "" {
		o.name = t.Name()
	}
	for name := range o.without {
		if !slices.ContainsFunc(cases(), func(c testCase) bool { return c.name == name }) {
			t.Errorf("storetest: Without names a case that does not exist: %q", name)
		}
	}
	return o
}

func (r Results) write(t *testing.T, folder string) {
	t.Helper()
	if folder == "" {
		return
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	if err == nil {
		name := strings.Map(func(r rune) rune {
			if strings.ContainsRune(`/\:*?"<>| `, r) {
				return '-'
			}
			return r
		}, r.Store)
		err = os.WriteFile(filepath.Join(folder, name+".json"), append(data, '\n'), 0o644)
	}
	if err != nil {
		t.Errorf("storetest: writing the results: %v", err)
	}
}
