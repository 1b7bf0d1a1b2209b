package catalog

import "encoding/json"

// Clearable is a member of a change that leaves something as it is, sets it or
// takes it away. The zero value is left out and changes nothing.
type Clearable[T any] struct {
	// Value is what to set; nil for nothing.
	Value *T
	// Cleared takes it away: null is written, whatever Value is.
	Cleared bool
}

// Set returns a member that sets the value.
func Set[T any](value T) Clearable[T] { return Clearable[T]{Value: &value} }

// MarshalJSON writes the value, or null.
func (c Clearable[T]) MarshalJSON() ([]byte, error) {
	if c.Cleared {
		return []byte("null"), nil
	}
	return json.Marshal(c.Value)
}

// UnmarshalJSON reads null as Cleared.
func (c *Clearable[T]) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*c = Clearable[T]{Cleared: true}
		return nil
	}
	var value T
	if err := json.Unmarshal(data, &value); err != nil {
		return err
	}
	*c = Set(value)
	return nil
}
