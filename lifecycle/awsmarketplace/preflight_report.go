package awsmarketplace

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/listing"
)

// PreflightCheck is one thing that was looked at.
type PreflightCheck struct {
	// What is the statement that was checked. For a permission it is the
	// action, followed by the change type for aws-marketplace:StartChangeSet.
	What string `json:"what"`
	// Path names the field of the listing, as in a violation; empty if it is
	// not about one.
	Path string `json:"path,omitempty"`
	// Answer says whether the statement is true. Only [lifecycle.Yes] is passed.
	// In JSON, [lifecycle.Unknown] is "unknown".
	Answer lifecycle.Answer `json:"answer"`
	// How says what the answer comes from.
	How string `json:"how"`
	// Problem and Remedy are empty with lifecycle.Yes.
	Problem string `json:"problem,omitempty"`
	Remedy  string `json:"remedy,omitempty"`
}

// unknown is how people read [lifecycle.Unknown].
const unknown = "unknown"

// MarshalJSON writes an answer that is not known as "unknown".
func (c PreflightCheck) MarshalJSON() ([]byte, error) {
	type plain PreflightCheck
	if c.Answer == lifecycle.Unknown {
		c.Answer = unknown
	}
	return json.Marshal(plain(c))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *PreflightCheck) UnmarshalJSON(data []byte) error {
	type plain PreflightCheck
	var read plain
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	if read.Answer == unknown {
		read.Answer = lifecycle.Unknown
	}
	*c = PreflightCheck(read)
	return nil
}

// String is the check on one line.
func (c PreflightCheck) String() string {
	answer := c.Answer
	if answer == lifecycle.Unknown {
		answer = unknown
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-7s  %s", answer, c.What)
	if c.Problem != "" {
		b.WriteString(": " + oneLine(c.Problem))
	}
	if c.Remedy != "" {
		b.WriteString("; " + oneLine(c.Remedy))
	}
	fmt.Fprintf(&b, " (%s)", c.How)
	return b.String()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (c PreflightCheck) no(problem, remedy string) PreflightCheck {
	c.Answer, c.Problem, c.Remedy = lifecycle.No, wire.Shorten(problem, wire.MaxMessage), remedy
	return c
}

func (c PreflightCheck) unknown(problem, remedy string) PreflightCheck {
	c.Answer, c.Problem, c.Remedy = lifecycle.Unknown, wire.Shorten(problem, wire.MaxMessage), remedy
	return c
}

// failed is no for what is refused, and unknown for what went wrong.
func (c PreflightCheck) failed(err error) PreflightCheck {
	if errors.Is(err, lifecycle.ErrDenied) {
		return c.no(err.Error(), c.Remedy)
	}
	return c.unknown(err.Error(), c.Remedy)
}

// PreflightReport is everything that a preflight found. Equal findings give
// equal bytes, as text and as JSON. It never holds credentials.
type PreflightReport struct {
	// Account and ARN are whose credentials were used; empty if that is not
	// known.
	Account listing.AccountID `json:"account,omitempty"`
	ARN     string            `json:"arn,omitempty"`
	// Who is about the credentials themselves.
	Who []PreflightCheck `json:"who"`
	// Permissions are the actions that the commands need.
	Permissions []PreflightCheck `json:"permissions"`
	// AccessRoles are about the roles that versions name, if a version is to be
	// added.
	AccessRoles []PreflightCheck `json:"accessRoles,omitempty"`
	// Resources are about the model packages and algorithms, if they will be
	// looked at.
	Resources []PreflightCheck `json:"resources,omitempty"`
	// Files are about the logo and the EULA, if they are to be sent.
	Files []PreflightCheck `json:"files,omitempty"`
	// Policy is the least policy for the commands, as from [PolicyFor].
	Policy json.RawMessage `json:"policy,omitempty"`
}

// Checks returns all that was looked at, in the order of the report.
func (r PreflightReport) Checks() []PreflightCheck {
	var all []PreflightCheck
	for _, each := range r.parts() {
		all = append(all, each.checks...)
	}
	return all
}

// Missing returns what stands in the way for sure, with its remedies.
func (r PreflightReport) Missing() []PreflightCheck {
	return r.having(func(a lifecycle.Answer) bool { return a == lifecycle.No })
}

// Unknown returns what could not be found out.
func (r PreflightReport) Unknown() []PreflightCheck {
	return r.having(func(a lifecycle.Answer) bool { return a != lifecycle.No && a != lifecycle.Yes })
}

// Ready reports that every check was answered with yes: nothing is missing and
// nothing unknown. An empty report is not ready.
func (r PreflightReport) Ready() bool {
	return len(r.Who) > 0 && len(r.Permissions) > 0 && len(r.Missing()) == 0 && len(r.Unknown()) == 0
}

// String is the report for people: each check on a line, the verdict at the
// end. The policy is left out.
func (r PreflightReport) String() string {
	var b strings.Builder
	if r.ARN != "" {
		fmt.Fprintf(&b, "%s of account %s\n", r.ARN, r.Account)
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
	checks []PreflightCheck
}

func (r PreflightReport) parts() []reportPart {
	return []reportPart{{"who", r.Who}, {"permissions", r.Permissions}, {"access roles", r.AccessRoles}, {"resources", r.Resources}, {"files", r.Files}}
}

func (r PreflightReport) having(is func(lifecycle.Answer) bool) (all []PreflightCheck) {
	for _, c := range r.Checks() {
		if is(c.Answer) {
			all = append(all, c)
		}
	}
	return all
}
