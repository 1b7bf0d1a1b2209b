package version

import (
	"errors"
	"fmt"
	"regexp"
)

// ErrAccountID is matched by every error about a malformed account id.
var ErrAccountID = errors.New("not an AWS account id")

// AccountID is an AWS account: twelve digits. The zero value names none.
type AccountID string

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

// ParseAccountID returns s as an account id, or an error that matches
// [ErrAccountID].
func ParseAccountID(s string) (AccountID, error) {
	if !accountID.MatchString(s) {
		return "", fmt.Errorf("%w: %q: give the twelve digits without separators", ErrAccountID, s)
	}
	return AccountID(s), nil
}

// Valid reports whether the id consists of twelve digits. Whether such an
// account exists is not known here.
func (a AccountID) Valid() bool { return accountID.MatchString(string(a)) }
