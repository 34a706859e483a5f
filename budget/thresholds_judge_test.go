//go:build !race

package budget_test

import (
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
)

// quarterStep is how often the figures are computed and judged, in slices.
const quarterStep = 3 * 3600 / quarterSlice

// quarterRule is one way to make a state of figures.
type quarterRule struct {
	name  string
	judge func(f burnlist.Figures, at time.Time) burnlist.State
}

// quarterPolicies are the default, and what differs from it in one threshold.
func quarterPolicies() []quarterRule {
	var all []quarterRule
	add := func(name string, change func(p *burnlist.Policy)) {
		p := burnlist.DefaultPolicy()
		change(&p)
		all = append(all, quarterRule{name, func(f burnlist.Figures, at time.Time) burnlist.State { return p.Judge(f, at).State }})
	}
	add("**default**", func(*burnlist.Policy) {})
	add("`at_risk` 0.5", func(p *burnlist.Policy) { p.AtRisk = 0.5 })
	add("`at_risk` 0.9", func(p *burnlist.Policy) { p.AtRisk = 0.9 })
	add("`at_risk_spent_7d` 0.1", func(p *burnlist.Policy) { p.AtRiskSpent7d = 0.1 })
	add("`at_risk_spent_7d` 0.5", func(p *burnlist.Policy) { p.AtRiskSpent7d = 0.5 })
	add("`at_risk_pace_7d` 1", func(p *burnlist.Policy) { p.AtRiskPace7d = 1 })
	add("`at_risk_pace_7d` 3", func(p *burnlist.Policy) { p.AtRiskPace7d = 3 })
	add("`low_traffic_events` 0", func(p *burnlist.Policy) { p.LowTrafficEvents = 0 })
	add("`low_traffic_events` 20", func(p *burnlist.Policy) { p.LowTrafficEvents = 20 })
	add("`min_coverage` 0", func(p *burnlist.Policy) { p.MinCoverage = 0 })
	add("`min_coverage` 0.9", func(p *burnlist.Policy) { p.MinCoverage = 0.9 })
	add("`stale_after` 6h", func(p *burnlist.Policy) { p.StaleAfter = burnlist.Duration(6 * time.Hour) })
	add("`stale_after` 3d", func(p *burnlist.Policy) { p.StaleAfter = burnlist.Duration(3 * burnlist.Day) })
	return all
}

// exhaustedOnly is the name of the rule that looks at what is spent, and not
// ahead.
const exhaustedOnly = "exhausted only"

// quarterAlternatives are the default with something else in the place of the
// forecast: exhausted stays exhausted, and nothing is made of fewer events than
// the default makes something of.
func quarterAlternatives() []quarterRule {
	p := burnlist.DefaultPolicy()
	week := 7 * burnlist.Day
	var all []quarterRule
	add := func(name string, burning func(f burnlist.Figures) bool) {
		all = append(all, quarterRule{name, func(f burnlist.Figures, at time.Time) burnlist.State {
			state := p.Judge(f, at).State
			switch {
			case state == burnlist.Exhausted:
			case burning(f) && f.Bad7d >= p.LowTrafficEvents:
				return burnlist.Burning
			case state == burnlist.Burning:
				return burnlist.AtRisk
			}
			return state
		}})
	}
	runsOut := func(span int) func(f burnlist.Figures) bool {
		return func(f burnlist.Figures) bool { return f.Burn[span].Above(float64(f.Window) / float64(week)) }
	}
	// forecast looks so many days ahead on the way that another pace gives.
	forecast := func(days int, pace func(f burnlist.Figures) float64) func(f burnlist.Figures) bool {
		return func(f burnlist.Figures) bool {
			faster := pace(f) - f.Pace.Or(0)
			for i, c := range f.Path[:min(days, len(f.Path))] {
				if c+faster*float64(i+1)*float64(burnlist.Day)/float64(f.Window) >= burnlist.SpentWhole {
					return true
				}
			}
			return false
		}
	}
	sustained := func(of *burnlist.Spans) float64 {
		at := func(span int) float64 { return of[span].Or(0) }
		return max(min(at(burnlist.Span1d), at(burnlist.Span2h)), min(at(burnlist.Span3d), at(burnlist.Span6h)))
	}
	asItIs := func(f burnlist.Figures) float64 { return f.Pace.Or(0) }

	add(exhaustedOnly, func(burnlist.Figures) bool { return false })
	add("`fast_burn` or `slow_burn`", func(f burnlist.Figures) bool { return f.FastBurn || f.SlowBurn })
	add("window ÷ burn(1h) < 7 d", runsOut(burnlist.Span1h))
	add("window ÷ burn(1d) < 7 d", runsOut(burnlist.Span1d))
	add("nothing leaves the window", func(f burnlist.Figures) bool {
		return f.Consumed.Or(0)+f.Pace.Or(0)*float64(week)/float64(f.Window) >= burnlist.SpentWhole
	})
	add("forecast for 1 day", forecast(1, asItIs))
	add("forecast for 3 days", forecast(3, asItIs))
	add("pace without its 7 d part", forecast(7, func(f burnlist.Figures) float64 { return sustained(&f.Speed) }))
	add("pace of its 7 d part alone", forecast(7, func(f burnlist.Figures) float64 { return f.Speed[burnlist.Span7d].Or(0) }))
	add("pace by burn rates", forecast(7, func(f burnlist.Figures) float64 {
		return max(sustained(&f.Burn), f.Burn[burnlist.Span7d].Or(0))
	}))
	return all
}

// states judges the service as it is seen: at each step from a week before the
// first review to the end of the quarter, by each rule. The ledger is filled and
// rolled up as time goes on, a day at a time: figures do not look past their
// instant.
func (s *quarterService) states(rules []quarterRule) [][]burnlist.State {
	l := budget.NewLedger(s.slo.Slice)
	states := make([][]burnlist.State, len(rules))
	put := 0
	for j := s.begins - quarterWeek; j <= s.begins+quarterReviews*quarterWeek; j += quarterStep {
		at := s.first + int64(j*quarterSlice)
		if j > put {
			l.Forget(at - int64((s.window+quarterWeek)*quarterSlice))
			l.PutRolled(l.RollUp(at, at-86400))
			l.Put(s.seen[put : j+quarterDay])
			put = j + quarterDay
		}
		now := time.Unix(at, 0)
		f := l.Figures(s.slo, now)
		for r, rule := range rules {
			states[r] = append(states[r], rule.judge(f, now))
		}
	}
	return states
}
