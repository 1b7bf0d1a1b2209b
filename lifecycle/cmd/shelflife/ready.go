package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing/document"
)

// obstacle is one thing that stands in the way, or may.
type obstacle struct {
	// Layer is what it is about, such as "seller".
	Layer string `json:"layer"`
	report.Finding

	code int
}

// readiness is everything that stands in the way of one listing.
type readiness struct {
	Folder  string          `json:"folder"`
	File    string          `json:"file"`
	Name    string          `json:"name,omitempty"`
	State   lifecycle.State `json:"state,omitempty"`
	Verdict string          `json:"verdict"`
	// Simulated says that credentials, permissions, access roles and files were not
	// asked for, because a simulated marketplace has none.
	Simulated  bool       `json:"simulated,omitempty"`
	Problems   []obstacle `json:"problems,omitempty"`
	NotChecked []obstacle `json:"notChecked,omitempty"`
	Advice     []obstacle `json:"advice,omitempty"`
}

func (out *readiness) problem(layer string, f report.Finding, code int) {
	out.Problems = appendNew(out.Problems, obstacle{layer, f, code})
}

func (out *readiness) unknown(layer string, f report.Finding, code int) {
	out.NotChecked = appendNew(out.NotChecked, obstacle{layer, f, code})
}

// appendNew adds what is not there yet.
func appendNew(all []obstacle, o obstacle) []obstacle {
	if slices.ContainsFunc(all, func(have obstacle) bool { return have.ID == o.ID && have.Path == o.Path && have.Problem == o.Problem }) {
		return all
	}
	return append(all, o)
}

const (
	isReady   = "ready"
	notReady  = "not ready"
	isUnknown = "unknown"
)

// verdictOf returns the verdict on what was found.
func verdictOf(problems, notChecked int) string {
	switch {
	case problems > 0:
		return notReady
	case notChecked > 0:
		return isUnknown
	}
	return isReady
}

func (t *tool) readyCommand() *cobra.Command {
	var until, profile string
	c := &cobra.Command{
		Use:   "ready [folder…]",
		Short: "Say everything that stands in the way of the next steps, in one verdict",
		Long: "Ready asks everything at once that \"shelflife apply\" will depend on: the rules of the\n" +
			"document, the store, the credentials, the seller and its verification, permissions,\n" +
			"access roles, SageMaker resources, logo and EULA, prices and what is locked. What is\n" +
			"wrong in one place hides nothing of another; what could not be asked is named with\n" +
			"the reason. Nothing is changed and nothing is sent.\n\n" +
			"AWS has no call that tells whether an account is a registered seller: say what you\n" +
			"know with --seller-profile. A simulated marketplace has no credentials, permissions,\n" +
			"access roles and files.\n\n" +
			"It exits with\n\n" +
			"  0  ready\n" +
			"  1  a rule is broken: change the folder, the resource or the file\n" +
			"  2  a document or the store cannot be read\n" +
			"  6  nothing is wrong, but something could not be asked now\n" +
			"  7  a person must help: credentials, seller, permissions or access roles, even if\n" +
			"     rules are broken besides\n\n" + untilHelp,
		RunE: func(c *cobra.Command, dirs []string) error {
			p, err := profileOf(profile)
			if err != nil {
				return err
			}
			t.open.Profile = p
			return t.ready(c.Context(), dirs, until)
		},
	}
	t.storeFlags(c)
	untilFlag(c, &until)
	c.Flags().StringVar(&profile, "seller-profile", os.Getenv("SHELFLIFE_SELLER_PROFILE"), "what you know of the seller, as registered=yes,profile=yes,tax-and-bank=no; else $SHELFLIFE_SELLER_PROFILE")
	return c
}

// profileOf reads what is known of a seller.
func profileOf(text string) (*lifecycle.SellerProfile, error) {
	if text == "" {
		return nil, nil
	}
	p := new(lifecycle.SellerProfile)
	fields := map[string]*lifecycle.Answer{"registered": &p.Registered, "profile": &p.ProfileComplete, "tax-and-bank": &p.TaxAndBank}
	answers := map[string]lifecycle.Answer{"yes": lifecycle.Yes, "no": lifecycle.No, "unknown": lifecycle.Unknown}
	for each := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(each), "=")
		field, answer := fields[name], answers[value]
		if _, known := answers[value]; field == nil || !known {
			return nil, usageError{fmt.Errorf("--seller-profile %q: give registered, profile or tax-and-bank, with =yes, =no or =unknown, and commas between them", text)}
		}
		*field = answer
	}
	return p, nil
}

func (t *tool) ready(ctx context.Context, dirs []string, until string) error {
	all, err := findAll(dirs)
	if err != nil {
		return err
	}
	out := struct {
		Verdict    string      `json:"verdict"`
		Problems   int         `json:"problems"`
		NotChecked int         `json:"notChecked"`
		Listings   []readiness `json:"listings"`
	}{Listings: []readiness{}}
	codes := map[int]bool{}
	for _, dir := range all {
		one := t.readyOne(ctx, dir, until)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		one.Verdict = verdictOf(len(one.Problems), len(one.NotChecked))
		out.Problems += len(one.Problems)
		out.NotChecked += len(one.NotChecked)
		for _, o := range one.Problems {
			codes[o.code] = true
		}
		out.Listings = append(out.Listings, one)
	}
	out.Verdict = verdictOf(out.Problems, out.NotChecked)
	if out.Problems == 0 {
		for _, one := range out.Listings {
			for _, o := range one.NotChecked {
				codes[o.code] = true
			}
		}
	}
	if t.json {
		err = report.WriteJSON(t.out, out)
	} else {
		for _, one := range out.Listings {
			t.readyText(one, len(out.Listings) > 1)
		}
		_, err = fmt.Fprintln(t.out, verdictLine(out.Verdict, out.Problems, out.NotChecked))
	}
	if err != nil {
		return err
	}
	for _, code := range []int{codeUsage, codePerson, codeRules, codeLater} {
		if codes[code] {
			return exitError{code: code}
		}
	}
	if out.Verdict != isReady {
		return exitError{code: codeUsage}
	}
	return nil
}

// verdictLine is the last line.
func verdictLine(verdict string, problems, notChecked int) string {
	count := func(n int, what, many string) string {
		if n == 1 {
			return "1 " + what
		}
		return fmt.Sprintf("%d %s", n, many)
	}
	switch verdict {
	case notReady:
		text := verdict + ": " + count(problems, "problem", "problems")
		if notChecked > 0 {
			text += ", " + count(notChecked, "not checked", "not checked")
		}
		return text
	case isUnknown:
		return verdict + ": " + count(notChecked, "not checked", "not checked")
	}
	return verdict
}

// readyText writes what was found of one listing, a heading for each layer.
func (t *tool) readyText(one readiness, named bool) {
	indent := ""
	if named {
		fmt.Fprintf(t.out, "%s: %s\n", document.Printable(one.Folder), verdictLine(one.Verdict, len(one.Problems), len(one.NotChecked)))
		indent = "  "
	}
	for _, layer := range layers {
		heading := false
		write := func(all []obstacle, what string) {
			for _, o := range all {
				if o.Layer != layer {
					continue
				}
				if !heading {
					fmt.Fprintf(t.out, "%s%s\n", indent, layer)
					heading = true
				}
				place := ""
				if o.File != "" && o.Path != "" {
					place = o.Place.String() + ": "
				}
				fmt.Fprintf(t.out, "%s  %s%s: %s [%s]\n", indent, place, what, o.Finding, o.ID)
			}
		}
		write(one.Problems, "problem")
		write(one.NotChecked, "not checked")
		if t.verbose {
			write(one.Advice, "advice")
		}
	}
	if t.verbose && one.Simulated {
		fmt.Fprintf(t.out, "%snot asked: credentials, permissions, access roles and files, which a simulated marketplace has not\n", indent)
	}
}
