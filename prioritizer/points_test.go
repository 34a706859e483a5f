package prioritizer_test

import (
	"encoding/json"
	"testing"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

func TestPointsAreTenthsThatReadAsPoints(t *testing.T) {
	for points, want := range map[prioritizer.Points]string{0: "0", 1: "0.1", 243: "24.3", 300: "30", 1000: "100"} {
		b, err := json.Marshal(points)
		if err != nil || string(b) != want {
			t.Errorf("%d tenths are written %s (%v), want %s", int32(points), b, err, want)
		}
		var back prioritizer.Points
		if err := json.Unmarshal(b, &back); err != nil || back != points {
			t.Errorf("%s is read as %d (%v), want %d", b, int32(back), err, int32(points))
		}
	}
	for _, bad := range []string{`"24.3"`, `true`, `1e300`} {
		var p prioritizer.Points
		if err := json.Unmarshal([]byte(bad), &p); err == nil {
			t.Errorf("%s is read as %v", bad, p)
		}
	}
}

// TestRoundingNeverPushesTheSumAbove100 uses weights of which each by itself
// would be rounded up.
func TestRoundingNeverPushesTheSumAbove100(t *testing.T) {
	w := shop()
	w.Policy.Weights = burnlist.Weights{Budget: 20.05, Priority: 20.05, Incident: 20.05, Overdue: 20.05, Rollovers: 19.8}
	addService(w, "checkout", "shop", "")
	addSLO(w, "checkout", "checkout-availability", spent(3, 4, 5))
	start := now.Add(-100 * burnlist.Day)
	addItem(w, 1, "checkout", func(i *burnlist.Item) {
		i.Priority, i.Due, i.Facts.Streak = "P0", date(1, 1), 9
		i.Source = &burnlist.Source{Start: &start, End: new(start.Add(1))}
	})
	w.Budgets.Costs[1] = burnlist.IncidentCost{Item: 1, SLO: "checkout-availability", Share: 1}

	if got := entries(prioritizer.Rank(w, now))[0]; got.Score != 1000 {
		t.Errorf("everything at its fullest makes %s, want 100 (parts %v)", got.Score, got.Parts)
	}
}

func TestEachPartIsItsWeightTimesItsShare(t *testing.T) {
	interval := func(i *burnlist.Item) {
		start := now.Add(-10 * burnlist.Day)
		i.Source = &burnlist.Source{Start: &start, End: new(start.Add(1))}
	}
	handful := func(consumed, forecast float64) *burnlist.Figures {
		f := spent(consumed, forecast, 1)
		f.BadWindow, f.Bad7d = 3, 3
		return f
	}
	tests := map[string]struct {
		figures *burnlist.Figures
		cost    float64
		change  func(*burnlist.Item)
		part    int
		want    prioritizer.Points
	}{
		"forecast 162 % of a full 200 %":         {spent(1.38, 1.62, 3.1), 0, nil, prioritizer.PartBudget, 243},
		"forecast beyond full":                   {spent(1.38, 7, 3.1), 0, nil, prioritizer.PartBudget, 300},
		"a forecast that 3 bad events made":      {handful(0.9, 7), 0, nil, prioritizer.PartBudget, 150},
		"a consumption that 3 bad events made":   {handful(3, 3), 0, nil, prioritizer.PartBudget, 150},
		"no forecast, so what is consumed":       {&burnlist.Figures{Consumed: burnlist.Known(0.5)}, 0, nil, prioritizer.PartBudget, 75},
		"nothing known":                          {nil, 0, nil, prioritizer.PartBudget, 0},
		"P0":                                     {nil, 0, func(i *burnlist.Item) { i.Priority = "P0" }, prioritizer.PartPriority, 250},
		"P1":                                     {nil, 0, func(i *burnlist.Item) { i.Priority = "P1" }, prioritizer.PartPriority, 180},
		"P2":                                     {nil, 0, nil, prioritizer.PartPriority, 120},
		"P3":                                     {nil, 0, func(i *burnlist.Item) { i.Priority = "P3" }, prioritizer.PartPriority, 60},
		"P4":                                     {nil, 0, func(i *burnlist.Item) { i.Priority = "P4" }, prioritizer.PartPriority, 0},
		"an incident that cost 10 %":             {nil, 0.1, interval, prioritizer.PartIncident, 75},
		"an incident that cost more than full":   {nil, 3, interval, prioritizer.PartIncident, 150},
		"a cost left over from a lost interval":  {nil, 0.1, nil, prioritizer.PartIncident, 0},
		"due today":                              {nil, 0, func(i *burnlist.Item) { i.Due = date(11, 23) }, prioritizer.PartOverdue, 0},
		"7 days overdue":                         {nil, 0, func(i *burnlist.Item) { i.Due = date(11, 16) }, prioritizer.PartOverdue, 38},
		"28 days overdue":                        {nil, 0, func(i *burnlist.Item) { i.Due = date(10, 26) }, prioritizer.PartOverdue, 150},
		"100 days overdue":                       {nil, 0, func(i *burnlist.Item) { i.Due = date(8, 15) }, prioritizer.PartOverdue, 150},
		"rolled over once":                       {nil, 0, func(i *burnlist.Item) { i.Facts.Streak = 1 }, prioritizer.PartRollovers, 38},
		"rolled over 4 times":                    {nil, 0, func(i *burnlist.Item) { i.Facts.Streak = 4 }, prioritizer.PartRollovers, 150},
		"rolled over before it was renegotiated": {nil, 0, func(i *burnlist.Item) { i.Facts.Total = 4 }, prioritizer.PartRollovers, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := shop()
			addService(w, "checkout", "shop", "")
			addSLO(w, "checkout", "checkout-availability", test.figures)
			addItem(w, 1, "checkout", test.change)
			if test.cost > 0 {
				w.Budgets.Costs[1] = burnlist.IncidentCost{Item: 1, SLO: "checkout-availability", Share: test.cost}
			}
			if got := entries(prioritizer.Rank(w, now))[0].Parts[test.part]; got != test.want {
				t.Errorf("the part is %s, want %s", got, test.want)
			}
		})
	}
}
