package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// variable names the fault that is switched on to a test that was built with
// all of them.
const variable = "SHELFLIFE_MUTANT"

// trace names the file to which such a test adds the number of each fault whose
// place it comes by.
const trace = "SHELFLIFE_MUTANT_TRACE"

// switches is the code that a package needs for its faults to be switched on.
const switches = `package %s

import (
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
)

var (
	mutantOn, _ = strconv.Atoi(os.Getenv("` + variable + `"))
	mutantTrace = os.Getenv("` + trace + `")
	mutantSeen  [1 << 16]atomic.Bool // no allocation, as some tests count them
)

func mutant(id int) bool {
	if mutantTrace != "" {
		mutantNote(id)
	}
	return id == mutantOn
}

func mutantNote(id int) {
	if mutantSeen[id].Swap(true) {
		return
	}
	f, err := os.OpenFile(mutantTrace, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	if _, err := fmt.Fprintln(f, id); err != nil {
		panic(err)
	}
}

func mutantOr[T any](id int, mutated, original T) T {
	if mutant(id) {
		return mutated
	}
	return original
}

func mutantWithout[T any](id, i int, all []T) []T {
	if mutant(id) {
		return append(append([]T(nil), all[:i]...), all[i+1:]...)
	}
	return all
}
`

// writeOverlay writes, into dir, the overlay of a build that has all the
// faults, each with a switch, and returns its path. A constant has none and is
// left as it is.
func writeOverlay(root, dir string, all []fault) (string, error) {
	byFile := map[string][]fault{}
	for _, f := range all {
		if f.wrap != nil {
			byFile[f.file] = append(byFile[f.file], f)
		}
	}
	replace := map[string]string{}
	write := func(file, text string) error {
		changed := filepath.Join(dir, fmt.Sprintf("%d.go", len(replace)))
		replace[filepath.Join(root, file)] = changed
		return os.WriteFile(changed, []byte(text), 0o600)
	}
	for file, faults := range byFile {
		source, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			return "", err
		}
		if err := write(file, switched(source, faults)); err != nil {
			return "", err
		}
		helper := path.Join(path.Dir(file), "mutant_switches.go")
		if replace[filepath.Join(root, helper)] != "" {
			continue
		}
		if err := write(helper, fmt.Sprintf(switches, path.Base(path.Dir(file)))); err != nil {
			return "", err
		}
	}
	return writeReplacements(dir, replace)
}

// writeConstant writes the overlay of a build that has one fault for good.
func writeConstant(root, dir string, f fault) (string, error) {
	source, err := os.ReadFile(filepath.Join(root, f.file))
	if err != nil {
		return "", err
	}
	changed := filepath.Join(dir, "constant.go")
	text := string(source[:f.start]) + f.text + string(source[f.end:])
	if err := os.WriteFile(changed, []byte(text), 0o600); err != nil {
		return "", err
	}
	return writeReplacements(dir, map[string]string{filepath.Join(root, f.file): changed})
}

func writeReplacements(dir string, replace map[string]string) (string, error) {
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, data, 0o600)
}

// switched is the source with all faults built in. They nest as the code does.
func switched(source []byte, all []fault) string {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b fault) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	return between(source, 0, len(source), all)
}

// between renders the bytes from start to end with the faults in them.
func between(source []byte, start, end int, all []fault) string {
	var b strings.Builder
	for len(all) > 0 {
		outer := all[0]
		here := 1
		for here < len(all) && all[here].start == outer.start && all[here].end == outer.end {
			here++
		}
		within := here
		for within < len(all) && all[within].start < outer.end {
			within++
		}
		text := between(source, outer.start, outer.end, all[here:within])
		for _, f := range all[:here] {
			text = f.wrap(f.id, text)
		}
		b.Write(source[start:outer.start])
		b.WriteString(text)
		start, all = outer.end, all[within:]
	}
	b.Write(source[start:end])
	return b.String()
}
