package dynamostore

import (
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// The names of attributes of a record.
const (
	revisionName   = "revision"
	ownerName      = "owner"
	stateName      = "state"
	nameName       = "name"
	titleName      = "title"
	kindName       = "kind"
	visibilityName = "visibility"
	creatorName    = "creator"
	productName    = "product"
	createdName    = "created"
	updatedName    = "updated"
	requestName    = "request"
	outcomeName    = "unsuccessful"
	resultName     = "result"
	phaseName      = "phase"
	changeSetName  = "changeSet"
	cancellingName = "cancelling"
	recordedName   = "recorded"
	dueName        = "due"
)

// maxTexts bounds the texts of a summary, so that the item stays below the 400 KB
// that DynamoDB allows.
const maxTexts = 300_000

// recordOf returns the attributes of a record: its revision and what lists show.
func recordOf(w lifecycle.Write) (item, error) {
	s := w.Summary
	var t texts
	record := item{
		revisionName: number(w.Revision), ownerName: t.of(string(s.Seller)), stateName: t.of(string(s.State)), nameName: t.of(s.Name), titleName: t.of(s.Title),
		kindName: t.of(string(s.Kind)), visibilityName: t.of(string(s.Visibility)), creatorName: t.of(s.Creator), productName: t.of(s.Product),
		createdName: t.at(s.CreatedAt), updatedName: t.at(s.UpdatedAt),
	}
	if q := s.Request; q != nil {
		record[requestName] = &types.AttributeValueMemberM{Value: item{
			kindName: t.of(string(q.Kind)), phaseName: t.of(string(q.Phase)), changeSetName: t.of(q.ChangeSet),
			cancellingName: &types.AttributeValueMemberBOOL{Value: q.Cancelling}, recordedName: t.at(q.RecordedAt), dueName: t.at(q.Due),
		}}
	}
	if o := s.Unsuccessful; o != nil {
		record[outcomeName] = &types.AttributeValueMemberM{Value: item{
			kindName: t.of(string(o.Kind)), resultName: t.of(string(o.Result)), changeSetName: t.of(o.ChangeSet),
			revisionName: number(o.Revision), recordedName: t.at(o.RecordedAt),
		}}
	}
	if t.err == nil && t.bytes > maxTexts {
		t.err = fmt.Errorf("%w: the texts of its summary have %d bytes: %d are allowed", lifecycle.ErrCannotKeep, t.bytes, maxTexts)
	}
	return record, t.err
}

// summaryOf returns the summary of a record, or its id alone where something of it
// was damaged.
func summaryOf(record item) (lifecycle.Summary, error) {
	id, err := listingID(textIn(record, sortKey))
	if err != nil {
		return lifecycle.Summary{}, err
	}
	r := reader{damaged: readable(record) != nil}
	s := lifecycle.Summary{
		ID: id, Seller: listing.AccountID(r.text(record, ownerName)), Revision: r.number(record, revisionName), State: lifecycle.State(r.text(record, stateName)),
		Name: r.text(record, nameName), Title: r.text(record, titleName), Kind: version.Kind(r.text(record, kindName)), Visibility: listing.Visibility(r.text(record, visibilityName)),
		Creator: r.text(record, creatorName), Product: r.text(record, productName), CreatedAt: r.at(record, createdName), UpdatedAt: r.at(record, updatedName),
	}
	if q := r.fields(record, requestName); q != nil {
		s.Request = &lifecycle.RequestSummary{
			Kind: lifecycle.Event(r.text(q, kindName)), Phase: lifecycle.Phase(r.text(q, phaseName)), ChangeSet: r.text(q, changeSetName),
			Cancelling: r.flag(q, cancellingName), RecordedAt: r.at(q, recordedName), Due: r.at(q, dueName),
		}
	}
	if o := r.fields(record, outcomeName); o != nil {
		s.Unsuccessful = &lifecycle.OutcomeSummary{
			Kind: lifecycle.Event(r.text(o, kindName)), Result: lifecycle.Result(r.text(o, resultName)), ChangeSet: r.text(o, changeSetName),
			Revision: r.number(o, revisionName), RecordedAt: r.at(o, recordedName),
		}
	}
	if r.damaged {
		return lifecycle.Summary{ID: id}, nil
	}
	return s, nil
}

// listingID reads an id as it is written, and in no other of the forms of a UUID:
// no key would find it.
func listingID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil || id.String() != text {
		return uuid.UUID{}, fmt.Errorf("listing %q: %w: its id is no UUID of lower-case digits", rule.Shorten(text), lifecycle.ErrUnreadable)
	}
	return id, nil
}

// layout has a fixed width, so that texts sort as instants do: RFC 3339 with nine
// decimals.
const layout = "2006-01-02T15:04:05.000000000Z"

// texts makes attributes, counts their bytes and keeps the first error.
type texts struct {
	bytes int
	err   error
}

func (t *texts) of(s string) types.AttributeValue {
	t.bytes += len(s)
	if t.err == nil && !utf8.ValidString(s) {
		t.err = fmt.Errorf("%w: a text of its summary is not UTF-8", lifecycle.ErrCannotKeep)
	}
	return text(s)
}

func (t *texts) at(at time.Time) types.AttributeValue {
	at = at.UTC()
	if year := at.Year(); (year < 0 || year > 9999) && t.err == nil {
		t.err = fmt.Errorf("%w: an instant in the year %d: years 0 to 9999 are allowed", lifecycle.ErrCannotKeep, year)
	}
	return text(at.Format(layout))
}

// reader reads attributes, and remembers whether one was none.
type reader struct{ damaged bool }

// fields returns the attributes of a map, nil if the item has none of that name.
func (r *reader) fields(i item, name string) item {
	value, has := i[name]
	m, is := value.(*types.AttributeValueMemberM)
	if r.damaged = r.damaged || has != is; !is {
		return nil
	}
	return m.Value
}

func (r *reader) text(i item, name string) string {
	s, is := i[name].(*types.AttributeValueMemberS)
	if !is {
		r.damaged = true
		return ""
	}
	return s.Value
}

func (r *reader) number(i item, name string) int64 {
	n := numberIn(i, name)
	r.damaged = r.damaged || n < 0
	return n
}

func (r *reader) flag(i item, name string) bool {
	b, is := i[name].(*types.AttributeValueMemberBOOL)
	if !is {
		r.damaged = true
		return false
	}
	return b.Value
}

func (r *reader) at(i item, name string) time.Time {
	at, err := time.Parse(layout, r.text(i, name))
	r.damaged = r.damaged || err != nil
	return at.UTC()
}
