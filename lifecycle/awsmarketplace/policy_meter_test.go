package awsmarketplace_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// ask is what IAM is asked about one request.
type ask struct {
	action, resource string
	// key and value are the one condition key that policies look at.
	key, value string
}

// meter notes, for the command at work, what IAM would be asked about each
// request.
type meter struct {
	t testing.TB

	mu      sync.Mutex
	command lifecycle.Event
	asks    map[lifecycle.Event]map[ask]bool
}

func (m *meter) at(command lifecycle.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.command = command
}

func (m *meter) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	m.mu.Lock()
	if m.asks[m.command] == nil {
		m.asks[m.command] = map[ask]bool{}
	}
	for _, each := range asked(m.t, r, body) {
		m.asks[m.command][each] = true
	}
	m.mu.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}

const catalogARN = "arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/"

// asked knows IAM's action for every request that the adapter makes, and fails
// the test for one that it does not know.
func asked(t testing.TB, r *http.Request, body []byte) (all []ask) {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		var in struct{ ModelPackageName, AlgorithmName string }
		if err := json.Unmarshal(body, &in); err != nil {
			t.Error(err)
		}
		return []ask{{action: "sagemaker:" + strings.TrimPrefix(target, "SageMaker."), resource: in.ModelPackageName + in.AlgorithmName}}
	}
	query := r.URL.Query()
	switch operation := path.Base(r.URL.Path); operation {
	case "DescribeChangeSet", "CancelChangeSet":
		return []ask{{action: "aws-marketplace:" + operation, resource: catalogARN + "ChangeSet/" + query.Get("changeSetId")}}
	case "ListChangeSets", "ListEntities":
		return []ask{{action: "aws-marketplace:" + operation, resource: "*"}}
	case "DescribeEntity":
		return []ask{{action: "aws-marketplace:DescribeEntity", resource: entityARN(query.Get("entityId"))}}
	case "BatchDescribeEntities":
		var in struct{ EntityRequestList []struct{ EntityID string } }
		if err := json.Unmarshal(body, &in); err != nil {
			t.Error(err)
		}
		for _, each := range in.EntityRequestList {
			all = append(all, ask{action: "aws-marketplace:DescribeEntity", resource: entityARN(each.EntityID)})
		}
		return all
	case "ListTagsForResource", "TagResource":
		var in struct{ ResourceArn string }
		if err := json.Unmarshal(body, &in); err != nil {
			t.Error(err)
		}
		return []ask{{action: "aws-marketplace:" + operation, resource: in.ResourceArn}}
	case "StartChangeSet":
		return started(t, body)
	}
	t.Errorf("no action is known for %s %s", r.Method, r.URL.Path)
	return nil
}

func entityARN(id string) string {
	id, _, _ = strings.Cut(id, "@")
	if strings.HasPrefix(id, "offer-") {
		return catalogARN + "Offer/" + id
	}
	return catalogARN + "MachineLearningProduct/" + id
}

// started is asked about every change: of what it changes and of the change set.
func started(t testing.TB, body []byte) (all []ask) {
	type tags []struct{ Key string }
	var in struct {
		ChangeSetTags tags
		ChangeSet     []struct {
			ChangeType      string
			EntityTags      tags
			Entity          struct{ Type, Identifier string }
			DetailsDocument struct {
				DeliveryOptions []struct{ Details map[string]json.RawMessage }
			}
		}
	}
	if err := json.Unmarshal(body, &in); err != nil {
		t.Error(err)
	}
	changeSet := catalogARN + "ChangeSet/new"
	if len(in.ChangeSetTags) > 0 {
		all = append(all, ask{action: "aws-marketplace:TagResource", resource: changeSet})
	}
	for _, c := range in.ChangeSet {
		kind, _, _ := strings.Cut(c.Entity.Type, "@")
		id, _, _ := strings.Cut(c.Entity.Identifier, "@")
		if id == "" || strings.HasPrefix(id, "$") {
			id = "new"
		}
		entity := catalogARN + kind + "/" + id
		for _, resource := range []string{entity, changeSet} {
			all = append(all, ask{"aws-marketplace:StartChangeSet", resource, "catalog:ChangeType", c.ChangeType})
		}
		if len(c.EntityTags) > 0 {
			all = append(all, ask{action: "aws-marketplace:TagResource", resource: entity})
		}
		for _, option := range c.DetailsDocument.DeliveryOptions {
			for _, details := range option.Details {
				var with struct{ AccessRoleArn string }
				if err := json.Unmarshal(details, &with); err != nil {
					t.Error(err)
				}
				if with.AccessRoleArn != "" {
					all = append(all, ask{"iam:PassRole", with.AccessRoleArn, "iam:PassedToService", "assets.marketplace.amazonaws.com"})
				}
			}
		}
	}
	return all
}

// life is a listing in the simulator, whose every request is metered.
type life struct {
	*meter
	id      uuid.UUID
	manager *lifecycle.Manager
	sim     *simulator.Simulator
	market  *awsmarketplace.Marketplace
}

func newLife(t testing.TB, m *meter, name string) *life {
	sim := fixture.Simulator(t, simulator.Config{})
	fixture.PutAlgorithm(t, sim, "1.0", "ml.m5.large")
	fixture.PutAlgorithm(t, sim, "1.1", "ml.m5.large")
	fixture.PutAlgorithm(t, sim, "2.0", "ml.m5.large", "ml.g5.xlarge")
	cfg := fixture.ConfigAt(t, m, fixture.Serve(t, sim))
	l := &life{meter: m, id: uuid.NewSHA1(uuid.Nil, []byte(name)), sim: sim, market: awsmarketplace.NewMarketplace(cfg)}
	yes := lifecycle.SellerProfile{Registered: lifecycle.Yes, ProfileComplete: lifecycle.Yes, TaxAndBank: lifecycle.Yes}
	var err error
	l.manager, err = lifecycle.New("111122223333", memstore.New(), l.market, lifecycle.WithSellers(yes),
		lifecycle.WithResources(awsmarketplace.NewResources(cfg)), lifecycle.WithClock(fixture.Clock{Simulator: sim}))
	require.NoError(t, err)
	return l
}

// do carries the command out, and looks at the listing afterwards as anybody may.
func (l *life) do(c lifecycle.Command) lifecycle.Record {
	l.at(c.Event())
	_, err := l.manager.Do(l.t.Context(), l.id, c)
	require.NoError(l.t, err, c.Event())
	r, err := l.manager.Await(l.t.Context(), l.id)
	require.NoError(l.t, err, c.Event())
	l.look(r)
	return r
}

// token is that of the latest request.
func (l *life) token() uuid.UUID {
	sets := l.sim.Ledger().ChangeSets
	token, err := uuid.Parse(sets[len(sets)-1].Token)
	require.NoError(l.t, err)
	return token
}

func (l *life) look(r lifecycle.Record) {
	_, _, err := l.market.Pending(l.t.Context(), "")
	require.NoError(l.t, err)
	if r.Published != nil {
		_, err := l.manager.Drift(l.t.Context(), l.id)
		require.NoError(l.t, err)
	}
}

// document is a sound listing of the kind.
func document(kind version.Kind, visibility listing.Visibility) listing.Listing {
	l := content().Listing
	l.Kind, l.Visibility = kind, visibility
	if visibility == listing.Private {
		l.Buyers = []listing.AccountID{"777788889999"}
	}
	if kind == version.Algorithm {
		l.Versions = []version.Version{algorithm("1.0")}
		l.Offer.Rates = rates(pricing.RateCard{pricing.Training("ml.m5.xlarge"): pricing.MustUSD("2")})
	}
	return l
}

// live is a whole life with every command, each in every way that sends
// something else.
func (l *life) live(doc listing.Listing) {
	next := modelPackage
	if doc.Kind == version.Algorithm {
		next = algorithm
	}
	l.do(lifecycle.Create{Listing: doc})
	r := l.do(lifecycle.Submit{Testers: []listing.AccountID{"444455556666"}})
	traced, err := l.market.Trace(l.t.Context(), lifecycle.Change{Token: l.token(), After: *r.Published})
	require.NoError(l.t, err)
	require.Equal(l.t, r.Entities, traced)

	edit := r.Draft.Clone()
	edit.Title += ", second edition"
	edit.Versions[0].Usage = "POST one page."
	edit.Versions = append(edit.Versions, next("1.1"))
	edit.Offer.Name += ", again"
	edit.Offer.Rates[pricing.Batch("ml.m5.large")] = pricing.MustUSD("0.35")
	edit.Offer.RefundPolicy = "No refunds."
	edit.Offer.EULA = pricing.EULA{URL: "https://s3.amazonaws.com/example/eula.txt"}
	l.do(lifecycle.Edit{Listing: edit})
	r = l.do(lifecycle.Submit{Testers: []listing.AccountID{"444455556666", "555566667777"}})

	edit = r.Draft.Clone()
	edit.Versions[0].Status = version.Restricted
	l.do(lifecycle.Edit{Listing: edit})
	l.do(lifecycle.Submit{})
	l.do(lifecycle.SignOff{})
	r = l.do(lifecycle.AddVersion{Version: next("2.0"), Rates: pricing.RateCard{
		pricing.Batch("ml.g5.xlarge"): pricing.MustUSD("1.10"), pricing.RealTime("ml.g5.xlarge"): pricing.MustUSD("1.25"),
	}})
	edited := r.Draft.Versions[1].Clone()
	edited.Usage = "POST two pages."
	l.do(lifecycle.UpdateVersion{Version: edited})
	information := doc.Information.Clone()
	information.Title += ", third edition"
	l.do(lifecycle.UpdateInformation{Information: information, Promotion: doc.Promotion, Support: *doc.Support})
	offer := r.Draft.Offer.Clone()
	offer.Name, offer.Description, offer.RefundPolicy, offer.EULA = "Yet another", "And more of it", "Some refunds.", pricing.EULA{Standard: true}
	offer.Rates[pricing.Batch("ml.m5.large")] = pricing.MustUSD("0.30")
	l.do(lifecycle.UpdatePricing{Offer: offer})
	l.do(lifecycle.UpdateAllowList{Accounts: []listing.AccountID{"888899990000"}})
	l.cancel(lifecycle.UpdateAllowList{Accounts: []listing.AccountID{"999900001111"}})
	l.do(lifecycle.RestrictVersion{Number: "1.1"})
	l.do(lifecycle.Unpublish{Email: "owner@example.com", Reason: "Replaced."})
	require.NoError(l.t, l.sim.Advance(lifecycle.SupportPeriod))
	l.do(lifecycle.EndSupport{})
}

// cancel cancels a command that the marketplace has already.
func (l *life) cancel(c lifecycle.Command) {
	l.at("sent to be cancelled")
	_, err := l.manager.Do(l.t.Context(), l.id, c)
	require.NoError(l.t, err)
	r, err := l.manager.Load(l.t.Context(), l.id)
	require.NoError(l.t, err)
	for r.Request != nil && r.Request.ChangeSet == "" {
		_, err = l.manager.Advance(l.t.Context(), l.id)
		require.NoError(l.t, err)
		r, err = l.manager.Load(l.t.Context(), l.id)
		require.NoError(l.t, err)
	}
	require.NotNil(l.t, r.Request)
	l.at(lifecycle.EventCancel)
	_, err = l.manager.Do(l.t.Context(), l.id, lifecycle.Cancel{})
	require.NoError(l.t, err)
	_, err = l.manager.Await(l.t.Context(), l.id)
	require.ErrorContains(l.t, err, "cancelled")
	l.look(r)
}

// free is a life in which looking at a resource again brings new rates. The
// marketplace refuses them in the end, but they are asked for.
func (l *life) free(doc listing.Listing) {
	doc.Offer.Model, doc.Offer.Rates, doc.Offer.TrialDays = pricing.Free, nil, 0
	l.do(lifecycle.Create{Listing: doc})
	l.do(lifecycle.Submit{})
	r := l.do(lifecycle.SignOff{})
	fixture.PutModelPackage(l.t, l.sim, "1.0", "ml.m5.large", "ml.c5.xlarge")
	fixture.PutAlgorithm(l.t, l.sim, "1.0", "ml.m5.large", "ml.c5.xlarge")
	edited := r.Draft.Versions[0].Clone()
	edited.Usage = "POST two pages."
	l.at(lifecycle.EventUpdateVersion)
	_, err := l.manager.Do(l.t.Context(), l.id, lifecycle.UpdateVersion{Version: edited})
	require.NoError(l.t, err)
	_, err = l.manager.Await(l.t.Context(), l.id)
	require.ErrorContains(l.t, err, "INVALID_RATE_CARD")
}

// meterAll has what IAM is asked for each command, over several lives.
func meterAll(t testing.TB) map[lifecycle.Event][]ask {
	m := &meter{t: t, asks: map[lifecycle.Event]map[ask]bool{}}
	newLife(t, m, "public").live(document(version.ModelPackage, listing.Public))
	newLife(t, m, "private").live(document(version.Algorithm, listing.Private))
	newLife(t, m, "free package").free(document(version.ModelPackage, listing.Public))
	newLife(t, m, "free algorithm").free(document(version.Algorithm, listing.Public))
	all := map[lifecycle.Event][]ask{}
	for command, asks := range m.asks {
		for each := range asks {
			all[command] = append(all[command], each)
		}
		slices.SortFunc(all[command], func(a, b ask) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return all
}
