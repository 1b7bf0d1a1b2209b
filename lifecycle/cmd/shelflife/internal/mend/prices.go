package mend

import (
	"regexp"
	"strconv"
	"strings"
)

// A price that can be read in two ways is left as it is: 0,40 and 1,000 are something
// else to an American than to a European.
var (
	currency  = regexp.MustCompile(`^(?:(?i:US) ?\$|(?i:USD)|\$) ?(.*)$|^(.*?) ?(?:(?i:USD)|\$)$`)
	signed    = regexp.MustCompile(`^\+ ?([0-9.].*)$`)
	thousands = regexp.MustCompile(`^[0-9]{1,3}(?:(?:,[0-9]{3})+\.[0-9]+|(?:,[0-9]{3}){2,})$`)
	under     = regexp.MustCompile(`^[0-9]{1,3}(?:_[0-9]{3})+(?:\.[0-9]+)?$`)
	power     = regexp.MustCompile(`^([0-9]+)(?:\.([0-9]*))?[eE]([-+]?[0-9]{1,2})$`)
	noDigit   = regexp.MustCompile(`^(?:([0-9]+)\.|\.([0-9]+))$`)
	tooLong   = regexp.MustCompile(`^([0-9]{1,9}\.[0-9]{1,8}?)0+$`)
)

func priceCurrency(s string) string {
	if m := currency.FindStringSubmatch(s); m != nil && strings.ContainsAny(m[1]+m[2], "0123456789") {
		return m[1] + m[2]
	}
	return s
}

func priceSign(s string) string {
	if m := signed.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return s
}

func priceSeparators(s string) string {
	switch {
	case thousands.MatchString(s):
		return strings.ReplaceAll(s, ",", "")
	case under.MatchString(s):
		return strings.ReplaceAll(s, "_", "")
	}
	return s
}

func priceExponent(s string) string {
	m := power.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	by, err := strconv.Atoi(m[3])
	if err != nil {
		return s
	}
	digits, point := m[1]+m[2], len(m[1])+by
	if point <= 0 {
		digits, point = strings.Repeat("0", 1-point)+digits, 1
	}
	if point > len(digits) {
		digits += strings.Repeat("0", point-len(digits))
	}
	whole, fraction := strings.TrimLeft(digits[:point], "0"), digits[point:]
	if whole == "" {
		whole = "0"
	}
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

func pricePoint(s string) string {
	m := noDigit.FindStringSubmatch(s)
	switch {
	case m == nil:
		return s
	case m[1] != "":
		return m[1]
	}
	return "0." + m[2]
}

// priceZeros leaves out the zeros that are too many: the marketplace takes 8 decimals.
func priceZeros(s string) string {
	whole, fraction, _ := strings.Cut(s, ".")
	if m := tooLong.FindStringSubmatch(s); m != nil && len(fraction) > 8 {
		return whole + "." + fraction[:max(len(strings.TrimRight(fraction, "0")), 2)]
	}
	return s
}
