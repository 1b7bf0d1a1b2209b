// Command release prepares a release of every module of this repository, and
// rehearses it. All modules are released together, at one version.
//
//	go run ./.ci/release tidy                     go mod tidy, in every module
//	go run ./.ci/release rehearse                 get, install and run everything from outside
//	go run ./.ci/release prepare v0.1.0           set the version, check, print the tags
//	go run ./.ci/release -tag prepare v0.1.0      the same, and create the tags
//	go run ./.ci/release tagged v0.1.0            see that all tags are on this commit
//	go run ./.ci/release notes v0.1.0             print what the changelog says of it
//
// It works on the modules that go.work lists. A module in a folder whose name
// begins with a dot, such as this one, is a tool and is not released.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
)

func main() {
	tag := flag.Bool("tag", false, "create the tags that prepare prints, on the current commit")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: go run ./.ci/release tidy | rehearse | [-tag] prepare VERSION | tagged VERSION | notes VERSION")
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, *tag, flag.Args())
	stop()
	if errors.Is(err, errUsage) {
		flag.Usage()
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage")

func run(ctx context.Context, out io.Writer, tag bool, args []string) error {
	repo, err := open(ctx, ".")
	if err != nil {
		return err
	}
	switch {
	case len(args) == 1 && args[0] == "tidy" && !tag:
		return tidy(ctx, repo)
	case len(args) == 1 && args[0] == "rehearse" && !tag:
		return rehearse(ctx, out, repo)
	case len(args) == 2 && args[0] == "prepare":
		return prepare(ctx, out, repo, args[1], tag)
	case len(args) == 2 && args[0] == "tagged" && !tag:
		return tagged(ctx, repo, args[1])
	case len(args) == 2 && args[0] == "notes" && !tag:
		return notes(out, repo, args[1])
	}
	return errUsage
}

// output runs a command in dir and returns what it prints. The error holds what
// the command said.
func output(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), env...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(args, " "), err, stdout.String(), stderr.String())
	}
	return stdout.String(), nil
}
