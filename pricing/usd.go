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

// USD is an exact amount of US dollars from 0 to 100,000,000 with at most
// eight decimals. USD values are comparable with ==. The zero value is no
// dollars. In JSON an amount is a string, such as "0.40", because a JSON number
// passes through floats in too many programs.
type USD struct{ hundredMillionths int64 }

var amount = regexp.MustCompile(`^([0-9]{1,9})(?:\.([0-9]{1,8}))?$`)

// ParseUSD reads a plain decimal such as "0.40" or "12". The error matches
// [RuleExact].
func ParseUSD(s string) (USD, error) {
	m := amount.FindStringSubmatch(s)
	if m == nil {
		return USD{}, refused(s, "is not an amount of dollars")
	}
	dollars, _ := strconv.ParseInt(m[1], 10, 64)
	fraction, _ := strconv.ParseInt((m[2] + "00000000")[:decimals], 10, 64)
	total := dollars*perUSD + fraction
	if total > maxUSD*perUSD {
		return USD{}, refused(s, "is more than 100,000,000 dollars")
	}
	return USD{total}, nil
}

func refused(s, problem string) error {
	return rule.Violation{Rule: RuleExact, Problem: fmt.Sprintf("%q %s", rule.Shorten(s), problem), Remedy: RuleExact.Remedy}
}

// MustUSD is ParseUSD for amounts written in source code; it panics when s is
// not an amount.
func MustUSD(s string) USD {
	u, err := ParseUSD(s)
	if err != nil {
		panic(err)
	}
	return u
}

// String is the amount with at least two decimals and no others that are not
// needed: "0.40", "0.00012".
func (u USD) String() string {
	fraction := fmt.Sprintf("%08d", u.hundredMillionths%perUSD)
	for len(fraction) > 2 && strings.HasSuffix(fraction, "0") {
		fraction = fraction[:len(fraction)-1]
	}
	return fmt.Sprintf("%d.%s", u.hundredMillionths/perUSD, fraction)
}

// IsZero reports whether the amount is nothing.
func (u USD) IsZero() bool { return u == USD{} }

// Cmp is negative when u is less than v, zero when they are equal and
// positive when u is more.
func (u USD) Cmp(v USD) int {
	switch {
	case u.hundredMillionths < v.hundredMillionths:
		return -1
	case u.hundredMillionths > v.hundredMillionths:
		return 1
	}
	return 0
}

// MarshalText encodes the amount as String writes it. It never fails.
func (u USD) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalJSON is [ParseUSD] of a JSON string. Anything else, a JSON number
// above all, is refused with an error that matches [RuleExact] and leaves the
// amount as it was.
func (u *USD) UnmarshalJSON(data []byte) error {
	var text *string
	if err := json.Unmarshal(data, &text); err != nil || text == nil {
		return refused(string(data), "is not an amount in quotes")
	}
	return u.UnmarshalText([]byte(*text))
}

// UnmarshalText is [ParseUSD]; on an error the amount is left as it was.
func (u *USD) UnmarshalText(text []byte) error {
	parsed, err := ParseUSD(string(text))
	if err != nil {
		return err
	}
	*u = parsed
	return nil
}
