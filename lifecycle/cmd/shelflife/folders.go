package main

import (
	"cmp"
	"fmt"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// findAll returns the folders of listings in the folders and below, each once. A folder
// without any stands for itself: reading it says why.
func findAll(dirs []string) (all []string) {
	if len(dirs) == 0 {
		dirs = []string{"."}
	}
	seen := map[string]bool{}
	for _, dir := range dirs {
		found, err := folder.Find(dir)
		if err != nil {
			found = []string{dir}
		}
		for _, each := range found {
			if key := folder.Identity(each); !seen[key] {
				seen[key] = true
				all = append(all, each)
			}
		}
	}
	return all
}

// ruleOneFolder is about the folders that one command is given.
var ruleOneFolder = rule.Rule{ID: "name.one-folder", Severity: rule.Must,
	Statement: "of the folders that a command is given, each has a listing of its own",
	Remedy:    "give one of the two another name, or leave it out",
	Sources:   rule.Sources{Judgement: "a listing is known by its name: each folder would undo what the other did"}}

// named is the name of a listing, where a folder has it.
type named struct {
	name   string
	seller listing.AccountID
	at     folder.Place
}

// nameOf returns the name of a folder, which may be nil.
func (t *tool) nameOf(f *folder.Folder) named {
	if f == nil {
		return named{}
	}
	seller := cmp.Or(listing.AccountID(t.open.Seller), f.Seller)
	if seller == "" && t.open.Simulate {
		seller = simulatedSeller
	}
	return named{f.Name, seller, f.Place("name")}
}

// sameNames returns what is wrong with names that several folders have, by their indexes.
func sameNames(all []named) map[int]report.Finding {
	type key struct {
		name   string
		seller listing.AccountID
	}
	first, found := map[key]int{}, map[int]report.Finding{}
	tell := func(i, other int) {
		found[i] = report.Finding{Place: all[i].at, Rule: ruleOneFolder, ID: ruleOneFolder.ID, Path: "name",
			Problem: fmt.Sprintf("%q is the name of %s, too", rule.Shorten(all[i].name), all[other].at), Remedy: ruleOneFolder.Remedy}
	}
	for i, n := range all {
		k := key{n.name, n.seller}
		before, known := first[k]
		switch {
		case n.name == "":
		case !known:
			first[k] = i
		default:
			tell(i, before)
			if _, told := found[before]; !told {
				tell(before, i)
			}
		}
	}
	return found
}
