package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// fault is one change to one place in the code.
type fault struct {
	// id is what switches it on; it counts from 1.
	id int
	// file is relative to the root of the module.
	file string
	// where is the rule or function that it is in, and what the change in words.
	where, what string
	// nth tells faults of the same description apart, in the order of the file.
	nth int
	// start and end delimit the bytes that it changes.
	start, end int
	// wrap returns code that does what inner does unless the fault is switched
	// on. It is nil for a constant, which cannot be switched: text replaces it.
	wrap func(id int, inner string) string
	text string
}

// name identifies the fault as long as the code around it keeps its words.
func (f fault) name() string {
	name := fmt.Sprintf("%s %s: %s", f.file, f.where, f.what)
	if f.nth > 1 {
		name += fmt.Sprintf(" (%d)", f.nth)
	}
	return name
}

// judges are the files that judge listings, and those that say to users and
// programs what became of theirs.
var judges = []string{
	"version/check.go", "version/patterns.go", "version/arn.go", "version/account.go",
	"pricing/check.go", "pricing/usd.go", "pricing/dimension.go", "pricing/metering/metering.go", "pricing/eula.go",
	"listing/check.go", "listing/check_text.go", "listing/placeholder.go", "listing/check_change.go", "listing/logo.go",
	"listing/rule/text.go", "listing/rule/address.go", "listing/rule/read.go",
	"lifecycle/guard*.go", "lifecycle/decide.go", "lifecycle/apply*.go", "lifecycle/replay*.go",
	"lifecycle/record_delta.go", "lifecycle/record_rise.go", "lifecycle/calendar.go", "lifecycle/buyers.go", "lifecycle/compare*.go",
	"lifecycle/record_own.go", "lifecycle/record_answer.go", "lifecycle/facts*.go", "lifecycle/port_judge*.go", "lifecycle/manager_operation.go",
	"lifecycle/problem/*.go", "lifecycle/telemetry/*.go", "lifecycle/console/*.go",
	"lifecycle/cmd/shelflife/internal/report/*.go", "lifecycle/cmd/shelflife/internal/folder/*.go",
}

// findFaults returns every fault that can be made, in the order of the files.
func findFaults() ([]fault, error) {
	var all []fault
	for _, pattern := range judges {
		files, err := filepath.Glob(pattern)
		if err != nil {
			return nil, err
		}
		files = slices.DeleteFunc(files, func(file string) bool { return strings.HasSuffix(file, "_test.go") })
		if len(files) == 0 {
			return nil, fmt.Errorf("%s: no such file; run it in the root of the module", pattern)
		}
		for _, file := range files {
			found, err := faultsOf(filepath.ToSlash(file))
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
	}
	for i := range all {
		all[i].id = i + 1
	}
	return all, nil
}

func faultsOf(file string) ([]fault, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, file, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f := &finder{file: file, source: source, base: fset.File(tree.Pos()).Base()}
	ast.Inspect(tree, func(n ast.Node) bool {
		if n == nil {
			f.above = f.above[:len(f.above)-1]
			return true
		}
		f.visit(n)
		f.above = append(f.above, n)
		return true
	})
	slices.SortStableFunc(f.found, func(a, b fault) int { return a.start - b.start })
	seen := map[string]int{}
	for i := range f.found {
		name := f.found[i].name()
		seen[name]++
		f.found[i].nth = seen[name]
	}
	return f.found, nil
}

// finder collects the faults of one file.
type finder struct {
	file   string
	source []byte
	base   int
	// above are the nodes around the one that is visited, outermost first.
	above []ast.Node
	// rule is the last rule seen, for the next one to be taken for.
	rule  string
	found []fault
}

func (f *finder) parent() ast.Node { return f.around(1) }

// around is the n-th node around the one that is visited, or nil.
func (f *finder) around(n int) ast.Node {
	if n > len(f.above) {
		return nil
	}
	return f.above[len(f.above)-n]
}

func (f *finder) offset(p token.Pos) int { return int(p) - f.base }

func (f *finder) code(n ast.Node) string {
	return string(f.source[f.offset(n.Pos()):f.offset(n.End())])
}

func (f *finder) add(n ast.Node, what string, wrap func(id int, inner string) string) *fault {
	f.found = append(f.found, fault{file: f.file, where: f.where(), what: what,
		start: f.offset(n.Pos()), end: f.offset(n.End()), wrap: wrap})
	return &f.found[len(f.found)-1]
}

// where is the innermost rule around the visited node, or else the function or
// variable.
func (f *finder) where() string {
	for _, n := range slices.Backward(f.above) {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if r := ruleOf(n); r != nil {
				return f.code(r)
			}
		case *ast.FuncDecl:
			return n.Name.Name
		case *ast.ValueSpec:
			return n.Names[0].Name
		}
	}
	return path.Base(f.file)
}

// ruleOf returns what an entry of a table of checks or guards is the rule of.
func ruleOf(l *ast.CompositeLit) ast.Expr {
	for _, e := range l.Elts {
		pair, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if key, ok := pair.Key.(*ast.Ident); ok && (key.Name == "Rule" || key.Name == "state") {
			return pair.Value
		}
	}
	return nil
}

// short is source text on one line, without the middle when it is long.
func short(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 110 {
		return string(runes[:70]) + " … " + string(runes[len(runes)-36:])
	}
	return text
}
