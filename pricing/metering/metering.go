// Package metering reads and writes the header in which a container tells AWS
// Marketplace how many inferences an answer counts as, for an offer that is paid
// per inference (AWS Marketplace seller guide, "Custom metering").
//
// A container that answers three questions at once sets:
//
//	value, err := metering.Format(3)
//	…
//	w.Header().Set(metering.Header, value)
//
// The header is for real-time endpoints. Batch transform, training and asynchronous
// endpoints are paid by the hour. A bidirectional stream is metered by messages on a
// WebSocket beside it, for which this package has nothing: text frames of at most 512
// bytes, one a second at most, whose ConsumedUnits are 1 or more. 0 is for the header
// only.
//
// Without the header a successful answer counts as one inference. [Inferences]
// says what a buyer pays for. Nothing here does I/O or keeps state; all of it is
// safe for concurrent use.
package metering

import (
	"fmt"

	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// Header is the name of the response header.
const Header = "X-Amzn-Inference-Metering"

// RuleHeader is the rule that [Format] and [Parse] apply.
var RuleHeader = rule.Rule{ID: "metering.header", Severity: rule.Must,
	Statement: "the metering header counts 0 or more inferences of the dimension inference.count",
	Remedy:    `write {"Dimension":"inference.count","ConsumedUnits":n} with a whole number n`,
	Sources:   rule.Sources{Guide2022: "machine learning product pricing: custom metering", Other2026: "AWS samples, metering of asynchronous and streaming endpoints", Changed: "since then asynchronous endpoints are paid by the hour, and bidirectional streams are metered by messages beside them"}}

const (
	dimension = "inference.count"
	maxBytes  = 1 << 10
)

// Format returns the value of [Header] for n inferences. The error matches
// [RuleHeader] if n is negative.
func Format(n int64) (string, error) {
	if n < 0 {
		return "", broken("counts %d inferences", n)
	}
	return fmt.Sprintf(`{"Dimension":%q,"ConsumedUnits":%d}`, dimension, n), nil
}

// Parse returns the number of inferences in a value of [Header], which has at
// most 1 KiB. The error matches [RuleHeader].
func Parse(value string) (n int64, err error) {
	if len(value) > maxBytes {
		return 0, broken("has %d bytes, %d are allowed", len(value), maxBytes)
	}
	var header struct {
		Dimension     *string `json:"Dimension"`
		ConsumedUnits *int64  `json:"ConsumedUnits"`
	}
	if err := document.Decode([]byte(value), &header); err != nil {
		return 0, broken("%q cannot be read: %v", rule.Shorten(value), err)
	}
	switch {
	case header.Dimension == nil || *header.Dimension != dimension:
		return 0, broken("%q does not name the dimension %s", rule.Shorten(value), dimension)
	case header.ConsumedUnits == nil:
		return 0, broken("%q has no ConsumedUnits", rule.Shorten(value))
	case *header.ConsumedUnits < 0:
		return 0, broken("counts %d inferences", *header.ConsumedUnits)
	}
	return *header.ConsumedUnits, nil
}

// Inferences returns how many inferences a buyer pays for an answer of an
// endpoint with the HTTP status and the value of [Header]. It returns 0 unless
// the status is 200 to 299, 1 if the value is empty, and else what [Parse]
// returns.
func Inferences(status int, value string) (int64, error) {
	switch {
	case status < 200 || status > 299:
		return 0, nil
	case value == "":
		return 1, nil
	}
	return Parse(value)
}

func broken(format string, args ...any) error {
	return rule.Violation{Rule: RuleHeader, Problem: "the header " + fmt.Sprintf(format, args...), Remedy: RuleHeader.Remedy}
}
