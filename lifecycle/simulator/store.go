package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// StateError reports a state file that cannot be read, understood or written. It names the file; Err says what is wrong.
type StateError struct {
	File string
	Err  error
}

func (e *StateError) Error() string {
	return fmt.Sprintf("simulator: state file %q: %v", e.File, e.Err)
}

// Unwrap gives the cause, for example fs.ErrPermission.
func (e *StateError) Unwrap() error { return e.Err }

const (
	stateFormat = 1
	maxState    = 256 << 20 // bytes of state file that are read
)

// load reads the state file; a file that does not exist gives nil without an error.
func load(file string) (*state, []byte, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, &StateError{file, err}
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxState+1))
	if err != nil {
		return nil, nil, &StateError{file, err}
	}
	if len(b) > maxState {
		return nil, nil, &StateError{file, fmt.Errorf("larger than %d bytes", maxState)}
	}
	st, err := decodeState(b)
	if err != nil {
		return nil, nil, &StateError{file, err}
	}
	return st, b, nil
}

// save writes the state so that a reader finds either the old or the new one, never a part. When that fails, memory goes
// back to what the file holds: an answer that says "failed" must not leave a change behind.
func (s *Simulator) save() error {
	if s.cfg.File == "" {
		return nil
	}
	b, err := json.Marshal(s.st)
	if err == nil {
		err = replaceFile(s.cfg.File, b)
	}
	if err != nil {
		if s.saved != nil {
			if old, e := decodeState(s.saved); e == nil {
				s.st = old
				s.st.rules = s.settings()
			}
		}
		return &StateError{s.cfg.File, err}
	}
	s.saved = b
	return nil
}

// replaceFile outlives the end of the process at any instant. It does not wait
// for the disk: a simulation need not outlive a power cut.
func replaceFile(file string, b []byte) (err error) {
	dir := filepath.Dir(file)
	tmp, err := os.CreateTemp(dir, filepath.Base(file)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name())
		}
	}()
	_, err = tmp.Write(b)
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	return err
}

// decodeState reads a state strictly: what it accepts, every operation can work on.
func decodeState(b []byte) (*state, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	st := new(state)
	if err := d.Decode(st); err != nil {
		return nil, fmt.Errorf("not a simulator state: %w", err)
	}
	if d.More() {
		return nil, errors.New("not a simulator state: something follows it")
	}
	if err := st.check(); err != nil {
		return nil, err
	}
	st.fill()
	return st, nil
}

var (
	productIDPattern   = regexp.MustCompile(`^prod-[a-z0-9]{13}$`)
	offerIDPattern     = regexp.MustCompile(`^offer-[a-z0-9]{13}$`)
	changeSetIDPattern = regexp.MustCompile(`^[a-z0-9]{25}$`)
)

func (st *state) check() error {
	if st.Format != stateFormat {
		return fmt.Errorf("field Format is %d, this release reads %d", st.Format, stateFormat)
	}
	if !accountPattern.MatchString(st.Seller) {
		return fmt.Errorf("field Seller %q is not a 12-digit account", st.Seller)
	}
	if st.Now.Year() < 1970 || !st.Now.Before(clockEnd) {
		return fmt.Errorf("field Now is %s, outside the years 1970 to 9998", st.Now)
	}
	st.Now = st.Now.UTC()
	for id, e := range st.Entities {
		if err := e.check(id); err != nil {
			return fmt.Errorf("field Entities[%q]: %w", id, err)
		}
	}
	seen := map[string]bool{}
	for i, cs := range st.ChangeSets {
		if err := cs.check(); err != nil {
			return fmt.Errorf("field ChangeSets[%d]: %w", i, err)
		}
		if seen[cs.ID] {
			return fmt.Errorf("field ChangeSets[%d]: ID %q occurs twice", i, cs.ID)
		}
		seen[cs.ID] = true
	}
	for arn, r := range st.ModelPackages {
		if r == nil || r.ARN != arn || r.normalize() != nil {
			return fmt.Errorf("field ModelPackages[%q] is not a model package of that ARN", arn)
		}
	}
	for arn, r := range st.Algorithms {
		if r == nil || r.ARN != arn || r.normalize() != nil {
			return fmt.Errorf("field Algorithms[%q] is not an algorithm of that ARN", arn)
		}
	}
	if err := st.checkEvents(); err != nil {
		return err
	}
	for i, f := range st.Faults {
		if err := f.check(); err != nil {
			return fmt.Errorf("field Faults[%d]: %w", i, err)
		}
	}
	return nil
}

func (e *entity) check(id string) error {
	switch {
	case e == nil:
		return errors.New("is null")
	case e.ID != id:
		return fmt.Errorf("field ID is %q", e.ID)
	case !accountPattern.MatchString(e.Seller):
		return fmt.Errorf("field Seller %q is not a 12-digit account", e.Seller)
	case e.Revision < 1:
		return fmt.Errorf("field Revision is %d, must be at least 1", e.Revision)
	case (e.Product == nil) == (e.Offer == nil):
		return errors.New("must hold exactly one of Product and Offer")
	case e.Product != nil && !productIDPattern.MatchString(id), e.Offer != nil && !offerIDPattern.MatchString(id):
		return errors.New("the id does not have the form of its type")
	}
	if err := checkKept(e.Tags); err != nil {
		return err
	}
	if e.Product != nil {
		for i, v := range e.Product.Versions {
			if v == nil || len(v.Sources) != 1 || len(v.DeliveryOptions) != 1 || v.DeliveryOptions[0] == nil {
				return fmt.Errorf("Product.Versions[%d] must have one source and one delivery option", i)
			}
		}
	}
	return nil
}

func (cs *changeSet) check() error {
	if cs == nil {
		return errors.New("is null")
	}
	if !changeSetIDPattern.MatchString(cs.ID) {
		return fmt.Errorf("field ID %q is not 25 lower-case letters and digits", cs.ID)
	}
	if !accountPattern.MatchString(cs.Seller) {
		return fmt.Errorf("field Seller %q is not a 12-digit account", cs.Seller)
	}
	switch cs.Status {
	case statusPreparing, statusApplying:
		if cs.ApplyAt.Before(cs.Start) || cs.EndAt.Before(cs.ApplyAt) || !cs.EndAt.Before(clockEnd) {
			return errors.New("fields Start, ApplyAt and EndAt are out of order")
		}
	case statusSucceeded, statusCancelled, statusFailed:
	default:
		return fmt.Errorf("field Status %q is unknown", cs.Status)
	}
	if len(cs.Changes) < 1 || len(cs.Changes) > 20 {
		return fmt.Errorf("has %d changes, must have 1 to 20", len(cs.Changes))
	}
	if err := checkKept(cs.Tags); err != nil {
		return err
	}
	for i, c := range cs.Changes {
		if c == nil {
			return fmt.Errorf("field Changes[%d] is null", i)
		}
		if err := checkKept(c.Tags); err != nil {
			return fmt.Errorf("field Changes[%d]: %w", i, err)
		}
		kind, known := changeTypes[changeKey{c.EntityType, c.Type}]
		if !known {
			return fmt.Errorf("field Changes[%d]: %s on %s is not a known change", i, c.Type, c.EntityType)
		}
		doc, err := decodeJSON(c.Document)
		if err != nil {
			return fmt.Errorf("field Changes[%d].Document: %w", i, err)
		}
		c.Document = canonical(doc)
		var found findings
		kind.shape(&found, "Document", doc)
		if len(found.list) > 0 {
			return fmt.Errorf("field Changes[%d]: %s: %s", i, found.list[0].Field, found.list[0].Message)
		}
	}
	return nil
}
