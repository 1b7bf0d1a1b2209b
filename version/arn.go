package version

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// ErrARN is matched by every error about a malformed or unusable ARN.
var ErrARN = errors.New("not the ARN of a model package or algorithm")

// Kind is what a SageMaker resource is. All versions of one listing are of one
// kind, for the life of the listing.
type Kind string

const (
	// ModelPackage is a trained model with its inference code.
	ModelPackage Kind = "model package"
	// Algorithm is something that buyers train models with.
	Algorithm Kind = "algorithm"
)

// Valid reports whether the kind is one of the two.
func (k Kind) Valid() bool { return k == ModelPackage || k == Algorithm }

// ARN names the SageMaker resource of a version, for example
// "arn:aws:sagemaker:us-east-2:111122223333:model-package/invoice-v1".
// The zero value names none.
type ARN string

var resourceARN = regexp.MustCompile(`^arn:aws:sagemaker:([a-z0-9-]{4,24}):([0-9]{12}):(model-package|algorithm)/(\S+)$`)

var resourceName = regexp.MustCompile(`^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$`)

var versionedName = regexp.MustCompile(`^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}/[0-9]+$`)

// Parts are what an ARN is made of.
type Parts struct {
	// Region is where the resource lives.
	Region Region
	// Account owns the resource.
	Account AccountID
	// Kind tells a model package from an algorithm.
	Kind Kind
	// Name is the resource's name; of a versioned model package it is
	// "group/number".
	Name string
	// Versioned reports a model package that belongs to a model package group.
	// Such packages cannot be certified for the marketplace.
	Versioned bool
}

// ParseARN returns s as an ARN, or an error that matches [ErrARN] and says
// what the ARN should look like.
func ParseARN(s string) (ARN, error) {
	if _, err := ARN(s).Parts(); err != nil {
		return "", err
	}
	return ARN(s), nil
}

// Parts takes the ARN apart. The error matches [ErrARN].
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

// Role is the IAM role that lets the marketplace read a version's resource,
// for example "arn:aws:iam::111122223333:role/MarketplaceIngestion". The zero
// value names none.
type Role string

var roleARN = regexp.MustCompile(`^arn:aws:iam::([0-9]{12}):role/([A-Za-z0-9_+=,.@-]{1,64})$`)

// Account returns the account that owns the role, or an error that matches
// [ErrARN]. A role with a path, such as role/service-role/x, is refused here
// because the marketplace refuses it.
func (r Role) Account() (AccountID, error) {
	m := roleARN.FindStringSubmatch(string(r))
	switch {
	case m != nil:
		return AccountID(m[1]), nil
	case strings.Count(string(r), "/") > 1:
		return "", fmt.Errorf("role %w: %q has a path, which the marketplace does not take: create the role without one", ErrARN, shorten(string(r)))
	}
	return "", fmt.Errorf("role %w: %q: want arn:aws:iam::<account>:role/<name>", ErrARN, shorten(string(r)))
}

func shorten(s string) string {
	if len(s) > 120 {
		return strings.ToValidUTF8(s[:120], "") + "…"
	}
	return s
}
