package manifest

import (
	"fmt"
	"strings"

	"github.com/burnlist/burnlist/config"
)

// Plan is what has to be done, and what is not.
type Plan struct {
	Steps []Step
	// Kept are fields of decided items that stay although the manifest has
	// another value.
	Kept []Kept
	// Refused are things that no step can bring to what is wanted.
	Refused   []Refusal
	Unchanged int // things that are as they should be
}

// Action is the manner of a step.
type Action string

// The actions.
const (
	Create Action = "+"
	Alter  Action = "~"
	Retire Action = "-"
)

// Step is one write.
type Step struct {
	Thing   Thing
	Action  Action
	At      config.Place
	Changes []Change
	// Needs are other things without which the step makes no sense.
	Needs []Thing
	// Body is what is sent: one of the New… and …Change types of package client,
	// or its NewDecision.
	Body any
	// Of is the key of the item that goes on, for a decision that says so.
	Of string
}

// String writes the step as one line.
func (s Step) String() string {
	if s.Action == Retire {
		return fmt.Sprintf("- %s retired", s.Thing)
	}
	if s.Action == Create {
		return fmt.Sprintf("+ %s", s.Thing)
	}
	all := make([]string, len(s.Changes))
	for i, c := range s.Changes {
		all[i] = c.String()
	}
	return fmt.Sprintf("~ %s %s", s.Thing, strings.Join(all, ", "))
}

// Kept is a field of an item that stays as somebody decided.
type Kept struct {
	Thing   Thing
	Decided string // the day, in UTC
	Change  Change
}

// String writes what is kept as one line.
func (k Kept) String() string {
	return fmt.Sprintf("! %s %s kept (decided on %s): %s → %s; --force changes it", k.Thing, k.Change.Field, k.Decided, k.Change.From, k.Change.To)
}
