package version_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/version"
)

func TestUsageInstructions(t *testing.T) {
	t.Parallel()
	v := version.Version{Usage: "Call it."}
	assert.Equal(t, "Call it.", v.UsageInstructions())
	v.Training = &version.Training{Data: "Rows.", Example: "https://example.com/rows.csv", Overview: "Trees."}
	assert.Equal(t, "Call it.\n\n## Training\n\nTrees.\n\nTraining data: Rows.\n\nExample training data: https://example.com/rows.csv", v.UsageInstructions())
}

func TestCloneSharesNothing(t *testing.T) {
	t.Parallel()
	full := func() version.Version {
		v := lifecycletest.Version("1.0", version.Algorithm)
		v.Input.CustomAttributes = []version.Parameter{{Name: "a", Description: "b"}}
		return v
	}
	original := full()
	for i := range reflect.TypeFor[version.Version]().NumField() {
		field := reflect.TypeFor[version.Version]().Field(i)
		if field.Name != "Status" { // the zero value is a value here
			assert.False(t, reflect.ValueOf(original).Field(i).IsZero(), "%s is not set, so this test would miss it", field.Name)
		}
	}
	clone := original.Clone()
	assert.Equal(t, original, clone)
	clone.Training.Data = "changed"
	clone.Input.Parameters[0].Name = "changed"
	clone.Input.CustomAttributes[0].Name = "changed"
	clone.Output.Fields[0].Name = "changed"
	assert.Equal(t, full(), original)
	assert.Equal(t, version.Version{}, version.Version{}.Clone())
}
