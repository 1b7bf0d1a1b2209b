package pricing

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// ErrDimension is matched by every error about a malformed dimension key.
var ErrDimension = errors.New("not a pricing dimension")

// Mode is a way of running that is priced on its own.
type Mode string

const (
	// ModeBatch is batch transform, by the hour.
	ModeBatch Mode = "batch"
	// ModeRealTime is a real-time endpoint, by the hour.
	ModeRealTime Mode = "real-time"
	// ModeTraining is training, by the hour; algorithms only.
	ModeTraining Mode = "training"
	// ModeInference is each inference of a real-time endpoint.
	ModeInference Mode = "inference"
)

// Dimension is what one rate of a rate card is for: one mode, on one instance
// type unless it counts inferences. AWS makes the dimensions of a listing from
// the instance types that its resources support; sellers only price them. The
// zero value is no dimension.
type Dimension struct {
	// Mode is the way of running.
	Mode Mode
	// Instance is the SageMaker instance type, such as "ml.m5.large"; empty for
	// ModeInference.
	Instance string
}

// PerInference is the dimension of one inference on a real-time endpoint.
var PerInference = Dimension{Mode: ModeInference}

// Batch is the dimension of an hour of batch transform on the instance type.
func Batch(instance string) Dimension { return Dimension{ModeBatch, instance} }

// RealTime is the dimension of an hour of a real-time endpoint on the
// instance type.
func RealTime(instance string) Dimension { return Dimension{ModeRealTime, instance} }

// Training is the dimension of an hour of training on the instance type.
func Training(instance string) Dimension { return Dimension{ModeTraining, instance} }

const inferenceKey = "inference.count.m.i.c"

var suffixes = map[Mode]string{ModeBatch: ".m.i.b", ModeRealTime: ".m.i.r", ModeTraining: ".a.t"}

var instanceName = regexp.MustCompile(`^[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*$`)

// ParseDimension reads a dimension key of the marketplace, for example
// "ml.m5.large.m.i.b". Keys are read from the right, because instance types
// have dots and hyphens of their own. The error matches [ErrDimension].
func ParseDimension(key string) (Dimension, error) {
	if key == inferenceKey {
		return PerInference, nil
	}
	for mode, suffix := range suffixes {
		instance, found := strings.CutSuffix(key, suffix)
		if found && len(key) <= 100 && instanceName.MatchString(instance) {
			return Dimension{mode, instance}, nil
		}
	}
	return Dimension{}, fmt.Errorf("%w: %q: want <instance>.m.i.b, <instance>.m.i.r, <instance>.a.t or %s", ErrDimension, rule.Shorten(key), inferenceKey)
}

// String is the key of the dimension as the marketplace writes it.
func (d Dimension) String() string {
	if d.Mode == ModeInference {
		return inferenceKey
	}
	return d.Instance + suffixes[d.Mode]
}

// MarshalText encodes the dimension as its key. A dimension whose key could
// not be read back gives an error that matches [ErrDimension].
func (d Dimension) MarshalText() ([]byte, error) {
	if back, err := ParseDimension(d.String()); err != nil || back != d {
		return nil, fmt.Errorf("%w: mode %q, instance %q", ErrDimension, d.Mode, rule.Shorten(d.Instance))
	}
	return []byte(d.String()), nil
}

// UnmarshalText is [ParseDimension]; on an error the dimension is left as it
// was.
func (d *Dimension) UnmarshalText(text []byte) error {
	parsed, err := ParseDimension(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// RateCard is the price of each dimension. In JSON it is an object from
// dimension key to amount, in the order of the keys.
type RateCard map[Dimension]USD

// MarshalJSON writes the object. A dimension whose key could not be read back
// gives an error that matches [ErrDimension], which encoding/json alone would
// flatten to text.
func (c RateCard) MarshalJSON() ([]byte, error) {
	for _, d := range c.Dimensions() {
		if _, err := d.MarshalText(); err != nil {
			return nil, err
		}
	}
	return json.Marshal(map[Dimension]USD(c))
}

// Dimensions returns the priced dimensions in the order of their keys.
func (c RateCard) Dimensions() []Dimension { return SortDimensions(maps.Keys(c)) }

// SortDimensions returns dimensions in the order of their keys, each once.
func SortDimensions(all func(yield func(Dimension) bool)) []Dimension {
	sorted := slices.SortedFunc(all, func(a, b Dimension) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(sorted)
}
