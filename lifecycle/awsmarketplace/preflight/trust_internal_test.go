package preflight

import (
	"net/url"
	"testing"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/permission"
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
		for _, encoded := range []string{url.QueryEscape(document), document} {
			if answer, problem := trusted(encoded); (answer == lifecycle.Yes) != (problem == "") {
				t.Errorf("the answer is %q, the problem %q", answer, problem)
			}
		}
		harmless, _ := trusted(url.QueryEscape(`{"Statement":[{"Effect":"Deny","Principal":{"Service":"` + permission.MarketplaceService + `"},"Action":"*"},` + document + `]}`))
		if harmless == lifecycle.Yes {
			t.Error("what is denied cannot be allowed by more statements")
		}
	})
}
