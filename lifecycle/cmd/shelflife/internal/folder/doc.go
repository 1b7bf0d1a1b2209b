// Package folder reads a listing from a folder: listing.yaml or listing.json, with
// long texts as files beside it, and knows the file, line and column of every value.
//
// The document is that of package listing, with three more members: "name" names the
// listing to its seller and is that of the folder unless it is given, "seller" is
// the account that sells it, and "testers" are accounts that may preview it.
//
// A long text that begins with "@" names a file of the folder: "@overview.md" is the
// text in it, without the line ends at its end. "@@" stands for one "@".
package folder
