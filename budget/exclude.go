package budget

import (
	"cmp"
	"slices"

	"github.com/burnlist/burnlist"
)

// Exclude makes the exclusions those that count.
func (l *Ledger) Exclude(all []*burnlist.Exclusion) {
	l.indexed, l.exclusions = false, nil
	for _, e := range all {
		if r := l.toSlices(e); r.From < r.To {
			l.exclusions = append(l.exclusions, r)
		}
	}
}

// Rounded returns what an exclusion takes out: all slices that it touches, and
// where there are hours or days instead, all of these. Coarser says that it is
// more than its slices.
func (l *Ledger) Rounded(e *burnlist.Exclusion) (r Range, coarser bool) {
	exact := l.toSlices(e)
	r = l.toRows(exact)
	return r, r != exact
}

// Known returns what is known of an interval and not excluded: bad and total
// events, and for how many seconds.
func (l *Ledger) Known(r Range) (bad, total, seconds float64) {
	s := l.between(float64(r.From), float64(r.To))
	return s.bad, s.total, s.known
}

// toSlices rounds an exclusion outward to slices.
func (l *Ledger) toSlices(e *burnlist.Exclusion) Range {
	from, to := e.Start.Unix(), e.End.Unix()
	if e.End.Nanosecond() > 0 {
		to++
	}
	return Range{from / l.width * l.width, (to + l.width - 1) / l.width * l.width}
}

// toRows grows a range to the rows that it would cut.
func (l *Ledger) toRows(r Range) Range {
	grown := r
	if i := l.search(r.From); i < len(l.rows) {
		grown.From = min(r.From, l.rows[i].start)
	}
	if i := l.search(r.To - 1); i < len(l.rows) && l.rows[i].start < r.To {
		grown.To = max(r.To, l.rows[i].end())
	}
	return grown
}

// excludedRanges returns the exclusions in order, grown to the rows that they
// would cut, and put together where they touch.
func (l *Ledger) excludedRanges() []Range {
	var all []Range
	for _, e := range l.exclusions {
		all = append(all, l.toRows(e))
	}
	slices.SortFunc(all, func(a, b Range) int { return cmp.Compare(a.From, b.From) })
	apart := all[:0]
	for _, e := range all {
		if n := len(apart); n > 0 && e.From <= apart[n-1].To {
			apart[n-1].To = max(apart[n-1].To, e.To)
			continue
		}
		apart = append(apart, e)
	}
	return apart
}

// excludedSeconds returns the seconds of [from, to) that are excluded.
func (l *Ledger) excludedSeconds(from, to float64) float64 {
	l.index()
	n := 0.0
	for _, e := range l.excluded {
		n += max(0, min(to, float64(e.To))-max(from, float64(e.From)))
	}
	return n
}
