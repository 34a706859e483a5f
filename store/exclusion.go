package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/burnlist/burnlist"
)

type exclusionRow struct {
	ID        int64   `gorm:"primaryKey;autoIncrement:false"`
	SLO       string  `gorm:"column:slo"`
	Start     instant `gorm:"column:start_at"`
	End       instant `gorm:"column:end_at"`
	Reason    string
	Note      string
	Author    string
	Created   instant `gorm:"column:created_at"`
	Removed   instant `gorm:"column:removed_at"`
	RemovedBy burnlist.NullString
}

func (exclusionRow) TableName() string { return "exclusions" }

func exclusionRowOf(e burnlist.Exclusion) exclusionRow {
	return exclusionRow{
		ID: e.ID, SLO: e.SLO, Start: at(e.Start), End: at(e.End), Reason: string(e.Reason), Note: e.Note,
		Author: e.Author, Created: at(e.CreatedAt), Removed: atOrNull(e.RemovedAt), RemovedBy: e.RemovedBy,
	}
}

func (r exclusionRow) noun() burnlist.Exclusion {
	return burnlist.Exclusion{
		ID: r.ID, SLO: r.SLO, Start: r.Start.Time, End: r.End.Time, Reason: burnlist.ExclusionReason(r.Reason), Note: r.Note,
		Author: r.Author, CreatedAt: r.Created.Time, RemovedAt: r.Removed.pointer(), RemovedBy: r.RemovedBy,
	}
}

// AddExclusion takes an interval out of the budget of an SLO in force, and
// returns the exclusion with the revision of the change. It fails with Invalid,
// with NotFound, and with Conflict if the SLO is retired, or the same interval
// is excluded for the same reason already.
func (s *Store) AddExclusion(ctx context.Context, by burnlist.Author, e burnlist.Exclusion) (burnlist.Exclusion, int64, error) {
	change, err := s.writeOnce(ctx, "exclude an interval", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		e.Start, e.End = burnlist.Instant(e.Start), burnlist.Instant(e.End)
		e.Author, e.CreatedAt, e.RemovedAt, e.RemovedBy = by.Actor, by.At, nil, ""
		if err := e.Validate(by.At); err != nil {
			return burnlist.Change{}, err
		}
		o, err := slo(ctx, tx, e.SLO)
		if err != nil {
			return burnlist.Change{}, err
		}
		held, err := exclusions(ctx, tx, "slo = ? AND removed_at IS NULL", e.SLO)
		if err != nil {
			return burnlist.Change{}, err
		}
		if err := e.Fits(o, held); err != nil {
			return burnlist.Change{}, err
		}
		if e.ID, err = nextID[exclusionRow](ctx, tx); err != nil {
			return burnlist.Change{}, err
		}
		row := exclusionRowOf(e)
		return exclusionChange(burnlist.SLOExcluded, o, e), gorm.G[exclusionRow](tx).Create(ctx, &row)
	})
	if err != nil {
		return burnlist.Exclusion{}, 0, err
	}
	return *change.After.Exclusions[0], change.Revision, nil
}

// RemoveExclusion takes an exclusion of an SLO back, and returns it with the
// revision of the change. To take it back twice is the same as once. It fails
// with NotFound.
func (s *Store) RemoveExclusion(ctx context.Context, by burnlist.Author, name string, id int64) (burnlist.Exclusion, int64, error) {
	var after burnlist.Exclusion
	change, err := s.writeOnce(ctx, "remove an exclusion", by, func(tx *gorm.DB, by burnlist.Author) (burnlist.Change, error) {
		o, err := slo(ctx, tx, name)
		if err != nil {
			return burnlist.Change{}, err
		}
		row, found, err := one[exclusionRow](ctx, tx, "id = ? AND slo = ?", id, name)
		if err != nil {
			return burnlist.Change{}, err
		}
		if !found {
			return burnlist.Change{}, burnlist.Errorf(burnlist.NotFound, "%s has no exclusion %d: look for it among its exclusions", name, id)
		}
		after = row.noun()
		if after.RemovedAt != nil {
			return burnlist.Change{}, errUnchanged
		}
		after.RemovedAt, after.RemovedBy = &by.At, burnlist.NullString(by.Actor)
		return exclusionChange(burnlist.ExclusionRemoved, o, after), replace(ctx, tx, exclusionRowOf(after), "id", "id = ?", id)
	})
	if err != nil {
		return burnlist.Exclusion{}, 0, err
	}
	if change.Kind != "" {
		after = *change.After.Exclusions[0]
	}
	return after, change.Revision, nil
}

// Exclusions returns all exclusions of an SLO, the earliest first, those that
// were taken back included. It fails with NotFound.
func (s *Store) Exclusions(ctx context.Context, name string) ([]burnlist.Exclusion, error) {
	var all []burnlist.Exclusion
	err := s.view(ctx, func(tx *gorm.DB) error {
		if _, err := slo(ctx, tx, name); err != nil {
			return err
		}
		var err error
		all, err = exclusions(ctx, tx, "slo = ?", name)
		return err
	})
	if err != nil {
		return nil, s.failed("read the exclusions", err)
	}
	return all, nil
}

func exclusions(ctx context.Context, db *gorm.DB, where string, args ...any) ([]burnlist.Exclusion, error) {
	rows, err := gorm.G[exclusionRow](db).Where(where, args...).Order("start_at, id").Find(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]burnlist.Exclusion, len(rows))
	for i, row := range rows {
		all[i] = row.noun()
	}
	return all, nil
}

func exclusionChange(kind burnlist.ChangeKind, o burnlist.SLO, e burnlist.Exclusion) burnlist.Change {
	return burnlist.Change{
		Kind: kind, Subjects: []string{"slo/" + o.Name, "service/" + o.Service},
		After: burnlist.After{Exclusions: []*burnlist.Exclusion{&e}},
	}
}
