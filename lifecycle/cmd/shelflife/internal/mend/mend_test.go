package mend_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/mend"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
)

// base is a listing that breaks no rule.
func base(t testing.TB) string {
	data, err := os.ReadFile("testdata/listing.yaml")
	require.NoError(t, err)
	return string(data)
}

// texts are the files that it names.
var texts = map[string]string{"overview.md": "An overview.\n", "usage/1.0.md": "Call it: aws sagemaker-runtime invoke-endpoint\n"}

func has(name string) bool { _, ok := texts[name]; return ok }

// broken returns the ids of the rules that a document breaks, advice among them, and
// "document.readable" for one that cannot be read.
func broken(t testing.TB, name, document string) (ids []string) {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{name: document}
	for file, text := range texts {
		files[file] = text
	}
	for file, text := range files {
		file = filepath.Join(dir, file)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	f, err := folder.Read(dir)
	var faults folder.Faults
	if errors.As(err, &faults) {
		ids = append(ids, "document.readable")
		if errors.Is(err, pricing.RuleExact) {
			ids = append(ids, pricing.RuleExact.ID)
		}
		if errors.Is(err, pricing.ErrDimension) {
			ids = append(ids, pricing.RuleDimension.ID)
		}
	} else {
		require.NoError(t, err)
	}
	if f == nil {
		return ids
	}
	found := listing.Check(f.Listing)
	for _, v := range slices.Concat(found.Violations, found.Advice) {
		ids = append(ids, v.Rule.ID)
	}
	return ids
}

func kindsOf(changes []mend.Change) (ids []string) {
	for _, c := range changes {
		ids = append(ids, c.Kind.ID)
	}
	return ids
}

// Each kind is corrected alone: the document breaks the rule before and breaks none
// after, everything else of it stays as it was, and a second run does nothing.
func TestKinds(t *testing.T) {
	const rates = "    ml.m5.xlarge.m.i.b: 0.55\n"
	same := func(s string) string { return s }
	whole := func(f func(string) string) func(string) string { return f }
	type place struct{ old, bad, good string } // good is old unless it is given
	algorithm := func(s string) string {
		s = strings.Replace(s, "kind: model package", "kind: algorithm", 1)
		s = strings.ReplaceAll(s, "model-package/", "algorithm/")
		s = strings.Replace(s, "    input:\n", "    training: {data: Pages, example: \"https://github.com/a/b\", overview: Learns}\n    input:\n", 1)
		s = strings.Replace(s, "      realTime: ml.m5.xlarge\n", "      realTime: ml.m5.xlarge\n      training: ml.m5.xlarge\n", 1)
		return strings.Replace(s, rates, "    ml.m5.xlarge.a.t: 0.75\n"+rates, 1)
	}
	private := func(accounts string) func(string) string {
		return func(s string) string {
			return strings.Replace(s, "visibility: public", "visibility: private\nbuyers: "+accounts, 1)
		}
	}
	for _, c := range []struct {
		kind string
		rule string // that is broken, unless it is that of the kind; "-" for a matter of form
		place
		base  func(string) string // what is said of the listing besides
		whole func(string) string // how the whole document is spoiled
		json  bool
	}{
		{kind: "file.utf-16", whole: whole(func(s string) string {
			out := "\xff\xfe"
			for _, c := range s {
				out += string([]byte{byte(c), byte(c >> 8)})
			}
			return out
		})},
		{kind: "file.bom", rule: "-", whole: whole(func(s string) string { return "\uFEFF" + s })},
		{kind: "file.line-ends", whole: whole(func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") })},
		{kind: "file.control", place: place{old: "title: \"Northwind", bad: "title: \"\x07Northwind"}},
		{kind: "file.tabs", base: func(string) string {
			return "offer:\n  name: x\n  eula:\n    standard: true\nkind: algorithm\nregions: all\n"
		}, whole: whole(func(s string) string {
			return strings.ReplaceAll(s, "  ", "\t")
		})},
		{kind: "file.odd-spaces", place: place{old: "  trialDays: 14", bad: "\u00a0\u00a0trialDays:\u00a014"}},
		{kind: "file.document-end", whole: whole(func(s string) string { return s + "---\n" })},
		{kind: "file.trailing-blanks", place: place{old: "support:\n", bad: "support: \t\n"}},
		{kind: "file.last-line", whole: whole(func(s string) string { return s + "\n\n" })},
		{kind: "file.reference", place: place{old: "@usage/1.0.md", bad: `@usage\\1.0.md`}},

		{kind: "key.spelling", place: place{old: "shortDescription:", bad: "short_description:"}},
		{kind: "key.spelling", place: place{old: "      realTime: ml", bad: "      Real-Time: ml"}},
		{kind: "key.repeated", place: place{old: "regions: all\n", bad: "regions: all\nregions: all\n"}},
		{kind: "member.null", place: place{old: "regions: all\n", bad: "regions: all\nsku: ~ # none yet\n", good: "regions: all\n# none yet\n"}},
		{kind: "member.null", place: place{old: "regions: all\n", bad: "regions: all\nbuyers:\n"}},
		{kind: "member.empty", rule: "info.sku", place: place{old: "regions: all\n", bad: "regions: all\nsku: \" \"\n"}},
		{kind: "member.empty", rule: "-", place: place{old: "support:\n", bad: "buyers: []\nsupport:\n"}},
		{kind: "member.empty", rule: "-", place: place{old: "realTime: {url: \"https", bad: "realTime: {text: '', url: \"https"}},
		{kind: "member.regions", rule: "-", base: func(s string) string { return strings.Replace(s, "regions: all\n", "", 1) }, whole: same},
		{kind: "member.kind", base: func(s string) string { return strings.Replace(s, "kind: model package # never changes\n", "", 1) }, whole: same},

		{kind: "list.single", place: place{old: "categories:\n  - \"Computer Vision\"", bad: "categories: Computer Vision # one", good: "categories: [\"Computer Vision\"] # one"}},
		{kind: "list.empty-entry", rule: "promo.keywords", place: place{old: "    - \"invoice\"\n", bad: "    - \"invoice\"\n    - \"\" # more?\n", good: "    - \"invoice\"\n    # more?\n"}},
		{kind: "list.repeated", rule: "promo.keywords", place: place{old: "    - \"invoice\"\n", bad: "    - \"invoice\"\n    - \"ocr\"\n    - invoice\n", good: "    - \"invoice\"\n    - \"ocr\"\n"}},
		{kind: "list.repeated", rule: "info.categories", place: place{old: "  - \"Computer Vision\"\n", bad: "  - \"Computer Vision\"\n  - \"Computer  Vision\"\n"}},
		{kind: "list.repeated", rule: "regions.chosen", place: place{old: "regions: all", bad: "regions: [eu-west-1, us-east-1, eu-west-1] # two", good: "regions: [eu-west-1, us-east-1] # two"}},
		{kind: "list.repeated", rule: "visibility.private-names-buyers", base: private("['222233334444']"), place: place{old: "['222233334444']", bad: "['222233334444', '222233334444']"}},
		{kind: "list.sorted", rule: "-", place: place{old: "regions: all", bad: "regions: [us-east-1, eu-west-1]", good: "regions: [eu-west-1, us-east-1]"}},
		{kind: "list.sorted", rule: "-", place: place{old: "testers: [] # accounts beside your own that may preview it", bad: "testers:\n  - '333344445555'\n  - \"222233334444\"", good: "testers:\n  - \"222233334444\"\n  - '333344445555'"}},
		{kind: "keywords.searched", place: place{old: "    - \"invoice\"\n", bad: "    - \"invoice\"\n    - computer vision\n"}},

		{kind: "text.escapes", place: place{old: "title: \"Northwind", bad: `title: "\e[1mNorthwind`}},
		{kind: "text.line-ends", place: place{old: "details: \"Write to", bad: `details: "Write\r\nto`, good: `details: "Write\nto`}},
		{kind: "text.control", place: place{old: "title: \"Northwind", bad: `title: "\x07Northwind`}},
		{kind: "text.leading-blanks", rule: "info.title", place: place{old: "title: \"Northwind", bad: "title: \" \u00a0Northwind"}},
		{kind: "text.end-blanks", rule: "offer.refund-policy", place: place{old: "no questions asked.\"", bad: "no questions asked. \""}},
		{kind: "text.end-blanks", rule: "offer.refund-policy", place: place{old: "refundPolicy: \"Write to us within 30 days of a charge and we refund it, no questions asked.\"", bad: "refundPolicy: |\n    One.\n    Two.\n", good: "refundPolicy: |-\n    One.\n    Two.\n"}},
		{kind: "text.trailing-blanks", rule: "-", place: place{old: "description: By the hour and instance type", bad: "description: |-\n    By the hour \t\n    and type", good: "description: |-\n    By the hour\n    and type"}},
		{kind: "text.one-line", rule: "info.title", place: place{old: "title: \"Northwind Invoice", bad: `title: "Northwind\tInvoice`}},
		{kind: "text.odd-spaces", rule: "offer.refund-policy", place: place{old: "within 30 days", bad: "within 30\u00a0days"}},
		{kind: "text.invisible", rule: "version.number", place: place{old: "number: \"1.0\"", bad: "number: \"1.0\u200b\""}},
		{kind: "text.invisible", rule: "promo.logo", place: place{old: "logo: \"https://north", bad: "logo: \"https://\u200bnorth"}},
		{kind: "text.quotes", place: place{old: "no questions asked.\"", bad: "“no” questions.\"", good: `\"no\" questions."`}},
		{kind: "text.dashes", place: place{old: "refund it, no", bad: "refund it – no", good: "refund it - no"}},
		{kind: "text.ellipsis", place: place{old: "asked.\"", bad: "asked…\"", good: "asked...\""}},
		{kind: "text.trademark", place: place{old: "title: \"Northwind ", bad: "title: \"Northwind ™ ", good: "title: \"Northwind™ "}},
		{kind: "text.full-width", rule: "pricing.exact", place: place{old: rates, bad: "    ml.m5.xlarge.m.i.b: ０.５５\n", good: rates}},

		{kind: "url.brackets", rule: "version.repository", place: place{old: "repository: \"https://github.com/northwind-example/invoice-extractor\"", bad: "repository: <https://github.com/northwind-example/invoice-extractor>", good: "repository: https://github.com/northwind-example/invoice-extractor"}},
		{kind: "url.scheme", rule: "promo.logo", place: place{old: "logo: \"https://", bad: "logo: \"HTTPS://"}},
		{kind: "url.spaces", rule: "promo.logo", place: place{old: "invoice-extractor/logo.png", bad: "invoice extractor/logo.png", good: "invoice%20extractor/logo.png"}},
		{kind: "account.separators", rule: "visibility.private-names-buyers", base: private("['222233334444']"), place: place{old: "['222233334444']", bad: "[2222-3333-4444]", good: "[222233334444]"}},
		{kind: "arn.case", place: place{old: "arn:aws:sagemaker:us-east-2", bad: "ARN:AWS:SageMaker:US-East-2"}},
		{kind: "region.spelling", place: place{old: "regions: all", bad: "regions: [EU_West_1, us-east1]", good: "regions: [eu-west-1, us-east-1]"}},
		{kind: "regions.all", rule: "document.readable", place: place{old: "regions: all", bad: "regions: All"}},
		{kind: "regions.all", place: place{old: "regions: all", bad: "regions: [all]"}},
		{kind: "instance.case", rule: "version.recommended-batch", place: place{old: "batch: ml.m5.xlarge", bad: "batch: ML.M5.XLarge"}},

		{kind: "kind.spelling", place: place{old: "kind: model package", bad: "kind: Model-Package"}},
		{kind: "visibility.spelling", place: place{old: "visibility: public", bad: "visibility: Public"}},
		{kind: "model.spelling", place: place{old: "model: hourly", bad: "model: HOURLY"}},
		{kind: "model.spelling", base: func(s string) string {
			s = strings.Replace(s, "    ml.m5.xlarge.m.i.r: 0.65", "    inference.count.m.i.c: 0.01", 1)
			return strings.Replace(s, "model: hourly", "model: per inference", 1)
		}, place: place{old: "model: per inference", bad: "model: per-inference"}},
		{kind: "status.spelling", place: place{old: "    usage:", bad: "    status: Restricted\n    usage:", good: "    status: restricted\n    usage:"}},
		{kind: "status.offered", place: place{old: "    usage:", bad: "    status: offered\n    usage:"}},

		{kind: "boolean.spelling", place: place{old: "offered: true", bad: "offered: yes"}},
		{kind: "number.quotes", place: place{old: "trialDays: 14", bad: "trialDays: '14'"}},
		{kind: "number.whole", place: place{old: "trialDays: 14", bad: "trialDays: 14.0"}},
		{kind: "number.days", place: place{old: "trialDays: 14", bad: "trialDays: 14 days"}},

		{kind: "rate.key", place: place{old: "ml.m5.xlarge.m.i.b:", bad: "ML.M5.xlarge.M.I.B:"}},
		{kind: "rate.key", base: algorithm, place: place{old: "ml.m5.xlarge.a.t:", bad: "\"ml.m5.xlarge .a.t\":", good: "\"ml.m5.xlarge.a.t\":"}},
		{kind: "price.quotes", json: true, base: func(string) string {
			return `{"kind": "algorithm", "regions": "all", "offer": {"rates": {"ml.m5.large.m.i.b": "0.40"}}}` + "\n"
		}, place: place{old: `"0.40"`, bad: "0.40"}},
		{kind: "price.currency", place: place{old: "0.55", bad: "$0.55"}},
		{kind: "price.currency", place: place{old: "0.55", bad: "0.55 USD"}},
		{kind: "price.separators", place: place{old: "0.55", bad: "1,000.55", good: "1000.55"}},
		{kind: "price.separators", place: place{old: "0.55", bad: "1_000", good: "1000"}},
		{kind: "price.point", place: place{old: "0.55", bad: ".55"}},
		{kind: "price.point", place: place{old: "0.55", bad: "3.", good: "3"}},
		{kind: "price.sign", place: place{old: "0.55", bad: "+0.55"}},
		{kind: "price.exponent", place: place{old: "0.55", bad: "5.5e-1"}},
		{kind: "price.exponent", place: place{old: "0.55", bad: "12e2", good: "1200"}},
		{kind: "price.zeros", place: place{old: "0.55", bad: "0.5500000000"}},
	} {
		t.Run(c.kind+"/"+strings.ReplaceAll(c.bad, "/", "|"), func(t *testing.T) {
			good := base(t)
			if c.base != nil {
				good = c.base(good)
			}
			line := strings.Count(good[:max(strings.Index(good, c.old), 0)], "\n") + 1
			var bad string
			if c.whole != nil {
				bad = c.whole(good)
			} else {
				require.Equal(t, 1, strings.Count(good, c.old), "the place is not clear")
				bad = strings.Replace(good, c.old, c.bad, 1)
				if c.good != "" {
					good = strings.Replace(good, c.old, c.good, 1)
				}
			}
			switch c.kind {
			case "member.regions":
				good += "regions: all\n"
			case "member.kind":
				good += "kind: model package\n"
			}
			name := "listing.yaml"
			if c.json {
				name = "listing.json"
			}
			rule := c.rule
			if rule == "" {
				rule = mend.KindOf(c.kind).Rule
			}
			if rule != "" && rule != "-" {
				assert.Contains(t, broken(t, name, bad), rule)
				assert.NotContains(t, broken(t, name, good), rule)
			}
			after, changes, _ := mend.Document([]byte(bad), c.json, has)
			assert.Equal(t, good, string(after))
			assert.Equal(t, []string{c.kind}, slices.Compact(kindsOf(changes)))
			for _, change := range changes {
				assert.Positive(t, change.Line)
				assert.NotEmpty(t, change.String())
			}
			if c.old != "" && len(changes) > 0 {
				assert.InDelta(t, line, changes[0].Line, 2, "the line of the change")
			}
			if c.kind != "file.tabs" && !c.json { // of which the base is no whole listing
				assert.Subset(t, []string{"version.status"}, broken(t, "listing.yaml", string(after)), "second run")
			}
			again, changes, _ := mend.Document(after, c.json, has)
			assert.Empty(t, changes)
			assert.Equal(t, string(after), string(again))
		})
	}
}
