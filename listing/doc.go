// Package listing describes a machine learning product for sale on AWS
// Marketplace as one document: the product information, the buyers and Regions,
// the versions and the offer (AWS Marketplace seller guide, "Creating your
// product listing", steps 2 to 5).
//
// Read a [Listing] from JSON with [Parse], or fill the struct in Go. [Check]
// returns everything that is wrong with it:
//
//	l, err := listing.Parse(data)
//	…
//	for _, v := range listing.Check(l).Violations {
//		fmt.Println(v)
//	}
//
// Check knows the document only. Package lifecycle decides what a listing may
// do next, which depends on its history and on facts from AWS.
//
// All functions are safe for concurrent use. They do no I/O and keep no state.
package listing
