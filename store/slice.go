package store

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/burnlist/burnlist"
)

type sliceRow struct {
	Ledger int64 `gorm:"primaryKey;autoIncrement:false"`
	Start  int64 `gorm:"primaryKey;autoIncrement:false"`
	State  int64
	Bad    float64
	Total  float64
}

func (sliceRow) TableName() string { return "slices" }

func (r sliceRow) noun() burnlist.Slice {
	return burnlist.Slice{Ledger: r.Ledger, Start: r.Start, State: burnlist.SliceState(r.State), Bad: r.Bad, Total: r.Total}
}

// slicesPerTransaction cuts bulk writes up, so that others get their turn in
// between.
const slicesPerTransaction = 5000

// PutSlices stores measurements, each in the place of what was stored for its
// ledger and start. It makes no change. It may stop half-way, and can be
// called again with the same slices. It fails with Invalid, and with NotFound
// if there is no such ledger.
func (s *Store) PutSlices(ctx context.Context, measured []burnlist.Slice) error {
	rows := make([]sliceRow, len(measured))
	for i, m := range measured {
		// !(a <= b) is also true where one of them is not a number.
		if m.State > burnlist.SliceData || m.Bad < 0 || !(m.Bad <= m.Total) || math.IsInf(m.Total, 0) {
			return burnlist.Errorf(burnlist.Invalid, "the slice of ledger %d at %d has %v bad of %v events in state %d: keep bad within 0 and a finite total", m.Ledger, m.Start, m.Bad, m.Total, m.State)
		}
		rows[i] = sliceRow{Ledger: m.Ledger, Start: m.Start, State: int64(m.State), Bad: m.Bad, Total: m.Total}
	}
	// In one order, so that two processes that write the same rows do not wait
	// for each other; of slices that are given twice the last one counts.
	slices.SortStableFunc(rows, func(a, b sliceRow) int {
		return cmp.Or(cmp.Compare(a.Ledger, b.Ledger), cmp.Compare(a.Start, b.Start))
	})
	distinct := rows[:0]
	for i, row := range rows {
		if i+1 == len(rows) || rows[i+1].Ledger != row.Ledger || rows[i+1].Start != row.Start {
			distinct = append(distinct, row)
		}
	}
	for part := range slices.Chunk(distinct, slicesPerTransaction) {
		if err := s.putSlices(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) putSlices(ctx context.Context, rows []sliceRow) error {
	upsert := clause.OnConflict{
		Columns:   []clause.Column{{Name: "ledger"}, {Name: "start"}},
		DoUpdates: clause.AssignmentColumns([]string{"state", "bad", "total"}),
		// Most slices that are read again are as they were: leave their rows alone.
		Where: clause.Where{Exprs: []clause.Expression{clause.Expr{
			SQL: "slices.state <> excluded.state OR slices.bad <> excluded.bad OR slices.total <> excluded.total",
		}}},
	}
	err := s.transact(ctx, "store slices", func(tx *gorm.DB) error {
		return gorm.G[sliceRow](tx, upsert).CreateInBatches(ctx, &rows, rowsPerStatement)
	})
	if errors.Is(err, gorm.ErrForeignKeyViolated) {
		return burnlist.Errorf(burnlist.NotFound, "there is no such ledger among %d to %d: read the SLO again", rows[0].Ledger, rows[len(rows)-1].Ledger)
	}
	return err
}

// Slices returns the slices of a ledger that start in [from, to), in Unix
// seconds, ascending. A ledger without any, or that does not exist, has none.
func (s *Store) Slices(ctx context.Context, ledger, from, to int64) ([]burnlist.Slice, error) {
	rows, err := gorm.G[sliceRow](s.reader).Where("ledger = ? AND start >= ? AND start < ?", ledger, from, to).Order("start").Find(ctx)
	if err != nil {
		return nil, s.failed("read slices", err)
	}
	all := make([]burnlist.Slice, len(rows))
	for i, row := range rows {
		all[i] = row.noun()
	}
	return all, nil
}
