package demo

import (
	"time"

	"github.com/burnlist/burnlist"
)

const (
	weeks = 12 // slots before the latest one at which the demo holds reviews
	week  = 7 * burnlist.Day
)

// Meeting is what people make of one slot of a product. At a slot without a
// meeting nobody shows up.
type Meeting struct {
	Product   string
	Weeks     int           // before the latest slot
	Chair     string        // who concludes the review; nobody leaves it open
	Ahead     time.Duration // so long before the slot the chair opens it by hand; 0 leaves it to burnlist
	Cancelled string        // why there is none
	Choices   []Choice
}

// Choice is a decision that somebody makes in a meeting.
type Choice struct {
	Item     string // its key, or its title if it has none
	By       string
	Decision burnlist.Decision // without dates and ids
	Days     int               // from the meeting to the day on which it is due, or snoozed until
	Of       string            // a duplicate: the item that goes on, as in Item
	Alone    bool              // not in the meeting but shortly before it
}

// at returns the decision with its dates, made on a day, and its ids.
func (c Choice) at(day burnlist.Date, ids map[string]int64) burnlist.Decision {
	d, then := c.Decision, day+burnlist.Date(c.Days)
	switch d.Kind { //nolint:exhaustive // the others have neither dates nor ids
	case burnlist.DecideCommit:
		d.Due = then
	case burnlist.DecideSnooze:
		d.Until = then
	case burnlist.DecideDuplicate:
		d.Of = ids[c.Of]
	case burnlist.DecideSplit:
		parts := make([]burnlist.Part, len(d.Parts))
		for n, part := range d.Parts {
			part.Due = then
			parts[n] = part
		}
		d.Parts = parts
	}
	return d
}

func carry(item, by string) Choice {
	return Choice{Item: item, By: by, Decision: burnlist.Decision{Kind: burnlist.DecideCarry}}
}

// commit gives an item to somebody, for a day so many days after the meeting.
func commit(item, owner string, days int, reason burnlist.NullString) Choice {
	return Choice{Item: item, By: owner, Days: days, Decision: burnlist.Decision{Kind: burnlist.DecideCommit, Owner: burnlist.NullString(owner), Reason: reason}}
}

func finish(item, by, evidence string) Choice {
	return Choice{Item: item, By: by, Decision: *done(evidence)}
}

func drop(item, by, reason string) Choice {
	return Choice{Item: item, By: by, Decision: *dropped(reason)}
}

func reassign(item, by, owner string) Choice {
	return Choice{Item: item, By: by, Decision: burnlist.Decision{Kind: burnlist.DecideReassign, Owner: burnlist.NullString(owner)}}
}

func snooze(item, by string, days int, reason burnlist.NullString) Choice {
	return Choice{Item: item, By: by, Days: days, Decision: burnlist.Decision{Kind: burnlist.DecideSnooze, Reason: reason}}
}

func duplicate(item, by, of string) Choice {
	return Choice{Item: item, By: by, Of: of, Decision: burnlist.Decision{Kind: burnlist.DecideDuplicate}}
}

// split cuts one part off an item.
func split(item, by, title string, days int) Choice {
	return Choice{Item: item, By: by, Days: days, Decision: burnlist.Decision{
		Kind: burnlist.DecideSplit, Parts: []burnlist.Part{{Title: title, Owner: burnlist.NullString(by)}},
	}}
}

func reopen(item, by string, reason burnlist.NullString) Choice {
	return Choice{Item: item, By: by, Alone: true, Decision: burnlist.Decision{Kind: burnlist.DecideReopen, Reason: reason}}
}
