package simulator_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// resourceKind says how the two kinds of SageMaker resource are put, described and listed.
type resourceKind struct {
	control, operation, input, status, details, rates string
}

var resourceKinds = map[string]resourceKind{
	"model-package": {
		"model-package", "DescribeModelPackage", "ModelPackageName", "ModelPackageStatus", "ModelPackageStatusDetails",
		prices(m5batch, "1", m5real, "1"),
	},
	"algorithm": {
		"algorithm", "DescribeAlgorithm", "AlgorithmName", "AlgorithmStatus", "AlgorithmStatusDetails",
		prices(m5batch, "1", m5real, "1", "ml.p3.2xlarge.a.t", "1"),
	},
}

const supportedTypes = `"SupportedTransformInstanceTypes":["ml.m5.large"],"SupportedRealtimeInferenceInstanceTypes":["ml.m5.large"]`

// put stores a resource through the control interface.
func (k resourceKind) put(w *world, arn, fields string) answer {
	w.t.Helper()
	types := supportedTypes
	if k.control == "algorithm" {
		types += `,"SupportedTrainingInstanceTypes":["ml.p3.2xlarge"]`
	}
	return w.call("PUT", "/_simulator/"+k.control, `{"ARN":"`+arn+`",`+types+`,`+fields+`}`)
}

func (k resourceKind) describe(w *world, arn string) answer {
	w.t.Helper()
	a, err := w.send("POST", "/", `{"`+k.input+`":"`+arn+`"}`, map[string]string{
		"Authorization": signed("us-east-2", "sagemaker"), "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "SageMaker." + k.operation,
	})
	require.NoError(w.t, err)
	return a
}

// list tries to sell the resource and gives the change set that came of it.
func (k resourceKind) list(w *world, arn string) map[string]any {
	w.t.Helper()
	changes := publication(arn, k.rates)
	account := strings.Split(arn, ":")[4] // the access role is of the account that owns the resource
	for i := range changes {
		changes[i] = strings.ReplaceAll(changes[i], "arn:aws:iam::"+seller, "arn:aws:iam::"+account)
	}
	return w.settle(changes...)
}

// TestResourcesThatCannotBeListed has each way in which a resource can be unusable, for both kinds: what describing it
// tells, and what comes of the change set that adds it as a version.
func TestResourcesThatCannotBeListed(t *testing.T) {
	t.Parallel()
	const certified = `"CertifyForMarketplace":true`
	for _, c := range []struct {
		name        string
		account     string
		puts        []string // fields, one after another
		status      string   // as described; not described at all when empty
		item        map[string]any
		uncertified bool
		code        string // of AddDeliveryOptions; it succeeds when empty
		message     string
	}{
		{"Completed", seller, []string{certified}, "Completed", map[string]any{"Status": "Completed"}, false, "", ""},
		{"Pending", seller, []string{certified + `,"Status":"Pending"`}, "Pending", map[string]any{"Status": "NotStarted"}, false, "ASSET_VALIDATION_EXCEPTION", "Pending"},
		{"InProgress", seller, []string{certified + `,"Status":"InProgress"`}, "InProgress", map[string]any{"Status": "InProgress"}, false, "ASSET_VALIDATION_EXCEPTION", "InProgress"},
		{
			"Failed", seller, []string{certified + `,"Status":"Failed","FailureReason":"the container did not answer"`}, "Failed",
			map[string]any{"Status": "Failed", "FailureReason": "the container did not answer"}, false, "ASSET_VALIDATION_EXCEPTION", "Failed (the container did not answer)",
		},
		{"Failed without a reason", seller, []string{certified + `,"Status":"Failed"`}, "Failed", map[string]any{"Status": "Failed"}, false, "ASSET_VALIDATION_EXCEPTION", "Failed"},
		{"Deleting", seller, []string{certified + `,"Status":"Deleting"`}, "Deleting", nil, false, "ASSET_VALIDATION_EXCEPTION", "Deleting"},
		{"uncertified", seller, []string{`"CertifyForMarketplace":false`}, "Completed", map[string]any{"Status": "Completed"}, true, "ASSET_VALIDATION_EXCEPTION", "CertifyForMarketplace"},
		{"of another account", "999900001111", []string{certified}, "", nil, false, "ASSET_NOT_FOUND", "does not exist"},
		{"missing", seller, nil, "", nil, false, "ASSET_NOT_FOUND", "does not exist"},
		{"deleted", seller, []string{certified, `"Status":"Deleted"`}, "", nil, false, "ASSET_NOT_FOUND", "does not exist"},
		{"deleted and made again", seller, []string{certified, `"Status":"Deleted"`, certified}, "Completed", map[string]any{"Status": "Completed"}, false, "", ""},
		{"repaired", seller, []string{certified + `,"Status":"Failed","FailureReason":"x"`, certified}, "Completed", map[string]any{"Status": "Completed"}, false, "", ""},
	} {
		for kind, k := range resourceKinds {
			t.Run(c.name+" "+kind, func(t *testing.T) {
				t.Parallel()
				file := filepath.Join(t.TempDir(), "state.json")
				w := newWorld(t, simulator.Config{Store: disk(file)})
				arn := "arn:aws:sagemaker:us-east-2:" + c.account + ":" + kind + "/forecast"
				for _, fields := range c.puts {
					require.Equal(t, 200, k.put(w, arn, fields).Status)
				}
				w = newWorld(t, simulator.Config{Store: disk(file)}) // as it reads back from the file
				a := k.describe(w, arn)
				if c.status == "" {
					assert.Equal(t, 400, a.Status, a.Raw)
					assert.Equal(t, "ValidationException", a.Header.Get("X-Amzn-ErrorType"))
				} else {
					assert.Equal(t, 200, a.Status, a.Raw)
					assert.Equal(t, c.status, a.Body[k.status])
					assert.Equal(t, !c.uncertified, a.Body["CertifyForMarketplace"])
					want := []any{}
					if c.item != nil {
						item := map[string]any{"Name": "forecast"}
						for name, v := range c.item {
							item[name] = v
						}
						want = append(want, item)
					}
					assert.Equal(t, map[string]any{"ValidationStatuses": want, "ImageScanStatuses": []any{}}, a.Body[k.details])
				}

				d := k.list(w, arn)
				if c.code == "" {
					require.Equal(t, "SUCCEEDED", d["Status"], d)
					return
				}
				assert.Equal(t, "FAILED", d["Status"])
				assert.Equal(t, "CLIENT_ERROR", d["FailureCode"])
				assert.Equal(t, []string{c.code}, codes(d)[3], "of AddDeliveryOptions")
				list := d["ChangeSet"].([]any)[3].(map[string]any)["ErrorDetailList"].([]any)
				assert.Contains(t, list[0].(map[string]any)["ErrorMessage"], c.message)
			})
		}
	}
}

// TestResourcesByOddARNs has what the shape of a request lets through and no listing can use.
func TestResourcesByOddARNs(t *testing.T) {
	t.Parallel()
	for kind, k := range resourceKinds {
		for _, name := range []string{"group/3", "a--b-", "a/b/c", strings.Repeat("n", 64), "\u00e9"} {
			w := newWorld(t, simulator.Config{})
			arn := "arn:aws:sagemaker:us-east-2:" + seller + ":" + kind + "/" + name
			put := k.put(w, arn, `"CertifyForMarketplace":true`).Status
			if kind == "model-package" && name == "group/3" { // versioned packages exist, and are described
				assert.Equal(t, 200, put)
				a := k.describe(w, arn)
				assert.Equal(t, 200, a.Status)
				assert.Equal(t, "group", a.Body["ModelPackageGroupName"])
			} else {
				assert.Equal(t, 400, put, arn)
				assert.Equal(t, "ValidationException", k.describe(w, arn).Header.Get("X-Amzn-ErrorType"), arn)
			}
			d := k.list(w, arn)
			assert.Equal(t, []string{"INVALID_ASSET_ARN"}, codes(d)[3], arn)
		}
	}
}

func TestFailureReasonIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	long := strings.Repeat("r", 1025)
	for _, p := range []simulator.ModelPackage{
		{FailureReason: "x"}, {Status: "Pending", FailureReason: "x"}, {Status: "Deleted", FailureReason: "x"}, {Status: "Failed", FailureReason: long}, {Status: "deleted"},
	} {
		p.ARN = packageV1
		require.ErrorIs(t, w.sim.PutModelPackage(p), simulator.ErrResource, "%+v", p)
		require.ErrorIs(t, w.sim.PutAlgorithm(simulator.Algorithm{ARN: algorithm1, Status: p.Status, FailureReason: p.FailureReason}), simulator.ErrResource, "%+v", p)
	}
	require.NoError(t, w.sim.PutModelPackage(simulator.ModelPackage{ARN: packageV1, Status: "Failed", FailureReason: long[1:]}))
	require.ErrorIs(t, w.sim.PutModelPackage(simulator.ModelPackage{ARN: "x", Status: "Deleted"}), simulator.ErrResource)
}

// What Put refuses, a state file may not hold either.
func TestDamagedResourcesAndFaults(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := filepath.Join(dir, "good.json")
	w := newWorld(t, simulator.Config{Store: disk(good)})
	require.NoError(t, w.sim.PutModelPackage(simulator.ModelPackage{ARN: packageV1, Status: "Failed", FailureReason: "why"}))
	require.NoError(t, w.sim.PutAlgorithm(simulator.Algorithm{ARN: algorithm1, Status: "Pending"}))
	require.NoError(t, w.sim.Inject(simulator.Fault{Kind: simulator.Slow, Delay: time.Second}))
	state, err := os.ReadFile(good)
	require.NoError(t, err)
	for i, edit := range [][2]string{
		{`"Status":"Failed"`, `"Status":"Completed"`},
		{`"Status":"Pending"`, `"Status":"Deleted"`},
		{`"why"`, `"` + strings.Repeat("y", 1025) + `"`},
		{`"Delay":1000000000`, `"Delay":-1`},
		{`"Kind":"slow"`, `"Kind":"hang"`},
	} {
		require.Equal(t, 1, strings.Count(string(state), edit[0]), edit[0])
		file := filepath.Join(dir, strconv.Itoa(i)+".json")
		require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(state), edit[0], edit[1], 1)), 0o600))
		_, err := simulator.New(simulator.Config{Store: disk(file)})
		var damaged *simulator.StateError
		require.ErrorAs(t, err, &damaged, edit[1])
	}
}
