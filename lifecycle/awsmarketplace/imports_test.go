package awsmarketplace_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Who publishes compiles two services of AWS, and not those of the packages
// beside this one.
func TestPublishingTakesTwoServices(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput()
	require.NoError(t, err, string(out))
	var services []string
	for _, p := range strings.Fields(string(out)) {
		rest, ours := strings.CutPrefix(p, "github.com/aws/aws-sdk-go-v2/service/")
		if name, _, inner := strings.Cut(rest, "/"); ours && !inner {
			services = append(services, name)
		}
	}
	assert.ElementsMatch(t, []string{"marketplacecatalog", "sagemaker"}, services)
}
