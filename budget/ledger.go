// Package budget turns indicators into slices, slices into a ledger and the
// ledger into figures. It decides what is asked of Prometheus and what an
// answer means; what the figures mean for anybody is the policy's to say, in
// the root package. It knows no database beyond the few calls it makes, and no
// HTTP but Prometheus'.
package budget

import (
	"math"
	"time"

	"github.com/burnlist/burnlist"
)

// Ledger is all slices of one SLO. Every figure is computed from it: any
// interval is two look-ups on prefix sums. A Ledger is not safe for concurrent
// use.
type Ledger struct {
	width int64 // seconds
	first int64 // index of rows[0]; a slice's index is its start ÷ width
	rows  []row
	sums  []sums // sums[i] is over rows[:i]; nil when rows have changed since
	data  int64  // Unix second at which the first slice with data starts; valid with sums, noData if there is none
}

const noData = math.MaxInt64

// row is one slice. Asked tells a slice that was never asked for from one of
// which the source said nothing.
type row struct {
	asked      bool
	state      burnlist.SliceState
	bad, total float64
}

// sums is what is known of an interval.
type sums struct {
	bad, total float64 // events
	known      float64 // seconds
}

func (s sums) minus(o sums) sums { return sums{s.bad - o.bad, s.total - o.total, s.known - o.known} }

// Range is an interval of Unix seconds on the slice grid: From ≤ t < To.
type Range struct{ From, To int64 }

// NewLedger returns an empty ledger of slices of the given width.
func NewLedger(width burnlist.Duration) *Ledger {
	return &Ledger{width: int64(width.Std() / time.Second)}
}

// Put inserts slices, or replaces those that start at the same time, in any
// order.
func (l *Ledger) Put(slices []burnlist.Slice) {
	for _, s := range slices {
		i := s.Start / l.width
		switch n := int64(len(l.rows)); {
		case n == 0:
			l.first, l.rows = i, make([]row, 1)
		case i < l.first:
			l.rows = append(make([]row, l.first-i, l.first-i+n), l.rows...)
			l.first = i
		case i >= l.first+n:
			l.rows = append(l.rows, make([]row, i-l.first-n+1)...)
		}
		l.rows[i-l.first] = row{asked: true, state: s.State, bad: s.Bad, total: s.Total}
		l.sums = nil
	}
}

// Missing returns the intervals in [from, to) that were never asked for, in
// order. Both ends lie on the grid.
func (l *Ledger) Missing(from, to int64) []Range {
	var missing []Range
	for start := from; start < to; start += l.width {
		i := start/l.width - l.first
		if i >= 0 && i < int64(len(l.rows)) && l.rows[i].asked {
			continue
		}
		if n := len(missing); n > 0 && missing[n-1].To == start {
			missing[n-1].To = start + l.width
		} else {
			missing = append(missing, Range{start, start + l.width})
		}
	}
	return missing
}

// known reports whether a row counts: with data always, empty only after the
// first data. A service scaled to zero is not a young one.
func (l *Ledger) known(i int) bool {
	r := l.rows[i]
	return r.asked && (r.state == burnlist.SliceData ||
		r.state == burnlist.SliceEmpty && (l.first+int64(i))*l.width > l.data)
}

// index builds the prefix sums.
func (l *Ledger) index() {
	if l.sums != nil {
		return
	}
	l.data = noData
	for i, r := range l.rows {
		if r.asked && r.state == burnlist.SliceData {
			l.data = (l.first + int64(i)) * l.width
			break
		}
	}
	l.sums = make([]sums, len(l.rows)+1)
	var s sums
	for i, r := range l.rows {
		if l.known(i) {
			s.known += float64(l.width)
			s.bad += r.bad
			s.total += r.total
		}
		l.sums[i+1] = s
	}
}

// until returns what is known before the instant t, in Unix seconds. A slice
// that t cuts counts in proportion.
func (l *Ledger) until(t float64) sums {
	pos := t/float64(l.width) - float64(l.first)
	if pos <= 0 || len(l.rows) == 0 {
		return sums{}
	}
	if pos >= float64(len(l.rows)) {
		return l.sums[len(l.rows)]
	}
	i := int(pos)
	part := pos - float64(i)
	s := l.sums[i]
	if part > 0 {
		next := l.sums[i+1].minus(s)
		s.bad += part * next.bad
		s.total += part * next.total
		s.known += part * next.known
	}
	return s
}

// between returns what is known of the interval [from, to), in Unix seconds.
func (l *Ledger) between(from, to float64) sums {
	l.index()
	return l.until(to).minus(l.until(from))
}

// newestKnown returns the end of the newest known slice that ends by at, in
// Unix seconds, and whether there is one.
func (l *Ledger) newestKnown(at int64) (int64, bool) {
	l.index()
	for i := min(at/l.width-l.first, int64(len(l.rows))) - 1; i >= 0; i-- {
		if l.known(int(i)) {
			return (l.first + i + 1) * l.width, true
		}
	}
	return 0, false
}

// dead reports whether the source was not alive in the slice that ends at at.
func (l *Ledger) dead(at int64) bool {
	i := at/l.width - 1 - l.first
	return i >= 0 && i < int64(len(l.rows)) && l.rows[i].asked && l.rows[i].state == burnlist.SliceDead
}

// Slices returns all slices of the ledger that were asked for, in order. Their
// Ledger field is not set.
func (l *Ledger) Slices() []burnlist.Slice {
	var all []burnlist.Slice
	for i, r := range l.rows {
		if r.asked {
			all = append(all, burnlist.Slice{Start: (l.first + int64(i)) * l.width, State: r.state, Bad: r.bad, Total: r.total})
		}
	}
	return all
}
