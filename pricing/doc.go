// Package pricing describes the public offer of a listing: what it costs, the
// free trial, the refund policy and the EULA (AWS Marketplace seller guide,
// "Set the pricing and terms").
//
// Prices are exact decimals of type [USD], not floats. A [RateCard] maps each
// [Dimension] to its price. A dimension is, for example, an hour of batch
// transform on one instance type:
//
//	pricing.RateCard{
//		pricing.Batch("ml.m5.large"):    pricing.MustUSD("0.40"),
//		pricing.RealTime("ml.m5.large"): pricing.MustUSD("0.50"),
//	}
//
// [Check] returns everything that is wrong with an [Offer]. [Rules] returns the
// rules that it checks.
//
// All functions are safe for concurrent use. They do no I/O and keep no state.
package pricing
