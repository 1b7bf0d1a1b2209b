package lifecycle

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// Request is what is under way for a listing: one change set, from the moment
// it was written down until its outcome is. A listing has one at most.
type Request struct {
	// Revision is that of the entry that wrote it down. It tells one request of a
	// listing from another.
	Revision int64 `json:"revision"`
	// Kind is the command that led to it.
	Kind Event `json:"kind"`
	// Name is the change set's name, by which a request whose answer was lost
	// is found again. It is unique for listing, revision, content and instant.
	Name string `json:"name"`
	// Token is the idempotency token that goes with every sending.
	Token uuid.UUID `json:"token"`
	// Phase tells how far it is.
	Phase Phase `json:"phase"`
	// Attempt counts the change sets, from 1; another follows when the
	// marketplace itself failed.
	Attempt int `json:"attempt"`
	// RecordedAt is when it was written down, in UTC.
	RecordedAt time.Time `json:"recordedAt"`
	// SendingAt is when it was about to be sent, in UTC; nil before. From here on
	// the marketplace may have it.
	SendingAt *time.Time `json:"sendingAt,omitempty"`
	// SentAt is when the marketplace's answer was written down; nil before.
	SentAt *time.Time `json:"sentAt,omitempty"`
	// StartedAt is when the marketplace started it, in UTC, where the answer to
	// sending it was lost and its change set was found later; else nil.
	StartedAt *time.Time `json:"startedAt,omitempty"`
	// ChangeSet is the marketplace's id for it, once known.
	ChangeSet string `json:"changeSet,omitempty"`
	// Cancelling reports that it is to be cancelled if that is still possible.
	Cancelling bool `json:"cancelling,omitempty"`
	// CancelRefused reports that it was too late to cancel it. It goes on, but is
	// not sent again.
	CancelRefused bool `json:"cancelRefused,omitempty"`
	// Delta is what changes when it succeeds; [Record.Target] applies it.
	Delta Delta `json:"delta"`
	// Removal says why a listing is unpublished; nil for other kinds.
	Removal *Removal `json:"removal,omitempty"`
}

// sendingSince is the first instant at which the marketplace may have had the
// request.
func (q Request) sendingSince() time.Time {
	if q.SendingAt == nil {
		return q.RecordedAt
	}
	return *q.SendingAt
}

// unwanted reports whether somebody wanted to cancel the request, whatever came of
// it.
func (q Request) unwanted() bool { return q.Cancelling || q.CancelRefused }

// startedAt is when the marketplace took the request, as far as that is known; nil
// before.
func (q Request) startedAt() *time.Time {
	if q.StartedAt != nil {
		return q.StartedAt
	}
	return q.SentAt
}

// Phase is how far a request is.
type Phase string

const (
	// Recorded requests were never sent.
	Recorded Phase = "recorded"
	// Sending requests may have been sent; the marketplace's answer is not
	// known yet.
	Sending Phase = "sending"
	// Following requests were taken by the marketplace.
	Following Phase = "following"
)

// Removal is what a seller states to unpublish a listing (seller guide,
// "Removing a product"). The Catalog API has no place for contact and reason;
// they are kept in the journal for when the marketplace asks.
type Removal struct {
	// Email is where the marketplace can ask.
	Email string `json:"email"`
	// Reason is why the listing is removed.
	Reason string `json:"reason"`
	// Replacement is the product id of the listing that takes its place;
	// empty for none.
	Replacement string `json:"replacement,omitempty"`
}

// Outcome is how a request ended.
type Outcome struct {
	// Request is the revision of the request that ended.
	Request int64 `json:"request"`
	// Name is the name of its change set.
	Name string `json:"name"`
	// Revision is that of the entry that wrote the outcome down.
	Revision int64 `json:"revision"`
	// RecordedAt is when it was written down, in UTC; the zero value if a release with
	// records of format 2 or 1 did.
	RecordedAt time.Time `json:"recordedAt,omitzero"`
	// Kind is the request's.
	Kind Event `json:"kind"`
	// Result says how it ended.
	Result Result `json:"result"`
	// ChangeSet is the marketplace's id for it; empty if it was never taken.
	ChangeSet string `json:"changeSet,omitempty"`
	// StartedAt and EndedAt are the marketplace's own instants, in UTC, to the
	// second; nil if it gave none.
	StartedAt *time.Time `json:"startedAt,omitempty"`
	EndedAt   *time.Time `json:"endedAt,omitempty"`
	// Problems are the marketplace's reasons, when it failed.
	Problems []Problem `json:"problems,omitempty"`
	// Entities are the marketplace's names that are new or changed with it.
	Entities Entities `json:"entities"`
}

// outcomeUnknown is the code of the problem of a request that was given up
// without knowing whether it took effect.
const outcomeUnknown = "OUTCOME_UNKNOWN"

// unsuccessful returns how the latest request ended, if it ended without success and no
// other is under way; else nil.
func (r Record) unsuccessful() *Outcome {
	if r.Request != nil || r.Last == nil || r.Last.Result == Succeeded {
		return nil
	}
	return r.Last
}

func (o *Outcome) unknown() bool {
	return o != nil && slices.ContainsFunc(o.Problems, func(p Problem) bool { return p.Code == outcomeUnknown })
}

// Result is how a change set, and the request behind it, ended. The zero value is
// [Pending].
type Result string

const (
	// Pending change sets are queued, reviewed or being applied.
	Pending Result = ""
	// Succeeded requests took effect.
	Succeeded Result = "succeeded"
	// Failed requests changed nothing. A request with the problem "OUTCOME_UNKNOWN"
	// is Failed too, but whether it changed anything is not known.
	Failed Result = "failed"
	// Cancelled requests changed nothing.
	Cancelled Result = "cancelled"
)

// String returns the result, and "pending" for the zero value.
func (r Result) String() string {
	if r == Pending {
		return "pending"
	}
	return string(r)
}

// Problem is one reason that the marketplace gives for a failure.
type Problem struct {
	// Code is the marketplace's code, such as "DUPLICATE_VERSION_TITLE".
	Code string `json:"code"`
	// Message is the marketplace's text, at most 1,000 characters of it.
	Message string `json:"message"`
	// Change is the change type that it belongs to; empty if none.
	Change string `json:"change,omitempty"`
	// Rule is the id of the rule of this library that says the same, such as
	// "version.number"; empty if there is none, or more than one.
	Rule string `json:"rule,omitempty"`
	// Path is the field of the listing that it is about, such as
	// "promotion.logo"; empty if the code does not tell.
	Path string `json:"path,omitempty"`
}

// retention is how long the marketplace knows a change set after its end, at the
// least.
const retention = 60 * 24 * time.Hour

// What a marketplace says is bounded before it is kept.
const (
	maxProblems     = 50
	maxMessage      = 1_000
	maxProblemTexts = 10_000 // of all together
)

// bounded returns problems that are not too many and not too long to be kept.
func bounded(problems []Problem) []Problem {
	var out []Problem
	left := maxProblemTexts
	for i, p := range problems {
		p = Problem{Code: shortened(p.Code, 200), Message: shortened(rule.Addresses(p.Message), maxMessage), Change: shortened(p.Change, 200), Rule: shortened(p.Rule, 200), Path: shortened(p.Path, 500)}
		left -= len(p.Code) + len(p.Message) + len(p.Change) + len(p.Rule) + len(p.Path)
		if len(out) == maxProblems || left < 0 {
			return append(out, Problem{Code: "MORE", Message: fmt.Sprintf("problems left out: %d", len(problems)-i)})
		}
		out = append(out, p)
	}
	return out
}

// shortened returns valid UTF-8 of at most most characters.
func shortened(s string, most int) string {
	return document.Cut(strings.ToValidUTF8(s, "\ufffd"), most-1)
}

// String is the problem on one line.
func (p Problem) String() string {
	text := p.Code + ": " + p.Message
	if p.Change != "" {
		text = p.Change + ": " + text
	}
	return document.Printable(document.Cut(text, maxMessage))
}

// ListingOf returns the id of the listing that a change set was made for, told
// by the change set's name; ok is false for names that no [Request] has. It does
// not tell whose listing it is, or whether it exists.
func ListingOf(changeSetName string) (id uuid.UUID, ok bool) {
	rest, ours := strings.CutPrefix(changeSetName, namePrefix)
	text, _, more := strings.Cut(rest, " ")
	if !ours || !more {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(text)
	return id, err == nil && id.String() == text
}

const namePrefix = "shelflife "

// changeSetName names a request after listing, revision, kind, content and the
// instant at which it was written down, so that no request is taken for one of
// before the store was restored from a backup.
func changeSetName(r Record, kind Event, d Delta, removal *Removal, at time.Time) (string, error) {
	content := struct {
		At      time.Time
		Draft   *listing.Listing `json:",omitempty"`
		Delta   Delta
		Removal *Removal
	}{instant(at), nil, d, removal}
	if kind == EventSubmit { // it sends what was edited before, too
		content.Draft = &r.Draft
	}
	encoded, err := json.Marshal(content)
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256(encoded)
	return fmt.Sprintf("%s%s r%d %s %x", namePrefix, r.ID, r.Revision+1, kind, digest[:4]), nil
}

// tokenOf returns the idempotency token of the change set with the name.
func tokenOf(id uuid.UUID, name string) uuid.UUID { return uuid.NewSHA1(id, []byte(name)) }

// RequestError is a request that ended without success. The listing is as it
// was before the command.
type RequestError struct {
	// Listing is the listing's id.
	Listing uuid.UUID `json:"listing"`
	// Outcome is how the request ended.
	Outcome Outcome `json:"outcome"`
}

// Error names the request, how it ended and the marketplace's reasons.
func (e *RequestError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "listing %s: %s %s", e.Listing, shown(string(e.Outcome.Kind)), e.Outcome.Result)
	for i, p := range e.Outcome.Problems {
		b.WriteString([]string{": ", "; "}[min(i, 1)] + p.String())
	}
	return b.String()
}

// UnmarshalText reads a phase; an unknown one is an error.
func (p *Phase) UnmarshalText(text []byte) error {
	return read(p, text, "phase", Recorded, Sending, Following)
}

// UnmarshalText reads a result; an unknown one is an error.
func (r *Result) UnmarshalText(text []byte) error {
	return read(r, text, "result", Succeeded, Failed, Cancelled)
}
