package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

func (t *tool) rulesCommand() *cobra.Command {
	var fixes bool
	c := &cobra.Command{
		Use:   "rules [id…]",
		Short: "List the rules, or explain those with the ids",
		Long: "Rules lists all rules: those of the document, which check has, and those of what a\n" +
			"listing may do. With ids, such as promo.logo, it says how to obey each, and where the\n" +
			"rule comes from. Messages have the id at their end.",
		RunE: func(_ *cobra.Command, ids []string) error {
			if fixes {
				return t.listFixes()
			}
			all := allRules()
			chosen := all
			if len(ids) > 0 {
				chosen = nil
				for _, id := range ids {
					r := rule.Table(all).Get(id)
					if r.ID == "" {
						return usageError{fmt.Errorf("%q is no rule%s: \"shelflife rules\" lists them", id, didYouMean(id, idsOf(all)))}
					}
					chosen = append(chosen, r)
				}
			}
			if t.json {
				return report.WriteJSON(t.out, chosen)
			}
			if len(ids) > 0 {
				for _, r := range chosen {
					fmt.Fprintf(t.out, "%s (%s)\n  %s\n  remedy: %s\n  source: %s\n", r.ID, r.Severity, r.Statement, r.Remedy, r.Sources)
					if r.ID == listing.RuleCategories.ID {
						fmt.Fprintf(t.out, "  known to the simulator, AWS may have more: %s\n", strings.Join(simulator.Categories(), ", "))
					}
				}
				return nil
			}
			w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
			for _, r := range chosen {
				fmt.Fprintf(w, "%s\t%s\t%s\n", r.ID, r.Severity, r.Statement)
			}
			return w.Flush()
		},
	}
	c.Flags().BoolVar(&fixes, "fixes", false, "list what \"check --fix\" corrects instead, and the rules that refuse it")
	return c
}

func idsOf(rules []rule.Rule) (ids []string) {
	for _, r := range rules {
		ids = append(ids, r.ID)
	}
	return ids
}

// allRules returns the rules of documents, then those of what a listing may do.
func allRules() []rule.Rule {
	all := append(listing.Rules(), ruleSeller, ruleOneFolder)
	for _, r := range lifecycle.Rules() {
		if rule.Table(all).Get(r.ID).ID == "" {
			all = append(all, r)
		}
	}
	return all
}
