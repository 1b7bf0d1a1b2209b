// Package pricing describes the public offer of a listing: what it costs, the
// free trial, the refund policy and the EULA (AWS Marketplace seller guide,
// "Set the pricing and terms").
//
// Prices are exact: a [USD] is a whole number of hundred-millionths of a
// dollar, never a float. A [RateCard] maps each [Dimension], that is one way of
// running on one instance type, to its price:
//
//	pricing.RateCard{
//		pricing.Batch("ml.m5.large"):    pricing.MustUSD("0.40"),
//		pricing.RealTime("ml.m5.large"): pricing.MustUSD("0.50"),
//	}
//
// [Check] judges an [Offer] by the rules in this package and returns all that
// is wrong at once. Nothing here does I/O or keeps state; all of it is safe for
// concurrent use.
package pricing
