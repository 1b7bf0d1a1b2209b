package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
)

// target is a listing that a command is given: by its folder or its name.
type target struct {
	arg    string
	folder *folder.Folder // nil if it was named
	name   string
	err    error // why the folder cannot be read
}

// targetsOf returns the listings of the arguments, those below a folder each by
// itself. Without an argument it is the current folder. Folders with one name are
// refused, all of them.
func (t *tool) targetsOf(args []string, byName bool) (all []target) {
	var names []named
	for _, dir := range findAll(args) {
		x := targetOf(dir, byName)
		all, names = append(all, x), append(names, t.nameOf(x.folder))
	}
	for i, same := range sameNames(names) {
		all[i].err = exitError{codeRules, fmt.Errorf("%s: %s [%s]", same.Place, same, same.ID)}
	}
	return all
}

// targetOf returns the listing of one argument.
func targetOf(arg string, named bool) target {
	f, err := readFolder(arg)
	switch {
	case err == nil:
		return target{arg: arg, folder: f, name: f.Name}
	case named && errors.Is(err, fs.ErrNotExist) && arg != "." && !strings.ContainsRune(arg, os.PathSeparator):
		return target{arg: arg, name: arg}
	}
	return target{arg: arg, err: err}
}

// job returns the job of a target for the tool.
func (x target) job(t *tool) *job { return &job{tool: t, folder: x.folder, name: x.name} }

// atOnce is how many listings are asked about at the same time.
const atOnce = 4

// onEach carries out a command for each listing, and writes what each has to say in the
// order of the arguments. One that fails does not stop the others; the exit code is the
// worst.
func (t *tool) onEach(ctx context.Context, all []target, do func(ctx context.Context, j *job) error) error {
	if len(all) == 1 {
		if all[0].err != nil {
			return all[0].err
		}
		return t.onOne(ctx, all[0].job(t), do)
	}
	type outcome struct {
		code     int
		out, err bytes.Buffer
	}
	places := make(chan struct{}, atOnce)
	if t.open.Simulate { // the simulator's file is for one at a time
		places = make(chan struct{}, 1)
	}
	ended := make([]chan *outcome, len(all))
	for i := range all {
		ended[i] = make(chan *outcome, 1)
	}
	one := func(x target) *outcome {
		o := &outcome{}
		own := *t
		own.arg, own.out, own.err = x.arg, &o.out, &o.err
		err := x.err
		if err == nil {
			err = own.onOne(ctx, x.job(&own), do)
		}
		if ctx.Err() == nil { // or it is said once, for all
			o.code = own.report(err)
		}
		return o
	}
	go func() {
		for i, x := range all {
			places <- struct{}{}
			go func() {
				ended[i] <- one(x)
				<-places
			}()
		}
	}()
	codes := []int{codeFine}
	for i := range all {
		o := <-ended[i]
		codes = append(codes, o.code)
		if _, err := o.err.WriteTo(t.err); err != nil {
			return err
		}
		if _, err := o.out.WriteTo(t.out); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return worst(codes)
}

// severity has the exit codes, the worst last.
var severity = []int{codeFine, codePending, codeNotLive, codeLater, codeRules, codeFailed, codeUsage, codePerson, codeInterrupted}

// worst ends the command with the worst of the codes.
func worst(codes []int) error {
	most := slices.MaxFunc(codes, func(a, b int) int { return slices.Index(severity, a) - slices.Index(severity, b) })
	if most == codeFine {
		return nil
	}
	return exitError{code: most}
}
