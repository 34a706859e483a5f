package bench

import (
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/store"
)

// BenchmarkLedger measures how large ledgers become: after a backfill over 30
// days, and after 13 months, when as much is forgotten as comes. An operation is
// the figures of one SLO.
func BenchmarkLedger(b *testing.B) {
	for name, kept := range map[string]time.Duration{"30d": 30 * burnlist.Day, "13mo": burnlist.RetainedHistory} {
		b.Run("kept="+name, func(b *testing.B) {
			const slos = 200
			now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
			address := "sqlite:" + filepath.Join(b.TempDir(), "burnlist.db")
			s := settle(b, address, now, slosOf(slos))
			rows := fill(b, s, now, kept)
			w, err := s.World(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			before := heap()
			ledgers := make(map[string]*budget.Ledger, slos)
			for name, o := range w.SLOs {
				k, err := s.Ledger(b.Context(), o.Ledger)
				if err != nil {
					b.Fatal(err)
				}
				ledgers[name] = budget.NewLedger(o.Slice)
				ledgers[name].Load(k)
				ledgers[name].Figures(*o, now) // which makes an index
			}
			held := heap() - before
			names := make([]string, 0, slos)
			for name := range ledgers {
				names = append(names, name)
			}
			for i := 0; b.Loop(); i++ {
				o := w.SLOs[names[i%slos]]
				ledgers[o.Name].Figures(*o, now)
			}
			b.ReportMetric(float64(rows)/slos, "rows/slo")
			b.ReportMetric(float64(held)/slos, "heap-bytes/slo")
			b.ReportMetric(float64(size(b, address, "slices", "rolled"))/slos, "sqlite-bytes/slo")
		})
	}
}

// fill puts into each ledger what is kept of it, and returns the number of rows.
func fill(b *testing.B, s *store.Store, now time.Time, kept time.Duration) int {
	b.Helper()
	w, err := s.World(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	ledgers := s.Ledgers(store.Lease{})
	rng := rand.New(rand.NewPCG(1, 2))
	count := func(width int64) (bad, total float64) {
		total = float64(width * (50 + rng.Int64N(50)))
		return float64(rng.Int64N(int64(total / 500))), total
	}
	const hour, day = 3600, 86400
	sliceFrom := now.Add(-3*burnlist.Day).Unix() / hour * hour
	hourFrom := now.Add(-97*burnlist.Day).Unix() / day * day
	oldest := now.Add(-kept).Unix()
	rows := 0
	for _, o := range w.SLOs {
		var slices []burnlist.Slice
		var rolled []burnlist.Rolled
		for t := sliceFrom; t < now.Unix(); t += 300 {
			bad, total := count(300)
			slices = append(slices, burnlist.Slice{Ledger: o.Ledger, Start: t, State: burnlist.SliceData, Bad: bad, Total: total})
		}
		for t := max(hourFrom, oldest); t < sliceFrom; t += hour {
			bad, total := count(hour)
			rolled = append(rolled, burnlist.Rolled{Ledger: o.Ledger, Start: t, Width: hour, Data: hour, Bad: bad, Total: total, BadSlices: 12})
		}
		for t := oldest / day * day; t < hourFrom; t += day {
			bad, total := count(day)
			rolled = append(rolled, burnlist.Rolled{Ledger: o.Ledger, Start: t, Width: day, Data: day, Bad: bad, Total: total, BadSlices: 288})
		}
		if err := ledgers.PutSlices(b.Context(), slices); err != nil {
			b.Fatal(err)
		}
		if err := ledgers.RollUp(b.Context(), rolled); err != nil {
			b.Fatal(err)
		}
		rows += len(slices) + len(rolled)
	}
	return rows
}

// heap returns the bytes that are in use.
func heap() int64 {
	runtime.GC()
	runtime.GC() // the first may leave what has a finalizer
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
