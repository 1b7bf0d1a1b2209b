package simulator

import (
	"context"
	"math"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestClockRuns(t *testing.T) {
	t.Parallel()
	sim, err := New(Config{})
	require.NoError(t, err)
	start, real := sim.Now(), time.Unix(1000, 0)
	ctx, cancel := context.WithCancel(context.Background())
	ticks, ended := make(chan time.Time), make(chan error)
	go func() { ended <- sim.run(ctx, 3600, real, ticks) }()
	ticks <- real.Add(time.Second)
	ticks <- real.Add(1500 * time.Millisecond)
	ticks <- real // a real clock that is set back moves nothing
	cancel()
	require.NoError(t, <-ended)
	assert.Equal(t, start.Add(90*time.Minute), sim.Now())
}

// A simulator that is served answers, and its clock runs, until the context ends.
func TestServe(t *testing.T) {
	t.Parallel()
	sim, err := New(Config{})
	require.NoError(t, err)
	start := sim.Now()
	ctx, cancel := context.WithCancel(t.Context())
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ended := make(chan error)
	go func() { ended <- sim.Serve(ctx, l, 3600) }()
	require.NoError(t, sim.Wait(ctx, start.Add(time.Hour)))
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get("http://" + l.Addr().String() + "/_simulator/")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	cancel()
	require.NoError(t, <-ended)
	_, err = l.Accept()
	require.ErrorIs(t, err, net.ErrClosed)
}

// What keeps a simulator from going on ends it.
func TestServeThatCannotGoOn(t *testing.T) {
	t.Parallel()
	sim, err := New(Config{})
	require.NoError(t, err)
	for _, speed := range []float64{-1, math.NaN(), math.Inf(1), 2e9} {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.ErrorIs(t, sim.Serve(t.Context(), l, speed), ErrClock, "%v", speed)
		_, err = l.Accept()
		require.ErrorIs(t, err, net.ErrClosed)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	require.ErrorIs(t, sim.Serve(t.Context(), l, 0), net.ErrClosed)

	for _, step := range []time.Duration{math.MaxInt64, 365 * 24 * time.Hour} {
		for err = nil; err == nil; {
			err = sim.Advance(step)
		}
	}
	l, err = new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.ErrorIs(t, sim.Serve(t.Context(), l, 1e9), ErrClock, "the last year")
}
