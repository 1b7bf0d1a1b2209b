package awsmarketplace_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/internal/golden"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

var allCommands = []lifecycle.Event{
	lifecycle.EventCreate, lifecycle.EventAdoptTest, lifecycle.EventAdoptLive, lifecycle.EventAdoptUnpublished, lifecycle.EventEdit,
	lifecycle.EventSubmit, lifecycle.EventSignOff, lifecycle.EventAddVersion, lifecycle.EventUpdateVersion, lifecycle.EventRestrictVersion,
	lifecycle.EventUpdateInformation, lifecycle.EventUpdatePricing, lifecycle.EventUpdateAllowList, lifecycle.EventUnpublish,
	lifecycle.EventCancel, lifecycle.EventEndSupport,
}

// policyStatement is a statement as IAM reads it.
type policyStatement struct {
	Sid, Effect      string
	Action, Resource many
	Condition        map[string]map[string]many
}

type many []string

func (m *many) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*m = many{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(m))
}

func readPolicy(t testing.TB, text string) []policyStatement {
	t.Helper()
	var policy struct {
		Version   string
		Statement []policyStatement
	}
	require.NoError(t, json.Unmarshal([]byte(text), &policy))
	require.Equal(t, "2012-10-17", policy.Version)
	return policy.Statement
}

// allows judges as IAM does.
func allows(policy []policyStatement, a ask) bool {
	return slices.ContainsFunc(policy, func(s policyStatement) bool {
		if s.Effect != "Allow" || !slices.Contains(s.Action, a.action) || !slices.ContainsFunc(s.Resource, func(p string) bool { return wild(p, a.resource) }) {
			return false
		}
		for operator, keys := range s.Condition {
			for key, values := range keys {
				if operator != "StringEquals" || key != a.key || !slices.Contains(values, a.value) {
					return false
				}
			}
		}
		return true
	})
}

func wild(pattern, s string) bool {
	return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$").MatchString(s)
}

func denied(policy []policyStatement, asks []ask) (all []ask) {
	for _, a := range asks {
		if !allows(policy, a) {
			all = append(all, a)
		}
	}
	return all
}

// without returns the policy without each of its parts in turn.
func without(t testing.TB, text string) map[string][]policyStatement {
	less := map[string][]policyStatement{}
	cut := func(name string, i int, values many, put func(s *policyStatement, left many)) {
		for j, value := range values {
			policy := readPolicy(t, text)
			put(&policy[i], slices.Delete(slices.Clone(values), j, j+1))
			less[fmt.Sprintf("%s: %s %s", policy[i].Sid, name, value)] = policy
		}
	}
	for i, s := range readPolicy(t, text) {
		cut("action", i, s.Action, func(s *policyStatement, left many) { s.Action = left })
		cut("resource", i, s.Resource, func(s *policyStatement, left many) { s.Resource = left })
		for operator, keys := range s.Condition {
			for key, values := range keys {
				cut(key, i, values, func(s *policyStatement, left many) { s.Condition[operator][key] = left })
			}
		}
	}
	return less
}

// TestPolicyIsExactlyWhatTheCommandsNeed carries every command out and holds
// each request against the policy: nothing is missing, and nothing can be left
// out.
func TestPolicyIsExactlyWhatTheCommandsNeed(t *testing.T) {
	t.Parallel()
	metered := meterAll(t)
	scope := awsmarketplace.PolicyScope{Account: "111122223333", Roles: []version.Role{modelPackage("1.0").AccessRole}}
	var everything []ask
	for _, command := range allCommands {
		asks := metered[command]
		policy, err := awsmarketplace.PolicyFor(scope, command)
		require.NoError(t, err)
		assert.Empty(t, denied(readPolicy(t, policy), asks), "%s needs more", command)
		everything = append(everything, asks...)
		if !slices.ContainsFunc(asks, func(a ask) bool { return a.action == "aws-marketplace:DescribeChangeSet" }) {
			reading, err := awsmarketplace.PolicyFor(scope)
			require.NoError(t, err)
			assert.Equal(t, reading, policy, "%s sends nothing", command)
			continue
		}
		for part, less := range without(t, policy) {
			assert.NotEmpty(t, denied(less, asks), "%s does not need %s", command, part)
		}
	}
	assert.Empty(t, denied(readPolicy(t, awsmarketplace.Policy), everything))
	for part, less := range without(t, awsmarketplace.Policy) {
		assert.NotEmpty(t, denied(less, everything), "nothing needs %s", part)
	}
}

// TestPolicyKeepsTheCommandsApart checks that each command's policy refuses
// what only another one sends.
func TestPolicyKeepsTheCommandsApart(t *testing.T) {
	t.Parallel()
	metered := meterAll(t)
	for _, may := range allCommands {
		policy, err := awsmarketplace.PolicyFor(awsmarketplace.PolicyScope{}, may)
		require.NoError(t, err)
		for _, other := range allCommands {
			for _, a := range metered[other] {
				reads := slices.Contains([]string{"aws-marketplace:DescribeChangeSet", "aws-marketplace:ListChangeSets",
					"aws-marketplace:ListEntities", "aws-marketplace:DescribeEntity"}, a.action)
				own := slices.ContainsFunc(metered[may], func(b ask) bool { return a.action == b.action && a.value == b.value })
				if kind := "/MachineLearningProduct/"; a.action == "aws-marketplace:StartChangeSet" {
					own = own && (!strings.Contains(a.resource, kind) || slices.ContainsFunc(metered[may], func(b ask) bool { return b.action == a.action && strings.Contains(b.resource, kind) }))
					if strings.Contains(a.resource, "/Offer/") {
						own = own && slices.ContainsFunc(metered[may], func(b ask) bool { return b.action == a.action && strings.Contains(b.resource, "/Offer/") })
					}
				}
				if a.action == "aws-marketplace:TagResource" {
					own = slices.ContainsFunc(metered[may], func(b ask) bool { return b.action == a.action && path.Dir(b.resource) == path.Dir(a.resource) })
				}
				assert.Equal(t, reads || own, allows(readPolicy(t, policy), a), "%s, asked for %s: %v", may, other, a)
			}
		}
	}
}

// The constant is what the function gives; make golden writes it again.
func TestGoldenPolicyOfEveryCommand(t *testing.T) {
	t.Parallel()
	whole, err := awsmarketplace.PolicyFor(awsmarketplace.PolicyScope{}, allCommands...)
	require.NoError(t, err)
	if golden.Update() {
		const file = "policy_document.go"
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		head, _, found := strings.Cut(string(source), "const Policy = `")
		require.True(t, found)
		require.NoError(t, os.WriteFile(file, []byte(head+"const Policy = `"+whole+"`\n"), 0o600))
		return
	}
	assert.Equal(t, strings.Split(whole, "\n"), strings.Split(awsmarketplace.Policy, "\n"))
}

func TestGoldenPolicies(t *testing.T) {
	t.Parallel()
	scope := awsmarketplace.PolicyScope{
		Account: "111122223333", Roles: []version.Role{modelPackage("1.0").AccessRole}, Resources: []version.ARN{modelPackage("1.0").Resource},
		Products: []string{"prod-abcdefghijklm"}, Offers: []string{"offer-abcdefghijklm"},
	}
	for name, test := range map[string]struct {
		scope    awsmarketplace.PolicyScope
		commands []lifecycle.Event
	}{
		"read":        {awsmarketplace.PolicyScope{}, nil},
		"add-version": {scope, []lifecycle.Event{lifecycle.EventAddVersion, lifecycle.EventCancel}},
		"submit":      {scope, []lifecycle.Event{lifecycle.EventCreate, lifecycle.EventSubmit, lifecycle.EventSignOff}},
		"sale":        {scope, []lifecycle.Event{lifecycle.EventUpdatePricing}},
	} {
		got, err := awsmarketplace.PolicyFor(test.scope, test.commands...)
		require.NoError(t, err)
		golden.Equal(t, filepath.Join("testdata", "policy", name+".json"), got+"\n")
	}
}

// What tags is allowed to, and nothing else of it.
func TestPolicyTags(t *testing.T) {
	t.Parallel()
	tag := func(resource string) ask {
		return ask{action: "aws-marketplace:TagResource", resource: catalogARN + resource}
	}
	read := ask{action: "aws-marketplace:ListTagsForResource", resource: catalogARN + "MachineLearningProduct/prod-a"}
	for command, want := range map[lifecycle.Event][]bool{
		lifecycle.EventSubmit:        {true, true, true, true},
		lifecycle.EventUpdatePricing: {true, false, false, false},
		lifecycle.EventUnpublish:     {true, false, false, false},
		lifecycle.EventCancel:        {false, false, false, false},
		lifecycle.EventEdit:          {false, false, false, false},
	} {
		text, err := awsmarketplace.PolicyFor(awsmarketplace.PolicyScope{}, command)
		require.NoError(t, err)
		var got []bool
		for _, a := range []ask{tag("ChangeSet/a"), tag("MachineLearningProduct/prod-a"), tag("Offer/offer-a"), read} {
			got = append(got, allows(readPolicy(t, text), a))
		}
		assert.Equal(t, want, got, command)
	}
}

func TestPolicyIsTheSameInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		commands := rapid.SliceOf(rapid.SampledFrom(allCommands)).Draw(t, "commands")
		arns := []version.ARN{modelPackage("1.0").Resource, modelPackage("2.0").Resource, algorithm("1.0").Resource}
		resources := rapid.SliceOf(rapid.SampledFrom(arns)).Draw(t, "resources")
		one, err := awsmarketplace.PolicyFor(awsmarketplace.PolicyScope{Resources: resources}, commands...)
		require.NoError(t, err)
		again := rapid.Permutation(slices.Concat(commands, commands)).Draw(t, "again")
		other, err := awsmarketplace.PolicyFor(awsmarketplace.PolicyScope{Resources: rapid.Permutation(resources).Draw(t, "order")}, again...)
		require.NoError(t, err)
		require.Equal(t, one, other)
	})
}

func TestPolicyRefusesWhatItCannotAllow(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		scope awsmarketplace.PolicyScope
		event lifecycle.Event
		field string
		cause error
	}{
		"unknown event":     {event: "sell", field: "commands[1]"},
		"empty event":       {event: "", field: "commands[1]"},
		"outcome":           {event: lifecycle.EventGoLive, field: "commands[1]"},
		"account":           {scope: awsmarketplace.PolicyScope{Account: "*"}, event: lifecycle.EventSubmit, field: "scope.Account", cause: version.ErrAccountID},
		"role pattern":      {scope: awsmarketplace.PolicyScope{Roles: []version.Role{"arn:aws:iam::111122223333:role/*"}}, event: lifecycle.EventSubmit, field: "scope.Roles[0]", cause: version.ErrARN},
		"other role":        {scope: awsmarketplace.PolicyScope{Account: "444455556666", Roles: []version.Role{modelPackage("1.0").AccessRole}}, event: lifecycle.EventSubmit, field: "scope.Roles[0]"},
		"resource pattern":  {scope: awsmarketplace.PolicyScope{Resources: []version.ARN{packageARN, "arn:aws:sagemaker:us-east-2:111122223333:model-package/*"}}, event: lifecycle.EventSubmit, field: "scope.Resources[1]", cause: version.ErrARN},
		"other resource":    {scope: awsmarketplace.PolicyScope{Account: "444455556666", Resources: []version.ARN{packageARN}}, event: lifecycle.EventSubmit, field: "scope.Resources[0]"},
		"product pattern":   {scope: awsmarketplace.PolicyScope{Products: []string{"*"}}, event: lifecycle.EventSubmit, field: "scope.Products[0]"},
		"offer at revision": {scope: awsmarketplace.PolicyScope{Products: []string{"prod-a"}, Offers: []string{"offer-a", "offer-a@2"}}, event: lifecycle.EventSubmit, field: "scope.Offers[1]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := awsmarketplace.PolicyFor(test.scope, lifecycle.EventCreate, test.event)
			var refused *awsmarketplace.PolicyError
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

// TestPolicyFollowsTheEvents fails when a command is added that no policy knows.
func TestPolicyFollowsTheEvents(t *testing.T) {
	t.Parallel()
	outcomes := []lifecycle.Event{lifecycle.EventSending, lifecycle.EventSent, lifecycle.EventSendAgain, lifecycle.EventCancelRefused,
		lifecycle.EventPreviewReady, lifecycle.EventReturnToDraft, lifecycle.EventReturnToTest, lifecycle.EventGoLive,
		lifecycle.EventUpdated, lifecycle.EventUnpublished, lifecycle.EventRequestEnded}
	for _, row := range lifecycle.Transitions() {
		_, err := awsmarketplace.PolicyFor(awsmarketplace.PolicyScope{}, row.Event)
		assert.Equal(t, slices.Contains(outcomes, row.Event), err != nil, row.Event)
	}
}

// A nightly job that adds versions needs little more than reading.
func ExamplePolicyFor() {
	policy, err := awsmarketplace.PolicyFor(awsmarketplace.PolicyScope{
		Account: "111122223333", Roles: []version.Role{"arn:aws:iam::111122223333:role/MarketplaceIngestion"},
	}, lifecycle.EventAddVersion)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, line := range strings.Split(policy, "\n") {
		if strings.Contains(line, "Sid") || strings.Contains(line, "role/") {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	_, err = awsmarketplace.PolicyFor(awsmarketplace.PolicyScope{Account: listing.AccountID("4444")})
	fmt.Println(err)
	// Output:
	// "Sid": "RequestChanges",
	// "Sid": "FollowChanges",
	// "Sid": "FindChanges",
	// "Sid": "ReadListings",
	// "Sid": "TagChanges",
	// "Sid": "HandOverVersions",
	// "Resource": "arn:aws:iam::111122223333:role/MarketplaceIngestion",
	// "Sid": "ReadResources",
	// policy: scope.Account is "4444"; give the twelve digits
}
