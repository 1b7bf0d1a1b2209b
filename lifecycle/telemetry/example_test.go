package telemetry_test

import (
	"context"
	"fmt"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/telemetry"
)

// A program sets up the SDK of OpenTelemetry; here it collects the spans in memory.
func Example() {
	collected := tracetest.NewInMemoryExporter()
	told, err := telemetry.New(telemetry.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(collected))))
	if err != nil {
		panic(err)
	}
	market := told.Marketplace(lifecycletest.NewMarket(lifecycle.SystemClock{}))
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market, lifecycle.WithOperationObserver(told.Observe))
	if err != nil {
		panic(err)
	}

	ctx, id := context.Background(), manager.ID("invoice-extractor")
	_, err = manager.Do(ctx, id, lifecycle.Create{Name: "invoice-extractor", Listing: lifecycletest.ModelPackage()})
	fmt.Println(err)
	_, err = manager.Do(ctx, id, lifecycle.Submit{})
	fmt.Println(err)
	_, err = manager.Do(ctx, id, lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced."})
	fmt.Println(err != nil)

	for _, span := range collected.GetSpans() {
		fmt.Print(span.Name)
		for _, a := range span.Attributes {
			if a.Key == telemetry.Command || a.Key == telemetry.State || a.Key == telemetry.Rules || a.Key == telemetry.ErrorType {
				fmt.Printf(" %s=%v", a.Key, a.Value.AsInterface())
			}
		}
		fmt.Println()
	}
	// Output:
	// <nil>
	// <nil>
	// true
	// lifecycle.Do shelflife.command=create shelflife.state=Draft
	// marketplace.Find
	// lifecycle.Do shelflife.command=submit shelflife.state=Submitted
	// lifecycle.Do shelflife.command=unpublish shelflife.state=Submitted error.type=refused shelflife.rules=[edit.closed-while-submitted unpublish.from-live]
}

// Marketplace makes a span of each call to the marketplace, whoever makes it.
func ExampleTelemetry_Marketplace() {
	collected := tracetest.NewInMemoryExporter()
	told, err := telemetry.New(telemetry.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(collected))))
	if err != nil {
		panic(err)
	}
	market := told.Marketplace(lifecycletest.NewMarket(lifecycle.SystemClock{}))
	_, err = market.Follow(context.Background(), "cs1")
	fmt.Println(err)
	for _, span := range collected.GetSpans() {
		fmt.Println(span.Name, span.Status.Code, span.Status.Description)
	}
	// Output:
	// change set cs1: not found
	// marketplace.Follow Error not_found
}
