package lifecycle

// Known is what was known of caller and seller when a listing was submitted.
type Known struct {
	// MayRequest tells whether the caller may work with change sets.
	MayRequest Answer `json:"mayRequest,omitempty"`
	// Seller is what was known of the seller; nil is nothing.
	Seller *SellerProfile `json:"seller,omitempty"`
}

// SellerProfile is what is known of a seller. AWS has no documented call that
// answers these questions, so the profile is usually declared. It is itself a
// [Sellers] that says the same of every account.
type SellerProfile struct {
	// Registered: the account is registered as a marketplace seller.
	Registered Answer `json:"registered,omitempty"`
	// ProfileComplete: the public seller profile is complete.
	ProfileComplete Answer `json:"profileComplete,omitempty"`
	// TaxAndBank: tax interview and bank forms are finished.
	TaxAndBank Answer `json:"taxAndBank,omitempty"`
}

// Answer is yes, no, or not known. The zero value is Unknown.
type Answer string

const (
	// Unknown means that the answer is not known.
	Unknown Answer = ""
	// Yes means that it is so.
	Yes Answer = "yes"
	// No means that it is not so.
	No Answer = "no"
)
