package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const controlPrefix = "/_simulator/"

// serveControl lets a program in any language do what the methods do in Go.
func (s *Simulator) serveControl(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == controlPrefix && (r.Method == http.MethodGet || r.Method == http.MethodPost) {
		s.serveWeb(w, r)
		return
	}
	var answer any
	var err error
	switch call := r.Method + " " + strings.TrimPrefix(r.URL.Path, controlPrefix); call {
	case "GET now":
		answer = s.controlNow()
	case "GET wait":
		if err = s.controlWait(r); err == nil {
			answer = s.controlNow()
		}
	case "GET calls":
		answer = map[string][]Call{"calls": s.RecentCalls()}
	case "POST seed":
		var in Seed
		if err = readControl(w, r, &in); err == nil {
			err = s.Plant(in)
		}
	case "GET ledger":
		answer = s.Ledger()
	case "POST advance":
		var in struct {
			Seconds *float64 `json:"seconds"`
		}
		if err = readControl(w, r, &in); err == nil {
			err = s.advanceSeconds(in.Seconds)
		}
		answer = s.controlNow()
	case "GET reviews":
		answer = map[string][]Review{"reviews": s.Reviews()}
	case "POST reviews":
		var in struct {
			ChangeSet string `json:"changeSet"`
			Approve   bool   `json:"approve"`
			Reason    string `json:"reason"`
		}
		if err = readControl(w, r, &in); err == nil && in.Approve {
			err = s.Approve(in.ChangeSet)
		} else if err == nil {
			err = s.Refuse(in.ChangeSet, in.Reason)
		}
	case "GET events":
		var after uint64
		if text := r.URL.Query().Get("after"); text != "" {
			after, err = strconv.ParseUint(text, 10, 64)
		}
		answer = map[string][]Event{"events": s.Events(after)}
	case "PUT model-package":
		var in ModelPackage
		if err = readControl(w, r, &in); err == nil {
			err = s.PutModelPackage(in)
		}
	case "PUT algorithm":
		var in Algorithm
		if err = readControl(w, r, &in); err == nil {
			err = s.PutAlgorithm(in)
		}
	case "POST faults":
		var in Fault
		if err = readControl(w, r, &in); err == nil {
			err = s.Inject(in)
		}
	default:
		writeJSON(w, "application/json", http.StatusNotFound, map[string]string{"error": fmt.Sprintf("%s %s is no control", r.Method, r.URL.Path)})
		return
	}
	var unsaved *StateError
	switch {
	case errors.As(err, &unsaved):
		writeJSON(w, "application/json", http.StatusInternalServerError, map[string]string{"error": err.Error()})
	case err != nil:
		writeJSON(w, "application/json", http.StatusBadRequest, map[string]string{"error": err.Error()})
	case answer == nil:
		writeJSON(w, "application/json", http.StatusOK, struct{}{})
	default:
		writeJSON(w, "application/json", http.StatusOK, answer)
	}
}

func (s *Simulator) controlNow() any {
	return map[string]string{"now": s.Now().Format(time.RFC3339Nano)}
}

// controlWait answers when the clock has come to the instant, or when the caller gives up.
func (s *Simulator) controlWait(r *http.Request) error {
	until, err := time.Parse(time.RFC3339Nano, r.URL.Query().Get("until"))
	if err != nil {
		return fmt.Errorf("%w: until must be an instant such as 2026-01-05T09:00:00Z", ErrClock)
	}
	return s.Wait(r.Context(), until)
}

func (s *Simulator) advanceSeconds(seconds *float64) error {
	if seconds == nil {
		return fmt.Errorf(`%w: the body must be {"seconds": n}`, ErrClock)
	}
	if *seconds < 0 || *seconds*float64(time.Second) >= math.MaxInt64 {
		return fmt.Errorf("%w: seconds is %v; it must be from 0 to about 9.2 billion", ErrClock, *seconds)
	}
	return s.Advance(time.Duration(*seconds * float64(time.Second)))
}

// readControl reads a JSON body strictly. Asking for the content type keeps web pages of other origins out: a browser
// would have to ask first, and is not answered.
func readControl(w http.ResponseWriter, r *http.Request, into any) error {
	if got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || got != "application/json" {
		return errors.New("Content-Type must be application/json")
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("the body cannot be read: %w", err)
	}
	if d.More() {
		return errors.New("something follows the body")
	}
	return nil
}
