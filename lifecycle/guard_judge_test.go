package lifecycle_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/version"
)

// A request keeps what SageMaker says of its resources, as far as that is new.
func TestWhatARequestLearns(t *testing.T) {
	t.Parallel()
	live, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	commands := soundCommands(live.Draft)
	arn := live.Draft.Versions[0].Resource
	known := live.InstanceTypes[arn]
	require.NotEmpty(t, known)
	test := live
	test.State = lifecycle.TestProduct
	unknown := live
	unknown.InstanceTypes = nil
	none := lifecycle.Resource{Status: lifecycle.ResourceCompleted, Certified: true}
	more := lifecycletest.Resource(version.ModelPackage)
	more.Batch = append(more.Batch, "ml.g5.xlarge")
	for name, c := range map[string]struct {
		record   lifecycle.Record
		event    lifecycle.Event
		resource lifecycle.Resource
		learnt   map[version.ARN]lifecycle.InstanceTypes
	}{
		"what is new":             {unknown, lifecycle.EventUpdateInformation, more, map[version.ARN]lifecycle.InstanceTypes{arn: more.InstanceTypes}},
		"what is other now":       {live, lifecycle.EventUpdateInformation, more, map[version.ARN]lifecycle.InstanceTypes{arn: more.InstanceTypes}},
		"what is known":           {live, lifecycle.EventUpdateInformation, lifecycletest.Resource(version.ModelPackage), nil},
		"that there are none":     {unknown, lifecycle.EventUpdateInformation, none, map[version.ARN]lifecycle.InstanceTypes{arn: {}}},
		"nothing of what is gone": {unknown, lifecycle.EventUpdateInformation, lifecycle.Resource{Status: lifecycle.ResourceMissing}, nil},
		"nothing by an edit":      {test, lifecycle.EventEdit, more, nil},
	} {
		facts := lifecycle.Facts{Resources: map[version.ARN]lifecycle.Resource{arn: c.resource}}
		d, err := lifecycle.Decide(c.record, commands[c.event], lifecycle.Input{At: live.UpdatedAt, Facts: facts})
		require.NoError(t, err, name)
		require.Equal(t, c.learnt, d.Entries[0].Delta.InstanceTypes, name)
		if c.learnt == nil {
			require.Equal(t, c.record.InstanceTypes, d.Record.InstanceTypes, name)
		}
	}
}
