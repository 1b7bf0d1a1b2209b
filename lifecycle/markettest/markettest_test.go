package markettest

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

func TestMarketForUnitTests(t *testing.T) {
	t.Parallel()
	Run(t, func(t *testing.T) Harness {
		_, h := inMemory(t)
		h.Unsupported = []string{"Plan", "Validate", "Read", "Trace"}
		return h
	})
}

func TestMarketThatIsAllThatItCanBe(t *testing.T) {
	t.Parallel()
	Run(t, Complete)
}

// inMemory is the market of package lifecycletest with a harness around it.
func inMemory(t tester) (*lifecycletest.Market, Harness) {
	clock := &lifecycletest.Clock{}
	market := lifecycletest.NewMarket(clock)
	return market, Harness{
		Market: market,
		Now:    clock.Now,
		Pass:   clock.Advance,
		Settle: 2 * time.Hour,
		Break: func(trouble Trouble) {
			switch trouble {
			case Throttled:
				market.FailCalls(lifecycle.ErrThrottled)
			case Denied:
				market.FailCalls(lifecycle.ErrDenied)
			case AnswerLost:
				market.LoseAnswers(1)
			default:
				market.FailCalls(lifecycle.ErrUnavailable)
			}
		},
		FailNext: func(fault bool, problem lifecycle.Problem) {
			market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Fault: fault, Problems: []lifecycle.Problem{problem}})
		},
		Interfere: func(product string) {
			e, err := market.Identify(background, lifecycle.Entities{Product: product, Offer: "offer-" + product[len("prod-"):]})
			require.NoError(t, err)
			e.ProductRevision++
			market.Put(e)
		},
		Hold: func(product string) string {
			e, err := market.Identify(background, lifecycle.Entities{Product: product, Offer: "offer-" + product[len("prod-"):]})
			require.NoError(t, err)
			id, err := market.Send(background, lifecycle.Change{Name: "a colleague's", Token: uuid.New(), Entities: e})
			require.NoError(t, err)
			return id
		},
		Taken: func() (names []string) {
			for _, c := range market.Sent() {
				names = append(names, c.Name)
			}
			return names
		},
	}
}
