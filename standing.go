package burnlist

import "time"

// Standing says since when a service has been in its state.
type Standing struct {
	Service string    `json:"service"`
	State   State     `json:"state"`
	Since   time.Time `json:"since"` // burnlist has seen it in this state
	// Jump is when the service was seen to enter tier 1. It is nil if it is not
	// in it, or was in it already when it was first looked at.
	Jump *time.Time `json:"jump"`
}

// InJump reports whether items of a service in state s stand in tier 1.
func (s State) InJump() bool { return s == Exhausted || s == Burning }

// Becomes returns the standing of a service that is found in state at an
// instant. A service that goes from burning to exhausted stays in tier 1. The
// zero Standing is that of a service that was never looked at.
func (s Standing) Becomes(state State, at time.Time) Standing {
	if s.State == state {
		return s
	}
	switch {
	case !state.InJump():
		s.Jump = nil
	case s.State != "" && !s.State.InJump():
		s.Jump = &at
	}
	s.State, s.Since = state, at
	return s
}
