package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing/document"
)

// obstacle is one thing that stands in the way, or may.
type obstacle struct {
	// Layer is what it is about, such as "seller".
	Layer string `json:"layer"`
	report.Finding

	code int
	// what could not be found out, and why: what has one reason is one line.
	what   []string
	reason string
	// asks is what was asked of the account, such as the name of a permission.
	asks string
}

// same tells what is the same for all listings of a seller, whatever the listing is
// that it was asked for.
func (o obstacle) same() string { return cmp.Or(o.asks, o.ID+o.Problem) }

// accountWide reports what is the same for all listings of a seller.
func (o obstacle) accountWide() bool {
	return (o.Path == "" || o.Path == "seller") && (o.Layer == layerCredentials || o.Layer == layerSeller || o.Layer == layerPermissions)
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

	folder  *folder.Folder
	plainly func(text string) string
}

func (out *readiness) problem(o obstacle) { out.Problems = appendNew(out.Problems, o) }

// unknown takes what could not be found out, and why. The problem of f is written from
// them.
func (out *readiness) unknown(layer string, f report.Finding, what, reason string, code int) {
	reason = out.plainly(reason)
	for i := range out.NotChecked {
		have := &out.NotChecked[i]
		if have.Layer == layer && have.Path == f.Path && have.reason == reason && have.Remedy == f.Remedy {
			if !slices.Contains(have.what, what) {
				have.what = append(have.what, what)
			}
			return
		}
	}
	out.NotChecked = append(out.NotChecked, obstacle{Layer: layer, Finding: f, code: code, what: []string{what}, reason: reason})
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
			"access roles, SageMaker resources, logo and EULA, prices, what is locked, and the\n" +
			"latest request if it did not succeed and nothing was changed since. What is wrong in\n" +
			"one place hides nothing of another; what could not be asked is named with the reason.\n" +
			"Nothing is changed and nothing is sent.\n\n" +
			"AWS has no call that tells whether an account is a registered seller: say what you\n" +
			"know with --seller-profile. A simulated marketplace has no credentials, permissions,\n" +
			"access roles and files.\n\n" +
			"It exits with\n\n" +
			"  0  ready\n" +
			"  1  a rule is broken: change the folder, the resource or the file; or the latest\n" +
			"     request did not succeed\n" +
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
	t.previews(c)
	untilFlag(c, &until)
	c.Flags().StringVar(&profile, "seller-profile", os.Getenv("SHELFLIFE_SELLER_PROFILE"), "what you know of the seller, as `answers`: registered=yes,profile=yes,tax-and-bank=no; else $SHELFLIFE_SELLER_PROFILE")
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
	if _, err := untilOf(until); err != nil {
		return err
	}
	out := struct {
		Verdict    string      `json:"verdict"`
		Problems   int         `json:"problems"`
		NotChecked int         `json:"notChecked"`
		Listings   []readiness `json:"listings"`
	}{Listings: []readiness{}}
	codes, unknown := map[int]bool{}, map[int]bool{}
	said := map[string]bool{} // of the account
	var names []named
	for _, dir := range findAll(dirs) {
		one := t.readyOne(ctx, dir, until)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		out.Listings, names = append(out.Listings, one), append(names, t.nameOf(one.folder))
	}
	same := sameNames(names)
	for i := range out.Listings {
		one := &out.Listings[i]
		if found, is := same[i]; is {
			one.Problems = slices.Insert(one.Problems, 0, obstacle{Layer: layerDocument, Finding: found, code: codeRules})
		}
		one.Verdict = verdictOf(len(one.Problems), len(one.NotChecked))
		out.Problems += count(one.Problems, "problem", said, codes)
		out.NotChecked += count(one.NotChecked, "not checked", said, unknown)
	}
	out.Verdict = verdictOf(out.Problems, out.NotChecked)
	var err error
	if t.json {
		err = report.WriteJSON(t.out, out)
	} else {
		said = map[string]bool{}
		for _, one := range out.Listings {
			t.readyText(one, len(out.Listings) > 1, said)
		}
		_, err = fmt.Fprintln(t.out, verdictLine(out.Verdict, out.Problems, out.NotChecked))
	}
	if err != nil {
		return err
	}
	order := []int{codeUsage, codePerson, codeRules, codeLater}
	if out.Problems == 0 {
		codes, order = unknown, []int{codeUsage, codeLater, codePerson}
	}
	for _, code := range order {
		if codes[code] {
			return exitError{code: code}
		}
	}
	if out.Verdict != isReady {
		return exitError{code: codeUsage}
	}
	return nil
}

// count counts what was found, what is the same for all listings once, and notes the
// exit codes.
func count(all []obstacle, what string, said map[string]bool, codes map[int]bool) (n int) {
	for _, o := range all {
		codes[o.code] = true
		if key := what + o.same(); !o.accountWide() || !said[key] {
			said[key] = true
			n++
		}
	}
	return n
}

// verdictLine is the last line.
func verdictLine(verdict string, problems, notChecked int) string {
	text := verdict
	if problems > 0 {
		text += ": " + several(problems, "problem")
	}
	switch {
	case problems > 0 && notChecked > 0:
		text += fmt.Sprintf(", %d not checked", notChecked)
	case notChecked > 0:
		text += fmt.Sprintf(": %d not checked", notChecked)
	}
	return text
}

// readyText writes what was found of one listing, a heading for each layer.
func (t *tool) readyText(one readiness, named bool, said map[string]bool) {
	indent := ""
	if named {
		fmt.Fprintf(t.out, "%s: %s\n", document.Printable(one.Folder), verdictLine(one.Verdict, len(one.Problems), len(one.NotChecked)))
		indent = "  "
	}
	again := 0
	for _, layer := range layers {
		heading := false
		write := func(all []obstacle, what string) {
			for _, o := range all {
				if o.Layer != layer {
					continue
				}
				key := what + o.same()
				if o.accountWide() && said[key] {
					again++
					continue
				}
				said[key] = true
				if !heading {
					fmt.Fprintf(t.out, "%s%s\n", indent, layer)
					heading = true
				}
				place := ""
				if o.File != "" && (o.Path != "" || o.Layer == layerDocument) {
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
	if again > 0 {
		fmt.Fprintf(t.out, "%sand %d of credentials, seller and permissions, as above\n", indent, again)
	}
	if t.verbose && one.Simulated {
		fmt.Fprintf(t.out, "%snot asked: credentials, permissions, access roles and files, which a simulated marketplace has not\n", indent)
	}
}
