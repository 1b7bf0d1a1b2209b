package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/telemetry"
	"github.com/shelflife-go/shelflife/listing"
)

// world is what the service works for and with.
type world struct {
	sellers      map[listing.AccountID]seller
	authenticate authenticate
	clock        clock
}

// seller is an account that sells, with its way to AWS.
type seller struct {
	// Role is assumed to act for the seller; empty for the credentials of the process.
	Role string `json:"role"`
	// Profile is what you know of the account as a seller: AWS has no call that says it.
	Profile lifecycle.SellerProfile `json:"profile"`
	aws     aws.Config
	assets  lifecycle.Assets
}

// clock is the time, which a simulation lets run faster.
type clock struct {
	lifecycle.Clock
	speed float64
}

// realWorld reads the settings, such as
//
//	{"sellers": {"111122223333": {"role": "arn:aws:iam::111122223333:role/listings"}},
//	 "tokens":  {"<SHA-256 of the token>": {"seller": "111122223333", "who": "trainer"}}}
func realWorld(ctx context.Context, file string) (world, error) {
	var settings struct {
		Sellers map[listing.AccountID]seller `json:"sellers"`
		Tokens  tokens                       `json:"tokens"`
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return world{}, fmt.Errorf("give -config or -simulate: %w", err)
	}
	if err := json.Unmarshal(data, &settings); err != nil {
		return world{}, fmt.Errorf("%s: %w", file, err)
	}
	if len(settings.Sellers) == 0 || len(settings.Tokens) == 0 {
		return world{}, errors.New(file + ": sellers and tokens must have at least one member each")
	}
	base, err := config.LoadDefaultConfig(ctx, config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(30*time.Second)))
	if err != nil {
		return world{}, err
	}
	for id, s := range settings.Sellers {
		s.aws, s.assets = base.Copy(), awsmarketplace.NewAssets(nil)
		if s.Role != "" {
			s.aws.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(base), s.Role))
		}
		settings.Sellers[id] = s
	}
	return world{settings.Sellers, settings.Tokens.authenticate, clock{lifecycle.SystemClock{}, 1}}, nil
}

// manager returns the manager of a seller's listings.
func (s seller) manager(id listing.AccountID, w world, data database, told *telemetry.Telemetry, options ...lifecycle.Option) (*lifecycle.Manager, error) {
	return lifecycle.New(id, data, told.Marketplace(awsmarketplace.NewMarketplace(s.aws)), append(options,
		lifecycle.WithResources(awsmarketplace.NewResources(s.aws)),
		lifecycle.WithAssets(s.assets), lifecycle.WithSellers(s.Profile),
		lifecycle.WithClock(w.clock), lifecycle.WithObserver(data.observe))...)
}
