package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

const maxSeed = 64 << 20 // bytes of a seed file

// plant reads the seed file strictly.
func plant(sim *simulator.Simulator, file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() > maxSeed {
		return fmt.Errorf("-seed %q must be a regular file of at most %d bytes", file, maxSeed)
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it is only read
	d := json.NewDecoder(io.LimitReader(f, maxSeed))
	d.DisallowUnknownFields()
	var seed simulator.Seed
	if err := d.Decode(&seed); err != nil {
		return fmt.Errorf("-seed %q: %w", file, err)
	}
	if d.More() {
		return fmt.Errorf("-seed %q: something follows the object", file)
	}
	return sim.Plant(seed)
}

// logger writes a line for each call.
func logger(w io.Writer) func(simulator.Call) {
	log := slog.New(slog.NewTextHandler(w, nil))
	return func(c simulator.Call) {
		log.Info("call", "operation", c.Operation, "seller", c.Seller, "status", c.Status, "error", c.Error, "request", c.RequestID, "at", c.At)
	}
}
