package listing

import (
	"bytes"
	"image"
	"image/color"
	_ "image/gif" // the three formats that the marketplace takes
	_ "image/jpeg"
	_ "image/png"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// RuleLogoShape is advice on the image of the logo; [CheckLogo] applies it.
var RuleLogoShape = rule.Rule{ID: "promo.logo-shape", Severity: rule.Should,
	Statement: "a logo has 120 to 640 pixels a side, a ratio of 1:1 or 2:1, and a white or transparent background",
	Remedy:    "export it again, for example with 640 by 320 pixels on white",
	Source:    "seller guide, submitting your product: product logo requirements"}

const (
	// MaxLogoSize is the most bytes that a logo may have: 5 MB.
	MaxLogoSize = 5_000_000
	minLogoSide = 120
	maxLogoSide = 640
	// maxDecodedSide keeps a small file from unpacking into a huge image.
	maxDecodedSide = 4096
)

// CheckLogo returns what is wrong with the bytes of a logo, by [RuleLogo] and,
// as advice, [RuleLogoShape]. Paths are those of the listing. It never fails
// and keeps nothing.
func CheckLogo(data []byte) rule.Findings {
	return rule.Run(data, []rule.Check[[]byte]{
		{Rule: RuleLogo, Find: func(data []byte, r *rule.Report) {
			if len(data) > MaxLogoSize {
				r.BrokenRemedy(logoPath, "make it smaller", "has %d bytes, %d are allowed", len(data), MaxLogoSize)
			}
			if _, _, err := image.DecodeConfig(bytes.NewReader(data)); err != nil {
				r.BrokenRemedy(logoPath, "give a PNG, JPG or GIF image", "is not an image that the marketplace takes: %v", err)
			}
		}},
		{Rule: RuleLogoShape, Find: checkLogoShape},
	})
}

const logoPath = "promotion.logo"

func checkLogoShape(data []byte, r *rule.Report) {
	shape, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return // promo.logo speaks of that
	}
	w, h := shape.Width, shape.Height
	if min(w, h) < minLogoSide || max(w, h) > maxLogoSide {
		r.Broken(logoPath, "has %d by %d pixels", w, h)
	}
	if w != h && w != 2*h {
		r.Broken(logoPath, "has the ratio %d:%d", w, h)
	}
	if max(w, h) > maxDecodedSide || len(data) > MaxLogoSize {
		return
	}
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		r.Broken(logoPath, "cannot be decoded whole: %v", err)
		return
	}
	// The corners stand for the background.
	b := picture.Bounds()
	for _, corner := range []image.Point{b.Min, {b.Max.X - 1, b.Min.Y}, {b.Min.X, b.Max.Y - 1}, {b.Max.X - 1, b.Max.Y - 1}} {
		if !whiteOrClear(picture.At(corner.X, corner.Y)) {
			r.Broken(logoPath, "has a background that is neither white nor transparent")
			return
		}
	}
}

// whiteOrClear allows for what JPEG makes of white.
func whiteOrClear(c color.Color) bool {
	const nearly = 0xF0FF
	red, green, blue, alpha := c.RGBA()
	return alpha == 0 || min(red, green, blue) > nearly
}
