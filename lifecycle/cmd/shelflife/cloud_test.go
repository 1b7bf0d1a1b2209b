package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/iamserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// cloud is AWS as far as a listing depends on it: the simulator behind STS and IAM. It
// has what it is told to have, and nothing is wrong until somebody says so.
type cloud struct {
	t      *testing.T
	market *simulator.Simulator
	dir    string

	// roles has the trust policy of each role, and unable those that may not describe.
	roles  map[string]string
	unable map[string]bool
	// denied are permissions that the caller does not have: an action, with a change
	// type or a resource behind it if it is for that alone.
	denied map[string]bool
	// refused answers every call with an exception; catalog those of the marketplace.
	refused, catalog string
	// files are what is at addresses.
	files map[string][]byte
}

const trustsMarketplace = iamserver.TrustsMarketplace

// newCloud makes a cloud, and has the tool use it.
func newCloud(t *testing.T) *cloud {
	market, err := simulator.New(simulator.Config{})
	require.NoError(t, err)
	logo, err := os.ReadFile("testdata/logo.png")
	require.NoError(t, err)
	c := &cloud{
		t: t, market: market, dir: t.TempDir(), unable: map[string]bool{}, denied: map[string]bool{},
		roles: map[string]string{"MarketplaceIngestion": trustsMarketplace, "Publisher": "{}"},
		files: map[string][]byte{"https://files.example.com/logo.png": logo, "https://files.example.com/eula.txt": []byte("You may.\n")},
	}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": simulatedSeller, "AWS_SECRET_ACCESS_KEY": "secretword", "AWS_EC2_METADATA_DISABLED": "true",
		"XDG_STATE_HOME": filepath.Join(c.dir, "state"), "SHELFLIFE_STORE": "", "SHELFLIFE_SELLER": "", "SHELFLIFE_SELLER_PROFILE": "registered=yes,profile=yes,tax-and-bank=yes",
	} {
		t.Setenv(name, value)
	}
	return c
}

// Fetch returns a file.
func (c *cloud) Fetch(_ context.Context, address string, limit int64) ([]byte, error) {
	data, ok := c.files[address]
	if !ok {
		return nil, fmt.Errorf("%w: 404 Not Found", lifecycle.ErrNotFound)
	}
	return data[:min(int64(len(data)), limit)], nil
}

// sh carries out a command with the cloud's files.
func (c *cloud) sh(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	t := &tool{in: bytes.NewReader(nil), out: &o, err: &e}
	t.open.Assets = c
	code = t.run(c.t.Context(), args)
	return code, o.String(), e.String()
}

// folder makes a sound listing with the name, and what it refers to; edits change it,
// each an old text and a new one.
func (c *cloud) folder(name string, edits ...string) string {
	return c.folderOf("model package", name, edits...)
}

func (c *cloud) folderOf(kind, name string, edits ...string) string {
	dir := filepath.Join(c.dir, "listings", name)
	code, _, errs := sh(c.t, "init", dir, "--sample", "--kind", kind, "--title", "Product "+name)
	require.Zero(c.t, code, errs)
	c.edit(dir, append([]string{"https://northwind-marketplace.s3.amazonaws.com/invoice-extractor/logo.png", "https://files.example.com/logo.png"}, edits...)...)
	if kind == "algorithm" {
		require.NoError(c.t, c.market.PutAlgorithm(simulator.Algorithm{
			ARN: "arn:aws:sagemaker:us-east-2:" + simulatedSeller + ":algorithm/" + name, CertifyForMarketplace: true, TrainingImage: image("us-east-2"), InferenceImage: image("us-east-2"),
			SupportedTrainingInstanceTypes: []string{"ml.m5.xlarge"}, SupportedRealtimeInferenceInstanceTypes: []string{"ml.m5.xlarge"}, SupportedTransformInstanceTypes: []string{"ml.m5.xlarge"},
		}))
		return dir
	}
	c.put(name, func(*simulator.ModelPackage) {})
	return dir
}

func image(region string) string {
	return simulatedSeller + ".dkr.ecr." + region + ".amazonaws.com/image:1"
}

// put makes the model package of a folder.
func (c *cloud) put(name string, change func(*simulator.ModelPackage)) {
	p := simulator.ModelPackage{
		ARN: "arn:aws:sagemaker:us-east-2:" + simulatedSeller + ":model-package/" + name, CertifyForMarketplace: true, Image: image("us-east-2"),
		SupportedRealtimeInferenceInstanceTypes: []string{"ml.m5.xlarge"}, SupportedTransformInstanceTypes: []string{"ml.m5.xlarge"},
	}
	change(&p)
	require.NoError(c.t, c.market.PutModelPackage(p))
}

// edit changes the document in a folder.
func (c *cloud) edit(dir string, edits ...string) {
	file := filepath.Join(dir, "listing.yaml")
	data, err := os.ReadFile(file)
	require.NoError(c.t, err)
	text := string(data)
	for i := 0; i+1 < len(edits); i += 2 {
		require.Contains(c.t, text, edits[i])
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	require.NoError(c.t, os.WriteFile(file, []byte(text), 0o600))
}

// live publishes the listing in a folder.
func (c *cloud) live(dir string) {
	c.apply(dir, time.Hour)
	c.apply(dir, 48*time.Hour)
	code, out, errs := c.sh("gate", dir)
	require.Zero(c.t, code, out+errs)
}

// apply takes one step, and the time that it takes.
func (c *cloud) apply(dir string, takes time.Duration) {
	code, out, errs := c.sh("apply", dir, "--auto-approve", "--until", "live", "--no-wait")
	require.Equal(c.t, codePending, code, out+errs)
	require.NoError(c.t, c.market.Advance(takes))
	code, _, errs = c.sh("watch", dir)
	require.Zero(c.t, code, errs)
}

// ServeHTTP answers as AWS does.
func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if call := iamserver.Call(c.t, r); call != nil {
		iamserver.Serve(c.t, w, r, call, c)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	action, catalog := "aws-marketplace:"+path.Base(r.URL.Path), true
	var said struct{ ModelPackageName, AlgorithmName string }
	if name, found := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "SageMaker."); found {
		action, catalog = "sagemaker:"+name, false
		if err := json.Unmarshal(body, &said); err != nil {
			c.t.Error(err)
		}
		r.Header.Set("Authorization", otherAccount(r.Header.Get("Authorization"), said.ModelPackageName))
	}
	switch {
	case c.refused != "":
		refuse(w, c.refused, "The security token included in the request is expired")
	case catalog && c.catalog != "":
		refuse(w, "AccessDeniedException", c.catalog)
	case c.denied[action] || c.denied[action+" "+said.ModelPackageName]:
		refuse(w, "AccessDeniedException", "User is not authorized to perform: "+action)
	default:
		c.market.ServeHTTP(w, r)
	}
}

var account = regexp.MustCompile(`:([0-9]{12}):`)

// otherAccount makes a call to a resource of another account one of that account's.
func otherAccount(authorization, arn string) string {
	if m := account.FindStringSubmatch(arn); m != nil {
		return strings.Replace(authorization, "Credential="+simulatedSeller, "Credential="+m[1], 1)
	}
	return authorization
}

func refuse(w http.ResponseWriter, exception, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-ErrorType", exception)
	w.WriteHeader(http.StatusForbidden)
	fmt.Fprintf(w, `{"__type": %q, "message": %q}`, exception, message)
}

// Refuse implements [iamserver.Account].
func (c *cloud) Refuse(string) iamserver.Error {
	if c.refused != "" {
		return iamserver.NewError(http.StatusForbidden, "ExpiredToken")
	}
	return iamserver.Error{}
}

// Caller implements [iamserver.Account].
func (c *cloud) Caller() string {
	return "arn:aws:sts::" + simulatedSeller + ":assumed-role/Publisher/ci"
}

const otherSeller = "222233334444"

// Role implements [iamserver.Account].
func (c *cloud) Role(name string) (iamserver.Role, bool) {
	owner := simulatedSeller
	if name == "OtherIngestion" {
		owner = otherSeller
	}
	trust, ok := c.roles[name]
	return iamserver.Role{ARN: "arn:aws:iam::" + owner + ":role/" + name, Trust: trust}, ok
}

// Simulate says what the caller or an access role may do.
func (c *cloud) Simulate(q iamserver.Question) (iamserver.Answer, iamserver.Error) {
	result := q.Decide(func(resource string) string {
		denied := c.denied[q.Action] || c.denied[q.Action+" "+resource] || len(q.Values) > 0 && c.denied[q.Action+" "+q.Values[0]]
		if name := path.Base(q.Principal); name != "Publisher" {
			denied = c.unable[name]
		}
		if denied {
			return "implicitDeny"
		}
		return iamserver.Allowed
	})
	return iamserver.Answer{Results: []iamserver.Result{result}}, iamserver.Error{}
}
