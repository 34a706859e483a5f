package burnlist

import "strings"

// Decision is what somebody decides of an item. Which fields count depends on
// its kind.
type Decision struct {
	Kind     DecisionKind `json:"kind" enum:"done,deprioritise,reassign,reopen"`
	Reason   NullString   `json:"reason,omitempty"`   // needed to deprioritise and to reopen
	Owner    NullString   `json:"owner,omitempty"`    // reassign: the new owner
	Evidence NullString   `json:"evidence,omitempty"` // done: a link that shows it
	Revisit  Date         `json:"revisit,omitzero"`   // deprioritise: when the item comes back
}

// DecisionKind names a decision.
type DecisionKind string

// The kinds of decision.
const (
	DecideDone         DecisionKind = "done"
	DecideDeprioritise DecisionKind = "deprioritise"
	DecideReassign     DecisionKind = "reassign"
	DecideReopen       DecisionKind = "reopen"
)

// Decide returns what the item becomes by a decision. A decision that leaves
// everything as it is returns the item unchanged. It fails with Invalid if the
// decision is not complete, and with Conflict if the item's status forbids it.
func (i Item) Decide(d Decision, by Author, product Product, policy Policy) (Item, error) {
	if err := d.validate(product.Today(by.At)); err != nil {
		return Item{}, err
	}
	switch d.Kind {
	case DecideReopen:
		if i.Status == Open {
			return i, nil
		}
		i.Status, i.Closing = Open, nil
		return i.touched(by), nil
	case DecideDone, DecideDeprioritise, DecideReassign:
	}
	status, closing := i.decided(d, by, product, policy)
	if status != Open && i.Status == status && d.repeats(i.Closing) {
		return i, nil
	}
	if i.Status != Open {
		return Item{}, Errorf(Conflict, "item %d is %s: reopen it first", i.ID, i.Status)
	}
	if d.Kind == DecideReassign {
		f := i.ItemFields
		f.Owner = d.Owner
		if f.Owner == i.Owner {
			return i, nil
		}
		return i.With(f, by, product)
	}
	i.Status, i.Closing = status, closing
	return i.touched(by), nil
}

// repeats reports whether a decision says nothing that the closing of an item
// does not say already.
func (d Decision) repeats(c *Closing) bool {
	return (d.Reason == "" || d.Reason == c.Reason) && (d.Evidence == "" || d.Evidence == c.Evidence) &&
		(d.Revisit.IsZero() || d.Revisit == c.Revisit)
}

// decided returns the status that an open item gets by d, and its closing.
func (i Item) decided(d Decision, by Author, product Product, policy Policy) (Status, *Closing) {
	closing := &Closing{At: by.At, Actor: by.Actor, Reason: d.Reason}
	switch d.Kind {
	case DecideDone:
		closing.Evidence = d.Evidence
		return Done, closing
	case DecideDeprioritise:
		closing.Revisit = d.Revisit
		if closing.Revisit.IsZero() {
			closing.Revisit = product.Today(by.At) + Date(policy.DeprioritisedDays)
		}
		return Deprioritised, closing
	case DecideReassign, DecideReopen:
	}
	return Open, nil
}

func (d Decision) validate(today Date) error {
	var c check
	needsReason := d.Kind == DecideDeprioritise || d.Kind == DecideReopen
	switch d.Kind {
	case DecideDone, DecideDeprioritise, DecideReassign, DecideReopen:
	default:
		c.that(false, "kind", "%q is not a decision: use done, deprioritise, reassign or reopen", clip(string(d.Kind)))
	}
	c.that(!needsReason || strings.TrimSpace(string(d.Reason)) != "", "reason", "is missing: say why, for those who were not there")
	c.text("reason", string(d.Reason), 0, 2000)
	c.that(d.Kind != DecideReassign || strings.TrimSpace(string(d.Owner)) != "", "owner", "is missing: name the new owner")
	c.that(d.Kind == DecideReassign || d.Owner == "", "owner", "belongs to reassign only")
	c.text("owner", string(d.Owner), 0, 200)
	c.that(d.Kind == DecideDone || d.Evidence == "", "evidence", "belongs to done only")
	c.link("evidence", string(d.Evidence))
	c.that(d.Kind == DecideDeprioritise || d.Revisit.IsZero(), "revisit", "belongs to deprioritise only")
	c.that(d.Revisit.IsZero() || d.Revisit > today, "revisit", "%s is not in the future: today is %s in the product's zone", d.Revisit, today)
	return c.err("the decision")
}
