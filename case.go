package burnlist

import (
	"fmt"
	"slices"
	"strings"
)

// Case is everything that a decision looks at.
type Case struct {
	Item    Item
	Product Product
	Policy  Policy
	// Survivor is the item that a duplicate names, nil if there is none.
	Survivor *Item
	// Slept are the attended reviews of the item's product that were concluded
	// since it was closed, oldest first.
	Slept []Review
	// Frozen is the due date of the item on the agenda of a review that is
	// open, if it stands on one, and was not renegotiated since.
	Frozen Date

	// Of a decision within a review; Review is nil otherwise.
	Review *Review
	Entry  *AgendaEntry    // of the item, nil if it is not on the agenda
	Last   *ReviewDecision // the last one of the item in this review that stands
	// Seen says that whoever decides has seen the item as it is now, and so the
	// last decision too.
	Seen bool
}

// Decided is what a decision makes of its case.
type Decided struct {
	Item     Item
	Survivor *Item  // of a duplicate, if it changed
	Parts    []Item // of a split: new items, without ids
	// Decision is the one that was made, if it is not the one that was asked for
	// word by word.
	Decision Decision
}

// Decide returns what a decision makes of its case. A decision that leaves
// everything as it is returns the item unchanged. It fails with Invalid if the
// decision is not complete, and with Conflict if the state of the item or of
// the review forbids it, or if somebody else decided in the meantime.
func (c Case) Decide(d Decision, by Author) (Decided, error) {
	today := c.Product.Today(by.At)
	if err := d.validate(today, c.Policy); err != nil {
		return Decided{}, err
	}
	if repeated, err := c.mayDecide(d, by); err != nil || repeated {
		return Decided{Item: c.Item}, err
	}
	i := c.Item
	switch {
	case d.Kind == DecideReopen:
		if i.Status == Open {
			return Decided{Item: i}, nil
		}
		return c.reopen(by), nil
	case i.Status == Open && c.Review == nil && i.Snooze.repeated(d):
		return Decided{Item: i}, nil
	case i.Status == Open:
	case i.Status == d.Kind.closes() && d.repeats(i.Closing):
		if c.Review == nil {
			return Decided{Item: i}, nil
		}
		// The meeting looked at it, and that is all.
		i.Facts.LastReviewed = &by.At
		return Decided{Item: i}, nil
	default:
		return Decided{}, Errorf(Conflict, "item %d is %s: reopen it first", i.ID, i.Status)
	}

	made := Decided{}
	var err error
	switch d.Kind {
	case DecideDone, DecideDeprioritise, DecideDuplicate:
		i, made.Survivor, err = c.close(d, by)
	case DecideCommit:
		i, err = c.commit(d, by)
	case DecideReassign:
		i, err = c.reassign(d, by)
	case DecideSnooze:
		i.Snooze = &Snooze{Until: d.Until, Reason: d.Reason, At: by.At, Actor: by.Actor}
		i.Trail.Snoozes++
		i = i.touched(by)
	case DecideSplit:
		i = i.touched(by)
		made.Parts, err = c.split(d, by)
	case DecideCarry: // on as before: nobody touched anything
		i.UpdatedAt = by.At
	case DecideReopen:
	}
	if err != nil {
		return Decided{}, err
	}
	i.Facts.LastReviewed, i.Return = &by.At, nil
	made.Item = i
	return made, nil
}

// mayDecide holds a decision against the review that it is made in. Repeated
// says that the same person made the same decision just before, as a client
// does that did not hear the answer.
func (c Case) mayDecide(d Decision, by Author) (repeated bool, err error) {
	if c.Review == nil {
		return false, nil
	}
	if c.Review.State != ReviewOpen {
		return false, Errorf(Conflict, "review %d is %s: decide of the item by itself, or in the next review", c.Review.ID, c.Review.State)
	}
	if c.Entry == nil {
		return false, Errorf(Conflict, "item %d is not on the agenda of review %d: add it to the agenda first", c.Item.ID, c.Review.ID)
	}
	if c.Entry.ReadOnly {
		return false, Errorf(Conflict, "item %d belongs to product %s, and is shown here to be read only: decide of it in that product's review", c.Item.ID, c.Product.Name)
	}
	if c.Last == nil || c.Seen {
		return false, nil
	}
	untouched := c.Last.After[c.Item.ID] == c.Item.Version
	if untouched && c.Last.Actor == by.Actor && c.Last.Decision.equal(d) {
		return true, nil
	}
	return false, Errorf(Conflict, "%s decided %s of item %d already: read it again, and send its version as If-Match if you still want to decide otherwise",
		c.Last.Actor, c.Last.Decision.Kind, c.Item.ID)
}

func (d Decision) equal(o Decision) bool {
	same := slices.Equal(d.Parts, o.Parts)
	return same && d.Kind == o.Kind && d.Reason == o.Reason && d.Owner == o.Owner && d.Due == o.Due && d.Evidence == o.Evidence &&
		d.Revisit == o.Revisit && d.Until == o.Until && d.Of == o.Of
}

// takenBack is how soon after it was deprioritised an item that people reopen
// counts as never put away.
const takenBack = 14 * Day

// reopen brings a closed item back. If it was said to be done, or to be
// another item's duplicate, it was open in truth all the time, and the reviews
// that were held meanwhile found it so. Something deprioritised was put away
// openly, and no review could expect it; unless it was taken back so soon that
// it was only out of the way of a review.
func (c Case) reopen(by Author) Decided {
	i := c.Item
	if i.Status != Deprioritised || by.At.Sub(i.Closing.At) < takenBack {
		for _, r := range c.Slept {
			if r.FrozenAt == nil || i.Stood(*r.FrozenAt) {
				i.Facts = i.Facts.Found(r.ID, r.Date)
			}
		}
	}
	i.Status, i.Closing, i.Facts.LastReviewed = Open, nil, &by.At
	return Decided{Item: i.touched(by)}
}

func (c Case) close(d Decision, by Author) (closed Item, survivor *Item, err error) {
	i := c.Item
	closing := &Closing{At: by.At, On: c.Product.Today(by.At), Actor: by.Actor, Reason: d.Reason}
	switch d.Kind { //nolint:exhaustive // the others close nothing
	case DecideDone:
		closing.Evidence = d.Evidence
	case DecideDeprioritise:
		closing.Revisit = d.Revisit
		if closing.Revisit.IsZero() {
			closing.Revisit = c.Product.Today(by.At) + Date(c.Policy.DeprioritisedDays)
		}
	case DecideDuplicate:
		closing.Of = d.Of
		if survivor, err = c.survivor(d, by); err != nil {
			return Item{}, nil, err
		}
	}
	i.Status, i.Closing, i.Snooze = d.Kind.closes(), closing, nil
	return i.touched(by), survivor, nil
}

// survivor returns the item that goes on for a duplicate. Only an open one can:
// so there are no cycles, and nothing is closed by way of something closed.
func (c Case) survivor(d Decision, by Author) (*Item, error) {
	switch s := c.Survivor; {
	case d.Of == c.Item.ID:
		return nil, Errorf(Conflict, "an item cannot be its own duplicate: name the other one")
	case s == nil:
		return nil, &Error{Code: Invalid, Message: "the decision is not valid", Details: []Detail{{"of", "there is no such item: name the one that goes on"}}}
	case s.Status == Duplicate:
		return nil, Errorf(Conflict, "item %d is itself a duplicate of item %d: name that one", s.ID, s.Closing.Of)
	case s.Status != Open:
		return nil, Errorf(Conflict, "item %d is %s: reopen it first, or decide the same of this one", s.ID, s.Status)
	default:
		after := *s
		after.Facts = s.Facts.joined(c.said())
		after.UpdatedAt = by.At
		return &after, nil
	}
}

// commit gives the item an owner and a due date that hold.
func (c Case) commit(d Decision, by Author) (Item, error) {
	f := c.Item.ItemFields
	if d.Owner != "" {
		f.Owner = d.Owner
	}
	if !d.Due.IsZero() {
		f.Due = d.Due
	}
	today := c.Product.Today(by.At)
	var check check
	check.that(strings.TrimSpace(string(f.Owner)) != "", "owner", "is missing: a commitment needs one person")
	check.that(!f.Due.IsZero(), "due", "is missing: a commitment needs a date")
	check.that(f.Due.IsZero() || f.Due >= today, "due", "%s has passed: today is %s in the product's zone; commit to a date that can be kept", f.Due, today)
	if err := check.err("the decision"); err != nil {
		return Item{}, err
	}
	i, err := c.Item.With(f, by, c.Product)
	if err != nil {
		return Item{}, err
	}
	reasoned := strings.TrimSpace(string(d.Reason)) != ""
	i.Facts = i.Facts.committed(f.Due, c.Frozen, reasoned, by.At)
	i.Snooze = nil
	return i, nil
}

// said returns the facts of the item with what the agenda under way froze:
// others inherit it, who do not stand on that agenda.
func (c Case) said() Facts {
	f := c.Item.Facts
	f.Promised = earlier(f.Promised, c.Frozen)
	return f
}

func (c Case) reassign(d Decision, by Author) (Item, error) {
	f := c.Item.ItemFields
	f.Owner = d.Owner
	return c.Item.With(f, by, c.Product)
}

// split returns new items for the parts. They inherit what was promised and
// how often it rolled over, so that nothing becomes young by being cut up.
func (c Case) split(d Decision, by Author) ([]Item, error) {
	parts := make([]Item, len(d.Parts))
	for n, part := range d.Parts {
		f := c.Item.ItemFields
		f.Key, f.Ticket, f.DoneWhen, f.Title = "", "", "", part.Title
		if part.Owner != "" {
			f.Owner = part.Owner
		}
		if !part.Due.IsZero() {
			f.Due = part.Due
		}
		i := c.Item
		i.ID, i.Version, i.CreatedAt, i.Origin, i.Snooze, i.Return = 0, 0, by.At, c.Item.ID, nil, nil
		i.Facts = c.said()
		i.Facts.PreviousRank, i.Facts.LastReviewed = 0, &by.At
		i, err := i.With(f, by, c.Product)
		if err != nil {
			var check check
			check.add(fmt.Sprintf("parts.%d", n), err)
			return nil, check.err("the decision")
		}
		parts[n] = i
	}
	return parts, nil
}
