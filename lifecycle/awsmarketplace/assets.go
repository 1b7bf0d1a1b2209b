package awsmarketplace

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Assets is a [lifecycle.Assets] that fetches files over https without
// credentials, as the marketplace does: what it cannot read, the marketplace
// cannot read either. Make one with [NewAssets]; the zero value does not work. It
// is safe for concurrent use.
type Assets struct{ client *http.Client }

var _ lifecycle.Assets = (*Assets)(nil)

// NewAssets returns Assets that use the client; nil stands for
// [http.DefaultClient]. They follow redirects as the client says, or else up to
// four, and none to an address that is not https.
func NewAssets(client *http.Client) *Assets {
	if client == nil {
		client = http.DefaultClient
	}
	own := *client
	follow := own.CheckRedirect
	own.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if req.URL.Scheme != "https" {
			return fmt.Errorf("it redirects to %s, which is not https", req.URL.Scheme)
		}
		if follow != nil {
			return follow(req, via)
		}
		if len(via) >= 5 {
			return fmt.Errorf("it redirects %d times", len(via))
		}
		return nil
	}
	return &Assets{client: &own}
}

// Fetch returns the file at an https address, or its first limit bytes if it is
// longer. The error matches [lifecycle.ErrNotFound] if the address is not https or
// the server does not give the file to everybody, and [lifecycle.ErrUnavailable]
// if the server does not answer, or answers that it cannot answer now. If ctx has
// ended, the error is its cause.
func (a *Assets) Fetch(ctx context.Context, address string, limit int64) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%w: the address is not https", lifecycle.ErrNotFound)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", lifecycle.ErrNotFound, err)
	}
	response, err := a.client.Do(request)
	if err != nil {
		return nil, unavailable(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	switch status := response.StatusCode; {
	case status >= 500 || status == http.StatusTooManyRequests:
		return nil, fmt.Errorf("%w: %s answers %s", lifecycle.ErrUnavailable, u.Host, response.Status)
	case status != http.StatusOK: // S3 says 403 where there is nothing to see
		return nil, fmt.Errorf("%w: %s answers %s", lifecycle.ErrNotFound, u.Host, response.Status)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, limit))
	if err != nil {
		return nil, unavailable(ctx, err)
	}
	return data, nil
}

func unavailable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return fmt.Errorf("%w: %w", lifecycle.ErrUnavailable, err)
}
