package version_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/version"
)

func TestParts(t *testing.T) {
	t.Parallel()
	const head = "arn:aws:sagemaker:us-east-2:111122223333:"
	parts := func(kind version.Kind, name string, versioned bool) version.Parts {
		return version.Parts{Region: "us-east-2", Account: "111122223333", Kind: kind, Name: name, Versioned: versioned}
	}
	for s, want := range map[string]version.Parts{
		head + "model-package/a":                      parts(version.ModelPackage, "a", false),
		head + "model-package/A-1--z":                 parts(version.ModelPackage, "A-1--z", false),
		head + "model-package/group-1/23":             parts(version.ModelPackage, "group-1/23", true),
		head + "algorithm/xgb":                        parts(version.Algorithm, "xgb", false),
		head + "algorithm/" + strings.Repeat("a", 63): parts(version.Algorithm, strings.Repeat("a", 63), false),
		head + "algorithm/" + strings.Repeat("a", 64): {},
		head + "algorithm/xgb/1":                      {},
		head + "model-package/":                       {},
		head + "model-package/-a":                     {},
		head + "model-package/a-":                     {},
		head + "model-package/a_b":                    {},
		head + "model-package/ä":                      {},
		head + "model-package/a b":                    {},
		head + "model-package/a\n":                    {},
		head + "model-package/group/x":                {},
		head + "model-package/group/":                 {},
		head + "model-package/group/1/2":              {},
		head + "Model-Package/a":                      {},
		head + "model-package-group/a":                {},
		head + "endpoint/a":                           {},
		"":                                            {},
		"x":                                           {},
		" " + head + "algorithm/a":                    {},
		"arn:aws-cn:sagemaker:cn-north-1:111122223333:algorithm/a": {},
		"arn:aws:s3:us-east-2:111122223333:algorithm/a":            {},
		"arn:aws:sagemaker::111122223333:algorithm/a":              {},
		"arn:aws:sagemaker:us-east-2:11112222333:algorithm/a":      {},
		"arn:aws:sagemaker:us-east-2::algorithm/a":                 {},
		head + "algorithm/" + strings.Repeat("é", 1<<20):           {},
	} {
		got, err := version.ARN(s).Parts()
		assert.Equal(t, want, got)
		if want == (version.Parts{}) {
			require.ErrorIs(t, err, version.ErrARN, "%.80q", s)
			assert.Less(t, len(err.Error()), 1_000)
			continue
		}
		require.NoError(t, err, s)
	}
}

func TestErrorsShortenWhatTheyName(t *testing.T) {
	t.Parallel()
	_, err := version.ARN(strings.Repeat("a", 120)).Parts()
	assert.NotContains(t, err.Error(), "aaa…")
	_, err = version.ARN(strings.Repeat("a", 121)).Parts()
	assert.Contains(t, err.Error(), strings.Repeat("a", 120)+"…")
	_, err = version.ARN("arn:aws:sagemaker:us-east-2:111122223333:algorithm/" + strings.Repeat("a", 64)).Parts()
	assert.ErrorContains(t, err, "must be 1 to 63 letters, digits and inner hyphens")
}

func rebuilt(p version.Parts) string {
	kind := map[version.Kind]string{version.ModelPackage: "model-package", version.Algorithm: "algorithm"}[p.Kind]
	return fmt.Sprintf("arn:aws:sagemaker:%s:%s:%s/%s", p.Region, p.Account, kind, p.Name)
}

func FuzzParts(f *testing.F) {
	for _, seed := range []string{
		"arn:aws:sagemaker:us-east-2:111122223333:model-package/invoice-v1",
		"arn:aws:sagemaker:us-east-2:111122223333:model-package/invoice/1",
		"arn:aws:sagemaker:us-east-2:111122223333:algorithm/x",
		"arn:aws:sagemaker:us-east-2:111122223333:algorithm/x/1", "arn:aws:iam::111122223333:role/x", "arn:", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := version.ARN(s).Parts()
		if err != nil {
			require.ErrorIs(t, err, version.ErrARN)
			assert.Zero(t, p)
			return
		}
		assert.Equal(t, s, rebuilt(p))
		assert.True(t, p.Account.Valid())
		assert.True(t, p.Kind.Valid())
		assert.Equal(t, strings.Contains(p.Name, "/"), p.Versioned)
	})
}

func TestARNRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := version.Parts{
			Region:  version.Region(rapid.StringMatching(`[a-z]{2}-[a-z]{4,9}-[1-9]`).Draw(t, "region")),
			Account: version.AccountID(rapid.StringMatching(`[0-9]{12}`).Draw(t, "account")),
			Kind:    rapid.SampledFrom([]version.Kind{version.ModelPackage, version.Algorithm}).Draw(t, "kind"),
			Name:    rapid.StringMatching(`[a-zA-Z0-9](-{0,2}[a-zA-Z0-9]){0,20}`).Draw(t, "name"),
		}
		if want.Kind == version.ModelPackage && rapid.Bool().Draw(t, "versioned") {
			want.Name += rapid.StringMatching(`/[0-9]{1,4}`).Draw(t, "number")
			want.Versioned = true
		}
		got, err := version.ARN(rebuilt(want)).Parts()
		require.NoError(t, err)
		assert.Equal(t, want, got)
	})
}

func TestRoleAccount(t *testing.T) {
	t.Parallel()
	const head = "arn:aws:iam::111122223333:role/"
	for role, problem := range map[version.Role]string{
		head + "Marketplace_Ingestion+=,.@-1":        "",
		version.Role(head + strings.Repeat("a", 64)): "",
		version.Role(head + strings.Repeat("a", 65)): "want arn:aws:iam::<account>:role/<name>",
		head + "service-role/x":                      "has a path",
		head + "/x":                                  "has a path",
		head:                                         "want arn:aws:iam",
		head + "a b":                                 "want arn:aws:iam",
		head + "a\n":                                 "want arn:aws:iam",
		"":                                           "want arn:aws:iam",
		"arn:aws:iam::11112222333:role/x":            "want arn:aws:iam",
		"arn:aws:iam::111122223333:user/x":           "want arn:aws:iam",
		"arn:aws:sts::111122223333:assumed-role/x/y": "has a path",
	} {
		account, err := role.Account()
		if problem == "" {
			require.NoError(t, err)
			assert.Equal(t, version.AccountID("111122223333"), account)
			continue
		}
		require.ErrorIs(t, err, version.ErrARN, role)
		require.ErrorContains(t, err, problem)
		assert.Empty(t, account)
	}
}

func TestAccountID(t *testing.T) {
	t.Parallel()
	for s, valid := range map[string]bool{
		"000000000000": true, "111122223333": true, "11112222333": false, "1111222233334": false, "": false,
		"1111-2222-3333": false, "11112222333a": false, "111122223333\n": false, "١١١١٢٢٢٢٣٣٣٣": false,
	} {
		assert.Equal(t, valid, version.AccountID(s).Valid(), s)
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	for region, want := range map[version.Region]struct{ known, publishes bool }{
		"us-east-1": {true, true}, "sa-east-1": {true, true}, "af-south-1": {true, false}, "mx-central-1": {true, false},
		"us-east-3": {}, "US-EAST-1": {}, "": {}, "all": {}, "cn-north-1": {}, "us-gov-west-1": {},
	} {
		assert.Equal(t, want.known, region.Known(), region)
		assert.Equal(t, want.publishes, region.Publishes(), region)
	}
}

func TestNearestRegion(t *testing.T) {
	t.Parallel()
	for region, want := range map[version.Region]version.Region{
		"us-esat-1": "us-east-1", "US-EAST-2": "us-east-2", "eu-west1": "eu-west-1", "frankfurt": "", "all": "", "": "",
	} {
		assert.Equal(t, want, region.Nearest(), region)
	}
}

func TestKind(t *testing.T) {
	t.Parallel()
	assert.True(t, version.ModelPackage.Valid())
	assert.True(t, version.Algorithm.Valid())
	assert.False(t, version.Kind("").Valid())
	assert.False(t, version.Kind("model-package").Valid())
}

func TestLengthsInARNs(t *testing.T) {
	t.Parallel()
	arn := func(region, name string) version.ARN {
		return version.ARN("arn:aws:sagemaker:" + region + ":" + account + ":model-package/" + name)
	}
	for length, valid := range map[int]bool{3: false, 4: true, 24: true, 25: false} {
		_, err := arn(strings.Repeat("r", length), "a").Parts()
		assert.Equal(t, valid, err == nil, "a Region of %d characters", length)
	}
	for length, valid := range map[int]bool{63: true, 64: false} {
		p, err := arn("us-east-2", strings.Repeat("g", length)+"/1").Parts()
		assert.Equal(t, valid, err == nil && p.Versioned, "a group of %d characters", length)
	}
	for role, valid := range map[string]bool{"arn:aws:iam::%:role/x": true, "x:arn:aws:iam::%:role/xy": false} {
		_, err := version.Role(strings.ReplaceAll(role, "%", account)).Account()
		assert.Equal(t, valid, err == nil, role)
	}
}
