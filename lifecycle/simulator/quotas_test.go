package simulator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

func TestQuotas(t *testing.T) {
	t.Parallel()
	for operation, rate := range map[string]int{
		"StartChangeSet": 5, "DescribeChangeSet": 10, "ListChangeSets": 5, "CancelChangeSet": 5,
		"DescribeEntity": 20, "BatchDescribeEntities": 5, "ListEntities": 10,
		"TagResource": 5, "UntagResource": 5, "ListTagsForResource": 5,
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Config{Quotas: true})
			c := harmless[operation]
			calls := 0
			passes := func() bool {
				calls++
				a := w.call(c.method, c.path, c.body)
				if a.Status != 429 {
					return true
				}
				assert.Equal(t, "ThrottlingException", a.Header.Get("X-Amzn-ErrorType"))
				assert.Equal(t, "ThrottlingException", a.Body["__type"])
				return false
			}
			burst := func(n int) {
				t.Helper()
				for range n {
					require.True(t, passes())
				}
				for range 3 { // refusals must not put the next call off
					require.False(t, passes())
				}
			}
			share := time.Second / time.Duration(rate)
			burst(rate)
			w.advance(share - 1)
			require.False(t, passes())
			w.advance(1)
			burst(1)
			w.advance(3 * share)
			burst(3)
			w.advance(time.Second)
			burst(rate)
			w.advance(24 * time.Hour)
			burst(rate) // a pause saves up no more than a second's worth
			for other, rest := range harmless {
				if other != operation {
					assert.NotEqual(t, 429, w.call(rest.method, rest.path, rest.body).Status, "%s has a quota of its own", other)
				}
			}
			l := w.sim.Ledger()
			assert.Equal(t, calls, l.Calls[operation], "refused calls count as calls")
			if operation == "StartChangeSet" {
				assert.Len(t, l.ChangeSets, 3*rate+4, "and have no effect")
			}
		})
	}
}

func TestQuotasLeaveTheRestAlone(t *testing.T) {
	t.Parallel()
	body := `{"Catalog":"AWSMarketplace"}`
	off := newWorld(t, simulator.Config{})
	for range 50 {
		off.ok("POST", "/ListChangeSets", body)
	}

	w := newWorld(t, simulator.Config{Quotas: true}).resources()
	for range 50 { // SageMaker's calls have other quotas, and nobody's calls are nobody's quota
		a, err := w.send("POST", "/", `{"ModelPackageName":"forecast-1"}`, map[string]string{
			"Authorization": signed("us-east-2", "sagemaker"), "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "SageMaker.DescribeModelPackage",
		})
		require.NoError(t, err)
		require.Equal(t, 200, a.Status)
		a, err = w.send("POST", "/ListChangeSets", body, map[string]string{"Authorization": ""})
		require.NoError(t, err)
		require.Equal(t, 403, a.Status)
	}
	for range 5 { // malformed calls take their share as well
		w.refused("POST", "/ListChangeSets", `{}`, 422, "ValidationException")
	}
	require.NoError(t, w.sim.Inject(simulator.Fault{Kind: simulator.Internal}))
	w.refused("POST", "/ListChangeSets", body, 429, "ThrottlingException")
	w.advance(time.Second)
	w.refused("POST", "/ListChangeSets", body, 500, "InternalServiceException") // the refused call used no fault up
	for range 4 {
		w.ok("POST", "/ListChangeSets", body)
	}
	w.refused("POST", "/ListChangeSets", body, 429, "ThrottlingException")
}

// Whatever the rhythm of the calls, a bucket that is filled by the nanosecond tells the same.
func TestQuotasInAnyRhythm(t *testing.T) {
	t.Parallel()
	const rate = 5
	rapid.Check(t, func(r *rapid.T) {
		sim, err := simulator.New(simulator.Config{Quotas: true})
		require.NoError(r, err)
		level := time.Second
		for i := range rapid.IntRange(1, 40).Draw(r, "calls") {
			pause := time.Duration(rapid.Int64Range(0, int64(600*time.Millisecond)).Draw(r, "pause"))
			require.NoError(r, sim.Advance(pause))
			level = min(time.Second, level+pause)
			want := 429
			if level >= time.Second/rate {
				want, level = 200, level-time.Second/rate
			}
			req := httptest.NewRequest(http.MethodPost, "/ListChangeSets", strings.NewReader(`{"Catalog":"AWSMarketplace"}`))
			req.Header.Set("Authorization", signed("us-east-1", "aws-marketplace"))
			req.Header.Set("Content-Type", "application/json")
			rec := httptest.NewRecorder()
			sim.ServeHTTP(rec, req)
			require.Equal(r, want, rec.Code, fmt.Sprint("call ", i))
		}
	})
}
