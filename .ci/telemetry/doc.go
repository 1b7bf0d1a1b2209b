// Package telemetry holds the dashboard of lifecycle/telemetry against what the exporter
// for Prometheus really gives after a whole life, with the parser of Prometheus itself.
// It is a module of its own, so that those who import lifecycle/telemetry need neither.
package telemetry
