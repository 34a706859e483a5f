package prioritizer_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/burnlist/burnlist"
)

func drawWorld(t *rapid.T) *burnlist.World {
	w := burnlist.NewWorld()
	w.Revision = rapid.Int64Range(1, 100).Draw(t, "revision")
	for n, zone := range []string{"UTC", "Pacific/Kiritimati", "America/Los_Angeles"} {
		addProduct(w, fmt.Sprintf("product-%d", n), zone)
	}
	for n := range rapid.IntRange(1, 4).Draw(t, "services") {
		service := fmt.Sprintf("service-%d", n)
		addService(w, service, fmt.Sprintf("product-%d", rapid.IntRange(0, 2).Draw(t, "product")), rapid.SampledFrom([]string{"", "payments", "search"}).Draw(t, "team"))
		for m := range rapid.IntRange(0, 3).Draw(t, "SLOs") {
			s := addSLO(w, service, fmt.Sprintf("%s-slo-%d", service, m), drawFigures(t))
			s.Advisory = rapid.IntRange(0, 4).Draw(t, "advisory") == 0
			switch rapid.IntRange(0, 9).Draw(t, "fate") {
			case 0:
				s.RetiredAt = new(now.Add(-time.Hour))
			case 1:
				s.Ledger++ // measured with an earlier indicator
			}
		}
	}
	for n := range rapid.IntRange(0, 8).Draw(t, "reviews") {
		addReviewTo(w, drawReview(t, w, int64(n)+1))
	}
	for _, name := range slices.Sorted(maps.Keys(w.Services)) {
		if rapid.Bool().Draw(t, "was looked at") {
			w.Standings[name] = &burnlist.Standing{Service: name, State: burnlist.Burning, Since: now, Jump: new(now.Add(-burnlist.Day))}
		}
	}
	for id := range rapid.IntRange(0, 12).Draw(t, "items") {
		w.Items.Put(int64(id)+1, drawItem(t, w, int64(id)+1))
	}
	return w
}

// drawFigures returns figures of any state, or none.
func drawFigures(t *rapid.T) *burnlist.Figures {
	kind := rapid.IntRange(0, 9).Draw(t, "kind of figures")
	if kind == 0 {
		return nil
	}
	f := &burnlist.Figures{Coverage: 1}
	if kind == 1 {
		f.Error = rapid.SampledFrom([]string{"", "parse error"}).Draw(t, "error")
		return f
	}
	f.FirstData = new(now.Add(-60 * burnlist.Day))
	f.KnownUntil = new(now.Add(-time.Duration(rapid.SampledFrom([]int{1, 30 * 60}).Draw(t, "minutes ago")) * time.Minute))
	if kind == 2 {
		f.Coverage = 0.1
	}
	consumed := rapid.SampledFrom([]float64{0, 0.1, 0.5, 0.8, 0.99, 1, 1.4}).Draw(t, "consumed")
	f.Consumed = burnlist.Known(consumed)
	if kind != 3 {
		f.Forecast = burnlist.Known(consumed + rapid.SampledFrom([]float64{0, 0.1, 0.4, 2}).Draw(t, "to come"))
		f.Pace = burnlist.Known(rapid.Float64Range(0, 20).Draw(t, "pace"))
	}
	f.Bad7d = rapid.SampledFrom([]float64{0, 3, 4, 5, 500}).Draw(t, "bad in 7 days")
	// The window may be shorter than 7 days.
	f.BadWindow = rapid.SampledFrom([]float64{0, 3, 4, 5, 500}).Draw(t, "bad in the window")
	f.Spent[burnlist.Span7d] = burnlist.Known(min(consumed, rapid.SampledFrom([]float64{0, 0.1, 0.4}).Draw(t, "spent in 7 days")))
	f.FastBurn, f.SlowBurn = rapid.IntRange(0, 5).Draw(t, "fast") == 0, rapid.IntRange(0, 5).Draw(t, "slow") == 0
	f.ExhaustsAt, f.RecoversAt = new(now.Add(50*time.Hour)), new(now.Add(9*time.Hour))
	return f
}

// drawWorse returns figures of the same ledger after more bad events.
func drawWorse(t *rapid.T, f burnlist.Figures) *burnlist.Figures {
	more := func(v burnlist.Value, by float64) burnlist.Value {
		if n, ok := v.Get(); ok {
			return burnlist.Known(n + by)
		}
		return v
	}
	by := rapid.SampledFrom([]float64{0, 0.01, 0.3, 1}).Draw(t, "more consumed")
	f.Consumed = more(f.Consumed, by)
	f.Forecast = more(f.Forecast, by+rapid.SampledFrom([]float64{0, 0.01, 0.5}).Draw(t, "more to come"))
	f.Spent[burnlist.Span7d] = more(f.Spent[burnlist.Span7d], by)
	events := rapid.SampledFrom([]float64{0, 1, 10}).Draw(t, "more bad events")
	f.BadWindow, f.Bad7d = f.BadWindow+events, f.Bad7d+events
	f.FastBurn = f.FastBurn || rapid.Bool().Draw(t, "burns fast now")
	f.SlowBurn = f.SlowBurn || rapid.Bool().Draw(t, "burns slowly now")
	return &f
}

func drawItem(t *rapid.T, w *burnlist.World, id int64) *burnlist.Item {
	service := rapid.SampledFrom(append(slices.Sorted(maps.Keys(w.Services)), "gone")).Draw(t, "service")
	slo := rapid.SampledFrom(append(slices.Sorted(maps.Keys(w.SLOs)), "", "", "gone")).Draw(t, "slo")
	item := addItem(w, id, service, func(i *burnlist.Item) {
		i.SLO = burnlist.NullString(slo)
		i.Status = rapid.SampledFrom([]burnlist.Status{burnlist.Open, burnlist.Open, burnlist.Open, burnlist.Deprioritised}).Draw(t, "status")
		i.Owner = rapid.SampledFrom([]burnlist.NullString{"", "ana@example.org", "Payments"}).Draw(t, "owner")
		i.Title = rapid.SampledFrom([]string{i.Title, "improve monitoring"}).Draw(t, "title")
		i.Due = rapid.SampledFrom([]burnlist.Date{0, date(time.October, 1), date(time.November, 22), date(time.November, 23), date(time.December, 24)}).Draw(t, "due")
		i.OpenedOn = date(time.September, rapid.IntRange(1, 3).Draw(t, "opened"))
		i.Priority = rapid.SampledFrom(burnlist.Priorities).Draw(t, "priority")
		i.Source = drawSource(t)
		i.Facts.Streak = rapid.IntRange(0, 6).Draw(t, "streak")
		i.Facts.Total = i.Facts.Streak + rapid.IntRange(0, 2).Draw(t, "earlier")
		for n := range rapid.IntRange(0, i.Facts.Total).Draw(t, "recorded") {
			i.Facts.Rolled = append(i.Facts.Rolled, burnlist.Rollover{Review: int64(n) + 1, Date: date(time.October, 1+7*n), Promised: date(time.September, 20)})
		}
		if rapid.IntRange(0, 2).Draw(t, "snoozed") == 0 {
			i.Snooze = &burnlist.Snooze{Until: date(time.November, rapid.IntRange(21, 25).Draw(t, "until")), At: now.Add(-10 * burnlist.Day), Reason: "wait"}
		}
		if rapid.IntRange(0, 4).Draw(t, "returned") == 0 {
			i.Return = &burnlist.Return{At: now, From: now.Add(-burnlist.Day), Cause: rapid.SampledFrom([]burnlist.ReturnCause{burnlist.RevisitCame, burnlist.SnoozeOver, burnlist.ServiceBurns}).Draw(t, "cause")}
		}
		i.Trail.Slips, i.Trail.Snoozes = rapid.IntRange(0, 4).Draw(t, "slips"), rapid.IntRange(0, 3).Draw(t, "snoozes")
		i.Trail.LastDue = rapid.SampledFrom([]burnlist.Date{0, date(time.October, 1), date(time.December, 24)}).Draw(t, "last due")
		i.CreatedAt = now.Add(-time.Duration(rapid.IntRange(0, 40*24).Draw(t, "hours old")) * time.Hour)
		i.Trail.TouchedAt = rapid.SampledFrom([]time.Time{{}, i.CreatedAt, now}).Draw(t, "touched")
		if rapid.Bool().Draw(t, "reviewed") {
			i.Facts.LastReviewed = new(now)
		}
	})
	if rapid.Bool().Draw(t, "has a cost") {
		w.Budgets.Costs[id] = burnlist.IncidentCost{Item: id, SLO: "x", Share: rapid.Float64Range(0, 0.5).Draw(t, "cost")}
	}
	return item
}

// drawReview returns a review of some product, in any state.
func drawReview(t *rapid.T, w *burnlist.World, id int64) *burnlist.Review {
	day := now.Add(-time.Duration(rapid.IntRange(-1, 60).Draw(t, "days ago")) * burnlist.Day)
	r := &burnlist.Review{
		ID: id, Product: fmt.Sprintf("product-%d", rapid.IntRange(0, 2).Draw(t, "product of the review")),
		State: rapid.SampledFrom([]burnlist.ReviewState{
			burnlist.ReviewOpen, burnlist.ReviewAttended, burnlist.ReviewAttended, burnlist.ReviewSkipped, burnlist.ReviewCancelled,
		}).Draw(t, "state"),
		Date: burnlist.DateIn(day, time.UTC), States: map[string]burnlist.State{},
	}
	for _, name := range slices.Sorted(maps.Keys(w.Services)) {
		r.States[name] = rapid.SampledFrom([]burnlist.State{burnlist.Exhausted, burnlist.Exhausted, burnlist.Burning, burnlist.Healthy}).Draw(t, "state of "+name)
	}
	if r.State == burnlist.ReviewOpen {
		return r
	}
	if rapid.Bool().Draw(t, "of a slot") {
		r.Slot = r.Date
	}
	r.Entries = rapid.IntRange(0, 2).Draw(t, "entries")
	r.ConcludedBy = rapid.SampledFrom([]burnlist.NullString{"", "burnlist", "ana@example.org"}).Draw(t, "concluded by")
	if rapid.IntRange(0, 3).Draw(t, "has a tally") > 0 {
		r.FrozenAt = new(day)
		r.Tally = &burnlist.Tally{
			Decided: rapid.IntRange(0, 5).Draw(t, "decided"), Closed: rapid.IntRange(0, 2).Draw(t, "closed"), Open: rapid.IntRange(0, 5).Draw(t, "open then"),
		}
		r.Tally.Changed = rapid.IntRange(0, r.Tally.Decided).Draw(t, "changed")
	}
	return r
}

func addReviewTo(w *burnlist.World, r *burnlist.Review) {
	w.Reviews[r.Product] = append([]*burnlist.Review{r}, w.Reviews[r.Product]...)
}

func drawSource(t *rapid.T) *burnlist.Source {
	if rapid.Bool().Draw(t, "no source") {
		return nil
	}
	start := now.Add(-time.Duration(rapid.IntRange(1, 10_000).Draw(t, "hours ago")) * time.Hour)
	return &burnlist.Source{Start: &start, End: new(start.Add(time.Hour))}
}

// drawWeights returns weights that sum to 100, with awkward decimals.
func drawWeights(t *rapid.T) burnlist.Weights {
	var cuts []float64
	for range 4 {
		cuts = append(cuts, float64(rapid.IntRange(0, 10_000).Draw(t, "cut"))/100)
	}
	slices.Sort(cuts)
	return burnlist.Weights{
		Budget: cuts[0], Priority: cuts[1] - cuts[0], Incident: cuts[2] - cuts[1], Overdue: cuts[3] - cuts[2], Rollovers: 100 - cuts[3],
	}
}
