package lifecycle_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/pricing"
)

// signed is an address whose secret no port of the caller's own may bring into the log,
// a finding or the journal, though net/http puts the whole address into its errors.
const signed = "https://me:5ec2e7@example.com/eula.txt?X-Amz-Signature=5ec2e7#5ec2e7"

type talkative struct{}

func (talkative) Fetch(_ context.Context, address string, _ int64) ([]byte, error) {
	return nil, &url.Error{Op: "Get", URL: address, Err: errors.New("refused by " + signed)}
}

func TestWhatPortsSayIsKeptWithoutSecrets(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	b := lifecycletest.NewBench(t, lifecycle.WithAssets(talkative{}), lifecycle.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	ctx := context.Background()
	l := lifecycletest.ModelPackage()
	l.Offer.EULA = pricing.EULA{URL: "https://example.com/eula.txt?X-Amz-Signature=5ec2e7"}
	id := b.Listing(t, l, lifecycle.Draft, false)
	d, err := b.Do(ctx, id, lifecycle.Submit{})
	require.NoError(t, err)
	said := fmt.Sprintf("%v %v", d.Findings, d.Findings.NotChecked)
	assert.Contains(t, said, "refused by https://…@example.com/eula.txt?…")

	b.Market.FailCalls(errors.New("no answer from " + signed))
	_, err = b.Advance(ctx, id)
	require.Error(t, err)
	assert.Contains(t, log.String(), "no answer from https://…@example.com/eula.txt?…")
	b.Market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Problems: []lifecycle.Problem{{Code: "INVALID_LEGAL_DOCUMENTS", Message: "cannot read " + signed}}})
	_, err = b.Await(ctx, id)
	var failed *lifecycle.RequestError
	require.ErrorAs(t, err, &failed)
	kept, jsonErr := json.Marshal(failed.Outcome)
	require.NoError(t, jsonErr)
	assert.Contains(t, string(kept), "cannot read https://…@example.com/eula.txt?…")
	for what, text := range map[string]string{"findings": said, "log": log.String(), "error": err.Error(), "journal": string(kept)} {
		assert.NotContains(t, text, "5ec2e7", what)
	}
}
