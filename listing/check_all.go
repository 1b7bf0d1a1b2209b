package listing

import (
	"iter"
	"runtime"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// Document is a listing as text.
type Document struct {
	// Name says where the text is from, such as a path. CheckAll does not look at it.
	Name string
	// Data is the listing in JSON. It must not change while it is checked.
	Data []byte
}

// Checked is what [CheckAll] found in one document.
type Checked struct {
	// Document is the document that was checked.
	Document
	// Listing is what the document says. It is the zero value if [Parse] refused it.
	Listing Listing
	// Findings are those of [Check].
	Findings rule.Findings
}

// CheckAll parses and checks many documents, several at a time, and yields what it
// found in each, in their order. The error of a document is the one it came with, or
// else that of [Parse]; its findings are not among the errors.
//
// CheckAll reads documents as they are needed, from the goroutine of the loop, and holds
// at most two for each processor: its memory does not grow with their number. A loop
// may end early; documents are not read further then. The sequence can be used as
// often as documents can.
func CheckAll(documents iter.Seq2[Document, error]) iter.Seq2[Checked, error] {
	return func(yield func(Checked, error) bool) {
		atATime := 2 * runtime.GOMAXPROCS(0)
		var underWay []<-chan checking
		next := func() bool {
			c := <-underWay[0]
			underWay = underWay[1:]
			return yield(c.checked, c.err)
		}
		for d, err := range documents {
			if len(underWay) == atATime && !next() {
				return
			}
			underWay = append(underWay, startChecking(d, err))
		}
		for len(underWay) > 0 && next() {
		}
	}
}

type checking struct {
	checked Checked
	err     error
}

// startChecking checks the document in a goroutine of its own. The channel has room for
// the answer, so that the goroutine ends even if nobody reads it.
func startChecking(d Document, err error) <-chan checking {
	done := make(chan checking, 1)
	go func() {
		c := checking{checked: Checked{Document: d}, err: err}
		if err == nil {
			c.checked.Listing, c.err = Parse(d.Data)
		}
		if c.err == nil {
			c.checked.Findings = Check(c.checked.Listing)
		}
		done <- c
	}()
	return done
}
