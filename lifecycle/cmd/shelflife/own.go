package main

import (
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// ruleSeller is about a member that only folders have.
var ruleSeller = rule.Rule{ID: "seller.account", Severity: rule.Must,
	Statement: "the seller of a folder is the id of an AWS account",
	Remedy:    "give the twelve digits of an AWS account",
	Sources:   rule.Sources{Judgement: "whose listing it is decides where it is kept"}}

// own are the rules of the members that only folders have.
var own = []rule.Check[*folder.Folder]{
	{Rule: ruleSeller, Find: func(f *folder.Folder, r *rule.Report) {
		if a := f.Seller; a != "" && !a.Valid() {
			r.BrokenRemedy("seller", a.Remedy(), "%q is not a twelve-digit account id", rule.Shorten(string(a)))
		}
	}},
	{Rule: lifecycle.RuleTesters, Find: func(f *folder.Folder, r *rule.Report) {
		if !r.Count("testers", len(f.Testers), 0, 100) {
			return
		}
		for i, a := range f.Testers {
			if !a.Valid() {
				at := r.In("testers", i)
				at.BrokenRemedy("", a.Remedy(), "%q is not a twelve-digit account id", rule.Shorten(string(a)))
			}
		}
		rule.Unique(r, "testers", f.Testers)
	}},
}

// checkOwn checks the members that only folders have.
func checkOwn(f *folder.Folder) rule.Findings {
	return rule.Join(rule.Run(f, own), lifecycle.CheckName(f.Name))
}
