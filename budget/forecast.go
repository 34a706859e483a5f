package budget

import (
	"github.com/burnlist/burnlist"
)

// basis is what every share of a budget is computed with: what is known of the
// window, and what the rest of it is taken to be.
//
// The missing part is projected from the known part: total events for the time
// before the first data, total and bad ones for gaps after it.
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

// badIn returns the bad events in [from, to), Unix seconds, gaps after the first
// data filled with the mean of the window's known part.
func (b basis) badIn(from, to int64) float64 {
	s := b.ledger.between(float64(from), float64(to))
	gap := b.ledger.alive(float64(from), float64(to)) - s.known
	return s.bad + max(0, gap)*b.sums.bad/b.sums.known
}

// foresee fills in what the budget's way into the future says. On that way the
// pace adds pace ÷ window per second, and the slices leave the window in the
// order in which they came:
//
//	consumed(t) = bad(t − window, end) ÷ B + pace × (t − end) ÷ window
//
// which is linear between the instants at which a slice begins to leave. The
// time since the newest known slice went at the pace as well, if that is more
// than the mean: that data stopped coming does not make a budget last longer.
func (l *Ledger) foresee(f *burnlist.Figures, b basis, end, known int64) {
	pace := f.Pace.Or(0)
	start := end - int64(b.window)
	left := b.share(b.badIn(start, end)) // of what is in the window now
	blind := max(0, pace*float64(end-known)/b.window-b.share(b.badIn(max(known, start), end)))
	week := burnlist.SpanLengths[burnlist.Span7d].Seconds()
	highest := left + blind
	spent := left >= burnlist.SpentWhole
	step := float64(l.width)
	for t := int64(0); t < int64(b.window); t += l.width { // seconds from now
		leaving := b.share(b.badIn(start+t, start+t+l.width))
		before := left + blind + pace*float64(t)/b.window
		after := left - leaving + blind + pace*(float64(t)+step)/b.window
		if float64(t) < week {
			highest = max(highest, before+(after-before)*min(1, (week-float64(t))/step))
		}
		if !spent && f.ExhaustsAt == nil && max(before, after) >= burnlist.SpentWhole {
			cross := 0.0
			if before < burnlist.SpentWhole {
				cross = step * (burnlist.SpentWhole - before) / (after - before)
			}
			f.ExhaustsAt = instant(float64(end+t) + cross)
		}
		if spent && f.RecoversAt == nil && left-leaving < burnlist.SpentWhole {
			f.RecoversAt = instant(float64(end+t) + step*(left-burnlist.SpentWhole)/leaving)
		}
		left -= leaving
	}
	f.Forecast = burnlist.Known(highest)
}
