package document

// Value returns the value that path names in what [encoding/json.Unmarshal] makes
// of a document, and whether there is one. The empty path names the whole document.
func Value(decoded any, path string) (any, bool) {
	way, ok := steps(path)
	if !ok {
		return nil, false
	}
	for _, s := range way {
		switch v := decoded.(type) {
		case map[string]any:
			if decoded, ok = v[s.name]; !ok || s.entry {
				return nil, false
			}
		case []any:
			if !s.entry || s.index >= len(v) {
				return nil, false
			}
			decoded = v[s.index]
		default:
			return nil, false
		}
	}
	return decoded, true
}
