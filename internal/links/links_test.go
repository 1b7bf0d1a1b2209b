package links_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/links"
)

// Every relative link of every Markdown file of this repository leads to a file, and
// to a heading of it if it names one.
func TestLinks(t *testing.T) {
	t.Parallel()
	broken, files, err := links.Broken(os.DirFS("../.."))
	require.NoError(t, err)
	require.Greater(t, files, 10)
	require.Empty(t, broken)
}

// The test of the links notices each kind of broken link, and nothing that is none.
func TestBrokenLinks(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{}
	write := func(name string, lines ...string) {
		files[name] = &fstest.MapFile{Data: []byte(strings.Join(lines, "\n"))}
	}
	write("node_modules/x/y.md", "[left alone](nowhere.md)")
	write("docs/b.md", "# The `Sweep`, and *more*", "## Twice", "## Twice", "### info.title", `<a name="by-hand"></a>`)
	write("picture.png")
	write("a.md",
		"# Top", "",
		"[a](docs/b.md) [b](docs/b.md#the-sweep-and-more) [c](docs/b.md#twice-1 \"title\") [d](#top)",
		"[e](docs/b.md#infotitle) [f](docs/b.md#by-hand) ![g](picture.png) [h](docs) [i](https://example.com/x#y)",
		"[j][ref] [`k`](docs/b.md) <img src=\"picture.png\">", "", "[ref]: docs/b.md",
		"`[not](a-link.md)`", "```", "[not](a-link.md)", "```", "    [not](a-link.md)", "",
		"[1](gone.md) [2](docs/b.md#gone) [3](#twice) ![4](gone.png) [5](../outside.md)",
		"<img src=\"gone.svg\">", "", "[6]: docs/gone.md", "[7](picture.png#part) [8](docs/b.md#twice-2)")
	broken, read, err := links.Broken(files)
	require.NoError(t, err)
	require.Equal(t, 2, read)
	require.ElementsMatch(t, []string{
		"a.md:14: gone.md: no such file", "a.md:14: docs/b.md#gone: no such heading", "a.md:14: #twice: no such heading",
		"a.md:14: gone.png: no such file", "a.md:14: ../outside.md: not in this repository", "a.md:15: gone.svg: no such file",
		"a.md:17: docs/gone.md: no such file", "a.md:18: picture.png#part: no such heading", "a.md:18: docs/b.md#twice-2: no such heading",
	}, broken)
}
