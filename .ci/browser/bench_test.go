package browser

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/console"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// shelf is a console over listings of every kind.
type shelf struct {
	*lifecycletest.Bench
	*httptest.Server
	ids map[string]uuid.UUID // by title
}

// described says of algorithms what SageMaker does.
type described struct{ lifecycletest.Resources }

func (d described) Describe(ctx context.Context, arn version.ARN) (lifecycle.Resource, error) {
	r, err := d.Resources.Describe(ctx, arn)
	r.Metrics = []string{"validation:auc", "validation:logloss"}
	r.Channels = []lifecycle.Channel{
		{Name: "training", Description: "Rows to learn from, the label in the first column", ContentTypes: []string{"text/csv"}, InputModes: []string{"File", "Pipe"}, Required: true},
		{Name: "validation", Description: "Rows to measure with", ContentTypes: []string{"text/csv"}, InputModes: []string{"File"}},
	}
	r.Hyperparameters = []lifecycle.Hyperparameter{
		{Name: "max_depth", Description: "The depth of a tree at the most", Type: "Integer", Default: "6", Tunable: true},
		{Name: "objective", Description: "What is learned", Type: "Categorical", Required: true},
	}
	return r, err
}

// drawn has a logo at every address.
type drawn struct{ lifecycletest.Assets }

func (d drawn) Fetch(ctx context.Context, url string, limit int64) ([]byte, error) {
	if !strings.HasSuffix(url, ".png") {
		return d.Assets.Fetch(ctx, url, limit)
	}
	logo := image.NewPaletted(image.Rect(0, 0, 120, 120), color.Palette{color.RGBA{0x1f, 0x6f, 0xa8, 0xff}, color.White})
	for i, height := range []int{28, 46, 38, 62} {
		draw.Draw(logo, image.Rect(22+i*20, 92-height, 34+i*20, 92), image.White, image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	err := png.Encode(&b, logo)
	return b.Bytes(), err
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	var m *lifecycle.Manager
	c, err := console.New(func(*http.Request) (console.Session, error) {
		return console.Session{Manager: m, User: "ann", ID: "session", MayAct: true}, nil
	})
	require.NoError(t, err)
	b := lifecycletest.NewBench(t, lifecycle.WithResources(described{}), lifecycle.WithAssets(drawn{}), lifecycle.WithObserver(c.Observe))
	m = b.Manager
	s := &shelf{Bench: b, Server: httptest.NewServer(c), ids: map[string]uuid.UUID{}}
	t.Cleanup(func() { c.Close(); s.Close() })
	return s
}

func (s *shelf) put(t *testing.T, l listing.Listing, title string, state lifecycle.State, underWay bool) uuid.UUID {
	t.Helper()
	l.Title = title
	s.ids[title] = s.Listing(t, l, state, underWay)
	return s.ids[title]
}

// path is the path of the listing with the title.
func (s *shelf) path(title string) string { return s.URL + "/listings/" + s.ids[title].String() }

// The titles of one listing in each state.
var states = map[lifecycle.State]string{
	lifecycle.Draft: "Speech to text for call centers", lifecycle.Submitted: "Clause finder for contracts", lifecycle.TestProduct: "Receipt reader",
	lifecycle.Live: "Demand forecast for retail", lifecycle.Unpublished: "Invoice reader, first edition",
}

// fill puts a believable catalogue on the shelf.
func (s *shelf) fill(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	model := lifecycletest.ModelPackage()
	s.put(t, model, "Parts finder for repair manuals", lifecycle.Submitted, true)
	s.Clock.Advance(22 * time.Hour)
	s.put(t, model, states[lifecycle.Unpublished], lifecycle.Unpublished, false)
	refused := s.put(t, model, "Damage detector for car photos", lifecycle.TestProduct, false)
	s.Market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Problems: []lifecycle.Problem{{Code: "INVALID_LOGO", Message: "The logo cannot be read from its address."}}})
	_, err := s.Do(ctx, refused, lifecycle.SignOff{}, lifecycle.By("ann"))
	require.NoError(t, err)
	_, err = s.Await(ctx, refused)
	require.Error(t, err)
	live := s.put(t, model, states[lifecycle.Live], lifecycle.Live, false)
	second := lifecycletest.Version("1.1", version.ModelPackage)
	for _, c := range []lifecycle.Command{lifecycle.AddVersion{Version: second}, lifecycle.RestrictVersion{Number: "1.0"}} {
		_, err = s.Do(ctx, live, c, lifecycle.By("ann"))
		require.NoError(t, err)
		_, err = s.Await(ctx, live)
		require.NoError(t, err)
	}
	s.put(t, lifecycletest.Algorithm(), "Anomaly detection", lifecycle.Live, true)
	s.put(t, model, states[lifecycle.TestProduct], lifecycle.TestProduct, false)
	draft := model.Clone()
	draft.Overview, draft.Promotion.Logo, draft.Versions[0].ReleaseNotes = "", "", ""
	s.put(t, draft, states[lifecycle.Draft], lifecycle.Draft, false)
	s.put(t, model, states[lifecycle.Submitted], lifecycle.Submitted, true)
	_, err = s.Advance(ctx, s.ids[states[lifecycle.Submitted]])
	require.NoError(t, err)
	s.Clock.Advance(25 * time.Minute)
}
