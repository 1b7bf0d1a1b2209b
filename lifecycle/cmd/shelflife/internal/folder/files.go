package folder

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Files are the files of a folder with a listing. What is not in the folder is neither
// read nor written, whatever ".." or links say. Close them.
type Files struct {
	// Dir is the folder, Document the name of the document in it.
	Dir, Document string

	root *os.Root
}

// OpenFiles opens the files of dir, which may also be the path of the document.
func OpenFiles(dir string) (*Files, error) {
	root, dir, name, err := openRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Files{Dir: dir, Document: name, root: root}, nil
}

// Close closes the folder.
func (f *Files) Close() error { return f.root.Close() }

// Read returns a file by its name with slashes.
func (f *Files) Read(name string) ([]byte, error) {
	limit := int64(maxText)
	if name == f.Document {
		limit = document.MaxSize
	}
	return readFile(f.root, filepath.FromSlash(name), limit)
}

// Has reports whether there is a file that Read can read, by its name with slashes.
func (f *Files) Has(name string) bool {
	info, err := f.root.Stat(filepath.FromSlash(name))
	return err == nil && info.Mode().IsRegular()
}

// Replace writes a file whole or not at all, with the mode that it had. It refuses a
// link: whoever reads the file that it leads to may not expect it to change.
func (f *Files) Replace(name string, data []byte) (err error) {
	name = filepath.FromSlash(name)
	info, err := f.root.Lstat(name)
	if err != nil {
		return f.wrong(name, err)
	}
	if !info.Mode().IsRegular() {
		return f.wrong(name, errors.New("is a link: change the file that it leads to"))
	}
	next := fmt.Sprintf("%s.%08x.new", name, rand.Uint32()) //nolint:gosec // nothing depends on it
	file, err := f.root.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm())
	if err != nil {
		return f.wrong(next, err)
	}
	defer func() {
		if err != nil {
			err = f.wrong(name, errors.Join(err, f.root.Remove(next)))
		}
	}()
	_, err = file.Write(data)
	if err = errors.Join(err, file.Chmod(info.Mode().Perm()), file.Sync(), file.Close()); err != nil {
		return err
	}
	return f.root.Rename(next, name)
}

func (f *Files) wrong(name string, err error) error {
	return fmt.Errorf("%s: %w", filepath.Join(f.Dir, name), plain(err))
}
