package budget_test

import (
	"context"
	"math"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/internal/promengine"
)

// running is a collector in its loop, which makes a round only when it is
// woken, at the instant that clock holds.
type running struct {
	*budget.Collector
	world atomic.Pointer[burnlist.World]
	clock atomic.Int64 // Unix seconds
	store announcing
}

// run runs a collector until the test is over.
func run(t *testing.T, store *memory, world *burnlist.World, sources ...*budget.Source) *running {
	t.Helper()
	r := &running{store: announcing{store, make(chan burnlist.Budgets)}}
	r.world.Store(world)
	r.clock.Store(at.Add(time.Minute).Unix())
	r.Collector = budget.NewCollector(sources, r.store, r.world.Load, quiet())
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		now := func() time.Time { return time.Unix(r.clock.Load(), 0).UTC() }
		if err := r.Run(ctx, now, time.Hour); err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		for {
			select {
			case <-r.store.took:
			case <-ended:
				return
			}
		}
	})
	return r
}

// later lets time pass, and wakes the collector.
func (r *running) later(d time.Duration) {
	r.clock.Add(int64(d / time.Second))
	r.Wake()
}

// until waits for budgets of which ok holds.
func (r *running) until(t *testing.T, what string, ok func(burnlist.Budgets) bool) burnlist.Budgets {
	t.Helper()
	for {
		select {
		case b := <-r.store.took:
			if ok(b) {
				return b
			}
		case <-time.After(time.Minute):
			t.Fatalf("never: %s", what)
		}
	}
}

func sourceAt(t *testing.T, name, url string) *budget.Source {
	t.Helper()
	s, err := budget.NewSource(budget.SourceConfig{Name: name, URL: url, Timeout: time.Minute}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// gone is closed when the client hangs up. The server sees that only once the
// request was read.
func gone(r *http.Request) <-chan struct{} {
	_ = r.FormValue("query")
	return r.Context().Done()
}

func hang(_ http.ResponseWriter, r *http.Request) { <-gone(r) }

// knownUntil reports whether the figures of an SLO know all until an instant.
func knownUntil(b burnlist.Budgets, slo string, until time.Time) bool {
	f := b.Figures[slo]
	return f != nil && f.KnownUntil != nil && f.KnownUntil.Equal(until) && f.Coverage == 1
}

func TestASourceInTroubleDelaysNoOther(t *testing.T) {
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		asked  int64 // queries in all three rounds, at least
		most   int64
		says   bool
	}{
		"it hangs":   {hang, 1, 1, false},
		"it is away": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "down", http.StatusServiceUnavailable) }, 3, math.MaxInt64, true},
	} {
		t.Run(name, func(t *testing.T) {
			good, bad := shop(1, "good"), shop(2, "bad")
			bad.Source = "bad"
			store := newMemory()
			kept := at.Add(-time.Hour) // until then it was well
			var slices []burnlist.Slice
			for start := at.Add(-burnlist.Day).Unix(); start < kept.Unix(); start += 300 {
				slices = append(slices, burnlist.Slice{Ledger: 2, Start: start, State: burnlist.SliceData, Total: 10, Bad: 1})
			}
			if err := store.PutSlices(t.Context(), slices); err != nil {
				t.Fatal(err)
			}
			var asked atomic.Int64
			c := run(t, store, worldOf(good, bad),
				sourceAt(t, burnlist.DefaultSource, serve(t, promengine.New(busy()).Handler())),
				sourceAt(t, "bad", serve(t, counted(test.answer, &asked))))
			for i := range 3 {
				newest := at.Add(time.Duration(5*i) * time.Minute)
				b := c.until(t, "figures of the good one", func(b burnlist.Budgets) bool {
					return knownUntil(b, "good", newest) && (!test.says || b.Figures["bad"].Error != "")
				})
				f := b.Figures["bad"]
				if !f.At.Equal(newest) || !f.KnownUntil.Equal(kept) || f.TotalWindow < 2700 {
					t.Errorf("at %s the bad one is known until %s at %s, with %v events; want what was stored of it", newest, f.KnownUntil, f.At, f.TotalWindow)
				}
				c.later(5 * time.Minute)
			}
			c.until(t, "the next round", func(b burnlist.Budgets) bool { return knownUntil(b, "good", at.Add(15*time.Minute)) })
			if n := asked.Load(); n < test.asked || n > test.most {
				t.Errorf("the bad source was asked %d times, want %d to %d", n, test.asked, test.most)
			}
			if _, ok := c.LastSuccess()["bad"]; ok {
				t.Error("the bad source has a last success")
			}
		})
	}
}

func TestASlowSourceHasItsFiguresWhenItAnswers(t *testing.T) {
	good, slow := shop(1, "good"), shop(2, "slow")
	slow.Source = "slow"
	answer := make(chan struct{})
	engine := promengine.New(busy()).Handler()
	c := run(t, newMemory(), worldOf(good, slow),
		sourceAt(t, burnlist.DefaultSource, serve(t, engine)),
		sourceAt(t, "slow", serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-answer:
				engine.ServeHTTP(w, r)
			case <-gone(r):
			}
		}))))
	for i := range 3 {
		newest := at.Add(time.Duration(5*i) * time.Minute)
		c.until(t, "figures of the good one", func(b burnlist.Budgets) bool {
			if i == 0 && b.Figures["slow"].KnownUntil != nil || i > 0 && !knownUntil(b, "slow", newest) && b.Figures["slow"].KnownUntil.Equal(newest) {
				t.Fatal("the slow one was measured before it answered")
			}
			return knownUntil(b, "good", newest)
		})
		answer <- struct{}{}
		c.until(t, "figures of both", func(b burnlist.Budgets) bool { return knownUntil(b, "good", newest) && knownUntil(b, "slow", newest) })
		c.later(5 * time.Minute)
	}
}

func TestFiguresOfWhichNothingChangedAreNotComputedAgain(t *testing.T) {
	a, b := shop(1, "a"), shop(2, "b")
	store, world := newMemory(), worldOf(a, b)
	source := sourceAt(t, burnlist.DefaultSource, serve(t, promengine.New(busy()).Handler()))
	c := budget.NewCollector([]*budget.Source{source}, store, func() *burnlist.World { return world }, quiet())
	now := at.Add(time.Minute)
	refresh(t, c, now)
	refresh(t, c, now) // after all that is old was rolled up
	for _, change := range []struct {
		what string
		do   func(*burnlist.World)
		a    bool // whether a is measured anew
	}{
		{"nothing", func(*burnlist.World) {}, false},
		{"the objective", func(w *burnlist.World) {
			strict := a
			strict.Objective = 0.999
			w.SLOs["a"] = &strict
		}, true},
		{"an exclusion", func(w *burnlist.World) {
			w.Exclusions["a"] = []*burnlist.Exclusion{{ID: 1, SLO: "a", Start: at.Add(-2 * time.Hour), End: at.Add(-time.Hour)}}
		}, true},
		{"another SLO's exclusion", func(w *burnlist.World) {
			w.Exclusions["c"] = []*burnlist.Exclusion{{ID: 2, SLO: "c", Start: at.Add(-2 * time.Hour), End: at.Add(-time.Hour)}}
		}, false},
	} {
		before := store.budgets.Figures
		world = world.Clone()
		change.do(world)
		refresh(t, c, now)
		if anew := store.budgets.Figures["a"] != before["a"]; anew != change.a {
			t.Errorf("after %s changed, a was measured anew: %v, want %v", change.what, anew, change.a)
		}
		if store.budgets.Figures["b"] != before["b"] {
			t.Errorf("after %s changed, b was measured anew", change.what)
		}
	}
	before := store.budgets.Figures["b"]
	refresh(t, c, now.Add(5*time.Minute))
	if store.budgets.Figures["b"] == before {
		t.Error("with another slice, b was not measured anew")
	}
}

func TestAnExclusionCountsAndCanBeTakenBack(t *testing.T) {
	store, world := newMemory(), worldOf(shop(1, "a"))
	source := sourceAt(t, burnlist.DefaultSource, serve(t, promengine.New(busy()).Handler()))
	c := budget.NewCollector([]*budget.Source{source}, store, func() *burnlist.World { return world }, quiet())
	now := at.Add(time.Minute)
	refresh(t, c, now)
	whole := *store.budgets.Figures["a"]
	world = world.Clone()
	world.Exclusions["a"] = []*burnlist.Exclusion{{ID: 1, SLO: "a", Start: at.Add(-2 * time.Hour), End: at.Add(-time.Hour)}}
	refresh(t, c, now)
	without := *store.budgets.Figures["a"]
	if without.Excluded != burnlist.Duration(time.Hour) || without.BadWindow != whole.BadWindow*23/24 || !without.ConsumedAltogether.Equal(whole.Consumed) {
		t.Errorf("without an hour: %s excluded, %v bad events of %v, %v altogether, want %v", without.Excluded, without.BadWindow, whole.BadWindow, without.ConsumedAltogether, whole.Consumed)
	}
	world = world.Clone()
	delete(world.Exclusions, "a")
	refresh(t, c, now)
	if again := *store.budgets.Figures["a"]; again.Excluded != 0 || again.BadWindow != whole.BadWindow {
		t.Errorf("after it was taken back: %s excluded, %v bad events, want none and %v", again.Excluded, again.BadWindow, whole.BadWindow)
	}
}

// TestAnIndicatorThatChangesWhileItIsAskedForMixesNothing has the SLO get
// another indicator, and so another ledger, while the source still thinks about
// the old one; the figures are measured in between because of another source.
func TestAnIndicatorThatChangesWhileItIsAskedForMixesNothing(t *testing.T) {
	other, before := shop(1, "other"), shop(2, "slow")
	before.Source = "slow"
	after := before
	after.Ledger = 3
	after.Indicator.Events = &burnlist.Events{Total: `errors_total{job="shop"}`, Bad: `absent_total`}
	asked, answer := make(chan struct{}), make(chan struct{})
	engine := promengine.New(busy()).Handler()
	store := newMemory()
	c := run(t, store, worldOf(other, before),
		sourceAt(t, burnlist.DefaultSource, serve(t, engine)),
		sourceAt(t, "slow", serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case asked <- struct{}{}:
			case <-gone(r):
				return
			}
			select {
			case <-answer:
			case <-gone(r):
				return
			}
			engine.ServeHTTP(w, r)
		}))))
	<-asked
	c.until(t, "the first figures", func(b burnlist.Budgets) bool { return b.Figures["slow"].Ledger == 2 })
	c.world.Store(worldOf(other, after))
	c.later(5 * time.Minute)
	c.until(t, "figures of the new ledger", func(b burnlist.Budgets) bool {
		f := b.Figures["slow"]
		return f.Ledger == 3 && f.FirstData == nil
	})
	answer <- struct{}{} // of the old question
	for waiting := true; waiting; {
		select {
		case <-asked:
			waiting = false
		case b := <-c.store.took:
			if b.Figures["slow"].FirstData != nil {
				t.Error("the answer of the old question is in the new ledger")
			}
		}
	}
	answer <- struct{}{}
	b := c.until(t, "all of the new ledger", func(b burnlist.Budgets) bool { return knownUntil(b, "slow", at.Add(5*time.Minute)) })
	store.mu.Lock()
	defer store.mu.Unlock()
	for ledger, total := range map[int64]float64{2: 500, 3: 5} {
		if len(store.slices[ledger]) != 288 {
			t.Errorf("ledger %d has %d slices, want those of a day", ledger, len(store.slices[ledger]))
		}
		for _, s := range store.slices[ledger] {
			if s.Total < total-2 || s.Total > total+2 {
				t.Fatalf("ledger %d has a slice with %v events in all, want about %v", ledger, s.Total, total)
			}
		}
	}
	if f := b.Figures["slow"]; f.Ledger != 3 || f.BadWindow != 0 {
		t.Errorf("the figures are of ledger %d, with %v bad events; want the new one, and none", f.Ledger, f.BadWindow)
	}
}
