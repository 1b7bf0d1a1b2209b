package awsmarketplace

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// publicTransport returns a transport that connects to public addresses only. A proxy
// of the environment is the caller's own, and may be anywhere.
func publicTransport() http.RoundTripper {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // documented
	plain := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	public := *plain
	public.Control = func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !publicAddress(at.Addr()) {
			return errPrivate
		}
		return nil
	}
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if isProxy(transport, address) {
			return plain.DialContext(ctx, network, address)
		}
		return public.DialContext(ctx, network, address)
	}
	return transport
}

var errPrivate = errors.New("the host is in a private network; the marketplace cannot reach it: give NewAssets a client of your own to allow it")

// isProxy reports whether the address is that of the proxy for https.
func isProxy(t *http.Transport, address string) bool {
	if t.Proxy == nil {
		return false
	}
	proxy, err := t.Proxy(&http.Request{URL: &url.URL{Scheme: "https", Host: "example.com"}})
	if err != nil || proxy == nil {
		return false
	}
	port := proxy.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080"}[proxy.Scheme]
	}
	return address == net.JoinHostPort(proxy.Hostname(), port)
}

// sharedSpace is what providers use behind their own translation (RFC 6598).
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

func publicAddress(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsGlobalUnicast() && !a.IsPrivate() && !sharedSpace.Contains(a)
}
