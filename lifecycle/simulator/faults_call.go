package simulator

import "net/http"

// carryOut runs an admitted call as the fault has it, if one meets the call.
func (s *Simulator) carryOut(op operation, r *request, f *Fault) (any, error) {
	if f == nil {
		return op.call(s, r)
	}
	later, err := s.st.after(f.Delay)
	if err != nil {
		return nil, err // before the call: a slow one must not take effect and then be told to have failed
	}
	switch f.Kind {
	case DropRequest:
		return nil, nil
	case ClockJump:
		s.st.moveTo(later)
		return op.call(s, r)
	case Slow:
		answer, err := op.call(s, r)
		s.st.moveTo(later)
		return answer, err
	case LoseAnswer, Hang:
		return op.call(s, r)
	}
	return nil, f.apiError()
}

// silences tells whether the caller gets no answer.
func (f *Fault) silences() bool {
	return f != nil && (f.Kind == LoseAnswer || f.Kind == DropRequest || f.Kind == Hang)
}

// keep holds a hanging call until its caller gives up. The lock must not be held: other calls go on meanwhile.
func (f *Fault) keep(r *http.Request) {
	if f.Kind == Hang {
		<-r.Context().Done()
	}
}
