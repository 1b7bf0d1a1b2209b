package dynamostore_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// fault is what goes wrong with one request.
type fault string

const (
	none             fault = ""
	throttled        fault = "throttled"
	transThrottled   fault = "a transaction throttled"
	conflicting      fault = "a conflict with another transaction"
	inProgress       fault = "the same transaction in progress"
	serverFault      fault = "a fault of the server"
	serverFaultAfter fault = "a fault of the server after it took effect"
	cutBefore        fault = "a connection cut before it took effect"
	cutAfter         fault = "a connection cut after it took effect"
	cutAnswer        fault = "an answer cut in the middle"
	unprocessed      fault = "a batch done in part"
	unprocessedAll   fault = "a batch not done at all"
	noTable          fault = "no such table"
	denied           fault = "no permission"
	expired          fault = "credentials that have expired"
)

var errCut = errors.New("read tcp 127.0.0.1: connection reset by peer")

// faulty lets requests through, or not.
type faulty struct {
	next http.RoundTripper
	// choose says what goes wrong with a request of the operation.
	choose func(operation string) fault
}

// RoundTrip implements [http.RoundTripper].
func (f *faulty) RoundTrip(request *http.Request) (*http.Response, error) {
	_, operation, _ := strings.Cut(request.Header.Get("X-Amz-Target"), ".")
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	_ = request.Body.Close()
	set := func(body []byte) {
		request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		request.GetBody = nil
	}
	set(body)
	switch wrong := f.choose(operation); wrong {
	case none:
		return f.next.RoundTrip(request)
	case throttled:
		return refused(request, 400, "ProvisionedThroughputExceededException", nil), nil
	case transThrottled:
		return refused(request, 400, "TransactionCanceledException", reasons(body, "ThrottlingError")), nil
	case conflicting:
		return refused(request, 400, "TransactionCanceledException", reasons(body, "TransactionConflict")), nil
	case inProgress:
		return refused(request, 400, "TransactionInProgressException", nil), nil
	case serverFault:
		return refused(request, 500, "InternalServerError", nil), nil
	case noTable:
		return refused(request, 400, "ResourceNotFoundException", nil), nil
	case denied:
		return refused(request, 400, "AccessDeniedException", nil), nil
	case expired:
		return refused(request, 400, "ExpiredTokenException", nil), nil
	case cutBefore:
		return nil, errCut
	case unprocessed, unprocessedAll:
		return f.inPart(request, operation, body, set, wrong == unprocessedAll)
	case serverFaultAfter, cutAfter, cutAnswer:
		answer, err := f.next.RoundTrip(request)
		if err != nil {
			return nil, err
		}
		got, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		switch {
		case err != nil:
			return nil, err
		case wrong == cutAfter:
			return nil, errCut
		case wrong == serverFaultAfter:
			return refused(request, 500, "InternalServerError", nil), nil
		}
		answer.Header.Del("X-Amz-Crc32")
		answer.Body = io.NopCloser(io.MultiReader(bytes.NewReader(got[:len(got)/2]), failing{}))
		return answer, nil
	}
	panic("unknown fault")
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// refused is an answer with an error.
func refused(request *http.Request, status int, code string, members map[string]any) *http.Response {
	all := map[string]any{"__type": "com.amazonaws.dynamodb.v20120810#" + code, "message": "as the test says"}
	for name, value := range members {
		all[name] = value
	}
	return answered(request, status, all)
}

func answered(request *http.Request, status int, value any) *http.Response {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return &http.Response{
		StatusCode: status, Status: fmt.Sprint(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request,
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// reasons gives the last item of a transaction the code, and the others none.
func reasons(body []byte, code string) map[string]any {
	var sent struct{ TransactItems []json.RawMessage }
	if err := json.Unmarshal(body, &sent); err != nil {
		panic(err)
	}
	all := make([]map[string]string, len(sent.TransactItems))
	for i := range all {
		all[i] = map[string]string{"Code": "None"}
	}
	all[len(all)-1]["Code"] = code
	return map[string]any{"CancellationReasons": all}
}

// inPart does the first half of a batch, rounded down, or nothing of it.
func (f *faulty) inPart(request *http.Request, operation string, body []byte, set func([]byte), nothing bool) (*http.Response, error) {
	var sent map[string]json.RawMessage
	var tables map[string]json.RawMessage
	must(json.Unmarshal(body, &sent), json.Unmarshal(sent["RequestItems"], &tables))
	left := map[string]json.RawMessage{}
	empty := true
	for table, asked := range tables {
		var keys struct {
			Keys           []json.RawMessage
			ConsistentRead bool
		}
		list := &keys.Keys
		if operation == "BatchWriteItem" {
			list = new([]json.RawMessage)
			must(json.Unmarshal(asked, list))
		} else {
			must(json.Unmarshal(asked, &keys))
		}
		encode := func(some []json.RawMessage) json.RawMessage {
			if operation == "BatchWriteItem" {
				return encoded(some)
			}
			return encoded(map[string]any{"Keys": some, "ConsistentRead": keys.ConsistentRead})
		}
		half := len(*list) / 2
		if nothing {
			half = 0
		}
		left[table] = encode((*list)[half:])
		if half > 0 {
			empty = false
			tables[table] = encode((*list)[:half])
		}
	}
	name := "UnprocessedKeys"
	if operation == "BatchWriteItem" {
		name = "UnprocessedItems"
	}
	if empty {
		return answered(request, 200, map[string]any{"Responses": map[string]any{}, name: left}), nil
	}
	sent["RequestItems"] = encoded(tables)
	set(encoded(sent))
	answer, err := f.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	var got map[string]json.RawMessage
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		return nil, err
	}
	got[name] = encoded(left)
	return answered(request, answer.StatusCode, got), nil
}

func encoded(value any) json.RawMessage {
	data, err := json.Marshal(value)
	must(err)
	return data
}

func must(errs ...error) {
	if err := errors.Join(errs...); err != nil {
		panic(err)
	}
}

// possible are the faults that pass by themselves, and that a request of the
// operation can have.
func possible(operation string) []fault {
	all := []fault{throttled, serverFault, serverFaultAfter, cutBefore, cutAfter, cutAnswer}
	switch {
	case strings.HasPrefix(operation, "Transact"):
		all = append(all, conflicting, transThrottled, inProgress)
	case strings.HasPrefix(operation, "Batch"):
		all = append(all, unprocessed, unprocessedAll)
	}
	return all
}

// chance chooses faults at random, at the rate, and counts them.
type chance struct {
	mu    sync.Mutex
	rate  float64
	from  *rand.Rand
	count map[string]int
}

func (c *chance) choose(operation string) fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count["requests"]++
	if c.from.Float64() >= c.rate {
		return none
	}
	all := possible(operation)
	chosen := all[c.from.IntN(len(all))]
	c.count[string(chosen)]++
	return chosen
}

// only chooses one fault for some operations while it is on.
type only struct {
	mu         sync.Mutex
	fault      fault
	operations []string
}

func (o *only) set(wrong fault, operations ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fault, o.operations = wrong, operations
}

func (o *only) choose(operation string) fault {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.operations) > 0 && !slices.Contains(o.operations, operation) {
		return none
	}
	return o.fault
}
