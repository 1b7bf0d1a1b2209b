package simulator_test

import (
	"context"
	"fmt"
	"time"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

func ExampleSimulator_Plant() {
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		panic(err)
	}
	fmt.Println(sim.Plant(simulator.Seed{
		ModelPackages: []simulator.ModelPackage{{ARN: "arn:aws:sagemaker:us-east-2:111122223333:model-package/m", CertifyForMarketplace: true}},
	}))
	fmt.Println(sim.Plant(simulator.Seed{Entities: []simulator.SeedEntity{{EntityIdentifier: "prod-1"}}}))
	// Output:
	// <nil>
	// simulator: bad seed: entities[0]: EntityIdentifier "prod-1" must be id@revision
}

func ExampleSimulator_Wait() {
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		panic(err)
	}
	go func() { _ = sim.Advance(time.Hour) }() // somebody else moves the clock
	err = sim.Wait(context.Background(), time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC))
	fmt.Println(sim.Now().Format("15:04"), err)
	// Output: 10:00 <nil>
}

func ExampleAnswers() {
	for _, a := range simulator.Answers() {
		if a.About == "CreateProduct" {
			fmt.Println(a.Says, a.Basis)
		}
	}
	// Output: It makes a Draft. documented
}
