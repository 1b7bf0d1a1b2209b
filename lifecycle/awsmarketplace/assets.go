package awsmarketplace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// Assets is a [lifecycle.Assets] that fetches files over https without
// credentials, as the marketplace does: what it cannot read, the marketplace
// cannot read either. Make one with [NewAssets]; the zero value does not work. It
// is safe for concurrent use.
type Assets struct {
	client *http.Client
	within time.Duration
}

// FetchTime is how long [Assets.Fetch] waits for a whole file: a server that gives a
// byte a second does not hold up a command.
const FetchTime = time.Minute

var _ lifecycle.Assets = (*Assets)(nil)

// NewAssets returns Assets that use the client. They follow redirects as the client
// says, or else up to four, and none to an address that is not https. No host is told
// where a redirect came from: an address can hold a signature.
//
// nil stands for a client that connects to public addresses only, because listings may
// come from strangers. To fetch from a private network, give [http.DefaultClient].
func NewAssets(client *http.Client) *Assets {
	if client == nil {
		client = &http.Client{Transport: publicTransport()}
	}
	own := *client
	follow := own.CheckRedirect
	own.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		req.Header.Del("Referer")
		if req.URL.Scheme != "https" || req.URL.User != nil {
			return fmt.Errorf("it redirects to an address with the scheme %q or with a user, which is not a plain https address", rule.Shorten(req.URL.Scheme))
		}
		if follow != nil {
			return follow(req, via)
		}
		if len(via) >= 5 {
			return fmt.Errorf("it redirects %d times", len(via))
		}
		return nil
	}
	return &Assets{client: &own, within: FetchTime}
}

// Fetch returns the file at an https address, or its first limit bytes if it is
// longer. The error matches [lifecycle.ErrNotFound] if the address is not https, has
// a user or is in a private network, or if the server does not give the file to everybody, and [lifecycle.ErrUnavailable]
// if the server does not answer, answers that it cannot answer now, or does not give
// the file within [FetchTime]. If ctx has
// ended, the error is its cause.
func (a *Assets) Fetch(ctx context.Context, address string, limit int64) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("%w: the address is not https, or has a user", lifecycle.ErrNotFound)
	}
	limited, cancel := context.WithTimeoutCause(ctx, a.within, fmt.Errorf("the file did not come within %s", a.within))
	defer cancel()
	request, err := http.NewRequestWithContext(limited, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: no request can be made of the address", lifecycle.ErrNotFound)
	}
	response, err := a.client.Do(request)
	if err != nil {
		return nil, unavailable(ctx, limited, err)
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
		return nil, unavailable(ctx, limited, err)
	}
	return data, nil
}

func unavailable(ctx, limited context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if limited.Err() != nil {
		err = context.Cause(limited)
	}
	var failed *url.Error // has the whole address, with whatever signs it
	if errors.As(err, &failed) {
		err = fmt.Errorf("%s: %w", rule.Address(failed.URL), failed.Err)
	}
	if errors.Is(err, errPrivate) {
		return fmt.Errorf("%w: %w", lifecycle.ErrNotFound, err)
	}
	return fmt.Errorf("%w: %w", lifecycle.ErrUnavailable, err)
}
