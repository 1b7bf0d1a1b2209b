package awsmarketplace

import "github.com/shelflife-go/shelflife/lifecycle"

// SendsTags is whether a policy allows tagging.
const SendsTags = sendsTags

// PolicyForTagged is PolicyFor for an adapter that tags.
func PolicyForTagged(scope PolicyScope, commands ...lifecycle.Event) (string, error) {
	return policyFor(scope, true, commands)
}
