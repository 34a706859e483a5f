// Package budget turns indicators into slices, slices into a ledger and the
// ledger into figures. It decides what is asked of Prometheus and what an
// answer means; what the figures mean for anybody is the policy's to say, in
// the root package.
//
// A Collector does so for all SLOs and keeps the slices in a store. It collects
// for as long as the store takes what it writes, under whoever's lease that is.
// A probe and a preview ask a source about an SLO that there need not be yet,
// and store nothing.
//
// The package knows no database beyond the calls of Ledgers, and no HTTP but
// Prometheus'. Previews and points of a history carry the JSON names and the
// descriptions under which the API shows them as they are.
package budget

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/burnlist/burnlist"
)

// Ledger is everything that is known of one SLO over time: slices, and the
// hours and days that older ones were rolled up into. Every figure is computed
// from it: any interval is two look-ups on prefix sums. A Ledger is not safe
// for concurrent use.
type Ledger struct {
	width      int64 // of a slice, in seconds
	rows       []row // in order of time, without overlap
	exclusions []Range
	indexed    bool // what follows is up to date

	data     int64   // Unix second at which the first row with data starts, noData if there is none
	excluded []Range // in order, apart from each other, none of them cuts a row
	sums     []sums  // sums[i] is over rows[:i], without what is excluded
	whole    []sums  // the same with it
}

const noData = math.MaxInt64

// row is a slice, or the sum of many. Its width tells which.
type row struct {
	start, width int64
	data, empty  int64 // seconds; what is left of the width is unknown
	bad, total   float64
	badSlices    int
	violations   int
	corrections  int
}

func (r row) end() int64 { return r.start + r.width }

// sums is what is known of an interval.
type sums struct {
	bad, total              float64 // events
	known                   float64 // seconds
	violations, corrections int     // slices
}

func (s sums) plus(o sums) sums {
	return sums{s.bad + o.bad, s.total + o.total, s.known + o.known, s.violations + o.violations, s.corrections + o.corrections}
}

func (s sums) minus(o sums) sums {
	return sums{s.bad - o.bad, s.total - o.total, s.known - o.known, s.violations - o.violations, s.corrections - o.corrections}
}

// Range is an interval of Unix seconds on the slice grid: From ≤ t < To.
type Range struct{ From, To int64 }

// NewLedger returns an empty ledger of slices of the given width.
func NewLedger(width burnlist.Duration) *Ledger {
	return &Ledger{width: seconds(width), data: noData}
}

// Load inserts everything that is kept of a ledger.
func (l *Ledger) Load(kept burnlist.Ledger) {
	l.PutRolled(kept.Rolled)
	l.Put(kept.Slices)
}

// Put inserts slices, or replaces those that start at the same time, in any
// order. A slice inside something that was rolled up is passed over.
func (l *Ledger) Put(measured []burnlist.Slice) {
	rows := make([]row, len(measured))
	for i, s := range measured {
		rows[i] = row{start: s.Start, width: l.width, bad: s.Bad, total: s.Total, violations: one(s.Violated), corrections: one(s.Corrected)}
		switch s.State {
		case burnlist.SliceData:
			rows[i].data, rows[i].badSlices = l.width, one(s.Bad > 0)
		case burnlist.SliceEmpty:
			rows[i].empty, rows[i].badSlices = l.width, one(s.Bad > 0)
		case burnlist.SliceDead:
		}
	}
	l.merge(rows)
}

// PutRolled inserts hours and days. Each replaces all that lies in it, but for
// something wider.
func (l *Ledger) PutRolled(rolled []burnlist.Rolled) {
	rows := make([]row, len(rolled))
	for i, r := range rolled {
		rows[i] = row{
			start: r.Start, width: r.Width, data: r.Data, empty: r.Empty, bad: r.Bad, total: r.Total,
			badSlices: r.BadSlices, violations: r.Violations, corrections: r.Corrections,
		}
	}
	l.merge(rows)
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// merge brings rows into the ledger. Of rows that overlap the wider one stays,
// and of two for the same time the one that came later.
func (l *Ledger) merge(rows []row) {
	if len(rows) == 0 {
		return
	}
	l.indexed = false
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.start, b.start) })
	first := l.search(rows[0].start - day) // nothing wider than a day reaches further
	old := l.rows[first:]
	merged := make([]row, 0, len(old)+len(rows))
	add := func(r row) {
		for len(merged) > 0 && merged[len(merged)-1].end() > r.start {
			if merged[len(merged)-1].width > r.width {
				return
			}
			merged = merged[:len(merged)-1]
		}
		merged = append(merged, r)
	}
	for _, r := range rows {
		for len(old) > 0 && old[0].start <= r.start {
			add(old[0])
			old = old[1:]
		}
		add(r)
	}
	for len(old) > 0 {
		add(old[0])
		old = old[1:]
	}
	l.rows = append(l.rows[:first], merged...)
}

// search returns the index of the first row that ends after the instant t.
func (l *Ledger) search(t int64) int {
	return sort.Search(len(l.rows), func(i int) bool { return l.rows[i].end() > t })
}

// Missing returns the intervals in [from, to) that were never asked for, in
// order. Both ends lie on the grid.
func (l *Ledger) Missing(from, to int64) []Range {
	var missing []Range
	for i := l.search(from); i < len(l.rows) && l.rows[i].start < to; i++ {
		if r := l.rows[i]; r.start > from {
			missing = append(missing, Range{from, r.start})
		}
		from = l.rows[i].end()
	}
	if from < to {
		missing = append(missing, Range{from, to})
	}
	return missing
}

// Forget drops what starts before an instant, in Unix seconds.
func (l *Ledger) Forget(before int64) {
	n := sort.Search(len(l.rows), func(i int) bool { return l.rows[i].start >= before })
	if n > 0 {
		l.rows, l.indexed = slices.Delete(l.rows, 0, n), false
	}
}

// counts reports whether what is empty in a row counts as known: from the
// first data on. A service scaled to zero is not a young one.
func (l *Ledger) counts(r row) bool { return r.start >= l.data }

// index builds the prefix sums.
func (l *Ledger) index() {
	if l.indexed {
		return
	}
	l.indexed, l.data = true, noData
	if i := slices.IndexFunc(l.rows, func(r row) bool { return r.data > 0 }); i >= 0 {
		l.data = l.rows[i].start
	}
	l.excluded = l.excludedRanges()
	l.whole = append(l.whole[:0], sums{})
	l.sums = l.whole
	if len(l.excluded) > 0 {
		l.sums = []sums{{}}
	}
	out := l.excluded
	for i, r := range l.rows {
		var s sums
		if l.counts(r) {
			s = sums{r.bad, r.total, float64(r.data + r.empty), r.violations, r.corrections}
		}
		l.whole = append(l.whole, l.whole[i].plus(s))
		if len(l.excluded) == 0 {
			continue
		}
		for len(out) > 0 && out[0].To <= r.start {
			out = out[1:]
		}
		if len(out) > 0 && out[0].From <= r.start {
			s = sums{}
		}
		l.sums = append(l.sums, l.sums[i].plus(s))
	}
	if len(l.excluded) == 0 {
		l.sums = l.whole
	}
}

// until returns the part of prefix sums that lies before the instant t, in Unix
// seconds. A row that t cuts counts in proportion.
func (l *Ledger) until(prefix []sums, t float64) sums {
	i := sort.Search(len(l.rows), func(i int) bool { return float64(l.rows[i].end()) > t })
	s := prefix[i]
	if i == len(l.rows) || t <= float64(l.rows[i].start) {
		return s
	}
	part := (t - float64(l.rows[i].start)) / float64(l.rows[i].width)
	next := prefix[i+1].minus(s)
	s.bad += part * next.bad
	s.total += part * next.total
	s.known += part * next.known
	return s
}

// between returns what is known of the interval [from, to), in Unix seconds,
// without what is excluded.
func (l *Ledger) between(from, to float64) sums {
	l.index()
	return l.until(l.sums, to).minus(l.until(l.sums, from))
}

// newestKnown returns the end of the newest row with something known that ends
// by at, excluded or not, in Unix seconds, and whether there is one.
func (l *Ledger) newestKnown(at int64) (int64, bool) {
	l.index()
	for i := l.search(at); i >= 0; i-- {
		if i < len(l.rows) && l.rows[i].end() <= at && l.counts(l.rows[i]) && l.rows[i].data+l.rows[i].empty > 0 {
			return l.rows[i].end(), true
		}
	}
	return 0, false
}

// dead reports whether the source was not alive in the slice that ends at at.
func (l *Ledger) dead(at int64) bool {
	i := l.search(at - 1)
	return i < len(l.rows) && l.rows[i].end() == at && l.rows[i].data+l.rows[i].empty == 0
}

// Slices returns all slices of the ledger that were asked for and not rolled
// up, in order. Their Ledger field is not set.
func (l *Ledger) Slices() []burnlist.Slice {
	var all []burnlist.Slice
	for _, r := range l.rows {
		if r.width == l.width {
			s := burnlist.Slice{Start: r.start, Bad: r.bad, Total: r.total, Violated: r.violations > 0, Corrected: r.corrections > 0}
			switch {
			case r.data > 0:
				s.State = burnlist.SliceData
			case r.empty > 0:
				s.State = burnlist.SliceEmpty
			}
			all = append(all, s)
		}
	}
	return all
}
