package demo

import (
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
)

// before is how much of the past can be measured: the reviews that the demo
// holds, and the longest window before the first of them.
const before = (weeks+2)*week + 60*burnlist.Day

// refused are the SLOs that Prometheus cannot answer for, and what it says.
var refused = map[string]string{
	"helpdesk-replies": "execution: many-to-many matching not allowed: matching labels must be unique on one side",
}

// past is what burnlist measured in the last months, of which there are no
// series any more. It is worked out of what the fleet tells, hour by hour and
// without the noise, so that the figures that a review froze and those that are
// measured today tell the same story.
type past struct {
	measured map[string]*measured // by SLO
}

// measured is the ledger of an SLO as it was filled over time.
type measured struct {
	deployment
	zone   *time.Location
	slice  time.Duration
	ledger *budget.Ledger
	hours  time.Time // the ledger holds hours up to here, and slices from here on
}

func newPast(t timeline) past {
	p := past{map[string]*measured{}}
	widths := map[string]burnlist.Duration{}
	for _, slo := range slos(t) {
		widths[slo.Name] = slo.Slice
	}
	for _, r := range fleet(t) {
		if r.slo != "" {
			p.measured[r.slo] = &measured{
				deployment: r.deployment, zone: t.zoneOf(r.service), slice: widths[r.slo].Std(),
				ledger: budget.NewLedger(widths[r.slo]), hours: t.before(before).Truncate(time.Hour),
			}
		}
	}
	return p
}

// learn fills the ledger with what came since it was last filled, up to an
// instant, which never goes back. The last hour is in slices, for those figures
// that look at minutes.
func (m *measured) learn(at time.Time) {
	var hours []burnlist.Rolled
	for end := m.hours.Add(time.Hour); !end.After(at.Add(-time.Hour)); end = m.hours.Add(time.Hour) {
		if r := m.tell(m.zone, m.hours, end); r.Data+r.Empty > 0 {
			hours = append(hours, r)
		}
		m.hours = end
	}
	m.ledger.PutRolled(hours)
	var latest []burnlist.Slice
	for from := m.hours; !from.Add(m.slice).After(at); from = from.Add(m.slice) {
		switch r := m.tell(m.zone, from, from.Add(m.slice)); {
		case r.Data > 0:
			latest = append(latest, burnlist.Slice{Start: r.Start, State: burnlist.SliceData, Bad: r.Bad, Total: r.Total})
		case r.Empty > 0:
			latest = append(latest, burnlist.Slice{Start: r.Start, State: burnlist.SliceEmpty, Bad: r.Bad, Total: r.Total})
		}
	}
	m.ledger.Put(latest)
}

// tell sums up what happens to the deployment in an interval. Nothing is known
// from before its life, nor from after.
func (d deployment) tell(zone *time.Location, from, to time.Time) burnlist.Rolled {
	r := burnlist.Rolled{Start: from.Unix(), Width: int64(to.Sub(from) / time.Second)}
	lived := to.Sub(from)
	if !d.from.IsZero() {
		lived -= overlap(from, to, from, d.from)
	}
	if !d.to.IsZero() {
		lived -= overlap(from, to, d.to, to)
	}
	middle := from.Add(to.Sub(from) / 2).In(zone)
	events := d.rate * lived.Minutes()
	if !d.flat {
		events *= curve[middle.Hour()*60+middle.Minute()]
	}
	running := 0
	for n := range d.instances {
		if d.pause == nil || !d.pause(n, middle) {
			running++
		}
	}
	if running > 0 {
		r.Data = int64(lived / time.Second)
	} else {
		r.Empty = int64(lived / time.Second)
	}
	r.Total = events * float64(running) / float64(d.instances)
	r.Bad = r.Total * d.errors
	for _, b := range d.bumps {
		r.Bad += r.Total * b.errors * overlap(from, to, b.from, b.to).Seconds() / to.Sub(from).Seconds()
	}
	for _, s := range d.singles {
		if !s.Before(from) && s.Before(to) {
			r.Bad, r.Total = r.Bad+1, r.Total+1
		}
	}
	if d.missingIsBad {
		r.Bad, r.Total = r.Bad+events-r.Total, events
	}
	return r
}

// overlap returns how much of [from, to) lies in [first, last).
func overlap(from, to, first, last time.Time) time.Duration {
	if first.After(from) {
		from = first
	}
	if last.Before(to) {
		to = last
	}
	return max(0, to.Sub(from))
}

// budgets returns what a refresh at an instant would have measured of the
// world as it was then. From one call to the next, the instant never goes back.
func (p past) budgets(w *burnlist.World, at time.Time) burnlist.Budgets {
	b := burnlist.Budgets{RefreshedAt: at, Figures: map[string]*burnlist.Figures{}, Costs: map[int64]burnlist.IncidentCost{}}
	for name, slo := range w.SLOs {
		end, ledger := budget.Due(at, slo.Slice), budget.NewLedger(slo.Slice)
		if m := p.measured[name]; m != nil {
			m.learn(end)
			m.ledger.Exclude(w.Exclusions[name])
			ledger = m.ledger
		}
		f := ledger.Figures(*slo, end)
		f.Extrapolated, f.Error = budget.Extrapolated(slo.Indicator), refused[name]
		b.Figures[name] = &f
	}
	of := w.SLOsByService()
	for id, i := range w.Items.All() {
		cost, ok := budget.IncidentCost(i, of[i.Service], func(slo *burnlist.SLO, start, end time.Time) burnlist.Value {
			if m := p.measured[slo.Name]; m != nil {
				return m.ledger.Share(*slo, b.Figures[slo.Name].At, start, end)
			}
			return burnlist.Value{}
		})
		if ok {
			b.Costs[id] = cost
		}
	}
	return b
}
