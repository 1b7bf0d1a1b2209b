package simulator

import (
	"sort"
	"strings"
)

type optionDetails struct {
	SageMakerModelPackageArn, SageMakerAlgorithmArn string
	AccessRoleArn                                   string
	UsageInstructions                               *optional
	SampleNotebookURL                               *optional `json:"SampleNotebookUrl"`
	RepositoryURL                                   *optional `json:"RepositoryUrl"`
	InputProperties                                 *inputProperties
	OutputProperties                                *outputProperties
	RecommendedInstanceTypes                        *recommendedTypes
}

type deliveryOptionsDocument struct {
	Version         struct{ VersionTitle, ReleaseNotes *string }
	DeliveryOptions []struct {
		ID      string `json:"Id"`
		Details struct {
			Package   *optionDetails `json:"SageMakerModelPackageDeliveryOptionDetails"`
			Algorithm *optionDetails `json:"SageMakerAlgorithmDeliveryOptionDetails"`
		}
	}
}

// details gives the one kind of details that is there.
func (d deliveryOptionsDocument) details() (kind string, details *optionDetails) {
	if len(d.DeliveryOptions) == 0 {
		return "", nil
	}
	if a := d.DeliveryOptions[0].Details.Algorithm; a != nil {
		return kindAlgorithm, a
	}
	if p := d.DeliveryOptions[0].Details.Package; p != nil {
		return kindModelPackage, p
	}
	return "", nil
}

func (w *work) addDeliveryOptions(c *change, i int) {
	p := w.product(i)
	if p == nil {
		return
	}
	doc := read[deliveryOptionsDocument](c)
	kind, details := doc.details()
	if !p.onSale() && (p.Description.Visibility != visibilityDraft || !w.changes(productType, releaseProduct, w.names[i])) {
		w.fail(i, "INCOMPATIBLE_PRODUCT_STATUS",
			"the product is %s; a version can be added while it is Limited or Public, or in the change set that releases it", p.Description.Visibility)
	}
	v := &version{
		ID: w.mint.uuid("version"), VersionTitle: *doc.Version.VersionTitle, ReleaseNotes: *doc.Version.ReleaseNotes,
		CreationDate: millis(w.st.Now),
		Sources: []source{{
			ID: w.mint.uuid("source"), Type: kind, ModelPackageArn: details.SageMakerModelPackageArn, AlgorithmArn: details.SageMakerAlgorithmArn,
		}},
	}
	o := &deliveryOption{
		ID: w.mint.uuid("delivery-option"), Type: kind, SourceID: v.Sources[0].ID, Title: "SageMaker Model",
		ShortDescription: "SageMaker model delivery option", Visibility: visibilityPublic,
	}
	if kind == kindAlgorithm {
		o.Title, o.ShortDescription = "SageMaker Algorithm", "SageMaker algorithm delivery option"
	}
	o.edit(details)
	v.DeliveryOptions = []*deliveryOption{o}

	for _, old := range p.Versions {
		if old.VersionTitle == v.VersionTitle {
			w.fail(i, "DUPLICATE_VERSION_TITLE", "the product has a version %q already", v.VersionTitle)
		}
		if old.Sources[0].arn() == v.Sources[0].arn() {
			w.fail(i, "DUPLICATE_ASSET", "version %q already uses %s", old.VersionTitle, v.Sources[0].arn())
		}
	}
	if len(p.Versions) > 0 && p.Versions[0].Sources[0].Type != kind {
		w.fail(i, "INCOMPATIBLE_DELIVERY_OPTIONS", "the product's versions are of type %s, this one is %s", p.Versions[0].Sources[0].Type, kind)
	}
	w.checkAsset(i, v.Sources[0].arn(), details.AccessRoleArn, o)
	p.Versions = append(p.Versions, v)
	p.setDimensions()
}

// checkAsset looks the SageMaker resource up, as the access role would, and takes the supported instance types from it.
func (w *work) checkAsset(i int, arn, role string, o *deliveryOption) {
	parts := strings.SplitN(arn, ":", 6)
	account := parts[4]
	if role = strings.TrimPrefix(role, "arn:aws:iam::"); !strings.HasPrefix(role, account+":role/") {
		w.fail(i, "INVALID_ACCESS_ROLE", "the access role must be a named role of account %s, which owns the resource", account)
	}
	if !modelPackageName.MatchString(arn) && !algorithmName.MatchString(arn) {
		w.fail(i, "INVALID_ASSET_ARN", "%.1000s does not end in a name that a model package or an algorithm can have", arn)
		return
	}
	if strings.Count(parts[5], "/") > 1 {
		w.fail(i, "INVALID_ASSET_ARN", "%s belongs to a model package group; list an unversioned model package", arn)
		return
	}
	var status, reason string
	var certified bool
	switch r, a := w.st.modelPackage(w.set.Seller, arn), w.st.algorithm(w.set.Seller, arn); {
	case r == nil && a == nil:
		w.fail(i, "ASSET_NOT_FOUND", "%s does not exist or cannot be read through the access role", arn)
		return
	case r != nil:
		status, reason, certified = r.Status, r.FailureReason, r.CertifyForMarketplace
		o.SupportedInstanceTypes = supportedTypes{
			BatchTransform: r.SupportedTransformInstanceTypes, RealtimeInference: r.SupportedRealtimeInferenceInstanceTypes,
		}
	default:
		status, reason, certified = a.Status, a.FailureReason, a.CertifyForMarketplace
		o.SupportedInstanceTypes = supportedTypes{
			BatchTransform: a.SupportedTransformInstanceTypes, RealtimeInference: a.SupportedRealtimeInferenceInstanceTypes,
			Training: a.SupportedTrainingInstanceTypes,
		}
	}
	if reason != "" {
		status += " (" + reason + ")"
	}
	if status != "Completed" {
		w.fail(i, "ASSET_VALIDATION_EXCEPTION", "%s cannot be copied: its status is %s, not Completed", arn, status)
	}
	if !certified {
		w.fail(i, "ASSET_VALIDATION_EXCEPTION", "%s cannot be copied: it was created without CertifyForMarketplace", arn)
	}
	w.checkRecommended(i, o)
}

func (w *work) checkRecommended(i int, o *deliveryOption) {
	for _, m := range []struct {
		mode        string
		recommended optional
		supported   []string
	}{
		{"BatchTransform", o.RecommendedInstanceTypes.BatchTransform, o.SupportedInstanceTypes.BatchTransform},
		{"RealtimeInference", o.RecommendedInstanceTypes.RealtimeInference, o.SupportedInstanceTypes.RealtimeInference},
		{"Training", o.RecommendedInstanceTypes.Training, o.SupportedInstanceTypes.Training},
	} {
		if m.recommended != "" && !contains(m.supported, string(m.recommended)) {
			w.fail(i, "INVALID_RECOMMENDED_INSTANCE_TYPE", "%s for %s is not among the supported types: %s",
				m.recommended, m.mode, strings.Join(m.supported, ", "))
		}
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// edit takes over what the details state. A nested object replaces the old one as a whole.
func (o *deliveryOption) edit(d *optionDetails) {
	set(&o.Instructions.Usage, d.UsageInstructions)
	set(&o.Instructions.SampleNotebookURL, d.SampleNotebookURL)
	set(&o.Instructions.RepositoryURL, d.RepositoryURL)
	set(&o.Instructions.InputProperties, d.InputProperties)
	set(&o.Instructions.OutputProperties, d.OutputProperties)
	set(&o.RecommendedInstanceTypes, d.RecommendedInstanceTypes)
}

func (w *work) updateDeliveryOptions(c *change, i int) {
	p := w.product(i)
	if p == nil {
		return
	}
	doc := read[deliveryOptionsDocument](c)
	if !p.onSale() {
		w.fail(i, "INCOMPATIBLE_PRODUCT_STATUS", "the product is %s, not Limited or Public", p.Description.Visibility)
	}
	if len(doc.DeliveryOptions) == 0 {
		w.fail(i, "INVALID_DELIVERY_OPTION_ID", "DeliveryOptions must name the delivery option whose version is edited")
		return
	}
	v, o := p.option(doc.DeliveryOptions[0].ID)
	if o == nil {
		w.fail(i, "INVALID_DELIVERY_OPTION_ID", "the product has no delivery option %q", doc.DeliveryOptions[0].ID)
		return
	}
	if o.Visibility == visibilityRestricted {
		w.fail(i, "INCOMPATIBLE_DELIVERY_OPTION_STATUS", "version %q is restricted; add a new version instead", v.VersionTitle)
	}
	if title := doc.Version.VersionTitle; title != nil && *title != v.VersionTitle {
		w.checkNewTitle(i, p, *title)
	}
	set(&v.ReleaseNotes, doc.Version.ReleaseNotes)
	kind, details := doc.details()
	if details == nil {
		return
	}
	if kind != o.Type {
		w.fail(i, "INCOMPATIBLE_DELIVERY_OPTIONS", "the delivery option is of type %s, the details are for %s", o.Type, kind)
		return
	}
	o.edit(details)
	w.checkRecommended(i, o)
}

// checkNewTitle always refuses: buyers know a version by its title.
func (w *work) checkNewTitle(i int, p *product, title string) {
	for _, other := range p.Versions {
		if other.VersionTitle == title {
			w.fail(i, "DUPLICATE_VERSION_TITLE", "the product has another version %q", title)
			return
		}
	}
	w.fail(i, "FIELD_NOT_ALLOWED_TO_CHANGE", "VersionTitle cannot change once the version exists")
}

func (w *work) restrictDeliveryOptions(c *change, i int) {
	p := w.product(i)
	if p == nil {
		return
	}
	doc := read[struct{ DeliveryOptionIds []string }](c)
	if !p.onSale() {
		w.fail(i, "INCOMPATIBLE_PRODUCT_STATUS", "the product is %s, not Limited or Public", p.Description.Visibility)
	}
	var unknown, restricted []string
	for _, id := range doc.DeliveryOptionIds {
		_, o := p.option(id)
		switch {
		case o == nil:
			unknown = append(unknown, id)
		case o.Visibility == visibilityRestricted:
			restricted = append(restricted, id)
		default:
			o.Visibility = visibilityRestricted
		}
	}
	if len(unknown) > 0 {
		sort.Strings(unknown)
		w.fail(i, "INVALID_DELIVERY_OPTION_IDS", "the product has no delivery option %s", strings.Join(unknown, ", "))
	}
	if len(restricted) > 0 {
		w.fail(i, "INVALID_DELIVERY_OPTION_STATUS", "already restricted: %s", strings.Join(restricted, ", "))
	}
	for _, v := range p.Versions {
		if v.DeliveryOptions[0].Visibility != visibilityRestricted {
			return
		}
	}
	w.fail(i, "ALL_DELIVERY_OPTIONS_RESTRICTED", "no unrestricted version would be left")
}
