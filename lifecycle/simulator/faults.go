package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"
)

// FaultKind says what goes wrong.
type FaultKind string

// What can be made to go wrong. The first nine concern a call, the next three an event, the others a change set.
const (
	Throttle    FaultKind = "throttle"     // 429 ThrottlingException; nothing happens
	Unavailable FaultKind = "unavailable"  // 503 ServiceUnavailableException; nothing happens
	Internal    FaultKind = "internal"     // 500 InternalServiceException; nothing happens
	Refuse      FaultKind = "refuse"       // the exception ErrorCode, for example AccessDeniedException; nothing happens
	LoseAnswer  FaultKind = "lose-answer"  // the call takes effect, then the connection is cut without an answer
	DropRequest FaultKind = "drop-request" // the connection is cut before anything happens

	Slow      FaultKind = "slow"       // the call takes effect, then the clock moves on by Delay, then the answer comes
	ClockJump FaultKind = "clock-jump" // the clock moves on by Delay before the call takes effect
	Hang      FaultKind = "hang"       // the call takes effect, then nothing comes until the caller gives up

	LoseEvent      FaultKind = "lose-event"      // the next event is never delivered
	DuplicateEvent FaultKind = "duplicate-event" // the next event is delivered twice
	DelayEvent     FaultKind = "delay-event"     // the next event is delivered after the one that follows it; 100 are held back at the most

	FailChange   FaultKind = "fail-change"   // the change set fails with ErrorCode on its first change of ChangeType
	RefuseReview FaultKind = "refuse-review" // the change set fails with AUDIT_ERROR, as when a reviewer says no
	ServerFault  FaultKind = "server-fault"  // the change set fails with SERVER_FAULT while it is APPLYING
)

// Fault is something that will go wrong, once or more often, from the next match on.
type Fault struct {
	Kind FaultKind
	// Operation limits a fault of a call to one operation, for example "StartChangeSet" or "DescribeModelPackage"; empty
	// matches every operation. Calls without a proper credential scope or content type use no fault up.
	Operation string `json:",omitempty"`
	// ChangeType limits a fault of a change set to sets with such a change, for example "AddDeliveryOptions"; empty matches
	// every set, except that RefuseReview then means UpdateVisibility. The match is made when the set is accepted.
	ChangeType string `json:",omitempty"`
	// Times is how many matches the fault lasts; 0 means 1.
	Times int `json:",omitempty"`
	// Delay is how far Slow and ClockJump move the simulated clock; required there, unused elsewhere. In JSON it is a
	// number of nanoseconds. Change sets that become due on the way settle. A call that meets such a fault where the
	// clock cannot go that far fails with InternalServiceException and has no effect.
	Delay time.Duration `json:",omitempty"`
	// ErrorCode is what FailChange reports, 1 to 72 letters and underscores, or the exception of Refuse, one that the Catalog
	// API documents; required there, unused elsewhere.
	ErrorCode string `json:",omitempty"`
	// Message is the text that goes with the error; a default stands in when it is empty. At most 2048 bytes.
	Message string `json:",omitempty"`
}

// ErrFault is matched by every refusal of Inject.
var ErrFault = errors.New("simulator: bad fault")

const maxFaults = 1000

// Inject queues a fault. Faults are used up in the order they came in; a call meets at most one, a change set any number
// of different kinds, an event at most one. The error matches ErrFault when the fault makes no sense, leads past the last
// year the clock can show or too many are waiting, and *StateError when the state could not be written. Safe for concurrent
// use.
func (s *Simulator) Inject(f Fault) error {
	if err := f.check(); err != nil {
		return err
	}
	if f.Times == 0 {
		f.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.st.after(f.Delay); err != nil {
		return fmt.Errorf("%w: Delay: %w", ErrFault, err)
	}
	if len(s.st.Faults) >= maxFaults {
		return fmt.Errorf("%w: %d are waiting already", ErrFault, maxFaults)
	}
	s.st.Faults = append(s.st.Faults, f)
	return s.save()
}

var errorCode = regexp.MustCompile(`^[a-zA-Z_]{1,72}$`)

func (f Fault) check() error {
	_, known := operations[f.Operation]
	switch {
	case !f.ofCall() && !f.ofChangeSet() && !f.ofEvent():
		return fmt.Errorf("%w: Kind %.40q is unknown", ErrFault, f.Kind)
	case f.Operation != "" && (!known || !f.ofCall()):
		return fmt.Errorf("%w: Operation %.40q is not one that %s can hit", ErrFault, f.Operation, f.Kind)
	case f.ChangeType != "" && (!changeTypeName.MatchString(f.ChangeType) || !f.ofChangeSet()):
		return fmt.Errorf("%w: ChangeType %.40q does not go with %s", ErrFault, f.ChangeType, f.Kind)
	case (f.Kind == FailChange || f.Kind == Refuse) != (f.ErrorCode != "") || f.ErrorCode != "" && !errorCode.MatchString(f.ErrorCode):
		return fmt.Errorf("%w: ErrorCode is for %s and %s, which need one of 1 to 72 letters and underscores", ErrFault, FailChange, Refuse)
	case f.Kind == Refuse && exceptions[f.ErrorCode] == 0:
		return fmt.Errorf("%w: ErrorCode %.80q is not an exception of the Catalog API", ErrFault, f.ErrorCode)
	case (f.Kind == Slow || f.Kind == ClockJump) != (f.Delay > 0) || f.Delay < 0:
		return fmt.Errorf("%w: Delay is %v; %s and %s need one above zero, others must not have it", ErrFault, f.Delay, Slow, ClockJump)
	case f.Times < 0:
		return fmt.Errorf("%w: Times is %d, must not be negative", ErrFault, f.Times)
	case len(f.Message) > 2048:
		return fmt.Errorf("%w: Message has %d bytes; 2048 is the most", ErrFault, len(f.Message))
	}
	return nil
}

func (f Fault) ofCall() bool {
	switch f.Kind {
	case Throttle, Unavailable, Internal, Refuse, LoseAnswer, DropRequest, Slow, ClockJump, Hang:
		return true
	}
	return false
}

func (f Fault) ofChangeSet() bool {
	return f.Kind == FailChange || f.Kind == RefuseReview || f.Kind == ServerFault
}

func (f Fault) ofEvent() bool {
	return f.Kind == LoseEvent || f.Kind == DuplicateEvent || f.Kind == DelayEvent
}

func (f Fault) message(standard string) string {
	if f.Message != "" {
		return f.Message
	}
	return standard
}

// exceptions are those that the Catalog API documents, with their HTTP status.
var exceptions = map[string]int{
	"ValidationException": http.StatusUnprocessableEntity, "AccessDeniedException": http.StatusForbidden,
	"ResourceNotFoundException": http.StatusNotFound, "ResourceNotSupportedException": http.StatusUnsupportedMediaType,
	"ResourceInUseException": http.StatusLocked, "ServiceQuotaExceededException": http.StatusPaymentRequired,
	"ThrottlingException": http.StatusTooManyRequests, "InternalServiceException": http.StatusInternalServerError,
}

func (f Fault) apiError() error {
	switch f.Kind {
	case Throttle:
		return &apiError{http.StatusTooManyRequests, "ThrottlingException", f.message("too many requests; slow down"), nil}
	case Refuse:
		return &apiError{exceptions[f.ErrorCode], f.ErrorCode, f.message("the call was made to be refused"), nil}
	case Unavailable:
		return &apiError{http.StatusServiceUnavailable, "ServiceUnavailableException", f.message("the service is not available; try again"), nil}
	}
	return &apiError{http.StatusInternalServerError, "InternalServiceException", f.message("the service failed; try again"), nil}
}

// takeFault uses up one turn of the first fault that hits the operation.
func (s *Simulator) takeFault(operation string) *Fault {
	return s.st.useFault(func(f Fault) bool { return f.ofCall() && (f.Operation == "" || f.Operation == operation) })
}

func (st *state) useFault(match func(Fault) bool) *Fault {
	for i, f := range st.Faults {
		if !match(f) {
			continue
		}
		if st.Faults[i].Times--; st.Faults[i].Times <= 0 {
			st.Faults = append(st.Faults[:i:i], st.Faults[i+1:]...)
		}
		return &f
	}
	return nil
}

// bindFaults settles at acceptance what will go wrong with a change set.
func (s *Simulator) bindFaults(cs *changeSet) {
	for _, kind := range []FaultKind{FailChange, RefuseReview, ServerFault} {
		f := s.st.useFault(func(f Fault) bool { return f.Kind == kind && (f.target() == "" || cs.has(f.target())) })
		if f == nil {
			continue
		}
		if kind == ServerFault {
			cs.Fault = f.message("the service could not make the changes; submit the change set again")
			continue
		}
		detail := ErrorDetail{"AUDIT_ERROR", f.message("the reviewer refused the request")}
		if kind == FailChange {
			detail = ErrorDetail{f.ErrorCode, f.message("this change was made to fail")}
		}
		for _, c := range cs.Changes {
			if f.target() == "" || c.Type == f.target() {
				c.Injected = &detail
				break
			}
		}
	}
}

// target is the change type the fault waits for.
func (f Fault) target() string {
	if f.Kind == RefuseReview && f.ChangeType == "" {
		return updateVisibility
	}
	return f.ChangeType
}
