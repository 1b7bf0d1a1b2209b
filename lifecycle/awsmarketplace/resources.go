package awsmarketplace

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"
	"github.com/aws/smithy-go"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/version"
)

// Resources is a [lifecycle.Resources] on Amazon SageMaker. Make one with
// [NewResources]; the zero value does not work. It is safe for concurrent use.
type Resources struct {
	client *sagemaker.Client
}

var _ lifecycle.Resources = (*Resources)(nil)

// NewResources returns Resources with the credentials, the HTTP client and the
// endpoint of cfg. It does not use the Region and the retries of cfg: each
// resource is asked for in the Region of its ARN, and a manager retries by
// itself.
func NewResources(cfg aws.Config) *Resources {
	return &Resources{client: sagemaker.NewFromConfig(wire.Config(cfg, cfg.Region))}
}

// Describe returns what SageMaker has of the resource. The errors are those of
// [lifecycle.Resources], and [version.ErrARN] if arn is not the ARN of a model
// package or an algorithm.
func (r *Resources) Describe(ctx context.Context, arn version.ARN) (lifecycle.Resource, error) {
	parts, err := arn.Parts()
	if err != nil {
		return lifecycle.Resource{}, err
	}
	inRegion := func(o *sagemaker.Options) { o.Region = string(parts.Region) }
	if parts.Kind == version.Algorithm {
		return r.algorithm(ctx, arn, inRegion)
	}
	return r.modelPackage(ctx, arn, inRegion)
}

func (r *Resources) modelPackage(ctx context.Context, arn version.ARN, inRegion func(*sagemaker.Options)) (lifecycle.Resource, error) {
	out, err := r.client.DescribeModelPackage(ctx, &sagemaker.DescribeModelPackageInput{
		ModelPackageName: aws.String(string(arn)), IncludedData: types.IncludedDataMetadataOnly, // the model card may need kms:Decrypt
	}, inRegion)
	if err != nil {
		return lifecycle.Resource{}, describeError(ctx, arn, err)
	}
	return lifecycle.Resource{
		Status:    lifecycle.ResourceStatus(out.ModelPackageStatus),
		Certified: aws.ToBool(out.CertifyForMarketplace),

		InstanceTypes:   inference(out.InferenceSpecification),
		InferenceImages: images(out.InferenceSpecification),
	}, nil
}

func (r *Resources) algorithm(ctx context.Context, arn version.ARN, inRegion func(*sagemaker.Options)) (lifecycle.Resource, error) {
	out, err := r.client.DescribeAlgorithm(ctx, &sagemaker.DescribeAlgorithmInput{AlgorithmName: aws.String(string(arn))}, inRegion)
	if err != nil {
		return lifecycle.Resource{}, describeError(ctx, arn, err)
	}
	resource := lifecycle.Resource{
		Status:    lifecycle.ResourceStatus(out.AlgorithmStatus),
		Certified: aws.ToBool(out.CertifyForMarketplace),

		InstanceTypes:   inference(out.InferenceSpecification),
		InferenceImages: images(out.InferenceSpecification),
	}
	if out.TrainingSpecification != nil {
		resource.Training = names(out.TrainingSpecification.SupportedTrainingInstanceTypes)
		resource.TrainingImage = aws.ToString(out.TrainingSpecification.TrainingImage)
		describeTraining(&resource, *out.TrainingSpecification)
	}
	return resource, nil
}

// describeTraining adds what buyers are shown of an algorithm.
func describeTraining(resource *lifecycle.Resource, spec types.TrainingSpecification) {
	for _, m := range spec.MetricDefinitions {
		resource.Metrics = append(resource.Metrics, aws.ToString(m.Name))
	}
	for _, c := range spec.TrainingChannels {
		resource.Channels = append(resource.Channels, lifecycle.Channel{Name: aws.ToString(c.Name), Description: aws.ToString(c.Description),
			ContentTypes: c.SupportedContentTypes, InputModes: names(c.SupportedInputModes), Required: aws.ToBool(c.IsRequired)})
	}
	for _, h := range spec.SupportedHyperParameters {
		resource.Hyperparameters = append(resource.Hyperparameters, lifecycle.Hyperparameter{Name: aws.ToString(h.Name), Description: aws.ToString(h.Description),
			Type: string(h.Type), Default: aws.ToString(h.DefaultValue), Required: aws.ToBool(h.IsRequired), Tunable: aws.ToBool(h.IsTunable)})
	}
}

// inference returns the instance types of batch transform and endpoints; an
// algorithm without an inference image has none.
func inference(spec *types.InferenceSpecification) lifecycle.InstanceTypes {
	if spec == nil {
		return lifecycle.InstanceTypes{}
	}
	return lifecycle.InstanceTypes{
		Batch:    names(spec.SupportedTransformInstanceTypes),
		RealTime: names(spec.SupportedRealtimeInferenceInstanceTypes),
	}
}

func images(spec *types.InferenceSpecification) []string {
	if spec == nil {
		return nil
	}
	var all []string
	for _, c := range spec.Containers {
		if c.Image != nil {
			all = append(all, *c.Image)
		}
	}
	return all
}

func names[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, name := range all {
		out[i] = string(name)
	}
	return out
}

// describeError returns what an error of SageMaker means. A ValidationException is
// its answer for a resource that does not exist: the ARN was checked before, so
// nothing else of the request can be invalid.
func describeError(ctx context.Context, arn version.ARN, err error) error {
	class := wire.Classify(ctx, err)
	var api smithy.APIError
	if errors.As(class, &api) && api.ErrorCode() == "ValidationException" && !errors.Is(class, lifecycle.ErrCredentials) {
		return fmt.Errorf("%w: %s: %w", lifecycle.ErrNotFound, arn, class)
	}
	return class
}
