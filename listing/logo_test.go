package listing_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

func picture(w, h int, background color.Color) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.NewUniform(background), image.Point{}, draw.Src)
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
		"all at once": {700, 100, color.Black, 2},
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
	for side, advice := range map[int]int{640: 1, 641: 1, 4096: 1} { // black, or too large and then not looked at
		require.Len(t, listing.CheckLogo(pngOf(t, picture(side, side, color.Black))).Advice, advice, side)
	}
	bomb := listing.CheckLogo(scansOf(t, 4096, 400))
	require.Len(t, bomb.Advice, 1)
	require.Contains(t, bomb.Advice[0].Problem, "pixels", "the size alone")
	data := append(pngOf(t, picture(200, 200, color.Black)), make([]byte, listing.MaxLogoSize)...)
	require.Len(t, listing.CheckLogo(data[:listing.MaxLogoSize]).Advice, 1)
	require.Empty(t, listing.CheckLogo(data[:listing.MaxLogoSize+1]).Advice)
}

// scansOf returns a white JPEG with so many scans: each but the first repeats it.
func scansOf(t testing.TB, side, scans int) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, picture(side, side, color.White), nil))
	data := b.Bytes()
	start := bytes.Index(data, []byte{0xFF, 0xDA})
	scan := data[start : len(data)-2]
	out := bytes.Clone(data[:start])
	for range scans {
		if out = append(out, scan...); len(out) > listing.MaxLogoSize*9/10 {
			break
		}
	}
	return append(out, data[len(data)-2:]...)
}

// A file of the allowed size with many scans is not decoded, whatever else it is.
func TestLogosOfManyScansAreNotDecoded(t *testing.T) {
	for scans, problem := range map[int]string{1: "", 50: "", 51: "has 51 scans"} {
		found := listing.CheckLogo(scansOf(t, 640, scans))
		require.NoError(t, found.Err())
		if problem == "" {
			require.Empty(t, found.Advice)
			continue
		}
		require.Len(t, found.Advice, 1)
		require.Contains(t, found.Advice[0].Problem, problem)
	}
}

// What looks like scans in a file of another format is none.
func TestOnlyJPEGsHaveScans(t *testing.T) {
	data := append(lifecycletest.Logo(), bytes.Repeat([]byte{0xFF, 0xDA}, 60)...)
	require.Empty(t, listing.CheckLogo(data))
}

// What a hostile logo costs at the most: too large, too many scans, and just allowed.
func BenchmarkCheckLogo(b *testing.B) {
	for name, data := range map[string][]byte{
		"4096 pixels, 400 scans": scansOf(b, 4096, 400), "640 pixels, 1000 scans": scansOf(b, 640, 1000), "640 pixels, 1 scan": scansOf(b, 640, 1),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				listing.CheckLogo(data)
			}
		})
	}
}

func FuzzCheckLogo(f *testing.F) {
	f.Add(pngOf(f, picture(120, 120, color.White)))
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(_ *testing.T, data []byte) { listing.CheckLogo(data) })
}
