package store

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/burnlist/burnlist"
)

// What slices are rolled up into, in seconds.
const (
	hour = burnlist.HourWidth
	day  = burnlist.DayWidth
)

// rolledRow mirrors burnlist.Rolled.
type rolledRow struct {
	Ledger      int64 `gorm:"primaryKey;autoIncrement:false"`
	Start       int64 `gorm:"primaryKey;autoIncrement:false"`
	Width       int64
	Data        int64
	Empty       int64
	Bad         float64
	Total       float64
	BadSlices   int
	Violations  int
	Corrections int
}

func (rolledRow) TableName() string { return "rolled" }

// spot is a place in a ledger.
type spot struct{ ledger, start int64 }

func (r rolledRow) spot() spot { return spot{r.Ledger, r.Start} }

// RollUp stores hours and days, each in the place of everything narrower inside
// it. Each of them takes its place as a whole or not at all; RollUp may stop
// half-way, and can be called again with the same rows. Hours of a day that was
// rolled up already are passed over. It fails with Invalid, and with NotFound
// if there is no such ledger.
func (l *Ledgers) RollUp(ctx context.Context, rolled []burnlist.Rolled) error {
	rows := make([]rolledRow, len(rolled))
	days := map[spot]bool{}
	for i, r := range rolled {
		switch {
		case r.Width != hour && r.Width != day, r.Start%r.Width != 0, r.Data < 0, r.Empty < 0, r.Data+r.Empty > r.Width,
			// !(a <= b) is also true where one of them is not a number.
			r.Bad < 0, !(r.Bad <= r.Total), math.IsInf(r.Total, 0),
			r.BadSlices < 0, r.Violations < 0, r.Corrections < 0:
			return burnlist.Errorf(burnlist.Invalid, "%+v is no hour or day of a ledger: begin it at a multiple of its width, and keep what is known within the width and bad within 0 and a finite total", r)
		}
		rows[i] = rolledRow(r)
		if r.Width == day {
			days[rows[i].spot()] = true
		}
	}
	rows = slices.DeleteFunc(rows, func(r rolledRow) bool { return r.Width == hour && days[dayOf(r)] })
	rows = inOrder(rows, rolledRow.spot)
	for part := range slices.Chunk(rows, rowsPerStatement) {
		err := l.transact(ctx, "roll slices up", func(tx *gorm.DB) error { return rollUp(ctx, tx, part) })
		if errors.Is(err, gorm.ErrForeignKeyViolated) {
			return noLedger(part[0].Ledger, part[len(part)-1].Ledger)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rollUp stores rows, which are in order.
func rollUp(ctx context.Context, tx *gorm.DB, rows []rolledRow) error {
	rows, err := withoutRolledDays(ctx, tx, rows)
	if err != nil || len(rows) == 0 {
		return err
	}
	upsert := clause.OnConflict{Columns: []clause.Column{{Name: "ledger"}, {Name: "start"}}, UpdateAll: true}
	for interval, ledgers := range intervals(rows) {
		if err := gorm.G[sliceRow](tx).Exec(ctx, "DELETE FROM slices WHERE ledger IN ? AND start >= ? AND start < ?", ledgers, interval.from, interval.to); err != nil {
			return err
		}
		if interval.width == hour {
			continue
		}
		if err := gorm.G[rolledRow](tx).Exec(ctx, "DELETE FROM rolled WHERE ledger IN ? AND start >= ? AND start < ? AND width < ?", ledgers, interval.from, interval.to, interval.width); err != nil {
			return err
		}
	}
	return gorm.G[rolledRow](tx, upsert).CreateInBatches(ctx, &rows, rowsPerStatement)
}

// withoutRolledDays leaves out the hours that lie in a day which is stored.
func withoutRolledDays(ctx context.Context, tx *gorm.DB, rows []rolledRow) ([]rolledRow, error) {
	ledgers, starts := map[int64]bool{}, map[int64]bool{}
	for _, r := range rows {
		if r.Width == hour {
			ledgers[r.Ledger], starts[dayOf(r).start] = true, true
		}
	}
	if len(ledgers) == 0 {
		return rows, nil
	}
	found, err := gorm.G[rolledRow](tx).Where("width = ? AND ledger IN ? AND start IN ?", day, slices.Collect(maps.Keys(ledgers)), slices.Collect(maps.Keys(starts))).Find(ctx)
	if err != nil || len(found) == 0 {
		return rows, err
	}
	days := map[spot]bool{}
	for _, d := range found {
		days[d.spot()] = true
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r rolledRow) bool { return r.Width == hour && days[dayOf(r)] }), nil
}

// dayOf returns the place of the day that an hour lies in.
func dayOf(r rolledRow) spot { return spot{r.Ledger, r.Start - r.Start%day} }

// interval is a stretch of time without a gap that rows of one width make, in
// Unix seconds.
type interval struct{ from, to, width int64 }

// intervals returns the ledgers of each interval of the rows, which are in
// order. What is rolled up are mostly the same hours of all ledgers, or all
// hours of one, so that there are few.
func intervals(rows []rolledRow) map[interval][]int64 {
	ledgers := map[interval][]int64{}
	for len(rows) > 0 {
		first, n := rows[0], 1
		for n < len(rows) && rows[n].Ledger == first.Ledger && rows[n].Width == first.Width && rows[n].Start == first.Start+int64(n)*first.Width {
			n++
		}
		i := interval{from: first.Start, to: first.Start + int64(n)*first.Width, width: first.Width}
		ledgers[i] = append(ledgers[i], first.Ledger)
		rows = rows[n:]
	}
	return ledgers
}

// inOrder sorts rows by their place in ledgers, so that two processes that
// write the same rows do not wait for each other. Of rows with the same place
// the last one counts.
func inOrder[R any](rows []R, place func(R) spot) []R {
	slices.SortStableFunc(rows, func(a, b R) int {
		return cmp.Or(cmp.Compare(place(a).ledger, place(b).ledger), cmp.Compare(place(a).start, place(b).start))
	})
	distinct := rows[:0]
	for i, row := range rows {
		if i+1 == len(rows) || place(rows[i+1]) != place(row) {
			distinct = append(distinct, row)
		}
	}
	return distinct
}

func noLedger(from, to int64) error {
	return burnlist.Errorf(burnlist.NotFound, "there is no such ledger among %d to %d: read the SLO again", from, to)
}
