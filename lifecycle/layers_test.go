package lifecycle

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// layers are the files of this package by prefix, from what everything rests on to
// what rests on everything. A file may use what stands in its own layer or above
// it in this list.
var layers = []struct {
	name     string
	prefixes []string
}{
	{"words", []string{"state", "table"}},
	{"kept", []string{"record"}},
	{"asked", []string{"command", "facts"}},
	{"history", []string{"replay"}},
	{"judged", []string{"guard"}},
	{"decided", []string{"decide", "apply", "buyers", "compare", "calendar", "available", "plan", "progress", "diagram"}},
	{"ports", []string{"port"}},
	{"done", []string{"manager", "move"}},
}

func layerOf(file string) int {
	name := strings.TrimSuffix(filepath.Base(file), ".go")
	prefix, _, _ := strings.Cut(name, "_")
	return slices.IndexFunc(layers, func(l struct {
		name     string
		prefixes []string
	}) bool {
		return slices.Contains(l.prefixes, prefix)
	})
}

// Data flows one way: no file uses what a later layer declares, and nothing before
// the ports does I/O, reads a clock, or knows a context.
func TestLayers(t *testing.T) {
	t.Parallel()
	set := token.NewFileSet()
	packages, err := parser.ParseDir(set, ".", func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0)
	require.NoError(t, err)
	var files []*ast.File
	for _, file := range packages["lifecycle"].Files {
		files = append(files, file)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: importer.ForCompiler(set, "source", nil)}
	own, err := conf.Check("github.com/shelflife-go/shelflife/lifecycle", set, files, info)
	require.NoError(t, err)

	ports := slices.IndexFunc(layers, func(l struct {
		name     string
		prefixes []string
	}) bool {
		return l.name == "ports"
	})
	type arrow struct{ from, to string }
	arrows, upward := map[arrow]bool{}, map[arrow]string{}
	for id, object := range info.Uses {
		from := set.Position(id.Pos()).Filename
		layer := layerOf(from)
		require.GreaterOrEqual(t, layer, 0, "%s is in no layer", from)
		if object.Pkg() == own && object.Pos().IsValid() {
			to := set.Position(object.Pos()).Filename
			if to == from {
				continue
			}
			arrows[arrow{from, to}] = true
			if layerOf(to) > layer {
				upward[arrow{from, to}] = object.Name()
			}
			continue
		}
		if layer < ports && object.Pkg() != nil {
			full := object.Pkg().Path() + "." + object.Name()
			machine := filepath.Base(from) == "table.go" && full == "context.Background" // looplab wants one
			for _, refused := range []string{"time.Now", "time.Sleep", "time.Since"} {
				assert.NotEqual(t, refused, full, "%s reads the clock", from)
			}
			if !machine && filepath.Base(from) != "table.go" {
				assert.NotEqual(t, "context", object.Pkg().Path(), "%s knows a context", from)
			}
			for _, refused := range []string{"log/slog", "net/http", "os"} {
				assert.NotEqual(t, refused, object.Pkg().Path(), "%s does I/O", from)
			}
		}
	}
	for a, name := range upward {
		t.Errorf("%s uses %s of %s, which is a later layer", a.from, name, a.to)
	}
	cyclic := 0
	for _, file := range files {
		name := set.Position(file.Pos()).Filename
		if reaches(arrows, name, name, map[string]bool{}, func(a arrow) (string, string) { return a.from, a.to }) {
			cyclic++
		}
	}
	t.Logf("%d files, %d arrows between them, %d to a later layer, %d files in cycles, each within its layer", len(files), len(arrows), len(upward), cyclic)
}

// reaches reports whether arrows lead from a file to the target.
func reaches[A comparable](arrows map[A]bool, from, target string, seen map[string]bool, ends func(A) (string, string)) bool {
	for a := range arrows {
		start, end := ends(a)
		if start != from || seen[end] {
			continue
		}
		if end == target {
			return true
		}
		seen[end] = true
		if reaches(arrows, end, target, seen, ends) {
			return true
		}
	}
	return false
}
