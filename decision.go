package burnlist

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Decision is what somebody decides of an item. Which fields count depends on
// its kind.
type Decision struct {
	Kind     DecisionKind `json:"kind" enum:"done,commit,carry,deprioritise,snooze,reassign,reopen,duplicate,split"`
	Reason   NullString   `json:"reason,omitempty"`   // needed to deprioritise, snooze and reopen; lets a commit move the promise
	Owner    NullString   `json:"owner,omitempty"`    // commit and reassign: the new owner
	Due      Date         `json:"due,omitzero"`       // commit: the new due date
	Evidence NullString   `json:"evidence,omitempty"` // done: a link that shows it
	Revisit  Date         `json:"revisit,omitzero"`   // deprioritise: when the item comes back
	Until    Date         `json:"until,omitzero"`     // snooze: the day on which it is back
	Of       int64        `json:"of,omitempty"`       // duplicate: the item that goes on
	Parts    []Part       `json:"parts,omitempty"`    // split: what is split off
}

// Part is an item to be split off another one. What it leaves out it has from
// that one.
type Part struct {
	Title string     `json:"title"`
	Owner NullString `json:"owner,omitempty"`
	Due   Date       `json:"due,omitzero"`
}

// DecisionKind names a decision.
type DecisionKind string

// The kinds of decision.
const (
	DecideDone         DecisionKind = "done"
	DecideCommit       DecisionKind = "commit"
	DecideCarry        DecisionKind = "carry"
	DecideDeprioritise DecisionKind = "deprioritise"
	DecideSnooze       DecisionKind = "snooze"
	DecideReassign     DecisionKind = "reassign"
	DecideReopen       DecisionKind = "reopen"
	DecideDuplicate    DecisionKind = "duplicate"
	DecideSplit        DecisionKind = "split"
)

// DecisionKinds are all of them.
var DecisionKinds = []DecisionKind{
	DecideDone, DecideCommit, DecideCarry, DecideDeprioritise, DecideSnooze, DecideReassign, DecideReopen, DecideDuplicate, DecideSplit,
}

// mostParts bounds a split.
const mostParts = 20

// closes returns the status that a decision gives an open item, or "" if the
// item stays open.
func (k DecisionKind) closes() Status {
	switch k {
	case DecideDone:
		return Done
	case DecideDeprioritise:
		return Deprioritised
	case DecideDuplicate:
		return Duplicate
	case DecideCommit, DecideCarry, DecideSnooze, DecideReassign, DecideReopen, DecideSplit:
	}
	return ""
}

// repeats reports whether a decision says nothing that the closing of an item
// does not say already.
func (d Decision) repeats(c *Closing) bool {
	return (d.Reason == "" || d.Reason == c.Reason) && (d.Evidence == "" || d.Evidence == c.Evidence) &&
		(d.Revisit.IsZero() || d.Revisit == c.Revisit) && (d.Of == 0 || d.Of == c.Of)
}

// validate reports everything that is wrong with the decision by itself.
func (d Decision) validate(today Date, p Policy) error {
	var c check
	if !slices.Contains(DecisionKinds, d.Kind) {
		c.that(false, "kind", "%q is not a decision: use done, commit, carry, deprioritise, snooze, reassign, reopen, duplicate or split", clip(string(d.Kind)))
		return c.err("the decision")
	}
	is := func(kinds ...DecisionKind) bool { return slices.Contains(kinds, d.Kind) }
	blank := func(s NullString) bool { return strings.TrimSpace(string(s)) == "" }

	c.that(!is(DecideDeprioritise, DecideSnooze, DecideReopen) || !blank(d.Reason), "reason", "is missing: say why, for those who were not there")
	c.text("reason", string(d.Reason), 0, 2000)
	c.that(!is(DecideReassign) || !blank(d.Owner), "owner", "is missing: name the new owner")
	c.that(is(DecideReassign, DecideCommit) || d.Owner == "", "owner", "belongs to commit and reassign only")
	c.text("owner", string(d.Owner), 0, 200)
	c.that(is(DecideCommit) || d.Due.IsZero(), "due", "belongs to commit only")
	c.that(is(DecideDone) || d.Evidence == "", "evidence", "belongs to done only")
	c.link("evidence", string(d.Evidence))
	c.that(is(DecideDeprioritise) || d.Revisit.IsZero(), "revisit", "belongs to deprioritise only")
	furthest := today + Date(p.SnoozeDays) // that a snooze may reach
	c.that(d.Kind != DecideDeprioritise || d.Revisit.IsZero() || d.Revisit > furthest, "revisit", "%s is too soon: give a day after %s, or snooze the item until then", d.Revisit, furthest)
	c.that(is(DecideSnooze) || d.Until.IsZero(), "until", "belongs to snooze only")
	if is(DecideSnooze) {
		c.that(d.Until > today && d.Until <= furthest, "until", "%q is not a day to snooze until: give one after today, %s, and not after %s", d.Until, today, furthest)
	}
	c.that(is(DecideDuplicate) == (d.Of != 0), "of", "names the item that goes on; give it to duplicate, and to nothing else")
	c.that(is(DecideSplit) == (len(d.Parts) > 0), "parts", "are the items that are split off; give 1 to %d to split, and none to anything else", mostParts)
	c.that(len(d.Parts) <= mostParts, "parts", "are %d: split off at most %d at a time", len(d.Parts), mostParts)
	for i, part := range d.Parts {
		c.text(fmt.Sprintf("parts.%d.title", i), part.Title, 1, 300)
		c.text(fmt.Sprintf("parts.%d.owner", i), string(part.Owner), 0, 200)
	}
	return c.err("the decision")
}

// ReturnsAt reports why the item comes back by itself, and "" if it does not:
// its date has come; or its service entered tier 1 after the decision that put
// it away, and is there still a day later or when an agenda is frozen. Standing
// is that of its service, and may be nil.
func (i Item) ReturnsAt(now time.Time, today Date, standing *Standing, freezing bool) ReturnCause {
	var away time.Time
	switch {
	case i.Status == Deprioritised && i.Closing != nil:
		if !i.Closing.Revisit.IsZero() && today >= i.Closing.Revisit {
			return RevisitCame
		}
		away = i.Closing.At
	case i.Status == Open && i.Snooze != nil:
		if today >= i.Snooze.Until {
			return SnoozeOver
		}
		away = i.Snooze.At
	default:
		return ""
	}
	if standing == nil || standing.Jump == nil || !standing.Jump.After(away) {
		return ""
	}
	if freezing || now.Sub(*standing.Jump) >= Day {
		return ServiceBurns
	}
	return ""
}

// Returned returns the item as it is once it has come back. It is for burnlist
// itself to do; no person touched the item.
func (i Item) Returned(cause ReturnCause, by Author) Item {
	r := Return{At: by.At, Cause: cause}
	switch {
	case i.Closing != nil:
		r.From = i.Closing.At
	case i.Snooze != nil:
		r.From = i.Snooze.At
	}
	i.Status, i.Closing, i.Snooze, i.Return = Open, nil, nil, &r
	return i.touched(by)
}
