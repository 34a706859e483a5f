package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// OpenReview stores the review and the agenda that open makes for a product,
// and returns it with the revision of the change. open is given the product
// and its newest reviews, newest first. It fails with what open fails with,
// with NotFound, and with Conflict if the product is retired, a review of it is
// open already, or the slot belongs to another review.
func (s *Store) OpenReview(ctx context.Context, by burnlist.Author, name string, open func(p burnlist.Product, earlier []burnlist.Review) (burnlist.Review, burnlist.Agenda, error)) (burnlist.Review, int64, error) {
	change, err := s.writeOnce(ctx, "open a review", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		p, err := product(ctx, tx, name)
		if err != nil {
			return burnlist.Change{}, err
		}
		if p.RetiredAt != nil {
			return burnlist.Change{}, burnlist.Errorf(burnlist.Conflict, "the product %s is retired: bring it back before you hold a review of it", name)
		}
		if r, isOpen, err := openReview(ctx, tx, name); err != nil {
			return burnlist.Change{}, err
		} else if isOpen {
			return burnlist.Change{}, burnlist.Errorf(burnlist.Conflict, "review %d of %s is open already: decide in that one, or conclude it first", r.ID, name)
		}
		earlier, err := recent(ctx, tx, name)
		if err != nil {
			return burnlist.Change{}, err
		}
		opened, frozen, err := open(p, earlier)
		if err != nil {
			return burnlist.Change{}, err
		}
		if opened.Product != name || opened.State != burnlist.ReviewOpen {
			return burnlist.Change{}, fmt.Errorf("the review to be opened is %q and of product %q instead of %q", opened.State, opened.Product, name)
		}
		after, err := createReview(ctx, tx, by, opened)
		if err != nil {
			return burnlist.Change{}, err
		}
		return reviewChange(burnlist.ReviewOpened, after), createAgenda(ctx, tx, after.ID, frozen)
	})
	if err != nil {
		return burnlist.Review{}, 0, err
	}
	return *change.After.Reviews[0], change.Revision, nil
}

// Refreeze replaces the agenda of a review by the one that freeze makes, and
// returns the review with the revision of the change. It fails with what freeze
// fails with, with NotFound, and with Conflict unless the review is open and
// nothing was ever decided in it.
func (s *Store) Refreeze(ctx context.Context, by burnlist.Author, id int64, freeze func(burnlist.Review, burnlist.Product) (burnlist.Review, burnlist.Agenda, error)) (burnlist.Review, int64, error) {
	change, err := s.writeOnce(ctx, "freeze an agenda anew", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		before, err := review(ctx, tx, id)
		if err != nil {
			return burnlist.Change{}, err
		}
		if err := mustBeOpen(before); err != nil {
			return burnlist.Change{}, err
		}
		if _, decided, err := one[decisionRow](ctx, tx, "review = ?", id); err != nil {
			return burnlist.Change{}, err
		} else if decided {
			return burnlist.Change{}, burnlist.Errorf(burnlist.Conflict, "review %d has decided already: its agenda stays as it is; add items to it instead", id)
		}
		p, err := product(ctx, tx, before.Product)
		if err != nil {
			return burnlist.Change{}, err
		}
		refrozen, frozen, err := freeze(before, p)
		if err != nil {
			return burnlist.Change{}, err
		}
		refrozen.State = burnlist.ReviewOpen
		after, err := putReview(ctx, tx, by, before, refrozen)
		if err != nil {
			return burnlist.Change{}, err
		}
		if err := removeAgenda(ctx, tx, id); err != nil {
			return burnlist.Change{}, err
		}
		return reviewChange(burnlist.ReviewRefrozen, after), createAgenda(ctx, tx, id, frozen)
	})
	if err != nil {
		return burnlist.Review{}, 0, err
	}
	return *change.After.Reviews[0], change.Revision, nil
}

// AddEntry puts the entry that is made of an open item of the review's product
// behind the others of its agenda, and returns the review and the entry with the
// revision of the change. It fails with what entry fails with, with NotFound, and with
// Conflict if the review is not open, or the item is on its agenda already,
// closed, or of another product.
func (s *Store) AddEntry(ctx context.Context, by burnlist.Author, id, item int64, entry func(burnlist.Review, burnlist.Item) (burnlist.AgendaEntry, error)) (burnlist.Review, burnlist.AgendaEntry, int64, error) {
	change, err := s.writeOnce(ctx, "add to an agenda", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		before, err := review(ctx, tx, id)
		if err != nil {
			return burnlist.Change{}, err
		}
		i, err := mayBeAdded(ctx, tx, before, item)
		if err != nil {
			return burnlist.Change{}, err
		}
		added, err := entry(before, i)
		if err != nil {
			return burnlist.Change{}, err
		}
		var last int
		if err := gorm.G[entryRow](tx).Where("review = ?", id).Select("COALESCE(MAX(position), 0)").Scan(ctx, &last); err != nil {
			return burnlist.Change{}, err
		}
		added.Position, added.Item, added.Service, added.Added, added.ReadOnly = last+1, i.ID, i.Service, true, false
		row := entryRowOf(id, added)
		if err := gorm.G[entryRow](tx).Create(ctx, &row); err != nil {
			return burnlist.Change{}, err
		}
		longer := before
		longer.Entries++
		if added.Jump {
			longer.Jump++
		}
		after, err := putReview(ctx, tx, by, before, longer)
		change := reviewChange(burnlist.ReviewRefrozen, after)
		change.After.Entries = []*burnlist.AgendaEntry{&added}
		return change, err
	})
	if err != nil {
		return burnlist.Review{}, burnlist.AgendaEntry{}, 0, err
	}
	return *change.After.Reviews[0], *change.After.Entries[0], change.Revision, nil
}

// mayBeAdded returns an item that may be added to the agenda of a review.
func mayBeAdded(ctx context.Context, tx *gorm.DB, r burnlist.Review, id int64) (burnlist.Item, error) {
	i, err := item(ctx, tx, id)
	if err != nil {
		return i, err
	}
	if err := mustBeOpen(r); err != nil {
		return i, err
	}
	if i.Status != burnlist.Open {
		return i, burnlist.Errorf(burnlist.Conflict, "item %d is %s: only open items can be added to an agenda; reopen it first", id, i.Status)
	}
	v, err := service(ctx, tx, i.Service)
	if err != nil {
		return i, err
	}
	if v.Product != r.Product {
		return i, burnlist.Errorf(burnlist.Conflict, "item %d is of product %s: add it to a review of that product", id, v.Product)
	}
	if e, there, err := one[entryRow](ctx, tx, "review = ? AND item = ?", r.ID, id); err != nil {
		return i, err
	} else if there {
		return i, burnlist.Errorf(burnlist.Conflict, "item %d is on the agenda of review %d already, at position %d", id, r.ID, e.Position)
	}
	return i, nil
}
