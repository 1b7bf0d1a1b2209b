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
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = assets.Fetch(ended, server.URL+"/eula.txt", 1)
	require.ErrorIs(t, err, context.Canceled)
}
