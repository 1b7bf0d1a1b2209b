package main

import (
	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
)

func (t *tool) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Write the JSON Schema of listing.yaml, for editors",
		Long: "Schema writes a JSON Schema with which an editor completes and checks listing.yaml:\n\n" +
			"  shelflife schema > listing.schema.json\n\n" +
			"and as the first line of listing.yaml:\n\n" +
			"  # yaml-language-server: $schema=../listing.schema.json\n\n" +
			"A document in JSON names it with \"$schema\".",
		Args: usage(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return report.WriteJSON(t.out, folder.Schema()) },
	}
}
