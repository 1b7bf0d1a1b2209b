// Package telemetry gives spans and metrics of OpenTelemetry for what a
// [lifecycle.Manager] does and for its calls to the marketplace.
//
//	told, err := telemetry.New()
//	…
//	manager, err := lifecycle.New(seller, store, told.Marketplace(market), lifecycle.WithOperationObserver(told.Observe))
//
// Without options it uses the global providers of package otel. Where spans and metrics
// go is the business of the SDK that the program has set up; this package needs the API
// alone.
//
// # Spans
//
// Every method of the manager that takes a context is a span, "lifecycle.Do" for
// example, with a span event for each entry that it saved. The calls within it are its
// children: "lifecycle.Do" and "lifecycle.Advance" within "lifecycle.Apply", and each
// call to the marketplace, such as "marketplace.Send", within what needed it. The ports
// are called under the context of the span, so that the spans of an SDK nest in it. A loop of
// package wake, and a job of package wake/river, calls a method of the manager: it is a
// span of its own.
//
// # Metrics
//
// They count transitions, refusals by rule and outcomes of requests, and have
// histograms of how long operations, calls, requests and states last. Metrics have no
// ids of listings. [PerSeller] adds the seller.
//
// # What is never told
//
// No text of a document, of an error or of a port becomes an attribute: attributes are
// words of this library, ids of listings, sellers and change sets, names of change sets,
// and ids of rules, which may be those of the caller's policy. An error is told by its
// type only, such as "throttled".
//
// The file dashboard.json is a dashboard for Grafana with these metrics as Prometheus
// names them. docs/telemetry.md lists all names.
package telemetry
