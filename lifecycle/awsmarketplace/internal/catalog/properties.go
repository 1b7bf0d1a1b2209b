package catalog

// InputProperties tell what goes into a model. Changes and entities have them
// alike.
type InputProperties struct {
	// Description has up to 10,000 characters.
	Description string
	// Limitations has up to 1000 characters.
	Limitations string `json:",omitempty"`
	// SampleInput is an example.
	SampleInput Sample
	// Parameters and SageMakerCustomAttributes have up to 35 entries each.
	Parameters                []Parameter `json:",omitzero"`
	SageMakerCustomAttributes []Parameter `json:",omitzero"`
}

// OutputProperties tell what comes out of a model.
type OutputProperties struct {
	// Description has up to 10,000 characters.
	Description string
	// SampleOutput is an example.
	SampleOutput Sample
	// Parameters has up to 35 entries.
	Parameters []OutputParameter `json:",omitzero"`
}

// Sample is an example for each mode, as text or as an address.
type Sample struct {
	RealtimeInferenceText string `json:",omitempty"`                     // up to 10,000 characters
	RealtimeInferenceURL  string `json:"RealtimeInferenceUrl,omitempty"` // https
	BatchTransformText    string `json:",omitempty"`                     // up to 10,000 characters
	BatchTransformURL     string `json:"BatchTransformUrl,omitempty"`    // https
}

// Parameter is one value that a model takes.
type Parameter struct {
	// Name has up to 100 characters.
	Name string
	// Description has up to 1000 characters.
	Description string
	// Constraints has up to 1500 characters.
	Constraints string `json:",omitempty"`
	// Required reports that the model does not work without it.
	Required bool
}

// OutputParameter is one value that a model returns.
type OutputParameter struct {
	// Name has up to 100 characters.
	Name string
	// Description has up to 1000 characters.
	Description string
	// Constraints is read in entities, never sent.
	Constraints string `json:",omitempty"`
	// AlwaysReturned reports that no answer is without it.
	AlwaysReturned bool
}

// RecommendedInstanceTypes has an instance type such as "ml.m5.large" for each
// mode. One that is absent stays absent: the Catalog API refuses an empty one.
type RecommendedInstanceTypes struct {
	// BatchTransform and RealtimeInference are for serving.
	BatchTransform    string `json:",omitempty"`
	RealtimeInference string `json:",omitempty"`
	// Training is an algorithm's only.
	Training string `json:",omitempty"`
}
