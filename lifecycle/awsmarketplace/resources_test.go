package awsmarketplace_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/version"
)

const (
	packageARN   version.ARN = "arn:aws:sagemaker:us-east-2:111122223333:model-package/invoice-v1"
	algorithmARN version.ARN = "arn:aws:sagemaker:eu-west-1:111122223333:algorithm/invoice-trainer"
)

func TestDescribeResource(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		arn       version.ARN
		answer    string
		want      lifecycle.Resource
		operation string
		host      string
		body      string
	}{
		"model package": {packageARN, `{"ModelPackageStatus": "Completed", "CertifyForMarketplace": true, "InferenceSpecification": {
			"Containers": [{"Image": "111122223333.dkr.ecr.us-east-2.amazonaws.com/invoice:1"}, {}],
			"SupportedTransformInstanceTypes": ["ml.m5.large"], "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large", "ml.new.99xlarge"]}}`,
			lifecycle.Resource{Status: lifecycle.ResourceCompleted, Certified: true,
				InstanceTypes:   lifecycle.InstanceTypes{Batch: []string{"ml.m5.large"}, RealTime: []string{"ml.m5.large", "ml.new.99xlarge"}},
				InferenceImages: []string{"111122223333.dkr.ecr.us-east-2.amazonaws.com/invoice:1"}},
			"SageMaker.DescribeModelPackage", "api.sagemaker.us-east-2.amazonaws.com", `{"IncludedData":"MetadataOnly","ModelPackageName":"` + string(packageARN) + `"}`},
		"algorithm": {algorithmARN, `{"AlgorithmStatus": "InProgress", "InferenceSpecification": {"SupportedTransformInstanceTypes": ["ml.c5.large"]},
			"TrainingSpecification": {"TrainingImage": "111122223333.dkr.ecr.us-east-2.amazonaws.com/train:1", "SupportedTrainingInstanceTypes": ["ml.m5.large"],
				"MetricDefinitions": [{"Name": "validation:auc", "Regex": "auc=(.*)"}],
				"TrainingChannels": [{"Name": "training", "Description": "Rows", "IsRequired": true, "SupportedContentTypes": ["text/csv"], "SupportedInputModes": ["File"]}],
				"SupportedHyperParameters": [{"Name": "max_depth", "Description": "Depth of a tree", "Type": "Integer", "DefaultValue": "6", "IsTunable": true, "IsRequired": false}]}}`,
			lifecycle.Resource{Status: "InProgress",
				InstanceTypes:   lifecycle.InstanceTypes{Batch: []string{"ml.c5.large"}, RealTime: []string{}, Training: []string{"ml.m5.large"}},
				TrainingImage:   "111122223333.dkr.ecr.us-east-2.amazonaws.com/train:1",
				Metrics:         []string{"validation:auc"},
				Channels:        []lifecycle.Channel{{Name: "training", Description: "Rows", ContentTypes: []string{"text/csv"}, InputModes: []string{"File"}, Required: true}},
				Hyperparameters: []lifecycle.Hyperparameter{{Name: "max_depth", Description: "Depth of a tree", Type: "Integer", Default: "6", Tunable: true}}},
			"SageMaker.DescribeAlgorithm", "api.sagemaker.eu-west-1.amazonaws.com", `{"AlgorithmName":"` + string(algorithmARN) + `"}`},
		"algorithm that only trains": {algorithmARN, `{"AlgorithmStatus": "Completed", "CertifyForMarketplace": false}`,
			lifecycle.Resource{Status: lifecycle.ResourceCompleted},
			"SageMaker.DescribeAlgorithm", "api.sagemaker.eu-west-1.amazonaws.com", `{"AlgorithmName":"` + string(algorithmARN) + `"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wire := &recorder{answer: test.answer}
			got, err := awsmarketplace.NewResources(fixture.Config(t, wire)).Describe(t.Context(), test.arn)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
			require.Len(t, wire.requests, 1)
			parts, err := test.arn.Parts()
			require.NoError(t, err)
			assert.Equal(t, test.operation, wire.requests[0].operation)
			assert.Equal(t, test.host, wire.requests[0].host)
			assert.Contains(t, wire.requests[0].signature, "/"+string(parts.Region)+"/sagemaker/aws4_request", "signed for the region of the ARN")
			assert.JSONEq(t, test.body, string(wire.requests[0].body))
		})
	}
}

func TestDescribeResourceErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status    int
		exception string
		want      []string
	}{
		"missing, as SageMaker says it": {400, "ValidationException", []string{"not found"}},
		"missing":                       {400, "ResourceNotFound", []string{"not found"}},
		"denied":                        {400, "AccessDeniedException", []string{"denied"}},
		"region not enabled":            {403, "UnrecognizedClientException", []string{"credentials", "denied"}},
		"throttled":                     {400, "ThrottlingException", []string{"throttled"}},
		"server fault":                  {500, "InternalFailure", []string{"unavailable"}},
		"something else":                {400, "ConflictException", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := 0
			address := fixture.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked++
				w.Header().Set("Content-Type", "application/x-amz-json-1.1")
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, `{"__type": "`+test.exception+`", "message": "no"}`)
			}))
			resources := awsmarketplace.NewResources(fixture.ConfigAt(t, nil, address))
			for _, arn := range []version.ARN{packageARN, algorithmARN} {
				_, err := resources.Describe(t.Context(), arn)
				require.Error(t, err)
				assert.Equal(t, test.want, matched(err), "%v", err)
			}
			assert.Equal(t, 2, asked, "the caller retries, not the adapter")
		})
	}
}

func TestDescribeResourceRefusesOtherARNs(t *testing.T) {
	t.Parallel()
	wire := &recorder{}
	_, err := awsmarketplace.NewResources(fixture.Config(t, wire)).Describe(t.Context(), "arn:aws:sagemaker:us-east-2:111122223333:endpoint/x")
	require.ErrorIs(t, err, version.ErrARN)
	assert.Empty(t, wire.requests)
}
