package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/preflight"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// The layers of what a listing needs, in the order in which they are written.
const (
	layerDocument    = "document"
	layerStore       = "store"
	layerCredentials = "credentials"
	layerSeller      = "seller"
	layerPermissions = "permissions"
	layerRoles       = "access roles"
	layerResources   = "resources"
	layerAssets      = "assets"
	layerPrices      = "prices"
	layerLocks       = "locks"
	layerRequests    = "requests"
)

var layers = []string{layerDocument, layerStore, layerCredentials, layerSeller, layerPermissions, layerRoles, layerResources, layerAssets, layerPrices, layerLocks, layerRequests}

// readyOne finds everything that stands in the way of the listing in a folder. What
// is at fault in one layer hides nothing of another.
func (t *tool) readyOne(ctx context.Context, dir, until string) (out readiness) {
	out = readiness{Folder: dir, File: dir, plainly: t.plainly}
	f, err := folder.Read(dir)
	if f != nil {
		out.File, out.Name, out.folder = f.File, f.Name, f
	}
	if err != nil {
		found := unreadable(dir, f, err)
		out.File = found.File
		for _, each := range slices.Concat(found.Faults, found.Violations) {
			code := codeRules
			if each.ID == report.Unreadable {
				code = codeUsage
			}
			out.Problems = append(out.Problems, obstacle{Layer: layerDocument, Finding: each, code: code})
		}
		if f == nil {
			return out
		}
	} else {
		out.broken(f, rule.Join(checkOwn(f), listing.Check(f.Listing)), func(rule.Violation) string { return layerDocument })
	}
	j := &job{tool: t, folder: f, name: f.Name}
	if err := t.opened(ctx, j); err != nil {
		if out.failed(t, layerStore, err); slices.ContainsFunc(out.Problems, func(o obstacle) bool { return o.ID == ruleSeller.ID }) {
			out.Problems = slices.DeleteFunc(out.Problems, func(o obstacle) bool { return o.Layer == layerStore }) // which is due to it
		}
		return out
	}
	defer func() {
		if err := j.Close(); err != nil {
			out.failed(t, layerStore, err)
		}
	}()
	j.names = nil
	j.id = j.idOf(j.name)
	r, want, wrong := j.desired(ctx, until)
	if wrong != nil {
		out.failed(t, layerStore, wrong)
		return out
	}
	out.State = r.State
	wanted := r
	wanted.Draft = want.Listing
	in := lifecycle.Input{At: j.Clock.Now(), Facts: j.Manager.Facts(ctx, wanted, lifecycle.Submit{})}
	ahead, found := lifecycle.ExplainSteps(r, want, in)
	if err != nil { // the document as a whole is not known
		ahead, found = nil, rule.Findings{}
	} else {
		out.ended(lifecycle.Repeats(r, want))
	}
	checks, asked := j.preflight(ctx, r, want.Listing, ahead, &out)
	out.Simulated = !asked
	out.found(found)
	out.found(j.seller(want.Listing, in))
	out.checked(in.Facts.Denial, checks)
	out.settle()
	return out
}

// ended takes the latest request that apply asks for again only when it is told to; nil
// is none.
func (out *readiness) ended(o *lifecycle.Outcome) {
	if o == nil {
		return
	}
	ended := map[lifecycle.Result]string{lifecycle.Failed: "failed", lifecycle.Cancelled: "was cancelled"}[o.Result]
	said := fmt.Sprintf("the request to %s %s at %s", o.Kind, ended, stamp(o.RecordedAt))
	if len(o.Problems) == 0 {
		out.problem(obstacle{Layer: layerRequests, code: codeRules, Finding: report.Finding{ID: "request." + string(o.Result), Problem: said, Remedy: "apply with --retry to ask for it again"}})
	}
	for _, p := range o.Problems {
		f, code := report.Finding{ID: p.Code, Path: p.Path, Problem: said + ": " + p.String(), Remedy: remedyOf(&lifecycle.RequestError{})}, codeRules
		if p.Path != "" {
			f.Place = out.folder.Place(p.Path)
		}
		if p.Code == "OUTCOME_UNKNOWN" {
			f.Remedy, code = remedyOf(lifecycle.ErrForgotten)+", or apply with --retry if AWS has nothing of it", codePerson
		}
		out.problem(obstacle{Layer: layerRequests, Finding: f, code: code})
	}
}

// seller judges what depends on the seller and the caller alone.
func (j *job) seller(l listing.Listing, in lifecycle.Input) (found rule.Findings) {
	all := lifecycle.Explain(lifecycle.Record{ID: j.id, Seller: j.Manager.Seller(), State: lifecycle.Draft, Draft: l}, lifecycle.Submit{}, in)
	for _, v := range all.Violations {
		if aboutSeller(v.Rule) {
			found.Violations = append(found.Violations, v)
		}
	}
	for _, g := range all.NotChecked {
		if aboutSeller(g.Rule) {
			found.NotChecked = append(found.NotChecked, g)
		}
	}
	return found
}

func aboutSeller(r rule.Rule) bool {
	return slices.Contains([]string{lifecycle.RuleSellerRegistered.ID, lifecycle.RuleSellerProfile.ID, lifecycle.RuleSellerTaxAndBank.ID, lifecycle.RuleMarketplacePermission.ID}, r.ID)
}

// preflight asks AWS about credentials, permissions and roles for the commands that
// are ahead, and reports whether it could be asked: a simulated marketplace has none.
func (j *job) preflight(ctx context.Context, r lifecycle.Record, l listing.Listing, ahead []lifecycle.Event, out *readiness) (preflight.Report, bool) {
	if j.AWS == nil {
		return preflight.Report{}, false
	}
	l = l.Clone()
	for i, v := range l.Versions { // it checks those that are to be added
		if r.Published != nil {
			if _, published := r.Published.Listing.Version(v.Number); published {
				l.Versions[i].Status = version.Restricted
			}
		}
	}
	in := preflight.Input{Listing: l, Commands: ahead, Seller: j.Manager.Seller(), Assets: noAssets{}}
	if r.Entities.Product != "" {
		in.Products = []string{r.Entities.Product}
	}
	if r.Entities.Offer != "" {
		in.Offers = []string{r.Entities.Offer}
	}
	found, err := preflight.New(*j.AWS).Run(ctx, in)
	if err != nil {
		out.unknown(layerPermissions, report.Finding{ID: "permissions"}, "what the credentials may do", j.message(err), codeOf(err))
	}
	return found, true
}

// noAssets keeps preflight from fetching the files, which the facts have already.
type noAssets struct{}

// Fetch returns lifecycle.ErrUnavailable.
func (noAssets) Fetch(context.Context, string, int64) ([]byte, error) {
	return nil, lifecycle.ErrUnavailable
}

// found takes what the rules of a listing's life found.
func (out *readiness) found(found rule.Findings) {
	out.broken(out.folder, found, layerOf)
	for _, g := range found.NotChecked {
		in := layerOf(rule.Violation{Rule: g.Rule, Path: g.Path})
		if in == layerPermissions && !out.Simulated || g.Why == "" && out.Simulated || g.Rule.ID == lifecycle.RuleMarketplacePermission.ID {
			continue // the checks of permissions say more; a simulated marketplace has no such thing
		}
		layer, remedy, code := in, "run it again", codeLater
		if layer == layerSeller {
			remedy, code = "say what you know of the account with --seller-profile", codePerson
		}
		out.unknown(layer, report.Finding{Place: out.folder.Place(g.Path), Rule: g.Rule, ID: g.Rule.ID, Path: g.Path, Remedy: remedy}, g.Missing, g.Why, code)
	}
}

// broken takes broken rules, each once. A text that is still to be written is among them:
// the marketplace would take it, and sell it.
func (out *readiness) broken(f *folder.Folder, found rule.Findings, layer func(rule.Violation) string) {
	all := report.Of(f, found.Refuse(listing.RuleNoPlaceholders))
	for _, each := range all.Violations {
		if each.ID == listing.RuleNoPlaceholders.ID && slices.ContainsFunc(all.Violations, func(v report.Finding) bool { return v.Path == each.Path && v.ID != each.ID }) {
			continue // it is told already what belongs there
		}
		in := layer(rule.Violation{Rule: each.Rule, Path: each.Path, Problem: each.Problem, Remedy: each.Remedy})
		out.problem(obstacle{Layer: in, Finding: each, code: codeOfLayer(in)})
	}
	for _, each := range all.Advice {
		out.Advice = appendNew(out.Advice, obstacle{Layer: layer(rule.Violation{Rule: each.Rule, Path: each.Path}), Finding: each})
	}
}

// layerOf returns the layer of a rule of a listing's life.
func layerOf(v rule.Violation) string {
	is := func(rules ...rule.Rule) bool {
		return slices.ContainsFunc(rules, func(r rule.Rule) bool { return r.ID == v.Rule.ID })
	}
	switch {
	case is(lifecycle.RuleSellerRegistered, lifecycle.RuleSellerProfile, lifecycle.RuleSellerTaxAndBank):
		return layerSeller
	case is(lifecycle.RuleMarketplacePermission):
		return layerPermissions
	case is(lifecycle.RuleDescribeModelPackage, lifecycle.RuleDescribeAlgorithm):
		return layerPermissions
	case is(lifecycle.RuleOwnsResource), strings.HasPrefix(v.Rule.ID, "resource."), strings.HasPrefix(v.Rule.ID, "version.recommended"):
		return layerResources
	case is(listing.RuleLogo, listing.RuleLogoShape, pricing.RuleEULAPlainText):
		return layerAssets
	case is(lifecycle.RuleEveryInstancePriced, lifecycle.RuleRatesStay, lifecycle.RuleModelStays, lifecycle.RuleRiseAlone, lifecycle.RuleRiseEvery120Days, lifecycle.RuleAddBeforeRaising):
		return layerPrices
	case is(lifecycle.RulePrivateStaysPrivate, lifecycle.RulePublicStaysPublic, lifecycle.RuleRegionsLocked, lifecycle.RuleNumberLocked, lifecycle.RuleResourceLocked,
		lifecycle.RuleOneRequest, lifecycle.RuleEdit, lifecycle.RuleUpdate, lifecycle.RuleVersionEditable, lifecycle.RuleRestrictLiveOnly, lifecycle.RuleLastUnrestricted):
		return layerLocks
	}
	return layerDocument
}

func codeOfLayer(layer string) int {
	switch layer {
	case layerSeller, layerCredentials, layerPermissions, layerRoles:
		return codePerson
	}
	return codeRules
}

// checked takes the checks of AWS. Of what has one cause, one is left.
func (out *readiness) checked(denial lifecycle.Denial, all preflight.Report) {
	credentials := false // are not valid, which is said once
	for _, c := range all.Who {
		out.check(layerCredentials, "credentials", c)
		credentials = credentials || c.Denial == lifecycle.DenialCredentials
	}
	out.caller(denial, credentials)
	denied := slices.ContainsFunc(out.Problems, func(o obstacle) bool {
		return o.ID == lifecycle.RuleDescribeModelPackage.ID || o.ID == lifecycle.RuleDescribeAlgorithm.ID
	})
	for _, c := range all.Permissions {
		switch {
		case c.Denial != "" && (c.Denial == lifecycle.DenialSeller || credentials):
			c.Answer, c.Problem, c.Remedy = lifecycle.Unknown, "AWS answers nothing before that is put right", ""
		case denied && strings.HasPrefix(c.What, "sagemaker:Describe"):
			continue
		}
		out.check(layerPermissions, "permissions", c)
	}
	for _, c := range all.AccessRoles {
		if slices.ContainsFunc(out.Problems, func(o obstacle) bool { return o.Path == c.Path && o.ID == version.RuleAccessRole.ID }) {
			continue
		}
		if c.Denial == lifecycle.DenialCredentials && credentials {
			c.Problem, c.Remedy = "AWS answers nothing before the credentials are valid", ""
		}
		out.check(layerRoles, "access-role", c)
	}
}

// caller puts the problem that the marketplace has with the caller into the layer
// where it is put right.
func (out *readiness) caller(denial lifecycle.Denial, credentials bool) {
	out.Problems = slices.DeleteFunc(out.Problems, func(o obstacle) bool {
		return o.ID == lifecycle.RuleMarketplacePermission.ID && denial == lifecycle.DenialCredentials && credentials
	})
	for i, o := range out.Problems {
		switch {
		case o.ID != lifecycle.RuleMarketplacePermission.ID:
		case denial == lifecycle.DenialCredentials:
			out.Problems[i].Layer = layerCredentials
		case denial == lifecycle.DenialSeller:
			out.Problems[i].Layer = layerSeller
		}
	}
}

// check takes one check of AWS.
func (out *readiness) check(layer, id string, c preflight.Check) {
	each := report.Finding{ID: id, Path: c.Path, Problem: c.What, Remedy: c.Remedy}
	if c.Path != "" {
		each.Place = out.folder.Place(c.Path)
	}
	switch c.Answer {
	case lifecycle.Yes:
		if each.Problem = c.Warning; c.Warning != "" {
			out.Advice = append(out.Advice, obstacle{Layer: layer, Finding: each})
		}
	case lifecycle.No:
		each.Problem += ": " + c.Problem
		out.problem(obstacle{Layer: layer, Finding: each, code: codePerson, asks: c.What})
	default:
		code := codePerson
		if c.Remedy == "ask again" {
			code = codeLater
		}
		out.unknown(layer, each, c.What, c.Problem, code)
	}
}

// settle leaves out what others say better, and sorts.
func (out *readiness) settle() {
	names := func(o obstacle) bool {
		return o.Layer == layerPermissions && o.ID == "permissions" && strings.HasPrefix(o.Problem, "aws-marketplace:")
	}
	if slices.ContainsFunc(out.Problems, names) {
		out.Problems = slices.DeleteFunc(out.Problems, func(o obstacle) bool {
			return o.ID == lifecycle.RuleMarketplacePermission.ID && o.Layer == layerPermissions
		})
	}
	for i, o := range out.NotChecked {
		out.NotChecked[i].Problem = strings.Join(o.what, ", ")
		if o.reason != "" {
			out.NotChecked[i].Problem += ": " + o.reason
		}
	}
	for _, all := range [][]obstacle{out.Problems, out.NotChecked, out.Advice} {
		slices.SortStableFunc(all, func(a, b obstacle) int {
			return cmp.Compare(slices.Index(layers, a.Layer), slices.Index(layers, b.Layer))
		})
	}
}

// failed takes an error that keeps the rest from being asked.
func (out *readiness) failed(t *tool, layer string, err error) {
	out.problem(obstacle{Layer: layer, Finding: report.Finding{ID: layer, Problem: t.message(err), Remedy: remedyOf(err)}, code: codeOf(err)})
	out.NotChecked = append(out.NotChecked, obstacle{Layer: layer, Finding: report.Finding{ID: layer, Problem: "what stands in the way at AWS", Remedy: "put that right first"}, code: codeOf(err)})
}
