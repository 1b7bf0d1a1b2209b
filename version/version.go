package version

import (
	"slices"
	"strings"
)

// Version is one release of a listing: a SageMaker resource and what buyers
// are told about it. The zero value is an empty draft that [Check] finds
// incomplete. Everything but Number and Resource stays editable while the
// version is offered (seller guide, step 3).
type Version struct {
	// Number is the version number that buyers see: at most 64 characters,
	// unique in the listing, fixed once the version was submitted.
	Number string `json:"number"`
	// Resource is the SageMaker model package or algorithm. It never changes:
	// a new resource is a new version.
	Resource ARN `json:"resource"`
	// AccessRole lets the marketplace read the resource. It is sent when the
	// version is added and never given back by the marketplace.
	AccessRole Role `json:"accessRole"`
	// Status says whether new buyers can choose the version. The zero value
	// means Offered.
	Status Status `json:"status,omitempty"`
	// ReleaseNotes tell what is new: at most 30,000 characters.
	ReleaseNotes string `json:"releaseNotes"`
	// Notebook is the https address of a sample Jupyter notebook.
	Notebook string `json:"notebook"`
	// Repository is the https address of the Git repository with the samples.
	Repository string `json:"repository"`
	// Usage tells buyers how to use the version: at most 10,000 characters,
	// together with what Training adds (see [Version.UsageInstructions]).
	Usage string `json:"usage"`
	// Training describes the training data of an algorithm; nil for a model
	// package.
	Training *Training `json:"training,omitempty"`
	// Input describes what the model takes.
	Input Input `json:"input"`
	// Output describes what the model returns.
	Output Output `json:"output"`
	// Recommended names one supported instance type for each way to run.
	Recommended Recommended `json:"recommended"`
}

// Status says who can choose a version.
type Status string

const (
	// Offered versions can be chosen by everyone who sees the listing.
	Offered Status = ""
	// Restricted versions are hidden from new buyers and stay usable for those
	// who subscribed before (seller guide, "Restricting versions").
	Restricted Status = "restricted"
)

// Training is what an algorithm's buyers need to know to train with it
// (seller guide, step 3, training data inputs).
type Training struct {
	// Data describes the training data.
	Data string `json:"data"`
	// Example is the https address of an example training data resource.
	Example string `json:"example"`
	// Overview explains the training algorithm.
	Overview string `json:"overview"`
}

// Input describes what a version takes.
type Input struct {
	// Description: at most 10,000 characters; name the MIME content types.
	Description string `json:"description"`
	// Limitations: optional, at most 1,000 characters.
	Limitations string `json:"limitations,omitempty"`
	// RealTime is a sample request to an endpoint.
	RealTime Sample `json:"realTime"`
	// Batch is a sample input of a batch transform job.
	Batch Sample `json:"batch"`
	// Parameters describe the fields of the input: at most 35.
	Parameters []Parameter `json:"parameters,omitempty"`
	// CustomAttributes describe the SageMaker custom attributes: at most 35.
	CustomAttributes []Parameter `json:"customAttributes,omitempty"`
}

// Output describes what a version returns.
type Output struct {
	// Description: at most 10,000 characters; name the MIME content types.
	Description string `json:"description"`
	// RealTime is a sample answer of an endpoint.
	RealTime Sample `json:"realTime"`
	// Batch is a sample output of a batch transform job.
	Batch Sample `json:"batch"`
	// Fields describe the parts of the output: at most 35.
	Fields []Field `json:"fields,omitempty"`
}

// Sample is an example input or output: a text or an address, not both.
type Sample struct {
	// Text is the sample itself: at most 10,000 characters.
	Text string `json:"text,omitempty"`
	// URL is the https address of a file with the sample.
	URL string `json:"url,omitempty"`
}

// Parameter describes one field of the input or one custom attribute.
type Parameter struct {
	// Name: at most 100 printable ASCII characters.
	Name string `json:"name"`
	// Description: at most 1,000 characters.
	Description string `json:"description"`
	// Constraints: optional, at most 1,500 characters.
	Constraints string `json:"constraints,omitempty"`
	// Required reports that every request must carry it.
	Required bool `json:"required,omitempty"`
}

// Field describes one part of the output.
type Field struct {
	// Name: at most 100 printable ASCII characters.
	Name string `json:"name"`
	// Description: at most 1,000 characters.
	Description string `json:"description"`
	// AlwaysReturned reports that every answer carries it.
	AlwaysReturned bool `json:"alwaysReturned,omitempty"`
}

// Recommended names the instance types that buyers are advised to use, each
// among those that the resource supports, for example "ml.m5.large".
type Recommended struct {
	// Batch is for batch transform jobs.
	Batch string `json:"batch"`
	// RealTime is for endpoints.
	RealTime string `json:"realTime"`
	// Training is for training jobs: of algorithms only.
	Training string `json:"training,omitempty"`
}

const trainingHeading = "\n\n## Training\n\n"

// UsageInstructions is the usage text as the marketplace takes it. The Catalog
// API has no field for the training data inputs that the portal asks for, so
// those of an algorithm follow the usage under a heading of their own.
func (v Version) UsageInstructions() string {
	if v.Training == nil {
		return v.Usage
	}
	return strings.Join([]string{
		v.Usage, trainingHeading, v.Training.Overview,
		"\n\nTraining data: ", v.Training.Data,
		"\n\nExample training data: ", v.Training.Example,
	}, "")
}

// Clone returns a copy that shares nothing with v.
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
