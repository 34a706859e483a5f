package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

// ChangeFilter selects lines of the change log. Fields that are zero select
// all.
type ChangeFilter struct {
	Kind    burnlist.ChangeKind
	Subject string // as in "item/142"
	After   int64  // lines of a greater revision
	Limit   int    // at most so many; 0 is no limit
}

// ChangeLog returns the changes that fulfil all of the filter, ascending,
// without what they wrote.
func (s *Store) ChangeLog(ctx context.Context, f ChangeFilter) ([]burnlist.Change, error) {
	query := gorm.G[changeRow](s.reader).Select("revision", "at", "actor", "verified", "kind", "decision", "review", "subjects").
		Where("revision > ?", f.After)
	if f.Subject != "" {
		query = query.Where("revision IN (SELECT revision FROM change_subjects WHERE subject = ? AND revision > ?)", f.Subject, f.After)
	}
	if f.Kind != "" {
		query = query.Where("kind = ?", string(f.Kind))
	}
	if f.Limit > 0 {
		query = query.Limit(f.Limit)
	}
	rows, err := query.Order("revision").Find(ctx)
	if err != nil {
		return nil, s.failed("read the change log", err)
	}
	all := make([]burnlist.Change, len(rows))
	for i, row := range rows {
		all[i] = row.noun()
	}
	return all, nil
}
