package dynamostore_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/shelflife-go/shelflife/listing"
)

// leading is a transport that does what [dynamostore.Policy] asks of DynamoDB: it
// refuses a request that names an item of another seller. It notes the actions.
type leading struct {
	of        atomic.Value // a listing.AccountID
	mu        sync.Mutex
	performed map[string]bool
}

// RoundTrip implements [http.RoundTripper].
func (l *leading) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	_ = request.Body.Close()
	request.Body = io.NopCloser(bytes.NewReader(body))
	var sent any
	if err := json.Unmarshal(body, &sent); err != nil {
		return nil, err
	}
	_, operation, _ := strings.Cut(request.Header.Get("X-Amz-Target"), ".")
	if strings.HasSuffix(operation, "Table") || strings.HasSuffix(operation, "Backups") {
		return transport().RoundTrip(request)
	}
	l.note(operation, sent)
	keys := keysIn(sent)
	if len(keys) == 0 {
		panic("a request without a key: " + string(body))
	}
	for _, key := range keys {
		if !strings.HasPrefix(key, string(l.of.Load().(listing.AccountID))+"#") {
			panic("a request about another seller: " + key)
		}
	}
	return transport().RoundTrip(request)
}

// note notes the actions that IAM asks for.
func (l *leading) note(operation string, sent any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.performed == nil {
		l.performed = map[string]bool{}
	}
	if !strings.HasPrefix(operation, "Transact") {
		l.performed["dynamodb:"+operation] = true
		return
	}
	for _, each := range sent.(map[string]any)["TransactItems"].([]any) {
		for what := range each.(map[string]any) { // such as "Put"
			l.performed["dynamodb:"+what+"Item"] = true
		}
	}
}

func (l *leading) actions() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Keys(l.performed))
}

// keysIn returns the partition keys that a request names.
func keysIn(value any) []string {
	var keys []string
	switch v := value.(type) {
	case []any:
		for _, each := range v {
			keys = append(keys, keysIn(each)...)
		}
	case map[string]any:
		for name, each := range v {
			if attribute, is := each.(map[string]any); is && (name == "pk" || name == ":p") {
				if key, is := attribute["S"].(string); is {
					keys = append(keys, key)
				}
			}
			keys = append(keys, keysIn(each)...)
		}
	}
	return keys
}
