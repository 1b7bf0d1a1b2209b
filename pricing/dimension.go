package pricing

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// ErrDimension is matched by every error about a malformed [Dimension].
var ErrDimension = errors.New("not a pricing dimension")

// Mode is what a price is for, apart from the instance type.
type Mode string

const (
	// ModeBatch is an hour of batch transform.
	ModeBatch Mode = "batch"
	// ModeRealTime is an hour of a real-time endpoint.
	ModeRealTime Mode = "real-time"
	// ModeTraining is an hour of training. Only algorithms have it.
	ModeTraining Mode = "training"
	// ModeInference is one inference of a real-time endpoint.
	ModeInference Mode = "inference"
)

// Dimension is what one price of a rate card is for: an hour of one mode on one
// instance type, or one inference. The dimensions of a listing follow from the
// instance types that its resources support; see [Model.Required]. Make one with
// [Batch], [RealTime] or [Training], or use [PerInference]. The zero value is no
// dimension.
type Dimension struct {
	// Mode says what the price is for.
	Mode Mode
	// Instance is the SageMaker instance type, such as "ml.m5.large". It is
	// empty for ModeInference.
	Instance string
}

// PerInference is the dimension of one inference of a real-time endpoint.
var PerInference = Dimension{Mode: ModeInference}

// Batch returns the dimension of an hour of batch transform on the instance
// type.
func Batch(instance string) Dimension { return Dimension{ModeBatch, instance} }

// RealTime returns the dimension of an hour of a real-time endpoint on the
// instance type.
func RealTime(instance string) Dimension { return Dimension{ModeRealTime, instance} }

// Training returns the dimension of an hour of training on the instance type.
func Training(instance string) Dimension { return Dimension{ModeTraining, instance} }

const inferenceKey = "inference.count.m.i.c"

// suffix returns how the keys of the mode end, or an empty text if they have no
// instance type.
func (m Mode) suffix() string {
	switch m {
	case ModeBatch:
		return ".m.i.b"
	case ModeRealTime:
		return ".m.i.r"
	case ModeTraining:
		return ".a.t"
	}
	return ""
}

// valid reports whether the dimension has a key that [ParseDimension] reads.
func (d Dimension) valid() bool {
	if d.Mode == ModeInference {
		return d.Instance == ""
	}
	suffix := d.Mode.suffix()
	return suffix != "" && len(d.Instance)+len(suffix) <= 100 && instanceName(d.Instance)
}

// instanceName reports whether the name is made of letters and digits, with single
// dots and hyphens between them.
func instanceName(name string) bool {
	between := true
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
			between = false
		case (c == '.' || c == '-') && !between:
			between = true
		default:
			return false
		}
	}
	return !between
}

// ParseDimension returns the dimension with the given key of the marketplace,
// for example "ml.m5.large.m.i.b". If the key is malformed, it returns an error
// that matches [ErrDimension].
func ParseDimension(key string) (Dimension, error) {
	if key == inferenceKey {
		return PerInference, nil
	}
	for _, mode := range []Mode{ModeBatch, ModeRealTime, ModeTraining} {
		instance, found := strings.CutSuffix(key, mode.suffix())
		if d := (Dimension{mode, instance}); found && d.valid() {
			return d, nil
		}
	}
	return Dimension{}, fmt.Errorf("%w: %q: want <instance>.m.i.b, <instance>.m.i.r, <instance>.a.t or %s", ErrDimension, rule.Shorten(key), inferenceKey)
}

// String returns the key of the dimension, as the marketplace writes it.
func (d Dimension) String() string {
	if d.Mode == ModeInference {
		return inferenceKey
	}
	return d.Instance + d.Mode.suffix()
}

// MarshalText returns the key of the dimension. If [ParseDimension] cannot read
// the key back, MarshalText returns an error that matches [ErrDimension].
func (d Dimension) MarshalText() ([]byte, error) {
	if !d.valid() {
		return nil, fmt.Errorf("%w: mode %q, instance %q", ErrDimension, rule.Shorten(string(d.Mode)), rule.Shorten(d.Instance))
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads the dimension as [ParseDimension] does. On an error it
// leaves d unchanged.
func (d *Dimension) UnmarshalText(text []byte) error {
	parsed, err := ParseDimension(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// RateCard is the price of each dimension. In JSON it is an object with the keys
// of the dimensions, in their order, and the prices.
type RateCard map[Dimension]USD

// MarshalJSON returns the object. For a malformed dimension it returns an error
// that matches [ErrDimension].
func (c RateCard) MarshalJSON() ([]byte, error) {
	for _, d := range c.Dimensions() { // encoding/json would lose the cause of the error
		if _, err := d.MarshalText(); err != nil {
			return nil, err
		}
	}
	return json.Marshal(map[Dimension]USD(c))
}

// Dimensions returns the dimensions of the card in the order of their keys.
func (c RateCard) Dimensions() []Dimension { return SortDimensions(maps.Keys(c)) }

// SortDimensions returns the dimensions in the order of their keys, each once.
func SortDimensions(all iter.Seq[Dimension]) []Dimension {
	sorted := slices.SortedFunc(all, func(a, b Dimension) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(sorted)
}
