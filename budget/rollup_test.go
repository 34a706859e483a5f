package budget

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/burnlist/burnlist"
)

// rolledUp returns a ledger with the same slices and exclusions in which
// everything that may be is rolled up at an instant.
func (w world) rolledUp(at int64) *Ledger {
	l := NewLedger(burnlist.Duration(width * time.Second))
	l.Put(w.ledger.Slices())
	l.Exclude(w.out)
	l.PutRolled(l.RollUp(at, at))
	return l
}

// TestRollingUpChangesNoFigure rolls a ledger up some days later than its
// figures are taken, so that hours are rolled up that they are made of. Edges
// of the window and of spans on the hour cut no row: only the forecast and the
// burn-down look at the inside of an hour.
func TestRollingUpChangesNoFigure(t *testing.T) {
	rolled := 0
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for start := range w.slices { // a known end on the hour
			if start >= w.at-3600 {
				w.slices[start] = burnlist.Slice{Start: start, State: burnlist.SliceData, Total: 10}
				w.ledger.Put([]burnlist.Slice{w.slices[start]})
			}
		}
		l := w.rolledUp(w.at + int64(rapid.IntRange(0, 7).Draw(t, "days later"))*86400)
		rolled += len(l.Rolled())
		at := time.Unix(w.at, 0)
		got, want := l.Figures(w.slo, at), w.ledger.Figures(w.slo, at)
		if want.KnownUntil != nil && want.KnownUntil.Unix()%3600 != 0 {
			return // spans cut hours
		}
		for i := range burnlist.Span1h { // shorter than an hour
			got.Burn[i], got.Spent[i], got.Speed[i] = want.Burn[i], want.Spent[i], want.Speed[i]
		}
		got.FastBurn, got.BurnDown = want.FastBurn, want.BurnDown
		limit := 0.0 // what an hour can hold
		for _, r := range l.Rolled() {
			limit = max(limit, r.Bad)
		}
		limit /= want.Budget.Or(math.Inf(1))
		if d := math.Abs(got.Forecast.Or(0) - want.Forecast.Or(0)); d > limit+1e-9 {
			t.Fatalf("forecast %v, want %v within %v", got.Forecast, want.Forecast, limit)
		}
		got.Forecast, got.ExhaustsAt, got.RecoversAt = want.Forecast, want.ExhaustsAt, want.RecoversAt
		if w.at%86400 != 0 {
			t.Fatal("the days of the path cut hours")
		}
		values := cmp.Comparer(func(a, b burnlist.Value) bool { return alike(a.Or(-1), b.Or(-1)) })
		if diff := cmp.Diff(want, got, values, cmp.Comparer(alike)); diff != "" {
			t.Fatalf("figures before and after (-before +after):\n%s", diff)
		}
	})
	if rolled == 0 {
		t.Error("no hour was rolled up: the draw shows nothing")
	}
}

func alike(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(b)) }

// TestRollingUpKeepsEverySum rolls up hours, and a hundred days later days.
func TestRollingUpKeepsEverySum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.out = nil
		w.ledger.Exclude(nil)
		l := w.rolledUp(w.at + 4*86400)
		hours := len(l.Rolled())
		want := w.ledger.between(0, float64(w.at))
		if got := l.between(0, float64(w.at)); !alike(got.bad, want.bad) || !alike(got.total, want.total) || got.known != want.known {
			t.Fatalf("in hours: %+v, want %+v", got, want)
		}
		days := l.RollUp(w.at+100*86400, w.at+100*86400)
		l.PutRolled(days)
		if got := l.between(0, float64(w.at)); !alike(got.bad, want.bad) || !alike(got.total, want.total) || got.known != want.known {
			t.Fatalf("in days: %+v, want %+v", got, want)
		}
		if want.known > 4*86400 && (len(days) == 0 || len(l.Rolled()) >= hours && hours > 24) {
			t.Fatalf("%d hours became %d rows by rolling up %d days", hours, len(l.Rolled()), len(days))
		}
		if again := l.RollUp(w.at+100*86400, w.at+100*86400); len(again) > 0 {
			t.Fatalf("%d rows are to be rolled up once more", len(again))
		}
	})
}

func full(from, to int64) []burnlist.Slice {
	var all []burnlist.Slice
	for start := from; start < to; start += width {
		all = append(all, burnlist.Slice{Start: start, State: burnlist.SliceData, Total: 10, Bad: 1})
	}
	return all
}

func TestAnHourStaysInSlices(t *testing.T) {
	const at = 1_800_000_000 / 86400 * 86400
	old := int64(at - 5*86400)
	exclude := func(from, to int64) func(*Ledger) {
		return func(l *Ledger) {
			l.Exclude([]*burnlist.Exclusion{{Start: time.Unix(from, 0), End: time.Unix(to, 0)}})
		}
	}
	for name, c := range map[string]struct {
		slices  []burnlist.Slice
		change  func(*Ledger)
		settled int64
		want    int
	}{
		"not, when it is old and complete":           {full(old, old+3600), nil, at, 1},
		"while a slice is missing":                   {full(old, old+3300), nil, at, 0},
		"while it is to be read again":               {full(old, old+3600), nil, old + 3300, 0},
		"for three days and an hour":                 {full(at-3*86400-7200, at-3*86400), nil, at, 1},
		"if the first data came within it":           {append([]burnlist.Slice{{Start: old, State: burnlist.SliceEmpty}}, full(old+300, old+3600)...), nil, at, 0},
		"while an exclusion begins within it":        {full(old, old+3600), exclude(old+600, old+7200), at, 0},
		"while an exclusion ends within it":          {full(old, old+3600), exclude(old-600, old+900), at, 0},
		"not, if an exclusion takes all of it":       {full(old, old+3600), exclude(old-600, old+3600), at, 1},
		"not, if nothing of it is known":             {[]burnlist.Slice{}, func(l *Ledger) { l.Put(dead(old)) }, at, 1},
		"not, if only the source's death is in part": {append(full(old-3600, old), dead(old)...), nil, at, 2},
	} {
		t.Run(name, func(t *testing.T) {
			l := NewLedger(burnlist.Duration(width * time.Second))
			l.Put(c.slices)
			if c.change != nil {
				c.change(l)
			}
			if got := l.RollUp(at, c.settled); len(got) != c.want {
				t.Errorf("%d hours are rolled up, want %d: %+v", len(got), c.want, got)
			}
		})
	}
}

func dead(from int64) []burnlist.Slice {
	all := full(from, from+3600)
	for i := range all {
		all[i] = burnlist.Slice{Start: all[i].Start, State: burnlist.SliceDead}
	}
	return all
}

func TestARolledHourIsNotOverwrittenBySlices(t *testing.T) {
	l := NewLedger(burnlist.Duration(width * time.Second))
	hour := burnlist.Rolled{Start: 7200, Width: 3600, Data: 3000, Empty: 300, Bad: 2, Total: 20, BadSlices: 1, Violations: 1}
	l.PutRolled([]burnlist.Rolled{hour})
	l.Put(full(6900, 11100))
	if diff := cmp.Diff([]burnlist.Rolled{hour}, l.Rolled()); diff != "" {
		t.Errorf("rolled (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]burnlist.Slice{full(6900, 7200)[0], full(10800, 11100)[0]}, l.Slices()); diff != "" {
		t.Errorf("slices (-want +got):\n%s", diff)
	}
	if missing := l.Missing(6900, 11100); len(missing) > 0 {
		t.Errorf("missing %v, want nothing", missing)
	}
}

func TestAnExclusionTakesWholeRolledHours(t *testing.T) {
	l := NewLedger(burnlist.Duration(width * time.Second))
	l.PutRolled([]burnlist.Rolled{{Start: 0, Width: 3600, Data: 3600, Bad: 2, Total: 20}, {Start: 3600, Width: 3600, Data: 3600, Bad: 3, Total: 30}})
	l.Exclude([]*burnlist.Exclusion{{Start: time.Unix(4000, 0), End: time.Unix(4001, 0)}})
	if got, want := l.between(0, 7200), (sums{bad: 2, total: 20, known: 3600}); got != want {
		t.Errorf("what is left is %+v, want %+v", got, want)
	}
	if got := l.excludedSeconds(0, 7200); got != 3600 {
		t.Errorf("%v s are excluded, want 3600", got)
	}
	l.Exclude(nil)
	if got, want := l.between(0, 7200), (sums{bad: 5, total: 50, known: 7200}); got != want {
		t.Errorf("taken back, it is %+v, want %+v", got, want)
	}
}

func TestADayStaysInHoursWhileAnExclusionCutsIt(t *testing.T) {
	const at = 1_800_000_000 / 86400 * 86400
	old := int64(at - 120*86400)
	l := NewLedger(burnlist.Duration(width * time.Second))
	l.Put(full(old, old+2*86400))
	l.Exclude([]*burnlist.Exclusion{{Start: time.Unix(old+600, 0), End: time.Unix(old+900, 0)}})
	l.PutRolled(l.RollUp(at-100*86400, at))
	days := l.RollUp(at, at)
	if len(days) != 1 || days[0].Start != old+86400 || days[0].Width != burnlist.DayWidth {
		t.Errorf("rolled up are %+v, want the second day alone", days)
	}
	if got := l.excludedSeconds(float64(old), float64(old+86400)); got != 300 {
		t.Errorf("%v s are excluded, want the one slice of 300 s", got)
	}
}

func TestALedgerFullOfViolationsIsImplausible(t *testing.T) {
	const at = 1_800_000_000 / 86400 * 86400
	slo := burnlist.SLO{Name: "checkout", Objective: 0.99, Window: burnlist.Duration(burnlist.Day)}
	for n, want := range map[int]bool{0: false, 144: false, 145: true, 288: true} {
		l := NewLedger(burnlist.Duration(width * time.Second))
		all := full(at-86400, at)
		for i := range n {
			all[i].Violated = true
		}
		l.Put(all)
		if f := l.Figures(slo, time.Unix(at, 0)); f.Implausible != want || f.Violations != n {
			t.Errorf("with %d of 288 slices violated: implausible is %v with %d violations, want %v", n, f.Implausible, f.Violations, want)
		}
	}
}
