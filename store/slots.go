package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// RecordSlots stores what is to be noted of the slots of a product without
// opening a review: that one was cancelled, passed over, or adopted the review
// that people had opened. record is given the product and its newest reviews,
// newest first, and returns those of them that it changes, and new ones without
// an id. RecordSlots returns the ones that it stored, with the revision of the
// change. It fails with what record fails with, with NotFound, and with
// Conflict if a slot belongs to another review, or if a review is to be
// cancelled that is over or has decided anything.
func (s *Store) RecordSlots(ctx context.Context, by burnlist.Author, name string, record func(p burnlist.Product, known []burnlist.Review) ([]burnlist.Review, error)) ([]burnlist.Review, int64, error) {
	change, err := s.writeOnce(ctx, "record slots", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		p, err := product(ctx, tx, name)
		if err != nil {
			return burnlist.Change{}, err
		}
		known, err := recent(ctx, tx, name)
		if err != nil {
			return burnlist.Change{}, err
		}
		recorded, err := record(p, known)
		if err != nil {
			return burnlist.Change{}, err
		}
		var stored []burnlist.Review
		for _, r := range recorded {
			changed, err := recordSlot(ctx, tx, by, name, &r)
			if err != nil {
				return burnlist.Change{}, err
			}
			if changed {
				stored = append(stored, r)
			}
		}
		if len(stored) == 0 {
			return burnlist.Change{}, errUnchanged
		}
		change := burnlist.Change{Kind: burnlist.SlotsRecorded, Subjects: []string{"product/" + name}}
		for _, r := range stored {
			change.Subjects = append(change.Subjects, fmt.Sprintf("review/%d", r.ID))
			change.After.Reviews = append(change.After.Reviews, &r)
		}
		return change, nil
	})
	if err != nil {
		return nil, 0, err
	}
	stored := make([]burnlist.Review, len(change.After.Reviews))
	for i, r := range change.After.Reviews {
		stored[i] = *r
	}
	return stored, change.Revision, nil
}

// recordSlot stores one review, puts into r what is stored, and returns whether
// that is another than before.
func recordSlot(ctx context.Context, tx *gorm.DB, by burnlist.Author, product string, r *burnlist.Review) (changed bool, err error) {
	if r.Product != product {
		return false, fmt.Errorf("a review of %q is recorded among those of %q", r.Product, product)
	}
	if r.ID == 0 {
		if r.State == burnlist.ReviewOpen {
			return false, fmt.Errorf("a review of %q is recorded as open without an agenda", product)
		}
		*r, err = createReview(ctx, tx, by, *r)
		return err == nil, err
	}
	before, err := review(ctx, tx, r.ID)
	if err != nil {
		return false, err
	}
	if before.Product != product {
		return false, fmt.Errorf("review %d of %q is recorded among those of %q", before.ID, before.Product, product)
	}
	r.Version, r.Updated = before.Version, before.Updated
	if same(before, reviewRowOf(*r).noun()) {
		return false, nil
	}
	if r.State != before.State {
		if err := mayBeCancelled(ctx, tx, before); err != nil {
			return false, err
		}
	}
	*r, err = putReview(ctx, tx, by, before, *r)
	return err == nil, err
}

func mayBeCancelled(ctx context.Context, tx *gorm.DB, r burnlist.Review) error {
	if r.State != burnlist.ReviewOpen {
		return burnlist.Errorf(burnlist.Conflict, "review %d is %s: only one that is open can be cancelled", r.ID, r.State)
	}
	_, decided, err := one[decisionRow](ctx, tx, "review = ? AND undone_at IS NULL", r.ID)
	if err == nil && decided {
		err = burnlist.Errorf(burnlist.Conflict, "review %d has decided already: conclude it instead of cancelling it", r.ID)
	}
	return err
}
