package policy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/internal/golden"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/iamtest"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/policy"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

var allCommands = []lifecycle.Event{
	lifecycle.EventCreate, lifecycle.EventAdoptTest, lifecycle.EventAdoptLive, lifecycle.EventAdoptUnpublished, lifecycle.EventEdit,
	lifecycle.EventSubmit, lifecycle.EventSignOff, lifecycle.EventAddVersion, lifecycle.EventUpdateVersion, lifecycle.EventRestrictVersion,
	lifecycle.EventUpdateInformation, lifecycle.EventUpdatePricing, lifecycle.EventUpdateAllowList, lifecycle.EventUnpublish,
	lifecycle.EventCancel, lifecycle.EventEndSupport,
}

// TestIsExactlyWhatTheCommandsNeed carries every command out and holds
// each request against the policy: nothing is missing, and nothing can be left
// out.
func TestIsExactlyWhatTheCommandsNeed(t *testing.T) {
	t.Parallel()
	metered := meterAll(t)
	scope := policy.Scope{Account: "111122223333", Roles: []version.Role{fixture.ModelPackage("1.0").AccessRole}}
	var everything []iamtest.Ask
	for _, command := range allCommands {
		asks := metered[command]
		document, err := policy.For(scope, command)
		require.NoError(t, err)
		assert.Empty(t, iamtest.Denied(iamtest.Read(t, document), asks), "%s needs more", command)
		everything = append(everything, asks...)
		if !slices.ContainsFunc(asks, func(a iamtest.Ask) bool { return a.Action == "aws-marketplace:DescribeChangeSet" }) {
			reading, err := policy.For(scope)
			require.NoError(t, err)
			assert.Equal(t, reading, document, "%s sends nothing", command)
			continue
		}
		for part, less := range iamtest.Without(t, document) {
			assert.NotEmpty(t, iamtest.Denied(less, asks), "%s does not need %s", command, part)
		}
	}
	assert.Empty(t, iamtest.Denied(iamtest.Read(t, policy.All), everything))
	for part, less := range iamtest.Without(t, policy.All) {
		assert.NotEmpty(t, iamtest.Denied(less, everything), "nothing needs %s", part)
	}
}

// TestCoversEveryCall checks that the policy for all commands allows the
// actions that are documented, and starts change sets of the types that the
// golden requests of package awsmarketplace have, and no others.
func TestCoversEveryCall(t *testing.T) {
	t.Parallel()
	var actions, allowed []string
	for _, s := range iamtest.Read(t, policy.All) {
		assert.Equal(t, "Allow", s.Effect)
		actions = append(actions, s.Action...)
		allowed = append(allowed, s.Condition["StringEquals"]["catalog:ChangeType"]...)
	}
	assert.ElementsMatch(t, []string{
		"aws-marketplace:StartChangeSet", "aws-marketplace:DescribeChangeSet", "aws-marketplace:CancelChangeSet",
		"aws-marketplace:ListChangeSets", "aws-marketplace:ListEntities", "aws-marketplace:DescribeEntity", "iam:PassRole",
		"aws-marketplace:TagResource", "aws-marketplace:ListTagsForResource",
		"sagemaker:DescribeModelPackage", "sagemaker:DescribeAlgorithm",
	}, slices.Compact(slices.Sorted(slices.Values(actions))))

	var asked []string
	requests, err := filepath.Glob("../testdata/plan/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, requests)
	for _, file := range requests {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		var request struct{ ChangeSet []struct{ ChangeType string } }
		require.NoError(t, json.Unmarshal(body, &request))
		for _, c := range request.ChangeSet {
			if !slices.Contains(asked, c.ChangeType) {
				asked = append(asked, c.ChangeType)
			}
		}
	}
	// AWS asks for this one about the product when an offer is created.
	asked = append(asked, "CreateOfferOnProduct")
	assert.ElementsMatch(t, asked, slices.Compact(slices.Sorted(slices.Values(allowed))))
}

// TestKeepsTheCommandsApart checks that each command's policy refuses
// what only another one sends.
func TestKeepsTheCommandsApart(t *testing.T) {
	t.Parallel()
	metered := meterAll(t)
	for _, may := range allCommands {
		document, err := policy.For(policy.Scope{}, may)
		require.NoError(t, err)
		for _, other := range allCommands {
			for _, a := range metered[other] {
				reads := slices.Contains([]string{"aws-marketplace:DescribeChangeSet", "aws-marketplace:ListChangeSets",
					"aws-marketplace:ListEntities", "aws-marketplace:DescribeEntity"}, a.Action)
				own := slices.ContainsFunc(metered[may], func(b iamtest.Ask) bool { return a.Action == b.Action && a.Value == b.Value })
				if kind := "/MachineLearningProduct/"; a.Action == "aws-marketplace:StartChangeSet" {
					own = own && (!strings.Contains(a.Resource, kind) || slices.ContainsFunc(metered[may], func(b iamtest.Ask) bool { return b.Action == a.Action && strings.Contains(b.Resource, kind) }))
					if strings.Contains(a.Resource, "/Offer/") {
						own = own && slices.ContainsFunc(metered[may], func(b iamtest.Ask) bool { return b.Action == a.Action && strings.Contains(b.Resource, "/Offer/") })
					}
				}
				if a.Action == "aws-marketplace:TagResource" {
					own = slices.ContainsFunc(metered[may], func(b iamtest.Ask) bool { return b.Action == a.Action && path.Dir(b.Resource) == path.Dir(a.Resource) })
				}
				assert.Equal(t, reads || own, iamtest.Allows(iamtest.Read(t, document), a), "%s, asked for %s: %v", may, other, a)
			}
		}
	}
}

// The constant is what the function gives; make golden writes it again.
func TestGoldenPolicyOfEveryCommand(t *testing.T) {
	t.Parallel()
	whole, err := policy.For(policy.Scope{}, allCommands...)
	require.NoError(t, err)
	if golden.Update() {
		const file = "all.go"
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		head, _, found := strings.Cut(string(source), "const All = `")
		require.True(t, found)
		require.NoError(t, os.WriteFile(file, []byte(head+"const All = `"+whole+"`\n"), 0o600))
		return
	}
	assert.Equal(t, strings.Split(whole, "\n"), strings.Split(policy.All, "\n"))
}

func TestGoldenPolicies(t *testing.T) {
	t.Parallel()
	scope := policy.Scope{
		Account: "111122223333", Roles: []version.Role{fixture.ModelPackage("1.0").AccessRole}, Resources: []version.ARN{fixture.ModelPackage("1.0").Resource},
		Products: []string{"prod-abcdefghijklm"}, Offers: []string{"offer-abcdefghijklm"},
	}
	for name, test := range map[string]struct {
		scope    policy.Scope
		commands []lifecycle.Event
	}{
		"read":        {policy.Scope{}, nil},
		"add-version": {scope, []lifecycle.Event{lifecycle.EventAddVersion, lifecycle.EventCancel}},
		"submit":      {scope, []lifecycle.Event{lifecycle.EventCreate, lifecycle.EventSubmit, lifecycle.EventSignOff}},
		"sale":        {scope, []lifecycle.Event{lifecycle.EventUpdatePricing}},
	} {
		got, err := policy.For(test.scope, test.commands...)
		require.NoError(t, err)
		golden.Equal(t, filepath.Join("testdata", name+".json"), got+"\n")
	}
}

// What tags is allowed to, and nothing else of it.
func TestTags(t *testing.T) {
	t.Parallel()
	tag := func(resource string) iamtest.Ask {
		return iamtest.Ask{Action: "aws-marketplace:TagResource", Resource: iamtest.CatalogARN + resource, Key: "aws:TagKeys", Value: "shelflife:listing,shelflife:request"}
	}
	read := iamtest.Ask{Action: "aws-marketplace:ListTagsForResource", Resource: iamtest.CatalogARN + "MachineLearningProduct/prod-a"}
	for command, want := range map[lifecycle.Event][]bool{
		lifecycle.EventSubmit:        {true, true, true, true},
		lifecycle.EventUpdatePricing: {true, false, false, false},
		lifecycle.EventUnpublish:     {true, false, false, false},
		lifecycle.EventCancel:        {false, false, false, false},
		lifecycle.EventEdit:          {false, false, false, false},
	} {
		text, err := policy.For(policy.Scope{}, command)
		require.NoError(t, err)
		var got []bool
		for _, a := range []iamtest.Ask{tag("ChangeSet/a"), tag("MachineLearningProduct/prod-a"), tag("Offer/offer-a"), read} {
			got = append(got, iamtest.Allows(iamtest.Read(t, text), a))
			if a.Key != "" { // tags that other policies rely on
				a.Value = "shelflife:listing,environment"
				assert.False(t, iamtest.Allows(iamtest.Read(t, text), a), command)
			}
		}
		assert.Equal(t, want, got, command)
	}
}

// A policy that IAM would not take is not written.
func TestIsNotLongerThanIAMTakes(t *testing.T) {
	t.Parallel()
	var products []string
	for i := range 60 {
		products = append(products, fmt.Sprintf("prod-abcdefghi%04d", i))
	}
	var problem *policy.Error
	_, err := policy.For(policy.Scope{Account: "111122223333", Products: products}, lifecycle.EventUpdateInformation)
	require.ErrorAs(t, err, &problem)
	assert.Contains(t, problem.Problem, "6144")
	document, err := policy.For(policy.Scope{Account: "111122223333", Products: products[:15]}, lifecycle.EventUpdateInformation)
	require.NoError(t, err)
	assert.LessOrEqual(t, len(strings.Join(strings.Fields(document), "")), 6144)
	assert.LessOrEqual(t, len(strings.Join(strings.Fields(policy.All), "")), 6144)
}

// Creating an offer is asked about the product, too; updating one is not.
func TestOffersAreCreatedOnProducts(t *testing.T) {
	t.Parallel()
	ask := iamtest.Ask{Action: "aws-marketplace:StartChangeSet", Resource: iamtest.CatalogARN + "MachineLearningProduct/prod-a", Key: "catalog:ChangeType", Value: "CreateOfferOnProduct"}
	for command, want := range map[lifecycle.Event]bool{lifecycle.EventSubmit: true, lifecycle.EventUpdatePricing: false} {
		text, err := policy.For(policy.Scope{}, command)
		require.NoError(t, err)
		assert.Equal(t, want, iamtest.Allows(iamtest.Read(t, text), ask), command)
		ask.Value = "UpdatePricingTerms"
		assert.False(t, iamtest.Allows(iamtest.Read(t, text), ask), "what changes offers is not allowed on products")
		ask.Value = "CreateOfferOnProduct"
	}
}

func TestIsTheSameInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		commands := rapid.SliceOf(rapid.SampledFrom(allCommands)).Draw(t, "commands")
		arns := []version.ARN{fixture.ModelPackage("1.0").Resource, fixture.ModelPackage("2.0").Resource, fixture.Algorithm("1.0").Resource}
		resources := rapid.SliceOf(rapid.SampledFrom(arns)).Draw(t, "resources")
		one, err := policy.For(policy.Scope{Resources: resources}, commands...)
		require.NoError(t, err)
		again := rapid.Permutation(slices.Concat(commands, commands)).Draw(t, "again")
		other, err := policy.For(policy.Scope{Resources: rapid.Permutation(resources).Draw(t, "order")}, again...)
		require.NoError(t, err)
		require.Equal(t, one, other)
	})
}

func TestRefusesWhatItCannotAllow(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		scope policy.Scope
		event lifecycle.Event
		field string
		cause error
	}{
		"unknown event":     {event: "sell", field: "commands[1]"},
		"empty event":       {event: "", field: "commands[1]"},
		"outcome":           {event: lifecycle.EventGoLive, field: "commands[1]"},
		"account":           {scope: policy.Scope{Account: "*"}, event: lifecycle.EventSubmit, field: "scope.Account", cause: version.ErrAccountID},
		"role pattern":      {scope: policy.Scope{Roles: []version.Role{"arn:aws:iam::111122223333:role/*"}}, event: lifecycle.EventSubmit, field: "scope.Roles[0]", cause: version.ErrARN},
		"other role":        {scope: policy.Scope{Account: "444455556666", Roles: []version.Role{fixture.ModelPackage("1.0").AccessRole}}, event: lifecycle.EventSubmit, field: "scope.Roles[0]"},
		"resource pattern":  {scope: policy.Scope{Resources: []version.ARN{fixture.ModelPackage("1.0").Resource, "arn:aws:sagemaker:us-east-2:111122223333:model-package/*"}}, event: lifecycle.EventSubmit, field: "scope.Resources[1]", cause: version.ErrARN},
		"other resource":    {scope: policy.Scope{Account: "444455556666", Resources: []version.ARN{fixture.ModelPackage("1.0").Resource}}, event: lifecycle.EventSubmit, field: "scope.Resources[0]"},
		"product pattern":   {scope: policy.Scope{Products: []string{"*"}}, event: lifecycle.EventSubmit, field: "scope.Products[0]"},
		"offer at revision": {scope: policy.Scope{Products: []string{"prod-a"}, Offers: []string{"offer-a", "offer-a@2"}}, event: lifecycle.EventSubmit, field: "scope.Offers[1]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := policy.For(test.scope, lifecycle.EventCreate, test.event)
			var refused *policy.Error
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, test.field, refused.Field)
			assert.NotEmpty(t, refused.Remedy)
			assert.Contains(t, err.Error(), test.field)
			assert.Empty(t, got)
			if test.cause != nil {
				require.ErrorIs(t, err, test.cause)
			}
		})
	}
}

// TestFollowsTheEvents fails when a command is added that no policy knows.
func TestFollowsTheEvents(t *testing.T) {
	t.Parallel()
	outcomes := []lifecycle.Event{lifecycle.EventSending, lifecycle.EventSent, lifecycle.EventSendAgain, lifecycle.EventCancelRefused,
		lifecycle.EventPreviewReady, lifecycle.EventReturnToDraft, lifecycle.EventReturnToTest, lifecycle.EventGoLive,
		lifecycle.EventUpdated, lifecycle.EventUnpublished, lifecycle.EventRequestEnded}
	for _, row := range lifecycle.Transitions() {
		_, err := policy.For(policy.Scope{}, row.Event)
		assert.Equal(t, slices.Contains(outcomes, row.Event), err != nil, row.Event)
	}
}

// A nightly job that adds versions needs little more than reading.
func ExampleFor() {
	document, err := policy.For(policy.Scope{
		Account: "111122223333", Roles: []version.Role{"arn:aws:iam::111122223333:role/MarketplaceIngestion"},
	}, lifecycle.EventAddVersion)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, line := range strings.Split(document, "\n") {
		if strings.Contains(line, "Sid") || strings.Contains(line, "role/") {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	_, err = policy.For(policy.Scope{Account: listing.AccountID("4444")})
	fmt.Println(err)
	// Output:
	// "Sid": "ChangeProducts",
	// "Sid": "ChangeOffers",
	// "Sid": "FollowChanges",
	// "Sid": "FindChanges",
	// "Sid": "ReadListings",
	// "Sid": "TagChanges",
	// "Sid": "HandOverVersions",
	// "Resource": "arn:aws:iam::111122223333:role/MarketplaceIngestion",
	// "Sid": "ReadResources",
	// policy: scope.Account is "4444"; give the twelve digits
}
