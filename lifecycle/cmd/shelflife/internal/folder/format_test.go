package folder_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
)

// Members are put in the order of the documentation, in the whole and in each entry, and
// take the comments and the blank lines above them along.
func TestFormatYAML(t *testing.T) {
	for _, c := range [][2]string{
		{`# Of the whole.

title: Invoices
# The name.
name: x

$schema: listing.json
versions:
    - usage: how
      number: 1.0

# What it costs,
# and for whom.
offer:
  refundPolicy: None.
  rates: {ml.m5.xlarge.m.i.b: 0.50, ml.m5.large.m.i.b: 0.40}

  name: Standard
`, `# Of the whole.

$schema: listing.json
# The name.
name: x

title: Invoices
versions:
  - number: 1.0
    usage: how

# What it costs,
# and for whom.
offer:
  name: Standard
  rates: {ml.m5.xlarge.m.i.b: 0.50, ml.m5.large.m.i.b: 0.40}
  refundPolicy: None.
`},
		{"\ntitle: x\n\nname: y\n", "name: y\n\ntitle: x\n"},
		{"title: x\n\n\nname: y\noverview: z\n", "name: y\ntitle: x\noverview: z\n"},
		{"name: x\n\n\n\noverview: z\n", "name: x\n\noverview: z\n"},
		{"name: x\ntitle: y\n", "name: x\ntitle: y\n"},
		{"# a\n# b\ntitle: x\n", "# a\n# b\ntitle: x\n"},
		{"# a\n\n# b\ntitle: x\n", "# a\n\n# b\ntitle: x\n"},
		{"name: x\n\n# a\n\n# b\ntitle: y\n", "name: x\n\n# a\n\n# b\ntitle: y\n"},
		{"{title: x, name: y}\n", "{name: y, title: x}\n"},
		{"{title: x,\n\nname: y}\n", "{name: y, title: x}\n"},
		{"title: x\n\noverview: |\n  a\n\n  b\nname: n\n", "name: n\ntitle: x\n\noverview: |\n  a\n\n  b\n"},
		// An anchor stays before its aliases.
		{"overview: &o text\nversions: [{usage: *o, number: '1'}]\ntitle: x\n", "overview: &o text\nversions: [{usage: *o, number: '1'}]\ntitle: x\n"},
		{"title: x\nversions:\n- {usage: y, number: '1'}\nname: &n z\n", "title: x\nversions:\n  - {number: '1', usage: y}\nname: &n z\n"},
		// What would be read otherwise as a block is quoted, and nothing else.
		{"title: |2-\n  \tx\n\n  y\n", "title: \"\\tx\\n\\ny\"\n"},
		{"title: '\tx'\noverview: |2-\n    x\n  y\n", "title: \"\\tx\"\noverview: |2-\n    x\n  y\n"},
	} {
		have, err := folder.FormatYAML("listing.yaml", []byte(c[0]))
		require.NoError(t, err, c[0])
		assert.Equal(t, c[1], string(have))
		have, err = folder.FormatYAML("listing.yaml", []byte(c[1]))
		require.NoError(t, err)
		assert.Equal(t, c[1], string(have), "it is formatted")
	}
	for text, want := range map[string]string{
		"a: [": "listing.yaml:1:1: is not YAML", "": "listing.yaml:1:1: is empty", "title: x\ntitle: y\n": "listing.yaml:2:1: title: is given twice",
		"titel: x\n": "listing.yaml: cannot be formatted", "titel: [a]\n": "listing.yaml: cannot be formatted", "titel: {a: {b: c}}\n": "listing.yaml: cannot be formatted", "- a\n": "listing.yaml: cannot be formatted", "hello": "listing.yaml: cannot be formatted",
	} {
		have, err := folder.FormatYAML("listing.yaml", []byte(text))
		assert.ErrorContains(t, err, want, text)
		assert.Nil(t, have, text)
	}
}

// Of a document in JSON the white space changes, and nothing else.
func TestFormatJSON(t *testing.T) {
	dir := write(t, "listing.json", ` {"title": "x", "name": "y"}`)
	f, err := folder.Read(dir)
	require.NoError(t, err)
	assert.Equal(t, "y", f.Name)
	want := "{\n  \"title\": \"x\",\n  \"name\": \"y\"\n}\n"
	have, same, err := f.Format()
	require.NoError(t, err)
	assert.Equal(t, want, string(have))
	assert.False(t, same)
	require.NoError(t, os.WriteFile(f.File, have, 0o600))
	_, same, err = f.Format()
	require.NoError(t, err)
	assert.True(t, same)

	// It changed meanwhile.
	require.NoError(t, os.WriteFile(f.File, []byte("{"), 0o600))
	_, _, err = f.Format()
	require.Error(t, err)
	require.NoError(t, os.Remove(f.File))
	_, _, err = f.Format()
	require.ErrorIs(t, err, os.ErrNotExist)
}

// Names of documents are tried in turn; two of them in one folder are one too many.
func TestNames(t *testing.T) {
	for _, name := range []string{"listing.yaml", "listing.yml", "listing.json"} {
		dir := write(t, name, `{"title": "x"}`)
		for _, path := range []string{dir, filepath.Join(dir, name)} {
			f, err := folder.Read(path)
			require.NoError(t, err, name)
			assert.Equal(t, filepath.Join(dir, name), f.File)
			assert.Equal(t, "one", f.Name)
			assert.Equal(t, "x", f.Listing.Title)
		}
		found, err := folder.Find(filepath.Dir(dir))
		require.NoError(t, err)
		assert.Equal(t, []string{dir}, found)
	}
	_, err := folder.Read(write(t, "listing.yaml", "title: x", "listing.json", "{}"))
	assert.ErrorContains(t, err, "has listing.yaml and listing.json: remove one of them")
	_, err = folder.Read(filepath.Join(t.TempDir(), "gone"))
	assert.ErrorIs(t, err, os.ErrNotExist)
	dir := t.TempDir()
	_, err = folder.Read(dir)
	assert.ErrorIs(t, err, os.ErrNotExist)
	assert.ErrorContains(t, err, dir+": ")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "listing.yaml"), 0o700))
	_, err = folder.Read(dir)
	assert.ErrorContains(t, err, filepath.Join(dir, "listing.yaml")+": is not a file")
}

// Folders are found below one that has no document itself, in order, and not inside each
// other or behind a dot.
func TestFind(t *testing.T) {
	root := filepath.Dir(write(t, "listing.yaml", ""))
	for _, name := range []string{"two", "a/deep/three", ".git/four", "one/inner", "empty"} {
		in := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(in, 0o700))
		if name != "empty" {
			require.NoError(t, os.WriteFile(filepath.Join(in, "listing.yml"), nil, 0o600))
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(root, ".gitignore"), nil, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(root, "a", "notes.md"), nil, 0o600))
	for dir, want := range map[string][]string{
		"": {"a/deep/three", "one", "two"}, "one": {"one"}, "one/listing.yaml": {"one/listing.yaml"}, "a": {"a/deep/three"},
		"one/inner": {"one/inner"}, ".git": {".git/four"},
	} {
		found, err := folder.Find(filepath.Join(root, filepath.FromSlash(dir)))
		require.NoError(t, err, dir)
		for i, each := range want {
			want[i] = filepath.Join(root, filepath.FromSlash(each))
		}
		assert.Equal(t, want, found, dir)
	}
	for _, dir := range []string{"empty", "gone"} {
		found, err := folder.Find(filepath.Join(root, dir))
		assert.ErrorIs(t, err, os.ErrNotExist, dir)
		assert.Empty(t, found, dir)
	}
}

// Of a document with faults, the rest can be judged, with its places; what follows from
// a fault is not told.
func TestFaultsAndTheRest(t *testing.T) {
	for _, c := range []struct{ name, text, want, title string }{
		{"listing.json", "{\n  \"title\": \"x\",\n  \"regions\": 1, \"sku\": 2\n}", "listing.json:3:", "x"},
		{"listing.json", "{\"title\": 1}", "listing.json:1:11: title: ", ""},
		{"listing.json", "{", "listing.json:1:", ""},
		{"listing.json", "[]", "listing.json:1:1: ", ""},
		{"listing.yaml", "title: x\nhighlights: [a, ~, c]\n", "listing.yaml:2:17: highlights[1]: is null", "x"},
		{"listing.yaml", "title: x\nsupport:\n  offered: [a]\n", "listing.yaml:3:3: support.offered: ", "x"},
		{"listing.yaml", "title: x\noffer:\n  name: n\n  name: m\n", "listing.yaml:4:3: offer.name: is given twice", "x"},
		{"listing.yaml", "title: x\noffer: !me {name: n}\n", "listing.yaml:2:8: offer: has the tag !me", "x"},
	} {
		f, err := folder.Read(write(t, c.name, c.text))
		var faults folder.Faults
		require.ErrorAs(t, err, &faults, c.text)
		assert.ErrorContains(t, err, c.want)
		for _, each := range faults {
			assert.NotContains(t, each.File, "\n")
			assert.Positive(t, each.Line, c.text)
		}
		if c.title != "" {
			require.NotNil(t, f, c.text)
			assert.Equal(t, c.title, f.Listing.Title)
		}
		if c.text == "{" || c.text == "[]" {
			assert.Nil(t, f, "nothing of it can be judged")
		}
	}
	_, err := folder.Read(write(t, "listing.yaml", "title: !me x\n"))
	var faults folder.Faults
	require.ErrorAs(t, err, &faults)
	assert.Len(t, faults, 1, "that the title is null follows from it")
	_, err = folder.Read(write(t, "listing.json", `{"highlights": [1`+strings.Repeat(", 1", 1_100)+`]}`))
	require.ErrorAs(t, err, &faults)
	for _, each := range faults {
		require.Positive(t, each.Line)
	}
	for _, text := range []string{
		strings.Repeat("[", 60) + strings.Repeat("]", 60), "[" + strings.Repeat("a,", 200_000) + "]",
		"overview: &a " + strings.Repeat("x", 1<<20) + "\nhighlights: [" + strings.Repeat("*a,", 20) + "]", // 20 MiB in JSON
	} {
		_, err = folder.Read(write(t, "listing.yaml", text))
		require.ErrorContains(t, err, "is too large: it has too many values, or too many levels")
		require.ErrorAs(t, err, &faults)
		require.Len(t, faults, 1)
	}
	f, err := folder.Read(write(t, "listing.yaml", "highlights: [a, ~, c]\n"))
	require.ErrorAs(t, err, &faults)
	assert.Equal(t, []string{"a", "", "c"}, f.Listing.Highlights, "those behind keep their numbers")

	f, err = folder.Read(write(t, "listing.json", "{\n  \"title\": \"x\"\n}"))
	require.NoError(t, err)
	assert.Equal(t, f.File+":2:12", f.Place("title").String())
	assert.Equal(t, f.File+":1:1", f.Place("title[").String(), "what is no path is in the document")
}

// What is said of a value inside or around one at fault is about it, and of one beside
// it is not.
func TestAbout(t *testing.T) {
	faults := folder.Faults{{Path: "offer.rates"}, {Path: "versions[1]"}}
	for path, want := range map[string]bool{
		"offer": true, "offer.rates": true, "offer.rates.x": true, `offer.rates["ml.m5.large"]`: true, "versions": true, "versions[1].usage": true,
		`["offer.rates"]`: false, "offer.ratesOfAll": false, "versions[10]": false, "versions[0]": false, "off": false, "title": false, "x.rates": false,
	} {
		assert.Equal(t, want, faults.About(path), path)
	}
	assert.True(t, folder.Faults{{}}.About("title"), "the whole is at fault")
}
