package budget

import (
	"github.com/burnlist/burnlist"
)

// basis is what every share of a budget is computed with: what is known of the
// window, and what the rest of it is taken to be.
//
// The missing part is projected from the known part: total events for the time
// before the first data and for what is excluded, total and bad ones for gaps.
type basis struct {
	ledger *Ledger
	window float64 // seconds
	sums   sums    // known in the window
	budget float64 // B, in events: projected total in the window × (1 − objective)
}

// basis looks at the window that ends at end, in Unix seconds.
func (l *Ledger) basis(slo burnlist.SLO, end int64) basis {
	b := basis{ledger: l, window: slo.Window.Std().Seconds()}
	b.sums = l.between(float64(end)-b.window, float64(end))
	if b.sums.known > 0 {
		b.budget = b.sums.total / b.sums.known * b.window * (1 - slo.Objective)
	}
	return b
}

// share returns bad events as a share of the budget. Without traffic there is
// no budget, and nothing bad.
func (b basis) share(bad float64) float64 {
	if bad == 0 {
		return 0
	}
	return bad / b.budget
}

// mean returns the bad events of so many seconds of a gap: as many as there
// are in the known part of the window.
func (b basis) mean(seconds float64) float64 { return seconds * b.sums.bad / b.sums.known }

// badIn returns the bad events in [from, to), Unix seconds, gaps filled in.
func (b basis) badIn(from, to int64) float64 {
	s := b.ledger.between(float64(from), float64(to))
	return s.bad + b.mean(b.ledger.gap(float64(from), float64(to), s.known))
}

// leaving calls visit for consecutive parts of [from, to), in order, in each of
// which bad events are spread evenly, with their number. The interval lies
// within the window.
func (b basis) leaving(from, to int64, visit func(r Range, bad float64)) {
	l := b.ledger
	l.index()
	excluded := l.excluded
	for i := l.search(from); from < to; {
		next := to
		inside := i < len(l.rows) && l.rows[i].start <= from
		switch {
		case inside:
			next = min(next, l.rows[i].end())
		case i < len(l.rows):
			next = min(next, l.rows[i].start)
		}
		if from < l.data {
			next = min(next, l.data)
		}
		for len(excluded) > 0 && excluded[0].To <= from {
			excluded = excluded[1:]
		}
		out := len(excluded) > 0 && excluded[0].From <= from
		switch {
		case out:
			next = min(next, excluded[0].To)
		case len(excluded) > 0:
			next = min(next, excluded[0].From)
		}
		length, bad := float64(next-from), 0.0
		switch {
		case out || from < l.data:
		case inside:
			r := l.rows[i]
			part := length / float64(r.width)
			bad = part*r.bad + b.mean(part*float64(r.width-r.data-r.empty))
		default:
			bad = b.mean(length)
		}
		visit(Range{from, next}, bad)
		if from = next; inside && from == l.rows[i].end() {
			i++
		}
	}
}

// pathDays is how many days of the way ahead are told.
const pathDays = 7

// foresee fills in what the budget's way into the future says. On that way the
// pace adds pace ÷ window per second, and what is in the window leaves it in
// the order in which it came:
//
//	consumed(t) = bad(t − window, end) ÷ B + pace × (t − end) ÷ window
//
// which is linear between the instants at which a row begins to leave. The
// time since the newest known slice went at the pace as well, if that is more
// than the mean: that data stopped coming does not make a budget last longer.
func (l *Ledger) foresee(f *burnlist.Figures, b basis, end, known int64) {
	pace := f.Pace.Or(0)
	start := end - int64(b.window)
	left := b.share(b.badIn(start, end)) // of what is in the window now
	blind := max(0, pace*float64(end-known)/b.window-b.share(b.badIn(max(known, start), end)))
	highest := left + blind
	spent := left >= burnlist.SpentWhole
	b.leaving(start, end, func(r Range, bad float64) {
		leaving := b.share(bad)
		from, to := r.From-start, r.To-start // seconds from now
		step := float64(to - from)
		before := left + blind + pace*float64(from)/b.window
		after := left - leaving + blind + pace*float64(to)/b.window
		at := func(t int64) float64 { return before + (after-before)*float64(t-from)/step }
		if from < pathDays*day {
			highest = max(highest, at(min(to, pathDays*day)))
		}
		for t := (int64(len(f.Path)) + 1) * day; len(f.Path) < pathDays && t <= to; t += day {
			f.Path = append(f.Path, at(t))
		}
		if !spent && f.ExhaustsAt == nil && max(before, after) >= burnlist.SpentWhole {
			cross := 0.0
			if before < burnlist.SpentWhole {
				cross = step * (burnlist.SpentWhole - before) / (after - before)
			}
			f.ExhaustsAt = instant(float64(end+from) + cross)
		}
		if spent && f.RecoversAt == nil && left-leaving < burnlist.SpentWhole {
			f.RecoversAt = instant(float64(end+from) + step*(left-burnlist.SpentWhole)/leaving)
		}
		left -= leaving
	})
	for len(f.Path) < pathDays { // of a window that is shorter, all that was in it has left
		f.Path = append(f.Path, blind+pace*min(1, float64(len(f.Path)+1)*float64(day)/b.window))
	}
	f.Forecast = burnlist.Known(highest)
}
