package simulator

import "regexp"

// Patterns as the service states them: matched from the start, without an end anchor where it has none.
var (
	solid          = regexp.MustCompile(`^\S+[\S\s]*`) // not empty, no leading white space
	secureURL      = regexp.MustCompile(`^https://(www\.)?[-a-zA-Z0-9@._]{1,256}\.[a-zA-Z0-9()]{2,63}\b([-a-zA-Z0-9@_+./]*)`)
	resourceURL    = regexp.MustCompile(`^https?://(www\.)?[-a-zA-Z0-9@:%._+~#=]{1,256}\.[a-zA-Z0-9()]{2,63}\b([-a-zA-Z0-9()@:%_+.~#?&/=, ]*)$`)
	packageARN     = regexp.MustCompile(`^arn:aws:sagemaker:[a-z0-9-]{4,24}:[0-9]{12}:model-package/\S{1,1000}\S{0,1000}\S{0,48}$`)
	algorithmARN   = regexp.MustCompile(`^arn:aws:sagemaker:[a-z0-9-]{4,24}:[0-9]{12}:algorithm/\S{1,1000}\S{0,1000}\S{0,48}$`)
	roleARN        = regexp.MustCompile(`^arn:aws:iam::\d{12}:role(/[A-Za-z0-9_+=,.@-]+)?$`)
	instanceType   = regexp.MustCompile(`^\S{1,24}$`)
	printable      = regexp.MustCompile(`^[ -~]+`)
	optionID       = regexp.MustCompile(`^[a-f0-9]{8}(-[a-f0-9]{4}){4}[a-f0-9]{8}`)
	replacementID  = regexp.MustCompile(`^(?:(prod-[a-zA-Z0-9]{13})|(prod-[a-zA-Z0-9]{25})|([0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})$)`)
	accountPattern = regexp.MustCompile(`^[0-9]{12}$`)
)

const unbounded = 1 << 20 // a limit the request size reaches first

var emptyShape = object()

var createProductShape = object(may("ProductTitle", text(0, 72, solid)))

// Sku: the guide says 100, the shape library 5000; the smaller holds.
var productInformationShape = object(
	may("ProductTitle", text(0, 72, solid)),
	may("ShortDescription", text(0, 1000, solid)),
	may("LongDescription", text(0, 5000, solid)),
	may("Sku", nullable(text(0, 100, solid))),
	may("LogoUrl", text(0, unbounded, secureURL)),
	may("VideoUrls", list(0, 1, text(0, unbounded, secureURL))),
	may("Highlights", list(1, 3, text(0, 500))),
	may("AdditionalResources", list(0, 3, object(
		need("Text", text(0, 500, solid)),
		need("Url", text(0, unbounded, resourceURL)),
	))),
	may("SupportDescription", text(0, 2000, solid)),
	may("Categories", list(1, 3, text(0, unbounded))),
	may("AssociatedProducts", list(1, 10, text(0, unbounded))),
	may("SearchKeywords", list(1, 15, text(0, 50))),
)

var productTargetingShape = object(
	need("PositiveTargeting", object(
		need("BuyerAccounts", list(0, 100, text(0, unbounded))),
	)),
)

var versionShape = object(
	need("VersionTitle", text(0, 64, solid)),
	need("ReleaseNotes", text(0, 30000, solid)),
)

// The guide demands more of a new version than the shape library; the guide's demands hold here. Editing a version leaves
// every member optional.
var addDeliveryOptionsShape = object(
	need("Version", versionShape),
	need("DeliveryOptions", list(1, 1, object(
		need("Details", oneMember(
			may("SageMakerModelPackageDeliveryOptionDetails", optionDetailsShape(need, false,
				need("SageMakerModelPackageArn", text(0, unbounded, packageARN)),
				need("AccessRoleArn", text(0, unbounded, roleARN)))),
			may("SageMakerAlgorithmDeliveryOptionDetails", optionDetailsShape(need, true,
				need("SageMakerAlgorithmArn", text(0, unbounded, algorithmARN)),
				need("AccessRoleArn", text(0, unbounded, roleARN)))),
		)),
	))),
)

var updateDeliveryOptionsShape = object(
	may("Version", object(
		may("VersionTitle", text(0, 64, solid)),
		may("ReleaseNotes", text(0, 30000, solid)),
	)),
	may("DeliveryOptions", list(1, 1, object(
		need("Id", text(0, 36, optionID)),
		may("Details", oneMember(
			may("SageMakerModelPackageDeliveryOptionDetails", optionDetailsShape(may, false)),
			may("SageMakerAlgorithmDeliveryOptionDetails", optionDetailsShape(may, true)),
		)),
	))),
)

var restrictDeliveryOptionsShape = object(
	need("DeliveryOptionIds", list(1, 50, text(0, 36))),
)

var updateVisibilityShape = object(
	need("TargetVisibility", oneOf(visibilityPublic, visibilityRestricted, visibilityLimited)),
	may("ReplacementProductId", text(0, unbounded, replacementID)),
)

// optionDetailsShape builds the details of a delivery option: with need for a new version, with may for an edit.
func optionDetailsShape(field func(string, shape) member, training bool, more ...member) shape {
	recommended := []member{
		field("BatchTransform", text(0, 24, instanceType)),
		field("RealtimeInference", text(0, 24, instanceType)),
	}
	if training {
		recommended = append(recommended, field("Training", text(0, 24, instanceType)))
	}
	sample := object(
		may("RealtimeInferenceText", text(1, 10000)),
		may("RealtimeInferenceUrl", text(0, 10000, secureURL)),
		may("BatchTransformText", text(1, 10000)),
		may("BatchTransformUrl", text(0, 10000, secureURL)),
	)
	parameter := object(
		field("Name", text(1, 100, printable)),
		field("Description", text(1, 1000)),
		may("Constraints", text(1, 1500)),
		may("Required", boolean),
	)
	outputParameter := object(
		field("Name", text(1, 100, printable)),
		field("Description", text(1, 1000)),
		may("AlwaysReturned", boolean),
	)
	return object(append([]member{
		field("UsageInstructions", text(0, 10000)),
		field("SampleNotebookUrl", text(0, 2000, secureURL)),
		field("RepositoryUrl", text(0, 2000, secureURL)),
		field("InputProperties", object(
			field("Description", text(1, 10000)),
			may("Limitations", text(1, 1000)),
			field("SampleInput", sample),
			may("Parameters", list(0, 35, parameter)),
			may("SageMakerCustomAttributes", list(0, 35, parameter)),
		)),
		field("OutputProperties", object(
			field("Description", text(1, 10000)),
			field("SampleOutput", sample),
			may("Parameters", list(0, 35, outputParameter)),
		)),
		field("RecommendedInstanceTypes", object(recommended...)),
	}, more...)...)
}
