package lifecycletest

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
)

// Assets is a [lifecycle.Assets] that has every file: a sound logo at each
// address that ends in .png, and a plain text at every other.
type Assets struct{}

// Fetch returns the first limit bytes of the file.
func (Assets) Fetch(_ context.Context, url string, limit int64) ([]byte, error) {
	data := []byte("You may use this model as long as you pay for it.\n")
	if strings.HasSuffix(url, ".png") {
		data = Logo()
	}
	return data[:min(int64(len(data)), limit)], nil
}

// Logo returns a logo that breaks no rule: a white square as PNG. The caller
// owns it.
func Logo() []byte {
	square := image.NewGray(image.Rect(0, 0, 200, 200))
	draw.Draw(square, square.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, square); err != nil {
		panic(err) // an image in memory always encodes
	}
	return b.Bytes()
}
