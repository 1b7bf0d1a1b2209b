package lifecycle

// Stored is what a [Store] has of a record.
type Stored struct {
	// Revision is that of the latest [Write]. The head has it, too: the two are
	// compared.
	Revision int64
	// Head is the record without the bodies of its versions.
	Head []byte
}

// Write is what one step changes, checked and encoded. All that a [Store] has to
// do is to put it away.
type Write struct {
	// Key names the record.
	Key Key
	// Base is the revision that the record must have; 0 if it must be absent.
	Base int64
	// Revision is the record's afterwards: Base and one for each entry.
	Revision int64
	// Summary replaces what lists show of the record. Its texts may hold any
	// character, its instants are in UTC, to the nanosecond, in the years 0 to 9999.
	// A summary without a State is that of a discarded draft, which is in no list. Its
	// ID and Revision are those of the Write, and its Seller comes back as it was
	// saved: it is compared with the key.
	Summary Summary
	// Head replaces the head of the record. It has at most 400,000 bytes. Heads,
	// bodies and entries are JSON in UTF-8, and come back byte for byte.
	Head []byte
	// Put are bodies that are new, of at most 2,000,000 bytes each. One that the
	// record has already stays as it is.
	Put []Part
	// Drop are the digests of bodies that the record no longer needs.
	Drop []string
	// Entries are appended to the journal and to the feed, one or more, of at most
	// 16 MiB each; the first has the revision Base+1.
	Entries [][]byte
}

// Part is the body of a version.
type Part struct {
	// Digest names the body within its record: a text of 43 letters, digits,
	// hyphens and underscores. Equal bodies have equal digests.
	Digest string
	// Body is JSON.
	Body []byte
}
