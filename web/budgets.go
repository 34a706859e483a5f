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
	Objective string
	Decides   bool // the service is judged by it rather than by another
	State     string
	Left      string    // what is left of the budget, in words; empty if the state is unknown
	Drawing   *burnDown // nil if there is nothing to draw
	Notes     []string
}

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
		SLOBudget: o, Decides: decides,
		Objective: objective(o.Objective),
		State:     stateWord(o.State),
		Drawing:   b.newBurnDown(o, zone),
		Notes:     b.notes(o),
	}
	if consumed, known := o.Consumed.Get(); known && o.State != burnlist.Unknown {
		v.Left = remaining(o.Consumed) + " left"
		if consumed > 1 {
			v.Left = percent(burnlist.Known(consumed-1)) + " overspent"
		}
	}
	return v
}

// notes says what must be known to trust the figures, beside the text.
func (b *builder) notes(o prioritizer.SLOBudget) []string {
	var notes []string
	if o.Error != "" && !strings.Contains(o.Text, o.Error) {
		notes = append(notes, "could not be measured: "+o.Error)
	}
	f := o.Figures
	if f == nil {
		return notes
	}
	if o.State != burnlist.AtRisk { // of which the text names the burn
		switch {
		case o.FastBurn && o.SlowBurn:
			notes = append(notes, "fast and slow burn")
		case o.FastBurn:
			notes = append(notes, "fast burn")
		case o.SlowBurn:
			notes = append(notes, "slow burn")
		}
	}
	if o.Coverage < 1 && o.Reason != burnlist.InsufficientHistory { // of which the text says so
		notes = append(notes, percent(burnlist.Known(o.Coverage))+" of the window known")
	}
	if b.late(o) && (o.StaleFor == nil || o.Reason == burnlist.SourceError) { // else the text says so
		notes = append(notes, "newest data "+span(b.now.Sub(*o.KnownUntil))+" old")
	}
	if f.Excluded > 0 {
		note := span(f.Excluded.Std()) + " excluded"
		if _, known := f.ConsumedAltogether.Get(); known {
			note += "; without the exclusions " + percent(f.ConsumedAltogether) + " would be spent"
		}
		notes = append(notes, note)
	}
	if f.Corrections > 0 {
		notes = append(notes, count(f.Corrections, "slice")+" corrected by late data")
	}
	if f.Violations > 0 {
		notes = append(notes, violations(f))
	}
	if f.TimeWeighted {
		notes = append(notes, "weighted by time: each slice counts the same, whatever its traffic")
	}
	if f.Extrapolated {
		notes = append(notes, "extrapolated: expressions guess at the edges of slices")
	}
	if len(f.Unreachable) > 0 {
		notes = append(notes, "its objective can never reach the burn of "+strings.Join(f.Unreachable, " and "))
	}
	return notes
}

// violations says that what was measured had to be brought into its bounds.
func violations(f *burnlist.Figures) string {
	n := count(f.Violations, "slice") + " in the window with "
	switch f.Kind {
	case burnlist.KindGauge:
		return n + "a gauge outside 0 to 1: check the selector"
	case burnlist.KindRatio:
		return n + "a ratio outside 0 to 1: check the expression"
	case burnlist.KindEvents, burnlist.KindLatency:
	}
	return n + "more bad events than events: check the selectors"
}

// stateWord is the name of a state as a reader says it.
func stateWord(s burnlist.State) string {
	if s == burnlist.AtRisk {
		return "at risk"
	}
	return string(s)
}
