// Package iampolicy writes and reads the policy documents of AWS Identity and
// Access Management.
package iampolicy

import (
	"bytes"
	"encoding/json"
)

// Statement is one statement of a policy, with its members in the order in which
// people write them.
type Statement struct {
	Sid       string
	Effect    string
	Principal string `json:",omitempty"`
	Action    OneOrMany
	Resource  OneOrMany
	Condition map[string]map[string]OneOrMany `json:",omitempty"`
}

// StringEquals returns the condition that the key has one of the values.
func StringEquals(key string, values ...string) map[string]map[string]OneOrMany {
	return map[string]map[string]OneOrMany{"StringEquals": {key: values}}
}

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

// OneOrMany is a list of strings, which a policy may write without brackets if
// it has one entry.
type OneOrMany []string

// MarshalJSON writes a string or a list of them.
func (m OneOrMany) MarshalJSON() ([]byte, error) {
	if len(m) == 1 {
		return json.Marshal(m[0])
	}
	return json.Marshal([]string(m))
}

// UnmarshalJSON reads a string or a list of them.
func (m *OneOrMany) UnmarshalJSON(data []byte) error {
	var many []string
	if err := json.Unmarshal(data, &many); err == nil {
		*m = many
		return nil
	}
	var one string
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*m = OneOrMany{one}
	return nil
}
