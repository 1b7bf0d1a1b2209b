package simulator_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
)

// disk is a store for tests: one JSON file with a member for each record.
type disk string

func (d disk) Load() (map[string][]byte, error) {
	b, err := os.ReadFile(string(d))
	if errors.Is(err, fs.ErrNotExist) {
		_, err := os.Stat(filepath.Dir(string(d)))
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, err
	}
	records := map[string][]byte{}
	for key, value := range raw {
		records[key] = value
	}
	return records, nil
}

func (d disk) Save(changes map[string][]byte) error {
	old, err := d.Load()
	if err != nil {
		return err
	}
	records := map[string]json.RawMessage{}
	for key, value := range old {
		records[key] = value
	}
	for key, value := range changes {
		records[key] = value
	}
	maps.DeleteFunc(records, func(_ string, value json.RawMessage) bool { return value == nil })
	b, err := json.Marshal(records)
	if err != nil {
		return err
	}
	if err := os.WriteFile(string(d)+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(string(d)+".new", string(d))
}
