package permission

import (
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
)

// Question asks for one permission: an action on all of the resources.
type Question struct {
	Action    string
	Resources []string
	// Context are the condition keys that policies may look at.
	Context []Context
}

// Context is a condition key with its values.
type Context struct {
	Key    string
	Values []string
}

// String returns the action, followed by the change type if it starts a change
// set.
func (q Question) String() string {
	if q.Action == startChangeSet {
		return q.Action + " " + q.Context[0].Values[0]
	}
	return q.Action
}

const startChangeSet = "aws-marketplace:StartChangeSet"

// Questions returns what Statements allows, taken apart: each change type only on
// what it changes.
func (s Scope) Questions(n Needs) (all []Question) {
	started := false
	for _, each := range s.Statements(n) {
		for _, action := range each.Action {
			switch {
			case action == startChangeSet: // of several statements
				if !started {
					all = append(all, s.starting(n)...)
				}
				started = true
			case action == "iam:PassRole":
				all = append(all, Question{Action: action, Resources: each.Resource, Context: []Context{{"iam:PassedToService", []string{MarketplaceService}}}})
			case action == tagResource:
				all = append(all, Question{Action: action, Resources: each.Resource, Context: []Context{{"aws:TagKeys", tagKeys}}})
			case !strings.HasPrefix(action, "sagemaker:"):
				all = append(all, Question{Action: action, Resources: each.Resource})
			}
		}
	}
	for i := range all {
		all[i] = all[i].inItsRegion()
	}
	if n.describes {
		all = append(all, s.Describing()...)
	}
	return all
}

// inItsRegion returns the question with the Region that the action is called in, if
// that is one.
func (q Question) inItsRegion() Question {
	if regions := regionsOf(q); len(regions) == 1 {
		q.Context = append(q.Context, Context{"aws:RequestedRegion", regions})
	}
	return q
}

// regionsOf are the Regions that the action is called in.
func regionsOf(q Question) []string {
	if !strings.HasPrefix(q.Action, "sagemaker:") {
		return []string{wire.Region}
	}
	var all []string
	for _, resource := range q.Resources {
		if parts := strings.Split(resource, ":"); len(parts) > 3 && parts[3] != "*" {
			all = append(all, parts[3])
		}
	}
	return distinct(all)
}

func (s Scope) starting(n Needs) (all []Question) {
	for _, changeType := range n.changeTypes() {
		q := Question{Action: startChangeSet, Context: []Context{{"catalog:ChangeType", []string{changeType}}}}
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
		all = append(all, q.inItsRegion())
	}
	return all
}
