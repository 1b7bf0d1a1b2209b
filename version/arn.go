package version

import (
	"errors"
	"fmt"
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
	p, ok := cutARN(string(a))
	if !ok {
		return Parts{}, fmt.Errorf("%w: %q: want arn:aws:sagemaker:<region>:<account>:model-package/<name> or …:algorithm/<name>", ErrARN, shorten(string(a)))
	}
	group, number, versioned := strings.Cut(p.Name, "/")
	p.Versioned = p.Kind == ModelPackage && number != "" && all(number, digit)
	if versioned && !p.Versioned || !resourceName(group) {
		return Parts{}, fmt.Errorf("%w: %q: the name %q must be 1 to 63 letters, digits and inner hyphens", ErrARN, shorten(string(a)), shorten(p.Name))
	}
	return p, nil
}

// cutARN returns the parts of the ARN with whatever name it has.
func cutARN(arn string) (p Parts, ok bool) {
	rest, sagemaker := strings.CutPrefix(arn, "arn:aws:sagemaker:")
	region, rest, _ := strings.Cut(rest, ":")
	account, rest, _ := strings.Cut(rest, ":")
	kind, name, _ := strings.Cut(rest, "/")
	p = Parts{Region: Region(region), Account: AccountID(account), Kind: ModelPackage, Name: name}
	if kind == "algorithm" {
		p.Kind = Algorithm
	}
	return p, sagemaker && len(region) >= 4 && len(region) <= 24 && all(region, lowercase) && p.Account.Valid() &&
		(kind == "model-package" || kind == "algorithm")
}

func resourceName(name string) bool {
	return name != "" && len(name) <= 63 && all(name, letterDigitOrHyphen) && name[0] != '-' && name[len(name)-1] != '-'
}

func all(text string, of func(byte) bool) bool {
	for i := range len(text) {
		if !of(text[i]) {
			return false
		}
	}
	return true
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func lowercase(c byte) bool { return digit(c) || 'a' <= c && c <= 'z' || c == '-' }

func letterDigitOrHyphen(c byte) bool { return lowercase(c) || 'A' <= c && c <= 'Z' }

// Role is the ARN of an IAM role, for example
// "arn:aws:iam::111122223333:role/MarketplaceIngestion". The zero value is no
// role.
type Role string

// Account returns the account that owns the role. If the role is malformed or
// has a path, such as role/service-role/x, it returns an error that matches
// [ErrARN]: the marketplace accepts no roles with a path.
func (r Role) Account() (AccountID, error) {
	rest, iam := strings.CutPrefix(string(r), "arn:aws:iam::")
	account, name, _ := strings.Cut(rest, ":role/")
	switch {
	case iam && AccountID(account).Valid() && name != "" && len(name) <= 64 && all(name, inRoleName):
		return AccountID(account), nil
	case strings.Count(string(r), "/") > 1:
		return "", fmt.Errorf("role %w: %q has a path, which the marketplace does not accept: create the role without one", ErrARN, shorten(string(r)))
	}
	return "", fmt.Errorf("role %w: %q: want arn:aws:iam::<account>:role/<name>", ErrARN, shorten(string(r)))
}

func inRoleName(c byte) bool { return letterDigitOrHyphen(c) || strings.IndexByte("_+=,.@", c) >= 0 }

func shorten(s string) string { return document.Cut(s, 120) }
