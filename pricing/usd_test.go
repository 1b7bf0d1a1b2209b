package pricing_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
)

// units draws hundred-millionths of a dollar, and the same as text.
func units(t *rapid.T, name string) (int64, string) {
	n := rapid.Int64Range(0, 100_000_000*100_000_000).Draw(t, name)
	return n, fmt.Sprintf("%d.%08d", n/100_000_000, n%100_000_000)
}

func TestUSDOrdersAsNumbersDo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, textA := units(t, "a")
		b, textB := units(t, "b")
		want := 0
		switch {
		case a < b:
			want = -1
		case a > b:
			want = 1
		}
		u, v := pricing.MustUSD(textA), pricing.MustUSD(textB)
		assert.Equal(t, want, u.Cmp(v))
		assert.Equal(t, -want, v.Cmp(u))
		assert.Equal(t, want == 0, u == v)
		assert.Equal(t, a == 0, u.IsZero())
	})
}

func TestUSDIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n, text := units(t, "amount")
		u := pricing.MustUSD(text)
		back, err := pricing.ParseUSD(u.String())
		require.NoError(t, err)
		assert.Equal(t, u, back)
		exact, ok := new(big.Rat).SetString(u.String())
		require.True(t, ok)
		assert.Zero(t, exact.Cmp(big.NewRat(n, 100_000_000)))
		assert.Regexp(t, `^[0-9]+\.[0-9]([0-9]|[0-9]{0,6}[1-9])$`, u.String())
	})
}

type priced struct {
	Price  pricing.USD            `json:"price"`
	Absent *pricing.USD           `json:"absent,omitempty"`
	Named  map[string]pricing.USD `json:"named"`
	Card   pricing.RateCard       `json:"card"`
}

func TestUSDThroughJSON(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(priced{Named: map[string]pricing.USD{"none": {}}, Card: pricing.RateCard{pricing.PerInference: {}}})
	require.NoError(t, err)
	assert.JSONEq(t, `{"price": "0.00", "named": {"none": "0.00"}, "card": {"inference.count.m.i.c": "0.00"}}`, string(data))

	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Custom(func(t *rapid.T) pricing.USD {
			_, text := units(t, "amount")
			return pricing.MustUSD(text)
		})
		want := priced{Named: map[string]pricing.USD{}, Card: pricing.RateCard{}}
		if rapid.Bool().Draw(t, "zero") {
			want.Named["zero"] = pricing.USD{}
		} else {
			want.Price = amount.Draw(t, "price")
			want.Absent = &want.Price
		}
		for _, key := range rapid.SliceOf(anyDimension()).Draw(t, "dimensions") {
			want.Card[key] = amount.Draw(t, "rate")
		}
		data, err := json.Marshal(want)
		require.NoError(t, err)
		for name, decode := range map[string]func([]byte, any) error{"encoding/json": json.Unmarshal, "document": document.Decode} {
			var got priced
			require.NoError(t, decode(data, &got), name)
			assert.Equal(t, want, got, name)
		}
		again, err := json.Marshal(want)
		require.NoError(t, err)
		assert.Equal(t, data, again)
	})
}

// A price that is not an exact text breaks RuleExact, whoever reads it, and
// leaves what was there.
func TestUSDRefusedInJSON(t *testing.T) {
	t.Parallel()
	for _, value := range []string{`0.40`, `1`, `-1`, `1e2`, `"0.000000001"`, `"1e2"`, `""`, `true`, `[]`, `{}`, `{"price": "1"}`} {
		kept := pricing.MustUSD("7")
		amount := kept
		require.ErrorIs(t, json.Unmarshal([]byte(value), &amount), pricing.RuleExact, value)
		assert.Equal(t, kept, amount, value)

		var p priced
		err := document.Decode([]byte(`{"price": `+value+`, "card": {"inference.count.m.i.c": `+value+`}}`), &p)
		require.ErrorIs(t, err, pricing.RuleExact, value)
		var place *document.Error
		require.ErrorAs(t, err, &place)
		assert.Equal(t, "price", place.Path)
		assert.ErrorContains(t, err, `: card["inference.count.m.i.c"]: `)
		assert.Zero(t, p)
	}
	amount := pricing.MustUSD("7")
	require.ErrorIs(t, amount.UnmarshalJSON([]byte(`null`)), pricing.RuleExact)
	require.ErrorIs(t, amount.UnmarshalText([]byte(`1.000000001`)), pricing.RuleExact)
	assert.Equal(t, pricing.MustUSD("7"), amount)
}

func TestParseUSDSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := pricing.ParseUSD("1,5")
	assert.EqualError(t, err, `"1,5" is not an amount of dollars; write a plain decimal, such as 0.40 (pricing.exact)`)
	_, err = pricing.ParseUSD("100000000.1")
	assert.ErrorContains(t, err, "is more than 100,000,000 dollars")
	var violation rule.Violation
	require.ErrorAs(t, err, &violation)
	assert.Equal(t, pricing.RuleExact, violation.Rule)
}

func TestMustUSDPanics(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "0.40", pricing.MustUSD("0.4").String())
	assert.Panics(t, func() { pricing.MustUSD("forty cents") })
}

func FuzzParseUSD(f *testing.F) {
	for text := range amounts {
		f.Add(text, "0.5")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		u, errA := pricing.ParseUSD(a)
		v, errB := pricing.ParseUSD(b)
		for _, err := range []error{errA, errB} {
			if err != nil {
				require.ErrorIs(t, err, pricing.RuleExact)
			}
		}
		if errA != nil || errB != nil {
			return
		}
		back, err := pricing.ParseUSD(u.String())
		require.NoError(t, err)
		assert.Equal(t, u, back)
		assert.Equal(t, u.String(), back.String())
		exactA, ok := new(big.Rat).SetString(a)
		require.True(t, ok, a)
		exactB, ok := new(big.Rat).SetString(b)
		require.True(t, ok, b)
		assert.Equal(t, exactA.Cmp(exactB), u.Cmp(v))
	})
}

// amounts are the cases of RuleExact, which reading a price applies.
var amounts = map[string]string{ // text to what String gives back; empty when refused
	"0": "0.00", "0.00000000": "0.00", "0.00000001": "0.00000001", "0.000000001": "",
	"12": "12.00", "0.4": "0.40", "0.40": "0.40", "0.12345678": "0.12345678", "00012.50": "12.50",
	"99999999.99999999": "99999999.99999999", "100000000": "100000000.00", "100000000.00000000": "100000000.00",
	"100000000.00000001": "", "100000001": "", "999999999": "", "1000000000": "", "99999999999999999999": "",
	"": "", " 1": "", "1 ": "", "1\n": "", "-1": "", "-0": "", "+1": "", "1.": "", ".5": "", "1,000": "", "1e3": "", "0x1": "",
	"1_000": "", "$1": "", "1.2.3": "", "NaN": "", "Inf": "", "Infinity": "", "null": "", "٣": "", "1.٣": "", "\xff": "",
}

func TestParseUSDAtItsBoundary(t *testing.T) {
	t.Parallel()
	for text, want := range amounts {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := pricing.ParseUSD(text)
			if want != "" {
				require.NoError(t, err)
				assert.Equal(t, want, got.String())
				return
			}
			require.ErrorIs(t, err, pricing.RuleExact)
			assert.Zero(t, got)
		})
	}
}

func TestPricesAreWrittenAsTheyAreRead(t *testing.T) {
	for _, price := range []string{"0.00000001", "1.00", "99.99999999", "99999999.99999999", "100000000.00"} {
		assert.Equal(t, price, pricing.MustUSD(price).String())
	}
	_, err := pricing.ParseUSD("0000000001")
	require.ErrorContains(t, err, "is not an amount of dollars", "ten digits before the point")
}
