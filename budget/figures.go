package budget

import (
	"time"

	"github.com/burnlist/burnlist"
)

// Pair is a long and a short window over which the burn rate must both be over
// a factor: chapter 5 of the Site Reliability Workbook, "Alerting on SLOs".
type Pair struct {
	Long, Short int     // indexes of burnlist.Spans
	Share       float64 // of the budget, spent in the long window at the factor's rate
}

// Pairs are the workbook's four: the first two burn fast, the others slowly.
var Pairs = [4]Pair{
	{burnlist.Span1h, burnlist.Span5m, 0.02},
	{burnlist.Span6h, burnlist.Span30m, 0.05},
	{burnlist.Span1d, burnlist.Span2h, 0.10},
	{burnlist.Span3d, burnlist.Span6h, 0.10},
}

// String writes the pair as "1h/5m".
func (p Pair) String() string {
	return burnlist.SpanNames[p.Long] + "/" + burnlist.SpanNames[p.Short]
}

// Factor returns the burn rate at which the pair's share of the budget goes in
// its long window: share × window ÷ long, at least 1.
func (p Pair) Factor(window burnlist.Duration) float64 {
	return max(1, p.Share*float64(window)/float64(burnlist.SpanLengths[p.Long]))
}

// Reachable reports whether the burn rate can be over the pair's factor at all:
// with nothing but errors it is 1 ÷ (1 − objective).
func (p Pair) Reachable(objective float64, window burnlist.Duration) bool {
	return 1/(1-objective) > p.Factor(window)
}

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
		At: burnlist.Instant(at), Unreachable: []string{},
	}
	for _, p := range Pairs {
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
	f.Coverage, f.BadWindow, f.TotalWindow = b.sums.known/b.window, b.sums.bad, b.sums.total
	if b.sums.known == 0 {
		return f // what is known has left the window
	}
	f.Budget = burnlist.Known(b.budget)
	f.OneEvent = burnlist.Known(1 / b.budget)
	f.Consumed = burnlist.Known(b.share(b.badIn(end-int64(b.window), end)))
	var speed [len(burnlist.SpanLengths)]float64 // over the span, or over the window if that is shorter
	for i, length := range burnlist.SpanLengths {
		seconds := int64(length.Seconds())
		if s := l.between(float64(known-seconds), float64(known)); s.total > 0 {
			f.Burn[i] = burnlist.Known(s.bad / s.total / (1 - slo.Objective))
		}
		spent := b.share(b.badIn(known-seconds, known))
		f.Spent[i] = burnlist.Known(spent)
		f.Speed[i] = burnlist.Known(spent * b.window / length.Seconds())
		from := max(known-seconds, end-int64(b.window))
		speed[i] = b.share(b.badIn(from, max(from, known))) * b.window / min(length.Seconds(), b.window)
	}
	week := int64(burnlist.SpanLengths[burnlist.Span7d].Seconds())
	f.Bad7d = l.between(float64(max(known-week, end-int64(b.window))), float64(known)).bad
	over := func(p Pair) bool {
		factor := p.Factor(slo.Window)
		return f.Burn[p.Long].Above(factor) && f.Burn[p.Short].Above(factor)
	}
	f.FastBurn, f.SlowBurn = over(Pairs[0]) || over(Pairs[1]), over(Pairs[2]) || over(Pairs[3])
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

// alive returns the seconds of [from, to) that lie after the first data.
func (l *Ledger) alive(from, to float64) float64 {
	return max(0, to-max(from, float64(l.data)))
}

func instant(unix float64) *time.Time {
	return new(burnlist.Instant(time.UnixMilli(int64(unix * 1000))))
}
