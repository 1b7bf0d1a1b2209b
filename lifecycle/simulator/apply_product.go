package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"path"
	"sort"
	"strings"
	"unicode/utf8"
)

func (w *work) createProduct(c *change, i int) {
	doc := read[struct{ ProductTitle string }](c)
	e := &entity{
		ID:      "prod-" + w.mint.alphanumeric("product", 13),
		Product: newProduct(doc.ProductTitle, w.mint.alphanumeric("product-code", 25)),
	}
	w.add(c, i, e)
	w.checkText(i, "ProductTitle", doc.ProductTitle)
}

type productInformation struct {
	ProductTitle, ShortDescription, LongDescription *optional
	Sku                                             json.RawMessage // absent, null and text all differ
	LogoURL                                         *string         `json:"LogoUrl"`
	VideoURLs                                       *[]string       `json:"VideoUrls"`
	Highlights                                      *[]string
	AdditionalResources                             *[]struct {
		Text string
		URL  string `json:"Url"`
	}
	SupportDescription                             *optional
	Categories, AssociatedProducts, SearchKeywords *[]string
}

func (w *work) updateProductInformation(c *change, i int) {
	p := w.product(i)
	if p == nil {
		return
	}
	doc := read[productInformation](c)
	if string(c.Document) == "{}" {
		w.fail(i, "MISSING_DATA", "there is nothing to update: send at least one field")
		return
	}
	d := &p.Description
	if d.Visibility == visibilityRestricted {
		w.fail(i, "INVALID_INPUT", "the product is Restricted; its information can be changed while it is Draft, Limited or Public")
	}
	set(&d.ProductTitle, doc.ProductTitle)
	set(&d.ShortDescription, doc.ShortDescription)
	set(&d.LongDescription, doc.LongDescription)
	if doc.Sku != nil {
		d.Sku = nil
		_ = json.Unmarshal(doc.Sku, &d.Sku) // the shape has seen that it is text or null
	}
	set(&d.Highlights, doc.Highlights)
	set(&d.Categories, doc.Categories)
	set(&d.AssociatedProducts, doc.AssociatedProducts)
	set(&d.SearchKeywords, doc.SearchKeywords)
	set(&p.SupportInformation.Description, doc.SupportDescription)
	if doc.LogoURL != nil {
		w.checkLogo(i, *doc.LogoURL)
		sum := sha256.Sum256([]byte(w.set.Seller + *doc.LogoURL))
		p.PromotionalResources.LogoURL = optional("https://awsmp-logos.s3.amazonaws.com/" + hex.EncodeToString(sum[:16]))
	}
	if doc.VideoURLs != nil {
		p.PromotionalResources.Videos = []video{}
		for _, u := range *doc.VideoURLs {
			w.checkMediaURL(i, "VideoUrls", u)
			p.PromotionalResources.Videos = append(p.PromotionalResources.Videos, video{"Link", "Product video", u})
		}
	}
	if doc.AdditionalResources != nil {
		p.PromotionalResources.AdditionalResources = []resourceLink{}
		for _, r := range *doc.AdditionalResources {
			p.PromotionalResources.AdditionalResources = append(p.PromotionalResources.AdditionalResources, resourceLink{"Link", r.Text, r.URL})
		}
	}
	w.checkCategories(i, p)
	w.checkInformation(i, p)
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// checkInformation looks at the whole of the information as it will be.
func (w *work) checkInformation(i int, p *product) {
	d := p.Description
	for _, t := range []struct {
		field string
		text  optional
	}{
		{"ProductTitle", d.ProductTitle}, {"ShortDescription", d.ShortDescription}, {"LongDescription", d.LongDescription},
		{"SupportDescription", p.SupportInformation.Description},
		{"Highlights", optional(strings.Join(d.Highlights, ""))}, {"SearchKeywords", optional(strings.Join(d.SearchKeywords, ""))},
	} {
		w.checkText(i, t.field, string(t.text))
	}
	if d.Sku != nil {
		w.checkText(i, "Sku", *d.Sku)
	}
	if n := utf8.RuneCountInString(strings.Join(d.SearchKeywords, "")); n > 250 {
		w.fail(i, "INVALID_INPUT", "SearchKeywords have %d characters together; 250 is the most", n)
	}
	if missing := p.missingInformation(); len(missing) > 0 {
		w.fail(i, "INVALID_INPUT", "required and still missing: %s", strings.Join(missing, ", "))
	}
}

// missingInformation names the fields a product cannot do without, as UpdateInformation spells them.
func (p *product) missingInformation() []string {
	var missing []string
	for _, f := range []struct {
		name  string
		empty bool
	}{
		{"ProductTitle", p.Description.ProductTitle == ""},
		{"ShortDescription", p.Description.ShortDescription == ""},
		{"LongDescription", p.Description.LongDescription == ""},
		{"LogoUrl", p.PromotionalResources.LogoURL == ""},
		{"Highlights", len(p.Description.Highlights) == 0},
		{"AdditionalResources", p.PromotionalResources.AdditionalResources == nil}, // may be empty, but has to be said
		{"SupportDescription", p.SupportInformation.Description == ""},
		{"Categories", len(p.Description.Categories) == 0},
		{"SearchKeywords", len(p.Description.SearchKeywords) == 0},
	} {
		if f.empty {
			missing = append(missing, f.name)
		}
	}
	return missing
}

// checkText refuses the characters that product text may not hold.
func (w *work) checkText(i int, field, text string) {
	for _, r := range text {
		if r <= 0x08 || r >= 0x0B && r <= 0x1F {
			w.fail(i, "INVALID_INPUT", "%s holds the unsupported character U+%04X", field, r)
			break
		}
	}
	for _, mark := range []string{" \u2122", " \u00AE"} {
		if strings.Contains(text, mark) {
			w.fail(i, "INVALID_INPUT", "%s has a blank before a trademark sign", field)
		}
	}
}

// checkLogo judges by the name of the file: nothing is fetched.
func (w *work) checkLogo(i int, logo string) {
	w.checkMediaURL(i, "LogoUrl", logo)
	u, err := url.Parse(logo)
	if err != nil {
		w.fail(i, "INVALID_MEDIA", "LogoUrl is no URL")
		return
	}
	switch ext := strings.ToLower(path.Ext(u.Path)); ext {
	case "", ".png", ".jpg", ".jpeg", ".gif":
	default:
		w.fail(i, "InvalidImageProperties", "the logo is a %s file; it must be png, jpg or gif", ext)
	}
}

func (w *work) checkMediaURL(i int, field, u string) {
	if n := utf8.RuneCountInString(u); n > 2048 {
		w.fail(i, "INVALID_MEDIA", "%s has %d characters; 2048 is the most", field, n)
	}
}

func (w *work) updateProductTargeting(c *change, i int) {
	p := w.product(i)
	if p == nil {
		return
	}
	doc := read[productTargeting](c)
	if p.Description.Visibility == visibilityRestricted {
		w.fail(i, "INVALID_PRODUCT_VISIBILITY", "the product is Restricted; its allow-list can be changed while it is Draft, Limited or Public")
	}
	accounts := []string{}
	seen := map[string]bool{OperationsAccount: true} // a caller that reads, edits and writes sends it back
	for _, a := range doc.PositiveTargeting.BuyerAccounts {
		switch {
		case !accountPattern.MatchString(a):
			w.fail(i, "INVALID_AWS_ACCOUNT_IDS", "%.40q is not a 12-digit account", a)
		case a != OperationsAccount && seen[a]:
			w.fail(i, "INVALID_AWS_ACCOUNT_IDS", "%s is listed twice", a)
		case !seen[a]:
			seen[a] = true
			accounts = append(accounts, a)
		}
	}
	accounts = append(accounts, OperationsAccount)
	p.Targeting.PositiveTargeting.BuyerAccounts = accounts
}

// sameAccounts reports whether the change gives the product the allow-list that it has.
func (p *product) sameAccounts(c *change) bool {
	asked := read[productTargeting](c).PositiveTargeting.BuyerAccounts
	if !contains(asked, OperationsAccount) {
		asked = append(asked, OperationsAccount)
	}
	return sameSet(asked, p.Targeting.PositiveTargeting.BuyerAccounts)
}

func sameSet(a, b []string) bool {
	a, b = append([]string{}, a...), append([]string{}, b...)
	sort.Strings(a)
	sort.Strings(b)
	return strings.Join(a, ",") == strings.Join(b, ",")
}

func (w *work) releaseProduct(_ *change, i int) {
	p := w.product(i)
	if p == nil {
		return
	}
	if v := p.Description.Visibility; v != visibilityDraft {
		w.fail(i, "VALIDATION_FAILED", "the product is %s; only a Draft can be released", v)
		return
	}
	p.Description.Visibility, p.Description.ProductState = visibilityLimited, productActive
	if w.broken[w.names[i]] {
		return
	}
	missing := p.missingInformation()
	if len(p.Versions) == 0 {
		missing = append(missing, "a version")
	}
	if len(p.Dimensions) == 0 {
		missing = append(missing, "dimensions")
	}
	if !w.releasesOfferOf(w.names[i]) {
		missing = append(missing, "ReleaseOffer of its offer in the same change set")
	}
	if len(missing) > 0 {
		w.fail(i, "VALIDATION_FAILED", "the product is not complete; missing: %s", strings.Join(missing, ", "))
	}
}

// releasesOfferOf tells whether the set releases an offer of the product, created here or before.
func (w *work) releasesOfferOf(productID string) bool {
	for _, c := range w.set.Changes {
		if c.EntityType != offerType || c.Type != releaseOffer {
			continue
		}
		if m := reference.FindStringSubmatch(c.Identifier); m != nil {
			for _, creation := range w.set.Changes {
				if creation.Type == createOffer && creation.Name == m[1] && w.productOf(creation) == productID {
					return true
				}
			}
		} else if e := w.look(w.target(c)); e != nil && e.Offer != nil && e.Offer.ProductID == productID {
			return true
		}
	}
	return false
}

// productOf resolves the product that a CreateOffer names.
func (w *work) productOf(c *change) string {
	doc := read[struct {
		ProductID string `json:"ProductId"`
	}](c)
	if m := reference.FindStringSubmatch(doc.ProductID); m != nil {
		return w.created[m[1]]
	}
	return doc.ProductID
}

func (w *work) updateVisibility(c *change, i int) {
	p := w.product(i)
	if p == nil {
		return
	}
	doc := read[struct {
		TargetVisibility     string
		ReplacementProductID string `json:"ReplacementProductId"`
	}](c)
	from, to := p.Description.Visibility, doc.TargetVisibility
	switch from {
	case visibilityDraft:
		w.fail(i, "INVALID_PRODUCT_STATE", "the product is a Draft; release it first")
	case to:
		w.fail(i, "INVALID_TARGET_VISIBILITY", "the product already is %s", to)
	}
	p.Description.Visibility = to
	p.Description.ReplacementProductID = ""
	if doc.ReplacementProductID == "" {
		return
	}
	p.Description.ReplacementProductID = optional(doc.ReplacementProductID)
	if to != visibilityRestricted {
		w.fail(i, "INVALID_REPLACEMENT_PRODUCT_ID", "a replacement goes with TargetVisibility Restricted only")
		return
	}
	other := w.look(doc.ReplacementProductID)
	if other == nil || other.Product == nil || other.ID == w.names[i] || !other.Product.onSale() {
		w.fail(i, "INVALID_REPLACEMENT_PRODUCT_ID", "%s is not another product that is Limited or Public", doc.ReplacementProductID)
	}
}

// onSale tells whether the product is Limited or Public.
func (p *product) onSale() bool {
	return p.Description.Visibility == visibilityLimited || p.Description.Visibility == visibilityPublic
}
