package catalog_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/catalog"
	"github.com/shelflife-go/shelflife/listing/document"
)

// kind is one type of document, with its type parameter put away.
type kind struct {
	zero any
	// read returns the document as it is written again and, of the typed part
	// alone, the value and what it is written as.
	read func(data []byte) (again []byte, value any, alone []byte, err error)
}

func of[T any]() kind {
	return kind{zero: *new(T), read: func(data []byte) ([]byte, any, []byte, error) {
		d, err := catalog.Decode[T](data)
		if err != nil {
			return nil, nil, nil, err
		}
		again, err := json.Marshal(d)
		if err != nil {
			return nil, nil, nil, err
		}
		alone, err := json.Marshal(catalog.Document[T]{Value: d.Value})
		return again, d.Value, alone, err
	}}
}

// kinds are named as the files of schemas are.
var kinds = map[string]kind{
	"ml-CreateProduct":                 of[catalog.CreateProduct](),
	"ml-UpdateInformation":             of[catalog.UpdateInformation](),
	"ml-UpdateTargeting":               of[catalog.UpdateTargeting](),
	"ml-AddDeliveryOptions":            of[catalog.AddDeliveryOptions](),
	"ml-UpdateDeliveryOptions":         of[catalog.UpdateDeliveryOptions](),
	"ml-RestrictDeliveryOptions":       of[catalog.RestrictDeliveryOptions](),
	"ml-ReleaseProduct":                of[catalog.ReleaseProduct](),
	"ml-UpdateVisibility":              of[catalog.UpdateVisibility](),
	"ml-entity":                        of[catalog.Product](),
	"offer-CreateOffer":                of[catalog.CreateOffer](),
	"offer-UpdateInformation":          of[catalog.UpdateOfferInformation](),
	"offer-UpdateTargeting":            of[catalog.UpdateOfferTargeting](),
	"offer-UpdateAvailability":         of[catalog.UpdateAvailability](),
	"offer-UpdatePricingTerms":         of[catalog.UpdatePricingTerms](),
	"offer-UpdateLegalTerms":           of[catalog.UpdateLegalTerms](),
	"offer-UpdateSupportTerms":         of[catalog.UpdateSupportTerms](),
	"offer-UpdateRenewalTerms":         of[catalog.UpdateRenewalTerms](),
	"offer-UpdateValidityTerms":        of[catalog.UpdateValidityTerms](),
	"offer-UpdatePaymentScheduleTerms": of[catalog.UpdatePaymentScheduleTerms](),
	"offer-ReleaseOffer":               of[catalog.ReleaseOffer](),
	"offer-entity":                     of[catalog.Offer](),
}

// names are those in kinds, in order.
var names = slices.Sorted(maps.Keys(kinds))

// kindOf finds the type of a sample by the name of its file.
func kindOf(t testing.TB, sample string) kind {
	t.Helper()
	if strings.Contains(sample, "entity-detail") {
		entity, _, _ := strings.Cut(sample, "-")
		return kinds[entity+"-entity"]
	}
	plain := strings.NewReplacer("-model-package", "", "-algorithm", "").Replace(sample)
	best := ""
	for _, name := range names {
		entity, change, _ := strings.Cut(name, "-")
		var kebab strings.Builder
		for _, r := range change {
			if r >= 'A' && r <= 'Z' {
				kebab.WriteByte('-')
			}
			kebab.WriteString(strings.ToLower(string(r)))
		}
		if strings.HasPrefix(plain, entity+kebab.String()) && len(name) > len(best) {
			best = name
		}
	}
	require.NotEmpty(t, best, sample)
	return kinds[best]
}

func samples(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "samples", "*.json"))
	require.NoError(t, err)
	all := map[string][]byte{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = data
	}
	require.Len(t, all, 28)
	return all
}

func TestSamplesAreReadAndWrittenWithoutLoss(t *testing.T) {
	t.Parallel()
	for name, data := range samples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			again, _, alone, err := kindOf(t, name).read(data)
			require.NoError(t, err)
			assert.JSONEq(t, string(data), string(again))
			// The document keeps what it was read from, so that alone would be
			// true of a type without members, too: the typed part must have all
			// that is not null or empty.
			var want, typed any
			require.NoError(t, json.Unmarshal(data, &want))
			require.NoError(t, json.Unmarshal(alone, &typed))
			assert.Empty(t, missing("", want, typed))
		})
	}
}

// Of changes the typed part alone is the sample, but for what must be sent whole.
func TestSamplesOfChangesAreWhatTheirTypesWrite(t *testing.T) {
	t.Parallel()
	checked := 0
	for name, data := range samples(t) {
		if strings.Contains(name, "entity-detail") || name == "ml-model-package-update-delivery-options" {
			continue
		}
		_, _, alone, err := kindOf(t, name).read(data)
		require.NoError(t, err)
		assert.JSONEq(t, string(data), string(alone), name)
		checked++
	}
	assert.Equal(t, 24, checked)
}

// missing lists the paths in want that has lacks.
func missing(path string, want, has any) (paths []string) {
	switch want := want.(type) {
	case map[string]any:
		is, _ := has.(map[string]any)
		for name, value := range want {
			paths = append(paths, missing(path+"."+name, value, is[name])...)
		}
		return paths
	case []any:
		is, _ := has.([]any)
		if len(is) != len(want) {
			return []string{path}
		}
		for i := range want {
			paths = append(paths, missing(fmt.Sprintf("%s[%d]", path, i), want[i], is[i])...)
		}
		return paths
	case nil:
		return nil
	}
	if want != has {
		return []string{path}
	}
	return nil
}

func TestWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]document.Error{
		``:                              {Problem: "is not valid JSON: unexpected end of JSON input"},
		`{"Versions": []} {}`:           {Problem: "is not valid JSON: invalid character '{' after top-level value"},
		`null`:                          {Problem: "is not a JSON object"},
		` [{}]`:                         {Problem: "is not a JSON object"},
		"{\"a\": \"\xff\"}":             {Problem: "is not UTF-8"},
		`{"Versions": 7}`:               {Path: "Versions", Problem: "want an array, got number"},
		`{"Description": {"Sku": [1]}}`: {Path: "Description.Sku", Problem: "want a string, got array"},
		`{"Versions": [{"DeliveryOptions": [{"Instructions": ""}]}]}`: {
			Path: "Versions.DeliveryOptions.Instructions", Problem: "want an object, got string"},
		`{"a": "` + strings.Repeat("a", document.MaxSize) + `"}`: {Problem: fmt.Sprintf("has %d bytes, %d are allowed", document.MaxSize+9, document.MaxSize)},
	} {
		_, err := catalog.Decode[catalog.Product]([]byte(data))
		var got *document.Error
		require.ErrorAs(t, err, &got)
		assert.Equal(t, want, document.Error{Path: got.Path, Problem: got.Problem})

		kept := catalog.Document[catalog.Product]{Value: catalog.Product{Description: catalog.ProductDescription{Sku: "kept"}}}
		if json.Valid([]byte(data)) {
			require.Error(t, json.Unmarshal([]byte(data), &kept))
			assert.Equal(t, "kept", kept.Value.Description.Sku)
		}
	}
}

func TestChangesLeaveTheRestAsItWasRead(t *testing.T) {
	t.Parallel()
	const read = `{"Description": {"ProductTitle": "A", "Sku": null, "New": {"x": 1.50}}, "Future": [1e2], "Versions": [
		{"VersionTitle": "1", "ReleaseNotes": null, "New": "of 1"},
		{"VersionTitle": "2", "DeliveryOptions": [{"Visibility": "Public", "New": true}], "New": "of 2"},
		{"VersionTitle": "3", "New": "of 3"}]}`
	for name, c := range map[string]struct {
		change func(*catalog.Product)
		want   string
	}{
		"a member": {func(p *catalog.Product) { p.Description.ProductTitle = "B" }, strings.Replace(read, `"A"`, `"B"`, 1)},
		"a null":   {func(p *catalog.Product) { p.Description.Sku = "S" }, strings.Replace(read, `"Sku": null`, `"Sku": "S"`, 1)},
		"an absent object": {
			func(p *catalog.Product) {
				p.Versions[1].DeliveryOptions[0].Instructions.InputProperties.Limitations = "L"
			},
			strings.Replace(read, `"Visibility": "Public"`, `"Visibility": "Public", "Instructions": {"InputProperties": {"Limitations": "L"}}`, 1),
		},
		"a member removed": {func(p *catalog.Product) { p.Description.ProductTitle = "" }, strings.Replace(read, `"ProductTitle": "A", `, "", 1)},
		"an entry removed": {
			func(p *catalog.Product) { p.Versions = p.Versions[1:] },
			strings.Replace(read, `{"VersionTitle": "1", "ReleaseNotes": null, "New": "of 1"},`, "", 1),
		},
		"an entry added in front": {
			func(p *catalog.Product) { p.Versions = append([]catalog.Version{{VersionTitle: "0"}}, p.Versions...) },
			strings.Replace(read, `{"VersionTitle": "1"`, `{"VersionTitle": "0"}, {"VersionTitle": "1"`, 1),
		},
		"entries moved and one changed": {
			func(p *catalog.Product) {
				p.Versions[0], p.Versions[2] = p.Versions[2], p.Versions[0]
				p.Versions[1].DeliveryOptions[0].Visibility = "Restricted"
			},
			`{"Description": {"ProductTitle": "A", "Sku": null, "New": {"x": 1.50}}, "Future": [1e2], "Versions": [
				{"VersionTitle": "3", "New": "of 3"},
				{"VersionTitle": "2", "DeliveryOptions": [{"Visibility": "Restricted", "New": true}], "New": "of 2"},
				{"VersionTitle": "1", "ReleaseNotes": null, "New": "of 1"}]}`,
		},
		"all entries removed": {func(p *catalog.Product) { p.Versions = nil }, `{"Description": {"ProductTitle": "A", "Sku": null, "New": {"x": 1.50}}, "Future": [1e2]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := catalog.Decode[catalog.Product]([]byte(read))
			require.NoError(t, err)
			c.change(&d.Value)
			data, err := json.Marshal(d)
			require.NoError(t, err)
			assert.JSONEq(t, c.want, string(data))
			again, err := catalog.Decode[catalog.Product](data)
			require.NoError(t, err)
			assert.Equal(t, d.Value, again.Value)
			assert.Contains(t, string(data), `1.50`, "numbers stay as they are written")
		})
	}
}

// Entries that are the same as far as is known each keep what is unknown.
func TestEntriesThatLookAlikeStayApart(t *testing.T) {
	t.Parallel()
	d, err := catalog.Decode[catalog.Offer]([]byte(`{"Terms": [{"Type": "New", "X": 1}, {"Type": "New", "X": 2}, {"Type": "SupportTerm"}]}`))
	require.NoError(t, err)
	d.Value.Terms[2].RefundPolicy = "None."
	data, err := json.Marshal(d)
	require.NoError(t, err)
	assert.JSONEq(t, `{"Terms": [{"Type": "New", "X": 1}, {"Type": "New", "X": 2}, {"Type": "SupportTerm", "RefundPolicy": "None."}]}`, string(data))
}

func TestMemberThatIsGivenTwiceIsNotChanged(t *testing.T) {
	t.Parallel()
	d, err := catalog.Decode[catalog.Offer]([]byte(`{"State": "Draft", "state": "Draft"}`))
	require.NoError(t, err)
	same, err := json.Marshal(d)
	require.NoError(t, err)
	// Not as JSON: that would see one of the two only.
	assert.True(t, bytes.Equal([]byte(`{"State":"Draft","state":"Draft"}`), same), "%s", same)
	d.Value.State = "Released"
	_, err = json.Marshal(d)
	var got *document.Error
	require.ErrorAs(t, err, &got)
	assert.Contains(t, got.Problem, "several times")
}

func TestClearable(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]catalog.Clearable[string]{
		`{}`: {}, `{"Sku":null}`: {Cleared: true}, `{"Sku":"S"}`: catalog.Set("S"), `{"Sku":""}`: catalog.Set(""),
	} {
		d, err := catalog.Decode[catalog.UpdateInformation]([]byte(data))
		require.NoError(t, err)
		assert.Equal(t, want, d.Value.Sku)
		alone, err := json.Marshal(d.Value)
		require.NoError(t, err)
		assert.Equal(t, data, string(alone))
	}
	_, err := catalog.Decode[catalog.UpdateInformation]([]byte(`{"Sku": 7}`))
	assert.Error(t, err)
	_, err = catalog.Decode[catalog.UpdateOfferInformation]([]byte(`{"PreExistingAgreement": {"PricingModel": {}}}`))
	assert.Error(t, err)
}

// Whatever the marketplace adds, anywhere, is there after a change elsewhere.
func TestAnythingAddedIsKept(t *testing.T) {
	t.Parallel()
	all := samples(t)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"ml-model-package-entity-detail", "ml-algorithm-entity-detail"}).Draw(t, "sample")
		var doc map[string]any
		require.NoError(t, json.Unmarshal(all[name], &doc))
		decorate(t, doc)
		data, err := json.Marshal(doc)
		require.NoError(t, err)
		d, err := catalog.Decode[catalog.Product](data)
		require.NoError(t, err)
		title := rapid.StringN(1, 20, -1).Draw(t, "title")
		d.Value.Versions[0].DeliveryOptions[0].Instructions.Usage = title
		option := doc["Versions"].([]any)[0].(map[string]any)["DeliveryOptions"].([]any)[0].(map[string]any)
		option["Instructions"].(map[string]any)["Usage"] = title
		want, err := json.Marshal(doc)
		require.NoError(t, err)
		got, err := json.Marshal(d)
		require.NoError(t, err)
		require.JSONEq(t, string(want), string(got))
	})
}

// decorate adds members that nobody knows to some of the objects.
func decorate(t *rapid.T, value any) {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			decorate(t, value[name])
		}
		if rapid.Bool().Draw(t, "decorated") {
			value["X-"+rapid.StringMatching(`[a-z]{1,5}`).Draw(t, "name")] = rapid.SampledFrom([]any{
				nil, "text", 1.5, true, []any{}, map[string]any{"Deep": []any{nil}},
			}).Draw(t, "value")
		}
	case []any:
		for _, entry := range value {
			decorate(t, entry)
		}
	}
}

// What a document is written as, it is read as again, whichever type reads it.
func FuzzDecode(f *testing.F) {
	for _, data := range samples(f) {
		f.Add(data)
	}
	f.Add([]byte(`{"Versions": [null, {"DeliveryOptions": null}], "versions": [{}], "Terms": [{"Grants": [{"MaxQuantity": 1}]}], "Sku": null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, name := range names {
			again, value, alone, err := kinds[name].read(data)
			if err != nil {
				var known *document.Error
				require.ErrorAs(t, err, &known)
				continue
			}
			twice, same, aloneTwice, err := kinds[name].read(again)
			require.NoError(t, err)
			assert.Equal(t, string(again), string(twice))
			assert.Equal(t, value, same)
			assert.Equal(t, string(alone), string(aloneTwice))
			settled, _, settledAlone, err := kinds[name].read(alone)
			require.NoError(t, err)
			assert.Equal(t, string(alone), string(settled))
			assert.Equal(t, string(alone), string(settledAlone), "encode, decode, encode")
		}
	})
}
