package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// changesPerRead bounds how many changes of an item are in memory as a whole:
// one that concluded a review holds all items of it.
const changesPerRead = 20

// ItemChanges returns the changes that touched an item, ascending. Of what a
// change wrote they hold that item alone. It fails with NotFound.
func (s *Store) ItemChanges(ctx context.Context, id int64) ([]burnlist.Change, error) {
	var all []burnlist.Change
	err := s.view(ctx, func(tx *gorm.DB) error {
		if _, err := item(ctx, tx, id); err != nil {
			return err
		}
		for after, more := int64(0), true; more; {
			rows, err := gorm.G[changeRow](tx).
				Where("revision IN (SELECT revision FROM change_subjects WHERE subject = ? AND revision > ?)", fmt.Sprintf("item/%d", id), after).
				Order("revision").Limit(changesPerRead).Find(ctx)
			if err != nil {
				return err
			}
			for _, row := range rows {
				c := row.noun()
				others := func(i *burnlist.Item) bool { return i.ID != id }
				c.After = burnlist.After{Items: slices.Clip(slices.DeleteFunc(c.After.Items, others))}
				all, after = append(all, c), c.Revision
			}
			more = len(rows) == changesPerRead
		}
		return nil
	})
	if err != nil {
		return nil, s.failed("read the changes of an item", err)
	}
	return all, nil
}

// ItemsAt returns items as they were when the log was at a revision, in the
// order of the ids. It fails with NotFound if there was no such item then.
func (s *Store) ItemsAt(ctx context.Context, revision int64, ids ...int64) ([]burnlist.Item, error) {
	all := make([]burnlist.Item, len(ids))
	err := s.view(ctx, func(tx *gorm.DB) error {
		for n, id := range ids {
			subject := fmt.Sprintf("item/%d", id)
			row, _, err := one[changeRow](ctx, tx,
				"revision = (SELECT MAX(revision) FROM change_subjects WHERE subject = ? AND revision <= ?)", subject, revision)
			if err != nil {
				return err
			}
			written := row.noun().After.Items
			place := slices.IndexFunc(written, func(i *burnlist.Item) bool { return i.ID == id })
			if place < 0 {
				return burnlist.Errorf(burnlist.NotFound, "there was no item %d at revision %d: look for it among the items", id, revision)
			}
			all[n] = *written[place]
		}
		return nil
	})
	if err != nil {
		return nil, s.failed("read items of the past", err)
	}
	return all, nil
}
