package version_test

import (
	"errors"
	"fmt"

	"github.com/shelflife-go/shelflife/version"
)

func ExampleCheck() {
	v := version.Version{
		Number:       "1.1",
		Resource:     "arn:aws:sagemaker:us-east-2:111122223333:model-package/invoices/7",
		AccessRole:   "arn:aws:iam::111122223333:role/service-role/Ingestion",
		ReleaseNotes: "Reads handwriting.",
		Notebook:     "https://github.com/example/invoice/blob/main/demo.ipynb",
		Repository:   "https://github.com/example/invoice",
		Usage:        "Send one page as image/png.",
		Input: version.Input{
			Description: "One page as image/png.",
			RealTime:    version.Sample{URL: "https://github.com/example/invoice/blob/main/page.png"},
			Batch:       version.Sample{URL: "https://github.com/example/invoice/blob/main/pages.zip"},
		},
		Output: version.Output{
			Description: "Named fields as application/json.",
			RealTime:    version.Sample{Text: `{"total": "12.50"}`},
			Batch:       version.Sample{Text: `{"total": "12.50"}`},
		},
		Recommended: version.Recommended{Batch: "ml.m5.large", RealTime: "m5.large"},
	}
	found := version.Check(v)
	for _, each := range found.Violations {
		fmt.Println(each.Path, "breaks", each.Rule.ID)
	}
	fmt.Println(errors.Is(found.Err(), version.RuleUnversionedPackage))
	// Output:
	// accessRole breaks version.access-role
	// recommended.realTime breaks version.recommended-realtime
	// resource breaks version.unversioned-package
	// true
}

func ExampleRules() {
	for _, r := range version.Rules()[:2] {
		fmt.Println(r, "-", r.Statement)
	}
	// Output:
	// version.arn - the resource of a version is the ARN of a SageMaker model package or algorithm
	// version.unversioned-package - the model package of a version does not belong to a model package group
}

func ExampleARN_Parts() {
	p, err := version.ARN("arn:aws:sagemaker:us-east-2:111122223333:model-package/invoice-v1").Parts()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Kind, p.Name, "of", p.Account, "in", p.Region)

	_, err = version.ARN("arn:aws:s3:::bucket/model.tar.gz").Parts()
	fmt.Println(errors.Is(err, version.ErrARN))
	// Output:
	// model package invoice-v1 of 111122223333 in us-east-2
	// true
}

func ExampleAccountID_Valid() {
	fmt.Println(version.AccountID("111122223333").Valid(), version.AccountID("1111-2222-3333").Valid())
	// Output: true false
}

func ExampleRole_Account() {
	account, err := version.Role("arn:aws:iam::111122223333:role/MarketplaceIngestion").Account()
	fmt.Println(account, err)
	// Output: 111122223333 <nil>
}

func ExampleRegion_Publishes() {
	for _, r := range []version.Region{"us-east-2", "me-south-1", "moon-1"} {
		fmt.Println(r, r.Known(), r.Publishes())
	}
	// Output:
	// us-east-2 true true
	// me-south-1 true false
	// moon-1 false false
}

// The training information of an algorithm follows its usage, because the
// Catalog API has no fields for it.
func ExampleVersion_UsageInstructions() {
	v := version.Version{
		Usage:    "Start a training job.",
		Training: &version.Training{Data: "One row a customer.", Example: "https://example.com/rows.csv", Overview: "Boosted trees."},
	}
	fmt.Println(v.UsageInstructions())
	// Output:
	// Start a training job.
	//
	// ## Training
	//
	// Boosted trees.
	//
	// Training data: One row a customer.
	//
	// Example training data: https://example.com/rows.csv
}
