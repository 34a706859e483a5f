package store

import (
	"context"
	"errors"
	"math"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/burnlist/burnlist"
)

type sliceRow struct {
	Ledger    int64 `gorm:"primaryKey;autoIncrement:false"`
	Start     int64 `gorm:"primaryKey;autoIncrement:false"`
	State     int64
	Bad       float64
	Total     float64
	Violated  bool
	Corrected bool
}

func (sliceRow) TableName() string { return "slices" }

func (r sliceRow) spot() spot { return spot{r.Ledger, r.Start} }

// slicesPerTransaction cuts bulk writes up, so that others get their turn in
// between.
const slicesPerTransaction = 5000

// PutSlices stores measurements, each in the place of what was stored for its
// ledger and start. It makes no change. It may stop half-way, and can be
// called again with the same slices. It fails with Invalid, and with NotFound
// if there is no such ledger.
func (l *Ledgers) PutSlices(ctx context.Context, measured []burnlist.Slice) error {
	rows := make([]sliceRow, len(measured))
	for i, m := range measured {
		// !(a <= b) is also true where one of them is not a number.
		if m.State > burnlist.SliceData || m.Bad < 0 || !(m.Bad <= m.Total) || math.IsInf(m.Total, 0) {
			return burnlist.Errorf(burnlist.Invalid, "the slice of ledger %d at %d has %v bad of %v events in state %d: keep bad within 0 and a finite total", m.Ledger, m.Start, m.Bad, m.Total, m.State)
		}
		rows[i] = sliceRow{Ledger: m.Ledger, Start: m.Start, State: int64(m.State), Bad: m.Bad, Total: m.Total, Violated: m.Violated, Corrected: m.Corrected}
	}
	rows = inOrder(rows, sliceRow.spot)
	for part := range slices.Chunk(rows, slicesPerTransaction) {
		if err := l.putSlices(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledgers) putSlices(ctx context.Context, rows []sliceRow) error {
	upsert := clause.OnConflict{
		Columns:   []clause.Column{{Name: "ledger"}, {Name: "start"}},
		DoUpdates: clause.AssignmentColumns([]string{"state", "bad", "total", "violated", "corrected"}),
		// Most slices that are read again are as they were: leave their rows alone.
		Where: clause.Where{Exprs: []clause.Expression{clause.Expr{
			SQL: "slices.state <> excluded.state OR slices.bad <> excluded.bad OR slices.total <> excluded.total " +
				"OR slices.violated <> excluded.violated OR slices.corrected <> excluded.corrected",
		}}},
	}
	err := l.transact(ctx, "store slices", func(tx *gorm.DB) error {
		return gorm.G[sliceRow](tx, upsert).CreateInBatches(ctx, &rows, rowsPerStatement)
	})
	if errors.Is(err, gorm.ErrForeignKeyViolated) {
		return noLedger(rows[0].Ledger, rows[len(rows)-1].Ledger)
	}
	return err
}
