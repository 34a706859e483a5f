package prioritizer_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

func TestTheOrderIsTierScoreDueOpenedID(t *testing.T) {
	w := shop()
	for service, f := range map[string]*burnlist.Figures{
		"exhausted": spent(1.2, 1.3, 2), "burning": spent(0.6, 1.3, 4), "at-risk": spent(0.5, 0.8, 1.2), "healthy": spent(0.2, 0.3, 0.4),
	} {
		addService(w, service, "shop", "")
		addSLO(w, service, service+"-availability", f)
	}
	addService(w, "unmeasured", "shop", "")
	addItem(w, 1, "healthy", func(i *burnlist.Item) { i.Priority = "P0" })
	addItem(w, 2, "unmeasured", func(i *burnlist.Item) { i.Priority = "P0" })
	addItem(w, 3, "at-risk", nil)
	addItem(w, 10, "exhausted", nil)
	addItem(w, 11, "burning", nil)
	addItem(w, 12, "burning", func(i *burnlist.Item) { i.OpenedOn-- })
	addItem(w, 13, "burning", func(i *burnlist.Item) { i.Due = 0 })
	addItem(w, 14, "burning", func(i *burnlist.Item) { i.Due-- })
	addItem(w, 15, "burning", func(i *burnlist.Item) { i.Priority = "P1" })
	addItem(w, 16, "burning", func(i *burnlist.Item) { i.Status = burnlist.Deprioritised })

	want := []int64{
		15,     // the higher score
		14,     // due earlier
		12,     // older
		10, 11, // the smaller id
		13, // no due date
		3, 2, 1,
	}
	if diff := cmp.Diff(want, idsOf(prioritizer.Rank(w, now))); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestTheWorstSLODecides(t *testing.T) {
	blind := func() *burnlist.Figures { return &burnlist.Figures{Error: "no such host"} }
	handful := spent(2, 3, 4)
	handful.BadWindow, handful.Bad7d = 4, 4
	tests := map[string]struct {
		set  func(w *burnlist.World, item *burnlist.Item)
		slo  burnlist.NullString
		tier prioritizer.Tier
	}{
		"no SLO at all": {func(*burnlist.World, *burnlist.Item) {}, "", prioritizer.UnknownTier},
		"exhausted before burning, whatever the forecasts": {func(w *burnlist.World, _ *burnlist.Item) {
			addSLO(w, "checkout", "a", spent(0.9, 3, 9))
			addSLO(w, "checkout", "b", spent(1.1, 1.1, 1))
		}, "b", prioritizer.Jump},
		"unknown before healthy": {func(w *burnlist.World, _ *burnlist.Item) {
			addSLO(w, "checkout", "a", spent(0.1, 0.2, 0.5))
			addSLO(w, "checkout", "b", blind())
		}, "b", prioritizer.UnknownTier},
		"at risk before unknown": {func(w *burnlist.World, _ *burnlist.Item) {
			addSLO(w, "checkout", "a", blind())
			addSLO(w, "checkout", "b", spent(0.5, 0.8, 1))
		}, "b", prioritizer.Watch},
		"the higher forecast among equals": {func(w *burnlist.World, _ *burnlist.Item) {
			addSLO(w, "checkout", "a", spent(0.1, 0.2, 0.5))
			addSLO(w, "checkout", "b", spent(0.1, 0.3, 0.5))
		}, "b", prioritizer.WithinBudget},
		"an unknown forecast is the lowest": {func(w *burnlist.World, _ *burnlist.Item) {
			addSLO(w, "checkout", "a", &burnlist.Figures{Consumed: burnlist.Known(0.1)})
			addSLO(w, "checkout", "b", spent(0, 0, 0))
		}, "b", prioritizer.WithinBudget},
		"the first name among the same": {func(w *burnlist.World, _ *burnlist.Item) {
			addSLO(w, "checkout", "b", spent(0.1, 0.2, 0.5))
			addSLO(w, "checkout", "a", spent(0.1, 0.2, 0.5))
		}, "a", prioritizer.WithinBudget},
		"an advisory one never": {func(w *burnlist.World, _ *burnlist.Item) {
			addSLO(w, "checkout", "a", spent(3, 3, 3)).Advisory = true
			addSLO(w, "checkout", "b", spent(0.1, 0.2, 0.5))
		}, "b", prioritizer.WithinBudget},
		"a retired one never": {func(w *burnlist.World, _ *burnlist.Item) {
			addSLO(w, "checkout", "a", spent(3, 3, 3)).RetiredAt = new(now)
			addSLO(w, "checkout", "b", spent(0.1, 0.2, 0.5))
		}, "b", prioritizer.WithinBudget},
		"that of another service never": {func(w *burnlist.World, _ *burnlist.Item) {
			addService(w, "cart", "shop", "")
			addSLO(w, "cart", "a", spent(3, 3, 3))
		}, "", prioritizer.UnknownTier},
		"figures of an earlier indicator count as absent": {func(w *burnlist.World, _ *burnlist.Item) {
			addSLO(w, "checkout", "a", spent(3, 3, 3)).Ledger++
		}, "a", prioritizer.UnknownTier},
		"a handful of bad events is a risk and no more": {func(w *burnlist.World, _ *burnlist.Item) {
			addSLO(w, "checkout", "a", handful)
		}, "a", prioritizer.Watch},
		"the SLO that the item names before the worst": {func(w *burnlist.World, i *burnlist.Item) {
			addSLO(w, "checkout", "a", spent(3, 3, 3))
			addSLO(w, "checkout", "b", spent(0.1, 0.2, 0.5))
			i.SLO = "b"
		}, "b", prioritizer.WithinBudget},
		"the worst if the item names an advisory one": {func(w *burnlist.World, i *burnlist.Item) {
			addSLO(w, "checkout", "a", spent(3, 3, 3))
			addSLO(w, "checkout", "b", spent(0.1, 0.2, 0.5)).Advisory = true
			i.SLO = "b"
		}, "a", prioritizer.Jump},
		"the worst if the item names that of another service": {func(w *burnlist.World, i *burnlist.Item) {
			addService(w, "cart", "shop", "")
			addSLO(w, "cart", "b", spent(0.1, 0.2, 0.5))
			addSLO(w, "checkout", "a", spent(3, 3, 3))
			i.SLO = "b"
		}, "a", prioritizer.Jump},
		"the worst if the item names one that is gone": {func(w *burnlist.World, i *burnlist.Item) {
			addSLO(w, "checkout", "a", spent(3, 3, 3))
			i.SLO = "b"
		}, "a", prioritizer.Jump},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := shop()
			addService(w, "checkout", "shop", "")
			test.set(w, addItem(w, 1, "checkout", nil))
			got := show(prioritizer.Rank(w, now), 0)
			if got.Budget.SLO != test.slo || got.Tier != test.tier {
				t.Errorf("%q decides for tier %s, want %q and %s", got.Budget.SLO, got.Tier, test.slo, test.tier)
			}
		})
	}
}

func TestAnUnknownBudgetEarnsNoPoints(t *testing.T) {
	w := shop()
	addService(w, "checkout", "shop", "")
	addSLO(w, "checkout", "checkout-availability", spent(0.5, 0.6, 1))
	addSLO(w, "checkout", "checkout-latency", &burnlist.Figures{Error: "no such host"})
	addItem(w, 1, "checkout", nil)
	got := entries(prioritizer.Rank(w, now))[0]
	if got.Tier != prioritizer.UnknownTier || got.Parts[prioritizer.PartBudget] != 0 {
		t.Errorf("tier %s with %s points for the budget, want unknown and none", got.Tier, got.Parts[prioritizer.PartBudget])
	}
}

// TestBecomingTheWorstSLONeverCostsPoints is the trap in which the budget
// points follow the worst SLO: here it has the lower forecast.
func TestBecomingTheWorstSLONeverCostsPoints(t *testing.T) {
	rank := func(consumed float64) prioritizer.Entry {
		w := shop()
		addService(w, "checkout", "shop", "")
		addSLO(w, "checkout", "checkout-availability", spent(consumed, 1.05, 1))
		addSLO(w, "checkout", "checkout-latency", spent(0.6, 1.9, 5))
		addItem(w, 1, "checkout", nil)
		return show(prioritizer.Rank(w, now), 0)
	}
	before, after := rank(0.99), rank(1.01)
	if before.Budget.SLO != "checkout-latency" || after.Budget.SLO != "checkout-availability" {
		t.Fatalf("%s and then %s decide: the budgets do not set the trap", before.Budget.SLO, after.Budget.SLO)
	}
	if after.Score != before.Score {
		t.Errorf("the score went from %s to %s", before.Score, after.Score)
	}
}

func TestOverdueIsByTheCalendarOfTheProduct(t *testing.T) {
	at := func(s string) time.Time {
		moment, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	tests := map[string]struct {
		zone string
		now  time.Time
		want string // text of the warning; empty if there is none
	}{
		"due today is not overdue":                              {"UTC", at("2026-11-20T12:00:00Z"), ""},
		"the last second of the day":                            {"UTC", at("2026-11-20T23:59:59Z"), ""},
		"from midnight on it is overdue by 1":                   {"UTC", at("2026-11-21T00:00:00Z"), "1 day overdue"},
		"a second before midnight in Berlin":                    {"Europe/Berlin", at("2026-11-20T22:59:59Z"), ""},
		"midnight in Berlin comes before that of UTC":           {"Europe/Berlin", at("2026-11-20T23:00:00Z"), "1 day overdue"},
		"midnight on Kiritimati, 14 h ahead":                    {"Pacific/Kiritimati", at("2026-11-20T10:00:00Z"), "1 day overdue"},
		"a second before midnight on Kiritimati":                {"Pacific/Kiritimati", at("2026-11-20T09:59:59Z"), ""},
		"in Los Angeles it is still the day before":             {"America/Los_Angeles", at("2026-11-21T07:59:59Z"), ""},
		"midnight in Los Angeles":                               {"America/Los_Angeles", at("2026-11-21T08:00:00Z"), "1 day overdue"},
		"midnight in Kathmandu, at an odd quarter of an hour":   {"Asia/Kathmandu", at("2026-11-20T18:15:00Z"), "1 day overdue"},
		"two weeks later":                                       {"UTC", at("2026-12-04T08:00:00Z"), "14 days overdue"},
		"over a change of clocks days are days":                 {"America/Santiago", at("2027-04-05T12:00:00Z"), "136 days overdue"},
		"a zone that no machine knows is UTC rather than panic": {"Mars/Olympus", at("2026-11-21T00:00:00Z"), "1 day overdue"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := shop()
			addProduct(w, "shop", test.zone)
			addService(w, "checkout", "shop", "")
			addItem(w, 1, "checkout", func(i *burnlist.Item) { i.Due = date(11, 20) })
			got := ""
			for _, warning := range show(prioritizer.Rank(w, test.now), 0).Warnings {
				if warning.Code == prioritizer.Overdue {
					got = warning.Text
					if warning.Since != date(11, 21) {
						t.Errorf("overdue since %s, want 2026-11-21", warning.Since)
					}
				}
			}
			if got != test.want {
				t.Errorf("the warning says %q, want %q", got, test.want)
			}
		})
	}
}

func TestSelectKeepsTheOrderAndCountsPerService(t *testing.T) {
	w := shop()
	addProduct(w, "media", "UTC")
	addService(w, "checkout", "shop", "payments")
	addService(w, "search", "shop", "discovery")
	addService(w, "player", "media", "payments")
	addSLO(w, "checkout", "checkout-availability", spent(1.2, 1.3, 2))
	for id, service := range []string{"", "checkout", "search", "player", "checkout", "checkout", "search"} {
		if service != "" {
			addItem(w, int64(id), service, nil)
		}
	}
	w.Items.Get(5).Owner = ""
	q := prioritizer.Rank(w, now)

	tests := map[string]struct {
		filter prioritizer.Filter
		want   []int64
	}{
		"everything":       {prioritizer.Filter{}, []int64{1, 4, 5, 2, 3, 6}},
		"a product":        {prioritizer.Filter{Product: "shop"}, []int64{1, 4, 5, 2, 6}},
		"a team":           {prioritizer.Filter{Team: "payments"}, []int64{1, 4, 5, 3}},
		"a service":        {prioritizer.Filter{Service: "search"}, []int64{2, 6}},
		"an owner":         {prioritizer.Filter{Owner: "ana@example.org"}, []int64{1, 4, 2, 3, 6}},
		"a tier":           {prioritizer.Filter{Tier: prioritizer.UnknownTier}, []int64{2, 3, 6}},
		"a warning":        {prioritizer.Filter{Warning: prioritizer.NoOwner}, []int64{5}},
		"one per service":  {prioritizer.Filter{PerService: 1}, []int64{1, 2, 3}},
		"two, of a team":   {prioritizer.Filter{PerService: 2, Team: "payments"}, []int64{1, 4, 3}},
		"nothing that is":  {prioritizer.Filter{Product: "shop", Service: "player"}, []int64{}},
		"no such service":  {prioritizer.Filter{Service: "cart"}, []int64{}},
		"case counts here": {prioritizer.Filter{Product: "Shop"}, []int64{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := []int64{}
			for r := range q.Select(test.filter).All() {
				got = append(got, r.Item.ID)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("selected (-want +got):\n%s", diff)
			}
		})
	}
}
