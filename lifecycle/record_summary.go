package lifecycle

import (
	"bytes"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// Summary is what lists show of a listing: the portal's product summary, and
// what is under way. Stores keep it beside the record, so that a list decodes
// nothing.
type Summary struct {
	// ID, Seller, Name, Revision and State are those of the record.
	ID       uuid.UUID         `json:"id"`
	Seller   listing.AccountID `json:"seller"`
	Name     string            `json:"name,omitempty"`
	Revision int64             `json:"revision"`
	State    State             `json:"state"`
	// Title, Kind and Visibility are the draft's.
	Title      string             `json:"title"`
	Kind       version.Kind       `json:"kind"`
	Visibility listing.Visibility `json:"visibility"`
	// Creator is who created the listing; empty if nobody said.
	Creator string `json:"creator,omitempty"`
	// Product is the marketplace's product id; empty before the first
	// submission succeeded.
	Product string `json:"product,omitempty"`
	// CreatedAt and UpdatedAt are the instants of the first and the latest
	// entry, in UTC.
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
	// Request is what is under way; nil when nothing is.
	Request *RequestSummary `json:"request,omitempty"`
	// Unsuccessful is how the latest request ended, if it failed or was cancelled. It
	// stays until the next request is written down, whatever becomes of that, or the
	// draft is discarded: editing or reconciling the listing does not take it away.
	// Nil otherwise.
	Unsuccessful *OutcomeSummary `json:"unsuccessful,omitempty"`
}

// RequestSummary is what lists show of a request under way.
type RequestSummary struct {
	// Kind, Phase, ChangeSet and Cancelling are those of the request.
	Kind       Event  `json:"kind"`
	Phase      Phase  `json:"phase"`
	ChangeSet  string `json:"changeSet,omitempty"`
	Cancelling bool   `json:"cancelling,omitempty"`
	// RecordedAt is when the request was written down, in UTC.
	RecordedAt time.Time `json:"recordedAt"`
	// Due is the first instant at which [Manager.Advance] may find something to
	// do, in UTC.
	Due time.Time `json:"due"`
}

// OutcomeSummary is what lists show of a request that ended without success. The
// marketplace's reasons are in [Record.Last], and in the entry of the journal.
type OutcomeSummary struct {
	// Kind, Result, ChangeSet, Revision and RecordedAt are those of the outcome.
	Kind       Event     `json:"kind"`
	Result     Result    `json:"result"`
	ChangeSet  string    `json:"changeSet,omitempty"`
	Revision   int64     `json:"revision"`
	RecordedAt time.Time `json:"recordedAt,omitzero"`
}

// shortestWait lies at least between two looks at the marketplace.
const shortestWait = 30 * time.Second

// Summary returns what lists show of the listing.
func (r Record) Summary() Summary { return summaryOf(r) }

func summaryOf(r Record) Summary {
	s := Summary{
		ID: r.ID, Seller: r.Seller, Name: r.Name, Revision: r.Revision, State: r.State,
		Title: r.Draft.Title, Kind: r.Draft.Kind, Visibility: r.Draft.Visibility.OrDefault(),
		Creator: r.CreatedBy, Product: r.Entities.Product, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
	if q := r.Request; q != nil {
		s.Request = &RequestSummary{Kind: q.Kind, Phase: q.Phase, ChangeSet: q.ChangeSet, Cancelling: q.Cancelling, RecordedAt: q.RecordedAt, Due: r.UpdatedAt}
		if q.Phase == Following && !q.Cancelling {
			s.Request.Due = r.UpdatedAt.Add(shortestWait)
		}
	} else if o := r.unsuccessful(); o != nil {
		s.Unsuccessful = &OutcomeSummary{Kind: o.Kind, Result: o.Result, ChangeSet: o.ChangeSet, Revision: o.Revision, RecordedAt: o.RecordedAt}
	}
	return s
}

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }
