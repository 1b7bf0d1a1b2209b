package simulator

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// forgetful is a store that keeps what it is told.
type forgetful map[string][]byte

func (f forgetful) Load() (map[string][]byte, error) { return nil, nil }

func (f forgetful) Save(changes map[string][]byte) error {
	for key, b := range changes {
		if f[key] = b; b == nil {
			delete(f, key)
		}
	}
	return nil
}

// Whatever is done, the store is told of every record that has changed.
func TestTheStoreIsToldOfEveryChange(t *testing.T) {
	t.Parallel()
	seeds := fuzzSeeds()
	rapid.Check(t, func(r *rapid.T) {
		store := forgetful{}
		s, err := New(Config{Store: store, ReviewByHand: true, ProgramOffers: true})
		require.NoError(r, err)
		const arn = "arn:aws:sagemaker:us-east-2:111122223333:model-package/m"
		for range rapid.IntRange(1, 15).Draw(r, "steps") {
			switch rapid.IntRange(0, 7).Draw(r, "step") {
			case 0, 1:
				exchange(s, http.MethodPost, "/StartChangeSet", rapid.SampledFrom(seeds).Draw(r, "body"))
			case 2:
				require.NoError(r, s.Advance(time.Duration(rapid.IntRange(0, 90).Draw(r, "minutes"))*time.Minute))
			case 3:
				status := rapid.SampledFrom([]string{"Completed", "Deleted"}).Draw(r, "status")
				require.NoError(r, s.PutModelPackage(ModelPackage{ARN: arn, Status: status, CertifyForMarketplace: true}))
				require.NoError(r, s.PutAlgorithm(Algorithm{ARN: strings.Replace(arn, "model-package", "algorithm", 1), Status: status}))
			case 4:
				kind := rapid.SampledFrom([]FaultKind{LoseEvent, DuplicateEvent, DelayEvent, Throttle, ServerFault}).Draw(r, "fault")
				require.NoError(r, s.Inject(Fault{Kind: kind}))
			case 5:
				for _, cs := range s.st.ChangeSets {
					exchange(s, http.MethodPatch, "/CancelChangeSet?catalog=AWSMarketplace&changeSetId="+cs.ID, "")
					break
				}
			case 6:
				for _, e := range s.st.Entities {
					exchange(s, http.MethodPost, "/TagResource", `{"ResourceArn":"`+e.arn()+`","Tags":[{"Key":"a","Value":"b"}]}`)
				}
			case 7:
				for _, cs := range s.st.ChangeSets {
					exchange(s, http.MethodPost, "/TagResource", `{"ResourceArn":"`+answerFor(cs).ChangeSetArn+`","Tags":[{"Key":"a","Value":"b"}]}`)
				}
			}
		}
		require.NoError(r, s.Advance(0)) // the head counts calls, which are not worth a save by themselves
		require.Equal(r, everything(t, s.st), map[string][]byte(store))
	})
}

// What a change costs does not grow with what is kept.
func TestASaveWritesWhatHasChanged(t *testing.T) {
	t.Parallel()
	store := &measured{forgetful: forgetful{}}
	s, err := New(Config{Store: store})
	require.NoError(t, err)
	body := `{"Catalog":"AWSMarketplace","ChangeSet":[{"ChangeType":"CreateProduct","Entity":{"Type":"MachineLearningProduct@1.0"},"DetailsDocument":{}}]}`
	var first int
	for i := range 500 {
		require.Equal(t, http.StatusOK, exchange(s, http.MethodPost, "/StartChangeSet", body).Code)
		if i == 0 {
			first = store.bytes
		}
		require.Equal(t, 2, store.records, "the head and the change set")
		require.Less(t, store.bytes, 2*first)
		require.NoError(t, s.Advance(time.Hour))
		require.LessOrEqual(t, store.records, 4, "the head, the change set, the product, the event")
	}
}

// measured counts what the latest save wrote.
type measured struct {
	forgetful
	records, bytes int
}

func (m *measured) Save(changes map[string][]byte) error {
	m.records, m.bytes = len(changes), 0
	for _, b := range changes {
		m.bytes += len(b)
	}
	return m.forgetful.Save(changes)
}
