// Command table writes what came of the suite on every store into docs/stores.md.
//
//	go run ./table results ../../docs/stores.md
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle/storetest"
)

const (
	begins = "<!-- the table of the last run -->\n"
	ends   = "<!-- end of the table -->\n"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("give the folder of the results and the page")
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func write(folder, page string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return err
	}
	var all []storetest.Results
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var r storetest.Results
		if err := json.Unmarshal(data, &r); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, r)
	}
	text, err := table(all)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, found := bytes.Cut(data, []byte(begins))
	_, after, ended := bytes.Cut(rest, []byte(ends))
	if !found || !ended {
		return fmt.Errorf("%s has no place for the table", page)
	}
	return os.WriteFile(page, slices.Concat(before, []byte(begins+"\n"+text+"\n"+ends), after), 0o644)
}

// table returns a row for each store, and one for each case that did not pass on all.
func table(all []storetest.Results) (string, error) {
	if len(all) == 0 {
		return "", errors.New("there are no results")
	}
	slices.SortFunc(all, func(a, b storetest.Results) int { return strings.Compare(a.Store, b.Store) })
	var out, left strings.Builder
	out.WriteString("| store | cases | pass | skip | fail |\n|---|---|---|---|---|\n")
	for _, r := range all {
		count := map[storetest.Result]int{}
		for i, c := range r.Cases {
			count[c.Result]++
			if len(r.Cases) != len(all[0].Cases) || c.Name != all[0].Cases[i].Name {
				return "", fmt.Errorf("%s ran other cases than %s", r.Store, all[0].Store)
			}
			if c.Result != storetest.Pass {
				fmt.Fprintf(&left, "- %s, %s: %s %s\n", r.Store, c.Name, c.Result, c.Reason)
			}
		}
		fmt.Fprintf(&out, "| %s | %d | %d | %d | %d |\n", r.Store, len(r.Cases), count[storetest.Pass], count[storetest.Skip], count[storetest.Fail])
	}
	if left.Len() > 0 {
		out.WriteString("\n" + left.String())
	}
	return out.String(), nil
}
