package web

import (
	"slices"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// serviceView is the budgets of one service.
type serviceView struct {
	prioritizer.ServiceBudget
	Items string // address of the items of the service
	SLOs  []sloView
}

// sloView is the budget of one SLO.
type sloView struct {
	prioritizer.SLOBudget
	Zone      *time.Location
	Objective string
	Decides   bool // the service is judged by it rather than by another
	State     string
	Left      string // what is left of the budget, in words
	Bar       *bar   // nil if nothing is known
	Then      string // what happens to the budget at ThenAt, or empty
	ThenAt    time.Time
	Notes     []string
}

// bar draws a budget from 0 to 200 %, 100 units being the whole budget.
type bar struct {
	Spent        string // width
	Will, WillTo string // where the forecast begins, and its width; empty if it adds nothing
	Words        string
}

// barEnd is where bars end, in their units: a forecast beyond it looks like one
// at it, and the words say how much it is.
const barEnd = 200

// budgets returns those of the services that the filter wants, the most urgent
// first.
func (b *builder) budgets() []serviceView {
	var views []serviceView
	for _, s := range b.q.Budgets() {
		if !b.f.wants(s.Service, s.Product, string(s.Team)) {
			continue
		}
		v := serviceView{
			ServiceBudget: s,
			Items:         filter{Filter: prioritizer.Filter{Product: b.f.Product, Service: s.Service}}.link(),
		}
		for _, o := range s.SLOs {
			v.SLOs = append(v.SLOs, b.slo(o, b.zone(s.Product), len(s.SLOs) > 1 && o.SLO == s.Worst))
		}
		slices.SortStableFunc(v.SLOs, func(x, y sloView) int { return x.place() - y.place() })
		views = append(views, v)
	}
	return views
}

// place puts the SLO that decides first and the advisory ones last.
func (v sloView) place() int {
	switch {
	case v.Decides:
		return 0
	case v.Advisory:
		return 2
	}
	return 1
}

func (b *builder) slo(o prioritizer.SLOBudget, zone *time.Location, decides bool) sloView {
	v := sloView{
		SLOBudget: o, Zone: zone, Decides: decides,
		Objective: objective(o.Objective),
		State:     stateWord(o.State),
	}
	if consumed, known := o.Consumed.Get(); known {
		v.Left = remaining(o.Consumed) + " left"
		if consumed > 1 {
			v.Left = "overspent: " + remaining(o.Consumed) + " left"
		}
		v.Bar = newBar(o)
	}
	switch {
	case o.ExhaustsAt != nil && o.ExhaustsAt.After(b.now):
		v.Then, v.ThenAt = "runs out", *o.ExhaustsAt
	case o.RecoversAt != nil && o.RecoversAt.After(b.now):
		v.Then, v.ThenAt = "recovers", *o.RecoversAt
	}
	v.Notes = b.notes(o)
	return v
}

func newBar(o prioritizer.SLOBudget) *bar {
	spent := min(max(o.Consumed.Or(0)*100, 0), barEnd)
	r := &bar{Spent: units(spent), Words: percent(o.Consumed) + " of the budget is spent"}
	if _, known := o.Forecast.Get(); known {
		r.Words += "; forecast for the next 7 days: " + percent(o.Forecast)
	}
	if will := min(o.Forecast.Or(0)*100, barEnd); will > spent {
		r.Will, r.WillTo = units(spent), units(will-spent)
	}
	return r
}

// notes says what must be known to trust the figures.
func (b *builder) notes(o prioritizer.SLOBudget) []string {
	var notes []string
	if o.LowTraffic || o.State == burnlist.Unknown && o.Reason != burnlist.SourceError {
		notes = append(notes, o.Text)
	}
	if o.Error != "" {
		notes = append(notes, "could not be measured: "+o.Error)
	}
	if said := o.TooFine(); said != "" && !o.LowTraffic { // else the text says so
		notes = append(notes, said)
	}
	switch {
	case o.FastBurn && o.SlowBurn:
		notes = append(notes, "fast and slow burn")
	case o.FastBurn:
		notes = append(notes, "fast burn")
	case o.SlowBurn:
		notes = append(notes, "slow burn")
	}
	if o.Figures != nil {
		notes = append(notes, percent(burnlist.Known(o.Coverage))+" of the window known")
	}
	if b.late(o) {
		notes = append(notes, "newest data "+span(b.now.Sub(*o.KnownUntil))+" old")
	}
	if f := o.Figures; f != nil && len(f.Unreachable) > 0 {
		notes = append(notes, "its objective can never reach the burn of "+strings.Join(f.Unreachable, " and "))
	}
	if f := o.Figures; f != nil && f.Violations > 0 {
		notes = append(notes, count(f.Violations, "slice")+" with more bad events than events: check the selectors")
	}
	return notes
}

// stateWord is the name of a state as a reader says it.
func stateWord(s burnlist.State) string {
	if s == burnlist.AtRisk {
		return "at risk"
	}
	return string(s)
}
