//go:build race

package awsmarketplace_test

// Under the race detector a schedule takes ten times as long, and some
// show as much.
const schedules = 150
