package awsmarketplace

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// A server that gives a part of the file and then nothing does not hold up Fetch,
// though the caller sets no limit.
func TestFetchDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("a"))
		w.(http.Flusher).Flush() //nolint:forcetypeassert // of package http
		<-r.Context().Done()
	}))
	defer server.Close()
	a := NewAssets(server.Client())
	require.Equal(t, FetchTime, a.within)
	a.within = time.Millisecond
	_, err := a.Fetch(context.Background(), server.URL, 100)
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)
	require.ErrorContains(t, err, "within 1ms")
	require.NotErrorIs(t, err, context.DeadlineExceeded, "which a caller would take for its own")
}

func TestPublicAddress(t *testing.T) {
	t.Parallel()
	for address, public := range map[string]bool{
		"93.184.216.34": true, "2606:2800:220:1::1": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "255.255.255.255": false, "224.0.0.1": false, "::1": false, "::": false, "fe80::1": false, "fd00::1": false, "::ffff:10.0.0.1": false,
	} {
		assert.Equal(t, public, publicAddress(netip.MustParseAddr(address)), address)
	}
}

func TestTheProxyMayBeAnywhere(t *testing.T) {
	t.Parallel()
	for proxy, address := range map[string]string{
		"http://10.0.0.1:3128": "10.0.0.1:3128", "http://proxy": "proxy:80", "https://proxy": "proxy:443", "socks5://proxy": "proxy:1080",
	} {
		u, err := url.Parse(proxy)
		require.NoError(t, err)
		transport := &http.Transport{Proxy: http.ProxyURL(u)}
		assert.True(t, isProxy(transport, address), proxy)
		assert.False(t, isProxy(transport, "10.0.0.2:443"), proxy)
	}
	assert.False(t, isProxy(&http.Transport{}, "10.0.0.1:3128"))
}
