package simulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// A change set takes its time on the simulated clock, and none on the real one.
func Example() {
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(sim) // an AWS SDK client would get server.URL as its base endpoint
	defer server.Close()

	req, _ := http.NewRequest(http.MethodPost, server.URL+"/StartChangeSet", strings.NewReader(`{
		"Catalog": "AWSMarketplace",
		"ChangeSet": [{
			"ChangeType": "CreateProduct",
			"Entity": {"Type": "MachineLearningProduct@1.0"},
			"DetailsDocument": {"ProductTitle": "Demand forecast"}
		}]}`))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=KEY/20260105/us-east-1/aws-marketplace/aws4_request, SignedHeaders=host, Signature=00")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var started struct{ ChangeSetId string }
	if err := json.NewDecoder(resp.Body).Decode(&started); err != nil {
		panic(err)
	}

	for range 3 {
		set := sim.Ledger().ChangeSets[0]
		fmt.Println(sim.Now().Format("15:04"), set.ID == started.ChangeSetId, set.Status)
		if err := sim.Advance(15 * time.Minute); err != nil {
			panic(err)
		}
	}
	// Output:
	// 09:00 true PREPARING
	// 09:15 true APPLYING
	// 09:30 true SUCCEEDED
}

// A lost answer leaves the caller not knowing whether its request counted. Sending it again with the same token is safe.
// A program that is tried out has the simulator beside it, whose hours take a second.
func ExampleSimulator_Serve() {
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		panic(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- sim.Serve(ctx, listener, 3600) }()
	// An AWS SDK client gets "http://" + listener.Addr().String() as its base endpoint.

	err = sim.Wait(ctx, sim.Now().Add(10*time.Minute))
	stop()
	fmt.Println(err, <-ended)
	// Output: <nil> <nil>
}

func ExampleSimulator_Inject() {
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		panic(err)
	}
	err = sim.Inject(simulator.Fault{Kind: simulator.LoseAnswer, Operation: "StartChangeSet", Times: 2})
	fmt.Println(err)
	err = sim.Inject(simulator.Fault{Kind: simulator.FailChange, ErrorCode: "not a code"})
	fmt.Println(err)
	// Output:
	// <nil>
	// simulator: bad fault: ErrorCode is for fail-change and refuse, which need one of 1 to 72 letters and underscores
}

// With Config.ReviewByHand, you are the people of AWS Marketplace, and a subscriber hears what came of it.
func ExampleSimulator_Subscribe() {
	sim, err := simulator.New(simulator.Config{ReviewByHand: true})
	if err != nil {
		panic(err)
	}
	stop := sim.Subscribe(func(event []byte) {
		var e struct {
			DetailType string `json:"detail-type"`
		}
		if err := json.Unmarshal(event, &e); err != nil {
			panic(err)
		}
		fmt.Println(sim.Now().Format("15:04"), e.DetailType)
	})
	defer stop()

	req := httptest.NewRequest(http.MethodPost, "/StartChangeSet", strings.NewReader(`{
		"Catalog": "AWSMarketplace",
		"ChangeSet": [{"ChangeType": "CreateProduct", "Entity": {"Type": "MachineLearningProduct@1.0"}, "DetailsDocument": {}}]}`))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=KEY/20260105/us-east-1/aws-marketplace/aws4_request, SignedHeaders=host, Signature=00")
	sim.ServeHTTP(httptest.NewRecorder(), req)
	if err := sim.Advance(time.Hour); err != nil {
		panic(err)
	}
	for _, review := range sim.Reviews() { // none: only a change of visibility is looked at by people
		fmt.Println(sim.Refuse(review.ChangeSet, "The sample notebook does not run."))
	}
	// Output: 10:00 Change Set Succeeded
}
