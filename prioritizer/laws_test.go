package prioritizer_test

import (
	"maps"
	"slices"
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
		for i := 1; i < len(q.Entries); i++ {
			if q.Entries[i-1].Key().Compare(q.Entries[i].Key()) >= 0 {
				t.Fatalf("entry %d does not come before entry %d: %+v, %+v", i-1, i, q.Entries[i-1].Key(), q.Entries[i].Key())
			}
		}

		// Fill the maps anew, in another order, and hand out other ids.
		ids := slices.Sorted(maps.Keys(w.Items))
		shuffled := rapid.Permutation(ids).Draw(t, "shuffled ids")
		o := clone(w)
		clear(o.Items)
		clear(o.Budgets.Costs)
		for k, id := range ids {
			item := *w.Items[id]
			item.ID = shuffled[k]
			o.Items[item.ID] = &item
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
	for i := range q.Entries {
		k := q.Entries[i].Key()
		k.ID = 0
		keys = append(keys, k)
	}
	return keys
}

func TestAWorseBudgetNeverLowersAnItem(t *testing.T) {
	known := func(r prioritizer.Ranked) bool { return r.Tier != prioritizer.UnknownTier }
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
		o.Items[10_000] = drawItem(t, o, 10_000)
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
		for i := range q.Entries {
			r := q.Entries[i]
			if r.Score != r.Parts.Sum() || r.Score < 0 || r.Score > 1000 {
				t.Fatalf("item %d: score %s of parts %v", r.Item.ID, r.Score, r.Parts)
			}
			var sum prioritizer.Points
			for _, reason := range q.Explain(i, i+1).Reasons {
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
		if diff := cmp.Diff(untouched, w); diff != "" {
			t.Fatalf("ranking modified the world (-before +after):\n%s", diff)
		}
	})
}

func TestRanksCountEachProductFromOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := prioritizer.Rank(drawWorld(t), now)
		next := map[string]int32{}
		for i := range q.Entries {
			r := &q.Entries[i]
			next[r.Product()]++
			if r.Rank != next[r.Product()] {
				t.Fatalf("item %d has rank %d in %s, want %d", r.Item.ID, r.Rank, r.Product(), next[r.Product()])
			}
		}
	})
}

func TestSeverityAndRecencyOfAnIncidentNeverSetTheTier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		o := clone(w)
		clear(o.Budgets.Costs)
		for id, item := range o.Items {
			changed := *item
			changed.Source = drawSource(t)
			changed.Priority = rapid.SampledFrom(burnlist.Priorities).Draw(t, "priority")
			o.Items[id] = &changed
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
	for i := range q.Entries {
		r.Entries = append(r.Entries, q.Explain(i, i+1))
		r.Codes = append(r.Codes, q.Entries[i].Warnings)
	}
	return r
}

func idsOf(q *prioritizer.Queue) []int64 {
	ids := []int64{}
	for i := range q.Entries {
		ids = append(ids, q.Entries[i].Item.ID)
	}
	return ids
}

func byID(q *prioritizer.Queue) map[int64]prioritizer.Ranked {
	m := map[int64]prioritizer.Ranked{}
	for _, r := range q.Entries {
		m[r.Item.ID] = r
	}
	return m
}

// clone copies a world down to the things it points to.
func clone(w *burnlist.World) *burnlist.World {
	c := *w
	c.Products, c.Services, c.SLOs = deep(w.Products), deep(w.Services), deep(w.SLOs)
	c.Items = deep(w.Items)
	for _, i := range c.Items {
		if i.Source != nil {
			i.Source = new(*i.Source)
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
