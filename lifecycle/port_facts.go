package lifecycle

import (
	"context"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// Resources describes SageMaker resources.
//
// For implementers: safe for concurrent use; errors match ErrNotFound when
// there is no such resource, ErrDenied when the caller may not see it, and
// ErrThrottled or ErrUnavailable where those fit.
type Resources interface {
	// Describe returns what SageMaker says of the resource.
	Describe(ctx context.Context, arn version.ARN) (Resource, error)
}

// Assets fetches the files that a listing refers to: its logo and its EULA.
//
// For implementers: safe for concurrent use; errors match ErrNotFound when there
// is nothing at the address.
type Assets interface {
	// Fetch returns the file at an https address, or its first limit bytes.
	Fetch(ctx context.Context, url string, limit int64) ([]byte, error)
}

// Sellers tells what is known of a seller.
//
// For implementers: safe for concurrent use; what is not known is left
// [Unknown], and an error means that nothing is known.
type Sellers interface {
	// Profile returns what is known of the account as a seller.
	Profile(ctx context.Context, account listing.AccountID) (SellerProfile, error)
}

// Profile returns the profile itself.
func (p SellerProfile) Profile(context.Context, listing.AccountID) (SellerProfile, error) {
	return p, nil
}
