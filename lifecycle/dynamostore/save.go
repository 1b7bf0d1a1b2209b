package dynamostore

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
)

func (s *Store) save(ctx context.Context, w lifecycle.Write) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	record, err := recordOf(w)
	if err != nil {
		return err
	}
	if len(w.Head) > maxHead {
		return cannotKeep("bytes of its head", len(w.Head), maxHead, "remove versions that are no longer needed")
	}
	// Two Saves of one seller would meet at the counter of the feed.
	done, err := s.saving.take(ctx, w.Key.Seller)
	if err != nil {
		return err
	}
	defer done()
	before, number, err := s.before(ctx, w)
	if err != nil {
		return err
	}
	t := newTransaction(s.table, w, before, record)
	if err := t.fits(); err != nil {
		return err
	}
	dropped, err := s.chunksOf(ctx, w.Key, w.Drop)
	if err != nil {
		return err
	}
	if err := s.putChunks(ctx, t.chunks); err != nil {
		s.removeChunks(ctx, t.spans)
		return err
	}
	unknown, err := s.commit(ctx, w, t, number)
	switch {
	case err == nil:
		s.removeChunks(ctx, append(dropped, s.superfluous(ctx, t)...))
	case !unknown:
		s.removeChunks(ctx, t.spans)
	}
	return err
}

// before returns the record as it is, nil if it is absent, and the number of the
// latest item of the feed. It returns why the Write may not be saved on it, if that
// is so.
func (s *Store) before(ctx context.Context, w lifecycle.Write) (item, int64, error) {
	recordAt, counterAt := recordPlace(w.Key.Seller, w.Key.Listing), counterPlace(w.Key.Seller)
	found, err := s.fetch(ctx, []place{recordAt, counterAt})
	if err != nil {
		return nil, 0, err
	}
	// Revisions rise only: a record behind the Write may have a Save on the way.
	if w.Base > 0 && numberIn(found[recordAt], revisionName) < w.Base {
		late, err := s.settled(ctx, recordAt)
		if err != nil {
			return nil, 0, err
		}
		found[recordAt] = late[recordAt]
	}
	record := found[recordAt]
	if record != nil {
		if err := readable(record); err != nil {
			return nil, 0, err
		}
	}
	return record, max(numberIn(found[counterAt], numberName), 0), refusal(w, record)
}

// refusal returns why the Write may not be saved on the record, or nil if it may.
func refusal(w lifecycle.Write, record item) error {
	revision := numberIn(record, revisionName)
	switch {
	case w.Base == 0 && record != nil:
		return lifecycle.ErrExists
	case w.Base > 0 && record == nil:
		return lifecycle.ErrNotFound
	case w.Base > 0 && w.Base != revision:
		return fmt.Errorf("%w: it is at %d and not at %d: load it again", lifecycle.ErrStale, revision, w.Base)
	}
	return nil
}

// commit carries the transaction out. Without an error it took effect. With one,
// unknown says whether it may have.
func (s *Store) commit(ctx context.Context, w lifecycle.Write, t *transaction, number int64) (unknown bool, err error) {
	for p := s.patience(); ; {
		// With its token an attempt whose answer was lost has no effect twice.
		in := &dynamodb.TransactWriteItemsInput{TransactItems: t.items(number), ClientRequestToken: aws.String(uuid.NewString())}
		write := func(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
			out, err := s.client.TransactWriteItems(ctx, in, o...)
			unknown = err != nil && reasonsOf(err) == nil && (unknown || passing(err) || ctx.Err() != nil)
			return out, err
		}
		_, err := call(ctx, s, "TransactWriteItems", in, write)
		reasons := reasonsOf(err)
		if err == nil || reasons == nil || passing(err) {
			return unknown, err
		}
		if record, is := failed(reasons, 0); is {
			if w.Base == 0 {
				return false, lifecycle.ErrExists
			}
			if why := refusal(w, record); why != nil {
				return false, why
			}
			return false, err // a server that contradicts itself
		}
		if holder, is := failed(reasons, t.product); is {
			return false, fmt.Errorf("product %s: %w: listing %s has it", w.Summary.Product, lifecycle.ErrExists, textIn(holder, listingName))
		}
		if _, is := failed(reasons, t.counter); !is {
			return false, err
		}
		if !p.wait(ctx) {
			if ctx.Err() != nil {
				return false, context.Cause(ctx)
			}
			return false, fmt.Errorf("%w: other processes save for this seller all the time: %w", lifecycle.ErrUnavailable, err)
		}
		// What it was when the transaction failed has passed by now.
		counter, err := s.get(ctx, counterPlace(w.Key.Seller))
		if err != nil {
			return false, err
		}
		number = max(numberIn(counter, numberName), 0)
	}
}

// chunksOf returns the chunks of the parts with the digests.
func (s *Store) chunksOf(ctx context.Context, key lifecycle.Key, digests []string) ([]span, error) {
	if len(digests) == 0 {
		return nil, nil
	}
	places := make([]place, len(digests))
	for i, digest := range digests {
		places[i] = partPlace(key, digest)
	}
	found, err := s.fetch(ctx, places)
	if err != nil {
		return nil, err
	}
	var spans []span
	for _, i := range found {
		if in, has := chunksIn(i); has {
			spans = append(spans, in)
		}
	}
	return spans, nil
}

// superfluous returns the chunks that were put for parts which the record had
// already.
func (s *Store) superfluous(ctx context.Context, t *transaction) []span {
	if len(t.chunkedParts) == 0 {
		return nil
	}
	var spans []span
	for p, own := range t.chunkedParts {
		found, err := s.fetch(ctx, []place{p})
		if err != nil {
			return nil // nobody sees them
		}
		if in, has := chunksIn(found[p]); !has || in != own {
			spans = append(spans, own)
		}
	}
	return spans
}
