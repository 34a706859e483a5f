package prioritizer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

func TestTheMostUrgentBudgetsComeFirst(t *testing.T) {
	w := shop()
	for service, f := range map[string]*burnlist.Figures{
		"a-healthy": spent(0.1, 0.2, 1), "b-unmeasured": nil, "c-at-risk": spent(0.5, 0.8, 1), "d-burning": spent(0.5, 1.2, 1),
		"e-exhausted": spent(1.1, 1.2, 1), "f-exhausted": spent(1.1, 1.9, 1), "h-retired": spent(9, 9, 9),
	} {
		addService(w, service, "shop", "")
		addSLO(w, service, service+"-slo", f)
	}
	w.Services["h-retired"].RetiredAt = new(now)
	addService(w, "g-none", "shop", "")
	addSLO(w, "a-healthy", "a-advisory", spent(9, 9, 9)).Advisory = true
	addItem(w, 1, "a-healthy", nil)
	addItem(w, 2, "a-healthy", func(i *burnlist.Item) { i.Status = burnlist.Deprioritised })

	q := prioritizer.Rank(w, now)
	var got []string
	for _, b := range q.Budgets() {
		got = append(got, b.Service+" "+string(b.State)+" "+b.Tier.String())
		if b.Service == "a-healthy" {
			if b.OpenItems != 1 || b.Worst != "a-healthy-slo" || len(b.SLOs) != 2 || !b.SLOs[0].Advisory || b.SLOs[0].State != burnlist.Exhausted {
				t.Errorf("a-healthy is shown as %+v", b)
			}
		}
	}
	want := []string{
		"f-exhausted exhausted jump", "e-exhausted exhausted jump", "d-burning burning jump", "c-at-risk at_risk watch",
		"b-unmeasured unknown unknown", "g-none unknown unknown", "a-healthy healthy within_budget",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("budgets (-want +got):\n%s", diff)
	}
}

func TestTotalsCountEachProductAndTier(t *testing.T) {
	w := shop()
	addProduct(w, "media", "UTC")
	addProduct(w, "gone", "UTC")
	w.Products["gone"].RetiredAt = new(now)
	addService(w, "checkout", "shop", "")
	addService(w, "player", "media", "")
	addSLO(w, "checkout", "checkout-availability", spent(1.25, 1.3, 2))
	addSLO(w, "player", "player-availability", nil)
	addItem(w, 1, "checkout", func(i *burnlist.Item) { i.Due = date(11, 22) })
	addItem(w, 2, "checkout", nil)
	addItem(w, 3, "player", nil)
	addItem(w, 5, "player", func(i *burnlist.Item) { i.Due = 0 })
	addItem(w, 6, "player", func(i *burnlist.Item) { i.Owner = "" })
	addItem(w, 4, "player", func(i *burnlist.Item) { i.Status, i.Due = burnlist.Deprioritised, date(11, 1) })

	none := map[prioritizer.Tier]int{prioritizer.Jump: 0, prioritizer.Watch: 0, prioritizer.UnknownTier: 0, prioritizer.WithinBudget: 0}
	with := func(tier prioritizer.Tier, n int) map[prioritizer.Tier]int {
		m := map[prioritizer.Tier]int{}
		for k := range none {
			m[k] = 0
		}
		m[tier] = n
		return m
	}
	want := prioritizer.Totals{
		Products: []prioritizer.ProductTotals{
			{Product: "media", Open: with(prioritizer.UnknownTier, 3), Wishes: 2, Commitments: 1},
			{Product: "shop", Open: with(prioritizer.Jump, 2), Overdue: 1, Commitments: 2},
		},
		SLOs: []prioritizer.SLOTotals{{SLO: "checkout-availability", Consumed: 1.25}},
	}
	if diff := cmp.Diff(want, prioritizer.Rank(w, now).Totals()); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
}
