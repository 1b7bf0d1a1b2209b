package pricing_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/pricing"
)

func TestEachCharacterThatIsNotTaken(t *testing.T) {
	for _, c := range []string{`\`, "<", ">"} {
		o := hourly()
		o.Name = "Name" + c
		lifecycletest.RequireRefused(t, pricing.Check(o).Err(), pricing.RuleNamed)
	}
	for _, c := range []string{" ", "\t", "\r", "\n"} {
		o := hourly()
		o.RefundPolicy = "None." + c
		lifecycletest.RequireRefused(t, pricing.Check(o).Err(), pricing.RuleRefundPolicy)
	}
}

// The limits are those that are published, and not what the code takes them
// for.
func TestLimitsAreAsStated(t *testing.T) {
	assert.Equal(t, 1_048_576, pricing.MaxEULASize)
}

func TestPricesAreWrittenAsTheyAreRead(t *testing.T) {
	for _, price := range []string{"0.00000001", "1.00", "99.99999999", "99999999.99999999", "100000000.00"} {
		assert.Equal(t, price, pricing.MustUSD(price).String())
	}
	_, err := pricing.ParseUSD("0000000001")
	require.ErrorContains(t, err, "is not an amount of dollars", "ten digits before the point")
}

func TestWhatIsMistakenForPlainText(t *testing.T) {
	for first, name := range map[string]string{
		"\xD0\xCF\x11\xE0": "is an old Word document", "<html": "is an HTML page", "<!doctype html": "is an HTML page",
		"\x89PNG": "is an image", "\xFF\xD8\xFF": "is an image", "GIF8": "is an image", "\x1F\x8B": "is a gzip archive",
	} {
		for _, blank := range []string{"", " ", "\t", "\r", "\n"} {
			found := pricing.CheckEULA([]byte(blank + first + " and more")).Violations
			require.Len(t, found, 1, "%q", first)
			assert.Equal(t, name, found[0].Problem, "%q", first)
		}
	}
	// The format is looked for in the first 512 bytes.
	for blanks, refused := range map[int]bool{508: true, 509: false} {
		found := pricing.CheckEULA([]byte(strings.Repeat(" ", blanks) + "%PDF"))
		assert.Equal(t, refused, found.Err() != nil, blanks)
	}
	lifecycletest.RequireRefused(t, pricing.CheckEULA([]byte("\x00text")).Err(), pricing.RuleEULAPlainText)
}
