package awsmarketplace

import (
	"net/http"
	"net/netip"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
)

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
		assert.NoError(t, err)
		transport := &http.Transport{Proxy: http.ProxyURL(u)}
		assert.True(t, isProxy(transport, address), proxy)
		assert.False(t, isProxy(transport, "10.0.0.2:443"), proxy)
	}
	assert.False(t, isProxy(&http.Transport{}, "10.0.0.1:3128"))
}
