package simulator_test

import (
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// harmless is a call of each operation that succeeds, or would if its id existed.
var harmless = map[string]struct{ method, path, body string }{
	"StartChangeSet":        {"POST", "/StartChangeSet", changeSet(draft)},
	"DescribeChangeSet":     {"GET", "/DescribeChangeSet?catalog=AWSMarketplace&changeSetId=nothing", ""},
	"ListChangeSets":        {"POST", "/ListChangeSets", `{"Catalog":"AWSMarketplace"}`},
	"CancelChangeSet":       {"PATCH", "/CancelChangeSet?catalog=AWSMarketplace&changeSetId=nothing", ""},
	"DescribeEntity":        {"GET", "/DescribeEntity?catalog=AWSMarketplace&entityId=prod-0000000000000", ""},
	"BatchDescribeEntities": {"POST", "/BatchDescribeEntities", `{"EntityRequestList":[{"Catalog":"AWSMarketplace","EntityId":"prod-0000000000000"}]}`},
	"ListEntities":          {"POST", "/ListEntities", `{"Catalog":"AWSMarketplace","EntityType":"Offer"}`},
	"TagResource":           {"POST", "/TagResource", `{"ResourceArn":"` + nobodysARN + `","Tags":[{"Key":"a","Value":"b"}]}`},
	"UntagResource":         {"POST", "/UntagResource", `{"ResourceArn":"` + nobodysARN + `","TagKeys":["a"]}`},
	"ListTagsForResource":   {"POST", "/ListTagsForResource", `{"ResourceArn":"` + nobodysARN + `"}`},
}

const nobodysARN = "arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/Offer/offer-0000000000000"

// exceptionCases makes each exception of each operation happen: by the simulator's own rules, or by a fault for those
// that come of AWS's own reasons.
func exceptionCases() map[string]func(w *world) answer {
	cases := map[string]func(w *world) answer{}
	for operation, c := range harmless {
		cases[operation+" AccessDeniedException"] = func(w *world) answer {
			a, err := w.send(c.method, c.path, c.body, map[string]string{"Authorization": signed("us-east-1", "sagemaker")})
			require.NoError(w.t, err)
			return a
		}
		for exception, kind := range map[string]simulator.FaultKind{
			"ThrottlingException": simulator.Throttle, "InternalServiceException": simulator.Internal,
		} {
			cases[operation+" "+exception] = func(w *world) answer {
				require.NoError(w.t, w.sim.Inject(simulator.Fault{Kind: kind, Operation: operation}))
				return w.call(c.method, c.path, c.body)
			}
		}
		// there is one catalog only
		cases[operation+" ValidationException"] = func(w *world) answer {
			elsewhere := func(s string) string { return strings.ReplaceAll(s, "AWSMarketplace", "Elsewhere") }
			return w.call(c.method, elsewhere(c.path), elsewhere(c.body))
		}
	}
	missing := func(operation string) func(w *world) answer {
		c := harmless[operation]
		return func(w *world) answer { return w.call(c.method, c.path, c.body) }
	}
	cases["DescribeChangeSet ResourceNotFoundException"] = missing("DescribeChangeSet")
	cases["CancelChangeSet ResourceNotFoundException"] = missing("CancelChangeSet")
	for _, operation := range []string{"TagResource", "UntagResource", "ListTagsForResource"} {
		cases[operation+" ResourceNotFoundException"] = missing(operation)
	}
	cases["DescribeEntity ResourceNotFoundException"] = missing("DescribeEntity")
	cases["ListEntities ResourceNotFoundException"] = func(w *world) answer {
		require.NoError(w.t, w.sim.Inject(simulator.Fault{Kind: simulator.Refuse, Operation: "ListEntities", ErrorCode: "ResourceNotFoundException"}))
		return w.call("POST", "/ListEntities", `{"Catalog":"AWSMarketplace","EntityType":"Offer"}`)
	}
	release := func(id string) string { return changeSet(onProduct("ReleaseProduct", id, `{}`)) }
	cases["StartChangeSet ResourceNotFoundException"] = func(w *world) answer {
		return w.call("POST", "/StartChangeSet", release("prod-0000000000000"))
	}
	cases["DescribeEntity ResourceNotSupportedException"] = func(w *world) answer {
		return w.call("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId=offerset-0000000000000", "")
	}
	cases["StartChangeSet ResourceInUseException"] = func(w *world) answer {
		product, _ := ids(w.done(draft))
		body := changeSet(onProduct("UpdateInformation", product, `{"Sku":"1"}`))
		w.ok("POST", "/StartChangeSet", body)
		return w.call("POST", "/StartChangeSet", body)
	}
	cases["CancelChangeSet ResourceInUseException"] = func(w *world) answer {
		id := w.start(draft)
		w.advance(15 * time.Minute)
		return w.call("PATCH", "/CancelChangeSet?catalog=AWSMarketplace&changeSetId="+id, "")
	}
	cases["StartChangeSet ServiceQuotaExceededException"] = func(w *world) answer {
		for range 250 {
			w.start(draft)
		}
		return w.call("POST", "/StartChangeSet", changeSet(draft))
	}
	return cases
}

// TestEveryException produces each pair of testdata/exceptions.txt over the wire. The file is what is documented; a pair
// without a case fails, and so does a case that no pair of the file asks for.
func TestEveryException(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/exceptions.txt")
	require.NoError(t, err)
	statuses := map[string]int{
		"ValidationException": http.StatusUnprocessableEntity, "AccessDeniedException": http.StatusForbidden,
		"ResourceNotFoundException": http.StatusNotFound, "ResourceNotSupportedException": http.StatusUnsupportedMediaType,
		"ResourceInUseException": http.StatusLocked, "ServiceQuotaExceededException": http.StatusPaymentRequired,
		"ThrottlingException": http.StatusTooManyRequests, "InternalServiceException": http.StatusInternalServerError,
	}
	cases := exceptionCases()
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	seen, proved := map[string]bool{}, 0
	for _, line := range lines {
		ok := t.Run(line, func(t *testing.T) {
			words := strings.Fields(line)
			require.Len(t, words, 3)
			pair, exception := words[0]+" "+words[1], words[1]
			require.False(t, seen[pair], "the file has it twice")
			seen[pair] = true
			produce, known := cases[pair]
			require.True(t, known, "no case produces it")
			w := newWorld(t, simulator.Config{})
			a := produce(w)
			assert.Equal(t, words[2], strconv.Itoa(a.Status), a.Raw)
			assert.Equal(t, statuses[exception], a.Status)
			assert.Equal(t, exception, a.Header.Get("X-Amzn-ErrorType"))
			assert.Equal(t, exception, a.Body["__type"])
			assert.NotEmpty(t, a.Body["Message"])
			assert.Equal(t, exception == "ValidationException", a.Body["ValidationExceptionFieldList"] != nil, "only a ValidationException lists fields")
		})
		if ok {
			proved++
		}
	}
	for pair := range cases {
		assert.True(t, seen[pair], "the file does not have %s", pair)
	}
	t.Logf("%d of %d pairs of operation and exception", proved, len(lines))
	assert.Equal(t, len(lines), proved)
}

// TestEveryReason has StartChangeSet refuse a request for each of the reasons that a ValidationException can list.
func TestEveryReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	product, _ := ids(w.done(draft))
	for _, c := range []struct{ reason, body, field, changeType, entityID string }{
		{"UnknownOperation", changeSet(onProduct("AddRegions", product, `{}`)), "ChangeSet[0].ChangeType", "AddRegions", product},
		{"CannotParse", `{"Catalog":`, "", "", ""},
		{"FieldValidationFailed", changeSet(onProduct("UpdateInformation", product, `{"Sku":1}`)), "ChangeSet[0].DetailsDocument.Sku", "UpdateInformation", product},
		{"Other", changeSet(onProduct("UpdateInformation", product+"@7", `{"Sku":"1"}`)), "ChangeSet[0].Entity.Identifier", "UpdateInformation", product + "@7"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			w := &world{t, w.sim, w.url}
			a := w.refused("POST", "/StartChangeSet", c.body, 422, "ValidationException")
			list := a.Body["ValidationExceptionFieldList"].([]any)
			require.Len(t, list, 1)
			got := list[0].(map[string]any)
			assert.NotEmpty(t, got["Message"])
			delete(got, "Message")
			want := map[string]any{"Reason": c.reason}
			for name, value := range map[string]string{"Field": c.field, "ChangeType": c.changeType, "EntityId": c.entityID} {
				if value != "" {
					want[name] = value
				}
			}
			if c.changeType != "" {
				want["EntityType"] = "MachineLearningProduct@1.0"
			}
			assert.Equal(t, want, got)
		})
	}
}
