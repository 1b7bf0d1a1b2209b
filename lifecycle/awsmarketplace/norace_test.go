//go:build !race

package awsmarketplace_test

const schedules = 500
