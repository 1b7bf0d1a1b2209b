package simulator

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// docs/simulator.md is the table of answers as a page. UPDATE_GOLDEN=1 writes it again.
func TestGoldenAnswersDocument(t *testing.T) {
	t.Parallel()
	const file = "../../docs/simulator.md"
	counts := map[Basis]int{}
	var rows strings.Builder
	about := map[string]bool{}
	for _, a := range Answers() {
		counts[a.Basis]++
		subject := a.About
		if _, operation := operations[subject]; operation || isChangeType(subject) {
			subject = "`" + subject + "`"
		}
		if about[a.About] {
			subject = ""
		}
		about[a.About] = true
		fmt.Fprintf(&rows, "| %s | %s | %s |\n", subject, strings.ReplaceAll(a.Says, "|", `\|`), a.Basis)
	}
	page := fmt.Sprintf(`# What the simulator answers, and how it is known

Nothing here was tried on AWS. Each answer of package simulator has its ground:
%d are documented (AWS's pages or the model of its SDK say so), %d recorded (others
published an answer of AWS that says so), %d expected (programs of others rely on it),
and %d assumed (nobody says; it was chosen). This page is written from the table in
`+"`lifecycle/simulator/answers.go`: `make golden`"+`.

| About | Answer | Ground |
|---|---|---|
%s`, counts[Documented], counts[Recorded], counts[Expected], counts[Assumed], rows.String())
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(file, []byte(page), 0o644))
	}
	is, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, page, string(is), "run make golden")

	for name := range operations {
		assert.True(t, about[name], "the table says nothing of %s", name)
	}
	for k := range changeTypes {
		assert.True(t, about[k.changeType], "the table says nothing of %s", k.changeType)
	}
	assert.Equal(t, len(Answers()), counts[Documented]+counts[Recorded]+counts[Expected]+counts[Assumed], "every answer has one of the four grounds")
}

func isChangeType(name string) bool {
	for k := range changeTypes {
		if k.changeType == name {
			return true
		}
	}
	return false
}
