package version

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// Each pattern says in another way what a function finds in a text made of pieces.
func TestSearchesAgreeWithTheirPatterns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pattern string
		finds   func(string) bool
		example string
		begins  string
		pieces  []string
	}{
		"onGitHub": {`(?i)^https://([a-z0-9-]+\.)*(github\.com|github\.io|githubusercontent\.com)(:443)?(/|$)`, onGitHub, "https://raw.GitHub.com:443/a", "https://",
			[]string{"github.com", "GitHub.io", "githubusercontent.com", "a.", "-", ".", "/", ":443", ":", "x", "_"}},
		"showsCall": {`(?i)invoke.?endpoint|create.?transform.?job|create.?training.?job|\.predict\(|\.transform\(|\.fit\(`, showsCall, "a Create-Training_Job", "",
			[]string{"invoke", "Endpoint", "create", "TRANSFORM", "training", "job", "_", "-", " ", "ü", "\n", "\xff", ".", "predict", "fit", "(", "i"}},
		"namesMIMEType": {`\b(application|audio|image|multipart|text|video)/[a-zA-Z0-9.+-]+`, namesMIMEType, "(text/csv)", "",
			[]string{"application", "text", "image", "video", "/", "/", "json", "+", "_", "-", ".", " ", "x", "ü", "0"}},
		"instanceType": {`^ml\.[a-z0-9-]+\.[a-z0-9-]+$`, instanceType, "ml.m5.large", "", []string{"ml.", "ml", ".", "m5", "large", "-", "A", "_", "\n"}},
		"resourceName": {`^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$`, resourceName, "a--1", "", []string{"a", "Z", "0", "-", "_", "/"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pattern := regexp.MustCompile(c.pattern)
			assert.True(t, pattern.MatchString(c.example) && c.finds(c.example))
			rapid.Check(t, func(t *rapid.T) {
				text := c.begins + strings.Join(rapid.SliceOfN(rapid.SampledFrom(c.pieces), 0, 7).Draw(t, "pieces"), "")
				assert.Equal(t, pattern.MatchString(text), c.finds(text), "%q", text)
			})
		})
	}
}

// So does the one of ARNs, apart from the name.
func TestARNsAgreeWithTheirPattern(t *testing.T) {
	t.Parallel()
	resource := regexp.MustCompile(`^arn:aws:sagemaker:([a-z0-9-]{4,24}):([0-9]{12}):(model-package|algorithm)/(\S+)$`)
	role := regexp.MustCompile(`^arn:aws:iam::([0-9]{12}):role/([A-Za-z0-9_+=,.@-]{1,64})$`)
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, often string, others ...string) string {
			return rapid.SampledFrom(append([]string{often, often, often}, others...)).Draw(t, name)
		}
		text := draw("service", "arn:aws:sagemaker", "arn:aws:iam", "arn:aws-cn:sagemaker", "x") +
			draw("region", ":us-east-2", ":abc", ":"+strings.Repeat("a", 24), ":"+strings.Repeat("a", 25), ":US", ":", "") +
			draw("account", ":111122223333", ":11112222333", ":1111222233334", ":x11122223333", "") +
			draw("kind", ":model-package", ":algorithm", ":model", ":role", "") + draw("name", "/a-1", "/a b", "/", "", "/a/1", "/a:b/c")
		_, ok := cutARN(text)
		assert.Equal(t, resource.MatchString(text), ok, text)
		roleText := draw("service of a role", "arn:aws:iam:", "arn:aws:iam", "arn:aws:sts:") + draw("account of a role", ":111122223333", ":1", "") +
			draw("kind of a role", ":role", ":user", "") + draw("name of a role", "/a-1", "/", "/"+strings.Repeat("a", 64), "/"+strings.Repeat("a", 65), "/a/b", "/a b", "/_+=,.@-")
		_, err := Role(roleText).Account()
		assert.Equal(t, role.MatchString(roleText), err == nil, roleText)
	})
}
