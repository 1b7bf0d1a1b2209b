//go:build !linux

package testserver

import "os/exec"

// runUntilWeEnd starts the program. A test that is killed leaves it behind: only
// Linux ends it then. The channel is closed when the program has ended.
func runUntilWeEnd(program *exec.Cmd) (<-chan struct{}, error) {
	if err := program.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = program.Wait()
	}()
	return ended, nil
}
