package version

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/shelflife-go/shelflife/listing/document"
)

// ErrARN is matched by every error about a malformed [ARN] or [Role].
var ErrARN = errors.New("not the ARN of a model package or algorithm")

// Kind is the kind of a SageMaker resource. All versions of a listing are of the
// same kind, and it never changes.
type Kind string

const (
	// ModelPackage is a trained model with its inference code.
	ModelPackage Kind = "model package"
	// Algorithm is an algorithm with which buyers train models.
	Algorithm Kind = "algorithm"
)

// Valid reports whether k is [ModelPackage] or [Algorithm].
func (k Kind) Valid() bool { return k == ModelPackage || k == Algorithm }

// ARN is the ARN of a SageMaker model package or algorithm, for example
// "arn:aws:sagemaker:us-east-2:111122223333:model-package/invoice-v1". The zero
// value is no ARN.
type ARN string

var resourceARN = regexp.MustCompile(`^arn:aws:sagemaker:([a-z0-9-]{4,24}):([0-9]{12}):(model-package|algorithm)/(\S+)$`)

var resourceName = regexp.MustCompile(`^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$`)

var versionedName = regexp.MustCompile(`^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}/[0-9]+$`)

// Parts are the parts of an [ARN].
type Parts struct {
	// Region is the Region of the resource.
	Region Region
	// Account owns the resource.
	Account AccountID
	// Kind is the kind of the resource.
	Kind Kind
	// Name is the name of the resource. The name of a versioned model package
	// is "group/number".
	Name string
	// Versioned says that the resource is a model package in a model package
	// group. Such a package cannot be certified for the marketplace.
	Versioned bool
}

// Parts returns the parts of the ARN. If the ARN is malformed, it returns an
// error that matches [ErrARN] and says what is expected.
func (a ARN) Parts() (Parts, error) {
	m := resourceARN.FindStringSubmatch(string(a))
	if m == nil {
		return Parts{}, fmt.Errorf("%w: %q: want arn:aws:sagemaker:<region>:<account>:model-package/<name> or …:algorithm/<name>", ErrARN, shorten(string(a)))
	}
	p := Parts{Region: Region(m[1]), Account: AccountID(m[2]), Kind: ModelPackage, Name: m[4]}
	if m[3] == "algorithm" {
		p.Kind = Algorithm
	}
	p.Versioned = p.Kind == ModelPackage && versionedName.MatchString(p.Name)
	if !p.Versioned && !resourceName.MatchString(p.Name) {
		return Parts{}, fmt.Errorf("%w: %q: the name %q must be 1 to 63 letters, digits and inner hyphens", ErrARN, shorten(string(a)), shorten(p.Name))
	}
	return p, nil
}

// Role is the ARN of an IAM role, for example
// "arn:aws:iam::111122223333:role/MarketplaceIngestion". The zero value is no
// role.
type Role string

var roleARN = regexp.MustCompile(`^arn:aws:iam::([0-9]{12}):role/([A-Za-z0-9_+=,.@-]{1,64})$`)

// Account returns the account that owns the role. If the role is malformed or
// has a path, such as role/service-role/x, it returns an error that matches
// [ErrARN]: the marketplace accepts no roles with a path.
func (r Role) Account() (AccountID, error) {
	m := roleARN.FindStringSubmatch(string(r))
	switch {
	case m != nil:
		return AccountID(m[1]), nil
	case strings.Count(string(r), "/") > 1:
		return "", fmt.Errorf("role %w: %q has a path, which the marketplace does not accept: create the role without one", ErrARN, shorten(string(r)))
	}
	return "", fmt.Errorf("role %w: %q: want arn:aws:iam::<account>:role/<name>", ErrARN, shorten(string(r)))
}

func shorten(s string) string { return document.Cut(s, 120) }
