package metering_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/pricing/metering"
)

func TestHeader(t *testing.T) {
	for _, n := range []int64{0, 1, 7, math.MaxInt64} {
		header, err := metering.Format(n)
		require.NoError(t, err)
		back, err := metering.Parse(header)
		require.NoError(t, err)
		assert.Equal(t, n, back)
	}
	_, err := metering.Format(-1)
	require.ErrorIs(t, err, metering.RuleHeader)
	for _, bad := range []string{
		``, `7`, `null`, `{}`, `{"Dimension":"inference.count"}`, `{"ConsumedUnits":1}`,
		`{"Dimension":"inference.count","ConsumedUnits":-1}`,
		`{"Dimension":"inference.count","ConsumedUnits":1.5}`,
		`{"Dimension":"inference.count","ConsumedUnits":"1"}`,
		`{"Dimension":"inference.count","ConsumedUnits":9223372036854775808}`,
		`{"Dimension":"hours","ConsumedUnits":1}`,
		`{"dimension":"inference.count","consumedUnits":3}`,
		`{"Dimension":"inference.count","consumedUnits":3}`,
		`{"Dimension":"inference.count","ConsumedUnits":3,"ConsumedUnits":4}`,
		`{"Dimension":"inference.count","Dimension":"inference.count","ConsumedUnits":4}`,
		`{"Dimension":"inference.count","ConsumedUnits":1,"More":1}`,
		`{"Dimension":"inference.count","ConsumedUnits":1} {}`,
		`{"Dimension":"inference.count","ConsumedUnits":1}` + strings.Repeat(" ", 1024),
	} {
		_, err := metering.Parse(bad)
		require.ErrorIs(t, err, metering.RuleHeader, bad)
	}
}

func TestHeaderThatIsNoJSON(t *testing.T) {
	_, err := metering.Parse(`{"Dimension"`)
	require.ErrorContains(t, err, "cannot be read")
}

func TestHeaderAtItsLimit(t *testing.T) {
	header := `{"Dimension":"inference.count","ConsumedUnits":1}`
	padded := header + strings.Repeat(" ", 1024-len(header))
	_, err := metering.Parse(padded)
	require.NoError(t, err)
	_, err = metering.Parse(padded + " ")
	require.ErrorContains(t, err, "has 1025 bytes, 1024 are allowed")
}

func TestOnlySuccessIsCharged(t *testing.T) {
	header, err := metering.Format(3)
	require.NoError(t, err)
	for _, c := range []struct {
		status int
		header string
		want   int64
	}{{199, header, 0}, {200, header, 3}, {299, header, 3}, {300, header, 0}, {500, "nonsense", 0}, {200, "", 1}} {
		n, err := metering.Inferences(c.status, c.header)
		require.NoError(t, err)
		assert.Equal(t, c.want, n, "%d %s", c.status, c.header)
	}
	_, err = metering.Inferences(200, "nonsense")
	require.ErrorIs(t, err, metering.RuleHeader)
}

func FuzzParse(f *testing.F) {
	f.Add(`{"Dimension":"inference.count","ConsumedUnits":12}`)
	f.Fuzz(func(t *testing.T, value string) {
		n, err := metering.Parse(value)
		if err != nil {
			require.ErrorIs(t, err, metering.RuleHeader)
			return
		}
		header, err := metering.Format(n)
		require.NoError(t, err)
		again, err := metering.Parse(header)
		require.NoError(t, err)
		require.Equal(t, n, again)
	})
}

func ExampleFormat() {
	value, err := metering.Format(12)
	fmt.Println(metering.Header+":", value, err)
	// Output: X-Amzn-Inference-Metering: {"Dimension":"inference.count","ConsumedUnits":12} <nil>
}

func ExampleInferences() {
	n, err := metering.Inferences(200, `{"Dimension":"inference.count","ConsumedUnits":12}`)
	fmt.Println(n, err)
	// Output: 12 <nil>
}

func ExampleParse() {
	n, err := metering.Parse(`{"Dimension":"inference.count","ConsumedUnits":12}`)
	fmt.Println(n, err)

	_, err = metering.Parse(`{"Dimension":"hours","ConsumedUnits":12}`)
	fmt.Println(errors.Is(err, metering.RuleHeader))
	fmt.Println(err)
	// Output:
	// 12 <nil>
	// true
	// the header "{\"Dimension\":\"hours\",\"ConsumedUnits\":12}" does not name the dimension inference.count; write {"Dimension":"inference.count","ConsumedUnits":n} with a whole number n (metering.header)
}
