package iamserver

// Question asks whether a principal may do an action on each of the resources.
type Question struct {
	Principal string // an ARN
	Action    string
	Resources []string
	// Key and Values are the first condition key that IAM was told.
	Key    string
	Values []string
	// Marker is that of the answer before this one; empty for the first.
	Marker string
}

// Answer is one page of what IAM finds out.
type Answer struct {
	// Marker asks for the next page; empty if there is none.
	Marker  string   `xml:",omitempty"`
	Results []Result `xml:"EvaluationResults>member"`
}

// Result is the decision about one action: on all resources, and on each.
type Result struct {
	Action    string             `xml:"EvalActionName"`
	Resource  string             `xml:"EvalResourceName"`
	Decision  string             `xml:"EvalDecision"`
	Resources []ResourceDecision `xml:"ResourceSpecificResults>member"`
	// Missing are the condition keys that IAM needed and was not told.
	Missing []string `xml:"MissingContextValues>member"`
	// Organization is nil unless IAM says whether the organization allows it.
	Organization *bool `xml:"OrganizationsDecisionDetail>AllowedByOrganizations"`
}

// ResourceDecision is the decision about one resource.
type ResourceDecision struct {
	Resource string `xml:"EvalResourceName"`
	Decision string `xml:"EvalResourceDecision"`
}

// Allowed is the decision that permits an action.
const Allowed = "allowed"

// Decide returns the result that follows from a decision about each resource. The
// action as a whole has the last decision that is not Allowed.
func (q Question) Decide(decide func(resource string) string) Result {
	result := Result{Action: q.Action, Decision: Allowed}
	for _, resource := range q.Resources {
		if result.Resource == "" {
			result.Resource = resource
		}
		decision := decide(resource)
		if decision != Allowed {
			result.Decision = decision
		}
		result.Resources = append(result.Resources, ResourceDecision{resource, decision})
	}
	return result
}
