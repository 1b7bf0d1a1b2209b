// Package catalog has the documents of the AWS Marketplace Catalog API as Go
// types: the details of each change type of MachineLearningProduct@1.0 and
// Offer@1.0, and the two entities themselves. It does no I/O.
//
// What a change asks for is a plain value, written by [encoding/json]:
//
//	details, err := json.Marshal(catalog.UpdateVisibility{TargetVisibility: "Public"})
//
// What was written elsewhere is read by [Decode], which loses nothing:
//
//	product, err := catalog.Decode[catalog.Product](document)
//	fmt.Println(product.Value.Description.ProductTitle)
//
// The marketplace may add members at any time, leaves members out, and writes
// null for some. A [Document] keeps all of that beside the typed value, and
// writes it again.
//
// The types of product changes and offer changes:
//
//	CreateProduct            [CreateProduct]
//	UpdateInformation        [UpdateInformation]
//	UpdateTargeting          [UpdateTargeting]
//	AddDeliveryOptions       [AddDeliveryOptions]
//	UpdateDeliveryOptions    [UpdateDeliveryOptions]
//	RestrictDeliveryOptions  [RestrictDeliveryOptions]
//	ReleaseProduct           [ReleaseProduct]
//	UpdateVisibility         [UpdateVisibility]
//
//	CreateOffer                 [CreateOffer]
//	UpdateInformation           [UpdateOfferInformation]
//	UpdateTargeting             [UpdateOfferTargeting]
//	UpdateAvailability          [UpdateAvailability]
//	UpdatePricingTerms          [UpdatePricingTerms]
//	UpdateLegalTerms            [UpdateLegalTerms]
//	UpdateSupportTerms          [UpdateSupportTerms]
//	UpdateRenewalTerms          [UpdateRenewalTerms]
//	UpdateValidityTerms         [UpdateValidityTerms]
//	UpdatePaymentScheduleTerms  [UpdatePaymentScheduleTerms]
//	ReleaseOffer                [ReleaseOffer]
//
// Members are named as the Catalog API names them. A list that is nil is left
// out unless its type says otherwise, one that is empty is sent. Nothing is
// checked here but the shape: limits and rules are those of package listing.
//
// All types are values, safe to read from many goroutines at once.
package catalog
