// Package testserver gives tests the servers that they need: one that is running
// already, or one that is installed on this machine and started for the tests.
package testserver
