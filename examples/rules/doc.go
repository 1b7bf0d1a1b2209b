// Package rules has no code of its own. Its tests show how to test listings,
// and rules of your own beside those of the marketplace, without a server or a
// mock:
//
//   - check_test.go is a check for CI: it reads a document and prints every
//     reason not to submit it, as lines, as a table and as JSON;
//   - rules_test.go adds rules of our own, and tests them on a few listings and
//     on any listing.
//
// Copy what you need.
package rules
