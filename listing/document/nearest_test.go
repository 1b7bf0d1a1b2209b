package document_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/listing/document"
)

// What is misspelt is found again; what is another word is not.
func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"kind", "keywords", "name", "number", "offer", "realTime", "regions", "title", "trialDays", "überview"}
	for name, want := range map[string]string{
		"tilte": "title", "titel": "title", "Titel": "title", "title": "title", "nam": "name", "names": "name", "kynd": "kind",
		"trailDays": "trialDays", "trailDay": "trialDays", "trialdays": "trialDays", "keyword": "keywords", "real_time": "realTime", "überviiw": "überview",
		"nummer": "number", "offers": "offer", "region": "regions",
		"": "", "x": "", "tags": "", "days": "", "sku": "", "trial": "", "time": "", strings.Repeat("title", 50): "",
	} {
		assert.Equal(t, want, document.Nearest(name, known), name)
	}
	assert.Equal(t, "ab", document.Nearest("ax", []string{"ab", "ay"}), "the first of those that are as near")
	assert.Empty(t, document.Nearest("a", []string{"b"}))
	assert.Empty(t, document.Nearest("title", nil))
}

func ExampleNearest() {
	fmt.Println(document.Nearest("trailDays", []string{"name", "rates", "trialDays"}))
	fmt.Printf("%q\n", document.Nearest("days", []string{"name", "rates", "trialDays"}))
	// Output:
	// trialDays
	// ""
}
