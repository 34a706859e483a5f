package prioritizer

import (
	"iter"

	"github.com/burnlist/burnlist"
)

// Code names a kind of warning. The zero Code is none.
type Code uint8

// The codes, in the order in which the warnings of one subject are listed.
const (
	NoOwner Code = iota + 1
	GroupOwner
	Overdue
	NoDueDate
	BeyondHorizon
	NoTicket
	BurningWithoutItems
	NoSLO
	codeEnd
)

// Level says how loud a warning is.
type Level string

// The levels.
const (
	Info  Level = "info"
	Warn  Level = "warn"
	Alarm Level = "alarm"
)

// Definition says what a code means and what to do about it.
type Definition struct {
	Code    Code   `json:"code"`
	Level   Level  `json:"level" enum:"info,warn,alarm"` // where it starts
	Subject string `json:"subject" enum:"item,service"`  // what carries it
	Meaning string `json:"meaning"`
	Advice  string `json:"advice"`
}

var definitions = [codeEnd]struct {
	name string
	Definition
}{
	NoOwner: {"no_owner", Definition{
		NoOwner, Warn, "item", "Nobody owns the item: it is a wish, not a commitment.",
		"Name one person, or deprioritise it with a reason.",
	}},
	GroupOwner: {"group_owner", Definition{
		GroupOwner, Warn, "item", "The owner is a team, a role, an alias or several people, so that nobody in particular owns the item.",
		"Name the one person who will see to it; the team is known from the service.",
	}},
	Overdue: {"overdue", Definition{
		Overdue, Warn, "item", "The due date has passed, by the calendar of the product; an alarm once it has passed by the policy's overdue_alarmed_days.",
		"Finish it, or say openly that it will not be done.",
	}},
	NoDueDate: {"no_due_date", Definition{
		NoDueDate, Warn, "item", "The item has no due date: it is a wish, not a commitment.",
		"Give a date before the review after next, or deprioritise it with a reason.",
	}},
	BeyondHorizon: {"beyond_horizon", Definition{
		BeyondHorizon, Info, "item", "The item is due later than the policy's horizon_days after it was opened.",
		"Cut off a part that can be done sooner, or accept that it is a project.",
	}},
	NoTicket: {"no_ticket", Definition{
		NoTicket, Info, "item", "The item is not linked to a ticket, so the team's own backlog does not know of it.",
		"Give the link to its ticket.",
	}},
	BurningWithoutItems: {"burning_without_items", Definition{
		BurningWithoutItems, Alarm, "service", "An SLO is burning or exhausted, and no open item of the service addresses it.",
		"Ask what would stop the burn, and open an item for it.",
	}},
	NoSLO: {"no_slo", Definition{
		NoSLO, Warn, "service", "The service has no SLO that ranks: a target that nobody set cannot set priorities.",
		"Set an SLO, or make an advisory one count.",
	}},
}

// Definitions returns all codes with their meaning, in their order. The slice
// is the caller's.
func Definitions() []Definition {
	all := make([]Definition, 0, codeEnd-1)
	for _, d := range definitions[1:] {
		all = append(all, d.Definition)
	}
	return all
}

// Definition returns what the code means. The code must not be none.
func (c Code) Definition() Definition { return definitions[c].Definition }

// ParseCode reads the name of a code. It fails with Invalid.
func ParseCode(s string) (Code, error) {
	for c := NoOwner; c < codeEnd; c++ {
		if s == definitions[c].name {
			return c, nil
		}
	}
	return 0, burnlist.Errorf(burnlist.Invalid, "%q is not a warning code: use one such as no_owner or overdue", s)
}

// String returns the name of the code, which is empty for none.
func (c Code) String() string {
	if c >= codeEnd {
		return ""
	}
	return definitions[c].name
}

// MarshalText writes the code as String does.
func (c Code) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what ParseCode reads.
func (c *Code) UnmarshalText(text []byte) error {
	var err error
	*c, err = ParseCode(string(text))
	return err
}

// Codes is a set of codes. The zero Codes is empty.
type Codes uint32

// CodesOf returns the set of the given codes.
func CodesOf(codes ...Code) Codes {
	var s Codes
	for _, c := range codes {
		s |= 1 << c
	}
	return s
}

// Has reports whether c is in the set.
func (s Codes) Has(c Code) bool { return s&(1<<c) != 0 }

// All yields the codes of the set in their order.
func (s Codes) All() iter.Seq[Code] {
	return func(yield func(Code) bool) {
		for c := NoOwner; c < codeEnd; c++ {
			if s.Has(c) && !yield(c) {
				return
			}
		}
	}
}
