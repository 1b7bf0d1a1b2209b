package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/open"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// Exit codes.
const (
	codeFine        = 0
	codeRules       = 1
	codeUsage       = 2
	codePending     = 3
	codeFailed      = 4
	codeNotLive     = 5
	codeLater       = 6
	codePerson      = 7
	codeInterrupted = 130
)

const exitCodes = `Exit codes:
  0    done, live, or nothing to change
  1    a rule is broken, or a command was refused by the rules
  2    usage, or a document, file or store that cannot be read
  3    changes or a request are pending
  4    the marketplace refused or failed the request, or it was cancelled
  5    not live, or no such listing
  6    try again later: busy, throttled, unavailable
  7    a person must help: credentials, permissions, verification, a lost request
  130  interrupted; run the command again to go on`

// exitError ends the command with a code and, unless err is nil, a message.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e exitError) Unwrap() error { return e.err }

// usageError is a command line or a setting that makes no sense.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// personRules are those that no change of a folder satisfies: a refusal by one of them
// ends as a call does that the marketplace denies.
var personRules = []error{
	lifecycle.RuleMarketplacePermission, lifecycle.RuleDescribeModelPackage, lifecycle.RuleDescribeAlgorithm,
	lifecycle.RuleSellerRegistered, lifecycle.RuleSellerProfile, lifecycle.RuleSellerTaxAndBank,
}

// codeOf returns the exit code of an error.
func codeOf(err error) int {
	var (
		exit     exitError
		use      usageError
		refusal  *lifecycle.Refusal
		request  *lifecycle.RequestError
		rejected *lifecycle.Rejection
		broken   rule.Violations
	)
	is := func(targets ...error) bool {
		for _, target := range targets {
			if errors.Is(err, target) {
				return true
			}
		}
		return false
	}
	switch {
	case err == nil:
		return codeFine
	case errors.As(err, &exit):
		return exit.code
	case errors.As(err, &use):
		return codeUsage
	case is(context.Canceled):
		return codeInterrupted
	case is(personRules...):
		return codePerson
	case errors.As(err, &refusal), errors.As(err, &broken):
		return codeRules
	case errors.As(err, &request), errors.As(err, &rejected):
		return codeFailed
	case is(lifecycle.ErrDenied, lifecycle.ErrForgotten, lifecycle.ErrAnswer):
		return codePerson
	case is(lifecycle.ErrBusy, lifecycle.ErrThrottled, lifecycle.ErrUnavailable, lifecycle.ErrStale, open.ErrBusy, context.DeadlineExceeded):
		return codeLater
	case is(lifecycle.ErrJournal, lifecycle.ErrUnreadable, lifecycle.ErrExport, lifecycle.ErrExists):
		return codeUsage
	case is(lifecycle.ErrNotFound):
		return codeNotLive
	}
	return codeUsage
}

// report says what went wrong, and returns the exit code.
func (t *tool) report(err error) int {
	code := codeOf(err)
	var exit exitError
	if err == nil || errors.As(err, &exit) && exit.err == nil {
		return code
	}
	text, remedy := t.message(err), remedyOf(err)
	if code == codeInterrupted {
		text, remedy = "interrupted; nothing is lost", "run the same command again to go on"
	}
	if t.json {
		out := struct {
			Folder   string         `json:"folder,omitempty"`
			Error    string         `json:"error"`
			Remedy   string         `json:"remedy,omitempty"`
			ExitCode int            `json:"exitCode"`
			Findings report.Listing `json:"findings,omitzero"`
		}{t.arg, text, remedy, code, t.findings(err)}
		if report.WriteJSON(t.out, out) == nil {
			return code
		}
	}
	_ = report.Report{t.findings(err)}.Text(t.err) // nobody is left to tell
	var refusal *lifecycle.Refusal
	if errors.As(err, &refusal) && len(refusal.Findings.Violations) > 0 {
		text = string(refusal.Command) + " is refused"
		if refusal.State != "" {
			text += " while the listing is " + string(refusal.State)
		}
	}
	if remedy != "" {
		text += ": " + remedy
	}
	if t.arg != "" {
		text = document.Printable(t.arg) + ": " + text
	}
	fmt.Fprintf(t.err, "shelflife: %s\n", text)
	return code
}

// findings returns the rules that stand in the way, and the reasons that the
// marketplace gave, with the places of the folder.
func (t *tool) findings(err error) report.Listing {
	var (
		refusal  *lifecycle.Refusal
		request  *lifecycle.RequestError
		rejected *lifecycle.Rejection
		problems []lifecycle.Problem
		found    report.Listing
	)
	switch {
	case errors.As(err, &refusal):
		found = report.Of(t.folder, refusal.Findings)
		found.Advice = nil
	case t.folder == nil: // the message has them
	case errors.As(err, &request):
		problems = request.Outcome.Problems
	case errors.As(err, &rejected):
		problems = rejected.Problems
	}
	for _, p := range problems {
		if p.Path != "" { // the message has the others
			found.Violations = append(found.Violations, report.Finding{Place: t.folder.Place(p.Path), ID: p.Code, Path: p.Path, Problem: rule.Addresses(p.Message)})
		}
	}
	for i := range found.Violations {
		v := &found.Violations[i]
		name, given := arguments[v.Path]
		if v.Path == "" || given { // not about the document
			v.Place = folder.Place{}
		}
		if given {
			v.Path = name
		}
		v.Problem, v.Remedy = t.named(v.Problem), t.named(v.Remedy)
	}
	return found
}

// arguments are the flags and arguments that are called so in the commands of a listing.
var arguments = map[string]string{
	"by": "--by", "email": "--email", "reason": "--reason", "replacement": "--replacement", "number": "number",
}

// named puts the names that the user knows listings by in place of their ids.
func (t *tool) named(text string) string { return strings.NewReplacer(t.names...).Replace(text) }

// message is the function message with the names of listings.
func (t *tool) message(err error) string { return t.plainly(t.named(message(err))) }

// message returns an error as lines that can be printed.
func message(err error) string {
	var out []byte
	for i, line := range strings.Split(strings.TrimRight(err.Error(), "\n"), "\n") {
		if i > 0 {
			out = append(out, "\n  "...)
		}
		out = append(out, document.Printable(document.Cut(rule.Addresses(line), 2_000))...)
	}
	return string(out)
}

// remedyOf says what to do about an error that does not say it itself.
func remedyOf(err error) string {
	var request *lifecycle.RequestError
	switch {
	case errors.As(err, &request) && request.Outcome.Result == lifecycle.Cancelled:
		return "apply with --retry to send it again, or change the document and apply"
	case errors.As(err, &request):
		return "correct what the marketplace names and apply again, or apply with --retry if it was not the document"
	case errors.Is(err, lifecycle.ErrCredentials):
		return "give credentials of the seller's account, as for the AWS CLI, or --simulate"
	case errors.Is(err, lifecycle.ErrNotVerified):
		return "complete the verification of the seller in AWS Partner Central"
	case errors.Is(err, lifecycle.ErrDenied):
		return "attach the policy that package awsmarketplace/policy writes to the caller"
	case errors.Is(err, lifecycle.ErrForgotten), errors.Is(err, lifecycle.ErrAnswer):
		return "look at the product in AWS Partner Central, then run \"shelflife reconcile\""
	case errors.Is(err, lifecycle.ErrBusy), errors.Is(err, lifecycle.ErrThrottled), errors.Is(err, lifecycle.ErrUnavailable), errors.Is(err, open.ErrBusy):
		return "run the command again later; nothing is lost"
	case errors.Is(err, lifecycle.ErrNotFound):
		return "\"shelflife apply\" creates a listing; \"shelflife status\" shows those that there are in this store"
	}
	return ""
}
