package preflight

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/iampolicy"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/permission"
)

// trustPolicy is the trust policy of a role, as IAM returns it.
type trustPolicy struct {
	Statement iampolicy.OneOrMany[trustStatement]
}

type trustStatement struct {
	Effect                  string
	Principal, NotPrincipal json.RawMessage
	Action, NotAction       iampolicy.OneOrMany[string]
	Condition               json.RawMessage
}

// trusted says whether a trust policy, percent-encoded as IAM returns it, lets
// the marketplace assume the role, and if not, why. What depends on a condition
// is unknown.
func trusted(encoded string) (lifecycle.Answer, string) {
	document, err := url.QueryUnescape(encoded)
	if err != nil {
		return lifecycle.Unknown, "its trust policy cannot be read: " + err.Error()
	}
	var policy trustPolicy
	if err := json.Unmarshal([]byte(document), &policy); err != nil {
		return lifecycle.Unknown, "its trust policy cannot be read: " + err.Error()
	}
	var allows, mayAllow, mayDeny bool
	for _, each := range policy.Statement {
		about, sure := each.aboutTheMarketplace()
		sure = sure && !each.conditional()
		switch {
		case !about:
		case each.Effect == "Deny" && sure:
			return lifecycle.No, "its trust policy denies it to the marketplace"
		case each.Effect == "Deny":
			mayDeny = true
		case each.Effect == "Allow" && sure:
			allows = true
		case each.Effect == "Allow":
			mayAllow = true
		}
	}
	switch {
	case allows && !mayDeny:
		return lifecycle.Yes, ""
	case allows || mayAllow:
		return lifecycle.Unknown, "its trust policy makes it depend on conditions"
	}
	return lifecycle.No, "its trust policy does not allow it to the marketplace"
}

func (s trustStatement) conditional() bool {
	c := strings.TrimSpace(string(s.Condition))
	return c != "" && c != "null" && c != "{}"
}

// everybody reports whether the statement lets all the world assume the role.
func (s trustStatement) everybody() bool {
	var all string
	var named map[string]iampolicy.OneOrMany[string]
	if json.Unmarshal(s.Principal, &all) == nil {
		return all == "*"
	}
	return json.Unmarshal(s.Principal, &named) == nil && slices.Contains(named["AWS"], "*")
}

// trustsAll reports whether a trust policy lets all the world assume the role,
// without a condition.
func trustsAll(encoded string) bool {
	document, err := url.QueryUnescape(encoded)
	var policy trustPolicy
	if err != nil || json.Unmarshal([]byte(document), &policy) != nil {
		return false
	}
	return slices.ContainsFunc(policy.Statement, func(s trustStatement) bool {
		about, _ := s.aboutTheMarketplace()
		return s.Effect == "Allow" && about && s.everybody() && !s.conditional()
	})
}

// aboutTheMarketplace reports whether the statement is about the marketplace
// assuming the role, and whether that is sure: with NotAction and NotPrincipal it
// is not.
func (s trustStatement) aboutTheMarketplace() (about, sure bool) {
	action := len(s.NotAction) > 0
	for _, a := range s.Action {
		action = action || matchesAction(a, "sts:AssumeRole")
	}
	principal, sure := len(s.NotPrincipal) > 0, len(s.NotAction)+len(s.NotPrincipal) == 0
	var everybody string
	var named map[string]iampolicy.OneOrMany[string]
	if json.Unmarshal(s.Principal, &everybody) == nil && everybody == "*" {
		principal = true
	} else if json.Unmarshal(s.Principal, &named) == nil {
		for _, service := range named["Service"] {
			principal = principal || service == permission.MarketplaceService
		}
		for _, account := range named["AWS"] {
			principal = principal || account == "*" // which IAM takes for "Principal": "*"
		}
	}
	return action && principal, sure
}

// matchesAction compares as IAM does: whatever the case, with wildcards.
func matchesAction(pattern, action string) bool {
	expression := regexp.QuoteMeta(pattern)
	expression = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(expression)
	matched, err := regexp.MatchString("(?is)^"+expression+"$", action)
	return err == nil && matched
}
