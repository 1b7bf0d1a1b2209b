package lifecycle

import (
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// The rules of what may never change again.
var (
	RulePrivateStaysPrivate = rule.Rule{ID: "visibility.private-stays-private", Severity: rule.Must,
		Statement: "a private listing can never become public",
		Remedy:    "create a new, public listing",
		Sources:   rule.Sources{Guide2022: "step 2: product visibility", Changed: "a lock of 2022 that the portal of 2026 does not have"}}
	RulePublicStaysPublic = rule.Rule{ID: "visibility.public-stays-public", Severity: rule.Must,
		Statement: "a public listing can never become private",
		Remedy:    "create a new, private listing",
		Sources:   rule.Sources{Guide2022: "step 2: product visibility", Changed: "a lock of 2022, as the other direction, that the portal of 2026 does not have"}}
	RuleRegionsLocked = rule.Rule{ID: "regions.locked", Severity: rule.Must,
		Statement: "the Regions cannot change once the listing was submitted",
		Remedy:    "put the Regions back as they were",
		Sources:   rule.Sources{Guide2022: "step 2: Region availability", Changed: "2022 lets the seller choose Regions, once; the portal of 2026 does not ask"}}
	RuleRegionsByHand = rule.Rule{ID: "regions.by-hand", Severity: rule.Should,
		Statement: "a selection of Regions is made in the portal, which is AWS Partner Central, because the Catalog API cannot",
		Remedy:    "choose the same Regions in AWS Partner Central (formerly the AWS Marketplace Management Portal) before sign-off",
		Sources:   rule.Sources{Catalog2026: "machine learning products: change types", Changed: "2022 lets the seller choose Regions; the portal of 2026 does not ask"}}
	RuleNumberLocked = rule.Rule{ID: "version.number-locked", Severity: rule.Must,
		Statement: "a published version keeps its number and stays in the listing",
		Remedy:    "put the version back as it was; add a new one, or restrict this one",
		Sources:   rule.Sources{Guide2022: "step 3: add your launch option"}}
	RuleResourceLocked = rule.Rule{ID: "version.resource-locked", Severity: rule.Must,
		Statement: "a published version keeps its resource and access role",
		Remedy:    "add a version for the new resource instead",
		Sources:   rule.Sources{Catalog2026: "UpdateDeliveryOptions"}}
	RuleOneVersion = rule.Rule{ID: "version.one-per-request", Severity: rule.Must,
		Statement: "one request adds one version at the most, and edits one at the most",
		Remedy:    "submit the versions one after the other",
		// A change set takes a change type once per product, and a version
		// needs a change of its own.
		Sources: rule.Sources{Catalog2026: "StartChangeSet; AddDeliveryOptions; UpdateDeliveryOptions"}}
	RuleVersionKnown = rule.Rule{ID: "version.known", Severity: rule.Must,
		Statement: "an update or a restriction names a version of the listing",
		Remedy:    "name one of the listing's versions by its number",
		Sources:   rule.Sources{Catalog2026: "UpdateDeliveryOptions: INVALID_DELIVERY_OPTION_ID"}}
	RuleRestrictLiveOnly = rule.Rule{ID: "version.restrict-live-only", Severity: rule.Must,
		Statement: "versions are restricted in a Live listing, or in a Test Product that is submitted again",
		Remedy:    "remove the version from the draft instead; it was never published",
		Sources:   rule.Sources{Guide2022: "restricting versions", Catalog2026: "RestrictDeliveryOptions"}}
	RuleLastUnrestricted = rule.Rule{ID: "version.last-unrestricted", Severity: rule.Must,
		Statement: "the last unrestricted version cannot be restricted",
		Remedy:    "add a version first, or unpublish the listing",
		Sources:   rule.Sources{Catalog2026: "RestrictDeliveryOptions: ALL_DELIVERY_OPTIONS_RESTRICTED"}}
	RuleVersionEditable = rule.Rule{ID: "version.editable", Severity: rule.Must,
		Statement: "a restricted version is neither edited nor offered again",
		Remedy:    "add a new version",
		Sources:   rule.Sources{Catalog2026: "UpdateDeliveryOptions: INCOMPATIBLE_DELIVERY_OPTION_STATUS"}}
)

// locks keep what may never change as it is.
var locks = []rule.Check[move]{
	{Rule: RulePrivateStaysPrivate, Find: func(m move, r *rule.Report) {
		if isPrivate(m.record.Draft) && !isPrivate(m.document()) {
			r.Broken("visibility", "changes from private to public")
		}
	}},
	// The guide forbids the other direction for private listings only; but a
	// public listing that turned private would break its promise to everyone
	// who found it, and the marketplace offers no request for it either.
	{Rule: RulePublicStaysPublic, Find: func(m move, r *rule.Report) {
		if m.record.State != "" && !isPrivate(m.record.Draft) && isPrivate(m.document()) {
			r.Broken("visibility", "changes from public to private")
		}
	}},
	{Rule: RuleRegionsLocked, Find: func(m move, r *rule.Report) {
		if m.record.RegionsLocked && !m.document().Regions.Equal(m.record.Draft.Regions) {
			r.Broken("regions", "change after the listing was submitted")
		}
	}},
	{Rule: RuleNumberLocked, Find: checkNumbersLocked},
	{Rule: RuleResourceLocked, Find: func(m move, r *rule.Report) {
		for i, v := range m.document().Versions {
			before, published := m.publishedVersion(v.Number)
			if !published {
				continue
			}
			if v.Resource != before.Resource {
				r.Broken(versionPath(i, "resource"), "changes from %s", rule.Shorten(string(before.Resource)))
			}
			if v.AccessRole != before.AccessRole {
				r.Broken(versionPath(i, "accessRole"), "changes from %s", rule.Shorten(string(before.AccessRole)))
			}
		}
	}},
}

func checkNumbersLocked(m move, r *rule.Report) {
	after := m.document()
	places, _ := byNumber(after.Versions)
	for _, before := range m.published().Versions {
		if _, stays := places[before.Number]; stays {
			continue
		}
		renamed := slices.IndexFunc(after.Versions, func(v version.Version) bool { return v.Resource == before.Resource })
		if renamed >= 0 {
			r.Broken(versionPath(renamed, "number"), "changes from %q to %q", rule.Shorten(before.Number), rule.Shorten(after.Versions[renamed].Number))
			continue
		}
		r.Broken("versions", "version %q is gone", rule.Shorten(before.Number))
	}
}

func offered(v version.Version) bool { return v.Status == version.Offered }

// restrictions guard the status of versions.
var restrictions = []rule.Check[move]{
	{Rule: RuleRestrictLiveOnly, Find: func(m move, r *rule.Report) {
		for i, v := range m.document().Versions {
			if _, published := m.publishedVersion(v.Number); v.Status == version.Restricted && !published {
				r.Broken(versionPath(i, "status"), "version %q was never published", rule.Shorten(v.Number))
			}
		}
	}},
	{Rule: RuleLastUnrestricted, Find: func(m move, r *rule.Report) {
		if after := m.document(); len(after.Versions) > 0 && !slices.ContainsFunc(after.Versions, offered) {
			last := len(after.Versions) - 1
			for i, v := range after.Versions {
				if before, ok := m.publishedVersion(v.Number); ok && before.Status == version.Offered {
					last = i
				}
			}
			r.Broken(versionPath(last, "status"), "restricts the last version that new buyers can choose")
		}
	}},
	{Rule: RuleVersionEditable, Find: func(m move, r *rule.Report) {
		restrictedAgain, isRestrict := m.command.(RestrictVersion)
		for i, v := range m.document().Versions {
			before, published := m.publishedVersion(v.Number)
			if published && before.Status == version.Offered && v.Status == version.Restricted {
				if before.Status = v.Status; !before.Equal(v) {
					r.BrokenRemedy(versionPath(i, "status"), "do one after the other", "edits and restricts version %q at once", rule.Shorten(v.Number))
				}
				continue
			}
			if !published || before.Status != version.Restricted {
				continue
			}
			switch {
			case v.Status == version.Offered:
				r.BrokenRemedy(versionPath(i, "status"), "it was restricted: write \"restricted\"; to offer it again, add a new version", "offers version %q again", rule.Shorten(v.Number))
			case isRestrict && restrictedAgain.Number == v.Number:
				r.BrokenRemedy(versionPath(i, "status"), "nothing is left to do", "version %q is restricted already", rule.Shorten(v.Number))
			case !before.Equal(v):
				r.Broken(versionPath(i, "status"), "version %q is restricted", rule.Shorten(v.Number))
			}
		}
	}},
}

var oneVersion = rule.Check[move]{Rule: RuleOneVersion, Find: func(m move, r *rule.Report) {
	added, edited := 0, 0
	for i, v := range m.document().Versions {
		before, published := m.publishedVersion(v.Number)
		switch {
		case !published:
			if added++; added > 1 {
				r.Broken(versionPath(i, "number"), "adds version %q to a request that adds another", rule.Shorten(v.Number))
			}
		case v.Status == version.Offered && !before.Equal(v):
			if edited++; edited > 1 {
				r.Broken(versionPath(i, "number"), "edits version %q in a request that edits another", rule.Shorten(v.Number))
			}
		}
	}
}}

var knownVersion = rule.Check[move]{Rule: RuleVersionKnown, Find: func(m move, r *rule.Report) {
	number, path, named := m.version()
	switch _, published := m.publishedVersion(number); {
	case !named || published:
	case len(m.published().Versions) == 0:
		r.Broken(path, "there is no version %q: none was published", rule.Shorten(number))
	default:
		r.BrokenRemedy(path, "give the number of a version that there is: "+rule.Shorten(strings.Join(numbers(m.published().Versions), ", ")), "there is no version %q", rule.Shorten(number))
	}
}}

// version returns the number of the version that the command changes, and the path to
// it in the command; named is false if it changes none.
func (m move) version() (number, path string, named bool) {
	switch c := m.command.(type) {
	case UpdateVersion:
		return c.Version.Number, "versions", true
	case RestrictVersion:
		return c.Number, "number", true
	}
	return "", "", false
}

var regionsByHand = rule.Check[move]{Rule: RuleRegionsByHand, Find: func(m move, r *rule.Report) {
	if regions := m.document().Regions; !regions.All() {
		r.Broken("regions", "are %s", joinRegions(regions))
	}
}}

func joinRegions(regions listing.Regions) string {
	text := ""
	for i, region := range regions.Only {
		if i > 0 {
			text += ", "
		}
		text += string(region)
	}
	return rule.Shorten(text)
}
