package awsmarketplace_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// Credentials, a permission and a seller who is not verified are three answers with
// three remedies, and each keeps its error through every layer.
func TestThreeKindsOfDenial(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		exception, message string
		want               error // beside ErrDenied
		remedy, why        string
	}{
		"credentials":  {"ExpiredTokenException", "The security token included in the request is expired", lifecycle.ErrCredentials, "give credentials", "is expired"},
		"permission":   {"AccessDeniedException", "not authorized to perform aws-marketplace:ListChangeSets", nil, "attach", "not authorized to perform"},
		"not verified": {"AccessDeniedException", "Current identity is not KYC compliant.", lifecycle.ErrNotVerified, "KYC", "not KYC compliant"},
		"none at all":  {"", "", lifecycle.ErrCredentials, "give credentials", "no providers in the chain"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := fixture.Simulator(t, simulator.Config{})
			var denying atomic.Bool
			cfg := fixture.ConfigAt(t, nil, fixture.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if denying.Load() && test.exception != "" {
					fixture.Refuse(w, http.StatusForbidden, test.exception, `{"Message": "`+test.message+`"}`)
					return
				}
				sim.ServeHTTP(w, r)
			})))
			cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				if denying.Load() && test.exception == "" {
					return aws.Credentials{}, errors.New("no providers in the chain")
				}
				return fixture.Secret, nil
			})
			manager, err := lifecycle.New("111122223333", memstore.New(), awsmarketplace.NewMarketplace(cfg),
				lifecycle.WithResources(awsmarketplace.NewResources(cfg)), lifecycle.WithClock(fixture.Clock{Simulator: sim}))
			require.NoError(t, err)
			ctx, id := t.Context(), theListing
			_, err = manager.Do(ctx, id, lifecycle.Create{Listing: content().Listing})
			require.NoError(t, err)

			denying.Store(true)
			found, err := manager.Explain(ctx, id, lifecycle.Submit{})
			require.NoError(t, err)
			said := false
			for _, v := range found.Violations {
				if v.Rule.ID == lifecycle.RuleMarketplacePermission.ID {
					said = true
					assert.Contains(t, v.Remedy, test.remedy)
					assert.Contains(t, v.Problem, test.why)
				}
			}
			assert.True(t, said, found)
			facts := manager.Facts(ctx, lifecycle.Record{ID: id, Seller: "111122223333", State: lifecycle.Draft, Draft: content().Listing}, lifecycle.Submit{})
			assert.Contains(t, facts.Why[lifecycle.WhyMayRequest], test.why)
			assert.Contains(t, facts.Why[string(content().Listing.Versions[0].Resource)], test.why)

			denying.Store(false)
			_, err = manager.Do(ctx, id, lifecycle.Submit{})
			require.NoError(t, err)
			r, err := manager.Await(ctx, id)
			require.NoError(t, err)
			_, err = manager.Do(ctx, id, lifecycle.SignOff{})
			require.NoError(t, err)
			denying.Store(true)
			for call, do := range map[string]func() error{
				"Advance":    func() error { _, err := manager.Advance(ctx, id); return err },
				"Read":       func() error { _, err := manager.Read(ctx, r.Entities.Product); return err },
				"Drift":      func() error { _, err := manager.Drift(ctx, id); return err },
				"Sweep":      func() error { _, err := manager.Sweep(ctx); return err },
				"Validation": func() error { _, err := manager.Validation(ctx, "cs1"); return err },
				"Describe": func() error {
					_, err := awsmarketplace.NewResources(cfg).Describe(ctx, content().Listing.Versions[0].Resource)
					return err
				},
			} {
				err := do()
				require.ErrorIs(t, err, lifecycle.ErrDenied, call)
				for _, kind := range []error{lifecycle.ErrCredentials, lifecycle.ErrNotVerified} {
					assert.Equal(t, errors.Is(test.want, kind), errors.Is(err, kind), "%s: %v", call, err)
				}
				assert.ErrorContains(t, err, test.why, call)
			}
			denying.Store(false)
			r, err = manager.Await(ctx, id)
			require.NoError(t, err, "nothing is lost by it")
			assert.Equal(t, lifecycle.Live, r.State)
		})
	}
}
