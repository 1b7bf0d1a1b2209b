package version

import "github.com/shelflife-go/shelflife/listing/rule"

// The rules of a version, which [Check] checks. [Rules] returns them with their
// texts.
var (
	RuleARN                 = texts.Get("version.arn")
	RuleUnversionedPackage  = texts.Get("version.unversioned-package")
	RuleAccessRole          = texts.Get("version.access-role")
	RuleNumber              = texts.Get("version.number")
	RuleNumberASCII         = texts.Get("version.number-ascii")
	RuleStatus              = texts.Get("version.status")
	RuleReleaseNotes        = texts.Get("version.release-notes")
	RuleNotebook            = texts.Get("version.notebook")
	RuleRepository          = texts.Get("version.repository")
	RuleUsage               = texts.Get("version.usage")
	RuleNotebookOnGitHub    = texts.Get("version.notebook-on-github")
	RuleUsageExample        = texts.Get("version.usage-example")
	RuleMIMETypes           = texts.Get("version.mime-types")
	RuleInput               = texts.Get("version.input")
	RuleOutput              = texts.Get("version.output")
	RuleParameters          = texts.Get("version.parameters")
	RuleParametersShown     = texts.Get("version.parameters-shown")
	RuleTraining            = texts.Get("version.training")
	RuleRecommendedBatch    = texts.Get("version.recommended-batch")
	RuleRecommendedRealTime = texts.Get("version.recommended-realtime")
	RuleRecommendedTraining = texts.Get("version.recommended-training")
)

// texts are the texts of the rules. Where the seller guide gives no limit, the
// limit is that of the Catalog API documentation.
var texts = rule.Table{
	{ID: "version.arn", Severity: rule.Must,
		Statement: "the resource of a version is the ARN of a SageMaker model package or algorithm",
		Remedy:    "give arn:aws:sagemaker:<region>:<account>:model-package/<name> or …:algorithm/<name>",
		Sources:   rule.Sources{Guide2022: "step 3: add your launch option"}},
	{ID: "version.unversioned-package", Severity: rule.Must,
		Statement: "the model package of a version does not belong to a model package group",
		Remedy:    "create a model package outside of any group, with certification for the marketplace",
		Sources:   rule.Sources{Other2026: "SageMaker, CreateModelPackage: CertifyForMarketplace"}},
	{ID: "version.access-role", Severity: rule.Must,
		Statement: "the access role of a version is an IAM role without a path, in the account that owns the resource",
		Remedy:    "give arn:aws:iam::<account>:role/<name>, with the account that owns the resource",
		Sources:   rule.Sources{Catalog2026: "AddDeliveryOptions: AccessRoleArn"}},
	{ID: "version.number", Severity: rule.Must,
		Statement: "a version has a number of at most 64 characters, without blanks at either end and without invisible characters, that reads like no other in the listing",
		Remedy:    "give a number such as 1.0 that no other version has",
		Sources:   rule.Sources{Guide2022: "step 3", Catalog2026: "AddDeliveryOptions: VersionTitle"}},
	{ID: "version.number-ascii", Severity: rule.Should,
		Statement: "the number of a version is ASCII, for letters of other scripts can look the same",
		Remedy:    "write it with ASCII letters and digits, such as 1.0",
		Sources:   rule.Sources{Judgement: "numbers that look alike cannot be told from each other"}},
	{ID: "version.status", Severity: rule.Must,
		Statement: "a version is offered or restricted",
		Remedy:    `leave the status out, or write "restricted"`,
		Sources:   rule.Sources{Guide2022: "restricting versions"}},
	{ID: "version.release-notes", Severity: rule.Must,
		Statement: "a version has release notes of at most 29,999 characters",
		Remedy:    "say what is new in this version",
		Sources:   rule.Sources{Guide2022: "step 3", Catalog2026: "machine learning products, add a version (\"under 30,000\" characters; the lower limit satisfies both)", Shapes: "AddDeliveryOptions: ReleaseNotes (at most 30,000)", Changed: "2022 gives no limit; \"under 30,000\" characters in 2026"}},
	{ID: "version.notebook", Severity: rule.Must,
		Statement: "a version has the address of a sample Jupyter notebook",
		Remedy:    "give the https address of the notebook",
		Sources:   rule.Sources{Guide2022: "step 3", Catalog2026: "AddDeliveryOptions: SampleNotebookUrl"}},
	{ID: "version.repository", Severity: rule.Must,
		Statement: "a version has the address of its Git repository",
		Remedy:    "give the https address of the repository",
		Sources:   rule.Sources{Guide2022: "step 3", Catalog2026: "AddDeliveryOptions: RepositoryUrl"}},
	{ID: "version.usage", Severity: rule.Must,
		Statement: "a version has usage information of at most 10,000 characters, training information included",
		Remedy:    "tell buyers how to use the version, with an example",
		Sources:   rule.Sources{Guide2022: "step 3", Catalog2026: "AddDeliveryOptions: UsageInstructions"}},
	{ID: "version.notebook-on-github", Severity: rule.Should,
		Statement: "the notebook and the samples of a version are on GitHub",
		Remedy:    "put the file on https://github.com",
		Sources:   rule.Sources{Guide2022: "requirements and best practices"}},
	{ID: "version.usage-example", Severity: rule.Should,
		Statement: "the usage information shows how to call the endpoint or to start a job, with the CLI or an SDK",
		Remedy:    "show one, such as aws sagemaker-runtime invoke-endpoint",
		Sources:   rule.Sources{Guide2022: "requirements and best practices"}},
	{ID: "version.mime-types", Severity: rule.Should,
		Statement: "the descriptions of input and output name the MIME content types",
		Remedy:    "name each, such as text/csv or application/json",
		Sources:   rule.Sources{Guide2022: "requirements and best practices"}},
	{ID: "version.input", Severity: rule.Must,
		Statement: "a version describes its input, with one sample for real-time and one for batch inference, as a text or an address",
		Remedy:    "describe the input, and give either a text or an address for each sample",
		Sources:   rule.Sources{Guide2022: "step 3: enter input details"}},
	{ID: "version.output", Severity: rule.Must,
		Statement: "a version describes its output, with one sample for real-time and one for batch inference, as a text or an address",
		Remedy:    "describe the output, and give either a text or an address for each sample",
		Sources:   rule.Sources{Guide2022: "step 3: enter output details"}},
	{ID: "version.parameters", Severity: rule.Must,
		Statement: "a version has at most 35 parameters, 35 custom attributes and 35 output fields, each with a name and a description",
		Remedy:    "write a name of at most 100 printable ASCII characters and a description of at most 1,000",
		Sources:   rule.Sources{Catalog2026: "AddDeliveryOptions: Parameter"}},
	{ID: "version.parameters-shown", Severity: rule.Should,
		Statement: "a version has at most 24 parameters and 24 output fields, which is what the portal shows",
		Remedy:    "leave out the least important",
		Sources:   rule.Sources{Guide2026: "adding input and output parameters", Shapes: "AddDeliveryOptions: Parameters (at most 35)", Changed: "2022 says nothing; the portal of 2026 shows 24"}},
	{ID: "version.training", Severity: rule.Must,
		Statement: "an algorithm describes its training data with an example and an overview; a model package has none",
		Remedy:    "give data, example and overview for an algorithm; remove the training of a model package",
		Sources:   rule.Sources{Guide2022: "step 3: enter details describing the training data inputs"}},
	{ID: "version.recommended-batch", Severity: rule.Must,
		Statement: "a version recommends a supported instance type for batch transform",
		Remedy:    "choose one of the transform instance types that the resource supports",
		Sources:   rule.Sources{Guide2022: "step 3: review supported instances"}},
	{ID: "version.recommended-realtime", Severity: rule.Must,
		Statement: "a version recommends a supported instance type for real-time inference",
		Remedy:    "choose one of the real-time instance types that the resource supports",
		Sources:   rule.Sources{Guide2022: "step 3: review supported instances"}},
	{ID: "version.recommended-training", Severity: rule.Must,
		Statement: "an algorithm recommends a supported instance type for training; a model package recommends none",
		Remedy:    "choose one of the training instance types that the algorithm supports; remove that of a model package",
		Sources:   rule.Sources{Guide2022: "step 3: review supported instances"}},
}
