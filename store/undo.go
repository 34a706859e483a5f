package store

import (
	"context"
	"maps"
	"slices"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// UndoDecision takes a decision of an open review back, and returns it with the
// revision of the change. The decisions before it can then be undone, too. It
// fails with NotFound, and with Conflict if the decision was undone already,
// the review is over, or an item was changed since.
func (s *Store) UndoDecision(ctx context.Context, by burnlist.Author, reviewID, id int64) (burnlist.ReviewDecision, int64, error) {
	change, err := s.writeOnce(ctx, "undo a decision", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		r, err := review(ctx, tx, reviewID)
		if err != nil {
			return burnlist.Change{}, err
		}
		row, ok, err := one[decisionRow](ctx, tx, "review = ? AND id = ?", reviewID, id)
		if err == nil && !ok {
			err = burnlist.Errorf(burnlist.NotFound, "review %d has no decision %d: look for it among its decisions", reviewID, id)
		}
		if err != nil {
			return burnlist.Change{}, err
		}
		d := row.noun()
		now := map[int64]burnlist.Item{}
		for _, touched := range slices.Sorted(maps.Keys(d.After)) {
			if now[touched], err = item(ctx, tx, touched); err != nil {
				return burnlist.Change{}, err
			}
		}
		undone, err := d.Undo(r, now, by)
		if err != nil {
			return burnlist.Change{}, err
		}
		var before []burnlist.Item
		versions := map[int64]int64{}
		for n, i := range undone {
			before = append(before, now[i.ID])
			if undone[n], err = putItem(ctx, tx, by, now[i.ID], i); err != nil {
				return burnlist.Change{}, err
			}
			versions[i.ID] = undone[n].Version
		}
		d.UndoneAt, d.UndoneBy = &by.At, burnlist.NullString(by.Actor)
		if err := putDecision(ctx, tx, d); err != nil {
			return burnlist.Change{}, err
		}
		change := itemsChange(burnlist.DecisionUndone, &r, before, undone)
		change.Decision, change.After.Decisions = &d.Decision, []*burnlist.ReviewDecision{&d}
		return change, followVersions(ctx, tx, d, versions)
	})
	if err != nil {
		return burnlist.ReviewDecision{}, 0, err
	}
	return recordedBy(change), change.Revision, nil
}

// followVersions tells the decisions before an undone one the versions that the
// items have now that they are again as those decisions left them.
func followVersions(ctx context.Context, tx *gorm.DB, undone burnlist.ReviewDecision, versions map[int64]int64) error {
	rows, err := gorm.G[decisionRow](tx).Where("review = ? AND id < ? AND undone_at IS NULL", undone.Review, undone.ID).Order("id").Find(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		d, follows := row.noun(), false
		for _, i := range undone.Before {
			if left, touched := d.After[i.ID]; touched && left == i.Version {
				d.After[i.ID], follows = versions[i.ID], true
			}
		}
		if !follows {
			continue
		}
		if err := putDecision(ctx, tx, d); err != nil {
			return err
		}
	}
	return nil
}
