package rules_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

// The documents that we are about to submit break no rule.
func TestOurListings(t *testing.T) {
	for _, file := range []string{"invoice-extractor.json", "churn-forecaster.json"} {
		data, err := os.ReadFile("../quickstart/listings/" + file)
		require.NoError(t, err)
		l, err := listing.Parse(data)
		require.NoError(t, err)
		found := listing.Check(l)
		require.NoError(t, found.Err(), "%s\n%s", file, found.Table())
		require.True(t, strings.HasPrefix(l.Title, "Northwind "))
	}
}

// Example prints every reason at once: for people, and for CI.
func Example() {
	l := lifecycletest.ModelPackage()
	l.Promotion.Logo = "logo.png"
	l.Versions[0].Recommended.RealTime = "ml.c5.large"
	found := explainSubmit(l)
	for _, v := range found.Violations {
		fmt.Println("-", v)
	}
	data, err := json.Marshal(found.Violations[0])
	fmt.Println(string(data), err)
	// Output:
	// - promotion.logo: "logo.png" is not an https address that the marketplace accepts; give an address such as https://example.com/file (promo.logo)
	// - title: "Invoice field extractor" does not start with Northwind; put Northwind in front (northwind.title)
	// - versions[0].recommended.realTime: "ml.c5.large" is not supported by the resource; choose one of the real-time instance types that the resource supports (version.recommended-realtime)
	// {"rule":{"id":"promo.logo","severity":"must","statement":"a listing has a logo at an https address","remedy":"give the https address of a PNG, JPG or GIF image of at most 5 MB","sources":{"guide2022":"step 2","catalog2026":"UpdateInformation: LogoUrl"}},"path":"promotion.logo","problem":"\"logo.png\" is not an https address that the marketplace accepts","remedy":"give an address such as https://example.com/file"} <nil>
}
