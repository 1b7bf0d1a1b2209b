package listing_test

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/listing"
)

func picture(w, h int, background color.Color) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			img.Set(x, y, background)
		}
	}
	img.Set(w/2, h/2, color.Black)
	return img
}

func pngOf(t testing.TB, img image.Image) []byte {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, img))
	return b.Bytes()
}

func TestCheckLogo(t *testing.T) {
	for name, c := range map[string]struct {
		w, h       int
		background color.Color
		advice     int
	}{
		"smallest":    {120, 120, color.White, 0},
		"largest":     {640, 320, color.Transparent, 0},
		"too small":   {119, 119, color.White, 1},
		"too large":   {642, 321, color.White, 1},
		"upright":     {200, 400, color.White, 1},
		"odd ratio":   {301, 150, color.White, 1},
		"blue":        {200, 200, color.RGBA{0, 0, 255, 255}, 1},
		"all at once": {700, 100, color.Black, 3},
	} {
		t.Run(name, func(t *testing.T) {
			found := listing.CheckLogo(pngOf(t, picture(c.w, c.h, c.background)))
			require.NoError(t, found.Err())
			assert.Len(t, found.Advice, c.advice, "%v", found.Advice)
			for _, a := range found.Advice {
				assert.Equal(t, listing.RuleLogoShape, a.Rule)
				assert.Equal(t, "promotion.logo", a.Path)
			}
		})
	}
}

func TestCheckLogoFormats(t *testing.T) {
	img := picture(200, 200, color.White)
	var asJPEG, asGIF bytes.Buffer
	require.NoError(t, jpeg.Encode(&asJPEG, img, nil))
	require.NoError(t, gif.Encode(&asGIF, img, nil))
	for name, data := range map[string][]byte{"png": pngOf(t, img), "jpeg": asJPEG.Bytes(), "gif": asGIF.Bytes()} {
		found := listing.CheckLogo(data)
		require.NoError(t, found.Err(), name)
		require.Empty(t, found.Advice, name)
	}
	for name, data := range map[string][]byte{"svg": []byte("<svg/>"), "nothing": nil, "cut": pngOf(t, img)[:20]} {
		require.ErrorIs(t, listing.CheckLogo(data).Err(), listing.RuleLogo, name)
	}
	exact := append(pngOf(t, img), make([]byte, listing.MaxLogoSize)...)
	require.NoError(t, listing.CheckLogo(exact[:listing.MaxLogoSize]).Err())
	require.ErrorIs(t, listing.CheckLogo(exact[:listing.MaxLogoSize+1]).Err(), listing.RuleLogo)
	whole := pngOf(t, img)
	require.Len(t, listing.CheckLogo(whole[:len(whole)-20]).Advice, 1, "cut in the middle")
}

func FuzzCheckLogo(f *testing.F) {
	f.Add(pngOf(f, picture(120, 120, color.White)))
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(_ *testing.T, data []byte) { listing.CheckLogo(data) })
}
