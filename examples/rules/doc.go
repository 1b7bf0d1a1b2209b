// Package rules has no code of its own. Its tests show how to test listings,
// and rules of your own beside those of the marketplace, without a server or a
// mock:
//
//   - check_test.go is a check for CI: it reads a document and prints every
//     reason not to submit it, as lines, as a table and as JSON;
//   - guide_test.go is what docs/guide-rules.md shows: it checks a folder of
//     documents, adds a rule of our own, and tests it on a few listings and on any;
//   - rules_test.go tests the documents that we are about to submit.
//
// Copy what you need.
package rules
