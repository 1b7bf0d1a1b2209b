//go:build race

package awsmarketplace_test

// Under the race detector a schedule takes ten times as long, and a few hundred
// show as much.
const schedules = 150
