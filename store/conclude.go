package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/burnlist/burnlist"
)

type digestRow struct {
	Review int64 `gorm:"primaryKey;autoIncrement:false"`
	Body   document[json.RawMessage]
}

func (digestRow) TableName() string { return "digests" }

// Conclude stores what conclude makes of a meeting: the review, the facts of
// its items, the digest and the messages; and returns the review with the
// revision of the change. To conclude twice is the same as once: a review that
// is concluded is returned as it is, without a change. It fails with what
// conclude fails with, with NotFound, and with Conflict if the review was
// cancelled.
func (s *Store) Conclude(ctx context.Context, by burnlist.Author, id int64, conclude func(burnlist.Meeting) (burnlist.Conclusion, error)) (burnlist.Review, int64, error) {
	var after burnlist.Review
	change, err := s.writeOnce(ctx, "conclude a review", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		before, err := review(ctx, tx, id)
		if err != nil {
			return burnlist.Change{}, err
		}
		switch before.State {
		case burnlist.ReviewOpen:
		case burnlist.ReviewAttended, burnlist.ReviewSkipped:
			after = before
			return burnlist.Change{}, errUnchanged
		case burnlist.ReviewCancelled:
			return burnlist.Change{}, burnlist.Errorf(burnlist.Conflict, "review %d was cancelled: open another one", id)
		}
		m, err := meeting(ctx, tx, before.Product, before)
		if err != nil {
			return burnlist.Change{}, err
		}
		c, err := conclude(m)
		if err != nil {
			return burnlist.Change{}, err
		}
		if c.Review.State != burnlist.ReviewAttended && c.Review.State != burnlist.ReviewSkipped {
			return burnlist.Change{}, fmt.Errorf("the conclusion leaves review %d %q", id, c.Review.State)
		}
		if after, err = putReview(ctx, tx, by, before, c.Review); err != nil {
			return burnlist.Change{}, err
		}
		items, err := putFacts(ctx, tx, by, m.Items, c.Items)
		if err != nil {
			return burnlist.Change{}, fmt.Errorf("facts: %w", err)
		}
		if len(c.Digest) > 0 {
			if err := gorm.G[digestRow](tx).Create(ctx, &digestRow{Review: id, Body: document[json.RawMessage]{c.Digest}}); err != nil {
				return burnlist.Change{}, err
			}
		}
		if err := putMessages(ctx, tx, c.Messages); err != nil {
			return burnlist.Change{}, fmt.Errorf("messages: %w", err)
		}
		change := itemsChange(burnlist.ReviewConcluded, &after, nil, items)
		change.After.Reviews = []*burnlist.Review{&after}
		return change, nil
	})
	if err != nil {
		return burnlist.Review{}, 0, err
	}
	if change.Kind != "" {
		after = *change.After.Reviews[0]
	}
	return after, change.Revision, nil
}

// putFacts stores the facts of items, and nothing else of them, and returns the
// items as they are stored, by id.
func putFacts(ctx context.Context, tx *gorm.DB, by burnlist.Author, before map[int64]burnlist.Item, found []burnlist.Item) ([]burnlist.Item, error) {
	after := make([]burnlist.Item, len(found))
	rows := make([]itemRow, len(found))
	for n, f := range found {
		i, ok := before[f.ID]
		if !ok {
			return nil, fmt.Errorf("item %d was not at the meeting", f.ID)
		}
		i.Facts, i.Version, i.UpdatedAt = f.Facts, i.Version+1, by.At
		rows[n] = itemRowOf(i)
		after[n] = rows[n].noun()
	}
	upsert := clause.OnConflict{ // which each of them is
		Columns:   []clause.Column{{Name: "id"}},
		DoUpdates: clause.AssignmentColumns([]string{"facts", "version", "updated_at"}),
	}
	if len(rows) > 0 {
		if err := gorm.G[itemRow](tx, upsert).CreateInBatches(ctx, &rows, rowsPerStatement); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(after, func(a, b burnlist.Item) int { return int(a.ID - b.ID) })
	return after, nil
}

// Digest returns the digest of a concluded review, as it was written. It fails
// with NotFound if there is no such review, or it has none.
func (s *Store) Digest(ctx context.Context, id int64) (json.RawMessage, error) {
	var text json.RawMessage
	err := s.view(ctx, func(tx *gorm.DB) error {
		r, err := review(ctx, tx, id)
		if err != nil {
			return err
		}
		row, ok, err := one[digestRow](ctx, tx, "review = ?", id)
		switch {
		case err != nil:
			return err
		case !ok && r.State == burnlist.ReviewOpen:
			return burnlist.Errorf(burnlist.NotFound, "review %d is open and has no digest yet: conclude it first", id)
		case !ok:
			return burnlist.Errorf(burnlist.NotFound, "review %d is %s without a meeting, and has no digest", id, r.State)
		}
		text = row.Body.V
		return nil
	})
	if err != nil {
		return nil, s.failed("read a digest", err)
	}
	return text, nil
}
