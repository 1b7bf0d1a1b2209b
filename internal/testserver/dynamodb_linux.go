package testserver

import (
	"os/exec"
	"runtime"
	"syscall"
)

// runUntilWeEnd starts the program, which the kernel kills when this process ends,
// however it ends. The channel is closed when the program has ended.
func runUntilWeEnd(program *exec.Cmd) (<-chan struct{}, error) {
	program.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started, ended := make(chan error, 1), make(chan struct{})
	go func() {
		runtime.LockOSThread() // the signal comes when this thread ends: keep it
		defer close(ended)
		err := program.Start()
		if started <- err; err == nil {
			_ = program.Wait()
		}
	}()
	return ended, <-started
}
