// Package iampolicy writes and reads the policy documents of AWS Identity and
// Access Management.
package iampolicy

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Statement is one statement of a policy, with its members in the order in which
// people write them.
type Statement struct {
	Sid       string
	Effect    string
	Principal string `json:",omitempty"`
	Action    OneOrMany[string]
	Resource  OneOrMany[string]
	Condition map[string]map[string]OneOrMany[string] `json:",omitempty"`
}

// StringEquals returns the condition that the key has one of the values.
func StringEquals(key string, values ...string) map[string]map[string]OneOrMany[string] {
	return map[string]map[string]OneOrMany[string]{"StringEquals": {key: values}}
}

// OnlyTags returns the condition that tags are given, and have no other keys.
func OnlyTags(keys ...string) map[string]map[string]OneOrMany[string] {
	return map[string]map[string]OneOrMany[string]{
		"ForAllValues:StringEquals": {"aws:TagKeys": keys},
		"Null":                      {"aws:TagKeys": {"false"}},
	}
}

// Size is the length of a policy as IAM counts it: without white space.
func Size(policy string) int { return len(strings.Join(strings.Fields(policy), "")) }

// MaxSize is how long a managed policy may be.
const MaxSize = 6144

// Write returns the policy with the statements as indented JSON.
func Write(statements ...Statement) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(struct {
		Version   string
		Statement []Statement
	}{"2012-10-17", statements})
	return string(bytes.TrimRight(out.Bytes(), "\n")), err
}

// OneOrMany is a list, which a policy may write without brackets if it has one
// entry.
type OneOrMany[T any] []T

// MarshalJSON writes the one entry, or a list of them.
func (m OneOrMany[T]) MarshalJSON() ([]byte, error) {
	if len(m) == 1 {
		return json.Marshal(m[0])
	}
	return json.Marshal([]T(m))
}

// UnmarshalJSON reads an entry or a list of them.
func (m *OneOrMany[T]) UnmarshalJSON(data []byte) error {
	var many []T
	if err := json.Unmarshal(data, &many); err == nil {
		*m = many
		return nil
	}
	var one T
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*m = OneOrMany[T]{one}
	return nil
}
