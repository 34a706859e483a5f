package store

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/burnlist/burnlist"
)

// someDay is a midnight, in Unix seconds.
const someDay = 20_000 * day

// rolledOf is the sum of what a ledger keeps in an interval, of slices of five
// minutes.
func rolledOf(kept burnlist.Ledger, start, width int64) burnlist.Rolled {
	sum := burnlist.Rolled{Ledger: kept.Reread.Ledger, Start: start, Width: width}
	for _, m := range kept.Slices {
		if m.Start < start || m.Start >= start+width {
			continue
		}
		switch m.State {
		case burnlist.SliceData:
			sum.Data += 300
		case burnlist.SliceEmpty:
			sum.Empty += 300
		case burnlist.SliceDead:
		}
		sum.Bad += m.Bad
		sum.Total += m.Total
		if m.Bad > 0 {
			sum.BadSlices++
		}
		if m.Violated {
			sum.Violations++
		}
		if m.Corrected {
			sum.Corrections++
		}
	}
	for _, r := range kept.Rolled {
		if r.Start < start || r.Start >= start+width {
			continue
		}
		sum.Data += r.Data
		sum.Empty += r.Empty
		sum.Bad += r.Bad
		sum.Total += r.Total
		sum.BadSlices += r.BadSlices
		sum.Violations += r.Violations
		sum.Corrections += r.Corrections
	}
	return sum
}

// inPlace fails unless what is kept is in order and does not overlap.
func inPlace(t rapid.TB, kept burnlist.Ledger) {
	t.Helper()
	until := int64(math.MinInt64)
	for _, r := range kept.Rolled {
		if r.Start < until {
			t.Fatalf("%+v begins before %d", r, until)
		}
		until = r.Start + r.Width
	}
	if !slices.IsSortedFunc(kept.Slices, func(a, b burnlist.Slice) int { return int(a.Start - b.Start) }) {
		t.Fatalf("the slices are not in order")
	}
	for _, m := range kept.Slices {
		if slices.ContainsFunc(kept.Rolled, func(r burnlist.Rolled) bool { return m.Start >= r.Start && m.Start < r.Start+r.Width }) {
			t.Fatalf("%+v lies in what is rolled up", m)
		}
	}
}

func ledgerOf(t rapid.TB, s *Store, id int64) burnlist.Ledger {
	t.Helper()
	kept, err := s.Ledger(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func TestRollingUpKeepsTheSumOfEverything(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		l := s.Ledgers(Lease{})
		rapid.Check(t, func(r *rapid.T) {
			for _, table := range []string{"slices", "rolled"} {
				if err := s.writer.Exec("DELETE FROM " + table).Error; err != nil {
					r.Fatal(err)
				}
			}
			starts := rapid.SliceOfNDistinct(rapid.Int64Range(0, 3*day/300-1), 1, 120, rapid.ID[int64]).Draw(r, "starts")
			var measured []burnlist.Slice
			for i, start := range starts {
				m := burnlist.Slice{Ledger: int64(1 + i%2), Start: someDay + start*300, State: burnlist.SliceState(i % 3), Violated: i%5 == 0, Corrected: i%7 == 0}
				if m.State != burnlist.SliceDead {
					m.Bad, m.Total = float64(i%4), float64(i%4+i)
				}
				measured = append(measured, m)
			}
			if err := l.PutSlices(t.Context(), measured); err != nil {
				r.Fatal(err)
			}
			sum := func() [2]burnlist.Rolled {
				return [2]burnlist.Rolled{rolledOf(ledgerOf(r, s, 1), someDay, 3*day), rolledOf(ledgerOf(r, s, 2), someDay, 3*day)}
			}
			want := sum()
			var before []burnlist.Rolled // what was rolled up at last
			for step := range rapid.IntRange(1, 4).Draw(r, "steps") {
				var rows []burnlist.Rolled
				for id := int64(1); id <= 2; id++ {
					kept := ledgerOf(r, s, id)
					for _, n := range rapid.SliceOfDistinct(rapid.Int64Range(0, 71), rapid.ID[int64]).Draw(r, "hours") {
						hours := rolledOf(kept, someDay+n*hour, hour)
						covered := slices.ContainsFunc(kept.Rolled, func(o burnlist.Rolled) bool { return o.Width == day && o.Start == hours.Start-hours.Start%day })
						if !covered { // else its sums are the day's
							rows = append(rows, hours)
						}
					}
					if step > 0 {
						for _, n := range rapid.SliceOfDistinct(rapid.Int64Range(0, 2), rapid.ID[int64]).Draw(r, "days") {
							rows = append(rows, rolledOf(kept, someDay+n*day, day))
						}
					}
				}
				rows = rapid.Permutation(rows).Draw(r, "order")
				for range 2 {
					if err := l.RollUp(t.Context(), rows); err != nil {
						r.Fatal(err)
					}
					if diff := cmp.Diff(want, sum()); diff != "" {
						r.Fatalf("the sums (-before +after):\n%s", diff)
					}
				}
				after := [2]burnlist.Ledger{ledgerOf(r, s, 1), ledgerOf(r, s, 2)}
				for _, kept := range after {
					inPlace(r, kept)
				}
				for _, row := range rows {
					kept := after[row.Ledger-1]
					if !slices.ContainsFunc(kept.Rolled, func(o burnlist.Rolled) bool { return o.Start <= row.Start && o.Start+o.Width >= row.Start+row.Width }) {
						r.Fatalf("%+v was not rolled up", row)
					}
				}
				// Hours of days that were rolled up since, and slices inside, come too late.
				late := slices.DeleteFunc(before, func(row burnlist.Rolled) bool {
					return !slices.ContainsFunc(after[row.Ledger-1].Rolled, func(o burnlist.Rolled) bool { return o.Width > row.Width && o.Start == row.Start-row.Start%day })
				})
				if err := l.RollUp(t.Context(), late); err != nil {
					r.Fatal(err)
				}
				var inside []burnlist.Slice
				for _, row := range rows {
					inside = append(inside, burnlist.Slice{Ledger: row.Ledger, Start: row.Start + 300, State: burnlist.SliceData, Total: 1000})
				}
				if err := l.PutSlices(t.Context(), inside); err != nil {
					r.Fatal(err)
				}
				if diff := cmp.Diff(after, [2]burnlist.Ledger{ledgerOf(r, s, 1), ledgerOf(r, s, 2)}); diff != "" {
					r.Fatalf("what came too late counts (-before +after):\n%s", diff)
				}
				before = rows
			}
		})
	})
}

func TestWhatIsRolledUpIsNeverSeenHalfDone(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		l := s.Ledgers(Lease{})
		var measured []burnlist.Slice
		for n := range int64(4 * 288) {
			measured = append(measured, burnlist.Slice{Ledger: 1, Start: someDay + n*300, State: burnlist.SliceData, Bad: float64(n % 3), Total: 3})
		}
		ok(t, l.PutSlices(t.Context(), measured))
		whole := ledgerOf(t, s, 1)
		want := rolledOf(whole, someDay, 4*day)
		ctx, stop := context.WithCancel(t.Context())
		var readers sync.WaitGroup
		for range 2 {
			readers.Go(func() {
				for ctx.Err() == nil {
					kept, err := s.Ledger(context.WithoutCancel(ctx), 1)
					if err != nil {
						t.Error(err)
						return
					}
					if got := rolledOf(kept, someDay, 4*day); got != want {
						t.Errorf("read %+v, want %+v", got, want)
						return
					}
				}
			})
		}
		for n := range int64(96) {
			ok(t, l.RollUp(t.Context(), []burnlist.Rolled{rolledOf(whole, someDay+n*hour, hour)}))
		}
		for n := range int64(4) {
			ok(t, l.RollUp(t.Context(), []burnlist.Rolled{rolledOf(whole, someDay+n*day, day)}))
		}
		stop()
		readers.Wait()
		// In the tables, as what is left over there would not be read.
		for table, want := range map[string]int{"slices": 0, "rolled": 4} {
			var rows int
			ok(t, s.reader.Raw("SELECT COUNT(*) FROM "+table).Scan(&rows).Error)
			if rows != want {
				t.Errorf("%s has %d rows, want %d", table, rows, want)
			}
		}
	})
}

func TestARollUpThatFailsTakesNothingAway(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		l := s.Ledgers(Lease{})
		ok(t, l.PutSlices(t.Context(), []burnlist.Slice{
			{Ledger: 1, Start: someDay, State: burnlist.SliceData, Total: 5}, {Ledger: 2, Start: someDay, State: burnlist.SliceData, Total: 5},
		}))
		rows := []burnlist.Rolled{{Ledger: 2, Start: someDay, Width: hour, Data: 300, Total: 5}, {Ledger: 99, Start: someDay, Width: hour}}
		before := ledgerOf(t, s, 2)
		refusedAs(t, l.RollUp(t.Context(), rows), burnlist.NotFound, "99")
		if diff := cmp.Diff(before, ledgerOf(t, s, 2)); diff != "" {
			t.Errorf("(-before +after):\n%s", diff)
		}
		// The parts before the one that fails are done, as a whole.
		for n := range int64(rowsPerStatement) {
			rows = append(rows, burnlist.Rolled{Ledger: 1, Start: someDay + n*hour, Width: hour, Data: 300, Total: 5})
		}
		refusedAs(t, l.RollUp(t.Context(), rows), burnlist.NotFound, "99")
		if kept := ledgerOf(t, s, 1); len(kept.Slices) != 0 || len(kept.Rolled) != rowsPerStatement {
			t.Errorf("ledger 1 keeps %d slices and %d hours", len(kept.Slices), len(kept.Rolled))
		}
		if diff := cmp.Diff(before, ledgerOf(t, s, 2)); diff != "" {
			t.Errorf("(-before +after):\n%s", diff)
		}
	})
}

func TestWhatIsNoHourOrDayIsNotRolledUp(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		good := burnlist.Rolled{Ledger: 1, Start: someDay, Width: hour, Data: 1800, Empty: 1800, Bad: 1, Total: 1, BadSlices: 1, Violations: 1, Corrections: 1}
		for name, spoil := range map[string]func(*burnlist.Rolled){
			"of another width":       func(r *burnlist.Rolled) { r.Width = 1800 },
			"of no width":            func(r *burnlist.Rolled) { r.Width = 0 },
			"off the grid":           func(r *burnlist.Rolled) { r.Start += 300 },
			"a day at one o'clock":   func(r *burnlist.Rolled) { r.Start, r.Width = someDay+hour, day },
			"longer than itself":     func(r *burnlist.Rolled) { r.Data++ },
			"negative data":          func(r *burnlist.Rolled) { r.Data = -1 },
			"negative empty":         func(r *burnlist.Rolled) { r.Empty = -1 },
			"more bad than all":      func(r *burnlist.Rolled) { r.Bad = 2 },
			"less than none":         func(r *burnlist.Rolled) { r.Bad = -1 },
			"not a number":           func(r *burnlist.Rolled) { r.Total = math.NaN() },
			"no end":                 func(r *burnlist.Rolled) { r.Total = math.Inf(1) },
			"negative bad slices":    func(r *burnlist.Rolled) { r.BadSlices = -1 },
			"negative violations":    func(r *burnlist.Rolled) { r.Violations = -1 },
			"negative corrections":   func(r *burnlist.Rolled) { r.Corrections = -1 },
			"good, of another's too": func(r *burnlist.Rolled) { r.Ledger, r.Width = 2, 60 },
		} {
			bad := good
			spoil(&bad)
			if code := burnlist.CodeOf(s.Ledgers(Lease{}).RollUp(t.Context(), []burnlist.Rolled{good, bad})); code != burnlist.Invalid {
				t.Errorf("%s: the code is %q", name, code)
			}
		}
		if kept := ledgerOf(t, s, 1); len(kept.Rolled) != 0 {
			t.Errorf("it keeps %+v", kept.Rolled)
		}
		ok(t, s.Ledgers(Lease{}).RollUp(t.Context(), []burnlist.Rolled{good}))
		if diff := cmp.Diff([]burnlist.Rolled{good}, ledgerOf(t, s, 1).Rolled); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if changes, err := s.Changes(t.Context(), 5, 0); err != nil || len(changes) != 0 {
			t.Errorf("rolling up made changes: %v, %v", changes, err)
		}
	})
}

func TestMarksOfReReadingAreReplaced(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		l := s.Ledgers(Lease{})
		ok(t, l.PutReread(t.Context(), nil))
		ok(t, l.PutReread(t.Context(), []burnlist.Reread{{Ledger: 2, After2h: 7200, After24h: 7200}, {Ledger: 1, After2h: 1}, {Ledger: 1, After2h: 1 << 40, After24h: 1 << 39}}))
		ok(t, l.PutReread(t.Context(), []burnlist.Reread{{Ledger: 2, After2h: 3600}}))
		for want, got := range map[burnlist.Reread]burnlist.Reread{
			{Ledger: 1, After2h: 1 << 40, After24h: 1 << 39}: ledgerOf(t, s, 1).Reread,
			{Ledger: 2, After2h: 3600}:                       ledgerOf(t, s, 2).Reread,
			{Ledger: 99}:                                     ledgerOf(t, s, 99).Reread,
		} {
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
		refusedAs(t, l.PutReread(t.Context(), []burnlist.Reread{{Ledger: 1}, {Ledger: 99}}), burnlist.NotFound, "99")
		refusedAs(t, l.PutReread(t.Context(), []burnlist.Reread{{Ledger: 1}, {Ledger: 2, After2h: 1, After24h: 2}}), burnlist.Invalid, "ledger 2")
		refusedAs(t, l.PutReread(t.Context(), []burnlist.Reread{{Ledger: 2, After2h: -1, After24h: -2}}), burnlist.Invalid)
		if got := ledgerOf(t, s, 1).Reread.After2h; got != 1<<40 {
			t.Errorf("what was refused was written: %d", got)
		}
	})
}

func TestWhatBeginsBeforeIsForgotten(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		l := s.Ledgers(Lease{})
		var measured []burnlist.Slice
		var rolled []burnlist.Rolled
		for n := range int64(slicesPerTransaction + 7) { // of which more than one part is old
			measured = append(measured, burnlist.Slice{Ledger: 1, Start: n * 300, State: burnlist.SliceData, Total: 1})
		}
		last := measured[len(measured)-1].Start
		measured = append(measured, burnlist.Slice{Ledger: 2, Start: 300}, burnlist.Slice{Ledger: 1, Start: last + 300}, burnlist.Slice{Ledger: 2, Start: last + 300})
		for _, start := range []int64{0, day, 30 * day} {
			rolled = append(rolled, burnlist.Rolled{Ledger: 2, Start: start, Width: day})
		}
		ok(t, l.PutSlices(t.Context(), measured))
		ok(t, l.RollUp(t.Context(), rolled))
		ok(t, l.Forget(t.Context(), last+1))
		ok(t, l.Forget(t.Context(), last+1))
		want := [2]burnlist.Ledger{
			{Slices: []burnlist.Slice{{Ledger: 1, Start: last + 300}}, Reread: burnlist.Reread{Ledger: 1}},
			{Slices: []burnlist.Slice{{Ledger: 2, Start: last + 300}}, Rolled: rolled[2:], Reread: burnlist.Reread{Ledger: 2}},
		}
		if diff := cmp.Diff(want, [2]burnlist.Ledger{ledgerOf(t, s, 1), ledgerOf(t, s, 2)}); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
