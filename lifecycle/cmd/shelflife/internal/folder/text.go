package folder

import (
	"bytes"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
)

// maxText is the largest size of a text file in bytes. The longest text that the
// marketplace takes has 30,000 characters.
const maxText = 1 << 20

// longTexts yields the fields that can be in files of their own, with their paths.
func longTexts(l *listing.Listing) iter.Seq2[string, *string] {
	return func(yield func(string, *string) bool) {
		type text struct {
			path  string
			value *string
		}
		all := []text{{"shortDescription", &l.ShortDescription}, {"overview", &l.Overview}}
		if l.Support != nil {
			all = append(all, text{"support.details", &l.Support.Details})
		}
		for i := range l.Versions {
			v, at := &l.Versions[i], document.Entry("versions", i)
			all = append(all,
				text{at + ".releaseNotes", &v.ReleaseNotes}, text{at + ".usage", &v.Usage},
				text{at + ".input.description", &v.Input.Description}, text{at + ".input.limitations", &v.Input.Limitations},
				text{at + ".input.realTime.text", &v.Input.RealTime.Text}, text{at + ".input.batch.text", &v.Input.Batch.Text},
				text{at + ".output.description", &v.Output.Description},
				text{at + ".output.realTime.text", &v.Output.RealTime.Text}, text{at + ".output.batch.text", &v.Output.Batch.Text})
			if v.Training != nil {
				all = append(all, text{at + ".training.data", &v.Training.Data}, text{at + ".training.overview", &v.Training.Overview})
			}
		}
		if l.Offer != nil {
			all = append(all, text{"offer.refundPolicy", &l.Offer.RefundPolicy})
		}
		for _, t := range all {
			if !yield(t.path, t.value) {
				return
			}
		}
	}
}

// readTexts puts the texts of the files in place of their names.
func (f *Folder) readTexts(root *os.Root, l *listing.Listing) (faults Faults) {
	f.texts = map[string]Place{}
	for path, value := range longTexts(l) {
		name, isFile := strings.CutPrefix(*value, "@")
		if !isFile {
			continue
		}
		if strings.HasPrefix(name, "@") {
			*value = name
			continue
		}
		text, problem := readText(root, name)
		if problem != "" {
			faults = append(faults, &Fault{Place: f.Place(path), Path: path, Problem: "the file \"" + document.Cut(name, 200) + "\" " + problem})
			continue
		}
		*value, f.texts[path] = text, Place{filepath.Join(f.Dir, filepath.FromSlash(name)), 1, 1}
	}
	return faults
}

func readText(root *os.Root, name string) (text, problem string) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return "", "is not in the folder: put it beside the document (\"@@\" stands for one \"@\")"
	}
	data, err := readFile(root, filepath.FromSlash(name), maxText)
	switch {
	case err != nil:
		return "", "cannot be read: " + err.Error() + " (\"@@\" stands for one \"@\")"
	case bytes.HasPrefix(data, []byte("\uFEFF")):
		return "", "begins with a byte order mark (BOM): save it without one"
	case !utf8.Valid(data):
		return "", "is not UTF-8: save it in that encoding"
	}
	return strings.TrimRight(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n"), ""
}
