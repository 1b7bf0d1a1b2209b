package simulator

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const fuzzSignature = "AWS4-HMAC-SHA256 Credential=A/20260105/us-east-1/aws-marketplace/aws4_request, SignedHeaders=host, Signature=0"

func exchange(s *Simulator, method, path, body string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Authorization", fuzzSignature)
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, req)
	return rec
}

// fuzzSeeds are whole requests around the valid documents.
func fuzzSeeds() []string {
	seeds := []string{`{}`, `{"Catalog":"AWSMarketplace","ChangeSet":[{"ChangeType":"CreateProduct","Entity":{"Type":"MachineLearningProduct@1.0"},"Details":"{}"}]}`}
	for k, texts := range documents {
		for _, text := range texts {
			change := `{"ChangeType":"` + k.changeType + `","Entity":{"Type":"` + k.entityType + `","Identifier":"$A.Entity.Identifier"},"DetailsDocument":` + text + `}`
			if strings.HasPrefix(k.changeType, "Create") {
				change = strings.Replace(change, `,"Identifier":"$A.Entity.Identifier"`, "", 1)
			}
			seeds = append(seeds, `{"Catalog":"AWSMarketplace","ClientRequestToken":"t","ChangeSet":[{"ChangeType":"Create`+
				map[string]string{productType: "Product", offerType: "Offer"}[k.entityType]+`","ChangeName":"A","Entity":{"Type":"`+k.entityType+`"},"DetailsDocument":{}},`+change+`]}`)
		}
	}
	return seeds
}

// FuzzStartChangeSet: whatever the body, there is an answer, an accepted set ends, and the state can be read back.
func FuzzStartChangeSet(f *testing.F) {
	for _, s := range fuzzSeeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		s, err := New(Config{})
		require.NoError(t, err)
		switch code := exchange(s, http.MethodPost, "/StartChangeSet", body).Code; code {
		case http.StatusOK, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		default:
			t.Fatalf("status %d", code)
		}
		require.NoError(t, s.Advance(48*time.Hour))
		for _, cs := range s.Ledger().ChangeSets {
			require.Contains(t, []string{statusSucceeded, statusFailed}, cs.Status)
		}
		exercise(t, s)
	})
}

// FuzzStateFile: what is not refused can be worked with.
func FuzzStateFile(f *testing.F) {
	for _, body := range fuzzSeeds() {
		s, err := New(Config{})
		require.NoError(f, err)
		exchange(s, http.MethodPost, "/StartChangeSet", body)
		f.Add(encode(f, s.st))
		require.NoError(f, s.Advance(48*time.Hour))
		f.Add(encode(f, s.st))
	}
	s, err := New(Config{ReviewByHand: true}) // tags, an event that is held back, and a review to come
	require.NoError(f, err)
	require.NoError(f, s.Inject(Fault{Kind: DelayEvent}))
	tagged := strings.Replace(fuzzSeeds()[1], `"Details":"{}"`, `"Details":"{}","EntityTags":[{"Key":"a","Value":"b"}]`, 1)
	require.Equal(f, http.StatusOK, exchange(s, http.MethodPost, "/StartChangeSet", tagged).Code)
	require.NoError(f, s.Advance(time.Hour))
	f.Add(encode(f, s.st))
	require.NotEmpty(f, s.st.Delayed)
	require.Equal(f, http.StatusOK, exchange(s, http.MethodPost, "/StartChangeSet", tagged).Code)
	require.NoError(f, s.Advance(time.Hour))
	require.Len(f, s.st.Events, 2)
	f.Add([]byte(strings.Replace(string(encode(f, s.st)), `"Status":"SUCCEEDED"`, `"Awaited":true,"Status":"PREPARING"`, 1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		var raw map[string]json.RawMessage
		if json.Unmarshal(b, &raw) != nil {
			return
		}
		records := map[string][]byte{}
		for key, value := range raw {
			records[key] = value
		}
		st, err := decodeState(records)
		if err != nil {
			return
		}
		s, err := New(Config{})
		require.NoError(t, err)
		s.st = st
		if err := s.Advance(100 * time.Hour); err != nil {
			require.ErrorIs(t, err, ErrClock)
		}
		exercise(t, s)
	})
}

func encode(t testing.TB, st *state) []byte {
	t.Helper()
	raw := map[string]json.RawMessage{}
	for key, value := range everything(t, st) {
		raw[key] = value
	}
	b, err := json.Marshal(raw)
	require.NoError(t, err)
	return b
}

// everything are all records of the state, as they should be in a store.
func everything(t testing.TB, st *state) map[string][]byte {
	t.Helper()
	all := &state{}
	*all = *st
	all.touched = map[string]bool{}
	for id := range st.Entities {
		all.touch(keyEntity + id)
	}
	for _, cs := range st.ChangeSets {
		all.touchSet(cs)
	}
	for arn := range st.ModelPackages {
		all.touch(keyModelPackage + arn)
	}
	for arn := range st.Algorithms {
		all.touch(keyAlgorithm + arn)
	}
	for token := range st.TokenCalls {
		all.touch(keyToken + token)
	}
	for _, e := range st.Events {
		all.touch(numbered(keyEvent, e.Sequence))
	}
	records, err := all.changes()
	require.NoError(t, err)
	return records
}

// exercise reads everything there is and checks that the state survives its file.
func exercise(t *testing.T, s *Simulator) {
	t.Helper()
	ask := func(method, path, body string) {
		t.Helper()
		rec := exchange(s, method, path, body)
		require.Less(t, rec.Code, 500, rec.Body)
	}
	ask(http.MethodPost, "/ListChangeSets", `{"Catalog":"AWSMarketplace","Sort":{"SortBy":"EndTime"}}`)
	for _, cs := range s.st.ChangeSets {
		ask(http.MethodGet, "/DescribeChangeSet?catalog=AWSMarketplace&changeSetId="+cs.ID, "")
	}
	for _, kind := range []string{bareProductType, bareOfferType} {
		ask(http.MethodPost, "/ListEntities", `{"Catalog":"AWSMarketplace","EntityType":"`+kind+`"}`)
	}
	for id := range s.st.Entities {
		ask(http.MethodGet, "/DescribeEntity?catalog=AWSMarketplace&entityId="+id, "")
		ask(http.MethodPost, "/ListTagsForResource", `{"ResourceArn":"`+s.st.Entities[id].arn()+`"}`)
	}
	ask(http.MethodGet, "/_simulator/reviews", "")
	ask(http.MethodGet, "/_simulator/events", "")
	for _, r := range s.Reviews() {
		if err := s.Approve(r.ChangeSet); err != nil {
			require.ErrorIs(t, err, ErrReview)
		}
	}
	records := everything(t, s.st)
	again, err := decodeState(records)
	require.NoError(t, err)
	require.Equal(t, records, everything(t, again))
}
