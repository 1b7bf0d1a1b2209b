// Package policy writes the least IAM policy with which commands of package
// lifecycle can be carried out on AWS. It does no I/O.
//
// A job that adds versions every night needs this policy, and no more:
//
//	document, err := policy.For(policy.Scope{
//		Account: "111122223333",
//		Roles:   []version.Role{"arn:aws:iam::111122223333:role/MarketplaceIngestion"},
//	}, lifecycle.EventAddVersion)
//
// [All] is the policy for every command of any seller. Package preflight checks
// whether credentials are allowed what the policy allows.
//
// # The access role
//
// The role that a version names needs a policy of its own, which this package
// does not write: it must allow sagemaker:DescribeModelPackage, or
// sagemaker:DescribeAlgorithm, on the resource, and its trust policy must let
// assets.marketplace.amazonaws.com assume it.
//
// # What was never tried on AWS
//
// The resources and the conditions were taken from the documentation. How IAM
// judges a change set that touches both a product and its offer is not
// documented: the change types of products are allowed on products, those of offers
// on offers, and all of them on change sets.
package policy

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/iampolicy"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/permission"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/version"
)

// Scope narrows a policy to what one seller has. The zero value allows what the
// account of the credentials owns, whatever account that is.
type Scope struct {
	// Account is the seller's account. Empty allows any.
	Account listing.AccountID
	// Roles are the access roles that versions name. Empty allows every role.
	Roles []version.Role
	// Resources are the model packages and algorithms that versions name. Empty
	// allows all of both kinds.
	Resources []version.ARN
	// Products and Offers are ids of products and offers on the marketplace,
	// without revision. Empty allows all. They do not narrow what
	// [lifecycle.EventSubmit] may change, because a product has no id before it
	// is first submitted.
	Products, Offers []string
}

// For returns the least IAM policy with which the commands can be carried out,
// as indented JSON. A command is named by its event, such as
// [lifecycle.EventSubmit]. Equal arguments, in whatever order, give equal bytes.
//
// The policy always allows reading change sets, products and offers, which it
// takes to follow a request, to find drift and to adopt a listing. Commands add:
//
//   - starting and tagging change sets with changes of the types that the commands
//     send, and of no other type;
//   - handing over the access role, for a command that adds a version;
//   - describing resources in SageMaker, for a command whose rules depend on them;
//   - tagging what is created, and reading tags, for [lifecycle.EventSubmit];
//   - cancelling change sets, for [lifecycle.EventCancel].
//
// A command that sends nothing, such as [lifecycle.EventCreate], adds nothing.
//
// The error is an [*Error]: for an event that is not a command, for a field of
// the scope that is malformed, for a role or a resource that belongs to
// another account than Account, and for a policy that is longer than the 6,144
// characters that IAM takes.
func For(scope Scope, commands ...lifecycle.Event) (string, error) {
	if err := scope.check(); err != nil {
		return "", err
	}
	needs, unknown := permission.Of(commands)
	if unknown >= 0 {
		return "", &Error{Field: fmt.Sprintf("commands[%d]", unknown),
			Problem: fmt.Sprintf("is %q, which is not a command", document.Cut(string(commands[unknown]), 100)),
			Remedy:  "give the event of a command, such as lifecycle.EventSubmit"}
	}
	document, err := iampolicy.Write(permission.Scope(scope).Statements(needs)...)
	if size := iampolicy.Size(document); err == nil && size > iampolicy.MaxSize {
		return "", &Error{Field: "scope", Problem: fmt.Sprintf("makes a policy of %d characters, IAM takes %d", size, iampolicy.MaxSize),
			Remedy: "make a policy for each of several smaller scopes, or leave Products, Offers, Roles or Resources empty"}
	}
	return document, err
}

// Error says why [For] cannot write a policy. Find it with errors.As.
type Error struct {
	// Field names the argument, such as "commands[2]" or "scope.Roles[0]".
	Field string
	// Problem says what is wrong with it, and Remedy what to do.
	Problem, Remedy string
	// Cause is the error underneath, or nil.
	Cause error
}

// Error returns the field, the problem and the remedy on one line.
func (e *Error) Error() string {
	return document.Printable(document.Cut(fmt.Sprintf("policy: %s %s; %s", e.Field, e.Problem, e.Remedy), 1_000))
}

// Unwrap returns Cause.
func (e *Error) Unwrap() error { return e.Cause }

var catalogID = regexp.MustCompile(`^[A-Za-z0-9-]{1,255}$`)

func (s Scope) check() error {
	if s.Account != "" && !s.Account.Valid() {
		return &Error{Field: "scope.Account", Problem: fmt.Sprintf("is %q", document.Cut(string(s.Account), 100)), Remedy: "give the twelve digits", Cause: version.ErrAccountID}
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
			return &Error{Field: field, Problem: fmt.Sprintf("is %q", document.Cut(id, 100)),
				Remedy: "give an id without revision, such as prod-abcdefghijklm"}
		}
	}
	return nil
}

// own returns an error for an ARN that could not be read, or that belongs to
// another account than the scope's.
func (s Scope) own(field string, account version.AccountID, err error) error {
	switch {
	case err != nil:
		return &Error{Field: field, Problem: "cannot be read: " + err.Error(), Remedy: "give a whole ARN", Cause: err}
	case s.Account != "" && account != s.Account:
		return &Error{Field: field, Problem: fmt.Sprintf("belongs to account %s, the policy is for %s", account, s.Account),
			Remedy: "make a policy for each account"}
	}
	return nil
}
