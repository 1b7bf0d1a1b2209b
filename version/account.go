package version

import (
	"errors"
	"regexp"
)

// ErrAccountID is matched by the errors of this module about a malformed
// [AccountID].
var ErrAccountID = errors.New("not an AWS account id")

// AccountID is the id of an AWS account: twelve digits. The zero value is no
// account.
type AccountID string

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

// Valid reports whether a consists of twelve digits. It does not check whether
// the account exists.
func (a AccountID) Valid() bool { return accountID.MatchString(string(a)) }
