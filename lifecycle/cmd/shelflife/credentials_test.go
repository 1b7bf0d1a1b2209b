package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Credentials that have expired end every command that asks AWS with the code that
// calls for a person, say so, and lose nothing: with others the command goes on.
func TestExpiredCredentials(t *testing.T) {
	c := newCloud(t)
	fresh := c.folder("fresh")
	draft := c.folder("draft")
	code, _, errs := c.sh("apply", draft, "--until", "draft", "--auto-approve")
	require.Zero(t, code, errs)
	live := c.folder("live")
	c.live(live)
	priced := c.folder("priced")
	c.live(priced)
	c.edit(priced, "trialDays: 14", "trialDays: 15")
	two := c.folder("two")
	c.live(two)
	test := c.folder("test")
	code, _, errs = c.sh("apply", test, "--auto-approve", "--no-wait")
	require.Equal(t, codePending, code, errs)
	require.NoError(t, c.market.Advance(time.Hour))
	code, _, errs = c.sh("watch", test)
	require.Zero(t, code, errs)
	busy := c.folder("busy")
	code, _, errs = c.sh("apply", busy, "--auto-approve", "--no-wait")
	require.Equal(t, codePending, code, errs)

	c.refused = "ExpiredTokenException"
	for _, args := range [][]string{
		{"plan", fresh}, {"apply", fresh, "--auto-approve"}, {"ready", fresh},
		{"submit", draft, "--auto-approve"}, {"plan", draft}, {"ready", draft},
		{"sign-off", test, "--auto-approve"},
		{"apply", priced, "--auto-approve"}, {"ready", priced},
		{"drift", live}, {"reconcile", live, "--auto-approve"}, {"unpublish", two, "--auto-approve", "--email", "a@example.com", "--reason", "Old."},
		{"watch", busy}, {"cancel", busy, "--auto-approve"},
	} {
		code, out, errs := c.sh(args...)
		assert.Equal(t, codePerson, code, "%v: %s%s", args, out, errs)
		assert.Regexp(t, "give (valid )?credentials", out+errs, args)
		assert.NotContains(t, out+errs, "secretword")
		switch args[0] {
		case "sign-off", "unpublish", "cancel":
			continue // is written down, and goes on with "watch"
		}
		code, out, _ = c.sh(append(args, "--json")...)
		assert.Equal(t, codePerson, code, args)
		if args[0] != "ready" {
			assert.Contains(t, out, `"exitCode": 7`, args)
		}
	}
	c.refused = ""
	code, _, errs = c.sh("drift", live)
	assert.Zero(t, code, errs)
	code, _, errs = c.sh("apply", fresh, "--auto-approve", "--no-wait")
	assert.Equal(t, codePending, code, errs)
}
