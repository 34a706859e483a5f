package store

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// ReturnItems stores what back makes of each of the items, all as one change,
// and returns its revision. back is given the item as it is stored, the product
// of its service, and the standing of that, nil if it was never looked at; it
// returns false to leave the item as it is. Items that do not exist, and those
// of retired services, are left.
func (s *Store) ReturnItems(ctx context.Context, by burnlist.Author, ids []int64, back func(burnlist.Item, burnlist.Product, *burnlist.Standing) (burnlist.Item, bool)) (int64, error) {
	return s.write(ctx, "bring items back", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		standings, err := standingRows(ctx, tx)
		if err != nil {
			return burnlist.Change{}, err
		}
		var before, after []burnlist.Item
		for part := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(ids))), rowsPerStatement) {
			rows, err := gorm.G[itemRow](tx).Where("id IN ?", part).Order("id").Find(ctx)
			if err != nil {
				return burnlist.Change{}, err
			}
			for _, row := range rows {
				i := row.noun()
				v, err := service(ctx, tx, i.Service)
				if err != nil {
					return burnlist.Change{}, err
				}
				if v.RetiredAt != nil {
					continue
				}
				p, err := product(ctx, tx, v.Product)
				if err != nil {
					return burnlist.Change{}, err
				}
				var standing *burnlist.Standing
				if known, ok := standings[v.Name]; ok {
					standing = new(known.noun())
				}
				returned, returns := back(i, p, standing)
				if !returns || unchanged(i, returned) {
					continue
				}
				if returned, err = putItem(ctx, tx, by, i, returned); err != nil {
					return burnlist.Change{}, err
				}
				before, after = append(before, i), append(after, returned)
			}
		}
		if len(after) == 0 {
			return burnlist.Change{}, errUnchanged
		}
		return itemsChange(burnlist.ItemsReturned, nil, before, after), nil
	})
}
