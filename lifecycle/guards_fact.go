package lifecycle

import (
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
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
		r.NotChecked("seller", "what is known of account "+string(m.record.Seller), "")
	}
}

var mayRequest = rule.Check[move]{Rule: RuleMarketplacePermission, Find: func(m move, r *rule.Report) {
	switch m.facts.MayRequest {
	case Yes:
	case No:
		r.Broken("", "the caller may not work with change sets")
	default:
		r.NotChecked("", "whether the caller may work with change sets", "")
	}
}}

func (r Resource) images() []string {
	if r.TrainingImage == "" {
		return r.InferenceImages
	}
	return append(slices.Clone(r.InferenceImages), r.TrainingImage)
}

// resourceFacts need to know the SageMaker resources.
var resourceFacts = []rule.Check[move]{
	{Rule: RuleOwnsResource, Find: func(m move, r *rule.Report) {
		for i, v := range m.document().Versions {
			if p, err := v.Resource.Parts(); err == nil && p.Account != m.record.Seller {
				r.Broken(versionPath(i, "resource"), "belongs to account %s, the listing to %s", p.Account, m.record.Seller)
			}
		}
		m.eachNewResource(func(i int, _ version.Version, resource Resource, known bool) {
			if !known {
				r.NotChecked(versionPath(i, "resource"), "where its images come from", "")
			}
			for _, image := range resource.images() {
				if !strings.HasPrefix(image, string(m.record.Seller)+".dkr.ecr.") {
					r.Broken(versionPath(i, "resource"), "uses the image %q, which is not in the seller's registry", rule.Shorten(image))
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
				r.NotChecked(versionPath(i, "resource"), "which images it has", "")
			case resource.Status != ResourceCompleted:
			case len(resource.InferenceImages) == 0:
				r.Broken(versionPath(i, "resource"), "has no inference image")
			case resource.TrainingImage == "":
				r.Broken(versionPath(i, "resource"), "has no training image")
			}
		})
	}},
	{Rule: RulePublishingRegion, Find: func(m move, r *rule.Report) {
		for i, v := range m.document().Versions {
			if p, err := v.Resource.Parts(); err == nil && !p.Region.Publishes() {
				r.Broken(versionPath(i, "resource"), "lives in %s, which the marketplace does not publish from", p.Region)
			}
		}
	}},
	{Rule: RuleDescribeModelPackage, Find: func(m move, r *rule.Report) { m.describable(r, version.ModelPackage) }},
	{Rule: RuleDescribeAlgorithm, Find: func(m move, r *rule.Report) { m.describable(r, version.Algorithm) }},
	{Rule: RuleResourceExists, Find: func(m move, r *rule.Report) {
		m.eachNewResource(func(i int, v version.Version, resource Resource, known bool) {
			switch {
			case !known:
				r.NotChecked(versionPath(i, "resource"), "what SageMaker says of it", "")
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
				r.NotChecked(versionPath(i, "resource"), "what SageMaker says of it", "")
			case resource.Status == ResourceCompleted && !resource.Certified:
				r.Broken(versionPath(i, "resource"), "was not created with certification for the marketplace")
			}
		})
	}},
	{Rule: version.RuleRecommendedBatch, Find: func(m move, r *rule.Report) {
		m.recommended(r, "batch", func(v version.Version, s Resource) (string, []string) { return v.Recommended.Batch, s.Batch })
	}},
	{Rule: version.RuleRecommendedRealTime, Find: func(m move, r *rule.Report) {
		m.recommended(r, "realTime", func(v version.Version, s Resource) (string, []string) { return v.Recommended.RealTime, s.RealTime })
	}},
	{Rule: version.RuleRecommendedTraining, Find: func(m move, r *rule.Report) {
		m.recommended(r, "training", func(v version.Version, s Resource) (string, []string) { return v.Recommended.Training, s.Training })
	}},
}

// eachNewResource visits the resources that are not published yet: the
// marketplace has its own copy of the others, which may be gone by now.
func (m move) eachNewResource(visit func(i int, v version.Version, resource Resource, known bool)) {
	for i, v := range m.document().Versions {
		if _, published := m.published().Version(v.Number); published {
			continue
		}
		if _, err := v.Resource.Parts(); err != nil {
			continue // version.arn speaks of that
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
			r.NotChecked(versionPath(i, "resource"), "whether the caller may describe it", "")
		case resource.Status == ResourceDenied:
			r.Broken(versionPath(i, "resource"), "may not be described by the caller")
		}
	})
}

func (m move) recommended(r *rule.Report, field string, of func(version.Version, Resource) (string, []string)) {
	for i, v := range m.document().Versions {
		if before, published := m.published().Version(v.Number); published && before.Recommended == v.Recommended {
			continue
		}
		resource, known := m.facts.Resources[v.Resource]
		known = known && resource.Status != ResourceMissing && resource.Status != ResourceDenied
		chosen, supported := of(v, resource)
		switch {
		case chosen == "":
		case !known:
			r.NotChecked(versionPath(i, "recommended."+field), "the instance types that the resource supports", "")
		case !slices.Contains(supported, chosen):
			r.Broken(versionPath(i, "recommended."+field), "%q is not supported by the resource", rule.Shorten(chosen))
		}
	}
}
