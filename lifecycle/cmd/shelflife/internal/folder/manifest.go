package folder

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
)

// Names are the names of a document in its folder, the first one that is there.
var Names = []string{"listing.yaml", "listing.yml", "listing.json"}

// manifest is the document with the members that are not sent.
type manifest struct {
	// Name names the listing to its seller.
	Name string `json:"name,omitempty"`
	// Seller is the account that sells it.
	Seller listing.AccountID `json:"seller,omitempty"`
	// Product is the marketplace's id of one that is there already.
	Product string `json:"product,omitempty"`
	// Testers may preview it.
	Testers []listing.AccountID `json:"testers,omitempty"`
	listing.Listing
}

// A Folder is a listing in a folder. It does not change.
type Folder struct {
	// Dir is the folder as it was given, File the document in it.
	Dir, File string
	// Name names the listing: the member "name", or the name of the folder.
	Name string
	// Seller is the member "seller"; empty if there is none.
	Seller listing.AccountID
	// Product is the member "product": the marketplace's id of a listing that is to be
	// adopted; empty if there is none.
	Product string
	// Testers are the member "testers"; nil if there is none.
	Testers []listing.AccountID
	// Listing is the document, with the texts of the files.
	Listing listing.Listing

	json   []byte           // the document, as its places are found
	places map[string]Place // by path; nil if json is the file itself
	texts  map[string]Place // of the values that are files
}

// Read reads the document in dir, which may also be the path of the document. It
// returns Faults for a document with something wrong in it, with all of the
// folder but what is at fault, or nil, and an error that matches fs.ErrNotExist where there is none.
func Read(dir string) (*Folder, error) {
	root, dir, name, err := openRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close() //nolint:errcheck // it is only read
	f := &Folder{Dir: dir, File: filepath.Join(dir, name)}
	data, err := readFile(root, name, document.MaxSize)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.File, err)
	}
	var m manifest
	var faults Faults
	readable := true
	if filepath.Ext(name) == ".json" {
		f.json = data
	} else {
		f.json, f.places, faults = fromYAML(f.File, data)
	}
	if err := document.Decode(f.json, &m); err != nil {
		faults = append(faults, f.faults(err, faults)...)
		m, readable = without(f.json, faults)
	}
	faults = append(faults, f.readTexts(root, &m.Listing)...)
	f.Name, f.Seller, f.Product, f.Testers, f.Listing = m.Name, m.Seller, m.Product, m.Testers, m.Listing
	if f.Name == "" {
		whole, err := filepath.Abs(dir)
		if err != nil {
			return nil, err
		}
		f.Name = filepath.Base(whole)
	}
	if len(faults) > 0 {
		if !readable {
			return nil, faults.sorted()
		}
		return f, faults.sorted()
	}
	return f, nil
}

// openRoot opens the folder dir, which may also be the path of the document, and
// returns the folder and the name of the document.
func openRoot(dir string) (root *os.Root, folder, name string, err error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		dir, name = filepath.Dir(dir), filepath.Base(dir)
	}
	if root, err = os.OpenRoot(dir); err != nil {
		return nil, "", "", err
	}
	if name == "" {
		if name, err = find(root); err != nil {
			return nil, "", "", errors.Join(fmt.Errorf("%s: %w", dir, err), root.Close())
		}
	}
	return root, dir, name, nil
}

// find returns the name of the document.
func find(root *os.Root) (string, error) {
	found := ""
	for _, name := range Names {
		if _, err := root.Stat(name); err != nil {
			if errors.Is(plain(err), errOutside) {
				return "", fmt.Errorf("%s %w", name, errOutside)
			}
			continue
		}
		if found != "" {
			return "", fmt.Errorf("has %s and %s: remove one of them", found, name)
		}
		found = name
	}
	if found == "" {
		return "", fmt.Errorf("%w: no %s: \"shelflife init\" makes one", fs.ErrNotExist, strings.Join(Names, ", "))
	}
	return found, nil
}

// readFile reads a file in the folder that is no larger than max bytes. A root
// opens nothing outside of its folder, whatever ".." or links say.
func readFile(root *os.Root, name string, max int64) ([]byte, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, plain(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is not a file")
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, plain(err)
	}
	defer file.Close() //nolint:errcheck // it is only read
	data, err := io.ReadAll(io.LimitReader(file, max+1))
	if err != nil {
		return nil, plain(err)
	}
	if int64(len(data)) > max {
		return nil, fmt.Errorf("has more than %d bytes", max)
	}
	return data, nil
}

var errOutside = errors.New("is a link out of the folder: put the file itself into the folder")

// plain leaves out the name of the file and of the system call, which the place
// says already.
func plain(err error) error {
	var path *fs.PathError
	if !errors.As(err, &path) {
		return err
	}
	if strings.Contains(path.Err.Error(), "escapes from parent") { // package os has no name for it
		return errOutside
	}
	return path.Err
}

// Identity returns what is the same for all ways to write the path of a document. A
// link whose own name is another one is another folder: the listing may have its name.
func Identity(dir string) string {
	name := documentIn(dir)
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		dir, name = filepath.Dir(dir), filepath.Base(dir)
	}
	if whole, err := filepath.Abs(dir); err == nil {
		dir = whole
	}
	base := filepath.Base(dir)
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	return filepath.Join(dir, name) + "\x00" + base
}

// Find returns the folders with a document: dir itself or, if it has none, those
// below it. Folders whose names begin with a dot are left out.
func Find(dir string) ([]string, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() || hasDocument(dir) {
		return []string{dir}, nil
	}
	var found []string
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir() || path == dir:
			return nil
		case strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case hasDocument(path):
			found = append(found, path)
			return fs.SkipDir
		}
		return nil
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%s: %w: no %s here or below: \"shelflife init\" makes one", dir, fs.ErrNotExist, strings.Join(Names, ", "))
	}
	return found, err
}

func hasDocument(dir string) bool { return documentIn(dir) != "" }

// documentIn returns the name of the first document in dir; empty if there is none.
func documentIn(dir string) string {
	for _, name := range Names {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return name
		}
	}
	return ""
}
