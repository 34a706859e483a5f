package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// DecideItem stores what decide makes of an item, of the one that goes on for a
// duplicate, and of the parts of a split; as one change, and within a review
// also as a decision of that, which it returns. Review 0 is none: the decision
// is made alone. The items that it returns are as they are stored. What is
// recorded is d, or the decision that decide says it made, of the same kind and
// of the same other item: days that were asked for as "in 2 weeks" are dates
// there.
//
// If the item stays as it is, nothing is stored, and within a review the last
// decision of the item is returned, if there is one: so a decision that is sent
// twice is answered like the first time. It fails with what decide fails with,
// with NotFound if there is no such item or review, with Invalid, and with
// Conflict if the item would be open in a retired service.
func (s *Store) DecideItem(ctx context.Context, by burnlist.Author, review, id int64, d burnlist.Decision, decide func(burnlist.Case) (burnlist.Decided, error)) (burnlist.Decided, *burnlist.ReviewDecision, int64, error) {
	var made burnlist.Decided
	var recorded *burnlist.ReviewDecision
	change, err := s.writeOnce(ctx, "decide of an item", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		c, err := caseOf(ctx, tx, review, id, d)
		if err != nil {
			return burnlist.Change{}, err
		}
		if made, err = decide(c); err != nil {
			return burnlist.Change{}, err
		}
		if made.Decision.Kind != "" {
			d = made.Decision
		}
		before, after, err := putDecided(ctx, tx, by, c, &made)
		if err != nil {
			return burnlist.Change{}, err
		}
		if len(after) == 0 {
			recorded = c.Last
			return burnlist.Change{}, errUnchanged
		}
		change := itemsChange(burnlist.ItemDecided, c.Review, before, after)
		change.Decision = &d
		if c.Review == nil {
			return change, nil
		}
		recorded = &burnlist.ReviewDecision{
			Review: review, Item: id, Decision: d, Actor: by.Actor, Verified: by.Verified, At: by.At,
			Before: before, After: map[int64]int64{},
		}
		for _, i := range after {
			recorded.After[i.ID] = i.Version
		}
		change.After.Decisions = []*burnlist.ReviewDecision{recorded}
		return change, createDecision(ctx, tx, recorded)
	})
	if err == nil && made.Item.ID == 0 { // it was decided earlier, under the same key
		made, recorded, err = s.decidedBy(ctx, change, id)
	}
	if err != nil {
		return burnlist.Decided{}, nil, 0, err
	}
	return made, recorded, change.Revision, nil
}

// decidedBy returns what a change that was read from the log made of an item.
func (s *Store) decidedBy(ctx context.Context, c burnlist.Change, id int64) (made burnlist.Decided, recorded *burnlist.ReviewDecision, err error) {
	items, err := s.ItemsAt(ctx, c.Revision, id)
	if err != nil {
		return made, nil, err
	}
	made.Item = items[0]
	for _, i := range c.After.Items {
		switch {
		case i.ID == id:
		case c.Decision.Kind == burnlist.DecideSplit:
			made.Parts = append(made.Parts, *i)
		default:
			made.Survivor = i
		}
	}
	if len(c.After.Decisions) > 0 {
		recorded = new(recordedBy(c))
	}
	return made, recorded, nil
}

// putDecided stores the items of a decision, puts into made what is stored, and
// returns the items that changed as they were, and those and the new ones as
// they are. Nothing is returned if the item stays as it was.
func putDecided(ctx context.Context, tx *gorm.DB, by burnlist.Author, c burnlist.Case, made *burnlist.Decided) (before, after []burnlist.Item, err error) {
	if unchanged(c.Item, made.Item) {
		made.Item = c.Item
	} else {
		if made.Item, err = putItem(ctx, tx, by, c.Item, made.Item); err != nil {
			return nil, nil, err
		}
		before, after = append(before, c.Item), append(after, made.Item)
	}
	if made.Survivor != nil && unchanged(*c.Survivor, *made.Survivor) {
		made.Survivor = nil
	}
	if made.Survivor != nil {
		survivor, err := putItem(ctx, tx, by, *c.Survivor, *made.Survivor)
		if err != nil {
			return nil, nil, err
		}
		made.Survivor = &survivor
		before, after = append(before, *c.Survivor), append(after, survivor)
	}
	for n, part := range made.Parts {
		if part.ID, err = nextID[itemRow](ctx, tx); err != nil {
			return nil, nil, err
		}
		part.Version, part.CreatedAt, part.UpdatedAt = 1, by.At, by.At
		row := itemRowOf(part)
		// What the part has from its item it may have, even if that was retired.
		if err := itemMayBecome(ctx, tx, c.Item, row.noun()); err != nil {
			return nil, nil, err
		}
		if err := gorm.G[itemRow](tx).Create(ctx, &row); err != nil {
			return nil, nil, err
		}
		made.Parts[n] = row.noun()
		after = append(after, made.Parts[n])
	}
	return before, after, nil
}

// unchanged reports whether an item is to be stored as it is already.
func unchanged(before, after burnlist.Item) bool {
	after.ID, after.Version, after.CreatedAt, after.UpdatedAt = before.ID, before.Version, before.CreatedAt, before.UpdatedAt
	return same(before, itemRowOf(after).noun())
}

// caseOf assembles what a decision about an item looks at.
func caseOf(ctx context.Context, tx *gorm.DB, reviewID, id int64, d burnlist.Decision) (c burnlist.Case, err error) {
	if c.Item, err = item(ctx, tx, id); err != nil {
		return c, err
	}
	v, err := service(ctx, tx, c.Item.Service)
	if err != nil {
		return c, err
	}
	if c.Product, err = product(ctx, tx, v.Product); err != nil {
		return c, err
	}
	if c.Policy, err = policy(ctx, tx); err != nil {
		return c, err
	}
	if d.Kind == burnlist.DecideDuplicate {
		row, ok, err := one[itemRow](ctx, tx, "id = ?", d.Of)
		if err != nil {
			return c, err
		}
		if ok {
			c.Survivor = new(row.noun())
		}
	}
	if d.Kind == burnlist.DecideReopen && c.Item.Closing != nil {
		if c.Slept, err = slept(ctx, tx, v.Product, *c.Item.Closing); err != nil {
			return c, err
		}
	}
	if err := frozenDue(ctx, tx, &c); err != nil {
		return c, err
	}
	if reviewID == 0 {
		return c, nil
	}
	r, err := review(ctx, tx, reviewID)
	if err != nil {
		return c, err
	}
	c.Review = &r
	entry, ok, err := one[entryRow](ctx, tx, "review = ? AND item = ?", reviewID, id)
	if err != nil {
		return c, err
	}
	if ok {
		c.Entry = new(entry.noun())
	}
	c.Last, err = lastDecision(ctx, tx, reviewID, id)
	return c, err
}

// frozenDue puts into a case the due date that the agenda under way froze of its
// item, unless that was renegotiated since. The item may have moved to another
// product meanwhile.
func frozenDue(ctx context.Context, tx *gorm.DB, c *burnlist.Case) error {
	frozen, ok, err := one[entryRow](ctx, tx, "item = ? AND read_only = ? AND review IN (SELECT id FROM reviews WHERE state = ?)",
		c.Item.ID, false, string(burnlist.ReviewOpen))
	if err != nil || !ok {
		return err
	}
	r, err := review(ctx, tx, frozen.Review)
	if err != nil {
		return err
	}
	if moved := c.Item.Facts.Renegotiated; moved == nil || r.FrozenAt != nil && !moved.After(*r.FrozenAt) {
		c.Frozen = frozen.noun().Due
	}
	return nil
}

// slept returns the attended reviews of a product that were concluded since an
// item was closed, oldest first.
func slept(ctx context.Context, tx *gorm.DB, product string, c burnlist.Closing) ([]burnlist.Review, error) {
	rows, err := gorm.G[reviewRow](tx).Where("product = ? AND state = ?", product, string(burnlist.ReviewAttended)).Order("id").Find(ctx)
	if err != nil {
		return nil, err
	}
	var all []burnlist.Review
	for _, row := range rows {
		if r := row.noun(); r.ConcludedAt != nil && !r.ConcludedAt.Before(c.At) {
			all = append(all, r)
		}
	}
	return all, nil
}
