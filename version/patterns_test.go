package version

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/internal/combine"
)

// Each pattern says in another way what a function finds in a text made of pieces.
func TestSearchesAgreeWithTheirPatterns(t *testing.T) {
	t.Parallel()
	const words = `(?i)invoke.?endpoint|create.?transform.?job|create.?training.?job|\.predict\(|\.transform\(|\.fit\(`
	for name, c := range map[string]struct {
		pattern string
		finds   func(string) bool
		begins  string
		most    int
		pieces  []string
	}{
		"onGitHub": {`(?i)^https://([a-z0-9-]+\.)*(github\.com|github\.io|githubusercontent\.com)(:443)?(/|$)`, onGitHub, "HTTPS://", 5,
			[]string{"github.com", "GitHub.io", "githubusercontent.com", "github.co", "a", "-", ".", "/", ":443", "_"}},
		"a scheme":   {`^https://github.com$`, onGitHub, "", 3, []string{"https:", "http:", "//", "/", "github.com"}},
		"endpoints":  {words, showsCall, "", 5, []string{"invoke", "Endpoint", "I", "_", "ü", "\n", "\xff"}},
		"transforms": {words, showsCall, "a ", 5, []string{"create", "TRANSFORM", "job", " ", "\n", "c"}},
		"trainings":  {words, showsCall, "", 5, []string{"Create", "training", "job", "-", "\n", "x"}},
		"methods":    {words, showsCall, "", 4, []string{".", "predict", "transform", "fit", "(", "i"}},
		"namesMIMEType": {`\b(application|audio|image|multipart|text|video)/[a-zA-Z0-9.+-]+`, namesMIMEType, "", 4,
			[]string{"application", "text", "image", "video", "audio", "multipart", "/", "j", "+", "_", "-", ".", " ", "ü", "0"}},
		"instanceType": {`^ml\.[a-z0-9-]+\.[a-z0-9-]+$`, instanceType, "", 5, []string{"ml.", "ml", ".", "m5", "-", "A", "_", "\n"}},
		"resourceName": {`^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$`, resourceName, "", 4,
			[]string{"a", "Z", "0", "-", "_", "/", strings.Repeat("b", 60)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pattern := regexp.MustCompile(c.pattern)
			if testing.Short() && c.most > 4 {
				c.most--
			}
			found := 0
			combine.Rows(c.most, c.pieces, func(text string) {
				text = c.begins + text
				want := pattern.MatchString(text)
				if want {
					found++
				}
				if c.finds(text) != want { // require is slow
					t.Fatalf("%q: got %v", text, !want)
				}
			})
			assert.NotZero(t, found)
		})
	}
}

// So does the one of ARNs.
func TestARNsAgreeWithTheirPattern(t *testing.T) {
	t.Parallel()
	const name = `[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}`
	resource := regexp.MustCompile(`^arn:aws:sagemaker:[a-z0-9-]{4,24}:[0-9]{12}:(model-package/` + name + `(/[0-9]+)?|algorithm/` + name + `)$`)
	role := regexp.MustCompile(`^arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@-]{1,64}$`)
	accounts := []string{"111122223333:", "11112222333:", "1111222233334:", "x11122223333:", ":", ""}
	for _, c := range []struct {
		pattern *regexp.Regexp
		reads   func(string) error
		parts   [][]string
	}{
		{resource, func(text string) error { _, err := ARN(text).Parts(); return err }, [][]string{
			{"arn:aws:sagemaker:", "arn:aws:iam:", "arn:aws-cn:sagemaker:", "", "x"},
			{"us-east-2:", "abc:", "abcd:", strings.Repeat("a", 24) + ":", strings.Repeat("a", 25) + ":", "Usa-1:", ":", ""},
			accounts,
			{"model-package", "algorithm", "model", "role", ""},
			{"/a-1", "/a b", "/a\t", "/", "", "/a/1", "/a/", "/a/x", "/a/1/2", "/a:b/c", "/-", "//1"},
		}},
		{role, func(text string) error { _, err := Role(text).Account(); return err }, [][]string{
			{"arn:aws:iam::", "arn:aws:iam:", "arn:aws:sts::", "", "x"},
			accounts,
			{"role", "user", ""},
			{"/a-1", "/", "", "/" + strings.Repeat("a", 64), "/" + strings.Repeat("a", 65), "/a/b", "/a b", "/_+=,.@-"},
		}},
	} {
		found := 0
		combine.Choices(c.parts, func(text string) {
			want := c.pattern.MatchString(text)
			if want {
				found++
			}
			if err := c.reads(text); (err == nil) != want {
				t.Fatalf("%q: got %v", text, err)
			}
		})
		assert.NotZero(t, found)
	}
}
