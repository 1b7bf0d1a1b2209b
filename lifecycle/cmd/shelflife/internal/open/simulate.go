package open

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/lifecycle/simulator/cmd/boltstore"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// simulate makes the simulator, and the configuration that leads to it. It opens no
// port: calls go to it within the process.
func (o *Session) simulate(ctx context.Context, s Settings, seller listing.AccountID, listings []listing.Listing) (aws.Config, error) {
	cfg := simulator.Config{Seller: string(seller)}
	file, err := simulatorFile(s)
	if err != nil {
		return aws.Config{}, err
	}
	if file != "" && !s.Create {
		missing, err := Missing(s)
		if err != nil {
			return aws.Config{}, err
		}
		if there, _ := exists(file); missing && !there {
			file = "" // the store is not made, either
		}
	}
	if file != "" {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return aws.Config{}, err
		}
		if s.Borrow {
			b := &borrowed{file: file, cfg: cfg}
			o.Clock = b
			return simulated(seller, b), b.with(func(*simulator.Simulator) error { return nil })
		}
		store, err := SimulatorFile(file)
		for deadline := time.Now().Add(patience); errors.Is(err, ErrBusy) && ctx.Err() == nil && time.Now().Before(deadline); {
			store, err = SimulatorFile(file)
		}
		if err != nil {
			return aws.Config{}, errors.Join(context.Cause(ctx), err)
		}
		cfg.Store, o.close = store, append(o.close, store.Close)
	}
	if o.market, err = simulator.New(cfg); err != nil {
		return aws.Config{}, err
	}
	if err := Seed(o.market, listings...); err != nil {
		return aws.Config{}, err
	}
	o.Clock = clock{o.market}
	return simulated(seller, o.market), nil
}

// ErrBusy is returned for a simulator that another command has.
var ErrBusy = errors.New("another shelflife command uses this simulated marketplace")

// patience is how long a command waits for another one that uses the same simulator.
const patience = 10 * time.Second

// SimulatorFile opens the file of a simulator. It returns an error that matches
// ErrBusy if another process has had it for a second.
func SimulatorFile(file string) (*boltstore.Store, error) {
	store, err := boltstore.Open(file)
	if errors.Is(err, boltstore.ErrBusy) {
		return nil, fmt.Errorf("%s: %w", document.Printable(file), ErrBusy)
	}
	return store, err
}

// simulated is a configuration that leads to a handler in this process.
func simulated(seller listing.AccountID, market http.Handler) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String("http://simulator.invalid"),
		Credentials: credentials.NewStaticCredentialsProvider(string(seller), "simulated", ""),
		HTTPClient:  &http.Client{Transport: transport{market}},
	}
}

// Seed puts the resources that the listings refer to into the simulator, with the
// instance types that they price.
func Seed(market *simulator.Simulator, listings ...listing.Listing) error {
	for _, l := range listings {
		modes := instanceTypes(l)
		for _, v := range l.Versions {
			parts, err := v.Resource.Parts()
			if err != nil {
				continue // check says so
			}
			image := string(parts.Account) + ".dkr.ecr." + string(parts.Region) + ".amazonaws.com/simulated:latest"
			if parts.Kind == version.Algorithm {
				err = market.PutAlgorithm(simulator.Algorithm{
					ARN: string(v.Resource), CertifyForMarketplace: true, TrainingImage: image, InferenceImage: image,
					SupportedTrainingInstanceTypes:          modes[pricing.ModeTraining],
					SupportedRealtimeInferenceInstanceTypes: modes[pricing.ModeRealTime], SupportedTransformInstanceTypes: modes[pricing.ModeBatch],
				})
			} else {
				err = market.PutModelPackage(simulator.ModelPackage{
					ARN: string(v.Resource), CertifyForMarketplace: true, Image: image,
					SupportedRealtimeInferenceInstanceTypes: modes[pricing.ModeRealTime], SupportedTransformInstanceTypes: modes[pricing.ModeBatch],
				})
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// instanceTypes returns the instance types of a listing by mode: those that have a
// price, and those that are recommended where types have none. A recommended type without
// its price is one only if it is named elsewhere, too: then the price with a name like it,
// which nothing else has, is taken for misspelt.
func instanceTypes(l listing.Listing) map[pricing.Mode][]string {
	sets := map[pricing.Mode]map[string]bool{pricing.ModeBatch: {}, pricing.ModeRealTime: {}, pricing.ModeTraining: {}}
	named := map[string]int{} // how often
	priced := l.Offer != nil && len(l.Offer.Rates) > 0
	if priced {
		for d := range l.Offer.Rates {
			if sets[d.Mode] != nil && d.Instance != "" {
				sets[d.Mode][d.Instance] = true
				named[d.Instance]++
			}
		}
	}
	recommended := map[pricing.Mode][]string{}
	for _, v := range l.Versions {
		for mode, instance := range map[pricing.Mode]string{
			pricing.ModeBatch: v.Recommended.Batch, pricing.ModeTraining: v.Recommended.Training, pricing.ModeRealTime: v.Recommended.RealTime,
		} {
			if instance != "" {
				recommended[mode] = append(recommended[mode], instance)
				named[instance]++
			}
		}
	}
	for mode, instances := range recommended {
		var once []string // priced in this mode, and named nowhere else
		for each := range sets[mode] {
			if named[each] == 1 {
				once = append(once, each)
			}
		}
		slices.Sort(once)
		for _, each := range instances {
			switch byInstance := priced && (mode != pricing.ModeRealTime || l.Offer.Model != pricing.Inference); {
			case !byInstance:
				sets[mode][each] = true
			case !sets[mode][each] && named[each] > 1:
				delete(sets[mode], document.Nearest(each, once))
				sets[mode][each] = true
			}
		}
	}
	out := map[pricing.Mode][]string{}
	for mode, set := range sets {
		out[mode] = slices.Sorted(maps.Keys(set))
	}
	return out
}

// clock is the simulator's, which moves on instead of waiting.
type clock struct{ *simulator.Simulator }

// Sleep moves the clock on by d, or returns the context's cause.
func (c clock) Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return c.Advance(d)
}

// transport hands requests to a handler.
type transport struct{ handler http.Handler }

// RoundTrip answers with what the handler writes.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	defer r.Body.Close() //nolint:errcheck // it was read
	in := r.Clone(r.Context())
	in.RequestURI, in.Host, in.RemoteAddr = r.URL.RequestURI(), r.URL.Host, "127.0.0.1:1"
	a := &answer{header: http.Header{}, code: http.StatusOK}
	t.handler.ServeHTTP(a, in)
	return &http.Response{
		Status: http.StatusText(a.code), StatusCode: a.code, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, Body: io.NopCloser(&a.body), ContentLength: int64(a.body.Len()), Request: r,
	}, nil
}

// answer is what a handler writes.
type answer struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

// Header returns the header of the answer.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader sets the status.
func (a *answer) WriteHeader(code int) { a.code = code }

// Write adds to the body.
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }
