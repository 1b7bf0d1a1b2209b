// Package version describes one version of a listing: a SageMaker model package
// or algorithm, and the information that buyers need to use it (AWS Marketplace
// seller guide, "Add your launch option").
//
// [Check] returns everything that is wrong with a [Version]. [Rules] returns the
// rules that it checks.
//
// The package also defines the AWS identifiers [ARN], [Role], [AccountID] and
// [Region]. They are strings, and a document with a malformed one can be read:
// Check reports it together with everything else. Convert a string to make one,
// and use its methods to see whether it is well-formed:
//
//	parts, err := version.ARN(s).Parts()
//
// All functions are safe for concurrent use. They do no I/O and keep no state.
package version
