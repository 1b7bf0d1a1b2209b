package awsmarketplace_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
)

func TestAssets(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Empty(t, r.Header.Get("Authorization"))
		switch r.URL.Path {
		case "/eula.txt":
			_, _ = w.Write([]byte(strings.Repeat("a", 100)))
		case "/private":
			w.WriteHeader(http.StatusForbidden)
		case "/busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/moved":
			http.Redirect(w, r, "/eula.txt", http.StatusFound)
		case "/downgrade":
			http.Redirect(w, r, plain.URL, http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/cut":
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("a"))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer server.Close()
	assets := awsmarketplace.NewAssets(server.Client())
	for path, want := range map[string]int{"/eula.txt": 100, "/moved": 100} {
		data, err := assets.Fetch(t.Context(), server.URL+path, 1_000)
		require.NoError(t, err, path)
		assert.Len(t, data, want, path)
	}
	data, err := assets.Fetch(t.Context(), server.URL+"/eula.txt", 7)
	require.NoError(t, err)
	assert.Len(t, data, 7)
	for address, want := range map[string]error{
		server.URL + "/none":      lifecycle.ErrNotFound,
		server.URL + "/private":   lifecycle.ErrNotFound,
		plain.URL:                 lifecycle.ErrNotFound,
		"https://":                lifecycle.ErrNotFound,
		"%":                       lifecycle.ErrNotFound,
		server.URL + "/busy":      lifecycle.ErrUnavailable,
		server.URL + "/downgrade": lifecycle.ErrUnavailable,
		server.URL + "/loop":      lifecycle.ErrUnavailable,
		server.URL + "/cut":       lifecycle.ErrUnavailable,
	} {
		_, err := assets.Fetch(t.Context(), address, 1_000)
		require.ErrorIs(t, err, want, address)
	}
	for _, address := range []string{strings.Replace(server.URL, "https://", "https://me:secret@", 1) + "/eula.txt"} {
		_, err := assets.Fetch(t.Context(), address, 1_000)
		require.ErrorIs(t, err, lifecycle.ErrNotFound)
		assert.NotContains(t, err.Error(), "secret")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = assets.Fetch(ended, server.URL+"/eula.txt", 1)
	require.ErrorIs(t, err, context.Canceled)
}

// What signs an address stays between us and the host that it is of: it is in no
// error and in no header that another host gets.
func TestSignaturesStaySecret(t *testing.T) {
	t.Parallel()
	const secret = "?X-Amz-Signature=5ec2e7&X-Amz-Security-Token=5ec2e7"
	var headers []http.Header
	other := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { headers = append(headers, r.Header) }))
	defer other.Close()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/elsewhere":
			http.Redirect(w, r, other.URL, http.StatusFound)
		case "/to-user":
			http.Redirect(w, r, strings.Replace(other.URL, "https://", "https://me:5ec2e7@", 1), http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop"+secret, http.StatusFound)
		default:
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer server.Close()
	assets := awsmarketplace.NewAssets(server.Client())
	_, err := assets.Fetch(t.Context(), server.URL+"/elsewhere"+secret, 100)
	require.NoError(t, err)
	require.Len(t, headers, 1)
	assert.Empty(t, headers[0].Get("Referer"))
	for _, address := range []string{
		server.URL + "/none" + secret, server.URL + "/to-user" + secret, server.URL + "/loop" + secret, "https://127.0.0.1:1/x" + secret, "https://%zz" + secret,
		"https://me:5ec2e7@example.com/" + secret, "http://example.com/" + secret,
	} {
		_, err := assets.Fetch(t.Context(), address, 100)
		require.Error(t, err, address)
		assert.NotContains(t, err.Error(), "5ec2e7", address)
	}
	require.Len(t, headers, 1, "no user was sent")
}

// Listings may come from strangers: a private network is closed to their addresses,
// unless the caller gives a client of its own.
func TestPrivateNetworksAreClosed(t *testing.T) {
	t.Parallel()
	asked := false
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	for _, address := range []string{server.URL, strings.Replace(server.URL, "127.0.0.1", "localhost", 1), strings.Replace(server.URL, "127.0.0.1", "[::ffff:127.0.0.1]", 1), "https://169.254.169.254/latest"} {
		_, err := awsmarketplace.NewAssets(nil).Fetch(t.Context(), address, 100)
		require.ErrorIs(t, err, lifecycle.ErrNotFound, address)
		require.ErrorContains(t, err, "private network", address)
	}
	assert.False(t, asked)
}
