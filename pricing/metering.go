package pricing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// MeteringHeader is the response header in which a container reports how many
// inferences one answer was.
const MeteringHeader = "X-Amzn-Inference-Metering"

// RuleMeteringHeader is what [ParseMetering] and [FormatMetering] apply.
var RuleMeteringHeader = rule.Rule{ID: "metering.header", Severity: rule.Must,
	Statement: "the metering header counts 0 or more inferences of the dimension inference.count",
	Remedy:    `write {"Dimension":"inference.count","ConsumedUnits":n} with a whole number n`,
	Source:    "seller guide, machine learning product pricing: custom metering"}

const (
	meteredDimension = "inference.count"
	maxMeteringBytes = 1 << 10
)

// FormatMetering returns the value of [MeteringHeader] for n inferences. The
// error matches [RuleMeteringHeader] when n is negative.
func FormatMetering(n int64) (string, error) {
	if n < 0 {
		return "", meteringFault("counts %d inferences", n)
	}
	return fmt.Sprintf(`{"Dimension":%q,"ConsumedUnits":%d}`, meteredDimension, n), nil
}

// ParseMetering reads a value of [MeteringHeader], of 1 KiB at the most. The
// error matches [RuleMeteringHeader].
func ParseMetering(value string) (n int64, err error) {
	if len(value) > maxMeteringBytes {
		return 0, meteringFault("has %d bytes, %d are allowed", len(value), maxMeteringBytes)
	}
	var header struct {
		Dimension     *string
		ConsumedUnits *int64
	}
	stream := json.NewDecoder(bytes.NewReader([]byte(value)))
	stream.DisallowUnknownFields()
	if err := stream.Decode(&header); err != nil {
		return 0, meteringFault("%q cannot be read: %v", rule.Shorten(value), err)
	}
	if _, err := stream.Token(); !errors.Is(err, io.EOF) {
		return 0, meteringFault("%q goes on after its end", rule.Shorten(value))
	}
	switch {
	case header.Dimension == nil || *header.Dimension != meteredDimension:
		return 0, meteringFault("%q does not name the dimension %s", rule.Shorten(value), meteredDimension)
	case header.ConsumedUnits == nil:
		return 0, meteringFault("%q has no ConsumedUnits", rule.Shorten(value))
	case *header.ConsumedUnits < 0:
		return 0, meteringFault("counts %d inferences", *header.ConsumedUnits)
	}
	return *header.ConsumedUnits, nil
}

// Inferences returns how many inferences a buyer pays for one answer of an
// endpoint: none unless the status is 2XX, what the metering header counts if
// there is one, and one otherwise. The error matches [RuleMeteringHeader].
func Inferences(status int, header string) (int64, error) {
	switch {
	case status < 200 || status > 299:
		return 0, nil
	case header == "":
		return 1, nil
	}
	return ParseMetering(header)
}

func meteringFault(format string, args ...any) error {
	return rule.Violation{Rule: RuleMeteringHeader, Problem: "the header " + fmt.Sprintf(format, args...), Remedy: RuleMeteringHeader.Remedy}
}
