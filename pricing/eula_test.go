package pricing_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/pricing"
)

func TestCheckEULA(t *testing.T) {
	for name, data := range map[string][]byte{
		"text":            []byte("You may use the model."),
		"byte order mark": []byte("\uFEFFYou may use the model."),
		"other script":    []byte("Вы можете"),
		"largest":         bytes.Repeat([]byte("a"), pricing.MaxEULASize),
	} {
		require.NoError(t, pricing.CheckEULA(data).Err(), name)
	}
	for name, data := range map[string][]byte{
		"empty":     nil,
		"blank":     []byte(" \n\t"),
		"too large": bytes.Repeat([]byte("a"), pricing.MaxEULASize+1),
		"NUL":       []byte("a\x00b"),
		"latin 1":   []byte("caf\xe9"),
		"UTF-16":    []byte("\xFF\xFEY\x00o\x00u\x00"),
		"PDF":       []byte("%PDF-1.7 ..."),
		"Word":      []byte("PK\x03\x04..."),
		"old Word":  []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
		"RTF":       []byte(`{\rtf1 You may`),
		"HTML":      []byte("\n <!DOCTYPE HTML><p>You may"),
		"gzip":      []byte("\x1F\x8B\x08"),
		"image":     []byte("\x89PNG\r\n"),
		"XML":       []byte("<?xml version='1.0'?>"),
	} {
		found := pricing.CheckEULA(data)
		require.ErrorIs(t, found.Err(), pricing.RuleEULAPlainText, name)
		require.Len(t, found.Violations, 1, name)
	}
}

func FuzzCheckEULA(f *testing.F) {
	f.Add([]byte("You may use the model."))
	f.Fuzz(func(_ *testing.T, data []byte) { pricing.CheckEULA(data) })
}

func ExampleCheckEULA() {
	fmt.Println(pricing.CheckEULA([]byte("%PDF-1.7")).Err())
	// Output: eula.url: is a PDF; save it as plain text in UTF-8 and upload that (eula.plain-text)
}
