package lifecycle

import (
	"regexp"
	"slices"

	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// The rules that need a fact from outside: of the seller, of the caller, or of
// SageMaker.
var (
	RuleSellerRegistered = rule.Rule{ID: "seller.registered", Severity: rule.Must,
		Statement: "the account is registered as a marketplace seller",
		Remedy:    "register in AWS Partner Central (formerly the AWS Marketplace Management Portal)",
		Sources:   rule.Sources{Guide2022: "prerequisites", Guide2026: "prerequisites (AWS Partner Central)", Changed: "in the AWS Marketplace Management Portal in 2022, in AWS Partner Central in 2026"}}
	RuleSellerProfile = rule.Rule{ID: "seller.profile-complete", Severity: rule.Must,
		Statement: "the public seller profile is complete",
		Remedy:    "complete it under Settings in AWS Partner Central (formerly the AWS Marketplace Management Portal)",
		Sources:   rule.Sources{Guide2022: "prerequisites", Guide2026: "prerequisites (AWS Partner Central)", Changed: "in the AWS Marketplace Management Portal in 2022, in AWS Partner Central in 2026"}}
	RuleSellerTaxAndBank = rule.Rule{ID: "seller.tax-and-bank", Severity: rule.Must,
		Statement: "a paid listing needs the tax interview and the bank forms finished",
		Remedy:    "finish them in AWS Partner Central (formerly the AWS Marketplace Management Portal), or offer the listing for free",
		Sources:   rule.Sources{Guide2022: "prerequisites", Guide2026: "prerequisites (AWS Partner Central)", Changed: "in the AWS Marketplace Management Portal in 2022, in AWS Partner Central in 2026"}}
	RuleOwnsResource = rule.Rule{ID: "seller.owns-resource", Severity: rule.Must,
		Statement: "the resource and its images belong to the seller's own account",
		Remedy:    "create the resource, and push its images, in the seller's account",
		Sources:   rule.Sources{Guide2022: "service restrictions and quotas"}}
	RuleMarketplacePermission = rule.Rule{ID: "permission.marketplace", Severity: rule.Must,
		Statement: "the caller may start, list and describe change sets and describe entities",
		Remedy:    "attach the policy that package awsmarketplace/policy writes to the caller",
		Sources:   rule.Sources{Guide2022: "permissions required", Catalog2026: "access control"}}
	RuleDescribeModelPackage = rule.Rule{ID: "permission.describe-model-package", Severity: rule.Must,
		Statement: "the caller may describe the model package that is listed",
		Remedy:    "allow sagemaker:DescribeModelPackage on it",
		Sources:   rule.Sources{Guide2022: "permissions required"}}
	RuleDescribeAlgorithm = rule.Rule{ID: "permission.describe-algorithm", Severity: rule.Must,
		Statement: "the caller may describe the algorithm that is listed",
		Remedy:    "allow sagemaker:DescribeAlgorithm on it",
		Sources:   rule.Sources{Guide2022: "permissions required"}}
	RuleHasInferenceImage = rule.Rule{ID: "resource.has-inference-image", Severity: rule.Must,
		Statement: "an algorithm has a training image and an inference image",
		Remedy:    "create the algorithm again with both images",
		Sources:   rule.Sources{Guide2022: "troubleshooting"}}
	RuleImageRegion = rule.Rule{ID: "resource.image-region", Severity: rule.Must,
		Statement: "the images of a resource are in its own Region",
		Remedy:    "push the images to the Region of the resource, and create it again with them",
		Sources:   rule.Sources{Guide2022: "service restrictions and quotas"}}
	RuleResourceExists = rule.Rule{ID: "resource.exists", Severity: rule.Must,
		Statement: "the resource exists and its status is Completed",
		Remedy:    "create the resource and wait until it is Completed",
		Sources:   rule.Sources{Guide2022: "requirements for creating machine learning products"}}
	RuleResourceCertified = rule.Rule{ID: "resource.certified", Severity: rule.Must,
		Statement: "the resource was created with certification for the marketplace",
		Remedy:    "create it again under a new name with CertifyForMarketplace",
		Sources:   rule.Sources{Guide2022: "troubleshooting"}}
	RulePublishingRegion = rule.Rule{ID: "resource.publishing-region", Severity: rule.Must,
		Statement: "the resource lives in a Region that needs no opt-in",
		Remedy:    "create it in a Region that the marketplace publishes from, such as us-east-1",
		Sources:   rule.Sources{Guide2022: "service restrictions and quotas"}}
)

// sellerFacts need to know the seller.
var sellerFacts = []rule.Check[move]{
	{Rule: RuleSellerRegistered, Find: func(m move, r *rule.Report) {
		m.answer(r, func(p SellerProfile) Answer { return p.Registered }, "is not registered")
	}},
	{Rule: RuleSellerProfile, Find: func(m move, r *rule.Report) {
		m.answer(r, func(p SellerProfile) Answer { return p.ProfileComplete }, "has no complete public profile")
	}},
	{Rule: RuleSellerTaxAndBank, Find: func(m move, r *rule.Report) {
		if offer := m.document().Offer; offer != nil && offer.Model != pricing.Free {
			m.answer(r, func(p SellerProfile) Answer { return p.TaxAndBank }, "has not finished tax interview and bank forms")
		}
	}},
}

func (m move) answer(r *rule.Report, question func(SellerProfile) Answer, problem string) {
	answer := Unknown
	if m.facts.Seller != nil {
		answer = question(*m.facts.Seller)
	}
	switch answer {
	case Yes:
	case No:
		r.Broken("seller", "account %s %s", m.record.Seller, problem)
	default:
		r.NotChecked("seller", "what is known of account "+string(m.record.Seller), m.why(WhySeller))
	}
}

var mayRequest = rule.Check[move]{Rule: RuleMarketplacePermission, Find: func(m move, r *rule.Report) {
	switch m.facts.MayRequest {
	case Yes:
	case No:
		why := because(m.facts.Why[WhyMayRequest])
		switch m.facts.Denial {
		case DenialCredentials:
			r.BrokenRemedy("", "give credentials of the seller's account that are valid now", "the credentials are missing, wrong or expired%s", why)
		case DenialSeller:
			r.BrokenRemedy("", "complete the seller's verification (KYC) in AWS Partner Central, before the AWS Marketplace Management Portal", "the marketplace has not verified the seller%s", why)
		default:
			r.Broken("", "the caller may not work with change sets%s", why)
		}
	default:
		r.NotChecked("", "whether the caller may work with change sets", m.why(WhyMayRequest))
	}
}}

// why returns why a fact could not be had; empty if nobody asked.
func (m move) why(key string) string { return m.facts.Why[key] }

// ecrHost are the names that ECR documents for a registry: of the account and the
// Region, with FIPS, dual-stack, or both, in each partition.
var ecrHost = regexp.MustCompile(`^(\d{12})\.(?:dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)|` +
	`dkr-ecr(?:-fips)?\.([a-z0-9-]+)\.on\.(?:aws|amazonwebservices\.com\.cn|amazonwebservices\.eu|aws\.ic\.gov|aws\.scloud|adc-e\.uk|hci\.ic\.gov))/`)

// registryOf returns account and Region of the registry that the image is in, and
// whether it is one of ECR.
func registryOf(image string) (account, region string, known bool) {
	found := ecrHost.FindStringSubmatch(image)
	if found == nil {
		return "", "", false
	}
	return found[1], found[2] + found[3], true
}

func (r Resource) images() []string {
	if r.TrainingImage == "" {
		return r.InferenceImages
	}
	return append(slices.Clone(r.InferenceImages), r.TrainingImage)
}

// resourceFacts need to know the SageMaker resources.
var resourceFacts = []rule.Check[move]{
	{Rule: RuleOwnsResource, Find: func(m move, r *rule.Report) {
		m.eachNewResource(func(i int, v version.Version, resource Resource, known bool) {
			if p, _ := v.Resource.Parts(); p.Account != m.record.Seller {
				r.Broken(versionPath(i, "resource"), "belongs to account %s, the listing to %s", p.Account, m.record.Seller)
			}
			if !known {
				r.NotChecked(versionPath(i, "resource"), "where its images come from", m.why(string(v.Resource)))
			}
			for _, image := range resource.images() {
				if account, _, _ := registryOf(image); account != string(m.record.Seller) {
					r.Broken(versionPath(i, "resource"), "uses the image %q, which is not in the seller's registry", rule.Shorten(image))
				}
			}
		})
	}},
	{Rule: RuleImageRegion, Find: func(m move, r *rule.Report) {
		m.eachNewResource(func(i int, v version.Version, resource Resource, known bool) {
			if !known {
				r.NotChecked(versionPath(i, "resource"), "where its images come from", m.why(string(v.Resource)))
			}
			p, _ := v.Resource.Parts()
			for _, image := range resource.images() {
				if _, region, known := registryOf(image); known && region != string(p.Region) {
					r.Broken(versionPath(i, "resource"), "is in %s, its image %q in %s", p.Region, rule.Shorten(image), region)
				}
			}
		})
	}},
	{Rule: RuleHasInferenceImage, Find: func(m move, r *rule.Report) {
		m.eachNewResource(func(i int, v version.Version, resource Resource, known bool) {
			p, _ := v.Resource.Parts()
			switch {
			case p.Kind != version.Algorithm:
			case !known:
				r.NotChecked(versionPath(i, "resource"), "which images it has", m.why(string(v.Resource)))
			case resource.Status != ResourceCompleted:
			case len(resource.InferenceImages) == 0:
				r.Broken(versionPath(i, "resource"), "has no inference image")
			case resource.TrainingImage == "":
				r.Broken(versionPath(i, "resource"), "has no training image")
			}
		})
	}},
	{Rule: RulePublishingRegion, Find: func(m move, r *rule.Report) {
		m.eachNewResource(func(i int, v version.Version, _ Resource, _ bool) {
			if p, _ := v.Resource.Parts(); !p.Region.Publishes() {
				r.Broken(versionPath(i, "resource"), "lives in %s, which the marketplace does not publish from", p.Region)
			}
		})
	}},
	{Rule: RuleDescribeModelPackage, Find: func(m move, r *rule.Report) { m.describable(r, version.ModelPackage) }},
	{Rule: RuleDescribeAlgorithm, Find: func(m move, r *rule.Report) { m.describable(r, version.Algorithm) }},
	{Rule: RuleResourceExists, Find: func(m move, r *rule.Report) {
		m.eachNewResource(func(i int, v version.Version, resource Resource, known bool) {
			switch {
			case !known:
				r.NotChecked(versionPath(i, "resource"), "what SageMaker says of it", m.why(string(v.Resource)))
			case resource.Status == ResourceMissing:
				r.Broken(versionPath(i, "resource"), "does not exist")
			case resource.Status != ResourceCompleted && resource.Status != ResourceDenied:
				r.Broken(versionPath(i, "resource"), "has the status %q", rule.Shorten(string(resource.Status)))
			}
		})
	}},
	{Rule: RuleResourceCertified, Find: func(m move, r *rule.Report) {
		m.eachNewResource(func(i int, v version.Version, resource Resource, known bool) {
			switch {
			case !known:
				r.NotChecked(versionPath(i, "resource"), "what SageMaker says of it", m.why(string(v.Resource)))
			case resource.Status == ResourceCompleted && !resource.Certified:
				r.Broken(versionPath(i, "resource"), "was not created with certification for the marketplace")
			}
		})
	}},
	{Rule: version.RuleRecommendedBatch, Find: func(m move, r *rule.Report) {
		m.recommended(r, "batch", func(v version.Version, s InstanceTypes) (string, []string) { return v.Recommended.Batch, s.Batch })
	}},
	{Rule: version.RuleRecommendedRealTime, Find: func(m move, r *rule.Report) {
		m.recommended(r, "realTime", func(v version.Version, s InstanceTypes) (string, []string) { return v.Recommended.RealTime, s.RealTime })
	}},
	{Rule: version.RuleRecommendedTraining, Find: func(m move, r *rule.Report) {
		m.recommended(r, "training", func(v version.Version, s InstanceTypes) (string, []string) { return v.Recommended.Training, s.Training })
	}},
}

// eachNewResource visits the resources that are not published yet: the
// marketplace has its own copy of the others, which may be gone by now.
func (m move) eachNewResource(visit func(i int, v version.Version, resource Resource, known bool)) {
	for i, v := range m.document().Versions {
		if _, published := m.publishedVersion(v.Number); published {
			continue
		}
		if _, err := v.Resource.Parts(); err != nil {
			continue // version.arn is about that
		}
		resource, known := m.facts.Resources[v.Resource]
		visit(i, v, resource, known)
	}
}

func (m move) describable(r *rule.Report, kind version.Kind) {
	m.eachNewResource(func(i int, v version.Version, resource Resource, known bool) {
		p, _ := v.Resource.Parts()
		if p.Kind != kind {
			return
		}
		switch {
		case !known:
			r.NotChecked(versionPath(i, "resource"), "whether the caller may describe it", m.why(string(v.Resource)))
		case resource.Status == ResourceDenied:
			r.Broken(versionPath(i, "resource"), "may not be described by the caller%s", because(m.facts.Why[string(v.Resource)]))
		}
	})
}

// instanceTypes returns what the resource of the version supports, as SageMaker
// says now or as it was when the version was accepted, and whether that is known.
func (m move) instanceTypes(v version.Version) (InstanceTypes, bool) {
	if resource, known := m.facts.Resources[v.Resource]; known && resource.described() {
		return resource.InstanceTypes, true
	}
	types, known := m.record.InstanceTypes[v.Resource]
	return types, known
}

func (m move) recommended(r *rule.Report, field string, of func(version.Version, InstanceTypes) (string, []string)) {
	for i, v := range m.document().Versions {
		if before, published := m.publishedVersion(v.Number); published && before.Recommended == v.Recommended {
			continue
		}
		types, known := m.instanceTypes(v)
		chosen, supported := of(v, types)
		switch {
		case chosen == "":
		case !known:
			r.NotChecked(versionPath(i, "recommended."+field), "the instance types that the resource supports", m.why(string(v.Resource)))
		case !slices.Contains(supported, chosen):
			r.Broken(versionPath(i, "recommended."+field), "%q is not supported by the resource", rule.Shorten(chosen))
		}
	}
}
