package listing_test

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// The parts of a link are limited one by one, as the marketplace does it.
func TestLinksAtTheirLimits(t *testing.T) {
	name := func(n int) string { return strings.Repeat("a", n) }
	for link, valid := range map[string]bool{
		"https://.com":                          false,
		"https://a.com":                         true,
		"https://" + name(256) + ".com":         true,
		"https://" + name(257) + ".com":         false,
		"https://www." + name(256) + ".com":     true,
		"https://example.c":                     false,
		"https://example.de":                    true,
		"https://example." + name(63):           true,
		"https://example." + name(64):           false,
		"https://example." + name(63) + "/":     true,
		"javascript:alert()//https://a.com":     false,
		"https://example.com/" + name(10) + " ": true,
		"https://example.com/\n":                false,
	} {
		l := lifecycletest.ModelPackage()
		l.Promotion.Links[0].URL = link
		if valid {
			assert.NoError(t, listing.Check(l).Err(), link)
		} else {
			lifecycletest.RequireRefused(t, listing.Check(l).Err(), listing.RuleLinks)
		}
	}
}

func TestAtMost100Regions(t *testing.T) {
	for n, said := range map[int]bool{100: false, 101: true} {
		l := lifecycletest.ModelPackage()
		for i := range n {
			l.Regions.Only = append(l.Regions.Only, listing.Region(fmt.Sprintf("moon-%d", i)))
		}
		text := listing.Check(l).Err().Error()
		assert.Equal(t, said, strings.Contains(text, fmt.Sprintf("has %d entries, 100 are allowed", n)))
	}
}

func TestEveryPaidAlgorithmPricesTraining(t *testing.T) {
	l := lifecycletest.Algorithm()
	l.Offer.Model = pricing.Hourly
	l.Offer.Rates = pricing.RateCard{pricing.Batch(instance): pricing.MustUSD("1"), pricing.RealTime(instance): pricing.MustUSD("1")}
	lifecycletest.RequireRefused(t, listing.Check(l).Err(), listing.RuleTrainingIsHourly)

	l = lifecycletest.Algorithm()
	l.Kind = version.Kind("endpoint")
	lifecycletest.RequireRefused(t, listing.Check(l).Err(), listing.RuleKindMatches)
}

func TestEachCornerOfALogoIsLookedAt(t *testing.T) {
	for _, corner := range []image.Point{{0, 0}, {199, 0}, {0, 199}, {199, 199}} {
		logo := picture(200, 200, color.White).(*image.RGBA)
		logo.Set(corner.X, corner.Y, color.Black)
		require.Len(t, listing.CheckLogo(pngOf(t, logo)).Advice, 1, corner)
	}
	// What JPEG makes of white is white.
	for grey, advice := range map[uint16]int{0xF0FF: 1, 0xF100: 0} {
		logo := image.NewGray16(image.Rect(0, 0, 200, 200))
		draw.Draw(logo, logo.Bounds(), image.NewUniform(color.Gray16{Y: grey}), image.Point{}, draw.Src)
		require.Len(t, listing.CheckLogo(pngOf(t, logo)).Advice, advice, "%#x", grey)
	}
}

func TestLimitsOfALogoAreAsStated(t *testing.T) {
	assert.Equal(t, 5_000_000, listing.MaxLogoSize)
	for side, advice := range map[int]int{119: 1, 120: 0, 640: 0, 641: 1} {
		require.Len(t, listing.CheckLogo(pngOf(t, picture(side, side, color.White))).Advice, advice, side)
	}
	data := pngOf(t, picture(200, 200, color.White))
	require.Empty(t, listing.CheckLogo(data[:20]).Advice, "what is no image has no shape")
}

// A file that unpacks into a huge image, or is too large, is not unpacked: its
// background is not spoken of.
func TestHugeLogosAreNotDecoded(t *testing.T) {
	for side, advice := range map[int]int{4096: 3, 4097: 2} {
		require.Len(t, listing.CheckLogo(pngOf(t, picture(side, 1, color.Black))).Advice, advice, side)
	}
	data := append(pngOf(t, picture(200, 200, color.Black)), make([]byte, listing.MaxLogoSize)...)
	require.Len(t, listing.CheckLogo(data[:listing.MaxLogoSize]).Advice, 1)
	require.Empty(t, listing.CheckLogo(data[:listing.MaxLogoSize+1]).Advice)
}
