package preflight

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// Check is one statement that was checked, with the answer.
type Check struct {
	// What is the statement. For a permission it is the name of the action,
	// followed by the change type if that is aws-marketplace:StartChangeSet.
	What string `json:"what"`
	// Path names the field of the listing that the statement is about, as in
	// a rule.Violation; empty if it is not about a field.
	Path string `json:"path,omitempty"`
	// Answer says whether the statement is true. In JSON, [lifecycle.Unknown] is
	// "unknown".
	Answer lifecycle.Answer `json:"answer"`
	// How names the call that the answer comes from, such as "iam:GetRole", or
	// says what else it comes from.
	How string `json:"how"`
	// Problem says why the answer is not [lifecycle.Yes], and Remedy what to do.
	// With Yes, both are empty.
	Problem string `json:"problem,omitempty"`
	Remedy  string `json:"remedy,omitempty"`
	// Denial says what AWS denied the call for, if it did so for more than a
	// permission: then other checks have the same problem. The zero value is
	// everything else.
	Denial lifecycle.Denial `json:"denial,omitempty"`
	// Warning says what is dangerous although the answer is yes; mostly empty.
	Warning string `json:"warning,omitempty"`
}

// unknown is how people read [lifecycle.Unknown].
const unknown = "unknown"

// MarshalJSON writes the check, with "unknown" for [lifecycle.Unknown].
func (c Check) MarshalJSON() ([]byte, error) {
	type plain Check
	if c.Answer == lifecycle.Unknown {
		c.Answer = unknown
	}
	return json.Marshal(plain(c))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Check) UnmarshalJSON(data []byte) error {
	type plain Check
	var read plain
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	if read.Answer == unknown {
		read.Answer = lifecycle.Unknown
	}
	*c = Check(read)
	return nil
}

// String returns the check on one line.
func (c Check) String() string {
	answer := c.Answer
	if answer == lifecycle.Unknown {
		answer = unknown
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-7s  %s", oneLine(string(answer)), oneLine(c.What))
	if c.Problem != "" {
		b.WriteString(": " + oneLine(c.Problem))
	}
	if c.Remedy != "" {
		b.WriteString("; " + oneLine(c.Remedy))
	}
	if c.Warning != "" {
		b.WriteString("; warning: " + oneLine(c.Warning))
	}
	fmt.Fprintf(&b, " (%s)", oneLine(c.How))
	return b.String()
}

func oneLine(s string) string {
	return document.Printable(document.Cut(strings.Join(strings.Fields(s), " "), wire.MaxMessage))
}

func (c Check) no(problem, remedy string) Check {
	c.Answer, c.Problem, c.Remedy = lifecycle.No, document.Cut(rule.Addresses(problem), wire.MaxMessage), remedy
	return c
}

func (c Check) unknown(problem, remedy string) Check {
	c.Answer, c.Problem, c.Remedy = lifecycle.Unknown, document.Cut(rule.Addresses(problem), wire.MaxMessage), remedy
	return c
}

func (c Check) yes() Check {
	c.Answer, c.Problem, c.Remedy = lifecycle.Yes, "", ""
	return c
}

// failed returns no for a call that AWS denied, with the remedy for that kind of
// denial, and unknown for one that went wrong.
func (c Check) failed(err error) Check {
	c = c.deniedFor(err)
	if errors.Is(err, lifecycle.ErrDenied) {
		return c.no(err.Error(), remedyFor(err, c.Remedy))
	}
	return c.unknown(err.Error(), remedyFor(err, c.Remedy))
}

// deniedFor notes what AWS denied a call for.
func (c Check) deniedFor(err error) Check {
	switch {
	case errors.Is(err, lifecycle.ErrCredentials):
		c.Denial = lifecycle.DenialCredentials
	case errors.Is(err, lifecycle.ErrNotVerified):
		c.Denial = lifecycle.DenialSeller
	}
	return c
}

// remedyFor returns what to do about an error of AWS: other is the remedy unless the
// credentials, the seller or the way to AWS are what is wrong.
func remedyFor(err error, other string) string {
	switch {
	case errors.Is(err, lifecycle.ErrCredentials):
		return "give credentials of the seller's account that have not expired"
	case errors.Is(err, lifecycle.ErrNotVerified):
		return "complete the seller's verification (KYC) in AWS Partner Central, before the AWS Marketplace Management Portal"
	case errors.Is(err, lifecycle.ErrUnavailable), errors.Is(err, lifecycle.ErrThrottled):
		return "ask again when AWS can be reached and answers"
	}
	return other
}

// Report is all that [Checker.Run] found out. Equal findings give equal bytes, as
// text and as JSON. It never holds credentials. The zero value is not ready.
type Report struct {
	// Account and ARN say whose credentials were used; empty if that could not be
	// found out.
	Account listing.AccountID `json:"account,omitempty"`
	ARN     string            `json:"arn,omitempty"`
	// Who checks the credentials themselves.
	Who []Check `json:"who"`
	// Permissions checks the actions that the commands need.
	Permissions []Check `json:"permissions"`
	// AccessRoles checks the roles that versions name, if a command adds a
	// version.
	AccessRoles []Check `json:"accessRoles,omitempty"`
	// Resources checks the model packages and algorithms, if a command depends on
	// them.
	Resources []Check `json:"resources,omitempty"`
	// Files checks the logo and the EULA, if a command sends their addresses.
	Files []Check `json:"files,omitempty"`
	// Policy is the least policy for the commands, as [policy.For] returns it.
	Policy json.RawMessage `json:"policy,omitempty"`
}

// Checks returns all checks, in the order of the fields.
func (r Report) Checks() []Check {
	var all []Check
	for _, each := range r.parts() {
		all = append(all, each.checks...)
	}
	return all
}

// Missing returns the checks with the answer no.
func (r Report) Missing() []Check {
	return r.having(func(a lifecycle.Answer) bool { return a == lifecycle.No })
}

// Unknown returns the checks with any answer but yes and no.
func (r Report) Unknown() []Check {
	return r.having(func(a lifecycle.Answer) bool { return a != lifecycle.No && a != lifecycle.Yes })
}

// Ready reports whether every check has the answer yes. A report without checks
// is not ready.
func (r Report) Ready() bool {
	return len(r.Who) > 0 && len(r.Permissions) > 0 && len(r.Missing()) == 0 && len(r.Unknown()) == 0
}

// String returns the report as text for people: a line for each check, then
// "ready" or "not ready" with counts. It leaves out the policy.
func (r Report) String() string {
	var b strings.Builder
	if r.ARN != "" {
		fmt.Fprintf(&b, "%s of account %s\n", oneLine(r.ARN), oneLine(string(r.Account)))
	}
	for _, part := range r.parts() {
		if len(part.checks) == 0 {
			continue
		}
		b.WriteString(part.name + "\n")
		for _, c := range part.checks {
			b.WriteString("  " + c.String() + "\n")
		}
	}
	if r.Ready() {
		b.WriteString("ready\n")
	} else {
		fmt.Fprintf(&b, "not ready: %d missing, %d unknown\n", len(r.Missing()), len(r.Unknown()))
	}
	return b.String()
}

type reportPart struct {
	name   string
	checks []Check
}

func (r Report) parts() []reportPart {
	return []reportPart{{"who", r.Who}, {"permissions", r.Permissions}, {"access roles", r.AccessRoles}, {"resources", r.Resources}, {"files", r.Files}}
}

func (r Report) having(is func(lifecycle.Answer) bool) (all []Check) {
	for _, c := range r.Checks() {
		if is(c.Answer) {
			all = append(all, c)
		}
	}
	return all
}
