package document_test

import (
	"fmt"

	"github.com/shelflife-go/shelflife/listing/document"
)

func ExampleLocate() {
	data := []byte(`{
	"title": "Invoices",
	"offer": {"rates": {"ml.m5.large.m.i.b": "0.40"}}
}`)
	for _, path := range []string{"title", `offer.rates["ml.m5.large.m.i.b"]`, "offer.eula.url"} {
		place, ok := document.Locate(data, path)
		fmt.Println(ok, place.Line, place.Column, place.Path)
		if place.Path != path {
			fmt.Println(path, "is missing")
		}
	}
	// Output:
	// true 2 11 title
	// true 3 43 offer.rates["ml.m5.large.m.i.b"]
	// true 3 11 offer
	// offer.eula.url is missing
}

func ExampleDecode() {
	var box struct {
		Name  string   `json:"name"`
		Sides []string `json:"sides"`
	}
	err := document.Decode([]byte(`{"label": "box", "sides": ["left", 2]}`), &box)
	fmt.Println(err)
	// Output:
	// document: line 1, column 11: label: is not a known field: remove it, or correct its name
	// document: line 1, column 36: sides[1]: is the number 2, want a string
}

func ExampleMember() {
	fmt.Println(document.Member("offer", "model"))
	fmt.Println(document.Member("offer.rates", "ml.m5.large.m.i.b"))
	fmt.Println(document.Member(document.Entry("versions", 1), "number"))
	// Output:
	// offer.model
	// offer.rates["ml.m5.large.m.i.b"]
	// versions[1].number
}
