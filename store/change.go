package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

type changeRow struct {
	Revision int64   `gorm:"primaryKey;autoIncrement:false"`
	At       instant `gorm:"column:at"`
	Actor    string
	Verified bool
	Kind     string
	Decision document[*burnlist.Decision]
	Subjects document[[]string]
	After    document[burnlist.After]
}

func (changeRow) TableName() string { return "changes" }

func changeRowOf(c burnlist.Change) changeRow {
	return changeRow{
		Revision: c.Revision, At: at(c.At), Actor: c.Actor, Verified: c.Verified, Kind: string(c.Kind),
		Decision: document[*burnlist.Decision]{c.Decision}, Subjects: document[[]string]{c.Subjects}, After: document[burnlist.After]{c.After},
	}
}

func (r changeRow) noun() burnlist.Change {
	return burnlist.Change{
		Revision: r.Revision, At: r.At.Time, Actor: r.Actor, Verified: r.Verified, Kind: burnlist.ChangeKind(r.Kind),
		Decision: r.Decision.V, Subjects: r.Subjects.V, After: r.After.V,
	}
}

// mostChanges bounds a batch of changes whose reader names no bound.
const mostChanges = 1000

// Changes returns the changes after the given revision, ascending, at most
// limit of them, or 1000 if limit is 0. Refreshed budgets are not kept for
// each change: the last change of the batch that refreshed them holds the ones
// that are current as it is read.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]burnlist.Change, error) {
	if limit <= 0 {
		limit = mostChanges
	}
	var changes []burnlist.Change
	err := s.view(ctx, func(tx *gorm.DB) error {
		rows, err := gorm.G[changeRow](tx).Where("revision > ?", after).Order("revision").Limit(limit).Find(ctx)
		if err != nil {
			return err
		}
		changes = make([]burnlist.Change, len(rows))
		var refreshed *burnlist.Change
		for i, row := range rows {
			changes[i] = row.noun()
			if changes[i].Kind == burnlist.BudgetsRefreshed {
				refreshed = &changes[i]
			}
		}
		if refreshed == nil {
			return nil
		}
		current, err := budgets(ctx, tx)
		refreshed.After.Budgets = &current
		return err
	})
	if err != nil {
		return nil, s.failed("read the change log", err)
	}
	return changes, nil
}
