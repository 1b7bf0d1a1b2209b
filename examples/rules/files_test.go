package rules_test

import (
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
)

// under yields every JSON file below a folder. A file that cannot be read is yielded
// with its error, and does not end the search.
func under(folder fs.FS) iter.Seq2[listing.Document, error] {
	return func(yield func(listing.Document, error) bool) {
		_ = fs.WalkDir(folder, ".", func(file string, entry fs.DirEntry, err error) error {
			if err == nil && (entry.IsDir() || path.Ext(file) != ".json") {
				return nil
			}
			d := listing.Document{Name: file}
			if err == nil {
				d.Data, err = fs.ReadFile(folder, file)
			}
			if !yield(d, err) {
				return fs.SkipAll
			}
			return nil
		})
	}
}

// snippet: files
// Example_files checks all listings of a repository at once, as a job that must pass
// before a change is merged: a line for each reason, with file, line and column.
func Example_files() {
	files, broken := 0, 0
	for c, err := range listing.CheckAll(under(os.DirFS("testdata"))) {
		files++
		if err != nil {
			broken++
			fmt.Printf("%s: %v\n", c.Name, err)
			continue
		}
		for _, v := range c.Findings.Violations {
			broken++
			at, _ := document.Locate(c.Data, v.Path)
			fmt.Printf("%s:%d:%d: %v\n", c.Name, at.Line, at.Column, v)
		}
	}
	fmt.Println(broken, "reasons in", files, "files")
	// Output:
	// draft.json:82:18: offer.trialDays: is 90; choose 5 to 31 days, or 0 for no trial (pricing.trial-days)
	// draft.json:38:23: versions[0].releaseNotes: is missing; say what is new in this version (version.release-notes)
	// forecast/listing.json: document: line 4, column 12: Title: is not a known field: spell it "title"
	// 3 reasons in 2 files
}

// end
