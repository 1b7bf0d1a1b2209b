package catalog

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// merge carries the changes from base to now over to source. Base is what the
// typed value made of source, so whatever source has beyond it is unknown to
// the types and stays.
func merge(source, base, now any) any {
	if reflect.DeepEqual(base, now) {
		return source
	}
	was, isObject := base.(map[string]any)
	is, staysObject := now.(map[string]any)
	if isObject && staysObject {
		had, _ := source.(map[string]any) // nil for null
		return mergeObjects(had, was, is)
	}
	if was, ok := base.([]any); ok {
		is, stays := now.([]any)
		had, _ := source.([]any)
		if stays && len(had) == len(was) {
			return mergeArrays(had, was, is)
		}
	}
	return now
}

func mergeObjects(source, base, now map[string]any) map[string]any {
	out := map[string]any{}
	for name, value := range source {
		if _, known := base[name]; !known {
			out[name] = value
		}
	}
	for name, value := range now {
		was, known := base[name]
		had, given := source[name]
		switch {
		case !known:
			out[name] = value
		case given || !reflect.DeepEqual(was, value):
			out[name] = merge(had, was, value)
		}
	}
	return out
}

// mergeArrays keeps entries together with what is unknown of them when entries
// are added, removed or moved: an entry that is as it was read is found again by
// its value, and only one that is not is taken for a change of the entry in its
// place.
func mergeArrays(source, base, now []any) []any {
	places := map[string][]int{}
	for i, entry := range base {
		places[text(entry)] = append(places[text(entry)], i)
	}
	out, found, taken := make([]any, len(now)), make([]bool, len(now)), make([]bool, len(base))
	for i, entry := range now {
		if same := places[text(entry)]; len(same) > 0 {
			out[i], found[i], taken[same[0]] = source[same[0]], true, true
			places[text(entry)] = same[1:]
		}
	}
	for i, entry := range now {
		switch {
		case found[i]:
		case i < len(base) && !taken[i]:
			out[i] = merge(source[i], base[i], entry)
		default:
			out[i] = entry
		}
	}
	return out
}

// tree takes JSON that is known to be valid apart; numbers stay as written.
func tree(data []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	_ = decoder.Decode(&value)
	return value
}

// text is the one text of a tree.
func text(value any) string {
	data, _ := json.Marshal(value) // trees come from JSON
	return string(data)
}
