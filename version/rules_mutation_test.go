package version_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/version"
)

// What is missing is said to be missing, and what is there but wrong, wrong.
func TestMissingIsToldFromWrong(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(*version.Version, string){
		"resource":          func(v *version.Version, s string) { v.Resource = version.ARN(s) },
		"accessRole":        func(v *version.Version, s string) { v.AccessRole = version.Role(s) },
		"recommended.batch": func(v *version.Version, s string) { v.Recommended.Batch = s },
	} {
		v := lifecycletest.Version("1.0", version.ModelPackage)
		edit(&v, "")
		found := version.Check(v).Violations
		require.Len(t, found, 1, name)
		assert.Equal(t, "is missing", found[0].Problem, name)
		edit(&v, "nonsense")
		found = version.Check(v).Violations
		require.Len(t, found, 1, name)
		assert.Contains(t, found[0].Problem, `"nonsense" is not`, name)
	}
}

// Instance types, MIME types and addresses on GitHub are matched whole.
func TestPatternsMatchTheWholeValue(t *testing.T) {
	t.Parallel()
	for _, instance := range []string{"xml.m5.large", "ml.m5.large/1", "ml.m5"} {
		v := lifecycletest.Version("1.0", version.ModelPackage)
		v.Recommended.Batch = instance
		lifecycletest.RequireRefused(t, version.Check(v).Err(), version.RuleRecommendedBatch)
	}
	v := lifecycletest.Version("1.0", version.ModelPackage)
	v.Input.Description = "The context/scope of the page."
	v.Notebook = "https://example.com/https://github.com/demo"
	var paths []string
	for _, a := range version.Check(v).Advice {
		paths = append(paths, a.Path)
	}
	assert.Equal(t, []string{"input.description", "notebook"}, paths)
}

func TestAdviceOnEachSampleAndNoneOnWhatIsMissing(t *testing.T) {
	t.Parallel()
	v := lifecycletest.Version("1.0", version.ModelPackage)
	for path, sample := range map[string]*version.Sample{
		"input.realTime.url": &v.Input.RealTime, "input.batch.url": &v.Input.Batch,
		"output.realTime.url": &v.Output.RealTime, "output.batch.url": &v.Output.Batch,
	} {
		before := *sample
		*sample = version.Sample{URL: "https://example.com/sample"}
		advice := version.Check(v).Advice
		require.Len(t, advice, 1, path)
		assert.Equal(t, path, advice[0].Path)
		*sample = before
	}
	v.Usage = "aws sagemaker-runtime Invoke-Endpoint"
	assert.Empty(t, version.Check(v).Advice)
	v.Usage, v.Input.Description, v.Output.Description = "", "", ""
	assert.Empty(t, version.Check(v).Advice, "the rules on what is missing speak of that")
}

func TestUsageAtItsLimitBesideTrainingNotes(t *testing.T) {
	t.Parallel()
	v := lifecycletest.Version("1.0", version.Algorithm)
	v.Usage = text(10_000)
	lifecycletest.RequireRefused(t, version.Check(v).Err(), version.RuleUsage)
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
