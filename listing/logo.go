package listing

import (
	"bytes"
	"image"
	"image/color"
	_ "image/gif" // the three formats that the marketplace accepts
	_ "image/jpeg"
	_ "image/png"

	"github.com/shelflife-go/shelflife/listing/rule"
)

const (
	// MaxLogoSize is the largest size of a logo in bytes: 5 MB.
	MaxLogoSize = 5_000_000
	minLogoSide = 120
	maxLogoSide = 640
	// maxLogoScans bounds work: decoding a JPEG goes over the whole picture once for
	// each scan, and one of a few bytes costs as much as any. Programs write up to
	// about a dozen.
	maxLogoScans = 50
)

// CheckLogo checks the bytes of a logo by [RuleLogo] and [RuleLogoShape]. The
// path of all findings is "promotion.logo". CheckLogo does not keep data. It decodes
// no picture that is too large or has more than 50 JPEG scans, so that its work is
// bounded whatever the file holds: at most 640 by 640 pixels, 50 times.
func CheckLogo(data []byte) rule.Findings {
	return rule.Run(data, []rule.Check[[]byte]{
		{Rule: RuleLogo, Find: func(data []byte, r *rule.Report) {
			if len(data) > MaxLogoSize {
				r.BrokenRemedy(logoPath, "make it smaller", "has %d bytes, %d are allowed", len(data), MaxLogoSize)
			}
			if _, _, err := image.DecodeConfig(bytes.NewReader(data)); err != nil {
				r.BrokenRemedy(logoPath, "give a PNG, JPG or GIF image", "is not an image that the marketplace accepts: %v", err)
			}
		}},
		{Rule: RuleLogoShape, Find: checkLogoShape},
	})
}

const logoPath = "promotion.logo"

// startOfScan is the marker of a JPEG scan. In the data of a picture it cannot be
// anything else; metadata may hold a few more.
var startOfScan = []byte{0xFF, 0xDA}

func checkLogoShape(data []byte, r *rule.Report) {
	shape, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return // reported by RuleLogo
	}
	w, h := shape.Width, shape.Height
	if min(w, h) < minLogoSide || max(w, h) > maxLogoSide {
		r.Broken(logoPath, "has %d by %d pixels", w, h)
	}
	if w != h && w != 2*h {
		r.Broken(logoPath, "has the ratio %d:%d", w, h)
	}
	if max(w, h) > maxLogoSide || len(data) > MaxLogoSize {
		return
	}
	if n := bytes.Count(data, startOfScan); format == "jpeg" && n > maxLogoScans {
		r.BrokenRemedy(logoPath, "export it again, not progressive", "has %d scans, and is not decoded beyond %d", n, maxLogoScans)
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
