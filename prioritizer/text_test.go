package prioritizer_test

import (
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// reason returns what the entry of a world's only item says of one signal.
func reason(w *burnlist.World, part int) string {
	return show(prioritizer.Rank(w, now), 0).Reasons[part].Text
}

func TestBudgetSentences(t *testing.T) {
	with := func(f *burnlist.Figures, change func(f *burnlist.Figures)) *burnlist.Figures {
		change(f)
		return f
	}
	linked := func(_ *burnlist.World, i *burnlist.Item) { i.SLO = "checkout-availability" }
	tests := map[string]struct {
		figures *burnlist.Figures
		set     func(*burnlist.World, *burnlist.Item)
		want    string
	}{
		"exhausted": {
			with(spent(1.38, 1.62, 3.1), func(f *burnlist.Figures) { f.RecoversAt = new(now.Add(10*burnlist.Day + 16*time.Hour)) }), nil,
			"checkout has overspent its 30-day budget by 38 % and will have spent 162 % of it by next week: pace 3.1; worst SLO checkout-availability; above zero again on 2026-12-04 if no more errors come; same service, not linked to the burning SLO",
		},
		"exhausted, back today": {
			with(spent(1.004, 1.004, 0), func(f *burnlist.Figures) { f.RecoversAt = new(now.Add(4 * time.Hour)) }), linked,
			"checkout has overspent its 30-day budget by 0.4 %: pace 0.0; the item's own SLO checkout-availability; above zero again today at 14:00 if no more errors come",
		},
		"exhausted to the last event": {
			spent(1, 1.2, 1), linked,
			"checkout has spent all of its 30-day budget and will have spent 120 % of it by next week: pace 1.0; the item's own SLO checkout-availability",
		},
		"burning": {
			with(spent(0.7, 1.4, 3.1), func(f *burnlist.Figures) { f.ExhaustsAt = new(now.Add(50 * time.Hour)) }), nil,
			"checkout will have spent 140 % of its 30-day budget by next week: pace 3.1; worst SLO checkout-availability; the budget runs out on 2026-11-25; same service, not linked to the burning SLO",
		},
		"burning, and the data is old": {
			with(spent(0.7, 1.4, 3.1), func(f *burnlist.Figures) {
				f.ExhaustsAt, f.KnownUntil = new(now.Add(-20*time.Hour)), new(now.Add(-75*time.Hour))
			}), linked,
			"checkout will have spent 140 % of its 30-day budget by next week: pace 3.1; the item's own SLO checkout-availability; by that pace the budget ran out on 2026-11-22; last measured 3 days ago",
		},
		"at risk by forecast": {
			spent(0.5, 0.84, 1.2), nil,
			"checkout will have spent 84 % of its 30-day budget by next week: pace 1.2; worst SLO checkout-availability",
		},
		"at risk, a hair below the whole": {
			spent(0.5, 0.9999, 1.2), nil,
			"checkout will have spent 99.9 % of its 30-day budget by next week: pace 1.2; worst SLO checkout-availability",
		},
		"at risk without a forecast": {
			&burnlist.Figures{Consumed: burnlist.Known(0.8)}, nil,
			"checkout has spent 80 % of its 30-day budget, and nobody can say what comes; worst SLO checkout-availability",
		},
		"at risk by a fast burn": {
			with(spent(0.1, 0.3, 1.2), func(f *burnlist.Figures) { f.FastBurn = true }), nil,
			"checkout will have spent 30 % of its 30-day budget by next week: pace 1.2; worst SLO checkout-availability; at risk because errors come fast just now",
		},
		"at risk by a slow burn": {
			with(spent(0.1, 0.3, 1.2), func(f *burnlist.Figures) { f.SlowBurn = true }), nil,
			"checkout will have spent 30 % of its 30-day budget by next week: pace 1.2; worst SLO checkout-availability; at risk because errors have been coming steadily for a day or more",
		},
		"at risk by last week": {
			with(spent(0.5, 0.6, 1.2), func(f *burnlist.Figures) { f.Spent[burnlist.Span7d] = burnlist.Known(0.4) }), nil,
			"checkout will have spent 60 % of its 30-day budget by next week: pace 1.2; worst SLO checkout-availability; at risk because 40 % of the budget went in the last 7 days",
		},
		"a handful of bad events has spent it": {
			with(spent(2, 2, 1), func(f *burnlist.Figures) { f.BadWindow, f.Bad7d = 1, 1 }), nil,
			"checkout will have spent 200 % of its 30-day budget by next week: pace 1.0; worst SLO checkout-availability; at risk and no worse, as only 1 bad event made it so; so few events earn points for no more than 100 %",
		},
		"a handful of bad events would spend it": {
			with(spent(0.9, 1.2, 1), func(f *burnlist.Figures) { f.Bad7d = 3 }), nil,
			"checkout will have spent 120 % of its 30-day budget by next week: pace 1.0; worst SLO checkout-availability; at risk and no worse, as only 3 bad events in 7 days made it so; so few events earn points for no more than 100 %",
		},
		"healthy": {
			spent(0.02, 0.052, 0.04), nil,
			"checkout will have spent 5.2 % of its 30-day budget by next week: pace under 0.1; worst SLO checkout-availability; within budget: weigh against new work",
		},
		"healthy in a burning service": {
			spent(0.1, 0.2, 0.5), func(w *burnlist.World, i *burnlist.Item) {
				i.SLO = "checkout-availability"
				addSLO(w, "checkout", "checkout-latency", spent(1.2, 1.3, 2))
			},
			"checkout will have spent 20 % of its 30-day budget by next week: pace 0.5; the item's own SLO checkout-availability; within budget: weigh against new work; same service, not linked to the burning SLO checkout-latency",
		},
		"another SLO has the higher forecast": {
			spent(1.1, 1.2, 2), func(w *burnlist.World, _ *burnlist.Item) {
				addSLO(w, "checkout", "checkout-latency", spent(0.5, 1.9, 9))
			},
			"checkout has overspent its 30-day budget by 10 % and will have spent 120 % of it by next week: pace 2.0; worst SLO checkout-availability; the points follow checkout-latency, which will have spent 190 %; same service, not linked to the burning SLO",
		},
		"another SLO would have the higher forecast, by a handful of bad events": {
			spent(0.5, 1.2, 2), func(w *burnlist.World, _ *burnlist.Item) {
				addSLO(w, "checkout", "checkout-latency", with(spent(0.5, 3, 9), func(f *burnlist.Figures) { f.Bad7d = 3 }))
			},
			"checkout will have spent 120 % of its 30-day budget by next week: pace 2.0; worst SLO checkout-availability; same service, not linked to the burning SLO",
		},
		"an advisory SLO named": {
			spent(0.5, 0.84, 1.2), func(w *burnlist.World, i *burnlist.Item) {
				i.SLO = "checkout-latency"
				addSLO(w, "checkout", "checkout-latency", spent(1.2, 1.3, 2)).Advisory = true
			},
			"checkout will have spent 84 % of its 30-day budget by next week: pace 1.2; worst SLO checkout-availability; checkout-latency, which the item names, is advisory and never ranks",
		},
		"a retired SLO named": {
			spent(0.5, 0.84, 1.2), func(w *burnlist.World, i *burnlist.Item) {
				i.SLO = "checkout-latency"
				addSLO(w, "checkout", "checkout-latency", nil).RetiredAt = new(now)
			},
			"checkout will have spent 84 % of its 30-day budget by next week: pace 1.2; worst SLO checkout-availability; checkout-latency, which the item names, is retired",
		},
		"not measured yet": {
			nil, nil,
			"checkout-availability is not measured yet; wait for the next refresh",
		},
		"measured with an earlier indicator": {
			spent(1, 1, 1), func(w *burnlist.World, _ *burnlist.Item) { w.SLOs["checkout-availability"].Ledger++ },
			"the indicator of checkout-availability has changed and is not measured yet; wait for the next refresh",
		},
		"no data": {
			&burnlist.Figures{}, nil,
			"source default has no data for checkout-availability; check that its selectors match series that exist",
		},
		"the source refuses": {
			&burnlist.Figures{Error: "parse error"}, nil,
			"checkout-availability cannot be measured: parse error; see to its indicator, or to source default",
		},
		"the source refuses with many words": {
			&burnlist.Figures{Error: strings.Repeat("ä", 161)}, nil,
			"checkout-availability cannot be measured: " + strings.Repeat("ä", 159) + "…; see to its indicator, or to source default",
		},
		"so little traffic that one bad event counts": {
			with(spent(0.1, 0.2, 1), func(f *burnlist.Figures) { f.OneEvent = burnlist.Known(0.25) }), linked,
			"checkout will have spent 20 % of its 30-day budget by next week: pace 1.0; the item's own SLO checkout-availability; within budget: weigh against new work; one bad event costs 25 % of the budget: too fine for its traffic",
		},
		"just enough traffic": {
			with(spent(0.1, 0.2, 1), func(f *burnlist.Figures) { f.OneEvent = burnlist.Known(0.2) }), linked,
			"checkout will have spent 20 % of its 30-day budget by next week: pace 1.0; the item's own SLO checkout-availability; within budget: weigh against new work",
		},
		"stale": {
			with(spent(0.1, 0.2, 1), func(f *burnlist.Figures) { f.KnownUntil = new(now.Add(-26 * time.Hour)) }), nil,
			"checkout-availability was last measured 26 hours ago, and nobody knows what happened since; check source default and what it scrapes",
		},
		"too little history": {
			with(spent(0.1, 0.2, 1), func(f *burnlist.Figures) { f.Coverage = 0.12 }), nil,
			"only 12 % of the 30-day window of checkout-availability is known: it is judged from 25 % on; wait, or check why there is so little data",
		},
		"no SLO": {
			nil, func(w *burnlist.World, _ *burnlist.Item) { clear(w.SLOs) },
			"no SLO is set for checkout: a target that nobody set cannot set priorities; set one",
		},
		"advisory SLOs only": {
			spent(1.2, 1.3, 2), func(w *burnlist.World, _ *burnlist.Item) { w.SLOs["checkout-availability"].Advisory = true },
			"only advisory SLOs are set for checkout: a target that nobody stands by cannot set priorities; make one of checkout-availability count",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := shop()
			addService(w, "checkout", "shop", "payments")
			addSLO(w, "checkout", "checkout-availability", test.figures)
			item := addItem(w, 1, "checkout", nil)
			if test.set != nil {
				test.set(w, item)
			}
			if got := reason(w, prioritizer.PartBudget); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestSentencesOfTheOtherSignals(t *testing.T) {
	source := func(i *burnlist.Item) {
		start := now.Add(-48 * time.Hour)
		i.Source = &burnlist.Source{Start: &start, End: &now}
	}
	tests := map[string]struct {
		part   int
		cost   float64 // below 0: not measured
		change func(*burnlist.Item)
		want   string
	}{
		"P0":                {prioritizer.PartPriority, -1, func(i *burnlist.Item) { i.Priority = "P0" }, "priority P0, the highest"},
		"P1":                {prioritizer.PartPriority, -1, func(i *burnlist.Item) { i.Priority = "P1" }, "priority P1 of P0 to P4"},
		"P4":                {prioritizer.PartPriority, -1, func(i *burnlist.Item) { i.Priority = "P4" }, "priority P4, the lowest"},
		"no incident":       {prioritizer.PartIncident, -1, nil, "no incident interval known: give its start and end to count what it cost"},
		"a link only":       {prioritizer.PartIncident, -1, func(i *burnlist.Item) { i.Source = &burnlist.Source{URL: "https://example.org"} }, "no incident interval known: give its start and end to count what it cost"},
		"not measured":      {prioritizer.PartIncident, -1, source, "what the incident cost is not measured yet"},
		"cost nothing":      {prioritizer.PartIncident, 0, source, "the incident spent nothing of the budget of checkout-availability"},
		"cost little":       {prioritizer.PartIncident, 0.0001, source, "the incident spent under 0.1 % of the budget of checkout-availability"},
		"cost a lot":        {prioritizer.PartIncident, 0.123, source, "the incident spent 12 % of the budget of checkout-availability"},
		"no due date":       {prioritizer.PartOverdue, -1, func(i *burnlist.Item) { i.Due = 0 }, "no due date, so it cannot be overdue"},
		"due tomorrow":      {prioritizer.PartOverdue, -1, func(i *burnlist.Item) { i.Due = date(11, 24) }, "due on 2026-11-24, in 1 day"},
		"due today":         {prioritizer.PartOverdue, -1, func(i *burnlist.Item) { i.Due = date(11, 23) }, "due today, not overdue"},
		"overdue":           {prioritizer.PartOverdue, -1, func(i *burnlist.Item) { i.Due = date(11, 20) }, "3 days overdue: it was due on 2026-11-20"},
		"never rolled over": {prioritizer.PartRollovers, -1, nil, "never rolled over"},
		"rolled over once":  {prioritizer.PartRollovers, -1, func(i *burnlist.Item) { i.Facts = burnlist.Facts{Streak: 1, Total: 1} }, "rolled over once"},
		"rolled over a lot": {prioritizer.PartRollovers, -1, func(i *burnlist.Item) { i.Facts = burnlist.Facts{Streak: 3, Total: 5, Promised: date(11, 13)} }, "rolled over 3 times (5 times in all): it was promised for 2026-11-13"},
		"rolled over, and which reviews found it": {
			prioritizer.PartRollovers, -1, func(i *burnlist.Item) { i.Facts = rolled(2, 1) },
			"rolled over 2 times (3 times in all): it was promised for 2026-09-30; still open in the reviews of 2026-11-09 and 2026-11-16",
		},
		"promised, never rolled over": {
			prioritizer.PartRollovers, -1, func(i *burnlist.Item) { i.Facts = burnlist.Facts{Promised: date(11, 27)} },
			"never rolled over: it is promised for 2026-11-27",
		},
		"renegotiated, and for when": {
			prioritizer.PartRollovers, -1, func(i *burnlist.Item) { i.Facts = rolled(0, 2); i.Facts.Promised = date(11, 27) },
			"not rolled over since it was renegotiated (2 times in all): it is promised for 2026-11-27",
		},
		"a promise that only the rollover knows": {
			prioritizer.PartRollovers, -1, func(i *burnlist.Item) { i.Facts = rolled(1, 0); i.Facts.Promised = 0 },
			"rolled over once: it was promised for 2026-09-30; still open in the review of 2026-11-16",
		},
		"renegotiated": {prioritizer.PartRollovers, -1, func(i *burnlist.Item) { i.Facts = burnlist.Facts{Total: 2} }, "not rolled over since it was renegotiated (2 times in all)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := shop()
			addService(w, "checkout", "shop", "payments")
			addItem(w, 1, "checkout", test.change)
			if test.cost >= 0 {
				w.Budgets.Costs[1] = burnlist.IncidentCost{Item: 1, SLO: "checkout-availability", Share: test.cost}
			}
			if got := reason(w, test.part); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestAnIncidentBeforeTheLedgersIsNotPromisedAMeasurement(t *testing.T) {
	w := shop()
	addService(w, "checkout", "shop", "payments")
	addItem(w, 1, "checkout", func(i *burnlist.Item) {
		i.Source = &burnlist.Source{Start: new(now.Add(-400 * burnlist.Day)), End: new(now.Add(-399 * burnlist.Day))}
		i.UpdatedAt = now.Add(-time.Hour)
	})
	w.Budgets.RefreshedAt = now
	if got, want := reason(w, prioritizer.PartIncident), "what the incident cost is not known: the ledgers hold nothing of that time"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
