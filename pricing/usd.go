package pricing

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/shelflife-go/shelflife/listing/rule"
)

const (
	decimals = 8
	perUSD   = 100_000_000
	maxUSD   = 100_000_000
)

// USD is an exact amount of US dollars: 0 to 100,000,000, with at most eight
// decimals. Amounts can be compared with ==. The zero value is 0 dollars. In JSON
// an amount is a string, such as "0.40", because many programs read a JSON number
// as a float.
type USD struct{ hundredMillionths int64 }

var amount = regexp.MustCompile(`^([0-9]{1,9})(?:\.([0-9]{1,8}))?$`)

// ParseUSD returns the amount that s says: a plain decimal such as "0.40" or
// "12". If s is anything else, it returns an error that matches [RuleExact].
func ParseUSD(s string) (USD, error) {
	m := amount.FindStringSubmatch(s)
	if m == nil {
		return USD{}, notAnAmount(s)
	}
	dollars, _ := strconv.ParseInt(m[1], 10, 64)
	fraction, _ := strconv.ParseInt((m[2] + "00000000")[:decimals], 10, 64)
	total := dollars*perUSD + fraction
	if total > maxUSD*perUSD {
		return USD{}, tooMuch(s)
	}
	return USD{total}, nil
}

// number is a plain decimal that may be out of range: its sign, whole part and decimals.
var number = regexp.MustCompile(`^(-?)([0-9]+)(?:\.([0-9]+))?$`)

// notAnAmount says why s is not an amount.
func notAnAmount(s string) error {
	switch m := number.FindStringSubmatch(s); {
	case m == nil:
	case m[1] != "":
		return refused(s, "is below 0", "give a price of 0 or more")
	case len(m[3]) > decimals:
		return refused(s, "has more than 8 decimals", "round it to at most 8 decimals")
	case m[2][0] != '0': // more than nine digits
		return tooMuch(s)
	}
	return refused(s, "is not an amount of dollars", RuleExact.Remedy)
}

func tooMuch(s string) error {
	return refused(s, "is more than 100,000,000 dollars", "give at most 100000000")
}

func refused(s, problem, remedy string) error {
	return rule.Violation{Rule: RuleExact, Problem: fmt.Sprintf("%q %s", rule.Shorten(s), problem), Remedy: remedy}
}

// MustUSD is like [ParseUSD], but panics if s is not an amount. Use it for
// amounts in source code.
func MustUSD(s string) USD {
	u, err := ParseUSD(s)
	if err != nil {
		panic(err)
	}
	return u
}

// String returns the amount with two decimals, or more if they are needed:
// "0.40", "0.00012".
func (u USD) String() string {
	fraction := fmt.Sprintf("%08d", u.hundredMillionths%perUSD)
	for len(fraction) > 2 && strings.HasSuffix(fraction, "0") {
		fraction = fraction[:len(fraction)-1]
	}
	return fmt.Sprintf("%d.%s", u.hundredMillionths/perUSD, fraction)
}

// IsZero reports whether the amount is 0 dollars.
func (u USD) IsZero() bool { return u == USD{} }

// Cmp returns -1 if u is less than v, 0 if they are equal, and 1 if u is more.
func (u USD) Cmp(v USD) int {
	switch {
	case u.hundredMillionths < v.hundredMillionths:
		return -1
	case u.hundredMillionths > v.hundredMillionths:
		return 1
	}
	return 0
}

// MarshalText returns the amount as String does. It never returns an error.
func (u USD) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalJSON reads the amount from a JSON string, as [ParseUSD] does. For
// anything else, such as a JSON number, it returns an error that matches
// [RuleExact] and leaves u unchanged.
func (u *USD) UnmarshalJSON(data []byte) error {
	var text *string
	if err := json.Unmarshal(data, &text); err != nil || text == nil {
		if json.Unmarshal(data, new(float64)) == nil && string(data) != "null" {
			return rule.Violation{Rule: RuleExact, Problem: rule.Shorten(string(data)) + " is not in quotes", Remedy: `in JSON, write a plain decimal in quotes, such as "0.40"`}
		}
		return refused(string(data), "is not an amount of dollars", RuleExact.Remedy)
	}
	return u.UnmarshalText([]byte(*text))
}

// UnmarshalText reads the amount as [ParseUSD] does. On an error it leaves u
// unchanged.
func (u *USD) UnmarshalText(text []byte) error {
	parsed, err := ParseUSD(string(text))
	if err != nil {
		return err
	}
	*u = parsed
	return nil
}
