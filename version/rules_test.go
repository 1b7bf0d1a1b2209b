package version_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/rulestest"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// ruleCase is an edit of a version without fault. It breaks the rule at
// paths, or not at all.
type ruleCase struct {
	rule  rule.Rule
	name  string
	edit  func(*version.Version)
	paths []string
}

var (
	text    = rulestest.Text
	address = rulestest.Address
)

const account = string(lifecycletest.Seller)

func resource(tail string) func(*version.Version) {
	return func(v *version.Version) { v.Resource = version.ARN("arn:aws:sagemaker:us-east-2:" + tail) }
}

func role(arn string) func(*version.Version) {
	return func(v *version.Version) { v.AccessRole = version.Role(arn) }
}

// algorithm turns the version into one of an algorithm before the edits.
func algorithm(edits ...func(*version.Version)) func(*version.Version) {
	return func(v *version.Version) {
		*v = lifecycletest.Version("1.0", version.Algorithm)
		for _, edit := range edits {
			edit(v)
		}
	}
}

func parameters(n int, edits ...func(*version.Parameter)) []version.Parameter {
	all := make([]version.Parameter, n)
	for i := range all {
		all[i] = version.Parameter{Name: "name", Description: "what it is"}
		for _, edit := range edits {
			edit(&all[i])
		}
	}
	return all
}

func fields(n int, name, description string) []version.Field {
	all := make([]version.Field, n)
	for i := range all {
		all[i] = version.Field{Name: name, Description: description}
	}
	return all
}

func parameter(edit func(*version.Parameter)) func(*version.Version) {
	return func(v *version.Version) { v.Input.Parameters = parameters(1, edit) }
}

func number(n string) func(*version.Version) {
	return func(v *version.Version) { v.Number = n }
}

var ruleCases = []ruleCase{
	{version.RuleARN, "none", resource(""), []string{"resource"}},
	{version.RuleARN, "empty", func(v *version.Version) { v.Resource = "" }, []string{"resource"}},
	{version.RuleARN, "name of 63", resource(account + ":model-package/" + strings.Repeat("a", 63)), nil},
	{version.RuleARN, "name of 64", resource(account + ":model-package/" + strings.Repeat("a", 64)), []string{"resource"}},
	{version.RuleARN, "account of 11 digits", resource(account[1:] + ":model-package/a"), []string{"resource"}},
	{version.RuleARN, "account of 13 digits", resource(account + "1:model-package/a"), []string{"resource"}},
	{version.RuleARN, "an endpoint", resource(account + ":endpoint/a"), []string{"resource"}},

	{version.RuleUnversionedPackage, "in a group", resource(account + ":model-package/invoice/1"), []string{"resource"}},
	{version.RuleUnversionedPackage, "on its own", resource(account + ":model-package/invoice-1"), nil},

	{version.RuleAccessRole, "none", role(""), []string{"accessRole"}},
	{version.RuleAccessRole, "with a path", role("arn:aws:iam::" + account + ":role/service-role/x"), []string{"accessRole"}},
	{version.RuleAccessRole, "a user", role("arn:aws:iam::" + account + ":user/x"), []string{"accessRole"}},
	{version.RuleAccessRole, "name of 64", role("arn:aws:iam::" + account + ":role/" + strings.Repeat("a", 64)), nil},
	{version.RuleAccessRole, "name of 65", role("arn:aws:iam::" + account + ":role/" + strings.Repeat("a", 65)), []string{"accessRole"}},
	{version.RuleAccessRole, "of another account", role("arn:aws:iam::444455556666:role/x"), []string{"accessRole"}},

	{version.RuleNumber, "none", func(v *version.Version) { v.Number = "" }, []string{"number"}},
	{version.RuleNumber, "after a blank", func(v *version.Version) { v.Number = " 1" }, []string{"number"}},
	{version.RuleNumber, "before a blank", number("1.0 "), []string{"number"}},
	{version.RuleNumber, "after a no-break space", number("\u00a01.0"), []string{"number"}},
	{version.RuleNumber, "before an ideographic space", number("1.0\u3000"), []string{"number"}},
	{version.RuleNumber, "before a Hangul filler", number("1.0\u3164"), []string{"number"}},
	{version.RuleNumber, "tab inside", number("1\t0"), []string{"number"}},
	{version.RuleNumber, "line feed inside", number("1.0\n2"), []string{"number"}},
	{version.RuleNumber, "line separator inside", number("1.0\u20282"), []string{"number"}},
	{version.RuleNumber, "zero-width space inside", number("1.\u200b0"), []string{"number"}},
	{version.RuleNumber, "mark of direction", number("1.0\u202e"), []string{"number"}},
	{version.RuleNumber, "soft hyphen", number("1\u00ad0"), []string{"number"}},
	{version.RuleNumber, "variation selector", number("1\ufe0f"), []string{"number"}},
	{version.RuleNumber, "invisible only", number("\u200b\u2060"), []string{"number", "number"}},
	{version.RuleNumber, "blank inside", number("1.0 beta"), nil},
	{version.RuleNumber, "blanks only", number("\u3164"), []string{"number"}},
	{version.RuleNumber, "vertical tab inside", number("1\v0"), []string{"number"}},
	{version.RuleNumber, "form feed inside", number("1\f0"), []string{"number"}},
	{version.RuleNumber, "carriage return inside", number("1\r0"), []string{"number"}},
	{version.RuleNumber, "next line inside", number("1\u00850"), []string{"number"}},
	{version.RuleNumber, "paragraph separator inside", number("1\u20290"), []string{"number"}},
	{version.RuleNumberASCII, "Cyrillic first", number("\u0430"), []string{"number"}},
	{version.RuleNumberASCII, "Cyrillic", number("1.0-\u0430"), []string{"number"}},
	{version.RuleNumberASCII, "ASCII", number("1.0-a"), nil},
	{version.RuleNumber, "64 characters", func(v *version.Version) { v.Number = text(64) }, nil},
	{version.RuleNumber, "65 characters", func(v *version.Version) { v.Number = text(65) }, []string{"number"}},

	{version.RuleStatus, "offered", func(v *version.Version) { v.Status = version.Offered }, nil},
	{version.RuleStatus, "restricted", func(v *version.Version) { v.Status = version.Restricted }, nil},
	{version.RuleStatus, "spelled out", func(v *version.Version) { v.Status = "offered" }, []string{"status"}},

	{version.RuleReleaseNotes, "none", func(v *version.Version) { v.ReleaseNotes = "" }, []string{"releaseNotes"}},
	{version.RuleReleaseNotes, "29,999 characters", func(v *version.Version) { v.ReleaseNotes = text(29_999) }, nil},
	{version.RuleReleaseNotes, "30,000 characters", func(v *version.Version) { v.ReleaseNotes = text(30_000) }, []string{"releaseNotes"}},

	{version.RuleNotebook, "none", func(v *version.Version) { v.Notebook = "" }, []string{"notebook"}},
	{version.RuleNotebook, "not https", func(v *version.Version) { v.Notebook = "http://example.com/a.ipynb" }, []string{"notebook"}},
	{version.RuleNotebook, "2,000 characters", func(v *version.Version) { v.Notebook = address(2_000) }, nil},
	{version.RuleNotebook, "2,001 characters", func(v *version.Version) { v.Notebook = address(2_001) }, []string{"notebook"}},

	{version.RuleRepository, "none", func(v *version.Version) { v.Repository = "" }, []string{"repository"}},
	{version.RuleRepository, "not https", func(v *version.Version) { v.Repository = "git@github.com:example/a.git" }, []string{"repository"}},
	{version.RuleRepository, "2,000 characters", func(v *version.Version) { v.Repository = address(2_000) }, nil},
	{version.RuleRepository, "2,001 characters", func(v *version.Version) { v.Repository = address(2_001) }, []string{"repository"}},

	{version.RuleUsage, "none", func(v *version.Version) { v.Usage = "" }, []string{"usage"}},
	{version.RuleUsage, "10,000 characters", func(v *version.Version) { v.Usage = text(10_000) }, nil},
	{version.RuleUsage, "10,001 characters", func(v *version.Version) { v.Usage = text(10_001) }, []string{"usage"}},
	{version.RuleUsage, "10,000 with training", algorithm(fillUsage(10_000)), nil},
	{version.RuleUsage, "10,001 with training", algorithm(fillUsage(10_001)), []string{"usage"}},
	{version.RuleUsage, "10,001 without training", algorithm(func(v *version.Version) { v.Usage = text(10_001) }), []string{"usage"}},

	{version.RuleInput, "no description", func(v *version.Version) { v.Input.Description = "" }, []string{"input.description"}},
	{version.RuleInput, "description of 10,000", func(v *version.Version) { v.Input.Description = text(10_000) }, nil},
	{version.RuleInput, "description of 10,001", func(v *version.Version) { v.Input.Description = text(10_001) }, []string{"input.description"}},
	{version.RuleInput, "no limitations", func(v *version.Version) { v.Input.Limitations = "" }, nil},
	{version.RuleInput, "limitations of 1,000", func(v *version.Version) { v.Input.Limitations = text(1_000) }, nil},
	{version.RuleInput, "limitations of 1,001", func(v *version.Version) { v.Input.Limitations = text(1_001) }, []string{"input.limitations"}},
	{version.RuleInput, "no samples", func(v *version.Version) { v.Input.RealTime, v.Input.Batch = version.Sample{}, version.Sample{} }, []string{"input.batch", "input.realTime"}},
	{version.RuleInput, "text and address", func(v *version.Version) { v.Input.Batch = version.Sample{Text: "a", URL: address(30)} }, []string{"input.batch"}},
	{version.RuleInput, "text of 10,000", func(v *version.Version) { v.Input.RealTime = version.Sample{Text: text(10_000)} }, nil},
	{version.RuleInput, "text of 10,001", func(v *version.Version) { v.Input.RealTime = version.Sample{Text: text(10_001)} }, []string{"input.realTime.text"}},
	{version.RuleInput, "address of 10,000", func(v *version.Version) { v.Input.Batch = version.Sample{URL: address(10_000)} }, nil},
	{version.RuleInput, "address of 10,001", func(v *version.Version) { v.Input.Batch = version.Sample{URL: address(10_001)} }, []string{"input.batch.url"}},
	{version.RuleInput, "address of a bucket", func(v *version.Version) { v.Input.Batch = version.Sample{URL: "s3://bucket/a"} }, []string{"input.batch.url"}},

	{version.RuleOutput, "no description", func(v *version.Version) { v.Output.Description = "" }, []string{"output.description"}},
	{version.RuleOutput, "description of 10,000", func(v *version.Version) { v.Output.Description = text(10_000) }, nil},
	{version.RuleOutput, "description of 10,001", func(v *version.Version) { v.Output.Description = text(10_001) }, []string{"output.description"}},
	{version.RuleOutput, "no samples", func(v *version.Version) { v.Output.RealTime, v.Output.Batch = version.Sample{}, version.Sample{} }, []string{"output.batch", "output.realTime"}},
	{version.RuleOutput, "text and address", func(v *version.Version) { v.Output.RealTime = version.Sample{Text: "a", URL: address(30)} }, []string{"output.realTime"}},
	{version.RuleOutput, "a sample of one blank", func(v *version.Version) { v.Output.Batch = version.Sample{Text: " "} }, []string{"output.batch"}},
	{version.RuleInput, "an invisible sample", func(v *version.Version) { v.Input.Batch = version.Sample{Text: "\u200b"} }, []string{"input.batch"}},
	{version.RuleUsage, "invisible", func(v *version.Version) { v.Usage = "\u2060\ufeff\u2800" }, []string{"usage"}},
	{version.RuleOutput, "text of 10,000", func(v *version.Version) { v.Output.Batch = version.Sample{Text: text(10_000)} }, nil},
	{version.RuleOutput, "text of 10,001", func(v *version.Version) { v.Output.Batch = version.Sample{Text: text(10_001)} }, []string{"output.batch.text"}},
	{version.RuleOutput, "address of 10,000", func(v *version.Version) { v.Output.RealTime = version.Sample{URL: address(10_000)} }, nil},
	{version.RuleOutput, "address of 10,001", func(v *version.Version) { v.Output.RealTime = version.Sample{URL: address(10_001)} }, []string{"output.realTime.url"}},

	{version.RuleParameters, "none", func(v *version.Version) {
		v.Input.Parameters, v.Input.CustomAttributes, v.Output.Fields = nil, nil, nil
	}, nil},
	{version.RuleParameters, "35 of each", func(v *version.Version) {
		v.Input.Parameters, v.Input.CustomAttributes, v.Output.Fields = parameters(35), parameters(35), fields(35, "a", "b")
	}, nil},
	{version.RuleParametersShown, "24 of each", func(v *version.Version) {
		v.Input.Parameters, v.Output.Fields = parameters(24), fields(24, "a", "b")
	}, nil},
	{version.RuleParametersShown, "25 of each", func(v *version.Version) {
		v.Input.Parameters, v.Output.Fields = parameters(25), fields(25, "a", "b")
	}, []string{"input.parameters", "output.fields"}},
	{version.RuleParametersShown, "35 of each", func(v *version.Version) {
		v.Input.Parameters, v.Output.Fields = parameters(35), fields(35, "a", "b")
	}, []string{"input.parameters", "output.fields"}},
	{version.RuleParameters, "36 of each", func(v *version.Version) {
		v.Input.Parameters, v.Input.CustomAttributes, v.Output.Fields = parameters(36), parameters(36), fields(36, "a", "b")
	}, []string{"input.customAttributes", "input.parameters", "output.fields"}},
	{version.RuleParameters, "no name", parameter(func(p *version.Parameter) { p.Name = "" }), []string{"input.parameters[0].name"}},
	{version.RuleParameters, "name of 100", parameter(func(p *version.Parameter) { p.Name = strings.Repeat("~", 100) }), nil},
	{version.RuleParameters, "name of 101", parameter(func(p *version.Parameter) { p.Name = strings.Repeat("!", 101) }), []string{"input.parameters[0].name"}},
	{version.RuleParameters, "name with the first printable", parameter(func(p *version.Parameter) { p.Name = "a b" }), nil},
	{version.RuleParameters, "name outside ASCII", parameter(func(p *version.Parameter) { p.Name = "größe" }), []string{"input.parameters[0].name"}},
	{version.RuleParameters, "name with a tab", parameter(func(p *version.Parameter) { p.Name = "a\tb" }), []string{"input.parameters[0].name"}},
	{version.RuleParameters, "name with the first after printable", parameter(func(p *version.Parameter) { p.Name = "a\x7f" }), []string{"input.parameters[0].name"}},
	{version.RuleParameters, "no description", parameter(func(p *version.Parameter) { p.Description = "" }), []string{"input.parameters[0].description"}},
	{version.RuleParameters, "description of 1,000", parameter(func(p *version.Parameter) { p.Description = text(1_000) }), nil},
	{version.RuleParameters, "description of 1,001", parameter(func(p *version.Parameter) { p.Description = text(1_001) }), []string{"input.parameters[0].description"}},
	{version.RuleParameters, "constraints of 1,500", parameter(func(p *version.Parameter) { p.Constraints = text(1_500) }), nil},
	{version.RuleParameters, "constraints of 1,501", parameter(func(p *version.Parameter) { p.Constraints = text(1_501) }), []string{"input.parameters[0].constraints"}},
	{version.RuleParameters, "the eleventh attribute", func(v *version.Version) {
		v.Input.CustomAttributes = parameters(12)
		v.Input.CustomAttributes[2].Name, v.Input.CustomAttributes[10].Name = "", ""
	}, []string{"input.customAttributes[2].name", "input.customAttributes[10].name"}},
	{version.RuleParameters, "field without all", func(v *version.Version) { v.Output.Fields = fields(1, "", "") }, []string{"output.fields[0].description", "output.fields[0].name"}},
	{version.RuleParameters, "field at the limits", func(v *version.Version) { v.Output.Fields = fields(1, strings.Repeat("a", 100), text(1_000)) }, nil},

	{version.RuleTraining, "model package without", func(*version.Version) {}, nil},
	{version.RuleTraining, "model package with", func(v *version.Version) { v.Training = &version.Training{} }, []string{"training"}},
	{version.RuleTraining, "algorithm with", algorithm(), nil},
	{version.RuleTraining, "algorithm without", algorithm(func(v *version.Version) { v.Training = nil }), []string{"training"}},
	{version.RuleTraining, "algorithm with nothing in it", algorithm(func(v *version.Version) { v.Training = &version.Training{} }), []string{"training.data", "training.example", "training.overview"}},
	{version.RuleTraining, "algorithm with the least", algorithm(func(v *version.Version) {
		v.Training = &version.Training{Data: "a", Example: "https://example.co", Overview: "b"}
	}), nil},
	{version.RuleTraining, "example of 2,000", algorithm(func(v *version.Version) { v.Training.Example = address(2_000) }), nil},
	{version.RuleTraining, "example of 2,001", algorithm(func(v *version.Version) { v.Training.Example = address(2_001) }), []string{"training.example"}},

	{version.RuleRecommendedBatch, "none", func(v *version.Version) { v.Recommended.Batch = "" }, []string{"recommended.batch"}},
	{version.RuleRecommendedBatch, "24 characters", func(v *version.Version) { v.Recommended.Batch = "ml.p6e-gb200-x.36xlarges" }, nil},
	{version.RuleRecommendedBatch, "25 characters", func(v *version.Version) { v.Recommended.Batch = "ml.p6e-gb200-xy.36xlarges" }, []string{"recommended.batch"}},
	{version.RuleRecommendedBatch, "of EC2", func(v *version.Version) { v.Recommended.Batch = "m5.large" }, []string{"recommended.batch"}},

	{version.RuleRecommendedRealTime, "none", func(v *version.Version) { v.Recommended.RealTime = "" }, []string{"recommended.realTime"}},
	{version.RuleRecommendedRealTime, "24 characters", func(v *version.Version) { v.Recommended.RealTime = "ml.p6e-gb200-x.36xlarges" }, nil},
	{version.RuleRecommendedRealTime, "25 characters", func(v *version.Version) { v.Recommended.RealTime = "ml.p6e-gb200-xy.36xlarges" }, []string{"recommended.realTime"}},
	{version.RuleRecommendedRealTime, "in capitals", func(v *version.Version) { v.Recommended.RealTime = "ML.M5.LARGE" }, []string{"recommended.realTime"}},

	{version.RuleNotebookOnGitHub, "elsewhere", func(v *version.Version) {
		v.Notebook = "https://github.com.example.com/demo.ipynb"
		v.Output.Batch = version.Sample{URL: "https://example.com/out"}
	}, []string{"notebook", "output.batch.url"}},
	{version.RuleNotebookOnGitHub, "on GitHub and its pages", func(v *version.Version) {
		v.Notebook = "https://gist.github.com/demo"
		v.Output.Batch = version.Sample{URL: "https://raw.githubusercontent.com/out"}
	}, nil},
	{version.RuleNotebookOnGitHub, "on the pages of a user", func(v *version.Version) {
		v.Notebook, v.Output.Batch = "https://ann-b.github.io/demo.ipynb", version.Sample{URL: "https://GitHub.com/ann/out"}
	}, nil},
	{version.RuleNotebookOnGitHub, "a host that ends alike", func(v *version.Version) { v.Notebook = "https://notgithub.com/a" }, []string{"notebook"}},
	{version.RuleUsageExample, "no call", func(v *version.Version) { v.Usage = "Send a page." }, []string{"usage"}},
	{version.RuleUsageExample, "boto3", func(v *version.Version) { v.Usage = "runtime.invoke_endpoint(EndpointName=...)" }, nil},
	{version.RuleUsageExample, "batch", func(v *version.Version) { v.Usage = "aws sagemaker create-transform-job" }, nil},
	{version.RuleMIMETypes, "none", func(v *version.Version) {
		v.Input.Description, v.Output.Description = "One page and/or two.", "Fields."
	}, []string{"input.description", "output.description"}},
	{version.RuleMIMETypes, "each", func(v *version.Version) {
		v.Input.Description, v.Output.Description = "text/csv", "As application/vnd.x+json."
	}, nil},

	{version.RuleRecommendedTraining, "model package with", func(v *version.Version) { v.Recommended.Training = "ml.m5.large" }, []string{"recommended.training"}},
	{version.RuleRecommendedTraining, "model package without", func(*version.Version) {}, nil},
	{version.RuleRecommendedTraining, "algorithm without", algorithm(func(v *version.Version) { v.Recommended.Training = "" }), []string{"recommended.training"}},
	{version.RuleRecommendedTraining, "algorithm with 24 characters", algorithm(func(v *version.Version) { v.Recommended.Training = "ml.p6e-gb200-x.36xlarges" }), nil},
	{version.RuleRecommendedTraining, "algorithm with 25 characters", algorithm(func(v *version.Version) { v.Recommended.Training = "ml.p6e-gb200-xy.36xlarges" }), []string{"recommended.training"}},
}

// fillUsage makes the usage instructions of an algorithm n characters long.
func fillUsage(n int) func(*version.Version) {
	return func(v *version.Version) {
		v.Usage = ""
		v.Usage = text(n - len([]rune(v.UsageInstructions())))
	}
}

func TestEveryRuleAtItsBoundary(t *testing.T) {
	t.Parallel()
	for _, kind := range []version.Kind{version.ModelPackage, version.Algorithm} {
		require.Equal(t, rule.Findings{}, version.Check(lifecycletest.Version("1.0", kind)), "the model version is to break no rule")
	}
	var cases rulestest.Cases
	for _, tc := range ruleCases {
		cases.Add(tc.rule, tc.paths)
		t.Run(tc.rule.ID+"/"+tc.name, func(t *testing.T) {
			t.Parallel()
			v := lifecycletest.Version("1.0", version.ModelPackage)
			tc.edit(&v)
			rulestest.Finds(t, version.Check(v), tc.rule, tc.paths)
		})
	}
	cases.Cover(t, version.Rules())
}

func TestRulesAreWhole(t *testing.T) {
	t.Parallel()
	rulestest.Whole(t, version.Rules, `^version\.[a-z0-9-]+$`)
}

// The training notes count twice: on their own, and as part of the usage.
func TestTrainingTextsAtTheirLimit(t *testing.T) {
	t.Parallel()
	for path, set := range map[string]func(*version.Training, string){
		"training.data":     func(v *version.Training, s string) { v.Data = s },
		"training.overview": func(v *version.Training, s string) { v.Overview = s },
	} {
		v := lifecycletest.Version("1.0", version.Algorithm)
		set(v.Training, text(10_000))
		assert.Equal(t, []rule.Rule{version.RuleUsage}, version.Check(v).Violations.Rules())
		set(v.Training, text(10_001))
		found := version.Check(v)
		require.Len(t, found.Violations, 2)
		assert.Equal(t, path, found.Violations[0].Path)
		assert.Equal(t, version.RuleTraining, found.Violations[0].Rule)
		assert.Equal(t, version.RuleUsage, found.Violations[1].Rule)
	}
}

// A resource of no known kind silences the rules that depend on the kind, and
// no others.
func TestUnknownKindIsNotGuessed(t *testing.T) {
	t.Parallel()
	v := lifecycletest.Version("1.0", version.ModelPackage)
	v.Resource = "arn:aws:sagemaker:us-east-2:111122223333:endpoint/x"
	v.Training = &version.Training{}
	v.Recommended.Training = "ml.m5.large"
	assert.Equal(t, []rule.Rule{version.RuleARN}, version.Check(v).Violations.Rules())
	v.Recommended.Training = "m5.large"
	assert.Equal(t, []rule.Rule{version.RuleRecommendedTraining, version.RuleARN}, version.Check(v).Violations.Rules())
}

func TestAnEmptyVersionIsToldEverything(t *testing.T) {
	t.Parallel()
	var paths []string
	for _, v := range version.Check(version.Version{}).Violations {
		paths = append(paths, v.Path)
	}
	assert.Equal(t, []string{
		"accessRole", "input.batch", "input.description", "input.realTime", "notebook", "number",
		"output.batch", "output.description", "output.realTime", "recommended.batch", "recommended.realTime",
		"releaseNotes", "repository", "resource", "usage",
	}, paths)
}

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

// What one rule reports is not reported by its neighbour, too.
func TestNeighboursOfARuleAreSilent(t *testing.T) {
	t.Parallel()
	for _, tc := range []ruleCase{
		{version.RuleNumberASCII, "last of ASCII", number("1\x7f"), nil},
		{version.RuleNumberASCII, "not UTF-8", number("1\xff"), nil},
		{version.RuleParametersShown, "more than are allowed", func(v *version.Version) {
			v.Input.Parameters, v.Output.Fields = parameters(36), fields(36, "a", "b")
		}, nil},
	} {
		v := lifecycletest.Version("1.0", version.ModelPackage)
		tc.edit(&v)
		found := version.Check(v)
		assert.NotContains(t, append(found.Violations.Rules(), found.Advice.Rules()...), tc.rule, tc.name)
	}
}
