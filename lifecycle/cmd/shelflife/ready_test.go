package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// fault is one thing that is wrong, and how ready names it.
type fault struct {
	name  string
	layer string
	id    string // of the rule, or of the check
	says  string // a part of the problem
	// seed makes the listing; after, which may be nil, does what comes when all are
	// published.
	seed func(c *cloud) (after func())
	// alone is a fault that hides others: it is not seeded together with them.
	alone bool
	// profile is what is said of the seller.
	profile string
}

// named reports whether a problem is that of the fault. The name of one permission can
// begin with that of another.
func (f fault) named(problem string) bool {
	if f.id == "permissions" {
		return strings.HasSuffix(problem, f.says)
	}
	return strings.Contains(problem, f.says)
}

// in seeds a fault of one listing's document.
func in(name string, edits ...string) func(*cloud) func() {
	return func(c *cloud) func() { c.folder(name, edits...); return nil }
}

// of seeds a fault of one listing's model package.
func of(name string, change func(*simulator.ModelPackage)) func(*cloud) func() {
	return func(c *cloud) func() { c.folder(name); c.put(name, change); return nil }
}

// lacks seeds a permission that the caller has not.
func lacks(permission string) func(*cloud) func() {
	return func(c *cloud) func() { return func() { c.denied[permission] = true } }
}

// role seeds a fault of an access role.
func role(name string, change func(c *cloud)) func(*cloud) func() {
	return func(c *cloud) func() {
		c.folder("role-"+strings.ToLower(name), "role/MarketplaceIngestion", "role/"+name)
		c.roles[name] = trustsMarketplace
		change(c)
		return nil
	}
}

// changed seeds a change of a listing that is live already.
func changed(name string, edits ...string) func(*cloud) func() {
	return func(c *cloud) func() {
		dir := c.folder(name, "trialDays: 14", "trialDays: 15")
		c.live(dir)
		c.edit(dir, edits...)
		return nil
	}
}

const (
	batch    = "ml.m5.xlarge.m.i.b: 0.55"
	realTime = "ml.m5.xlarge.m.i.r: 0.65"
	logoURL  = "https://files.example.com/logo.png"
)

var faults = []fault{
	// The document.
	{name: "misspelt key", layer: layerDocument, id: "document.readable", says: "is not a known field", seed: in("key", "trialDays:", "trailDays:")},
	{name: "no title", layer: layerDocument, id: "info.title", says: "is missing", seed: in("title", `title: "Product title"`, `title: ""`)},
	{name: "keyword twice", layer: layerDocument, id: "promo.keywords", says: "repeats", seed: in("keyword", `- "invoice"`, "- invoice\n    - invoice")},
	{name: "unknown Region", layer: layerDocument, id: "regions.chosen", says: "not a known Region", seed: in("region", "regions: all", "regions: [us-esat-1]")},
	{name: "short trial", layer: layerDocument, id: "pricing.trial-days", says: "is 3", seed: in("trial", "trialDays: 14", "trialDays: 3")},
	{name: "odd refund policy", layer: layerDocument, id: "offer.refund-policy", says: "does not accept", seed: in("refund", "no questions asked.", "no questions – asked.")},
	{name: "no EULA", layer: layerDocument, id: "eula.present", says: "neither chooses the standard contract", seed: in("noeula", "standard: true", "standard: false")},
	{name: "no usage", layer: layerDocument, id: "version.usage", says: "is missing", seed: in("usage", "@usage/1.0.md", "")},
	{name: "role with a path", layer: layerDocument, id: "version.access-role", says: "without a path", seed: in("path", "role/Market", "role/service/Market")},

	// The seller and its verification.
	{name: "not registered", layer: layerSeller, id: "seller.registered", says: "is not registered", profile: "registered=no"},
	{name: "profile incomplete", layer: layerSeller, id: "seller.profile-complete", says: "no complete public profile", profile: "profile=no"},
	{name: "tax and bank", layer: layerSeller, id: "seller.tax-and-bank", says: "tax interview", profile: "tax-and-bank=no"},
	{name: "not verified", layer: layerSeller, id: "permission.marketplace", says: "has not verified the seller", seed: func(c *cloud) func() {
		return func() { c.catalog = "Current identity is not KYC compliant." }
	}},

	// The credentials.
	{name: "of another account", alone: true, layer: layerCredentials, id: "credentials", says: "the credentials are those of the seller's account", seed: func(c *cloud) func() {
		c.roles["OtherIngestion"] = trustsMarketplace
		c.folder("other", simulatedSeller, otherSeller, simulatedSeller, otherSeller, simulatedSeller, otherSeller, "role/MarketplaceIngestion", "role/OtherIngestion")
		c.put("other", func(p *simulator.ModelPackage) {
			p.ARN = strings.ReplaceAll(p.ARN, simulatedSeller, otherSeller)
			p.Image = strings.ReplaceAll(p.Image, simulatedSeller, otherSeller)
		})
		return nil
	}},
	{name: "expired", alone: true, layer: layerCredentials, id: "credentials", says: "the credentials are valid", seed: func(c *cloud) func() {
		return func() { c.refused = "ExpiredTokenException" }
	}},

	// What the caller may do.
	{name: "may not release", layer: layerPermissions, id: "permissions", says: "StartChangeSet ReleaseProduct", seed: lacks("aws-marketplace:StartChangeSet ReleaseProduct")},
	{name: "may not create offers", layer: layerPermissions, id: "permissions", says: "StartChangeSet CreateOffer", seed: lacks("aws-marketplace:StartChangeSet CreateOffer")},
	{name: "may not list requests", layer: layerPermissions, id: "permissions", says: "aws-marketplace:ListChangeSets", seed: lacks("aws-marketplace:ListChangeSets")},
	{name: "may not read", layer: layerPermissions, id: "permissions", says: "aws-marketplace:DescribeEntity", seed: lacks("aws-marketplace:DescribeEntity")},
	{name: "may not tag", layer: layerPermissions, id: "permissions", says: "aws-marketplace:TagResource", seed: lacks("aws-marketplace:TagResource")},
	{name: "may not hand over roles", layer: layerPermissions, id: "permissions", says: "iam:PassRole", seed: lacks("iam:PassRole")},
	{name: "may not describe", layer: layerPermissions, id: "permission.describe-model-package", says: "may not be described", seed: func(c *cloud) func() {
		c.folder("hidden")
		return lacks("sagemaker:DescribeModelPackage arn:aws:sagemaker:us-east-2:" + simulatedSeller + ":model-package/hidden")(c)
	}},

	// The access roles.
	{name: "no role", layer: layerRoles, id: "access-role", says: "there is no such role", seed: role("Gone", func(c *cloud) { delete(c.roles, "Gone") })},
	{name: "role trusts another", layer: layerRoles, id: "access-role", says: "does not allow it to the marketplace", seed: role("Astray", func(c *cloud) {
		c.roles["Astray"] = strings.Replace(trustsMarketplace, "assets.marketplace", "sagemaker", 1)
	})},
	{name: "role denies", layer: layerRoles, id: "access-role", says: "denies it to the marketplace", seed: role("Closed", func(c *cloud) {
		c.roles["Closed"] = strings.Replace(trustsMarketplace, "Allow", "Deny", 1)
	})},
	{name: "role may not describe", layer: layerRoles, id: "access-role", says: "may use sagemaker:DescribeModelPackage", seed: role("Blind", func(c *cloud) { c.unable["Blind"] = true })},

	// The SageMaker resources.
	{name: "no resource", layer: layerResources, id: "resource.exists", says: "does not exist", seed: of("missing", func(p *simulator.ModelPackage) { p.Status = "Deleted" })},
	{name: "failed resource", layer: layerResources, id: "resource.exists", says: `"Failed"`, seed: of("failed", func(p *simulator.ModelPackage) { p.Status = "Failed" })},
	{name: "not certified", layer: layerResources, id: "resource.certified", says: "certification", seed: of("plain", func(p *simulator.ModelPackage) { p.CertifyForMarketplace = false })},
	{name: "Region by opt-in", layer: layerResources, id: "resource.publishing-region", says: "me-south-1", seed: func(c *cloud) func() {
		c.folder("far", "sagemaker:us-east-2", "sagemaker:me-south-1")
		c.put("far", func(p *simulator.ModelPackage) {
			p.ARN, p.Image = strings.Replace(p.ARN, "us-east-2", "me-south-1", 1), image("me-south-1")
		})
		return nil
	}},
	{name: "image elsewhere", layer: layerResources, id: "resource.image-region", says: "eu-west-1", seed: of("imageaway", func(p *simulator.ModelPackage) { p.Image = image("eu-west-1") })},
	{name: "image of another", layer: layerResources, id: "seller.owns-resource", says: "not in the seller's registry", seed: of("imageother", func(p *simulator.ModelPackage) {
		p.Image = strings.Replace(p.Image, simulatedSeller, otherSeller, 1)
	})},
	{name: "unsupported instance", layer: layerResources, id: "version.recommended-batch", says: "not supported", seed: in("instance", "batch: ml.m5.xlarge", "batch: ml.c5.xlarge")},
	{name: "unsupported for endpoints", layer: layerResources, id: "version.recommended-realtime", says: "not supported", seed: in("endpoint", "realTime: ml.m5.xlarge", "realTime: ml.c5.xlarge")},
	{name: "resource not ready", layer: layerResources, id: "resource.exists", says: `"InProgress"`, seed: of("making", func(p *simulator.ModelPackage) { p.Status = "InProgress" })},

	// The logo and the EULA.
	{name: "no logo", layer: layerAssets, id: "promo.logo", says: "leads to nothing", seed: in("logo", logoURL, "https://files.example.com/gone.png")},
	{name: "logo is no image", layer: layerAssets, id: "promo.logo", seed: func(c *cloud) func() {
		c.files["https://files.example.com/page.png"] = []byte("<html>")
		return in("nologo", logoURL, "https://files.example.com/page.png")(c)
	}},
	{name: "no EULA there", layer: layerAssets, id: "eula.plain-text", says: "leads to nothing", seed: in("eula", "standard: true", "url: https://files.example.com/gone.txt")},
	{name: "EULA is a PDF", layer: layerAssets, id: "eula.plain-text", says: "PDF", seed: func(c *cloud) func() {
		c.files["https://files.example.com/eula.pdf"] = []byte("%PDF-1.7\n")
		return in("pdf", "standard: true", "url: https://files.example.com/eula.pdf")(c)
	}},

	// The prices.
	{name: "instance without a price", layer: layerPrices, id: "pricing.every-instance-priced", says: "is supported but not priced", seed: of("unpriced", func(p *simulator.ModelPackage) {
		p.SupportedTransformInstanceTypes = append(p.SupportedTransformInstanceTypes, "ml.m5.2xlarge")
	})},
	{name: "price rises again", layer: layerPrices, id: "pricing.rise-every-120-days", says: "after the rise", seed: func(c *cloud) func() {
		dir := c.folder("window")
		c.live(dir)
		c.edit(dir, batch, "ml.m5.xlarge.m.i.b: 0.60")
		c.apply(dir, time.Hour)
		c.edit(dir, "ml.m5.xlarge.m.i.b: 0.60", "ml.m5.xlarge.m.i.b: 0.70")
		return nil
	}},
	{name: "price gone", layer: layerPrices, id: "pricing.rates-stay", says: "is gone", seed: func(c *cloud) func() {
		dir := c.folder("dropped", batch, batch+"\n    ml.m5.2xlarge.m.i.b: 1.10")
		c.put("dropped", func(p *simulator.ModelPackage) {
			p.SupportedTransformInstanceTypes = append(p.SupportedTransformInstanceTypes, "ml.m5.2xlarge")
		})
		c.live(dir)
		c.edit(dir, "\n    ml.m5.2xlarge.m.i.b: 1.10", "")
		return nil
	}},

	// What is locked.
	{name: "turns private", layer: layerLocks, id: "visibility.public-stays-public", says: "changes from public", seed: changed("private", "visibility: public", "visibility: private\nbuyers: ['333344445555']")},
	{name: "other Regions", layer: layerLocks, id: "regions.locked", says: "change after", seed: changed("regions", "regions: all", "regions: [us-east-1]")},
	{name: "renumbered", layer: layerLocks, id: "version.number-locked", says: "changes from", seed: changed("number", `number: "1.0"`, `number: "1.1"`)},
	{name: "another role", layer: layerLocks, id: "version.resource-locked", says: "changes from", seed: changed("swap", "role/MarketplaceIngestion", "role/Publisher")},
	{name: "request under way", layer: layerLocks, id: "edit.closed-while-submitted", says: "", seed: func(c *cloud) func() {
		dir := c.folder("busy")
		return func() {
			code, out, errs := c.sh("apply", dir, "--auto-approve", "--no-wait")
			require.Equal(c.t, codePending, code, out+errs)
		}
	}},

	// What AWS has refused before.
	{name: "refused before", layer: layerRequests, id: "INVALID_MEDIA", says: "the request to submit failed at ", seed: func(c *cloud) func() {
		dir := c.folder("refused")
		require.NoError(c.t, c.market.Inject(simulator.Fault{Kind: simulator.FailChange, ErrorCode: "INVALID_MEDIA"}))
		code, out, errs := c.sh("apply", dir, "--auto-approve", "--no-wait")
		require.Equal(c.t, codePending, code, out+errs)
		require.NoError(c.t, c.market.Advance(time.Hour))
		code, _, errs = c.sh("watch", dir)
		require.Equal(c.t, codeFailed, code, errs)
		return nil
	}},
}

// verdictOfRun is what ready --json says.
type verdictOfRun struct {
	Verdict              string
	Problems, NotChecked int
	Listings             []struct {
		Folder, Verdict      string
		Problems, NotChecked []obstacle
	}
}

// seedAll makes a sound listing and the faults, and returns what ready says of all.
func seedAll(t *testing.T, all ...fault) (*cloud, verdictOfRun, int) {
	c := newCloud(t)
	c.folder("sound")
	var after []func()
	var profile []string
	for _, f := range all {
		if f.seed != nil {
			if next := f.seed(c); next != nil {
				after = append(after, next)
			}
		}
		if f.profile != "" {
			profile = append(profile, f.profile)
		}
	}
	for i := len(after) - 1; i >= 0; i-- { // requests first: they are the last, and want permissions
		after[i]()
	}
	given := map[string]string{"registered": "yes", "profile": "yes", "tax-and-bank": "yes"}
	for _, each := range profile {
		name, value, _ := strings.Cut(each, "=")
		given[name] = value
	}
	var out verdictOfRun
	code, text, errs := c.sh("ready", filepath.Join(c.dir, "listings"), "--json", "--seller-profile",
		fmt.Sprintf("registered=%s,profile=%s,tax-and-bank=%s", given["registered"], given["profile"], given["tax-and-bank"]))
	require.NoError(t, json.Unmarshal([]byte(text), &out), text+errs)
	return c, out, code
}

// match pairs the faults with the problems that name them, and fails for each of
// either that is left.
func match(t *testing.T, all []fault, out verdictOfRun) {
	t.Helper()
	type key struct{ id, path, problem string }
	problems := map[key]string{}
	for _, l := range out.Listings {
		for _, o := range l.Problems {
			k := key{o.ID, l.Folder + o.Path, o.Problem}
			if o.accountWide() {
				k.path, k.problem = "", strings.Split(o.Problem, ": ")[0]
			}
			problems[k] = o.Layer
			if o.ID != report.Unreadable { // whose problem says it
				assert.NotEmpty(t, o.Remedy, "%v", o)
			}
		}
	}
	assert.Equal(t, len(problems), out.Problems)
	for _, f := range all {
		found := 0
		for k, layer := range problems {
			if k.id == f.id && layer == f.layer && f.named(k.problem) {
				delete(problems, k)
				found++
				break
			}
		}
		assert.Equal(t, 1, found, "%s is not named", f.name)
	}
	for k, layer := range problems {
		t.Errorf("besides: %s: %v", layer, k)
	}
}

// A sound listing is ready, on AWS and in the simulator.
func TestReadySound(t *testing.T) {
	c, out, code := seedAll(t)
	assert.Zero(t, code)
	assert.Equal(t, isReady, out.Verdict)
	assert.Zero(t, out.NotChecked)
	code, text, errs := c.sh("ready", filepath.Join(c.dir, "listings", "sound"))
	assert.Zero(t, code, errs)
	assert.Equal(t, "ready\n", text)
	assert.Empty(t, c.market.Ledger().ChangeSets, "nothing is sent")
}

// All faults that can stand together are named in one run, and nothing besides.
func TestReadyAtOnce(t *testing.T) {
	var together []fault
	for _, f := range faults {
		if !f.alone {
			together = append(together, f)
		}
	}
	require.GreaterOrEqual(t, len(together), 40)
	c, out, code := seedAll(t, together...)
	assert.Equal(t, codeUsage, code, "a document cannot be read")
	match(t, together, out)
	assert.Equal(t, len(together), out.Problems)
	_, text, _ := c.sh("ready", filepath.Join(c.dir, "listings"), "--seller-profile", "registered=no,profile=no,tax-and-bank=no")
	lines := strings.Split(strings.TrimSpace(text), "\n")
	assert.Equal(t, fmt.Sprintf("not ready: %d problems, %d not checked", out.Problems, out.NotChecked), lines[len(lines)-1])
	assert.Equal(t, len(together), strings.Count(text, ": problem: ")+strings.Count(text, "  problem: "))
	assert.Contains(t, text, filepath.Join(c.dir, "listings", "trial", "listing.yaml")+":")
}

// What is wrong with the credentials hides nothing of the document, and what could not
// be asked is said with the reason. What may pass has a code of its own.
func TestReadyHidesNothing(t *testing.T) {
	c := newCloud(t)
	dir := c.folder("one", `title: "Product one"`, `title: ""`)
	c.refused = "ExpiredTokenException"
	code, text, errs := c.sh("ready", dir)
	assert.Equal(t, codePerson, code, errs)
	assert.Regexp(t, `(?m)^document\n  .*/one/listing.yaml:\d+:8: problem: title: is missing; .* \[info.title\]$`, text)
	assert.Regexp(t, `(?m)^credentials\n  problem: the credentials are valid: .*; give credentials .*$`, text)
	assert.Regexp(t, `(?m)^  .*not checked: .*what SageMaker says of it.*expired.*$`, text)
	assert.Regexp(t, `not ready: 2 problems, \d+ not checked\n$`, text)
	assert.NotContains(t, text, "secretword")

	c.refused = ""
	c.edit(dir, `title: ""`, "title: One")
	require.NoError(t, c.market.Inject(simulator.Fault{Kind: simulator.Unavailable, Operation: "DescribeModelPackage", Times: 9}))
	code, text, errs = c.sh("ready", dir)
	assert.Equal(t, codeLater, code, text+errs)
	assert.Regexp(t, `^resources\n(.*\n)*unknown: \d+ not checked\n$`, text)

	t.Setenv("SHELFLIFE_SELLER_PROFILE", "")
	require.NoError(t, c.market.Advance(time.Hour))
	code, text, errs = c.sh("ready", dir)
	for code == codeLater { // until the calls that fail are used up
		code, text, errs = c.sh("ready", dir)
	}
	assert.Equal(t, codePerson, code, errs)
	assert.Contains(t, text, "--seller-profile")
	assert.Contains(t, text, "unknown: 1 not checked")
	code, _, _ = c.sh("ready", dir, "--seller-profile", "registered=perhaps")
	assert.Equal(t, codeUsage, code)
	code, text, _ = c.sh("ready", dir, "--store", "nonsense:")
	assert.Equal(t, codeUsage, code)
	assert.Contains(t, text, "store\n  problem: the store is none of")
}

// Each fault alone is named, and nothing besides.
func TestReadyAlone(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			_, out, code := seedAll(t, f)
			match(t, []fault{f}, out)
			want := codeRules
			switch f.layer {
			case layerCredentials, layerSeller, layerPermissions, layerRoles:
				want = codePerson
			}
			if f.id == "document.readable" {
				want = codeUsage
			}
			assert.Equal(t, want, code)
			assert.Equal(t, notReady, out.Verdict)
		})
	}
}

// Ready says what apply does about a request that did not succeed, also when the document
// is brought in portions: the draft has the first of two versions only.
func TestReadyAfterAPortionWasCancelled(t *testing.T) {
	dir := inv(t)
	newVersion(t, dir, "1.1")
	code, _, errs := sh(t, "apply", dir, "--simulate", "--auto-approve", "--no-wait")
	require.Equal(t, codePending, code, errs)
	code, _, errs = sh(t, "cancel", dir, "--simulate", "--auto-approve")
	require.Zero(t, code, errs)

	code, out, _ := sh(t, "ready", dir, "--simulate")
	assert.Equal(t, codeRules, code)
	assert.Contains(t, out, "problem: the request to submit was cancelled at ")
	code, _, _ = sh(t, "apply", dir, "--simulate", "--auto-approve")
	assert.Equal(t, codeFailed, code)

	editListing(t, dir, "trialDays: 14", "trialDays: 10")
	code, out, _ = sh(t, "ready", dir, "--simulate")
	assert.Zero(t, code, out)
	code, _, errs = sh(t, "apply", dir, "--simulate", "--auto-approve", "--until", "live")
	assert.Zero(t, code, errs)
}
