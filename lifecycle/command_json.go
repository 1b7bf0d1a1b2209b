package lifecycle

import (
	"encoding/json"
	"fmt"

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
	Cancel            *Cancel            `json:"cancel,omitempty"`
	Reconcile         *Reconcile         `json:"reconcile,omitempty"`
	EndSupport        *EndSupport        `json:"end-support,omitempty"`
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
	switch c := c.(type) {
	case Create:
		j.Create = &c
	case Adopt:
		j.Adopt = &c
	case Edit:
		j.Edit = &c
	case Discard:
		j.Discard = &c
	case Submit:
		j.Submit = &c
	case SignOff:
		j.SignOff = &c
	case AddVersion:
		j.AddVersion = &c
	case UpdateVersion:
		j.UpdateVersion = &c
	case RestrictVersion:
		j.RestrictVersion = &c
	case UpdateInformation:
		j.UpdateInformation = &c
	case UpdatePricing:
		j.UpdatePricing = &c
	case UpdateAllowList:
		j.UpdateAllowList = &c
	case Unpublish:
		j.Unpublish = &c
	case Cancel:
		j.Cancel = &c
	case Reconcile:
		j.Reconcile = &c
	case EndSupport:
		j.EndSupport = &c
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
	for _, c := range []Command{j.Create, j.Adopt, j.Edit, j.Discard, j.Submit, j.SignOff, j.AddVersion, j.UpdateVersion,
		j.RestrictVersion, j.UpdateInformation, j.UpdatePricing, j.UpdateAllowList, j.Unpublish, j.Cancel, j.Reconcile, j.EndSupport} {
		if c, ok := settled(c); ok {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		return nil, &document.Error{Problem: fmt.Sprintf("has %d commands: give one, such as {\"submit\": {}}", len(found))}
	}
	return found[0], nil
}
