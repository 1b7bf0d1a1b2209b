package lifecycle_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The core must cost its importers nothing: it reaches the standard library,
// looplab/fsm and google/uuid, and nothing else.
func TestCoreImportsNothingHeavy(t *testing.T) {
	const own = "github.com/shelflife-go/shelflife"
	allowed := []string{
		"github.com/looplab/fsm", "github.com/google/uuid",
		own + "/lifecycle", own + "/listing", own + "/listing/document", own + "/listing/rule",
		own + "/pricing", own + "/pricing/metering", own + "/version",
	}
	out, err := exec.Command("go", "list", "-deps", "../listing/...", "../version", "../pricing/...", ".").CombinedOutput()
	require.NoError(t, err, string(out))
	packages := strings.Fields(string(out))
	require.Contains(t, packages, own+"/lifecycle")
	for _, p := range packages {
		if first, _, _ := strings.Cut(p, "/"); strings.Contains(first, ".") {
			assert.Contains(t, allowed, p)
		}
	}
}

// Arrows point one way: document ← rule ← version, pricing ← listing ← lifecycle.
func TestArrowsPointOneWay(t *testing.T) {
	const own = "github.com/shelflife-go/shelflife/"
	for pkg, mayReach := range map[string][]string{
		"listing/document": {},
		"listing/rule":     {"listing/document"},
		"version":          {"listing/rule", "listing/document"},
		"pricing/metering": {"listing/rule", "listing/document"},
		"pricing":          {"listing/rule", "listing/document", "pricing/metering"},
		"listing":          {"listing/rule", "listing/document", "version", "pricing", "pricing/metering"},
	} {
		out, err := exec.Command("go", "list", "-deps", own+pkg).CombinedOutput()
		require.NoError(t, err, string(out))
		for _, p := range strings.Fields(string(out)) {
			if inner, ours := strings.CutPrefix(p, own); ours && inner != pkg {
				assert.Contains(t, mayReach, inner, "%s reaches %s", pkg, inner)
			}
		}
	}
}
