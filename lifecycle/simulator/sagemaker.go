package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ModelPackage is a SageMaker model package. Only what a listing depends on is kept.
//
// One of another account can be put, but then it is as if it did not exist, to DescribeModelPackage and to change sets. So
// is one whose status is Deleted, which SageMaker does not have: to put it is to remove the package.
type ModelPackage struct {
	// ARN is arn:aws:sagemaker:<region>:<account>:model-package/<name>; a versioned package has /<group>/<number> instead,
	// and cannot be listed.
	ARN                                     string
	Status                                  string // Completed when empty; else Pending, InProgress, Failed, Deleting, or Deleted
	FailureReason                           string `json:",omitempty"` // why Status is Failed, at most 1024 bytes
	CertifyForMarketplace                   bool   // must be true to be listed
	Description                             string `json:",omitempty"`
	Image                                   string `json:",omitempty"` // of the inference container; a placeholder when empty
	SupportedRealtimeInferenceInstanceTypes []string
	SupportedTransformInstanceTypes         []string
	SupportedContentTypes                   []string
	SupportedResponseMIMETypes              []string
	Created                                 time.Time // when it was first put, if zero
}

// Algorithm is a SageMaker algorithm. Only what a listing depends on is kept. Other accounts and Deleted are as with a
// ModelPackage.
type Algorithm struct {
	ARN                                     string // arn:aws:sagemaker:<region>:<account>:algorithm/<name>
	Status                                  string // Completed when empty; else Pending, InProgress, Failed, Deleting, or Deleted
	FailureReason                           string `json:",omitempty"` // why Status is Failed, at most 1024 bytes
	CertifyForMarketplace                   bool   // must be true to be listed
	Description                             string `json:",omitempty"`
	TrainingImage                           string `json:",omitempty"` // a placeholder when empty
	InferenceImage                          string `json:",omitempty"` // none, and no inference at all, when empty
	SupportedTrainingInstanceTypes          []string
	SupportedRealtimeInferenceInstanceTypes []string
	SupportedTransformInstanceTypes         []string
	SupportedContentTypes                   []string
	SupportedResponseMIMETypes              []string
	Created                                 time.Time // when it was first put, if zero
}

// ErrResource is matched by every refusal of a SageMaker resource.
var ErrResource = errors.New("simulator: bad SageMaker resource")

// PutModelPackage inserts the package, or replaces the one of that ARN; doing it twice is doing it once. The error matches
// ErrResource when the ARN, the status or the reason is wrong, and *StateError when the state could not be written. Safe for
// concurrent use.
func (s *Simulator) PutModelPackage(p ModelPackage) error {
	gone := forget(&p.Status)
	if err := p.normalize(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st.touch(keyModelPackage + p.ARN)
	if gone {
		delete(s.st.ModelPackages, p.ARN)
		return s.save()
	}
	stored, err := clone(&p) // the caller keeps its slices
	if err != nil {
		return fmt.Errorf("%w: %w", ErrResource, err)
	}
	if old := s.st.ModelPackages[p.ARN]; stored.Created.IsZero() && old != nil {
		stored.Created = old.Created
	} else if stored.Created.IsZero() {
		stored.Created = s.st.Now
	}
	s.st.ModelPackages[p.ARN] = stored
	return s.save()
}

// PutAlgorithm does for an algorithm what PutModelPackage does for a model package.
func (s *Simulator) PutAlgorithm(a Algorithm) error {
	gone := forget(&a.Status)
	if err := a.normalize(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st.touch(keyAlgorithm + a.ARN)
	if gone {
		delete(s.st.Algorithms, a.ARN)
		return s.save()
	}
	stored, err := clone(&a)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrResource, err)
	}
	if old := s.st.Algorithms[a.ARN]; stored.Created.IsZero() && old != nil {
		stored.Created = old.Created
	} else if stored.Created.IsZero() {
		stored.Created = s.st.Now
	}
	s.st.Algorithms[a.ARN] = stored
	return s.save()
}

const resourceName = `[a-zA-Z0-9](?:-*[a-zA-Z0-9]){0,62}`

var (
	modelPackageName = regexp.MustCompile(`^arn:aws:sagemaker:([a-z0-9-]{4,24}):[0-9]{12}:model-package/(` + resourceName + `)(?:/([1-9][0-9]{0,8}))?$`)
	algorithmName    = regexp.MustCompile(`^arn:aws:sagemaker:([a-z0-9-]{4,24}):[0-9]{12}:algorithm/(` + resourceName + `)$`)
	bareResourceName = regexp.MustCompile(`^` + resourceName + `$`)
)

func (p *ModelPackage) normalize() error {
	return normalizeResource(modelPackageName, p.ARN, &p.Status, p.FailureReason, p.Created)
}

func (a *Algorithm) normalize() error {
	return normalizeResource(algorithmName, a.ARN, &a.Status, a.FailureReason, a.Created)
}

func normalizeResource(pattern *regexp.Regexp, arn string, status *string, reason string, created time.Time) error {
	if !pattern.MatchString(arn) {
		return fmt.Errorf("%w: ARN %.200q must match %s", ErrResource, arn, pattern)
	}
	if *status == "" {
		*status = "Completed"
	}
	switch *status {
	case "Pending", "InProgress", "Completed", "Failed", "Deleting":
	default:
		return fmt.Errorf("%w: Status %.40q must be Pending, InProgress, Completed, Failed, Deleting or Deleted", ErrResource, *status)
	}
	if reason != "" && *status != "Failed" || len(reason) > maxFailureReason {
		return fmt.Errorf("%w: FailureReason is for Status Failed, and has at most %d bytes", ErrResource, maxFailureReason)
	}
	if y := created.Year(); !created.IsZero() && (y < 1970 || y > 9998) {
		return fmt.Errorf("%w: Created lies outside the years 1970 to 9998", ErrResource)
	}
	return nil
}

type inferenceSpecification struct {
	Containers                              []container
	SupportedRealtimeInferenceInstanceTypes []string
	SupportedTransformInstanceTypes         []string
	SupportedContentTypes                   []string
	SupportedResponseMIMETypes              []string
}

type container struct{ Image string }

type modelPackageAnswer struct {
	ModelPackageName          string `json:",omitempty"`
	ModelPackageGroupName     string `json:",omitempty"`
	ModelPackageVersion       int    `json:",omitempty"`
	ModelPackageArn           string
	ModelPackageDescription   string `json:",omitempty"`
	CreationTime              json.RawMessage
	InferenceSpecification    inferenceSpecification
	ModelPackageStatus        string
	ModelPackageStatusDetails statusDetails
	CertifyForMarketplace     bool
}

func (s *Simulator) describeModelPackage(r *request) (any, error) {
	var in struct{ ModelPackageName string }
	shape := object(need("ModelPackageName", text(1, 2048)), may("IncludedData", oneOf("AllData", "MetadataOnly")))
	if err := r.decode(shape, &in); err != nil {
		return nil, err
	}
	arn, err := s.resourceARN(r, in.ModelPackageName, "model-package")
	if err != nil {
		return nil, err
	}
	p := s.st.modelPackage(r.seller, arn)
	if p == nil {
		return nil, noResource("ModelPackageName", arn)
	}
	m := modelPackageName.FindStringSubmatch(arn)
	out := modelPackageAnswer{
		ModelPackageArn: arn, ModelPackageDescription: p.Description, CreationTime: epoch(p.Created),
		InferenceSpecification: inference(r, p.Image, p.SupportedRealtimeInferenceInstanceTypes, p.SupportedTransformInstanceTypes,
			p.SupportedContentTypes, p.SupportedResponseMIMETypes),
		ModelPackageStatus: p.Status, ModelPackageStatusDetails: detailsOf(m[2], p.Status, p.FailureReason), CertifyForMarketplace: p.CertifyForMarketplace,
	}
	if out.ModelPackageName = m[2]; m[3] != "" {
		out.ModelPackageName, out.ModelPackageGroupName = "", m[2]
		out.ModelPackageVersion, _ = strconv.Atoi(m[3])
	}
	return out, nil
}

type trainingSpecification struct {
	TrainingImage                  string
	SupportedTrainingInstanceTypes []string
	SupportsDistributedTraining    bool
	TrainingChannels               []trainingChannel
}

type trainingChannel struct {
	Name                                       string
	SupportedContentTypes, SupportedInputModes []string
}

type algorithmAnswer struct {
	AlgorithmName          string
	AlgorithmArn           string
	AlgorithmDescription   string `json:",omitempty"`
	CreationTime           json.RawMessage
	TrainingSpecification  trainingSpecification
	InferenceSpecification *inferenceSpecification `json:",omitempty"`
	AlgorithmStatus        string
	AlgorithmStatusDetails statusDetails
	CertifyForMarketplace  bool
}

func (s *Simulator) describeAlgorithm(r *request) (any, error) {
	var in struct{ AlgorithmName string }
	if err := r.decode(object(need("AlgorithmName", text(1, 2048))), &in); err != nil {
		return nil, err
	}
	arn, err := s.resourceARN(r, in.AlgorithmName, "algorithm")
	if err != nil {
		return nil, err
	}
	a := s.st.algorithm(r.seller, arn)
	if a == nil {
		return nil, noResource("AlgorithmName", arn)
	}
	name := algorithmName.FindStringSubmatch(arn)[2]
	out := algorithmAnswer{
		AlgorithmName: name, AlgorithmArn: arn, AlgorithmDescription: a.Description,
		CreationTime: epoch(a.Created),
		TrainingSpecification: trainingSpecification{
			TrainingImage: orPlaceholder(r, a.TrainingImage), SupportedTrainingInstanceTypes: items(a.SupportedTrainingInstanceTypes),
			TrainingChannels: []trainingChannel{{"training", items(a.SupportedContentTypes), []string{"File"}}},
		},
		AlgorithmStatus: a.Status, AlgorithmStatusDetails: detailsOf(name, a.Status, a.FailureReason), CertifyForMarketplace: a.CertifyForMarketplace,
	}
	if a.InferenceImage != "" {
		out.InferenceSpecification = ptr(inference(r, a.InferenceImage, a.SupportedRealtimeInferenceInstanceTypes,
			a.SupportedTransformInstanceTypes, a.SupportedContentTypes, a.SupportedResponseMIMETypes))
	}
	return out, nil
}

// resourceARN completes a name with the region of the credential scope, and holds an ARN against that region.
func (s *Simulator) resourceARN(r *request, name, kind string) (string, error) {
	if !strings.HasPrefix(name, "arn:") {
		if !bareResourceName.MatchString(name) {
			return "", invalid(badField, "", "1 validation error detected: %.80q is neither a name nor an ARN", name)
		}
		return fmt.Sprintf("arn:aws:sagemaker:%s:%s:%s/%s", r.region, r.seller, kind, name), nil
	}
	parts := strings.SplitN(name, ":", 6)
	if len(parts) < 6 || !strings.HasPrefix(parts[5], kind+"/") {
		return "", invalid(badField, "", "1 validation error detected: %.80q is not the ARN of a %s", name, kind)
	}
	if parts[3] != r.region {
		return "", denied("the credential is scoped to region %.40q, the resource is in %.40q", r.region, parts[3])
	}
	return name, nil
}

func noResource(field, arn string) error {
	return invalid(otherReason, "", "%s: %.200s does not exist", field, arn)
}

func inference(r *request, image string, realtime, transform, content, responses []string) inferenceSpecification {
	return inferenceSpecification{
		[]container{{orPlaceholder(r, image)}}, items(realtime), items(transform), items(content), items(responses),
	}
}

// orPlaceholder stands in for an image that is not given: one in the seller's own registry and the Region of the
// resource, where a listing needs it.
func orPlaceholder(r *request, image string) string {
	if image == "" {
		return r.seller + ".dkr.ecr." + r.region + ".amazonaws.com/simulated:1"
	}
	return image
}

// items prints as an array even when there are none.
func items(list []string) []string { return append([]string{}, list...) }

// epoch is how the JSON 1.1 protocol prints instants: seconds, to the millisecond.
func epoch(t time.Time) json.RawMessage {
	return json.RawMessage(strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64))
}
