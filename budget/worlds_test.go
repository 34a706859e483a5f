//go:build !race

package budget_test

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/internal/promengine"
)

const (
	worldsSeed = 20261121
	fewWorlds  = 40
)

// TestFiguresAgreeWithAnOracleOverRandomWorlds follows random worlds from what
// was scraped, through HTTP, a real PromQL engine and a collector that lives
// through them, to the figures, and compares all of them with what the
// definitions give when they are applied to the samples by brute force.
//
// They agree to 1e-9, whatever happens to the series, with these exceptions, of
// which the oracle knows:
//
//   - A ledger drops what is below a millionth of an event.
//   - Where a series was reset or born, increase guesses. Of these slices, and
//     of full expressions, the oracle takes PromQL's answer.
//   - Where bad or good events were counted, but not all of them, as in a slice
//     with one sample after a restart, the slice is refused and stays missing.
//   - Samples of a gauge in the first millisecond of a slice are not counted on
//     Prometheus 3.x. The worlds have none.
//   - In hours and days, events are spread evenly: an edge that cuts one is off
//     by no more than that row holds. How far it is at most is logged.
//
// What counters themselves lose, through restarts and the like, is logged as
// well: the oracle also knows what happened, seen or not.
//
// WORLDS=200 follows so many worlds instead of a few; a single one is run by its
// number, as in -run 'Worlds/each/17$'.
func TestFiguresAgreeWithAnOracleOverRandomWorlds(t *testing.T) {
	n := fewWorlds
	if text := os.Getenv("WORLDS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < fewWorlds {
			t.Fatalf("WORLDS=%s: give the number of worlds, %d at least", text, fewWorlds)
		}
	}
	seen := &worldsSeen{had: map[string]int{}, farthest: map[string]float64{}}
	all := 0
	t.Run("each", func(t *testing.T) {
		for i := range n {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				follow(t, newRandomWorld(worldsSeed, i), seen)
				seen.Lock()
				all++
				seen.Unlock()
			})
		}
	})
	t.Logf("%d worlds, %d numbers compared", all, seen.compared)
	for _, what := range slices.Sorted(maps.Keys(seen.had)) {
		t.Logf("%7d × %s", seen.had[what], what)
	}
	for _, what := range slices.Sorted(maps.Keys(seen.farthest)) {
		t.Logf("%.3g at most: %s", seen.farthest[what], what)
	}
	if all < n {
		return // one was picked, or some failed
	}
	for _, what := range []string{
		"births", "churn", "restarts", "lazy", "low traffic", "increases", "newborn", "violations", "missing samples", "no number",
		"kind events", "kind latency", "kind gauge", "kind ratio", "missing as ", "missing as bad", "missing as good",
		"data slices", "empty slices", "dead slices", "hours", "days", "windows that cut an hour", "windows on the edges of hours",
		"windows that PromQL knows whole", "windows of which all is known that happened", "excluded", "excluded in hours", "taken back", "exhausted", "recovering", "unknown", "blind", "costs",
	} {
		if seen.had[what] == 0 {
			t.Errorf("there was none of %q in any world: the draw shows nothing about it", what)
		}
	}
}

// worldsSeen is what all worlds together have shown.
type worldsSeen struct {
	sync.Mutex
	compared int
	had      map[string]int
	farthest map[string]float64
}

// follower compares what one world's collector says with the oracle.
type follower struct {
	*testing.T
	world    *randomWorld
	store    *memory
	sampler  *sampler
	known    map[*randomSLO]map[int64]burnlist.Slice // by the oracle, by start
	costs    map[int64]span                          // incidents, by item
	compared int
	farthest map[string]float64

	mismatches int
}

func follow(t *testing.T, w *randomWorld, seen *worldsSeen) {
	t.Helper()
	engine := promengine.New(w.series()).Handler()
	f := &follower{
		T: t, world: w, store: newMemory(), sampler: &sampler{world: w, engine: engine, told: map[string]map[int64]float64{}},
		known: map[*randomSLO]map[int64]burnlist.Slice{}, costs: map[int64]span{}, farthest: map[string]float64{},
	}
	url := serve(t, engine)
	d := draws{rand.New(rand.NewPCG(worldsSeed+1, uint64(w.number)))}
	var now *burnlist.World
	start := func() *budget.Collector {
		source, err := budget.NewSource(budget.SourceConfig{Name: burnlist.DefaultSource, URL: url}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return budget.NewCollector([]*budget.Source{source}, f.store, func() *burnlist.World { return now }, quiet())
	}
	c := start()
	items := f.incidents(d)
	for step, at := range w.nows {
		now = f.worldAt(step, items)
		if d.oneIn(6) {
			c = start() // from what is stored
		}
		rolled := f.rolled()
		for range 1 + d.IntN(3) { // once more, to read again and to roll up
			if err := c.Refresh(t.Context(), at); err != nil {
				t.Fatal(err)
			}
			for _, s := range w.slos {
				f.checkHours(s, now.Exclusions[s.slo.Name], rolled[s.slo.Ledger], at)
			}
			if w.life == "lived" && step%7 != 0 && step < len(w.nows)-1 {
				rolled = f.rolled()
				continue
			}
			for _, s := range w.slos {
				f.compare(s, now.Exclusions[s.slo.Name], rolled[s.slo.Ledger], at)
			}
			rolled = f.rolled()
		}
	}
	for _, s := range w.slos {
		f.checkRolled(s)
		f.checkHistory(d, s, now.Exclusions[s.slo.Name])
	}
	seen.Lock()
	defer seen.Unlock()
	seen.compared += f.compared
	for what, n := range w.had {
		seen.had[what] += n
	}
	for what, n := range f.farthest {
		seen.farthest[what] = max(seen.farthest[what], n)
	}
}

// incidents makes an item for each SLO.
func (f *follower) incidents(d draws) map[int64]*burnlist.Item {
	items := map[int64]*burnlist.Item{}
	for i, s := range f.world.slos {
		id := int64(i + 1)
		from := f.world.end - int64(d.Float64()*s.slo.Window.Std().Seconds())
		f.costs[id] = span{from, from + int64(d.wide(60, 2*86400))}
		begin, end := time.Unix(f.costs[id].from, 0).UTC(), time.Unix(f.costs[id].to, 0).UTC()
		items[id] = &burnlist.Item{ID: id, Status: burnlist.Open, ItemFields: burnlist.ItemFields{
			Service: s.slo.Service, Source: &burnlist.Source{Start: &begin, End: &end},
		}}
	}
	return items
}

// worldAt is the world at a refresh.
func (f *follower) worldAt(step int, items map[int64]*burnlist.Item) *burnlist.World {
	var slos []burnlist.SLO
	for _, s := range f.world.slos {
		slos = append(slos, s.slo)
	}
	now := worldOf(slos...)
	for id, item := range items {
		now.Items.Put(id, item)
	}
	for i := range f.world.exclusions {
		e := &f.world.exclusions[i]
		switch {
		case step >= e.from && step < e.to:
			now.Exclusions[e.SLO] = append(now.Exclusions[e.SLO], &e.Exclusion)
		case step == e.to:
			f.world.had["taken back"]++
		}
	}
	for _, all := range now.Exclusions {
		slices.SortFunc(all, func(a, b *burnlist.Exclusion) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID)) })
	}
	return now
}

// rolled returns what is rolled up by now, of each ledger.
func (f *follower) rolled() map[int64][]burnlist.Rolled {
	all := map[int64][]burnlist.Rolled{}
	for ledger, rows := range f.store.rolled {
		all[ledger] = slices.SortedFunc(maps.Values(rows), func(a, b burnlist.Rolled) int { return cmp.Compare(a.Start, b.Start) })
	}
	return all
}
