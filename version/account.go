package version

import (
	"errors"
	"regexp"
	"strings"
)

// ErrAccountID is matched by the errors of this module about a malformed
// [AccountID].
var ErrAccountID = errors.New("not an AWS account id")

// AccountID is the id of an AWS account: twelve digits. The zero value is no
// account.
type AccountID string

// Valid reports whether a consists of twelve digits. It does not check whether
// the account exists.
func (a AccountID) Valid() bool { return len(a) == 12 && all(string(a), digit) }

// Remedy says how to put right an account id that is not valid: digits are lost from
// the front of a number (three at most are likely), or separators were written into it. It is empty for a valid
// one.
func (a AccountID) Remedy() string {
	digits := separators.ReplaceAllString(string(a), "")
	switch {
	case a.Valid():
		return ""
	case AccountID(digits).Valid():
		return "leave out the separators: " + digits
	case len(a) >= 9 && len(a) < 12 && all(string(a), digit):
		return "write all twelve digits; leading zeros may have been lost: " + strings.Repeat("0", 12-len(a)) + string(a)
	}
	return "give the twelve digits of an AWS account"
}

var separators = regexp.MustCompile(`[\pP\pZ\s]`)
