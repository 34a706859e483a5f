package demo

import (
	"math"
	"time"

	"github.com/burnlist/burnlist"
)

// before is how much of the past can be measured: the reviews that the demo
// holds, and the longest window before the first of them.
const before = (weeks+2)*week + 60*burnlist.Day

// past knows what burnlist would have measured at moments of the last months,
// of which there are no series any more. It is worked out of what the fleet
// tells, hour by hour and without the noise, so that the figures that a review
// froze and those that are measured today tell the same story.
type past struct {
	start time.Time // a full hour
	known map[string]*record
}

// record is the sums of one SLO's events from the start to each full hour.
type record struct {
	first, last time.Time // of its life
	bad, total  []float64
}

func newPast(t timeline) past {
	p := past{start: t.before(before).Truncate(time.Hour), known: map[string]*record{}}
	hours := int(t.now.Sub(p.start)/time.Hour) + 2
	for _, r := range fleet(t) {
		if r.slo != "" {
			p.known[r.slo] = r.record(t, p.start, hours)
		}
	}
	return p
}

// record sums up what happens to the deployment, up to each hour from start on.
func (d deployment) record(t timeline, start time.Time, hours int) *record {
	zone := t.zoneOf(d.service)
	r := &record{first: start, last: start.Add(time.Duration(hours) * time.Hour), bad: make([]float64, hours+1), total: make([]float64, hours+1)}
	if d.from.After(start) {
		r.first = d.from
	}
	if !d.to.IsZero() {
		r.last = d.to
	}
	for h := range hours {
		from := start.Add(time.Duration(h) * time.Hour)
		to := from.Add(time.Hour)
		lived := share(from, to, r.first, r.last)
		middle := from.Add(30 * time.Minute).In(zone)
		if d.pause != nil && d.pause(0, middle) {
			lived = 0
		}
		total := lived * d.rate * 60 * curve[middle.Hour()*60+middle.Minute()]
		bad := total * d.errors
		for _, b := range d.bumps {
			bad += total * b.errors * share(from, to, b.from, b.to)
		}
		for _, s := range d.singles {
			if !s.Before(from) && s.Before(to) {
				bad, total = bad+1, total+1
			}
		}
		r.bad[h+1], r.total[h+1] = r.bad[h]+bad, r.total[h]+total
	}
	return r
}

// share returns how much of [from, to) lies in [first, last).
func share(from, to, first, last time.Time) float64 {
	if first.After(from) {
		from = first
	}
	if last.Before(to) {
		to = last
	}
	return max(0, to.Sub(from).Hours())
}

// between returns the events in [from, to).
func (p past) between(r *record, from, to time.Time) (bad, total float64) {
	upTo := func(sums []float64, at time.Time) float64 {
		whole, part := math.Modf(min(max(at.Sub(p.start).Hours(), 0), float64(len(sums)-1)))
		n := int(whole)
		if part == 0 {
			return sums[n]
		}
		return sums[n] + part*(sums[n+1]-sums[n])
	}
	return upTo(r.bad, to) - upTo(r.bad, from), upTo(r.total, to) - upTo(r.total, from)
}

// budget returns how many bad events of an SLO its window may hold at an
// instant, for the known part of the window and projected from there. It is 0
// where nothing is known.
func (p past) budget(slo *burnlist.SLO, r *record, at time.Time) (events, coverage float64) {
	window := slo.Window.Std()
	_, total := p.between(r, at.Add(-window), at)
	coverage = share(at.Add(-window), at, r.first, r.last) / window.Hours()
	if coverage == 0 {
		return 0, 0
	}
	return total / coverage * (1 - slo.Objective), coverage
}

// budgets returns what a refresh at an instant would have measured of the
// world as it was then.
func (p past) budgets(w *burnlist.World, at time.Time) burnlist.Budgets {
	b := burnlist.Budgets{RefreshedAt: at, Figures: map[string]*burnlist.Figures{}, Costs: map[int64]burnlist.IncidentCost{}}
	for name, slo := range w.SLOs {
		b.Figures[name] = p.figures(slo, at)
	}
	of := w.SLOsByService()
	for id, i := range w.Items {
		start, end, ok := i.Incident()
		if !ok || i.Status != burnlist.Open {
			continue
		}
		for _, slo := range i.Deciding(of[i.Service]) {
			r := p.known[slo.Name]
			if r == nil || !r.first.Before(end) {
				continue
			}
			budget, _ := p.budget(slo, r, at)
			bad, _ := p.between(r, start, end)
			if cost, ok := b.Costs[id]; budget > 0 && (!ok || bad/budget > cost.Share) {
				b.Costs[id] = burnlist.IncidentCost{Item: id, SLO: slo.Name, Share: bad / budget}
			}
		}
	}
	return b
}
