package mend_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/depth"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/mend"
	"github.com/shelflife-go/shelflife/listing"
)

// Texts in files of their own are corrected by the field that they are for.
func TestText(t *testing.T) {
	for _, c := range []struct {
		path, before, after string
		markdown            bool
		kinds               []string
	}{
		{"overview", "\uFEFFOne.\n", "One.\n", false, []string{"file.bom"}},
		{"overview", "\xff\xfeO\x00k\x00", "Ok\n", false, []string{"file.utf-16", "file.last-line"}},
		{"overview", "One.\r\nTwo.\rThree.\r\n", "One.\nTwo.\nThree.\n", false, []string{"file.line-ends"}},
		{"overview", "One.\u2028Two.\v\n", "One.\nTwo.\n", false, []string{"text.line-ends", "file.last-line"}},
		{"overview", "\x1b[31mRed\x1b[0m\x07\n", "Red\n", false, []string{"text.escapes", "text.control"}},
		{"overview", "\n  One.\n", "One.\n", false, []string{"text.leading-blanks"}},
		{"overview", "One. \t\nTwo.\n", "One.\nTwo.\n", false, []string{"text.trailing-blanks"}},
		{"overview", "One.  \nTwo. \n \nThree.\n", "One.  \nTwo.\n\nThree.\n", true, []string{"text.trailing-blanks"}},
		{"overview", "Ours ™\n", "Ours™\n", false, []string{"text.trademark"}},
		{"overview", "One.\n\n\n", "One.\n", false, []string{"file.last-line"}},
		{"overview", "One.", "One.\n", false, []string{"file.last-line"}},
		{"overview", "“10\u00a0%” – that’s…\n", "“10\u00a0%” – that’s…\n", false, nil},
		{"offer.refundPolicy", "“10\u00a0%” – that’s…\n", "\"10 %\" - that's...\n", false, []string{"text.odd-spaces", "text.quotes", "text.dashes", "text.ellipsis"}},
		{"versions[3].input.batch.text", "a, b \n\n c ™\n\n", "a, b \n\n c ™\n\n", false, nil},
		{"versions[3].input.batch.text", "a\x00b\r\n", "ab\n", false, []string{"file.line-ends", "text.control"}},
		{"overview", "", "", false, nil},
		{"overview", "\xff", "\xff", false, nil},
	} {
		after, changes := mend.Text([]byte(c.before), c.path, c.markdown)
		assert.Equal(t, c.after, string(after), "%q", c.before)
		assert.Equal(t, c.kinds, kindsOf(changes), "%q", c.before)
		again, changes := mend.Text(after, c.path, c.markdown)
		assert.Equal(t, string(after), string(again))
		assert.Empty(t, changes, "%q", c.before)
	}
}

// What could mean something else is left as it is.
func TestLeftAlone(t *testing.T) {
	for _, c := range [][2]string{
		{"0.55", "1,000"}, {"0.55", "0,55"}, {"0.55", "1.000,00"}, {"0.55", "55 cents"}, {"0.55", "€0.55"}, {"0.55", "0.5O"}, {"0.55", "0.123456789"}, {"0.55", "-1"}, {"0.55", "0x10"},
		{"trialDays: 14", "trialDays: 2 weeks"}, {"trialDays: 14", "trialDays: 014"}, {"trialDays: 14", "trialDays: 14.5"}, {"trialDays: 14", "trialDays: fourteen"},
		{"kind: model package", "kind: model"}, {"model: hourly", "model: per hour"}, {"visibility: public", "visibility: open"}, {"offered: true", "offered: 1"},
		{"regions: all", "regions: [us-esat-1]"}, {"regions: all", "regions: []"}, {"regions: all", "regions: [us-east-1a]"}, {"regions: all", "regions: us-east-1, eu-west-1"},
		{"visibility: public", "visibility: private\nbuyers: ['11112222333']"}, {"visibility: public", "visibility: private\nbuyers: ['1111222233334']"},
		{"title:", "titel:"}, {"regions: all", "regions: all\nregions: [us-east-1]"}, {"shortDescription:", "description:"},
		{"logo: \"https://", "logo: \"http://"}, {"logo: \"https://northwind", "logo: \"northwind"}, {"logo: \"https://", "logo: \"https://user:secret@"},
		{"ml.m5.xlarge.m.i.b:", "ml.m5.xlarge.batch:"}, {"batch: ml.m5.xlarge", "batch: m5.xlarge"},
		{"@overview.md", "@../overview.md"}, {"@overview.md", "@Overview.md"}, {"@overview.md", "@@./overview.md"},
		{"testers: [] #", "testers: []#"}, {"number: \"1.0\"", "number: １.0"}, {"number: \"1.0\"", "number: \"1.0\u00a0™\""}, {"number: \"1.0\"", "number: \"1.0 ™\""}, {"name: \"base\"", "name: \" ba\u00a0se \""}, {"keywords:\n    - \"invoice\"", "keywords: one, two"},
		{"- \"Nine languages", "- \"“Nine” languages…"}, {"Write to support", "Write  to\\n  support"},
	} {
		before := strings.Replace(base(t), c[0], c[1], 1)
		require.NotEqual(t, base(t), before, c)
		after, changes, _ := mend.Document([]byte(before), false, has)
		assert.Empty(t, changes, c)
		assert.Equal(t, before, string(after))
	}
	for _, hopeless := range []string{"", "\xff", "a: [\n", "- a\n", "text\n", "regions: all\na: &a [*a]\n", "a: b\n---\nc: d\n", "offer:\n  name: x\n\t\tmodel: y\n", "? [a]\n: b\nregions: all\n", "regions: all\noverview: |+\n  a\n\n\n"} {
		after, changes, _ := mend.Document([]byte(hopeless), false, has)
		assert.Empty(t, changes, hopeless)
		assert.Equal(t, hopeless, string(after))
	}
}

// A large document is mended, whatever is in it: work that grew with the square of its
// size would take hours, more than go test allows.
func TestLarge(t *testing.T) {
	for _, text := range map[string]string{
		"keys":    strings.Repeat("Title: ~\n", 400_000),
		"entries": "regions: all\nhighlights: [" + strings.Repeat("'', ", 800_000) + "x]\n",
		"edits":   "regions: all\noverview: |\n" + strings.Repeat("  "+strings.Repeat("x", 400)+"\n", 5_000) + "highlights:\n" + strings.Repeat("  - ' x'\n", 9_000),
		"blanks":  "regions: all\n" + strings.Repeat("# x \n", 300_000),
		"deep":    strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000),
	} {
		_, _, _ = mend.Document([]byte(text), false, has)
		_, _, _ = mend.Document([]byte(text), true, has)
	}
}

// Every kind has a test, and every rule that it names exists.
func TestEveryKindIsTested(t *testing.T) {
	source, err := os.ReadFile("mend_test.go")
	require.NoError(t, err)
	tested := map[string]bool{}
	for _, m := range regexp.MustCompile(`\{kind: "([^"]+)"`).FindAllStringSubmatch(string(source), -1) {
		tested[m[1]] = true
	}
	rules := map[string]bool{"": true, "document.readable": true}
	for _, r := range listing.Rules() {
		rules[r.ID] = true
	}
	assert.GreaterOrEqual(t, len(mend.Kinds), 30)
	for _, k := range mend.Kinds {
		assert.True(t, tested[k.ID], "%s has no test", k.ID)
		assert.True(t, rules[k.Rule], "%s names the rule %s", k.ID, k.Rule)
		delete(tested, k.ID)
	}
	assert.Empty(t, tested, "are no kinds")
}

// Documents in JSON, and in one line of YAML, are corrected in their own style; anchors
// stay where others need them.
func TestStyles(t *testing.T) {
	for _, c := range []struct {
		json          bool
		before, after string
	}{
		{true, `{"Kind": "Algorithm", "buyers": [], "regions": "all"}`, `{"kind": "algorithm", "regions": "all"}` + "\n"},
		{true, `{"kind": "algorithm", "regions": "all", "sku": null}`, `{"kind": "algorithm", "regions": "all"}` + "\n"},
		{true, `{"kind": "algorithm", "regions": ["us-east-1", "eu-west-1", "us-east-1"]}`, `{"kind": "algorithm", "regions": ["eu-west-1", "us-east-1"]}` + "\n"},
		{true, `{"title": "a \"b\"", "kind": "algorithm"}`, `{"regions": "all", "title": "a \"b\"", "kind": "algorithm"}` + "\n"},
		{true, `{"title": " ™ é\u00e9 ", "kind": "algorithm", "regions": "all"}`, `{"title": "™ éé", "kind": "algorithm", "regions": "all"}` + "\n"},
		{true, "{\n\t\"kind\": \"Algorithm\",\n\t\"regions\": \"all\", \"sku\": null,\n\t\"title\": \"a\\/b ™ \"\n}\n", "{\n\t\"kind\": \"algorithm\",\n\t\"regions\": \"all\",\n\t\"title\": \"a/b™\"\n}\n"},
		{true, `{"title": "\ud83d\ude00 ™", "regions": "all"}`, "{\"title\": \"😀™\", \"regions\": \"all\"}\n"},
		{false, "{kind: algorithm, regions: All, promotion: {video: '', logo: x}}\n", "{kind: algorithm, regions: all, promotion: {logo: x}}\n"},
		{false, "kind: algorithm\nregions: all\nhighlights: &h [a, '']\ncategories: *h\n", "kind: algorithm\nregions: all\nhighlights: &h [a]\ncategories: *h\n"},
		{false, "kind: algorithm\nregions: all\nbuyers: &b []\nversions: *b\n", "kind: algorithm\nregions: all\nbuyers: &b []\nversions: *b\n"},
		{false, "kind: algorithm\nregions: all\nversions:\n  - status: offered # c\n    number: 1\n", "kind: algorithm\nregions: all\nversions:\n  - status: offered # c\n    number: 1\n"},
		{false, "kind: algorithm\nregions: all\nversions:\n  - status: offered\n    number: 1\n", "kind: algorithm\nregions: all\nversions:\n  - number: 1\n"},
		{false, "kind: algorithm\nregions: all\noverview: |\n  Ours ™ \n\n  # no comment \n# a comment\ntitle: x\n", "kind: algorithm\nregions: all\noverview: |\n  Ours™\n\n  # no comment\n# a comment\ntitle: x\n"},
		{false, "kind: algorithm\nregions: all\ntitle: >\n  One\n  two ™\n", "kind: algorithm\nregions: all\ntitle: \"One two™\"\n"},
	} {
		after, _, _ := mend.Document([]byte(c.before), c.json, has)
		assert.Equal(t, c.after, string(after))
		_, changes, _ := mend.Document(after, c.json, has)
		assert.Empty(t, changes, c.before)
	}
}

// Whatever the document, nothing that could be read becomes unreadable, and no rule is
// broken that was not, comments stay, and a second run does nothing.
func FuzzDocument(f *testing.F) {
	text, err := os.ReadFile("testdata/listing.yaml")
	require.NoError(f, err)
	f.Add(string(text))
	f.Add("Title: ' x '\nregions: [b, a, a] # c\noffer: {rates: {ML.M5.large.m.i.b: $1}}\n")
	f.Add("kind: &a algorithm\nhighlights: [*a, '', ~]\nbuyers: []\n# end\n")
	f.Add("a: b\r\n---\n")
	f.Add("versions:\n- status: offered\n  number: 1 \n  usage: |\n    a ™ \n")
	f.Fuzz(keepsPromises)
}

// keepsPromises holds the correction of a document against what is promised of all.
func keepsPromises(t *testing.T, text string) {
	after, changes, _ := mend.Document([]byte(text), false, has)
	if len(changes) == 0 {
		require.Equal(t, text, string(after))
		return
	}
	again, more, _ := mend.Document(after, false, has)
	require.Empty(t, more, "%q then %q then %q", text, after, again)
	dir := t.TempDir()
	read := func(data []byte) (*folder.Folder, error) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "listing.yaml"), data, 0o600))
		return folder.Read(dir)
	}
	before, err := read([]byte(text))
	if err != nil {
		return
	}
	now, err := read(after)
	require.NoError(t, err, "%q became %q", text, after)
	broken := func(f *folder.Folder) int { return len(listing.Check(f.Listing).Violations) }
	require.LessOrEqual(t, broken(now), broken(before), "%q became %q", text, after)
}

// The promises hold for documents that are spoilt in many ways at once.
func TestSpoilt(t *testing.T) {
	spoil := []func(line string) string{
		func(s string) string { return s + "  \t" },
		func(s string) string { return s + " # c ™ \u00a0" },
		func(s string) string { return s + "\n" + s },
		func(s string) string { return s + "\n\n" },
		func(s string) string { return strings.Replace(s, ": ", ": ~ #", 1) },
		func(s string) string { return strings.Replace(s, ": \"", ": \" \u00a0", 1) },
		func(s string) string { return strings.Replace(s, "\"", "'", 2) },
		func(s string) string { return strings.Replace(s, ": \"", ": |\n      x ™ \n\n      ", 1) },
		func(s string) string { return strings.Replace(s, "a", "\u200b", 1) },
		strings.ToUpper,
		func(s string) string { return strings.Replace(s, ":", " :", 1) },
		func(s string) string { return strings.Replace(s, "- ", "-  ", 1) },
		func(s string) string { return strings.Replace(s, ": ", ": &a ", 1) },
		func(s string) string { return strings.Replace(s, ": ", ": !!str ", 1) },
		func(s string) string { return strings.Replace(s, "0.", "$.", 1) },
		func(string) string { return "" },
		func(s string) string { return strings.Replace(s, ": ", ": [", 1) + "]" },
		func(s string) string { return strings.Replace(s, ": ", ": \"\" # ", 1) },
	}
	r := rand.New(rand.NewPCG(1, 2))
	rounds := depth.Of(100, 200, 500)
	mended := 0
	for range rounds {
		lines := strings.Split(base(t), "\n")
		for range 1 + r.IntN(6) {
			i := r.IntN(len(lines))
			lines[i] = spoil[r.IntN(len(spoil))](lines[i])
		}
		text := strings.Join(lines, "\n")
		keepsPromises(t, text)
		if _, changes, _ := mend.Document([]byte(text), false, has); len(changes) > 0 {
			mended++
		}
	}
	assert.Greater(t, mended, rounds/3)
}
