// Package listing describes a machine learning product for sale on AWS
// Marketplace as one document: what it is, how it is promoted and supported,
// where it is available, who may see it, its versions and its offer (AWS
// Marketplace seller guide, "Creating your product listing", steps 2 to 5).
//
// A [Listing] is a plain value. Read one with [Parse], or fill it in Go, and
// ask [Check] for everything that is wrong with it:
//
//	l, err := listing.Parse(data)
//	…
//	for _, v := range listing.Check(l).Violations {
//		fmt.Println(v)
//	}
//
// Check sees the document only. What a listing may do next depends on its
// history as well; package lifecycle decides that.
//
// Nothing here does I/O or keeps state; all of it is safe for concurrent use.
package listing
