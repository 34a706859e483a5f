package prioritizer_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

func TestTiersAreReadAsTheyAreWritten(t *testing.T) {
	for n, name := range []string{"jump", "watch", "unknown", "within_budget"} {
		tier, err := prioritizer.ParseTier(name)
		if err != nil || int(tier) != n+1 || tier.String() != name {
			t.Errorf("%q is read as %d, %q (%v)", name, tier, tier, err)
		}
	}
	for _, bad := range []string{"", "Jump", "5"} {
		if _, err := prioritizer.ParseTier(bad); burnlist.CodeOf(err) != burnlist.Invalid {
			t.Errorf("%q is read as a tier: %v", bad, err)
		}
	}
}

func TestItemWarnings(t *testing.T) {
	// The trail says 23:30 UTC on the 16th, which is the 17th in Berlin.
	opened := date(time.November, 17)
	tests := map[string]struct {
		change func(*burnlist.Item)
		want   []prioritizer.Warning
	}{
		"nothing wrong": {nil, []prioritizer.Warning{}},
		"no owner": {func(i *burnlist.Item) { i.Owner = "" }, []prioritizer.Warning{
			{Code: prioritizer.NoOwner, Level: "warn", Text: "nobody owns it: a wish, not a commitment", Since: opened},
		}},
		"a group": {func(i *burnlist.Item) { i.Owner = "SRE" }, []prioritizer.Warning{
			{Code: prioritizer.GroupOwner, Level: "warn", Text: `"SRE" is not one person: name the one who will see to it`, Since: opened},
		}},
		"no due date": {func(i *burnlist.Item) { i.Due = 0 }, []prioritizer.Warning{
			{Code: prioritizer.NoDueDate, Level: "warn", Text: "no due date: a wish, not a commitment", Since: opened},
		}},
		"due at the horizon": {func(i *burnlist.Item) { i.Due = date(time.December, 1) }, []prioritizer.Warning{}},
		"due beyond the horizon": {func(i *burnlist.Item) { i.Due = date(time.December, 2) }, []prioritizer.Warning{
			{Code: prioritizer.BeyondHorizon, Level: "info", Text: "due 15 days after it was opened: the horizon is 14 days", Since: opened},
		}},
		"overdue by 13 days": {func(i *burnlist.Item) { i.Due = date(time.November, 10) }, []prioritizer.Warning{
			{Code: prioritizer.Overdue, Level: "warn", Text: "13 days overdue", Since: date(time.November, 11)},
		}},
		"overdue by 14 days is an alarm": {func(i *burnlist.Item) { i.Due = date(time.November, 9) }, []prioritizer.Warning{
			{Code: prioritizer.Overdue, Level: "alarm", Text: "14 days overdue", Since: date(time.November, 10)},
		}},
		"no ticket": {func(i *burnlist.Item) { i.Ticket = "" }, []prioritizer.Warning{
			{Code: prioritizer.NoTicket, Level: "info", Text: "no ticket: the team's backlog does not know of it", Since: opened},
		}},
		"nobody recorded since when": {func(i *burnlist.Item) { i.Ticket, i.Trail = "", burnlist.Trail{} }, []prioritizer.Warning{
			{Code: prioritizer.NoTicket, Level: "info", Text: "no ticket: the team's backlog does not know of it"},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := shop()
			addService(w, "checkout", "shop", "payments")
			addSLO(w, "checkout", "checkout-availability", spent(0.1, 0.2, 0.5))
			addItem(w, 1, "checkout", test.change)
			q := prioritizer.Rank(w, now)
			if diff := cmp.Diff(test.want, show(q, 0).Warnings); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			var codes []prioritizer.Code
			for _, listed := range q.Warnings() {
				if listed.Subject != "item/1" || listed.Product != "shop" || listed.Service != "checkout" || listed.Evidence == "" {
					t.Errorf("the list says %+v", listed)
				}
				codes = append(codes, listed.Code)
			}
			if prioritizer.CodesOf(codes...) != entries(q)[0].Warnings {
				t.Errorf("the list has %v, the entry has %v", codes, slices.Collect(entries(q)[0].Warnings.All()))
			}
		})
	}
}

func TestServiceWarnings(t *testing.T) {
	none := []string{}
	burning := []string{"alarm burning_without_items: checkout-availability is burning, and no open item of checkout addresses it"}
	noSLO := []string{"warn no_slo: no SLO is set for checkout: a target that nobody set cannot set priorities; set one"}
	tests := map[string]struct {
		set  func(w *burnlist.World, s *burnlist.SLO)
		want []string
	}{
		"an SLO burns and nothing is open": {func(*burnlist.World, *burnlist.SLO) {}, burning},
		"an open item of the service names no SLO": {func(w *burnlist.World, _ *burnlist.SLO) {
			addItem(w, 1, "checkout", nil)
		}, none},
		"an open item names it": {func(w *burnlist.World, _ *burnlist.SLO) {
			addItem(w, 1, "checkout", func(i *burnlist.Item) { i.SLO = "checkout-availability" })
		}, none},
		"an open item names another": {func(w *burnlist.World, _ *burnlist.SLO) {
			addSLO(w, "checkout", "checkout-latency", spent(0.1, 0.2, 0.5))
			addItem(w, 1, "checkout", func(i *burnlist.Item) { i.SLO = "checkout-latency" })
		}, burning},
		"an item of another service names it": {func(w *burnlist.World, _ *burnlist.SLO) {
			addService(w, "cart", "shop", "")
			addSLO(w, "cart", "cart-availability", spent(0.1, 0.2, 0.5))
			addItem(w, 1, "cart", func(i *burnlist.Item) { i.SLO = "checkout-availability" })
		}, burning},
		"the only item is deprioritised": {func(w *burnlist.World, _ *burnlist.SLO) {
			addItem(w, 1, "checkout", func(i *burnlist.Item) { i.Status = burnlist.Deprioritised })
		}, burning},
		"it is at risk only": {func(w *burnlist.World, s *burnlist.SLO) {
			addSLO(w, "checkout", s.Name, spent(0.8, 0.9, 1))
		}, none},
		"the service is retired": {func(w *burnlist.World, _ *burnlist.SLO) {
			w.Services["checkout"].RetiredAt = new(now)
		}, none},
		"the SLO is retired":  {func(_ *burnlist.World, s *burnlist.SLO) { s.RetiredAt = new(now) }, noSLO},
		"there was never one": {func(w *burnlist.World, _ *burnlist.SLO) { clear(w.SLOs) }, noSLO},
		"the SLO is advisory": {func(_ *burnlist.World, s *burnlist.SLO) { s.Advisory = true }, []string{
			"warn no_slo: only advisory SLOs are set for checkout: a target that nobody stands by cannot set priorities; make one of checkout-availability count",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := shop()
			addService(w, "checkout", "shop", "payments")
			test.set(w, addSLO(w, "checkout", "checkout-availability", spent(0.5, 1.2, 3)))
			got := []string{}
			for _, warning := range prioritizer.Rank(w, now).Warnings() {
				if warning.Subject != "service/checkout" || warning.Product != "shop" || warning.Service != "checkout" || warning.Evidence == "" {
					t.Errorf("the list says %+v", warning)
				}
				got = append(got, string(warning.Level)+" "+warning.Code.String()+": "+warning.Text)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNoSLOSinceTheServiceLostItsLast(t *testing.T) {
	w := shop()
	addService(w, "checkout", "shop", "")
	since := func() burnlist.Date { return prioritizer.Rank(w, now).Warnings()[0].Since }
	if got := since(); got != date(time.October, 2) {
		t.Errorf("without an SLO since %s, want the day on which the service was created in Berlin, 2026-10-02", got)
	}
	addSLO(w, "checkout", "checkout-availability", nil).RetiredAt = new(time.Date(2026, time.November, 5, 12, 0, 0, 0, time.UTC))
	if got := since(); got != date(time.November, 5) {
		t.Errorf("without an SLO since %s, want the day on which the last one was retired, 2026-11-05", got)
	}
}
