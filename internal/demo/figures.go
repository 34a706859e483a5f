package demo

import (
	"time"

	"github.com/burnlist/burnlist"
)

// refused are the SLOs that Prometheus cannot answer for, and what it says.
var refused = map[string]string{
	"helpdesk-replies": "execution: many-to-many matching not allowed: matching labels must be unique on one side",
}

// figures returns what would have been measured of an SLO at an instant, in
// steps of an hour. What figures mean is said where they are declared.
func (p past) figures(slo *burnlist.SLO, at time.Time) *burnlist.Figures {
	f := &burnlist.Figures{
		SLO: slo.Name, Ledger: slo.Ledger, Objective: slo.Objective, Window: slo.Window,
		At: at.Truncate(slo.Slice.Std()), Unreachable: []string{}, Error: refused[slo.Name],
	}
	r := p.known[slo.Name]
	if r == nil || !r.first.Before(f.At) {
		return f
	}
	known, window := f.At, slo.Window.Std()
	if r.last.Before(known) {
		known = r.last.Truncate(slo.Slice.Std())
	}
	f.FirstData, f.KnownUntil = &r.first, &known
	start := f.At.Add(-window)
	var budget float64
	budget, f.Coverage = p.budget(slo, r, f.At)
	f.BadWindow, f.TotalWindow = p.between(r, start, f.At)
	if budget == 0 {
		return f
	}
	f.Budget, f.OneEvent = burnlist.Known(budget), burnlist.Known(1/budget)
	f.Consumed = burnlist.Known(f.BadWindow / budget)
	var speed [len(burnlist.SpanLengths)]float64
	for n, length := range burnlist.SpanLengths {
		bad, total := p.between(r, known.Add(-length), known)
		if total > 0 {
			f.Burn[n] = burnlist.Known(bad / total / (1 - slo.Objective))
		}
		f.Spent[n] = burnlist.Known(bad / budget)
		f.Speed[n] = burnlist.Known(bad / budget * window.Hours() / length.Hours())
		within := min(length, window)
		bad, _ = p.between(r, known.Add(-within), known)
		speed[n] = bad / budget * window.Hours() / within.Hours()
	}
	f.Bad7d, _ = p.between(r, known.Add(-min(week, window)), known)
	over := func(long, short int, spent float64) bool {
		factor := max(1, spent*window.Hours()/burnlist.SpanLengths[long].Hours())
		return f.Burn[long].Above(factor) && f.Burn[short].Above(factor)
	}
	f.FastBurn = over(burnlist.Span1h, burnlist.Span5m, 0.02) || over(burnlist.Span6h, burnlist.Span30m, 0.05)
	f.SlowBurn = over(burnlist.Span1d, burnlist.Span2h, 0.10) || over(burnlist.Span3d, burnlist.Span6h, 0.10)
	pace := max(
		min(speed[burnlist.Span1d], speed[burnlist.Span2h]),
		min(speed[burnlist.Span3d], speed[burnlist.Span6h]),
		speed[burnlist.Span7d],
	)
	f.Pace = burnlist.Known(pace)

	spent := f.Consumed.AtLeast(burnlist.SpentWhole)
	highest := f.Consumed.Or(0)
	for ahead := time.Duration(0); ahead <= window; ahead += time.Hour {
		left, _ := p.between(r, start.Add(ahead), f.At)
		then := left/budget + pace*ahead.Hours()/window.Hours()
		if ahead <= week {
			highest = max(highest, then)
		}
		moment := f.At.Add(ahead)
		if !spent && f.ExhaustsAt == nil && then >= burnlist.SpentWhole {
			f.ExhaustsAt = &moment
		}
		if spent && f.RecoversAt == nil && left/budget < burnlist.SpentWhole {
			f.RecoversAt = &moment
		}
	}
	f.Forecast = burnlist.Known(highest)
	return f
}
