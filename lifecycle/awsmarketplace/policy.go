package awsmarketplace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// PolicyScope narrows what [PolicyFor] allows to what a seller really has. The
// zero value stands for whatever the account of the credentials owns.
type PolicyScope struct {
	// Account is the seller's. Empty leaves it open.
	Account listing.AccountID
	// Roles are the access roles that versions name. Empty is every role.
	Roles []version.Role
	// Resources are the model packages and algorithms that may be described.
	// Empty is all of both kinds.
	Resources []version.ARN
	// Products and Offers are the ids of what is on the marketplace already.
	// Empty is all of them. They do not narrow what a submission may touch,
	// for a product has no id before it.
	Products, Offers []string
}

// PolicyError is something that no policy can be made for. It is matched with
// errors.As.
type PolicyError struct {
	// Field names the argument, such as "commands[2]" or "scope.Roles[0]".
	Field string
	// Problem is what is wrong with it, and Remedy what to do.
	Problem, Remedy string
	// Cause is the error underneath, or nil.
	Cause error
}

// Error names the field, the problem and the remedy.
func (e *PolicyError) Error() string {
	return fmt.Sprintf("policy: %s %s; %s", e.Field, e.Problem, e.Remedy)
}

// Unwrap returns the cause.
func (e *PolicyError) Unwrap() error { return e.Cause }

// PolicyFor returns the least IAM policy with which the commands can be carried
// out, as indented JSON: equal arguments, in whatever order, give equal bytes.
//
// Whatever the commands are, change sets and listings may be read, so that a
// request can be found and followed, drift be told and a listing be adopted;
// without a command that is all. Change sets may hold the change types that the
// commands send, and no others, and may be tagged, as may what they create. An access role may be handed over by commands
// that add a version, resources be described by those that look at them, and a
// change set be cancelled only with [lifecycle.EventCancel]. Commands that send
// nothing, such as [lifecycle.EventCreate], add nothing.
//
// One statement allows the change types on products and offers alike, for how
// IAM judges a change set that touches both is not documented.
//
// The error is a [*PolicyError]: for an event that is not a command, and for a
// scope that is malformed or not all of one account.
func PolicyFor(scope PolicyScope, commands ...lifecycle.Event) (string, error) {
	statements, err := statementsFor(scope, commands)
	if err != nil {
		return "", err
	}
	return policyJSON(statements)
}

func policyJSON(statements []statement) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(policyDocument{Version: "2012-10-17", Statement: statements}); err != nil {
		return "", err
	}
	return string(bytes.TrimRight(out.Bytes(), "\n")), nil
}

func statementsFor(scope PolicyScope, commands []lifecycle.Event) ([]statement, error) {
	if err := scope.check(); err != nil {
		return nil, err
	}
	all, err := needsOf(commands)
	if err != nil {
		return nil, err
	}
	return scope.statements(all), nil
}

var catalogID = regexp.MustCompile(`^[A-Za-z0-9-]{1,255}$`)

func (s PolicyScope) check() error {
	if s.Account != "" && !s.Account.Valid() {
		return &PolicyError{Field: "scope.Account", Problem: fmt.Sprintf("is %q", wire.Shorten(string(s.Account), 100)), Remedy: "give the twelve digits", Cause: version.ErrAccountID}
	}
	for i, role := range s.Roles {
		account, err := role.Account()
		if err := s.own(fmt.Sprintf("scope.Roles[%d]", i), account, err); err != nil {
			return err
		}
	}
	for i, resource := range s.Resources {
		parts, err := resource.Parts()
		if err := s.own(fmt.Sprintf("scope.Resources[%d]", i), parts.Account, err); err != nil {
			return err
		}
	}
	for i, id := range slices.Concat(s.Products, s.Offers) {
		if !catalogID.MatchString(id) {
			field := fmt.Sprintf("scope.Products[%d]", i)
			if i >= len(s.Products) {
				field = fmt.Sprintf("scope.Offers[%d]", i-len(s.Products))
			}
			return &PolicyError{Field: field, Problem: fmt.Sprintf("is %q", wire.Shorten(id, 100)),
				Remedy: "give an id without revision, such as prod-abcdefghijklm"}
		}
	}
	return nil
}

// own checks what an ARN was taken apart to.
func (s PolicyScope) own(field string, account version.AccountID, err error) error {
	switch {
	case err != nil:
		return &PolicyError{Field: field, Problem: "cannot be read: " + err.Error(), Remedy: "give a whole ARN", Cause: err}
	case s.Account != "" && account != s.Account:
		return &PolicyError{Field: field, Problem: fmt.Sprintf("belongs to account %s, the policy is for %s", account, s.Account),
			Remedy: "make a policy for each account"}
	}
	return nil
}

// distinct returns the values in order, each once.
func distinct[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
