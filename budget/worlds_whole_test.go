//go:build !race

package budget_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/burnlist/burnlist"
)

// whole asks PromQL for the whole window at once, where that is exact: of
// counters that were there all the time and never reset it is the last sample
// less the first, and of gauges it is all samples.
func (f *follower) whole(name string, got burnlist.Figures, s *randomSLO, p *past, at int64) {
	f.Helper()
	window := int64(s.slo.Window.Std().Seconds())
	start, kind := at-window, s.slo.Indicator.Kind()
	bare := kind == burnlist.KindLatency || kind == burnlist.KindEvents && !strings.Contains(fmt.Sprint(*s.slo.Indicator.Events), "window")
	if kind == burnlist.KindGauge {
		m := s.slo.Indicator.Gauge.MissingAs
		bare = m != burnlist.MissingBad && m != burnlist.MissingGood
	}
	if !bare || got.Excluded > 0 || got.Violations > 0 {
		return
	}
	if math.Abs(p.sum(float64(start), float64(at)).known-float64(window)) > 1e-3 ||
		slices.ContainsFunc(p.rows, func(r pastRow) bool { return r.from < start && r.to > start }) {
		return
	}
	steady := func(all []*rawSeries) bool {
		for _, r := range all {
			last := math.Inf(-1)
			in := r.during(start-p.width, at)
			for _, sample := range in {
				if sample.V < last {
					return false
				}
				last = sample.V
			}
			for from := start - p.width; from < at && len(in) > 0; from += p.width {
				if len(r.during(from, from+p.width)) == 0 {
					return false
				}
			}
		}
		return true
	}
	if kind != burnlist.KindGauge && (!steady(s.total) || !steady(s.partial)) {
		return
	}
	ask := func(series []*rawSeries, format string) float64 {
		selector := "{__name__=" + strconv.Quote(series[0].labels["__name__"])
		if le, ok := series[0].labels["le"]; ok {
			selector += ",le=" + strconv.Quote(le)
		}
		expression := strings.NewReplacer("$S", selector+"}", "$W", strconv.FormatInt(window, 10)+"s", "$w", strconv.FormatInt(p.width, 10)+"s").Replace(format)
		return f.sampler.answer(f.T, expression, at, at, 0)[at]
	}
	f.world.had["windows that PromQL knows whole"]++
	var total, bad float64
	if kind == burnlist.KindGauge {
		total = ask(s.total, "sum(count_over_time($S[$W]))")
		bad = total - ask(s.total, "sum(sum_over_time($S[$W]))")
	} else {
		const difference = "sum(last_over_time($S[$w]) - last_over_time($S[$w] offset $W))"
		total, bad = ask(s.total, difference), ask(s.partial, difference)
		if kind == burnlist.KindLatency || s.slo.Indicator.Events != nil && s.slo.Indicator.Events.Good != "" {
			bad = total - bad
		}
	}
	// What each slice drops below a millionth adds up.
	if drop := 1e-6 * float64(window/p.width); kind == burnlist.KindGauge && math.Abs(got.BadWindow-bad) <= drop {
		bad = got.BadWindow
	}
	f.near(name+"bad in the window, as PromQL has it", got.BadWindow, bad)
	f.near(name+"total in the window, as PromQL has it", got.TotalWindow, total)
	if total > 0 {
		f.near(name+"consumed, as PromQL has it", got.Consumed.Or(-1), bad/total/(1-s.slo.Objective))
	}
}

// truth compares with what happened, seen or not, where all of the window is
// known. Counters that nothing happened to tell it exactly. The others lose what
// came before a restart, a birth or the end of a gap: of them it is only
// reported how much that was, for there is no bound to what nobody saw.
func (f *follower) truth(name string, got burnlist.Figures, s *randomSLO, p *past, at int64) {
	f.Helper()
	start := at - int64(s.slo.Window.Std().Seconds())
	if s.partial == nil || s.slo.Indicator.Ratio != nil || got.Excluded > 0 || start-p.width < s.first+p.width ||
		s.slo.Indicator.Events != nil && strings.Contains(fmt.Sprint(*s.slo.Indicator.Events), "window") ||
		slices.ContainsFunc(p.rows, func(r pastRow) bool { return r.from < start && r.to > start }) {
		return
	}
	var sum happened
	for from := start; from < at; from += p.width {
		sum.total += s.events[from].total
		sum.bad += s.events[from].bad
	}
	if len(s.through) == 0 {
		f.world.had["windows of which all is known that happened"]++
		f.near(name+"total in the window, as it happened", got.TotalWindow, sum.total)
		f.near(name+"bad in the window, as it happened", got.BadWindow, sum.bad)
		return
	}
	if sum.total*(1-s.slo.Objective) < 1 || math.Abs(got.Coverage-1) > 1e-9 {
		return
	}
	through := " through " + strings.Join(s.through, ", ")
	off := math.Abs(got.Consumed.Or(0) - sum.bad/sum.total/(1-s.slo.Objective))
	f.farthest["share of the events that happened and were not counted,"+through] = max(
		f.farthest["share of the events that happened and were not counted,"+through], math.Abs(got.TotalWindow/sum.total-1))
	f.farthest["share of the budget by which consumed is off,"+through] = max(f.farthest["share of the budget by which consumed is off,"+through], off)
}
