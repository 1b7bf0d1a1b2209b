package pricing_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/pricing"
)

func TestMeteringHeader(t *testing.T) {
	for _, n := range []int64{0, 1, 7, math.MaxInt64} {
		header, err := pricing.FormatMetering(n)
		require.NoError(t, err)
		back, err := pricing.ParseMetering(header)
		require.NoError(t, err)
		assert.Equal(t, n, back)
	}
	_, err := pricing.FormatMetering(-1)
	require.ErrorIs(t, err, pricing.RuleMeteringHeader)
	for _, bad := range []string{
		``, `7`, `null`, `{}`, `{"Dimension":"inference.count"}`, `{"ConsumedUnits":1}`,
		`{"Dimension":"inference.count","ConsumedUnits":-1}`,
		`{"Dimension":"inference.count","ConsumedUnits":1.5}`,
		`{"Dimension":"inference.count","ConsumedUnits":"1"}`,
		`{"Dimension":"inference.count","ConsumedUnits":9223372036854775808}`,
		`{"Dimension":"hours","ConsumedUnits":1}`,
		`{"Dimension":"inference.count","ConsumedUnits":1,"More":1}`,
		`{"Dimension":"inference.count","ConsumedUnits":1} {}`,
		`{"Dimension":"inference.count","ConsumedUnits":1}` + strings.Repeat(" ", 1024),
	} {
		_, err := pricing.ParseMetering(bad)
		require.ErrorIs(t, err, pricing.RuleMeteringHeader, bad)
	}
}

func TestOnlySuccessIsCharged(t *testing.T) {
	header, err := pricing.FormatMetering(3)
	require.NoError(t, err)
	for _, c := range []struct {
		status int
		header string
		want   int64
	}{{199, header, 0}, {200, header, 3}, {299, header, 3}, {300, header, 0}, {500, "nonsense", 0}, {200, "", 1}} {
		n, err := pricing.Inferences(c.status, c.header)
		require.NoError(t, err)
		assert.Equal(t, c.want, n, "%d %s", c.status, c.header)
	}
	_, err = pricing.Inferences(200, "nonsense")
	require.ErrorIs(t, err, pricing.RuleMeteringHeader)
}

func FuzzParseMetering(f *testing.F) {
	f.Add(`{"Dimension":"inference.count","ConsumedUnits":12}`)
	f.Fuzz(func(t *testing.T, value string) {
		n, err := pricing.ParseMetering(value)
		if err != nil {
			require.ErrorIs(t, err, pricing.RuleMeteringHeader)
			return
		}
		header, err := pricing.FormatMetering(n)
		require.NoError(t, err)
		again, err := pricing.ParseMetering(header)
		require.NoError(t, err)
		require.Equal(t, n, again)
	})
}

func ExampleFormatMetering() {
	header, err := pricing.FormatMetering(12)
	fmt.Println(pricing.MeteringHeader+":", header, err)
	// Output: X-Amzn-Inference-Metering: {"Dimension":"inference.count","ConsumedUnits":12} <nil>
}

func ExampleInferences() {
	n, err := pricing.Inferences(200, `{"Dimension":"inference.count","ConsumedUnits":12}`)
	fmt.Println(n, err)
	// Output: 12 <nil>
}
