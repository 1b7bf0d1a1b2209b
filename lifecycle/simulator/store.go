package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Store keeps the state of a Simulator between processes, as records by key. Package boltstore has one.
//
// For implementers: a Simulator calls one method at a time. Neither side changes the bytes later.
type Store interface {
	// Load returns all records; none if the store is new.
	Load() (map[string][]byte, error)
	// Save writes the records, and removes those that are nil: all of them or, with an error, none.
	Save(changes map[string][]byte) error
}

// StateError reports a state that cannot be read, understood or written.
type StateError struct {
	Record string // the key of the record that is wrong; empty if it is the store that failed
	Err    error
}

func (e *StateError) Error() string {
	what := "the store of the state"
	if e.Record != "" {
		what = fmt.Sprintf("record %.200q of the state", e.Record)
	}
	return document.Printable(fmt.Sprintf("simulator: %s: %s", what, document.Cut(e.Err.Error(), 1_000)))
}

// Unwrap gives the cause.
func (e *StateError) Unwrap() error { return e.Err }

const stateFormat = 2

// The keys of records. What follows the slash is an id, an ARN, a token or a number of fixed length.
const (
	keyHead         = "head"
	keyEntity       = "entity/"
	keyChangeSet    = "change-set/"
	keyModelPackage = "model-package/"
	keyAlgorithm    = "algorithm/"
	keyToken        = "token/"
	keyEvent        = "event/"
)

func numbered(prefix string, n uint64) string { return fmt.Sprintf("%s%016d", prefix, n) }

// touch notes a record that the store has to be told of.
func (st *state) touch(key string) { st.touched[key] = true }

func (st *state) touchSet(cs *changeSet) { st.touch(numbered(keyChangeSet, uint64(cs.Number))) }

// record is what a key stands for; nil if there is nothing.
func (st *state) record(key string) any {
	kind, id, _ := strings.Cut(key, "/")
	switch kind + "/" {
	case keyHead + "/":
		return &st.head
	case keyEntity:
		return present(st.Entities[id])
	case keyModelPackage:
		return present(st.ModelPackages[id])
	case keyAlgorithm:
		return present(st.Algorithms[id])
	case keyToken:
		return st.TokenCalls[id]
	}
	n, _ := strconv.ParseUint(id, 10, 64)
	if kind+"/" == keyChangeSet {
		return st.ChangeSets[n-1]
	}
	i := sort.Search(len(st.Events), func(i int) bool { return st.Events[i].Sequence >= n })
	if i < len(st.Events) && st.Events[i].Sequence == n {
		return &st.Events[i]
	}
	return nil
}

// present makes a nil pointer a plain nil.
func present[T any](v *T) any {
	if v == nil {
		return nil
	}
	return v
}

// changes are the records that the store has not as they are.
func (st *state) changes() (map[string][]byte, error) {
	st.touch(keyHead)
	out := map[string][]byte{}
	for key := range st.touched {
		v := st.record(key)
		if v == nil {
			out[key] = nil
			continue
		}
		b, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		out[key] = b
	}
	return out, nil
}

// save hands what has changed to the store. When that fails, memory goes back to what the store has: an answer that says
// "failed" must not leave a change behind.
func (s *Simulator) save() error {
	s.cond.Broadcast()
	if s.cfg.Store == nil {
		clear(s.st.touched)
		return nil
	}
	changes, err := s.st.changes()
	if err == nil {
		err = s.cfg.Store.Save(changes)
	}
	if err != nil {
		if old, e := decodeState(s.saved); e == nil {
			s.st = old
			s.st.rules = s.settings()
		}
		return &StateError{"", err}
	}
	for key, b := range changes {
		if s.saved[key] = b; b == nil {
			delete(s.saved, key)
		}
	}
	clear(s.st.touched)
	return nil
}

// load reads the state from the store; nil if the store is new.
func (s *Simulator) load() (*state, error) {
	records, err := s.cfg.Store.Load()
	if err != nil {
		return nil, &StateError{"", err}
	}
	if len(records) == 0 {
		return nil, nil
	}
	st, err := decodeState(records)
	if err != nil {
		return nil, err
	}
	st.rules = s.settings()
	s.saved = records
	return st, nil
}

// decodeState reads a state strictly: what it accepts, every operation can work on.
func decodeState(records map[string][]byte) (*state, error) {
	st := newState("", clockEnd)
	if records[keyHead] == nil {
		return nil, &StateError{keyHead, errors.New("is missing")}
	}
	for _, key := range sortedKeys(records) {
		if err := st.take(key, records[key]); err != nil {
			return nil, &StateError{key, err}
		}
	}
	return st, st.check()
}

func (st *state) take(key string, b []byte) error {
	kind, id, _ := strings.Cut(key, "/")
	switch kind + "/" {
	case keyHead + "/":
		st.head = head{}
		return exactly(b, &st.head)
	case keyEntity:
		e := new(entity)
		st.Entities[id] = e
		return errors.Join(exactly(b, e), e.check(id))
	case keyChangeSet:
		cs := new(changeSet)
		st.ChangeSets = append(st.ChangeSets, cs)
		if err := exactly(b, cs); err != nil {
			return err
		}
		if cs.Number != len(st.ChangeSets) || key != numbered(keyChangeSet, uint64(cs.Number)) {
			return fmt.Errorf("field Number is %d, must be %d", cs.Number, len(st.ChangeSets))
		}
		return cs.check()
	case keyModelPackage:
		r := new(ModelPackage)
		st.ModelPackages[id] = r
		if err := exactly(b, r); err != nil {
			return err
		}
		if r.ARN != id || r.normalize() != nil {
			return errors.New("is not a model package of that ARN")
		}
		return nil
	case keyAlgorithm:
		r := new(Algorithm)
		st.Algorithms[id] = r
		if err := exactly(b, r); err != nil {
			return err
		}
		if r.ARN != id || r.normalize() != nil {
			return errors.New("is not an algorithm of that ARN")
		}
		return nil
	case keyToken:
		var n int
		err := exactly(b, &n)
		st.TokenCalls[id] = n
		return err
	case keyEvent:
		var e Event
		if err := exactly(b, &e); err != nil {
			return err
		}
		if key != numbered(keyEvent, e.Sequence) {
			return errors.New("has another sequence number")
		}
		st.Events = append(st.Events, e)
		return nil
	}
	return errors.New("is of no known kind")
}

// exactly decodes a record that is as this release writes it: every member once, none missing, none more.
func exactly(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("cannot be read: %w", err)
	}
	again, err := json.Marshal(into)
	if err != nil {
		return err
	}
	if !bytes.Equal(b, again) {
		return errors.New("is not as this release writes it: a member is missing, is there twice or is written in another way")
	}
	return nil
}

var (
	productIDPattern   = regexp.MustCompile(`^prod-[a-z0-9]{13}$`)
	offerIDPattern     = regexp.MustCompile(`^offer-[a-z0-9]{13}$`)
	changeSetIDPattern = regexp.MustCompile(`^[a-z0-9]{25}$`)
)

func (st *state) check() error {
	if st.Format != stateFormat {
		return &StateError{keyHead, fmt.Errorf("field Format is %d, this release reads %d", st.Format, stateFormat)}
	}
	if !accountPattern.MatchString(st.Seller) {
		return &StateError{keyHead, fmt.Errorf("field Seller %q is not a 12-digit account", st.Seller)}
	}
	if st.Now.Year() < 1970 || !st.Now.Before(clockEnd) || st.Now.Location() != time.UTC {
		return &StateError{keyHead, fmt.Errorf("field Now is %s, outside the years 1970 to 9998 in UTC", st.Now)}
	}
	if st.Calls == nil {
		return &StateError{keyHead, errors.New("field Calls is null")}
	}
	seen := map[string]bool{}
	for _, cs := range st.ChangeSets {
		if seen[cs.ID] {
			return &StateError{numbered(keyChangeSet, uint64(cs.Number)), fmt.Errorf("ID %q occurs twice", cs.ID)}
		}
		seen[cs.ID] = true
	}
	if err := st.checkEvents(); err != nil {
		return &StateError{keyHead, err}
	}
	for i, f := range st.Faults {
		if err := f.check(); err != nil {
			return &StateError{keyHead, fmt.Errorf("field Faults[%d]: %w", i, err)}
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
