package prioritizer_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// The laws of the ranking, held against worlds in all states.

func TestTheOrderIsTotalAndDoesNotDependOnTheInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		q := prioritizer.Rank(w, now)
		in := entries(q)
		for i := 1; i < len(in); i++ {
			if in[i-1].Key().Compare(in[i].Key()) >= 0 {
				t.Fatalf("entry %d does not come before entry %d: %+v, %+v", i-1, i, in[i-1].Key(), in[i].Key())
			}
		}

		// Fill the maps anew, in another order, and hand out other ids.
		given := ids(w)
		shuffled := rapid.Permutation(given).Draw(t, "shuffled ids")
		o := clone(w)
		o.Items = burnlist.ByID[burnlist.Item]{}
		clear(o.Budgets.Costs)
		for k, id := range given {
			item := *w.Items.Get(id)
			item.ID = shuffled[k]
			o.Items.Put(item.ID, &item)
			if cost, ok := w.Budgets.Costs[id]; ok {
				o.Budgets.Costs[item.ID] = cost
			}
		}
		if diff := cmp.Diff(withoutIDs(q), withoutIDs(prioritizer.Rank(o, now))); diff != "" {
			t.Fatalf("the order depends on ids beyond ties (-before +after):\n%s", diff)
		}
	})
}

func withoutIDs(q *prioritizer.Queue) []prioritizer.Key {
	var keys []prioritizer.Key
	for r := range q.All() {
		k := r.Key()
		k.ID = 0
		keys = append(keys, k)
	}
	return keys
}

func TestAWorseBudgetNeverLowersAnItem(t *testing.T) {
	known := func(r *prioritizer.Ranked) bool { return r.Tier != prioritizer.UnknownTier }
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		measured := slices.Sorted(maps.Keys(w.Budgets.Figures))
		if len(measured) == 0 {
			return
		}
		name := rapid.SampledFrom(measured).Draw(t, "the SLO that gets worse")
		o := clone(w)
		o.Budgets.Figures[name] = drawWorse(t, *w.Budgets.Figures[name])

		before, after := byID(prioritizer.Rank(w, now)), byID(prioritizer.Rank(o, now))
		for id, b := range before {
			a := after[id]
			if !known(b) || !known(a) {
				continue
			}
			compared++
			if a.Tier > b.Tier {
				t.Fatalf("item %d fell from tier %s to %s when %s got worse", id, b.Tier, a.Tier, name)
			}
			if a.Score < b.Score {
				t.Fatalf("item %d fell from score %s to %s when %s got worse", id, b.Score, a.Score, name)
			}
		}
	})
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

func TestAddingAnItemNeverSwapsTwoOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		o := clone(w)
		o.Items.Put(10_000, drawItem(t, o, 10_000))
		before, after := prioritizer.Rank(w, now), prioritizer.Rank(o, now)
		others := slices.DeleteFunc(idsOf(after), func(id int64) bool { return id == 10_000 })
		if diff := cmp.Diff(idsOf(before), others); diff != "" {
			t.Fatalf("the others changed their order (-without +with the new item):\n%s", diff)
		}
		scores := byID(after)
		for id, b := range byID(before) {
			if a := scores[id]; a.Parts != b.Parts || a.Tier != b.Tier {
				t.Fatalf("item %d changed from %v to %v", id, b.Parts, a.Parts)
			}
		}
	})
}

func TestThePartsSumToTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.Policy.Weights = drawWeights(t)
		if err := w.Policy.Validate(); err != nil {
			t.Fatal(err)
		}
		q := prioritizer.Rank(w, now)
		for r := range q.All() {
			if r.Score != r.Parts.Sum() || r.Score < 0 || r.Score > 1000 {
				t.Fatalf("item %d: score %s of parts %v", r.Item.ID, r.Score, r.Parts)
			}
			var sum prioritizer.Points
			for _, reason := range q.Explain(r).Reasons {
				if reason.Points < 0 || reason.Text == "" {
					t.Fatalf("item %d: reason %+v", r.Item.ID, reason)
				}
				sum += reason.Points
			}
			if sum != r.Score {
				t.Fatalf("item %d: the reasons sum to %s, the score is %s", r.Item.ID, sum, r.Score)
			}
		}
	})
}

func TestRankIsPure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		untouched := clone(w)
		one, two := prioritizer.Rank(w, now), prioritizer.Rank(w, now)
		if diff := cmp.Diff(render(one), render(two)); diff != "" {
			t.Fatalf("ranking twice gives two queues:\n%s", diff)
		}
		if diff := cmp.Diff(untouched, w, asMaps); diff != "" {
			t.Fatalf("ranking modified the world (-before +after):\n%s", diff)
		}
	})
}

func TestRanksCountEachProductFromOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := prioritizer.Rank(drawWorld(t), now)
		next := map[string]int{}
		for r := range q.All() {
			next[r.Product()]++
			if got := q.Rank(r); got != next[r.Product()] {
				t.Fatalf("item %d has rank %d in %s, want %d", r.Item.ID, got, r.Product(), next[r.Product()])
			}
		}
	})
}

func TestSeverityAndRecencyOfAnIncidentNeverSetTheTier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		o := clone(w)
		clear(o.Budgets.Costs)
		for id, item := range o.Items.All() {
			changed := *item
			changed.Source = drawSource(t)
			changed.Priority = rapid.SampledFrom(burnlist.Priorities).Draw(t, "priority")
			o.Items.Put(id, &changed)
			if rapid.Bool().Draw(t, "costly") {
				o.Budgets.Costs[id] = burnlist.IncidentCost{Item: id, SLO: "x", Share: rapid.Float64Range(0, 5).Draw(t, "share")}
			}
		}
		before, after := byID(prioritizer.Rank(w, now)), byID(prioritizer.Rank(o, now))
		for id := range before {
			if before[id].Tier != after[id].Tier {
				t.Fatalf("item %d moved from tier %s to %s", id, before[id].Tier, after[id].Tier)
			}
		}
	})
}

func TestSnoozedItemsComeAfterAllOthers(t *testing.T) {
	both := 0
	rapid.Check(t, func(t *rapid.T) {
		q := prioritizer.Rank(drawWorld(t), now)
		seen := map[bool]bool{}
		for r := range q.All() {
			today := q.World.Products["product-0"].Today(now)
			if p := q.World.Products[r.Product()]; p != nil {
				today = p.Today(now)
			}
			away := r.Item.Snooze != nil && today < r.Item.Snooze.Until
			if seen[true] && !away {
				t.Fatalf("item %d, which is not snoozed, comes after a snoozed one", r.Item.ID)
			}
			if shown := !q.Explain(r).Item.Snoozed.IsZero(); shown != away {
				t.Fatalf("item %d is shown as snoozed: %v, want %v", r.Item.ID, shown, away)
			}
			seen[away] = true
		}
		if len(seen) == 2 {
			both++
		}
	})
	if both == 0 {
		t.Error("no queue had both")
	}
}

func TestEveryWarningIsCompleteAndInItsPlace(t *testing.T) {
	codes := map[prioritizer.Code]int{}
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.Policy.AlwaysExhausted, w.Policy.NothingClosed, w.Policy.MeetingItems, w.Policy.OverloadMeetings = 1, 1, 1, 1
		q := prioritizer.Rank(w, now)
		order := map[string]int{"review": 0, "product": 0, "service": 1, "item": 2}
		last := 0
		for _, warning := range q.Warnings() {
			codes[warning.Code]++
			kind, _, _ := strings.Cut(warning.Subject, "/")
			if kind != warning.Code.Definition().Subject {
				t.Fatalf("%s is said of %s", warning.Code, warning.Subject)
			}
			if order[kind] < last {
				t.Fatalf("%s comes too late", warning.Subject)
			}
			last = order[kind]
			if warning.Text == "" || warning.Evidence == "" || warning.Level == "" {
				t.Fatalf("not complete: %+v", warning)
			}
			if (warning.Item != 0) != (kind == "item") || (warning.Review != 0) != (kind == "review") {
				t.Fatalf("names what it is not about: %+v", warning)
			}
		}
	})
	for _, d := range prioritizer.Definitions() {
		if codes[d.Code] == 0 && d.Code != prioritizer.NoTicket {
			t.Errorf("no world had %s", d.Code)
		}
	}
}

func TestASkippedReviewCountsAgainstNoItemAndNoService(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.Policy.AlwaysExhausted = 2
		o := clone(w)
		r := drawReview(t, o, 1000)
		r.State = rapid.SampledFrom([]burnlist.ReviewState{burnlist.ReviewSkipped, burnlist.ReviewCancelled, burnlist.ReviewOpen}).Draw(t, "not attended")
		addReviewTo(o, r)
		before, after := prioritizer.Rank(w, now), prioritizer.Rank(o, now)
		if diff := cmp.Diff(before.ServiceWarnings(), after.ServiceWarnings()); diff != "" {
			t.Fatalf("services (-without +with the review):\n%s", diff)
		}
		if diff := cmp.Diff(render(before).Entries, render(after).Entries); diff != "" {
			t.Fatalf("entries (-without +with the review):\n%s", diff)
		}
	})
}

func TestWhatIsRetiredIsNotWarnedOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for _, p := range w.Products {
			p.RetiredAt = &now
		}
		q := prioritizer.Rank(w, now)
		if all := append(q.ProductWarnings(), q.ServiceWarnings()...); len(all) != 0 {
			t.Fatalf("warned of: %v", said(all))
		}
		for _, p := range w.Products {
			if all := prioritizer.ReviewWarnings(*p, nil, 1000, w.Policy, now); len(all) != 0 {
				t.Fatalf("warned of: %v", said(all))
			}
		}
	})
}

func TestReviewWarningsAreThoseOfTheQueueWhateverTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.Policy.MeetingItems, w.Policy.OverloadMeetings = 1, 1
		q := prioritizer.Rank(w, now)
		open := map[string]int{}
		for r := range q.All() {
			open[r.Product()]++
		}
		all := []prioritizer.Warning{}
		for _, name := range slices.Sorted(maps.Keys(w.Products)) {
			var reviews []burnlist.Review
			for _, r := range w.Reviews[name] {
				reviews = append(reviews, *r)
			}
			if len(reviews) > 1 {
				reviews = rapid.Permutation(reviews).Draw(t, "shuffled")
			}
			all = append(all, prioritizer.ReviewWarnings(*w.Products[name], reviews, open[name], w.Policy, now)...)
		}
		if diff := cmp.Diff(q.ProductWarnings(), all); diff != "" {
			t.Fatalf("warnings (-queue +function):\n%s", diff)
		}
	})
}

// rendered is everything that a queue says.
type rendered struct {
	Revision int64
	At       time.Time
	Entries  []prioritizer.Entry
	Codes    []prioritizer.Codes
	Budgets  []prioritizer.ServiceBudget
	Warnings []prioritizer.Warning
	Totals   prioritizer.Totals
}

func render(q *prioritizer.Queue) rendered {
	r := rendered{Revision: q.Revision, At: q.At, Budgets: q.Budgets(), Warnings: q.Warnings(), Totals: q.Totals()}
	for e := range q.All() {
		r.Entries = append(r.Entries, q.Show(e, len(r.Entries)+1))
		r.Codes = append(r.Codes, e.Warnings)
	}
	return r
}

func idsOf(q *prioritizer.Queue) []int64 {
	ids := []int64{}
	for r := range q.All() {
		ids = append(ids, r.Item.ID)
	}
	return ids
}

func byID(q *prioritizer.Queue) map[int64]*prioritizer.Ranked {
	m := map[int64]*prioritizer.Ranked{}
	for r := range q.All() {
		m[r.Item.ID] = r
	}
	return m
}

// clone copies a world down to the things it points to.
func clone(w *burnlist.World) *burnlist.World {
	c := *w
	c.Products, c.Services, c.SLOs = deep(w.Products), deep(w.Services), deep(w.SLOs)
	c.Items = burnlist.ByID[burnlist.Item]{}
	for id, original := range w.Items.All() {
		i := new(*original)
		c.Items.Put(id, i)
		if i.Source != nil {
			i.Source = new(*i.Source)
		}
		if i.Snooze != nil {
			i.Snooze = new(*i.Snooze)
		}
		i.Facts.Rolled = slices.Clone(i.Facts.Rolled)
	}
	c.Standings, c.Reviews = deep(w.Standings), maps.Clone(w.Reviews)
	for product, reviews := range c.Reviews {
		c.Reviews[product] = nil
		for _, r := range reviews {
			c.Reviews[product] = append(c.Reviews[product], new(*r))
		}
	}
	c.Budgets.Figures, c.Budgets.Costs = deep(w.Budgets.Figures), maps.Clone(w.Budgets.Costs)
	return &c
}

func deep[K comparable, V any](m map[K]*V) map[K]*V {
	c := make(map[K]*V, len(m))
	for k, v := range m {
		c[k] = new(*v)
	}
	return c
}
