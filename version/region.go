package version

import (
	"slices"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Region is the code of an AWS Region, such as "us-east-2". The zero value is no
// Region.
type Region string

// openRegions are enabled in every account. The marketplace publishes SageMaker
// resources from these only.
var openRegions = []Region{
	"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1",
	"ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1",
	"eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
	"us-east-1", "us-east-2", "us-west-1", "us-west-2",
}

// optInRegions are disabled until an account enables them.
var optInRegions = []Region{
	"af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3",
	"ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
	"ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1",
	"me-central-1", "me-south-1", "mx-central-1",
}

// Known reports whether r is a commercial AWS Region that this release of the
// library knows.
func (r Region) Known() bool {
	return slices.Contains(openRegions, r) || slices.Contains(optInRegions, r)
}

// Nearest returns the known Region that r may be a misspelling of, by
// [document.Nearest]; empty if there is none.
func (r Region) Nearest() Region {
	var known []string
	for _, each := range slices.Concat(openRegions, optInRegions) {
		known = append(known, string(each))
	}
	return Region(document.Nearest(string(r), known))
}

// Publishes reports whether the marketplace publishes SageMaker resources from
// r. It does so from the known Regions that need no opt-in.
func (r Region) Publishes() bool { return slices.Contains(openRegions, r) }
