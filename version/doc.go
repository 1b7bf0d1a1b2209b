// Package version describes one release of a listing: the SageMaker model
// package or algorithm that it delivers, and everything that its buyers are
// told about using it (AWS Marketplace seller guide, "Add your launch option").
//
// A [Version] is a plain value. [Check] judges it by the rules in this
// package ([Rules] lists them) and returns everything that is wrong at once.
// The package also owns the names that AWS gives things: [ARN], [AccountID]
// and [Region]. They are strings, so that a document with a bad one can still
// be read and be told everything else that is wrong with it; their Parse
// functions and methods say whether they are well formed.
//
// Nothing here does I/O or keeps state; all of it is safe for concurrent use.
package version
