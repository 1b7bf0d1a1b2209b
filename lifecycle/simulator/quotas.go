package simulator

import (
	"fmt"
	"net/http"
	"time"
)

// rates are the calls per second that the Catalog API allows an account, by operation. AWS publishes none for
// BatchDescribeEntities; 5 is assumed. The SageMaker calls have none here.
var rates = map[string]int{
	"StartChangeSet":        5,
	"DescribeChangeSet":     10,
	"ListChangeSets":        5,
	"CancelChangeSet":       5,
	"DescribeEntity":        20,
	"BatchDescribeEntities": 5,
	"ListEntities":          10,
	"TagResource":           5,
	"UntagResource":         5,
	"ListTagsForResource":   5,
}

// buckets hold, by seller and operation, the instant from which the bucket is full again. A call moves it on by its share of a
// second; it may lie a second ahead, and then the bucket is empty. That is exact, where counting tokens in fractions is not.
type buckets map[string]time.Time

// take lets a call of the operation pass at the instant now, or refuses it. A refused call takes nothing.
func (b buckets) take(seller, operation string, now time.Time) error {
	rate := rates[operation]
	if rate == 0 {
		return nil
	}
	bucket := seller + " " + operation
	full := b[bucket]
	if full.Before(now) {
		full = now
	}
	full = full.Add(time.Second / time.Duration(rate))
	if full.After(now.Add(time.Second)) {
		return &apiError{http.StatusTooManyRequests, "ThrottlingException",
			fmt.Sprintf("%s is called more than %d times a second of simulated time", operation, rate), nil}
	}
	b[bucket] = full
	return nil
}
