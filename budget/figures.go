package budget

import (
	"time"

	"github.com/burnlist/burnlist"
)

// burnDownParts is into how many parts a burn-down divides the window.
const burnDownParts = 30

// Figures computes what the ledger says at the instant at, which lies on the
// slice grid. Slices that end later do not count. SLO gives the objective and
// the window. What the ledger does not know stays unknown.
//
// The window ends at at. The spans end where knowledge ends: when data stops
// coming, burn and pace are held rather than diluted by time of which nothing
// is known. The pace looks no further back than the window: what has left it
// burdens the budget no more.
func (l *Ledger) Figures(slo burnlist.SLO, at time.Time) burnlist.Figures {
	end := at.Unix()
	f := burnlist.Figures{
		SLO: slo.Name, Ledger: slo.Ledger, Objective: slo.Objective, Window: slo.Window,
		Kind: slo.Indicator.Kind(), TimeWeighted: slo.Indicator.Ratio != nil,
		At: burnlist.Instant(at), Unreachable: []string{}, BurnDown: []float64{}, Path: []float64{},
	}
	for _, p := range burnlist.Pairs {
		if !p.Reachable(slo.Objective, slo.Window) {
			f.Unreachable = append(f.Unreachable, p.String())
		}
	}
	known, ok := l.newestKnown(end)
	if !ok {
		return f
	}
	f.FirstData, f.KnownUntil = instant(float64(l.data)), instant(float64(known))
	b := l.basis(slo, end)
	start := end - int64(b.window)
	out := l.excludedSeconds(float64(start), float64(end))
	f.Excluded = burnlist.Duration(out) * burnlist.Duration(time.Second)
	f.BadWindow, f.TotalWindow, f.Violations, f.Corrections = b.sums.bad, b.sums.total, b.sums.violations, b.sums.corrections
	f.Implausible = 2*float64(f.Violations)*float64(l.width) > b.sums.known
	if out < b.window {
		f.Coverage = b.sums.known / (b.window - out)
	}
	if out > 0 {
		f.ConsumedAltogether = l.consumedAltogether(slo, end)
	}
	if b.sums.known == 0 {
		return f // what is known has left the window, or is excluded
	}
	f.Budget = burnlist.Known(b.budget)
	f.OneEvent = burnlist.Known(1 / b.budget)
	f.Consumed = burnlist.Known(b.share(b.badIn(start, end)))
	for i := range int64(burnDownParts) {
		f.BurnDown = append(f.BurnDown, b.share(b.badIn(start, start+(i+1)*int64(b.window)/burnDownParts)))
	}
	var speed [len(burnlist.SpanLengths)]float64 // over the span, or over the window if that is shorter
	for i, length := range burnlist.SpanLengths {
		seconds := int64(length.Seconds())
		if s := l.between(float64(known-seconds), float64(known)); s.total > 0 {
			f.Burn[i] = burnlist.Known(s.bad / s.total / (1 - slo.Objective))
		}
		spent := b.share(b.badIn(known-seconds, known))
		f.Spent[i] = burnlist.Known(spent)
		f.Speed[i] = burnlist.Known(spent * b.window / length.Seconds())
		from := max(known-seconds, start)
		speed[i] = b.share(b.badIn(from, max(from, known))) * b.window / min(length.Seconds(), b.window)
	}
	week := int64(burnlist.SpanLengths[burnlist.Span7d].Seconds())
	f.Bad7d = l.between(float64(max(known-week, start)), float64(known)).bad
	for _, p := range burnlist.Pairs {
		over := p.Over(f.Burn, f.Window)
		f.FastBurn, f.SlowBurn = f.FastBurn || over && p.Fast, f.SlowBurn || over && !p.Fast
	}
	f.Pace = burnlist.Known(max(
		min(speed[burnlist.Span1d], speed[burnlist.Span2h]),
		min(speed[burnlist.Span3d], speed[burnlist.Span6h]),
		speed[burnlist.Span7d],
	))
	l.foresee(&f, b, end, known)
	return f
}

// Share returns the share of the SLO's budget at the instant at that bad
// events in [from, to) spent. It is unknown where nothing of the interval is
// known, or no budget is.
func (l *Ledger) Share(slo burnlist.SLO, at, from, to time.Time) burnlist.Value {
	b := l.basis(slo, at.Unix())
	s := l.between(float64(from.UnixMilli())/1000, float64(to.UnixMilli())/1000)
	if s.known == 0 || b.sums.known == 0 {
		return burnlist.Value{}
	}
	return burnlist.Known(b.share(s.bad))
}

// consumedAltogether is what would be consumed if nothing were excluded.
func (l *Ledger) consumedAltogether(slo burnlist.SLO, end int64) burnlist.Value {
	all := Ledger{width: l.width, rows: l.rows, indexed: true, data: l.data, sums: l.whole, whole: l.whole}
	b := all.basis(slo, end)
	if b.sums.known == 0 {
		return burnlist.Value{}
	}
	return burnlist.Known(b.share(b.badIn(end-int64(b.window), end)))
}

// gap returns the seconds of [from, to) that lie after the first data, are not
// excluded, and of which nothing is known.
func (l *Ledger) gap(from, to, known float64) float64 {
	from = max(from, float64(l.data))
	if from >= to {
		return 0
	}
	return max(0, to-from-l.excludedSeconds(from, to)-known)
}

func instant(unix float64) *time.Time {
	return new(burnlist.Instant(time.UnixMilli(int64(unix * 1000))))
}
