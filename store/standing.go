package store

import (
	"context"
	"maps"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/burnlist/burnlist"
)

type standingRow struct {
	Service  string `gorm:"primaryKey"`
	Revision int64  // of the change that last changed it
	Body     document[burnlist.Standing]
}

func (standingRow) TableName() string { return "standings" }

func standingRowOf(s burnlist.Standing, revision int64) standingRow {
	s.Since, s.Jump = burnlist.Instant(s.Since), stored(s.Jump)
	return standingRow{Service: s.Service, Revision: revision, Body: document[burnlist.Standing]{s}}
}

func (r standingRow) noun() burnlist.Standing { return r.Body.V }

// Observe stores in which states services were found by somebody who had seen
// the log up to a revision, and returns the revision of the change. Services
// that are known to be in that state, that do not exist, or of which a newer
// revision than the seen one says something, are passed over.
func (s *Store) Observe(ctx context.Context, by burnlist.Author, seen int64, found map[string]burnlist.State) (int64, error) {
	return s.write(ctx, "store the states of services", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		revision, err := currentRevision(ctx, tx)
		if err != nil {
			return burnlist.Change{}, err
		}
		stored, err := standingRows(ctx, tx)
		if err != nil {
			return burnlist.Change{}, err
		}
		change := burnlist.Change{Kind: burnlist.StatesChanged}
		var rows []standingRow
		for part := range slices.Chunk(slices.Sorted(maps.Keys(found)), rowsPerStatement) {
			existing, err := gorm.G[serviceRow](tx).Where("name IN ?", part).Order("name").Find(ctx)
			if err != nil {
				return burnlist.Change{}, err
			}
			for _, v := range existing {
				known := stored[v.Name]
				if known.Revision > seen || known.Body.V.State == found[v.Name] {
					continue
				}
				known.Body.V.Service = v.Name
				row := standingRowOf(known.Body.V.Becomes(found[v.Name], by.At), revision)
				rows = append(rows, row)
				change.Subjects = append(change.Subjects, "service/"+v.Name)
				change.After.Standings = append(change.After.Standings, new(row.noun()))
			}
		}
		if len(rows) == 0 {
			return burnlist.Change{}, errUnchanged
		}
		upsert := clause.OnConflict{Columns: []clause.Column{{Name: "service"}}, UpdateAll: true}
		return change, gorm.G[standingRow](tx, upsert).CreateInBatches(ctx, &rows, rowsPerStatement)
	})
}

func standingRows(ctx context.Context, db *gorm.DB) (map[string]standingRow, error) {
	rows, err := gorm.G[standingRow](db).Find(ctx)
	if err != nil {
		return nil, err
	}
	all := make(map[string]standingRow, len(rows))
	for _, row := range rows {
		all[row.Service] = row
	}
	return all, nil
}
