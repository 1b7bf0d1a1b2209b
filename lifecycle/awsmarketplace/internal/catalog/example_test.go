package catalog_test

import (
	"encoding/json"
	"fmt"

	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/catalog"
)

func ExampleDecode() {
	product, err := catalog.Decode[catalog.Product]([]byte(`{
		"Description": {"ProductTitle": "Invoice reader", "Sku": null, "AddedLastWeek": true}
	}`))
	if err != nil {
		panic(err)
	}
	product.Value.Description.ProductTitle = "Receipt reader"
	data, _ := json.Marshal(product)
	fmt.Println(string(data))

	_, err = catalog.Decode[catalog.Product]([]byte(`{"Description": {"ProductTitle": 7}}`))
	fmt.Println(err)
	// Output:
	// {"Description":{"AddedLastWeek":true,"ProductTitle":"Receipt reader","Sku":null}}
	// document: Description.ProductTitle: want a string, got number
}

func ExampleUpdateInformation() {
	title := "Receipt reader"
	change := catalog.UpdateInformation{
		ProductTitle: &title,
		Sku:          catalog.Clearable[string]{Cleared: true},
		VideoURLs:    []string{},
	}
	data, _ := json.Marshal(change)
	fmt.Println(string(data))
	// Output: {"ProductTitle":"Receipt reader","Sku":null,"VideoUrls":[]}
}
