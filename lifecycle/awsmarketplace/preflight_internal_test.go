package awsmarketplace

import (
	"net/url"
	"testing"
)

// FuzzTrusted checks that no trust policy is trusted that does not name the
// marketplace or everybody, whatever it looks like.
func FuzzTrusted(f *testing.F) {
	for _, seed := range []string{
		`{"Statement":{"Effect":"Allow","Principal":{"Service":"assets.marketplace.amazonaws.com"},"Action":"sts:AssumeRole"}}`,
		`{"Statement":[{"Effect":"Deny","NotPrincipal":{"AWS":"1"},"Action":["sts:*"]},{"Effect":"Allow","Principal":"*","NotAction":"x"}]}`,
		`{"Statement":null}`, `[]`, `%zz`, ``,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, document string) {
		answer, problem := trusted(url.QueryEscape(document))
		if (answer == PreflightYes) != (problem == "") {
			t.Errorf("%s without a reason", answer)
		}
		if raw, _ := trusted(document); raw == "" {
			t.Error("no answer")
		}
		harmless, _ := trusted(url.QueryEscape(`{"Statement":[{"Effect":"Deny","Principal":{"Service":"` + marketplaceService + `"},"Action":"*"},` + document + `]}`))
		if harmless == PreflightYes {
			t.Error("what is denied cannot be allowed by more statements")
		}
	})
}
