package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"shelflife": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Setup: alone, RequireExplicitExec: true, RequireUniqueNames: true})
}

// alone keeps a script from the machine that it runs on.
func alone(e *testscript.Env) error {
	e.Vars = append(e.Vars, "HOME="+e.WorkDir, "XDG_STATE_HOME="+e.WorkDir+"/state", "XDG_CONFIG_HOME="+e.WorkDir+"/config", "NO_COLOR=1", "SHELFLIFE_PROFILE=",
		"SHELFLIFE_STORE=", "SHELFLIFE_SELLER=", "AWS_EC2_METADATA_DISABLED=true")
	return os.MkdirAll(e.WorkDir+"/state", 0o700)
}
