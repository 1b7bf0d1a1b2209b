package preflight_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/golden"
	"github.com/shelflife-go/shelflife/internal/iamserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/iamtest"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/policy"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/preflight"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// files has the bytes at each address, or the error.
type files map[string]any

func (f files) Fetch(_ context.Context, address string, limit int64) ([]byte, error) {
	switch is := f[address].(type) {
	case []byte:
		return is[:min(int64(len(is)), limit)], nil
	case error:
		return nil, is
	}
	return nil, fmt.Errorf("%w: nothing there", lifecycle.ErrNotFound)
}

const eulaURL = "https://seller-files.s3.us-east-2.amazonaws.com/eula.txt"

// ready is an input that nothing is wrong with, in a cloud that allows it.
func ready(c *cloud, commands ...lifecycle.Event) preflight.Input {
	if commands == nil {
		commands = []lifecycle.Event{lifecycle.EventCreate, lifecycle.EventSubmit, lifecycle.EventSignOff, lifecycle.EventCancel}
	}
	in := preflight.Input{Listing: fixture.Content().Listing, Commands: commands, Seller: "111122223333"}
	in.Listing.Offer.EULA = pricing.EULA{URL: eulaURL}
	in.Assets = files{in.Listing.Promotion.Logo: lifecycletest.Logo(), eulaURL: []byte("You may use the model.\n")}
	c.policy = policyOf(c.t, in)
	return in
}

func policyOf(t testing.TB, in preflight.Input) string {
	policy, err := policy.For(policy.Scope{
		Account: in.Seller, Roles: []version.Role{fixture.ModelPackage("1.0").AccessRole}, Resources: []version.ARN{fixture.ModelPackage("1.0").Resource},
		Products: in.Products, Offers: in.Offers,
	}, in.Commands...)
	require.NoError(t, err)
	return policy
}

func check(t testing.TB, c *cloud, in preflight.Input) preflight.Report {
	t.Helper()
	report, err := c.checker().Run(context.Background(), in)
	require.NoError(t, err)
	require.Empty(t, c.sim.Ledger().ChangeSets)
	assert.Equal(t, len(report.Checks()) > 0 && len(report.Missing())+len(report.Unknown()) == 0, report.Ready())
	for _, each := range report.Checks() {
		assert.NotEmpty(t, each.How, each.What)
		assert.Equal(t, each.Answer == lifecycle.Yes, each.Problem == "", each.What)
		assert.Equal(t, each.Answer == lifecycle.Yes, each.Remedy == "", each.What)
	}
	assert.NotContains(t, report.String(), fixture.Secret.SecretAccessKey)
	return report
}

// answer is the word that the line of a check begins with.
func answer(c preflight.Check) string { return strings.Fields(c.String())[0] }

func whats(checks []preflight.Check) (all []string) {
	for _, c := range checks {
		all = append(all, c.What)
	}
	return all
}

func TestGoldenReportOfAReadyListing(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	in := ready(c)
	report := check(t, c, in)
	require.True(t, report.Ready(), report)
	assert.JSONEq(t, c.policy, string(report.Policy))
	golden.Equal(t, filepath.Join("testdata", "ready.txt"), report.String())

	data, err := json.MarshalIndent(report, "", "  ")
	require.NoError(t, err)
	again, err := json.MarshalIndent(check(t, c, in), "", "  ")
	require.NoError(t, err)
	assert.Equal(t, string(data), string(again))
	var read preflight.Report
	require.NoError(t, json.Unmarshal(data, &read))
	assert.Equal(t, report.String(), read.String())
}

// TestSeesEveryGap leaves each part of the policy out in turn: the
// report is never ready.
func TestSeesEveryGap(t *testing.T) {
	t.Parallel()
	for _, commands := range [][]lifecycle.Event{nil, {lifecycle.EventAddVersion}, {lifecycle.EventUpdatePricing, lifecycle.EventUnpublish}, {}} {
		c := newCloud(t)
		in := ready(c, commands...)
		require.True(t, check(t, c, in).Ready(), check(t, c, in))
		for part, less := range iamtest.Without(t, c.policy) {
			text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": less})
			require.NoError(t, err)
			c.policy = string(text)
			report := check(t, c, in)
			assert.False(t, report.Ready(), part)
			require.NotEmpty(t, report.Missing(), part)
			for _, missing := range report.Missing() {
				if _, value, action := strings.Cut(part, "action "); action {
					assert.True(t, strings.HasPrefix(missing.What, value), "%s: %s", part, missing.What)
				}
				if _, value, changeType := strings.Cut(part, "catalog:ChangeType "); changeType {
					assert.Equal(t, "aws-marketplace:StartChangeSet "+value, missing.What)
				}
			}
		}
	}
}

// Where IAM may not be asked, harmless calls tell what they can, and the rest
// is not taken for granted.
func TestWithoutSimulation(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(c *cloud){
		"denied":       func(c *cloud) { c.refuse["SimulatePrincipalPolicy"] = iamserver.NewError(403, "AccessDenied") },
		"path unknown": func(c *cloud) { c.refuse["GetRole"] = iamserver.NewError(403, "AccessDenied") },
		"root":         func(c *cloud) { c.caller = "arn:aws:iam::111122223333:root" },
		"federated":    func(c *cloud) { c.caller = "arn:aws:sts::111122223333:federated-user/anna" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			in := ready(c)
			edit(c)
			report := check(t, c, in)
			assert.False(t, report.Ready())
			assert.Empty(t, report.Missing())
			answers := map[string]lifecycle.Answer{}
			for _, each := range report.Permissions {
				answers[each.What] = each.Answer
			}
			for _, reads := range []string{"aws-marketplace:DescribeChangeSet", "aws-marketplace:ListChangeSets", "aws-marketplace:ListEntities",
				"aws-marketplace:DescribeEntity", "aws-marketplace:ListTagsForResource", "sagemaker:DescribeModelPackage"} {
				assert.Equal(t, lifecycle.Yes, answers[reads], reads)
			}
			for _, writes := range []string{"aws-marketplace:StartChangeSet ReleaseProduct", "aws-marketplace:CancelChangeSet", "aws-marketplace:TagResource", "iam:PassRole"} {
				assert.Equal(t, lifecycle.Unknown, answers[writes], writes)
			}

			c.policy = `{"Version": "2012-10-17", "Statement": []}`
			report = check(t, c, in)
			assert.Equal(t, []string{"aws-marketplace:DescribeChangeSet", "aws-marketplace:ListChangeSets", "aws-marketplace:ListEntities",
				"aws-marketplace:DescribeEntity", "aws-marketplace:ListTagsForResource", "sagemaker:DescribeModelPackage"}, whats(report.Missing()))
		})
	}
	t.Run("known entities", func(t *testing.T) {
		t.Parallel()
		c := newCloud(t)
		c.refuse["SimulatePrincipalPolicy"] = iamserver.NewError(403, "AccessDenied")
		in := ready(c, lifecycle.EventUnpublish)
		in.Products, in.Offers = []string{"prod-abcdefghijklm"}, []string{"offer-abcdefghijklm"}
		c.policy = policyOf(t, in)
		assert.Empty(t, check(t, c, in).Missing())
		c.policy = strings.ReplaceAll(c.policy, "offer-abcdefghijklm", "offer-zzzzzzzzzzzzz")
		assert.Equal(t, []string{"aws-marketplace:DescribeEntity"}, whats(check(t, c, in).Missing()))
	})
	t.Run("unavailable", func(t *testing.T) {
		t.Parallel()
		c := newCloud(t)
		c.refuse["SimulatePrincipalPolicy"] = iamserver.NewError(403, "AccessDenied")
		in := ready(c)
		require.NoError(t, c.sim.Inject(simulator.Fault{Kind: simulator.Unavailable, Operation: "ListEntities"}))
		report := check(t, c, in)
		assert.Contains(t, whats(report.Unknown()), "aws-marketplace:ListEntities")
		assert.NotContains(t, whats(report.Missing()), "aws-marketplace:ListEntities")
	})
}

func TestUserAndSimulation(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		edit             func(c *cloud)
		missing, unknown string
	}{
		"user": {edit: func(c *cloud) { c.caller = "arn:aws:iam::111122223333:user/people/anna"; c.principal = c.caller }},
		"explicit deny": {edit: func(c *cloud) {
			c.decision = "explicitDeny"
			c.policy = strings.ReplaceAll(c.policy, "sagemaker:", "s3:")
		}, missing: "remove that statement"},
		"organization": {edit: func(c *cloud) { c.organization = true }, missing: "organization"},
		"throttled":    {edit: func(c *cloud) { c.refuse["SimulatePrincipalPolicy"] = iamserver.NewError(400, "Throttling") }, unknown: "throttled"},
		"expired":      {edit: func(c *cloud) { c.refuse["SimulatePrincipalPolicy"] = iamserver.NewError(400, "ExpiredToken") }, unknown: "give credentials of the seller's account that have not expired (iam:SimulatePrincipalPolicy)"},
		"blind": {edit: func(c *cloud) {
			c.blind, c.policy = []string{"aws:SourceIp"}, strings.ReplaceAll(c.policy, "sagemaker:", "s3:")
		}, unknown: "depends on aws:SourceIp"},
		"blind denial": {edit: func(c *cloud) {
			c.blind, c.decision, c.policy = []string{"aws:SourceIp"}, "explicitDeny", strings.ReplaceAll(c.policy, "iam:", "s3:")
		}, unknown: "depends on aws:SourceIp"},
		"by page":          {edit: func(c *cloud) { c.paged = true }},
		"denied on page 2": {edit: func(c *cloud) { c.paged, c.policy = true, strings.ReplaceAll(c.policy, "/Offer/", "/Other/") }, missing: "AWSMarketplace/Offer/*"},
		"silent":           {edit: func(c *cloud) { c.silent = true }, unknown: "IAM gave no answer for"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			in := ready(c)
			test.edit(c)
			report := check(t, c, in)
			assert.Equal(t, test.missing+test.unknown == "", report.Ready(), report)
			if test.missing != "" {
				require.NotEmpty(t, report.Missing())
				assert.Contains(t, report.Missing()[0].String(), test.missing)
			}
			if test.unknown != "" {
				assert.Empty(t, report.Missing())
				assert.Contains(t, report.Unknown()[0].String(), test.unknown)
			}
		})
	}
}

func TestWho(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		edit   func(c *cloud, in *preflight.Input)
		answer lifecycle.Answer
		says   string
	}{
		"other account": {func(c *cloud, _ *preflight.Input) {
			c.caller = "arn:aws:sts::444455556666:assumed-role/Publisher/ci"
		}, lifecycle.No, "they belong to account 444455556666, the seller is 111122223333"},
		"seller not said": {func(_ *cloud, in *preflight.Input) { in.Seller = "" }, lifecycle.Unknown, "set Input.Seller"},
		"expired": {func(c *cloud, _ *preflight.Input) {
			c.refuse["GetCallerIdentity"] = iamserver.NewError(403, "ExpiredToken")
		}, lifecycle.No, "have not expired"},
		"down": {func(c *cloud, _ *preflight.Input) {
			c.refuse["GetCallerIdentity"] = iamserver.NewError(503, "ServiceUnavailable")
		}, lifecycle.Unknown, "ask again when AWS can be reached"},
		"down, seller not said": {func(c *cloud, in *preflight.Input) {
			in.Seller = ""
			c.refuse["GetCallerIdentity"] = iamserver.NewError(503, "ServiceUnavailable")
		}, lifecycle.Unknown, "unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			in := ready(c)
			test.edit(c, &in)
			report := check(t, c, in)
			require.Len(t, report.Who, 1)
			assert.Equal(t, test.answer, report.Who[0].Answer)
			assert.Contains(t, report.Who[0].String(), test.says)
			assert.False(t, report.Ready())
		})
	}
}

func TestAccessRoles(t *testing.T) {
	t.Parallel()
	const service = `"Principal":{"Service":"assets.marketplace.amazonaws.com"}`
	statement := func(effect, rest string) string { return `{"Effect":"` + effect + `",` + rest + `}` }
	assume := service + `,"Action":"sts:AssumeRole"`
	for name, test := range map[string]struct {
		trust string
		want  lifecycle.Answer
	}{
		"alone":                 {statement("Allow", assume), lifecycle.Yes},
		"among others":          {`[` + statement("Allow", `"Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"`) + `,` + statement("Allow", `"Principal":{"Service":["sagemaker.amazonaws.com","assets.marketplace.amazonaws.com"]},"Action":["sts:TagSession","sts:AssumeRole"]`) + `]`, lifecycle.Yes},
		"everybody":             {statement("Allow", `"Principal":"*","Action":"sts:AssumeRole"`), lifecycle.Yes},
		"wildcard":              {statement("Allow", service+`,"Action":"STS:assume*"`), lifecycle.Yes},
		"empty condition":       {statement("Allow", assume+`,"Condition":{}`), lifecycle.Yes},
		"nothing":               {`[]`, lifecycle.No},
		"other service":         {statement("Allow", `"Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"`), lifecycle.No},
		"other action":          {statement("Allow", service+`,"Action":"sts:TagSession"`), lifecycle.No},
		"denied":                {`[` + statement("Allow", assume) + `,` + statement("Deny", assume) + `]`, lifecycle.No},
		"conditional":           {statement("Allow", assume+`,"Condition":{"StringEquals":{"aws:SourceAccount":"1"}}`), lifecycle.Unknown},
		"conditional beside":    {`[` + statement("Allow", assume) + `,` + statement("Allow", assume+`,"Condition":{"Bool":{"a":"b"}}`) + `]`, lifecycle.Yes},
		"conditionally denied":  {`[` + statement("Allow", assume) + `,` + statement("Deny", assume+`,"Condition":{"Bool":{"a":"b"}}`) + `]`, lifecycle.Unknown},
		"every account":         {statement("Allow", `"Principal":{"AWS":"*"},"Action":"sts:AssumeRole"`), lifecycle.Yes},
		"every account, listed": {statement("Allow", `"Principal":{"AWS":["arn:aws:iam::111122223333:root","*"]},"Action":"sts:AssumeRole"`), lifecycle.Yes},
		"every account, asked":  {statement("Allow", `"Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"1"}}`), lifecycle.Unknown},
		"all but one":           {statement("Allow", `"NotPrincipal":{"AWS":"arn:aws:iam::1:root"},"Action":"sts:AssumeRole"`), lifecycle.Unknown},
		"all actions but one":   {statement("Allow", service+`,"NotAction":"sts:TagSession"`), lifecycle.Unknown},
		"not readable":          {`"x"`, lifecycle.Unknown},
	} {
		c := newCloud(t)
		in := ready(c)
		c.roles["MarketplaceIngestion"] = cloudRole{string(fixture.ModelPackage("1.0").AccessRole), `{"Version":"2012-10-17","Statement":` + test.trust + `}`, mayDescribe}
		report := check(t, c, in)
		require.Len(t, report.AccessRoles, 4, name)
		assert.Equal(t, test.want, report.AccessRoles[2].Answer, "%s: %s", name, report.AccessRoles[2])
		assert.Equal(t, test.want == lifecycle.Yes, report.Ready(), name)
		warning := ""
		if slices.Contains([]string{"everybody", "every account", "every account, listed"}, name) {
			warning = "everybody may assume the role: name the service assets.marketplace.amazonaws.com in its trust policy instead"
			assert.Contains(t, report.AccessRoles[2].String(), warning)
		}
		assert.Equal(t, warning, report.AccessRoles[2].Warning, name)
	}
	for name, test := range map[string]struct {
		edit func(c *cloud, v *version.Version)
		want string
	}{
		"missing": {func(c *cloud, _ *version.Version) { delete(c.roles, "MarketplaceIngestion") }, "no exists; unknown may be assumed by the marketplace"},
		"may not describe": {func(c *cloud, v *version.Version) {
			c.roles["MarketplaceIngestion"] = cloudRole{string(v.AccessRole), iamserver.TrustsMarketplace, strings.ReplaceAll(mayDescribe, "DescribeModelPackage", "DescribeModel")}
		}, "no may use sagemaker:DescribeModelPackage"},
		"may describe another": {func(c *cloud, v *version.Version) {
			c.roles["MarketplaceIngestion"] = cloudRole{string(v.AccessRole), iamserver.TrustsMarketplace,
				strings.ReplaceAll(mayDescribe, `"*"`, `"arn:aws:sagemaker:us-east-2:111122223333:model-package/other"`)}
		}, "no may use sagemaker:DescribeModelPackage"},
		"not to be asked about": {func(c *cloud, v *version.Version) {
			c.roles["MarketplaceIngestion"] = cloudRole{string(v.AccessRole), iamserver.TrustsMarketplace, ""}
		}, "unknown may use sagemaker:DescribeModelPackage"},
		"expired":     {func(c *cloud, _ *version.Version) { c.refuse["GetRole"] = iamserver.NewError(400, "ExpiredToken") }, "unknown exists; unknown may be assumed by the marketplace"},
		"denied":      {func(c *cloud, _ *version.Version) { c.refuse["GetRole"] = iamserver.NewError(403, "AccessDenied") }, "unknown exists; unknown may be assumed by the marketplace"},
		"down":        {func(c *cloud, _ *version.Version) { c.refuse["GetRole"] = iamserver.NewError(500, "ServiceFailure") }, "unknown exists; unknown may be assumed by the marketplace"},
		"with a path": {func(_ *cloud, v *version.Version) { v.AccessRole = "arn:aws:iam::111122223333:role/service-role/x" }, "no is a role in the seller's account"},
		"none":        {func(_ *cloud, v *version.Version) { v.AccessRole = "" }, "no is a role in the seller's account"},
		"foreign": {func(_ *cloud, v *version.Version) {
			v.AccessRole = "arn:aws:iam::444455556666:role/MarketplaceIngestion"
		}, "no is a role in the seller's account"},
		"path left out": {func(_ *cloud, v *version.Version) { v.AccessRole = "arn:aws:iam::111122223333:role/Publisher" }, "no exists; unknown may be assumed by the marketplace"},
	} {
		c := newCloud(t)
		in := ready(c)
		test.edit(c, &in.Listing.Versions[0])
		report := check(t, c, in)
		var got []string
		for _, each := range report.AccessRoles {
			assert.Equal(t, "versions[0].accessRole", each.Path)
			if each.Answer != lifecycle.Yes {
				got = append(got, answer(each)+" "+strings.TrimSpace(strings.TrimPrefix(each.What, string(in.Listing.Versions[0].AccessRole))))
			}
		}
		assert.Equal(t, test.want, strings.Join(got, "; "), name)
		assert.False(t, report.Ready(), name)
	}
}

func TestResources(t *testing.T) {
	t.Parallel()
	put := func(edit func(p *simulator.ModelPackage)) func(c *cloud, v *version.Version) {
		return func(c *cloud, v *version.Version) {
			p := simulator.ModelPackage{ARN: string(v.Resource), CertifyForMarketplace: true}
			edit(&p)
			require.NoError(c.t, c.sim.PutModelPackage(p))
		}
	}
	for name, test := range map[string]struct {
		edit func(c *cloud, v *version.Version)
		want string
	}{
		"in progress": {put(func(p *simulator.ModelPackage) { p.Status = "InProgress" }), "no is completed"},
		"uncertified": {put(func(p *simulator.ModelPackage) { p.CertifyForMarketplace = false }), "no is certified for the marketplace"},
		"missing": {func(_ *cloud, v *version.Version) {
			v.Resource = "arn:aws:sagemaker:us-east-2:111122223333:model-package/none"
		}, "no is completed; unknown is certified for the marketplace"},
		"opt-in region": {func(_ *cloud, v *version.Version) {
			v.Resource = "arn:aws:sagemaker:me-south-1:111122223333:algorithm/none"
		}, "no is in a Region that the marketplace publishes from; no is completed; unknown is certified for the marketplace"},
		"foreign": {func(_ *cloud, v *version.Version) {
			v.Resource = "arn:aws:sagemaker:us-east-2:444455556666:model-package/theirs"
		}, "no belongs to the seller; unknown is completed; unknown is certified for the marketplace"},
		"no ARN": {func(_ *cloud, v *version.Version) { v.Resource = "invoice" }, "no is a model package or an algorithm"},
		"denied": {func(c *cloud, _ *version.Version) { c.policy = strings.ReplaceAll(c.policy, "sagemaker:", "s3:") },
			"unknown is completed; unknown is certified for the marketplace"},
	} {
		c := newCloud(t)
		in := ready(c)
		test.edit(c, &in.Listing.Versions[0])
		if name == "missing" || name == "opt-in region" {
			c.policy = policy.All
		}
		report := check(t, c, in)
		var got []string
		for _, each := range report.Resources {
			assert.Equal(t, "versions[0].resource", each.Path)
			if each.Answer != lifecycle.Yes {
				got = append(got, answer(each)+" "+strings.TrimSpace(strings.TrimPrefix(each.What, string(in.Listing.Versions[0].Resource))))
			}
		}
		assert.Equal(t, test.want, strings.Join(got, "; "), name)
		assert.False(t, report.Ready(), name)
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	const signed = "https://seller-files.s3.us-east-2.amazonaws.com/logo.png?X-Amz-Signature=0123456789abcdef"
	for name, test := range map[string]struct {
		logo any
		url  string
		want lifecycle.Answer
		says string
	}{
		"none":        {url: "", want: lifecycle.No, says: "it has no address"},
		"private":     {url: signed, want: lifecycle.No, says: "upload it where everybody can read it"},
		"wrong kind":  {url: signed, logo: []byte("%PDF-1.7"), want: lifecycle.No, says: "promo.logo"},
		"unavailable": {url: signed, logo: fmt.Errorf("%w: %w", lifecycle.ErrUnavailable, &url.Error{Op: "Get", URL: signed, Err: errors.New("no such host")}), want: lifecycle.Unknown, says: "no such host"},
		"too large":   {url: signed, logo: append(lifecycletest.Logo(), make([]byte, listing.MaxLogoSize)...), want: lifecycle.No, says: "make it smaller"},
	} {
		c := newCloud(t)
		in := ready(c)
		in.Listing.Promotion.Logo = test.url
		in.Assets = files{signed: test.logo, eulaURL: []byte("%PDF-1.7")}
		report := check(t, c, in)
		require.Len(t, report.Files, 2, name)
		assert.Equal(t, test.want, report.Files[0].Answer, name)
		assert.Contains(t, report.Files[0].String(), test.says, name)
		assert.NotContains(t, report.String(), "0123456789abcdef", name)
		assert.Contains(t, report.Files[1].String(), "eula.plain-text")
	}
	c := newCloud(t)
	in := ready(c)
	in.Listing.Offer.EULA = pricing.EULA{Standard: true}
	assert.Len(t, check(t, c, in).Files, 1, "the standard contract is no file of the seller's")
}

// What a command does not need is not looked at.
func TestLooksAtWhatTheCommandsNeed(t *testing.T) {
	t.Parallel()
	restricted := fixture.ModelPackage("0.9")
	restricted.Status, restricted.Resource, restricted.AccessRole = version.Restricted, "gone", "gone"
	for event, want := range map[lifecycle.Event][]int{
		lifecycle.EventSubmit: {4, 4, 2}, lifecycle.EventAddVersion: {4, 4, 0}, lifecycle.EventUpdateVersion: {4, 0, 0},
		lifecycle.EventUpdateInformation: {0, 0, 1}, lifecycle.EventUpdatePricing: {0, 0, 1}, lifecycle.EventUnpublish: {0, 0, 0}, lifecycle.EventCancel: {0, 0, 0},
	} {
		c := newCloud(t)
		in := ready(c, event)
		in.Listing.Versions = append(in.Listing.Versions, restricted)
		report := check(t, c, in)
		assert.True(t, report.Ready(), "%s: %s", event, report)
		assert.Equal(t, want, []int{len(report.Resources), len(report.AccessRoles), len(report.Files)}, event)
	}
}

func TestRefusesBadInput(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	for field, edit := range map[string]func(in *preflight.Input){
		"commands[0]":       func(in *preflight.Input) { in.Commands = []lifecycle.Event{"sell"} },
		"scope.Account":     func(in *preflight.Input) { in.Seller = "1" },
		"scope.Products[0]": func(in *preflight.Input) { in.Products = []string{"*"} },
	} {
		in := ready(c)
		edit(&in)
		_, err := c.checker().Run(t.Context(), in)
		var refused *policy.Error
		require.ErrorAs(t, err, &refused, field)
		assert.Equal(t, field, refused.Field)
	}
	assert.Empty(t, c.calls)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.checker().Run(ended, ready(c))
	require.ErrorIs(t, err, context.Canceled)
	assert.False(t, preflight.Report{}.Ready())
	assert.Contains(t, preflight.Check{What: "x", How: "y"}.String(), "unknown")
}

// Each answer has a word of its own in JSON, and is read again as what it was.
func TestAnswersInJSON(t *testing.T) {
	t.Parallel()
	for word, answer := range map[string]lifecycle.Answer{"yes": lifecycle.Yes, "no": lifecycle.No, "unknown": lifecycle.Unknown} {
		c := preflight.Check{What: "x", How: "y", Answer: answer}
		data, err := json.Marshal(c)
		require.NoError(t, err)
		assert.JSONEq(t, `{"what":"x","how":"y","answer":"`+word+`"}`, string(data))
		read := preflight.Check{Problem: "of before"}
		require.NoError(t, json.Unmarshal(data, &read))
		assert.Equal(t, c, read)
	}
	require.Error(t, json.Unmarshal([]byte(`{"answer":7}`), new(preflight.Check)))
}
