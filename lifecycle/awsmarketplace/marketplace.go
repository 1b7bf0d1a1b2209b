package awsmarketplace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog/types"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/listing/document"
)

// maxPages bounds how far Find reads on: 20 change sets a page.
const maxPages = 50

var catalogName = aws.String(wire.Catalog)

// Marketplace is a [lifecycle.Marketplace] on the AWS Marketplace Catalog API,
// for the account that its credentials belong to. Make one with
// [NewMarketplace]; the zero value does not work. It is safe for concurrent
// use.
//
// Its methods return the errors that [lifecycle.Marketplace] describes, which wrap
// the error of the SDK. If the context has ended, they return its error.
type Marketplace struct {
	client *marketplacecatalog.Client
	clock  lifecycle.Clock
	seen   *makers
}

// Option changes how a [Marketplace] works.
type Option func(*Marketplace)

// WithClock replaces the machine's clock, by which [Marketplace.Trace] waits between
// its calls. Nil leaves it.
func WithClock(c lifecycle.Clock) Option {
	return func(m *Marketplace) {
		if c != nil {
			m.clock = c
		}
	}
}

var _ lifecycle.Marketplace = (*Marketplace)(nil)

// NewMarketplace returns a Marketplace with the credentials, the HTTP client and
// the endpoint of cfg. It does not use the Region and the retries of cfg: the
// Catalog API is in one Region only, and a manager retries by itself.
func NewMarketplace(cfg aws.Config, options ...Option) *Marketplace {
	m := &Marketplace{client: marketplacecatalog.NewFromConfig(wire.Config(cfg, wire.Region)), clock: lifecycle.SystemClock{}, seen: &makers{turn: make(chan struct{}, 1)}}
	for _, option := range options {
		option(m)
	}
	return m
}

// Plan returns the changes that Send would send as one change set. It does no I/O.
// It returns a [lifecycle.Rejection] with the code [CodeNotSent] if the Catalog API
// has no request for a part of the change.
func (m *Marketplace) Plan(c lifecycle.Change) (lifecycle.PlannedChangeSet, error) {
	changes, err := plan(c)
	if err != nil {
		return lifecycle.PlannedChangeSet{}, err
	}
	planned := lifecycle.PlannedChangeSet{Validates: validates(changes), Changes: make([]lifecycle.PlannedChange, len(changes))}
	for i, each := range changes {
		document, err := json.Marshal(each.Details)
		if err != nil {
			return lifecycle.PlannedChangeSet{}, fmt.Errorf("%s: %w", each.Type, err)
		}
		planned.Changes[i] = lifecycle.PlannedChange{
			Type: each.Type, Name: each.Name, Entity: each.EntityType, Identifier: each.Identifier, Document: document,
		}
	}
	return planned, nil
}

// Send sends what Plan returns as one change set, and returns its id. It sends
// nothing if Plan returns an error.
func (m *Marketplace) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	changes, err := plan(c)
	if err != nil {
		return "", err
	}
	return m.start(ctx, c, changes, types.IntentApply)
}

// Validate starts the change set of Send with the intent VALIDATE. It returns an
// error that matches [errors.ErrUnsupported] for every change but one that adds a
// version at the prices that there are.
func (m *Marketplace) Validate(ctx context.Context, c lifecycle.Change) (string, error) {
	changes, err := plan(c)
	if err != nil {
		return "", err
	}
	if !validates(changes) {
		return "", fmt.Errorf("validating %s: %w by the Catalog API", c.Kind, errors.ErrUnsupported)
	}
	return m.start(ctx, c, changes, types.IntentValidate)
}

// validates reports whether the changes are nothing but a version to add: the
// only change for which the Catalog API documents the intent VALIDATE.
func validates(changes []change) bool {
	return len(changes) == 1 && changes[0].Type == addDeliveryOptions
}

func (m *Marketplace) start(ctx context.Context, c lifecycle.Change, changes []change, intent types.Intent) (string, error) {
	in := &marketplacecatalog.StartChangeSetInput{
		Catalog:            catalogName,
		ChangeSetName:      aws.String(c.Name),
		ClientRequestToken: aws.String(c.Token.String()),
		Intent:             intent,
		ChangeSetTags:      marks(c),
	}
	for _, each := range changes {
		details, err := encode(each.Details)
		if err != nil {
			return "", fmt.Errorf("%s: %w", each.Type, err)
		}
		change := types.Change{
			ChangeType:      aws.String(each.Type),
			ChangeName:      wire.Optional(each.Name),
			Entity:          &types.Entity{Type: aws.String(each.EntityType), Identifier: wire.Optional(each.Identifier)},
			DetailsDocument: details,
		}
		if each.Identifier == "" { // it makes something
			change.EntityTags = marks(c)
		}
		in.ChangeSet = append(in.ChangeSet, change)
	}
	out, err := m.client.StartChangeSet(ctx, in)
	if err != nil {
		return "", m.refused(ctx, pinned(c.Entities, changes), err)
	}
	if aws.ToString(out.ChangeSetId) == "" {
		return "", fmt.Errorf("%w: the marketplace took the change set but gave no id", lifecycle.ErrUnavailable)
	}
	return *out.ChangeSetId, nil
}

// pinned returns those of the entities that the changes are pinned to.
func pinned(known lifecycle.Entities, changes []change) (touched lifecycle.Entities) {
	for _, each := range changes {
		switch id, _, _ := strings.Cut(each.Identifier, "@"); id {
		case "":
		case known.Product:
			touched.Product, touched.ProductRevision = known.Product, known.ProductRevision
		case known.Offer:
			touched.Offer, touched.OfferRevision = known.Offer, known.OfferRevision
		}
	}
	return touched
}

// refused tells what a failed StartChangeSet means. A stale revision comes as
// a ValidationException like any other mistake, and only its free text tells;
// so the revisions themselves are looked at.
func (m *Marketplace) refused(ctx context.Context, known lifecycle.Entities, err error) error {
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) { // waiting would not help
		problems := []lifecycle.Problem{problem(missing.ErrorCode(), missing.ErrorMessage(), "")}
		return &lifecycle.Rejection{Problems: problems, Cause: wire.Classify(ctx, err)}
	}
	var inUse *types.ResourceInUseException
	if errors.As(err, &inUse) {
		return m.held(ctx, known, wire.Classify(ctx, err))
	}
	var invalid *types.ValidationException
	if !errors.As(err, &invalid) {
		return wire.Classify(ctx, err)
	}
	newest, identifyErr := m.Identify(ctx, known)
	switch {
	case errors.Is(identifyErr, lifecycle.ErrNotFound):
	case identifyErr != nil:
		return identifyErr
	case newest.ProductRevision > known.ProductRevision && known.ProductRevision > 0:
		return stale(newest.Product, newest.ProductRevision, known.ProductRevision, err)
	case newest.OfferRevision > known.OfferRevision && known.OfferRevision > 0:
		return stale(newest.Offer, newest.OfferRevision, known.OfferRevision, err)
	}
	return rejection(invalid, err)
}

func stale(id string, newest, known int64, cause error) error {
	return fmt.Errorf("%w: %s is at revision %d, %d was expected: %w", lifecycle.ErrStaleEntity, id, newest, known, wire.Quiet(cause))
}

// Find returns the id of the newest change set with the name. AWS deletes a change
// set about 60 days after it has ended.
func (m *Marketplace) Find(ctx context.Context, name string) (string, error) {
	in := &marketplacecatalog.ListChangeSetsInput{
		Catalog:    catalogName,
		FilterList: []types.Filter{{Name: aws.String("ChangeSetName"), ValueList: []string{name}}},
		Sort:       &types.Sort{SortBy: aws.String("StartTime"), SortOrder: types.SortOrderDescending},
		MaxResults: aws.Int32(20),
	}
	for range maxPages {
		out, err := m.client.ListChangeSets(ctx, in)
		if err != nil {
			return "", wire.Classify(ctx, err)
		}
		for _, item := range out.ChangeSetSummaryList {
			if aws.ToString(item.ChangeSetName) == name && aws.ToString(item.ChangeSetId) != "" {
				return *item.ChangeSetId, nil
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return "", fmt.Errorf("%w: change set named %q", lifecycle.ErrNotFound, name)
		}
		in.NextToken = out.NextToken
	}
	// Not ErrNotFound: the caller would take it for leave to send again.
	return "", fmt.Errorf("change set named %q: not among the first %d pages of the answer", name, maxPages)
}

// Follow returns the status of the change set. If it has succeeded, the status has
// the ids and the newest revisions of the product and the offer that it changed;
// what it did not change is left empty. ChangedSince is set if AWS gives one of them
// as modified after the end of the change set, or does not say when.
func (m *Marketplace) Follow(ctx context.Context, changeSet string) (lifecycle.Status, error) {
	out, err := m.client.DescribeChangeSet(ctx, &marketplacecatalog.DescribeChangeSetInput{Catalog: catalogName, ChangeSetId: &changeSet})
	if err != nil {
		return lifecycle.Status{}, wire.Classify(ctx, err)
	}
	status := lifecycle.Status{StartedAt: instant(out.StartTime), EndedAt: instant(out.EndTime)}
	switch out.Status {
	case types.ChangeStatusPreparing, types.ChangeStatusApplying:
		status.Result = lifecycle.Pending
	case types.ChangeStatusCancelled:
		status.Result = lifecycle.Cancelled
	case types.ChangeStatusFailed:
		status.Result = lifecycle.Failed
		status.Fault = out.FailureCode == types.FailureCodeServerFault
		status.Problems = reasons(out)
	case types.ChangeStatusSucceeded:
		status.Result = lifecycle.Succeeded
		var modified time.Time
		status.Entities, modified, err = m.touched(ctx, changeSet, out.ChangeSet)
		touched := status.Entities.Product != "" || status.Entities.Offer != ""
		status.ChangedSince = touched && (status.EndedAt.IsZero() || modified.IsZero() || modified.After(status.EndedAt))
	default:
		err = fmt.Errorf("change set %s has the unknown status %q", changeSet, document.Cut(string(out.Status), 100))
	}
	if err != nil {
		return lifecycle.Status{}, err
	}
	return status, nil
}

// reasons lists all that the marketplace says of a failure, at least its code.
func reasons(out *marketplacecatalog.DescribeChangeSetOutput) []lifecycle.Problem {
	var problems []lifecycle.Problem
	for _, summary := range out.ChangeSet {
		for _, e := range summary.ErrorDetailList {
			problems = append(problems, located(problem(aws.ToString(e.ErrorCode), aws.ToString(e.ErrorMessage), aws.ToString(summary.ChangeType))))
		}
	}
	description := aws.ToString(out.FailureDescription)
	if out.FailureCode == types.FailureCodeClientError && len(problems) > 0 {
		description = "" // it says only that there are details
	}
	if description != "" || len(problems) == 0 {
		if description == "" {
			description = "the marketplace gave no reason"
		}
		problems = append(problems, problem(string(out.FailureCode), description, ""))
	}
	return bounded(problems)
}

// touched reads the product and the offer that a change set that succeeded has
// changed or created, and when they were last modified. Entities of other types are
// none of a listing's.
func (m *Marketplace) touched(ctx context.Context, changeSet string, summaries []types.ChangeSummary) (lifecycle.Entities, time.Time, error) {
	var named lifecycle.Entities
	var others bool
	for _, summary := range summaries {
		if summary.Entity == nil {
			continue
		}
		id, _, _ := strings.Cut(aws.ToString(summary.Entity.Identifier), "@")
		if strings.HasPrefix(id, "$") { // a reference; the change that it refers to has the id
			continue
		}
		switch kind, _, _ := strings.Cut(aws.ToString(summary.Entity.Type), "@"); kind {
		case "MachineLearningProduct":
			named.Product = id
		case "Offer":
			named.Offer = id
		default:
			others = true
		}
	}
	if named.Product == "" && named.Offer == "" && !others {
		return lifecycle.Entities{}, time.Time{}, fmt.Errorf("change set %s succeeded but names no product and no offer", changeSet)
	}
	entities, modified, err := m.identify(ctx, named)
	if errors.Is(err, lifecycle.ErrNotFound) {
		// The change set itself was found: what it made is not visible yet.
		err = fmt.Errorf("%w: change set %s succeeded, but what it changed cannot be read: %s", lifecycle.ErrUnavailable, changeSet, err.Error())
	}
	return entities, modified, err
}

// Cancel asks AWS to cancel the change set, which it does only while it prepares
// the change set. After that Cancel returns [lifecycle.ErrTooLate].
func (m *Marketplace) Cancel(ctx context.Context, changeSet string) error {
	_, err := m.client.CancelChangeSet(ctx, &marketplacecatalog.CancelChangeSetInput{Catalog: catalogName, ChangeSetId: &changeSet})
	// Which of the two comes for a change set that is past preparing is not
	// documented; neither can mean anything else here.
	var inUse *types.ResourceInUseException
	var invalid *types.ValidationException
	if errors.As(err, &inUse) || errors.As(err, &invalid) {
		return fmt.Errorf("%w: %w", lifecycle.ErrTooLate, wire.Quiet(err))
	}
	return wire.Classify(ctx, err)
}

// Identify returns known with the newest revisions of its product and its offer,
// and the delivery options of the product. It makes one call.
func (m *Marketplace) Identify(ctx context.Context, known lifecycle.Entities) (lifecycle.Entities, error) {
	entities, _, err := m.identify(ctx, known)
	return entities, err
}

// identify returns, beside what Identify does, when product or offer were last
// modified; zero if AWS does not say so of each.
func (m *Marketplace) identify(ctx context.Context, known lifecycle.Entities) (lifecycle.Entities, time.Time, error) {
	var ids []string
	for _, id := range []string{known.Product, known.Offer} {
		if id != "" {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return known, time.Time{}, nil
	}
	described, err := m.describe(ctx, ids...)
	if err != nil {
		return lifecycle.Entities{}, time.Time{}, err
	}
	modified := described[0].modified
	if second := described[len(described)-1].modified; second.IsZero() || !modified.IsZero() && second.After(modified) {
		modified = second
	}
	if known.Product != "" {
		product := described[0]
		if known.DeliveryOptions, err = deliveryOptions(product.document); err != nil {
			return lifecycle.Entities{}, time.Time{}, fmt.Errorf("%s: %w", known.Product, err)
		}
		known.ProductRevision = product.revision
	}
	if known.Offer != "" {
		known.OfferRevision = described[len(described)-1].revision
	}
	return known, modified, nil
}

// instant reads a time of the marketplace; one that is missing or unreadable
// is zero, since no outcome should be lost for the want of it.
func instant(s *string) time.Time {
	t, err := time.Parse(time.RFC3339, aws.ToString(s))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
