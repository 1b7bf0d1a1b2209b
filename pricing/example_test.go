package pricing_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/shelflife-go/shelflife/pricing"
)

func ExampleCheck() {
	offer := pricing.Offer{
		Name:        "Churn forecaster, public offer",
		Description: "Pay for what you ask",
		Model:       pricing.Inference,
		Rates: pricing.RateCard{
			pricing.PerInference:            pricing.MustUSD("0.0005"),
			pricing.RealTime("ml.m5.large"): pricing.MustUSD("0.50"),
		},
		TrialDays:    14,
		RefundPolicy: "None.",
		EULA:         pricing.EULA{Standard: true},
	}
	for _, v := range pricing.Check(offer).Violations {
		fmt.Println(v)
	}
	// Output:
	// rates: have no hourly batch price; add a price for <instance>.m.i.b, for every instance type that the resource supports (pricing.batch-is-hourly)
	// rates["ml.m5.large.m.i.r"]: is an hourly real-time price in an offer paid per inference; remove it (pricing.inference-rate)
}

// Advice is told apart from what stands in the way.
func ExampleCheck_advice() {
	offer := pricing.Offer{
		Name: "Invoice reader", Description: "By the hour", Model: pricing.Hourly,
		Rates: pricing.RateCard{
			pricing.Batch("ml.m5.large"):    pricing.MustUSD("0.40"),
			pricing.RealTime("ml.m5.large"): pricing.MustUSD("0.50"),
		},
		RefundPolicy: "None.",
		EULA:         pricing.EULA{Standard: true},
	}
	found := pricing.Check(offer)
	fmt.Println(found.Err())
	fmt.Println(found.Advice[0])
	// Output:
	// <nil>
	// trialDays: is 0; set trialDays to 14 to 30 (pricing.trial-recommended)
}

func ExampleRules() {
	for _, r := range pricing.Rules()[:3] {
		fmt.Printf("%-20s %-5s %s\n", r.ID, r.Severity, r.Statement)
	}
	// Output:
	// offer.present        must  a listing has an offer with a pricing model
	// offer.named          must  an offer has a name of at most 150 and a description of at most 255 characters
	// offer.refund-policy  must  an offer has a refund policy of at most 500 characters that the marketplace accepts
}

func ExampleParseUSD() {
	price, err := pricing.ParseUSD("0.4")
	fmt.Println(price, err)

	_, err = pricing.ParseUSD("0.123456789")
	fmt.Println(errors.Is(err, pricing.RuleExact))
	fmt.Println(err)
	// Output:
	// 0.40 <nil>
	// true
	// "0.123456789" has more than 8 decimals; round it to at most 8 decimals (pricing.exact)
}

func ExampleUSD_Cmp() {
	old, next := pricing.MustUSD("0.40"), pricing.MustUSD("0.40000001")
	fmt.Println(next.Cmp(old) > 0)
	// Output: true
}

func ExampleRateCard() {
	card := pricing.RateCard{
		pricing.RealTime("ml.p6e-gb200.36xlarge"): pricing.MustUSD("92"),
		pricing.Batch("ml.m5.large"):              pricing.MustUSD("0.40"),
		pricing.RealTime("ml.m5.large"):           pricing.MustUSD("0.50"),
	}
	for _, d := range card.Dimensions() {
		fmt.Printf("%s, %s: %s\n", d.Mode, d.Instance, card[d])
	}
	data, err := json.Marshal(card)
	fmt.Println(string(data), err)
	// Output:
	// batch, ml.m5.large: 0.40
	// real-time, ml.m5.large: 0.50
	// real-time, ml.p6e-gb200.36xlarge: 92.00
	// {"ml.m5.large.m.i.b":"0.40","ml.m5.large.m.i.r":"0.50","ml.p6e-gb200.36xlarge.m.i.r":"92.00"} <nil>
}

func ExampleParseDimension() {
	d, err := pricing.ParseDimension("ml.p6e-gb200.36xlarge.m.i.b")
	fmt.Println(d.Mode, d.Instance, err)

	_, err = pricing.ParseDimension("ml.m5.large")
	fmt.Println(errors.Is(err, pricing.ErrDimension))
	// Output:
	// batch ml.p6e-gb200.36xlarge <nil>
	// true
}

// What an offer must price follows from the model and from what the resource
// supports.
func ExampleModel_Required() {
	instances := []string{"ml.m5.large"}
	for _, d := range pricing.Inference.Required(instances, instances, nil) {
		fmt.Println(d)
	}
	// Output:
	// inference.count.m.i.c
	// ml.m5.large.m.i.b
}
