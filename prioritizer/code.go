package prioritizer

import (
	"iter"

	"github.com/burnlist/burnlist"
)

// Code names a kind of warning. The zero Code is none.
type Code uint8

// The codes. Those of one subject stand together, the louder ones first; this
// is the order in which the warnings of one subject are listed.
const (
	// Of items.
	RolledOver Code = iota + 1
	Overdue
	DueDateSlipped
	NoOwner
	GroupOwner
	NoDueDate
	Resurfaced
	NeverReviewed
	Stale
	SnoozedAgain
	BeyondHorizon
	Vague
	NoTicket

	// Of services.
	BudgetIgnored
	BurningWithoutItems
	AlwaysExhausted
	NoSLO

	// Of reviews.
	ReviewSkipped
	NoDecisions

	// Of products.
	NothingClosed
	QueueOverload

	codeEnd
)

const (
	firstCode    = RolledOver
	lastItemCode = NoTicket
)

// Level says how loud a warning is.
type Level string

// The levels.
const (
	Info  Level = "info"
	Warn  Level = "warn"
	Alarm Level = "alarm"
)

// ParseCode reads the name of a code. It fails with Invalid.
func ParseCode(s string) (Code, error) {
	for c := firstCode; c < codeEnd; c++ {
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
		for c := firstCode; c < codeEnd; c++ {
			if s.Has(c) && !yield(c) {
				return
			}
		}
	}
}
