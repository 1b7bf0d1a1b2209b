package version

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Version is one version of a listing: a SageMaker resource and the information
// that buyers need. The zero value is an empty draft, which [Check] finds
// incomplete. Number, Resource and AccessRole cannot change once the version has
// been submitted; everything else can change while the version is offered
// (seller guide, step 3).
type Version struct {
	// Number is the version number that buyers see: 1 to 64 characters, unique
	// in the listing.
	Number string `json:"number"`
	// Resource is the SageMaker model package or algorithm. To publish another
	// resource, add a version.
	Resource ARN `json:"resource"`
	// AccessRole is the role with which the marketplace reads the resource. It
	// is sent when the version is added. The marketplace never returns it.
	AccessRole Role `json:"accessRole"`
	// Status says whether new buyers can choose the version.
	Status Status `json:"status,omitempty"`
	// ReleaseNotes say what is new: 1 to 30,000 characters.
	ReleaseNotes string `json:"releaseNotes"`
	// Notebook is the https address of a sample Jupyter notebook.
	Notebook string `json:"notebook"`
	// Repository is the https address of the Git repository with the samples.
	Repository string `json:"repository"`
	// Usage says how to use the version: 1 to 10,000 characters, together with
	// what Training adds; see [Version.UsageInstructions].
	Usage string `json:"usage"`
	// Training is information about the training of an algorithm. It is nil for
	// a model package.
	Training *Training `json:"training,omitempty"`
	// Input describes the input of the model.
	Input Input `json:"input"`
	// Output describes the output of the model.
	Output Output `json:"output"`
	// Recommended are the instance types that the seller recommends.
	Recommended Recommended `json:"recommended"`
}

// Status says whether new buyers can choose a version.
type Status string

const (
	// Offered means that everyone who can see the listing can choose the
	// version. It is the zero value.
	Offered Status = ""
	// Restricted means that the version is hidden from new buyers. Buyers who
	// subscribed before can still use it (seller guide, "Restricting
	// versions").
	Restricted Status = "restricted"
)

// Training is information about the training of an algorithm (seller guide,
// step 3, training data inputs).
type Training struct {
	// Data describes the training data: 1 to 10,000 characters.
	Data string `json:"data"`
	// Example is the https address of example training data.
	Example string `json:"example"`
	// Overview explains the algorithm: 1 to 10,000 characters.
	Overview string `json:"overview"`
}

// Input describes the input of a version.
type Input struct {
	// Description describes the input: 1 to 10,000 characters. It should name
	// the MIME content types.
	Description string `json:"description"`
	// Limitations are limits of the input: at most 1,000 characters. They are
	// optional.
	Limitations string `json:"limitations,omitempty"`
	// RealTime is a sample request to an endpoint.
	RealTime Sample `json:"realTime"`
	// Batch is a sample input of a batch transform job.
	Batch Sample `json:"batch"`
	// Parameters are the fields of the input: at most 35.
	Parameters []Parameter `json:"parameters,omitempty"`
	// CustomAttributes are the SageMaker custom attributes: at most 35.
	CustomAttributes []Parameter `json:"customAttributes,omitempty"`
}

// Output describes the output of a version.
type Output struct {
	// Description describes the output: 1 to 10,000 characters. It should name
	// the MIME content types.
	Description string `json:"description"`
	// RealTime is a sample response of an endpoint.
	RealTime Sample `json:"realTime"`
	// Batch is a sample output of a batch transform job.
	Batch Sample `json:"batch"`
	// Fields are the fields of the output: at most 35.
	Fields []Field `json:"fields,omitempty"`
}

// Sample is an example of an input or output: either a text or an address.
type Sample struct {
	// Text is the example itself: at most 10,000 characters.
	Text string `json:"text,omitempty"`
	// URL is the https address of a file with the example.
	URL string `json:"url,omitempty"`
}

// Parameter describes one field of the input or one custom attribute.
type Parameter struct {
	// Name is the name: 1 to 100 printable ASCII characters.
	Name string `json:"name"`
	// Description describes the parameter: 1 to 1,000 characters.
	Description string `json:"description"`
	// Constraints say which values are allowed: at most 1,500 characters. They
	// are optional.
	Constraints string `json:"constraints,omitempty"`
	// Required says that every request must have the parameter.
	Required bool `json:"required,omitempty"`
}

// Field describes one field of the output.
type Field struct {
	// Name is the name: 1 to 100 printable ASCII characters.
	Name string `json:"name"`
	// Description describes the field: 1 to 1,000 characters.
	Description string `json:"description"`
	// AlwaysReturned says that every response has the field.
	AlwaysReturned bool `json:"alwaysReturned,omitempty"`
}

// Recommended are the instance types that the seller recommends, such as
// "ml.m5.large". The resource must support them.
type Recommended struct {
	// Batch is the instance type for batch transform.
	Batch string `json:"batch"`
	// RealTime is the instance type for endpoints.
	RealTime string `json:"realTime"`
	// Training is the instance type for training. It is empty for a model
	// package.
	Training string `json:"training,omitempty"`
}

const trainingHeading = "\n\n## Training\n\n"

// UsageInstructions returns the usage information that is sent to the
// marketplace. The Catalog API has no fields for Training, so UsageInstructions
// adds it to Usage, below a heading.
func (v Version) UsageInstructions() string {
	if v.Training == nil {
		return v.Usage
	}
	parts := v.usageParts()
	return strings.Join(parts[:], "")
}

func (v Version) usageParts() [7]string {
	return [...]string{
		v.Usage, trainingHeading, v.Training.Overview,
		"\n\nTraining data: ", v.Training.Data,
		"\n\nExample training data: ", v.Training.Example,
	}
}

// usageLength returns the number of characters of the usage instructions.
func (v Version) usageLength() (n int) {
	if v.Training == nil {
		return utf8.RuneCountInString(v.Usage)
	}
	for _, part := range v.usageParts() {
		n += utf8.RuneCountInString(part)
	}
	return n
}

// Clone returns a copy that shares no memory with v.
func (v Version) Clone() Version {
	if v.Training != nil {
		training := *v.Training
		v.Training = &training
	}
	v.Input.Parameters = slices.Clone(v.Input.Parameters)
	v.Input.CustomAttributes = slices.Clone(v.Input.CustomAttributes)
	v.Output.Fields = slices.Clone(v.Output.Fields)
	return v
}
