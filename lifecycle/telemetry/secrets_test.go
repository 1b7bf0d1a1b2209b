package telemetry_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// mark stands in every text that a seller or a port gives, price every price, and
// buyer is the account of a buyer: none of them leaves the process.
const (
	mark  = "5ec2e7"
	price = "13.3791"
	buyer = listing.AccountID("909090909090")
)

// marked returns a sound listing with the marks in it.
func marked(t *testing.T) listing.Listing {
	t.Helper()
	data, err := json.Marshal(lifecycletest.ModelPackage())
	require.NoError(t, err)
	var document map[string]any
	require.NoError(t, json.Unmarshal(data, &document))
	data, err = json.Marshal(withMarks("", document))
	require.NoError(t, err)
	var l listing.Listing
	require.NoError(t, json.Unmarshal(data, &l))
	l.Offer.EULA = pricing.EULA{URL: "https://example.com/eula.txt?X-Amz-Signature=" + mark}
	require.NoError(t, listing.Check(l).Err())
	return l
}

// withMarks puts the marks into a value of a document.
func withMarks(key string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for k, each := range v {
			if key == "rates" {
				v[k] = price
				continue
			}
			v[k] = withMarks(k, each)
		}
	case []any:
		for i, each := range v {
			v[i] = withMarks(key, each)
		}
	case string:
		switch key {
		case "kind", "visibility", "regions", "categories", "number", "model", "batch", "realTime", "eula", "refundPolicy":
			if strings.Contains(v, "{") {
				return v + mark
			}
			return v
		case "resource", "accessRole", "sku":
			return v + "-" + mark
		}
		if strings.HasPrefix(v, "https://") {
			return strings.Replace(v, "example", "example-"+mark, 1)
		}
		return v + " " + mark
	}
	return value
}

// talkative are ports whose errors have secrets in them.
type talkative struct{}

var errTalkative = errors.New("refused by https://me:" + mark + "@example.com/?token=" + mark + " for arn:aws:iam::111122223333:role/" + mark)

func (talkative) Fetch(context.Context, string, int64) ([]byte, error) { return nil, errTalkative }

func (talkative) Describe(context.Context, version.ARN) (lifecycle.Resource, error) {
	return lifecycle.Resource{}, errTalkative
}

func (talkative) Profile(context.Context, listing.AccountID) (lifecycle.SellerProfile, error) {
	return lifecycle.SellerProfile{}, errTalkative
}

// Nothing of a document, of a price, of an error or of a name leaves the process: what
// is exported of a life in which everything that can be is marked has no mark.
func TestNothingSecretIsExported(t *testing.T) {
	t.Parallel()
	own := rule.Rule{ID: "own.rule", Severity: rule.Must, Statement: mark, Remedy: mark}
	refuses := false
	b := newBenchWith(t, []lifecycle.Option{
		lifecycle.WithResources(talkative{}), lifecycle.WithAssets(talkative{}), lifecycle.WithSellers(talkative{}),
		lifecycle.WithPolicy(lifecycle.Policy{Checks: []rule.Check[listing.Listing]{{Rule: own, Find: func(l listing.Listing, report *rule.Report) {
			if refuses {
				report.Broken("title", "%q %s", l.Title, mark)
			}
		}}}}),
	})
	ctx := context.Background()
	l := marked(t)
	name := "name-" + mark
	id := b.ID(name)
	said := errors.Join()
	do := func(c lifecycle.Command) {
		_, err := b.Do(ctx, id, c, lifecycle.By(mark), lifecycle.Once(mark+uuid.NewString()))
		said = errors.Join(said, err)
	}
	advance := func() {
		_, err := b.Advance(ctx, id)
		said = errors.Join(said, err)
	}
	do(lifecycle.Create{Name: name, Listing: l})
	refuses = true
	do(lifecycle.Submit{Testers: []listing.AccountID{buyer}})
	refuses = false
	_, err := b.Apply(ctx, id, lifecycle.Desired{Name: name, Listing: l, Until: lifecycle.State(mark)})
	said = errors.Join(said, err)
	require.ErrorIs(t, said, own)
	for _, ending := range []lifecycle.Status{
		{Result: lifecycle.Failed, Problems: []lifecycle.Problem{{Code: "CODE_" + mark, Message: errTalkative.Error(), Change: mark, Path: mark}}},
		{Result: lifecycle.Succeeded},
	} {
		b.market.EndNext(ending)
		do(lifecycle.Submit{Testers: []listing.AccountID{buyer}})
		b.market.FailCalls(
			errTalkative, fmt.Errorf("%w: %w", lifecycle.ErrThrottled, errTalkative),
			&lifecycle.BusyError{Entity: mark, ChangeSet: mark, Name: mark, Cause: errTalkative},
			&lifecycle.Rejection{Problems: []lifecycle.Problem{{Code: mark, Message: mark}}},
		)
		for range 5 {
			advance()
		}
		b.clock.Advance(2 * time.Hour)
		_, err := b.Sweep(ctx)
		said = errors.Join(said, err)
	}
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	require.Equal(t, lifecycle.TestProduct, r.State)
	_, err = b.Plan(ctx, id, lifecycle.SignOff{})
	said = errors.Join(said, err)
	_, err = b.Read(ctx, mark)
	said = errors.Join(said, err)
	_, err = b.Validation(ctx, mark+" "+mark)
	said = errors.Join(said, err)
	_, err = b.told.Marketplace(b.market).Find(ctx, mark)
	said = errors.Join(said, err)
	do(lifecycle.SignOff{})
	advance()
	b.clock.Advance(2 * time.Hour)
	advance()
	do(lifecycle.Unpublish{Email: mark + "@example.com", Reason: mark})
	do(lifecycle.Unpublish{Email: mark, Reason: mark})

	var kept strings.Builder // the marks were there
	for e, err := range b.Journal(ctx, id) {
		require.NoError(t, err)
		data, err := json.Marshal(e)
		require.NoError(t, err)
		kept.Write(data)
	}
	for _, secret := range []string{mark, price, string(buyer)} {
		require.Contains(t, kept.String(), secret)
	}
	require.ErrorContains(t, said, mark)

	spans := b.spans.GetSpans()
	exported := map[string]string{"trace": tree(spans), "spans": fmt.Sprintf("%+v", spans.Snapshots()), "stubs": fmt.Sprintf("%+v", spans), "metrics": fmt.Sprintf("%+v", b.collect(t)), "figures": figures(t, b.collect(t))}
	require.Contains(t, exported["stubs"], id.String())
	require.Contains(t, exported["figures"], "own.rule")
	assert.NotContains(t, exported["figures"], id.String())
	assert.NotContains(t, exported["metrics"], id.String())
	for what, text := range exported {
		for _, secret := range []string{mark, price, string(buyer), "arn:aws", "@example", "https://"} {
			assert.NotContains(t, text, secret, what)
		}
	}
}
