package stores

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// A process of this test binary whose variable STORES_CHILD is set does that work
// instead of the tests.
const childVariable = "STORES_CHILD"

// children are what a child process can do, by name. Each registers itself.
var children = map[string]func() error{}

func TestMain(m *testing.M) {
	if work := children[os.Getenv(childVariable)]; work != nil {
		if err := work(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child returns the command of a process that does the work, with the variables.
func child(t *testing.T, work string, variables map[string]string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+work)
	for name, value := range variables {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stderr = os.Stderr
	return cmd
}

// number returns the number in an environment variable that says how much a test does.
func number(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, variable)
	return n
}
