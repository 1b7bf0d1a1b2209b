package lifecycle

import (
	"fmt"
	"maps"
	"slices"

	"github.com/shelflife-go/shelflife/listing/document"
)

// maxNames bounds how many instance types a resource supports in one mode, and how
// many images it has: SageMaker has a few hundred of the first.
const maxNames = 5_000

// judged returns the facts without those that cannot be, whoever gave them: they are
// not known then, and Why says why.
func (f Facts) judged() Facts {
	if f.Seller != nil && !f.Seller.possible() {
		f.Seller = nil
		f.missed(WhySeller, "a question about the seller has another answer than yes or no")
	}
	if !f.MayRequest.possible() {
		f.MayRequest = Unknown
		f.missed(WhyMayRequest, "it has another answer than yes or no")
	}
	cloned := false
	for arn, resource := range f.Resources {
		problem := resource.flaw()
		if problem == "" {
			continue
		}
		if !cloned {
			f.Resources, cloned = maps.Clone(f.Resources), true
		}
		delete(f.Resources, arn)
		f.missed(string(arn), "what is said of it cannot be: "+problem)
	}
	return f
}

func (f *Facts) missed(key, why string) {
	f.Why = maps.Clone(f.Why)
	if f.Why == nil {
		f.Why = map[string]string{}
	}
	f.Why[key] = why
}

func (a Answer) possible() bool { return a == Unknown || a == Yes || a == No }

func (p SellerProfile) possible() bool {
	return p.Registered.possible() && p.ProfileComplete.possible() && p.TaxAndBank.possible()
}

// noInstanceType reports a name that the key of a price cannot begin with.
func noInstanceType(name string) bool {
	const longest = 94 // with its suffix, a key has 100 bytes at the most
	after := true      // a dot, a hyphen or the beginning
	for _, c := range []byte(name) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
			after = false
		case (c == '.' || c == '-') && !after:
			after = true
		default:
			return true
		}
	}
	return after || len(name) > longest
}

// flaw says what of the resource cannot be, or nothing.
func (r Resource) flaw() string {
	if n := len(r.InferenceImages); n > maxNames {
		return fmt.Sprintf("it has %d images, %d are possible", n, maxNames)
	}
	for _, each := range []struct {
		mode  string
		names []string
	}{{"batch", r.Batch}, {"realTime", r.RealTime}, {"training", r.Training}} {
		if n := len(each.names); n > maxNames {
			return fmt.Sprintf("%s has %d instance types, %d are possible", each.mode, n, maxNames)
		}
		if i := slices.IndexFunc(each.names, noInstanceType); i >= 0 {
			return fmt.Sprintf("%s is %q, which is no instance type", document.Entry(each.mode, i), shortened(each.names[i], 60))
		}
	}
	return ""
}
