// Package asset judges the files that a listing refers to by their bytes, as the
// marketplace will.
package asset

import (
	"bytes"
	"image"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
)

// Logo returns the format of a logo as package image names it: "png", "jpeg" or
// "gif". The error is the violations of [listing.CheckLogo], without its advice,
// or of [listing.RuleLogo] for any other format.
func Logo(data []byte) (format string, err error) {
	if err := listing.CheckLogo(data).Err(); err != nil {
		return "", err
	}
	_, format, _ = image.DecodeConfig(bytes.NewReader(data))
	switch format {
	case "png", "jpeg", "gif":
		return format, nil
	}
	// A program can teach package image other formats.
	return "", rule.Violations{{Rule: listing.RuleLogo, Path: "promotion.logo",
		Problem: "has the format " + format, Remedy: "give a PNG, JPG or GIF image"}}
}

// EULA returns the violations of [pricing.CheckEULA], or nil.
func EULA(data []byte) error { return pricing.CheckEULA(data).Under("offer").Err() }
