package version

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// Check returns everything that is wrong with the version, as far as the
// document alone shows it. Paths are relative to the version.
func Check(v Version) rule.Findings { return rule.Run(v, checks) }

// Collect adds to c what [Check] finds in the version at a place of a listing, but
// for some rules.
func Collect(c *rule.Collector, at rule.Place, v Version, but ...rule.Rule) {
	rule.Collect(c, at, v, checks, but...)
}

// Rules returns the rules that [Check] checks.
func Rules() []rule.Rule { return rule.Of(checks) }

var checks = []rule.Check[Version]{
	{Rule: RuleARN, Find: func(v Version, r *rule.Report) {
		if v.Resource == "" {
			r.Broken("resource", "is missing")
		} else if _, err := v.Resource.Parts(); err != nil {
			r.Broken("resource", "%q is %v", shorten(string(v.Resource)), ErrARN)
		}
	}},
	{Rule: RuleUnversionedPackage, Find: func(v Version, r *rule.Report) {
		if p, err := v.Resource.Parts(); err == nil && p.Versioned {
			r.Broken("resource", "%q is a versioned model package", p.Name)
		}
	}},
	{Rule: RuleAccessRole, Find: checkAccessRole},
	{Rule: RuleNumber, Find: checkNumber},
	{Rule: RuleNumberASCII, Find: func(v Version, r *rule.Report) {
		if i := strings.IndexFunc(v.Number, func(c rune) bool { return c > unicode.MaxASCII }); i >= 0 && utf8.ValidString(v.Number) {
			c, _ := utf8.DecodeRuneInString(v.Number[i:])
			r.Broken("number", "%q has the character %U", rule.Shorten(v.Number), c)
		}
	}},
	{Rule: RuleStatus, Find: func(v Version, r *rule.Report) {
		if v.Status != Offered && v.Status != Restricted {
			r.Broken("status", "%q is not a status", rule.Shorten(string(v.Status)))
		}
	}},
	{Rule: RuleReleaseNotes, Find: func(v Version, r *rule.Report) { r.Text("releaseNotes", v.ReleaseNotes, 29_999) }},
	{Rule: RuleNotebook, Find: func(v Version, r *rule.Report) { r.HTTPS("notebook", v.Notebook, 2_000) }},
	{Rule: RuleRepository, Find: func(v Version, r *rule.Report) { r.HTTPS("repository", v.Repository, 2_000) }},
	{Rule: RuleUsage, Find: checkUsage},
	{Rule: RuleNotebookOnGitHub, Find: func(v Version, r *rule.Report) {
		for _, address := range []struct{ path, url string }{
			{"notebook", v.Notebook},
			{"input.realTime.url", v.Input.RealTime.URL}, {"input.batch.url", v.Input.Batch.URL},
			{"output.realTime.url", v.Output.RealTime.URL}, {"output.batch.url", v.Output.Batch.URL},
		} {
			if address.url != "" && !onGitHub(address.url) {
				r.Broken(address.path, "is not on GitHub")
			}
		}
	}},
	{Rule: RuleUsageExample, Find: func(v Version, r *rule.Report) {
		if v.Usage != "" && !showsCall(v.Usage) {
			r.Broken("usage", "shows no call")
		}
	}},
	{Rule: RuleMIMETypes, Find: func(v Version, r *rule.Report) {
		if v.Input.Description != "" && !namesMIMEType(v.Input.Description) {
			r.Broken("input.description", "names no MIME content type")
		}
		if v.Output.Description != "" && !namesMIMEType(v.Output.Description) {
			r.Broken("output.description", "names no MIME content type")
		}
	}},
	{Rule: RuleInput, Find: func(v Version, r *rule.Report) {
		r.Text("input.description", v.Input.Description, 10_000)
		r.OptionalText("input.limitations", v.Input.Limitations, 1_000)
		checkSample(r.At("input.realTime"), v.Input.RealTime)
		checkSample(r.At("input.batch"), v.Input.Batch)
	}},
	{Rule: RuleOutput, Find: func(v Version, r *rule.Report) {
		r.Text("output.description", v.Output.Description, 10_000)
		checkSample(r.At("output.realTime"), v.Output.RealTime)
		checkSample(r.At("output.batch"), v.Output.Batch)
	}},
	{Rule: RuleParameters, Find: func(v Version, r *rule.Report) {
		checkParameters(r, "input.parameters", v.Input.Parameters)
		checkParameters(r, "input.customAttributes", v.Input.CustomAttributes)
		if r.Count("output.fields", len(v.Output.Fields), 0, mostParameters) {
			for i, f := range v.Output.Fields {
				checkParameter(r.In("output.fields", i), f.Name, f.Description)
			}
		}
	}},
	{Rule: RuleParametersShown, Find: func(v Version, r *rule.Report) {
		for _, each := range []struct {
			path string
			n    int
		}{{"input.parameters", len(v.Input.Parameters)}, {"output.fields", len(v.Output.Fields)}} {
			if each.n > 24 && each.n <= mostParameters {
				r.Broken(each.path, "has %d entries", each.n)
			}
		}
	}},
	{Rule: RuleTraining, Find: checkTraining},
	{Rule: RuleRecommendedBatch, Find: func(v Version, r *rule.Report) {
		checkInstance(r, "recommended.batch", v.Recommended.Batch)
	}},
	{Rule: RuleRecommendedRealTime, Find: func(v Version, r *rule.Report) {
		checkInstance(r, "recommended.realTime", v.Recommended.RealTime)
	}},
	{Rule: RuleRecommendedTraining, Find: func(v Version, r *rule.Report) {
		parts, err := v.Resource.Parts()
		switch {
		case err == nil && parts.Kind == ModelPackage && v.Recommended.Training != "":
			r.BrokenRemedy("recommended.training", "remove it", "%q is recommended for training, which a model package does not support", rule.Shorten(v.Recommended.Training))
		case err == nil && parts.Kind == Algorithm, v.Recommended.Training != "":
			checkInstance(r, "recommended.training", v.Recommended.Training)
		}
	}},
}

// checkNumber refuses numbers that people could not tell from others.
func checkNumber(v Version, r *rule.Report) {
	r.Text("number", v.Number, 64)
	first, _ := utf8.DecodeRuneInString(v.Number)
	if rule.Visible(v.Number) && !unicode.IsSpace(first) && strings.TrimFunc(v.Number, rule.Blank) != v.Number {
		r.BrokenRemedy("number", "remove the blank", "begins or ends with a blank")
	}
	if rule.HasInvisible(v.Number) || strings.ContainsAny(v.Number, "\t\n\v\f\r\u0085\u2028\u2029") {
		r.BrokenRemedy("number", "write the number again, in plain characters", "has a character that cannot be seen, in %q", rule.Shorten(v.Number))
	}
}

func checkAccessRole(v Version, r *rule.Report) {
	if v.AccessRole == "" {
		r.Broken("accessRole", "is missing")
		return
	}
	account, err := v.AccessRole.Account()
	if err != nil {
		r.Broken("accessRole", "%q is not the ARN of a role without a path", shorten(string(v.AccessRole)))
		return
	}
	if p, err := v.Resource.Parts(); err == nil && p.Account != account {
		r.Broken("accessRole", "belongs to account %s, the resource to %s", account, p.Account)
	}
}

func checkUsage(v Version, r *rule.Report) {
	r.Text("usage", v.Usage, 10_000)
	own, all := utf8.RuneCountInString(v.Usage), v.usageLength()
	if own <= 10_000 && all > 10_000 {
		r.BrokenRemedy("usage", fmt.Sprintf("shorten it or the training information by %d", all-10_000),
			"has %d characters together with the training information, 10000 are allowed", all)
	}
}

func checkSample(r rule.Report, s Sample) {
	switch {
	case !rule.Visible(s.Text) && s.URL == "":
		r.Broken("", "has no sample")
	case s.Text != "" && s.URL != "":
		r.BrokenRemedy("", "keep one of the two", "has both a text and an address")
	case s.Text != "":
		if n := utf8.RuneCountInString(s.Text); n > 10_000 {
			r.BrokenRemedy("text", "put the sample in a file, and give its address", "has %d characters, 10000 are allowed", n)
		}
	default:
		r.HTTPS("url", s.URL, 10_000)
	}
}

const mostParameters = 35

func checkParameters(r *rule.Report, path string, parameters []Parameter) {
	if !r.Count(path, len(parameters), 0, mostParameters) {
		return
	}
	for i, p := range parameters {
		at := r.In(path, i)
		checkParameter(at, p.Name, p.Description)
		if n := utf8.RuneCountInString(p.Constraints); n > 1_500 {
			at.BrokenRemedy("constraints", fmt.Sprintf("shorten it by %d", n-1_500), "has %d characters, 1500 are allowed", n)
		}
	}
}

func checkParameter(r rule.Report, name, description string) {
	r.Text("name", name, 100)
	if strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c > '~' }) {
		r.Broken("name", "%q has characters that are not printable ASCII", rule.Shorten(name))
	}
	r.Text("description", description, 1_000)
}

func checkTraining(v Version, r *rule.Report) {
	parts, err := v.Resource.Parts()
	if err != nil {
		return // reported by RuleARN
	}
	switch {
	case parts.Kind == ModelPackage && v.Training != nil:
		r.BrokenRemedy("training", "remove it", "is given for a model package")
	case parts.Kind == Algorithm && v.Training == nil:
		r.Broken("training", "is missing")
	case parts.Kind == Algorithm:
		r.Text("training.data", v.Training.Data, 10_000)
		r.HTTPS("training.example", v.Training.Example, 2_000)
		r.Text("training.overview", v.Training.Overview, 10_000)
	}
}

func checkInstance(r *rule.Report, path, instance string) {
	switch {
	case instance == "":
		r.Broken(path, "is missing")
	case len(instance) > 24 || !instanceType(instance):
		r.Broken(path, "%q is not a SageMaker instance type such as ml.m5.large", rule.Shorten(instance))
	}
}
