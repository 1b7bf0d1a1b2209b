package lifecycle

import (
	"slices"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
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
		after := m.document()
		for _, before := range m.published().Versions {
			i := indexOf(after, before.Number)
			if i < 0 {
				continue
			}
			if after.Versions[i].Resource != before.Resource {
				r.Broken(versionPath(i, "resource"), "changes from %s", before.Resource)
			}
			if after.Versions[i].AccessRole != before.AccessRole {
				r.Broken(versionPath(i, "accessRole"), "changes from %s", before.AccessRole)
			}
		}
	}},
}

func checkNumbersLocked(m move, r *rule.Report) {
	after := m.document()
	for _, before := range m.published().Versions {
		if indexOf(after, before.Number) >= 0 {
			continue
		}
		renamed := slices.IndexFunc(after.Versions, func(v version.Version) bool { return v.Resource == before.Resource })
		if renamed >= 0 {
			r.Broken(versionPath(renamed, "number"), "changes from %q to %q", before.Number, rule.Shorten(after.Versions[renamed].Number))
			continue
		}
		r.Broken("versions", "version %q is gone", before.Number)
	}
}

// restrictions guard the status of versions.
var restrictions = []rule.Check[move]{
	{Rule: RuleRestrictLiveOnly, Find: func(m move, r *rule.Report) {
		for i, v := range m.document().Versions {
			if _, published := m.published().Version(v.Number); v.Status == version.Restricted && !published {
				r.Broken(versionPath(i, "status"), "version %q was never published", rule.Shorten(v.Number))
			}
		}
	}},
	{Rule: RuleLastUnrestricted, Find: func(m move, r *rule.Report) {
		if after := m.document(); len(after.Versions) > 0 && len(after.Offered()) == 0 {
			last := len(after.Versions) - 1
			for i, v := range after.Versions {
				if before, ok := m.published().Version(v.Number); ok && before.Status == version.Offered {
					last = i
				}
			}
			r.Broken(versionPath(last, "status"), "restricts the last version that new buyers can choose")
		}
	}},
	{Rule: RuleVersionEditable, Find: func(m move, r *rule.Report) {
		restrictedAgain, isRestrict := m.command.(RestrictVersion)
		for i, v := range m.document().Versions {
			before, published := m.published().Version(v.Number)
			if published && before.Status == version.Offered && v.Status == version.Restricted {
				if before.Status = v.Status; !same(before, v) {
					r.BrokenRemedy(versionPath(i, "status"), "do one after the other", "edits and restricts version %q at once", rule.Shorten(v.Number))
				}
				continue
			}
			if !published || before.Status != version.Restricted {
				continue
			}
			switch {
			case v.Status == version.Offered:
				r.Broken(versionPath(i, "status"), "offers version %q again", rule.Shorten(v.Number))
			case isRestrict && restrictedAgain.Number == v.Number:
				r.BrokenRemedy(versionPath(i, "status"), "nothing is left to do", "version %q is restricted already", rule.Shorten(v.Number))
			case !same(before, v):
				r.Broken(versionPath(i, "status"), "version %q is restricted", rule.Shorten(v.Number))
			}
		}
	}},
}

var oneVersion = rule.Check[move]{Rule: RuleOneVersion, Find: func(m move, r *rule.Report) {
	added, edited := 0, 0
	for i, v := range m.document().Versions {
		before, published := m.published().Version(v.Number)
		switch {
		case !published:
			if added++; added > 1 {
				r.Broken(versionPath(i, "number"), "adds version %q to a request that adds another", rule.Shorten(v.Number))
			}
		case v.Status == version.Offered && !same(before, v):
			if edited++; edited > 1 {
				r.Broken(versionPath(i, "number"), "edits version %q in a request that edits another", rule.Shorten(v.Number))
			}
		}
	}
}}

var knownVersion = rule.Check[move]{Rule: RuleVersionKnown, Find: func(m move, r *rule.Report) {
	number := ""
	switch c := m.command.(type) {
	case UpdateVersion:
		number = c.Version.Number
	case RestrictVersion:
		number = c.Number
	}
	if _, published := m.published().Version(number); !published {
		r.Broken("versions", "there is no version %q", rule.Shorten(number))
	}
}}

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
