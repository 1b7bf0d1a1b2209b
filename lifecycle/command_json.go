package lifecycle

import (
	"encoding/json"
	"fmt"
	"iter"
	"reflect"
	"strings"

	"github.com/shelflife-go/shelflife/listing/document"
)

// commandJSON has one field for each command: a command is an object with one
// member, named after it.
type commandJSON struct {
	Create            *Create            `json:"create,omitempty"`
	Adopt             *Adopt             `json:"adopt,omitempty"`
	Edit              *Edit              `json:"edit,omitempty"`
	Discard           *Discard           `json:"discard,omitempty"`
	Submit            *Submit            `json:"submit,omitempty"`
	SignOff           *SignOff           `json:"sign-off,omitempty"`
	AddVersion        *AddVersion        `json:"add-version,omitempty"`
	UpdateVersion     *UpdateVersion     `json:"update-version,omitempty"`
	RestrictVersion   *RestrictVersion   `json:"restrict-version,omitempty"`
	UpdateInformation *UpdateInformation `json:"update-information,omitempty"`
	UpdatePricing     *UpdatePricing     `json:"update-pricing,omitempty"`
	UpdateAllowList   *UpdateAllowList   `json:"update-allow-list,omitempty"`
	Unpublish         *Unpublish         `json:"unpublish,omitempty"`
	EndSupport        *EndSupport        `json:"end-support,omitempty"`
	Cancel            *Cancel            `json:"cancel,omitempty"`
	Reconcile         *Reconcile         `json:"reconcile,omitempty"`
}

// commands are the fields of commandJSON: all commands that there are.
var commands = reflect.VisibleFields(reflect.TypeFor[commandJSON]())

// Commands returns the zero value of each type of command by its name in JSON, in the
// order of a listing's life. The name is the member of the object that [EncodeCommand]
// writes and [DecodeCommand] reads, such as "add-version". Schemas of commands, and lists
// of them, can be made of it.
func Commands() iter.Seq2[string, Command] {
	return func(yield func(string, Command) bool) {
		for _, f := range commands {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			c, _ := reflect.Zero(f.Type.Elem()).Interface().(Command)
			if !yield(name, c) {
				return
			}
		}
	}
}

// EncodeCommand returns the JSON of a command: an object with one member, such as
// {"restrict-version": {"number": "1.0"}}. It returns an error that matches
// [RuleCommand] for what is no command, one that matches [ErrCannotKeep] for text that
// is not UTF-8, and that of a rate card with a malformed dimension.
func EncodeCommand(c Command) ([]byte, error) {
	c, ok := settled(c)
	if !ok {
		return nil, notACommand().Err()
	}
	var j commandJSON
	for i, f := range commands {
		if f.Type.Elem() == reflect.TypeOf(c) {
			p := reflect.New(f.Type.Elem())
			p.Elem().Set(reflect.ValueOf(c))
			reflect.ValueOf(&j).Elem().Field(i).Set(p)
		}
	}
	data, err := json.Marshal(j)
	if err == nil && replaced(data) {
		return nil, fmt.Errorf("command %s %w: a text in it is not UTF-8", c.Event(), ErrCannotKeep)
	}
	return data, err
}

// DecodeCommand reads what [EncodeCommand] wrote. It reads as strictly as
// [listing.Parse]; the error joins one [document.Error] a fault.
func DecodeCommand(data []byte) (Command, error) {
	var j commandJSON
	if err := document.Decode(data, &j); err != nil {
		return nil, err
	}
	var found []Command
	for i := range commands {
		c, _ := reflect.ValueOf(j).Field(i).Interface().(Command)
		if c, ok := settled(c); ok {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		return nil, &document.Error{Problem: fmt.Sprintf("has %d commands: give one, such as {\"submit\": {}}", len(found))}
	}
	return found[0], nil
}
