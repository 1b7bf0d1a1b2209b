package permission

import (
	"slices"
	"strings"
)

// Question asks for one permission: an action on all of the resources.
type Question struct {
	Action    string
	Resources []string
	// Key and Value are the one condition key that policies look at; empty if
	// they look at none.
	Key, Value string
}

// String returns the action, followed by the change type if it starts a change
// set.
func (q Question) String() string {
	if q.Action == startChangeSet {
		return q.Action + " " + q.Value
	}
	return q.Action
}

const startChangeSet = "aws-marketplace:StartChangeSet"

// Questions returns what Statements allows, taken apart: each change type only on
// what it changes.
func (s Scope) Questions(n Needs) (all []Question) {
	for _, each := range s.Statements(n) {
		for _, action := range each.Action {
			switch {
			case action == startChangeSet:
				all = append(all, s.starting(n)...)
			case action == "iam:PassRole":
				all = append(all, Question{Action: action, Resources: each.Resource, Key: "iam:PassedToService", Value: MarketplaceService})
			case !strings.HasPrefix(action, "sagemaker:"):
				all = append(all, Question{Action: action, Resources: each.Resource})
			}
		}
	}
	if n.describes {
		all = append(all, s.Describing()...)
	}
	return all
}

func (s Scope) starting(n Needs) (all []Question) {
	for _, changeType := range n.changeTypes() {
		q := Question{Action: startChangeSet, Key: "catalog:ChangeType", Value: changeType}
		if slices.Contains(n.product, changeType) {
			q.Resources = append(q.Resources, s.products(n)...)
		}
		if slices.Contains(n.offer, changeType) {
			q.Resources = append(q.Resources, s.offers(n)...)
		}
		q.Resources = append(q.Resources, s.Catalog("ChangeSet", nil)...)
		all = append(all, q)
	}
	return all
}

// Describing asks to look at the resources of the scope: each action about the
// resources of its kind.
func (s Scope) Describing() (all []Question) {
	resources, actions := s.describable()
	for _, action := range actions {
		kind := ":model-package/"
		if action == describeAlgorithm {
			kind = ":algorithm/"
		}
		q := Question{Action: action}
		for _, resource := range resources {
			if strings.Contains(resource, kind) {
				q.Resources = append(q.Resources, resource)
			}
		}
		all = append(all, q)
	}
	return all
}
