package browser

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// pictures is where pictures are written, if SHELFLIFE_PICTURES is set.
const pictures = "../../docs/pictures"

// picture takes a picture of the whole page. It keeps the pictures of the documentation
// only if it is asked to.
func (p *tab) picture(name string) {
	p.t.Helper()
	data, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	require.NoError(p.t, err)
	whole, err := png.Decode(bytes.NewReader(data))
	require.NoError(p.t, err)
	require.Greater(p.t, whole.Bounds().Dy(), 200, name)
	if os.Getenv("SHELFLIFE_PICTURES") == "" {
		return
	}
	var small bytes.Buffer
	require.NoError(p.t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, fewColors(whole)))
	require.NoError(p.t, os.MkdirAll(pictures, 0o755))
	require.NoError(p.t, os.WriteFile(filepath.Join(pictures, name+".png"), small.Bytes(), 0o644))
}

// fewColors returns the picture with 256 colours, which makes a quarter of its file.
func fewColors(whole image.Image) image.Image {
	count := map[color.RGBA]int{}
	b := whole.Bounds()
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(whole.At(x, y)).(color.RGBA) }
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			count[at(x, y)]++
		}
	}
	all := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	palette, index := paletteOf(all), map[color.RGBA]uint8{}
	for _, c := range all {
		index[c] = uint8(palette.Index(c))
	}
	out := image.NewPaletted(b, palette)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			out.SetColorIndex(x, y, index[at(x, y)])
		}
	}
	return out
}

// paletteOf returns 256 of the colours, which come the most frequent first: the first half
// of them, and then those that are the least like the ones that there are.
func paletteOf(all []color.RGBA) color.Palette {
	palette := color.Palette{}
	for _, c := range all[:min(len(all), 128)] {
		palette = append(palette, c)
	}
	rest := all[len(palette):]
	apart := make([]int, len(rest)) // from the nearest that there is
	nearest := func(a color.RGBA, b color.Color) int {
		c := b.(color.RGBA)
		r, g, bl := int(a.R)-int(c.R), int(a.G)-int(c.G), int(a.B)-int(c.B)
		return r*r + g*g + bl*bl
	}
	for i, c := range rest {
		apart[i] = nearest(c, palette[palette.Index(c)])
	}
	for len(palette) < 256 && len(rest) > 0 {
		next := rest[slices.Index(apart, slices.Max(apart))]
		palette = append(palette, next)
		for i, c := range rest {
			apart[i] = min(apart[i], nearest(c, next))
		}
	}
	return palette
}

// serve returns the address of a server that ends with the test.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}
