package preflight

import (
	"context"
	"errors"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/asset"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/permission"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/pricing"
)

// checkFiles fetches the files that the commands send the addresses of.
func checkFiles(ctx context.Context, in Input, needs permission.Needs) (all []Check) {
	if needs.SendsLogo() {
		all = append(all, checkFile(ctx, in.Assets, "the logo", "promotion.logo", in.Listing.Promotion.Logo, listing.MaxLogoSize, func(data []byte) error {
			_, err := asset.Logo(data)
			return err
		}))
	}
	if offer := in.Listing.Offer; needs.SendsEULA() && offer != nil && offer.EULA.URL != "" {
		all = append(all, checkFile(ctx, in.Assets, "the EULA", "offer.eula.url", offer.EULA.URL, pricing.MaxEULASize, asset.EULA))
	}
	return all
}

func checkFile(ctx context.Context, assets lifecycle.Assets, name, path, address string, limit int64, check func([]byte) error) Check {
	c := Check{What: name + " can be fetched without credentials, and is a file that the marketplace accepts", Path: path, How: "GET " + document.Cut(withoutQuery(address), 250), Answer: lifecycle.Yes}
	if address == "" {
		c.How = "the listing"
		return c.no("it has no address", "upload it, for example with package bucket, and give its address")
	}
	data, err := assets.Fetch(ctx, address, limit+1)
	switch {
	case errors.Is(err, lifecycle.ErrNotFound):
		return c.no(err.Error(), "upload it where everybody can read it, for example with package bucket")
	case err != nil:
		return c.unknown("it could not be fetched: "+err.Error(), "ask again")
	}
	if err := check(data); err != nil {
		return c.no(err.Error(), "replace the file")
	}
	return c
}

// withoutQuery keeps the signature of a presigned address out of a report.
func withoutQuery(address string) string {
	file, _, signed := strings.Cut(address, "?")
	if signed {
		return file + "?…"
	}
	return file
}
