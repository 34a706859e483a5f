package prioritizer_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

func TestBudgetIgnored(t *testing.T) {
	found := func(state burnlist.State) func(*burnlist.Review) {
		return func(r *burnlist.Review) { r.States["checkout"] = state }
	}
	ignored := func(state string) []string {
		return []string{"alarm budget_ignored 2026-11-16: checkout was " + state + " at the review of 2026-11-16, and none of its open items has an owner and a due date still to come"}
	}
	none := []string{}
	tests := map[string]struct {
		set  func(*burnlist.World)
		want []string
	}{
		"no review yet":                {func(*burnlist.World) {}, none},
		"burning at the last review":   {func(w *burnlist.World) { addReview(w, 16, burnlist.ReviewAttended, found(burnlist.Burning)) }, ignored("burning")},
		"exhausted at the last review": {func(w *burnlist.World) { addReview(w, 16, burnlist.ReviewAttended, found(burnlist.Exhausted)) }, ignored("exhausted")},
		"at risk at the last review":   {func(w *burnlist.World) { addReview(w, 16, burnlist.ReviewAttended, found(burnlist.AtRisk)) }, none},
		"the review does not know it":  {func(w *burnlist.World) { addReview(w, 16, burnlist.ReviewAttended, nil) }, none},
		"burning at a skipped review":  {func(w *burnlist.World) { addReview(w, 16, burnlist.ReviewSkipped, found(burnlist.Burning)) }, none},
		"burning at an open review": {func(w *burnlist.World) {
			addReview(w, 16, burnlist.ReviewOpen, found(burnlist.Burning))
		}, none},
		"burning at the last attended review, before a skipped one": {func(w *burnlist.World) {
			addReview(w, 16, burnlist.ReviewAttended, found(burnlist.Burning))
			addReview(w, 23, burnlist.ReviewSkipped, found(burnlist.Healthy))
		}, ignored("burning")},
		"burning at the one before the last": {func(w *burnlist.World) {
			addReview(w, 9, burnlist.ReviewAttended, found(burnlist.Burning))
			addReview(w, 16, burnlist.ReviewAttended, found(burnlist.Healthy))
		}, none},
		"the review of another product": {func(w *burnlist.World) {
			addProduct(w, "media", "UTC")
			r := addReview(w, 16, burnlist.ReviewAttended, found(burnlist.Burning))
			w.Reviews = map[string][]*burnlist.Review{"media": {r}}
		}, none},
		"an item is due today": {func(w *burnlist.World) {
			addReview(w, 16, burnlist.ReviewAttended, found(burnlist.Burning))
			addItem(w, 1, "checkout", func(i *burnlist.Item) { i.Due = date(11, 23) })
		}, none},
		"the item was due yesterday": {func(w *burnlist.World) {
			addReview(w, 16, burnlist.ReviewAttended, found(burnlist.Burning))
			addItem(w, 1, "checkout", func(i *burnlist.Item) { i.Due = date(11, 22) })
		}, ignored("burning")},
		"the item has no owner": {func(w *burnlist.World) {
			addReview(w, 16, burnlist.ReviewAttended, found(burnlist.Burning))
			addItem(w, 1, "checkout", func(i *burnlist.Item) { i.Owner = "" })
		}, ignored("burning")},
		"the item has no due date": {func(w *burnlist.World) {
			addReview(w, 16, burnlist.ReviewAttended, found(burnlist.Burning))
			addItem(w, 1, "checkout", func(i *burnlist.Item) { i.Due = 0 })
		}, ignored("burning")},
		"the item is deprioritised": {func(w *burnlist.World) {
			addReview(w, 16, burnlist.ReviewAttended, found(burnlist.Burning))
			addItem(w, 1, "checkout", func(i *burnlist.Item) { i.Status = burnlist.Deprioritised })
		}, ignored("burning")},
		"the item is another service's": {func(w *burnlist.World) {
			addReview(w, 16, burnlist.ReviewAttended, found(burnlist.Burning))
			addService(w, "search", "shop", "")
			addSLO(w, "search", "search-availability", spent(0.1, 0.2, 0.5))
			addItem(w, 1, "search", nil)
		}, ignored("burning")},
		"it burns no more and nothing is open": {func(w *burnlist.World) {
			addReview(w, 16, burnlist.ReviewAttended, found(burnlist.Burning))
			w.Items.Put(9, nil)
		}, none},
		"it is at risk and nothing is open": {func(w *burnlist.World) {
			addReview(w, 16, burnlist.ReviewAttended, found(burnlist.Burning))
			w.Items.Put(9, nil)
			addSLO(w, "checkout", "checkout-availability", spent(0.8, 0.9, 1))
		}, none},
		"it still burns and nothing is open": {func(w *burnlist.World) {
			addReview(w, 16, burnlist.ReviewAttended, found(burnlist.Burning))
			w.Items.Put(9, nil)
			addSLO(w, "checkout", "checkout-availability", spent(0.5, 1.2, 3))
		}, append(ignored("burning"), "alarm burning_without_items : checkout-availability is burning, and no open item of checkout addresses it")},
		"the service is retired": {func(w *burnlist.World) {
			addReview(w, 16, burnlist.ReviewAttended, found(burnlist.Burning))
			w.Services["checkout"].RetiredAt = new(now)
		}, none},
		"the product is retired": {func(w *burnlist.World) {
			addReview(w, 16, burnlist.ReviewAttended, found(burnlist.Burning))
			w.Products["shop"].RetiredAt = new(now)
		}, none},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := shop()
			addService(w, "checkout", "shop", "payments")
			addSLO(w, "checkout", "checkout-availability", spent(0.1, 0.2, 0.5))
			addItem(w, 9, "checkout", func(i *burnlist.Item) { i.Due = date(11, 20) })
			test.set(w)
			if diff := cmp.Diff(test.want, said(prioritizer.Rank(w, now).ServiceWarnings())); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAlwaysExhausted(t *testing.T) {
	world := func(states ...burnlist.State) *burnlist.World { // of weekly attended reviews, oldest first; empty are skipped ones
		w := shop()
		addService(w, "checkout", "shop", "payments")
		addSLO(w, "checkout", "checkout-availability", spent(0.1, 0.2, 0.5))
		addItem(w, 1, "checkout", nil)
		for n, state := range states {
			day := 16 - 7*(len(states)-1-n)
			held := burnlist.ReviewAttended
			if state == "" {
				held = burnlist.ReviewSkipped
			}
			addReview(w, 16, held, func(r *burnlist.Review) {
				r.Slot, r.Date = date(time.November, day), date(time.November, day)
				r.States["checkout"] = state
				if state == "" {
					r.States["checkout"] = burnlist.Healthy // it does not count, whatever it froze
				}
			})
		}
		w.Policy.AlwaysExhausted = 3
		return w
	}
	const e, h = burnlist.Exhausted, burnlist.Healthy
	none := []string{}
	tests := map[string]struct {
		states []burnlist.State
		want   []string
	}{
		"one less than it takes":              {[]burnlist.State{h, e, e}, none},
		"as many as it takes":                 {[]burnlist.State{h, e, e, e}, []string{"warn always_exhausted 2026-11-02: checkout was exhausted at each of the last 3 attended reviews: the target is a wish"}},
		"more":                                {[]burnlist.State{e, e, e, e}, []string{"warn always_exhausted 2026-10-26: checkout was exhausted at each of the last 4 attended reviews: the target is a wish"}},
		"skipped ones are passed over":        {[]burnlist.State{e, "", e, "", e, ""}, []string{"warn always_exhausted 2026-10-12: checkout was exhausted at each of the last 3 attended reviews: the target is a wish"}},
		"skipped ones do not help to a count": {[]burnlist.State{e, "", e, ""}, none},
		"burning is not exhausted":            {[]burnlist.State{e, e, burnlist.Burning, e}, none},
		"it is over":                          {[]burnlist.State{e, e, e, h}, none},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			all := prioritizer.Rank(world(test.states...), now).ServiceWarnings()
			if diff := cmp.Diff(test.want, said(all)); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
	all := prioritizer.Rank(world(h, e, e, e), now).ServiceWarnings()
	if want := "exhausted from review/101 on 2026-11-02 to review/103 on 2026-11-16"; len(all) != 1 || all[0].Evidence != want {
		t.Errorf("got %+v, want the evidence %q", all, want)
	}
}

func TestBurningWithoutItemsSinceTheServiceEnteredTierOne(t *testing.T) {
	w := shop()
	addService(w, "checkout", "shop", "payments")
	addSLO(w, "checkout", "checkout-availability", spent(0.5, 1.2, 3))
	since := func() burnlist.Date { return prioritizer.Rank(w, now).ServiceWarnings()[0].Since }
	if got := since(); got != 0 {
		t.Errorf("since %s, though nobody looked at it yet", got)
	}
	w.Standings["checkout"] = &burnlist.Standing{Service: "checkout", State: burnlist.Exhausted, Since: at(20, 9, 0)}
	if got := since(); got != 0 {
		t.Errorf("since %s, though nobody saw it begin", got)
	}
	w.Standings["checkout"].Jump = new(at(18, 23, 30)) // in Berlin the day after
	if got, want := since(), date(11, 19); got != want {
		t.Errorf("since %s, want %s", got, want)
	}
}
