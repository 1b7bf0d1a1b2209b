package preflight_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/iamserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/preflight"
)

// What is allowed as far as IAM was told is not known to be allowed: the keys that it
// was not told are named, each once and in order. IAM is told the Region that a call
// is made in, so that it has not to ask for that.
func TestSaysWhatIAMWasNotTold(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	in := ready(c)
	c.blind = []string{"aws:SourceIp", "aws:PrincipalTag/team", "aws:SourceIp"}
	report := check(t, c, in)
	assert.Empty(t, report.Missing())
	assert.False(t, report.Ready())
	require.NotEmpty(t, report.Permissions)
	for _, each := range report.Permissions {
		assert.Equal(t, lifecycle.Unknown, each.Answer)
		assert.Equal(t, "whether policies allow it depends on aws:PrincipalTag/team, aws:SourceIp, which IAM was not told", each.Problem)
		assert.NotEmpty(t, each.Remedy)
	}
	asked := 0
	for _, form := range c.asked("SimulatePrincipalPolicy") {
		told := map[string][]string{}
		for i := 1; form.Get(fmt.Sprintf("ContextEntries.member.%d.ContextKeyName", i)) != ""; i++ {
			entry := fmt.Sprintf("ContextEntries.member.%d.", i)
			told[form.Get(entry+"ContextKeyName")] = iamserver.Members(form, entry+"ContextKeyValues")
		}
		if action := form.Get("ActionNames.member.1"); !strings.HasPrefix(action, "sagemaker:") {
			assert.Equal(t, []string{"us-east-1"}, told["aws:RequestedRegion"], action)
			continue
		}
		asked++
		assert.Equal(t, []string{"us-east-2"}, told["aws:RequestedRegion"], "that of the resource")
	}
	assert.Positive(t, asked)
}

// Credentials that have expired are said as such by every check that needed them, and
// nothing is taken for a permission that is missing.
func TestExpiredCredentialsAreNoMissingPermission(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	in := ready(c)
	expired := iamserver.NewError(http.StatusBadRequest, "ExpiredToken")
	for _, action := range []string{"GetCallerIdentity", "GetRole", "SimulatePrincipalPolicy"} {
		c.refuse[action] = expired
	}
	c.catalog = "ExpiredTokenException"
	report := check(t, c, in)
	about := 0
	for _, each := range report.Checks() {
		if each.Answer == lifecycle.Yes || strings.HasPrefix(each.How, "not tried") {
			continue
		}
		about++
		assert.Equal(t, "give credentials of the seller's account that have not expired", each.Remedy, each.What)
	}
	assert.Greater(t, about, 10)
	for _, each := range slices.Concat(report.Who, report.Permissions, report.AccessRoles) {
		if each.Answer != lifecycle.Yes && each.How == "sts:GetCallerIdentity" || strings.HasPrefix(each.How, "List") || strings.HasSuffix(each.What, " exists") {
			assert.Equal(t, lifecycle.DenialCredentials, each.Denial, each.What)
		}
	}
}

// A seller who is not verified is no missing permission either.
func TestUnverifiedSellerIsNoMissingPermission(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	in := ready(c)
	c.refuse["SimulatePrincipalPolicy"] = iamserver.NewError(http.StatusForbidden, "AccessDenied")
	c.catalog, c.says = "AccessDeniedException", "Current identity is not KYC compliant."
	denied := 0
	for _, each := range check(t, c, in).Permissions {
		if each.Answer == lifecycle.No {
			denied++
			assert.Equal(t, lifecycle.DenialSeller, each.Denial, each.What)
		}
	}
	assert.Positive(t, denied)
}

// Once IAM may not be asked about the caller, it is not asked again; about the
// access role it was asked once.
func TestAsksIAMOnce(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	in := ready(c)
	c.refuse["SimulatePrincipalPolicy"] = iamserver.NewError(http.StatusForbidden, "AccessDenied")
	check(t, c, in)
	assert.Len(t, c.asked("SimulatePrincipalPolicy"), 2)
}

// A job of a build server looks before it submits. Here its role lacks one
// change type, and the access role trusts somebody else.
func Example() {
	c := exampleCloud()
	defer c.server.Close()
	cfg := aws.Config{Credentials: fixture.Credentials, BaseEndpoint: &c.server.URL}

	report, err := preflight.New(cfg).Run(context.Background(), preflight.Input{
		Listing: fixture.Content().Listing, Commands: []lifecycle.Event{lifecycle.EventAddVersion}, Seller: "111122223333",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.ARN, report.Ready())
	for _, missing := range report.Missing() {
		fmt.Println(missing.What)
		fmt.Println("  " + missing.Problem)
		fmt.Println("  " + missing.Remedy)
	}
	// Output:
	// arn:aws:sts::111122223333:assumed-role/Publisher/ci false
	// aws-marketplace:StartChangeSet UpdatePricingTerms
	//   no policy allows it on arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/Offer/*
	//   allow it as the policy of this report does
	// arn:aws:iam::111122223333:role/MarketplaceIngestion may be assumed by the marketplace
	//   its trust policy does not allow it to the marketplace
	//   let the trust policy allow sts:AssumeRole to the service assets.marketplace.amazonaws.com
}
