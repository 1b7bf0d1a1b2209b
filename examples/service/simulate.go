package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"log/slog"
	"net"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
)

//go:embed resources.json
var resources []byte

// simulated is a world with a simulated AWS until ctx ends: it has the resources of the
// documents in examples/quickstart, and forgets everything at its end.
func simulated(ctx context.Context, log *slog.Logger) (world, error) {
	const id, speed = listing.AccountID("111122223333"), 600
	var seed simulator.Seed
	if err := json.Unmarshal(resources, &seed); err != nil {
		return world{}, err
	}
	market, err := simulator.New(simulator.Config{Seller: string(id)})
	if err != nil {
		return world{}, err
	}
	if err := market.Plant(seed); err != nil {
		return world{}, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return world{}, err
	}
	go func() {
		if err := market.Serve(ctx, listener, speed); err != nil {
			log.Error("simulated AWS", "err", err)
		}
	}()
	endpoint := "http://" + listener.Addr().String()
	log.Info("simulated AWS", "page", endpoint+"/_simulator/")
	return world{
		sellers: map[listing.AccountID]seller{id: {
			Profile: lifecycle.SellerProfile{Registered: lifecycle.Yes, ProfileComplete: lifecycle.Yes, TaxAndBank: lifecycle.Yes},
			aws: aws.Config{Region: "us-east-1", BaseEndpoint: &endpoint,
				Credentials: credentials.NewStaticCredentialsProvider(string(id), "simulated", "")},
		}},
		authenticate: tokens{digest("simulated"): {id, "you"}}.authenticate,
		clock:        clock{market, speed},
	}, nil
}
