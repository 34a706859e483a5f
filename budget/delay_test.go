package budget_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/internal/promengine"
)

// hung makes an SLO that the handlers of these tests do not answer in time.
func hung(slo *burnlist.SLO) {
	slo.Indicator.Events = &burnlist.Events{Total: `hung_total`, Bad: `errors_total`}
}

// ways are those in which a server says that something took too long.
var ways = map[string]struct {
	answer http.HandlerFunc
	says   string
}{
	"a gateway that gives up": {func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "upstream request timeout", http.StatusGatewayTimeout)
	}, "504 Gateway Timeout: upstream request timeout"},
	"a proxy that gives up": {func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "slow", http.StatusRequestTimeout)
	}, "408 Request Timeout: slow"},
	"Prometheus itself": {func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = fmt.Fprint(w, `{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}`)
	}, "timeout: query timed out"},
}

// unless answers by slow what too holds of, and all else by h.
func unless(h http.Handler, slow http.HandlerFunc, too func(*http.Request) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if too(r) {
			slow(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func hanging(r *http.Request) bool { return strings.Contains(r.FormValue("query"), "hung_total") }

// full reports whether all SLOs but the one at broken are collected in full,
// and that one is not and says so.
func full(store *memory, slos []burnlist.SLO, broken int, says string) bool {
	for i, slo := range slos {
		f := store.budgets.Figures[slo.Name]
		if f == nil || i == broken && !strings.Contains(f.Error, says) || i != broken && (f.Error != "" || f.Coverage != 1) {
			return false
		}
	}
	return true
}

func TestOneSLOThatTakesTooLongHarmsNoOther(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			slos := shops(40)
			hung(&slos[13])
			var queries, late atomic.Int64
			engine := unless(promengine.New(busy()).Handler(), way.answer, func(r *http.Request) bool {
				if hanging(r) {
					late.Add(1)
				}
				return hanging(r)
			})
			store := newMemory()
			c := collector(t, store, serve(t, counted(engine, &queries)), worldOf(slos...))
			now := at.Add(time.Minute)
			refresh(t, c, now)
			if !full(store, slos, 13, way.says) {
				t.Fatalf("the first: error %q; another: error %q", store.budgets.Figures[slos[13].Name].Error, store.budgets.Figures[slos[0].Name].Error)
			}
			// 40, 20, 10, 5, 3, 2 and at last the one, which is not asked again.
			if got := late.Load(); got > 7 {
				t.Errorf("%d queries took too long, want one for each time the SLOs are halved", got)
			}
			for range 10 {
				now = now.Add(5 * time.Minute)
				refresh(t, c, now)
			}
			queries.Store(0)
			late.Store(0)
			now = now.Add(5 * time.Minute)
			refresh(t, c, now)
			if queries.Load() > 3 || late.Load() > 1 {
				t.Errorf("%d queries in the end, %d of which took too long; want one for the 39, and at most two for the one", queries.Load(), late.Load())
			}
			if !full(store, slos, 13, way.says) {
				t.Errorf("later: error %q; another: error %q", store.budgets.Figures[slos[13].Name].Error, store.budgets.Figures[slos[0].Name].Error)
			}
		})
	}
}

func TestAnSLOThatTakesTooLongIsSoughtOnceInALongPast(t *testing.T) {
	slos := shops(2)
	for i := range slos {
		slos[i].Window = burnlist.Duration(90 * burnlist.Day)
	}
	hung(&slos[1])
	var late atomic.Int64
	engine := unless(promengine.New(busy()).Handler(), counted(ways["a gateway that gives up"].answer, &late).ServeHTTP, hanging)
	store := newMemory()
	refresh(t, collector(t, store, serve(t, engine), worldOf(slos...)), at.Add(time.Minute))
	if got := len(store.of(1)); got != 90*288 {
		t.Errorf("%d slices of the other one, want %d", got, 90*288)
	}
	if got := late.Load(); got != 2 {
		t.Errorf("%d queries took too long, want one for both and one for the one", got)
	}
}

func TestOneSLOThatIsNeverAnsweredHarmsNoOther(t *testing.T) {
	slos := shops(3)
	hung(&slos[1])
	url := serve(t, unless(promengine.New(busy()).Handler(), func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, hanging))
	source, err := budget.NewSource(budget.SourceConfig{Name: burnlist.DefaultSource, URL: url, Timeout: 300 * time.Millisecond}, nil)
	if err != nil {
		t.Fatal(err)
	}
	store, world := newMemory(), worldOf(slos...)
	c := budget.NewCollector([]*budget.Source{source}, store, func() *burnlist.World { return world }, quiet())
	now := at.Add(time.Minute)
	for range 30 {
		refresh(t, c, now)
		if full(store, slos, 1, "no answer within 300ms") {
			return
		}
		now = now.Add(time.Minute) // others took too long on a busy machine
	}
	for _, slo := range slos {
		f := store.budgets.Figures[slo.Name]
		t.Errorf("%s: coverage %v, error %q", slo.Name, f.Coverage, f.Error)
	}
}

func TestASourceThatTakesTooLongForAnythingIsAway(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			slos := shops(8)
			var queries atomic.Int64
			var slow atomic.Bool
			slow.Store(true)
			engine := unless(promengine.New(busy()).Handler(), way.answer, func(*http.Request) bool { return slow.Load() })
			store := newMemory()
			c := collector(t, store, serve(t, counted(engine, &queries)), worldOf(slos...))
			now := at.Add(time.Minute)
			for range 5 {
				queries.Store(0)
				refresh(t, c, now)
				if queries.Load() != 2 {
					t.Fatalf("%d queries, want one for all SLOs and one for none", queries.Load())
				}
				now = now.Add(time.Minute)
			}
			for _, slo := range slos {
				if said := store.budgets.Figures[slo.Name].Error; !strings.Contains(said, way.says) {
					t.Errorf("%s: error %q, want %q", slo.Name, said, way.says)
				}
			}
			if len(c.LastSuccess()) != 0 {
				t.Errorf("last success %v of a source that never answered", c.LastSuccess())
			}
			slow.Store(false)
			refresh(t, c, now)
			if !full(store, slos, -1, "") {
				t.Errorf("once it answers: error %q", store.budgets.Figures[slos[0].Name].Error)
			}
		})
	}
}

// size is how many values a query asks for.
func size(r *http.Request) int {
	start, _ := strconv.ParseFloat(r.FormValue("start"), 64)
	end, _ := strconv.ParseFloat(r.FormValue("end"), 64)
	return (int(end-start)/300 + 1) * strings.Count(r.FormValue("query"), "label_replace")
}

func TestASlowSourceIsAskedForLessAtOnce(t *testing.T) {
	for name, most := range map[string]int{"a range at a time": 500, "a few SLOs at a time": 9, "next to nothing": 3} {
		t.Run(name, func(t *testing.T) {
			var queries atomic.Int64
			var strong atomic.Bool
			engine := unless(promengine.New(busy()).Handler(), ways["a gateway that gives up"].answer,
				func(r *http.Request) bool { return !strong.Load() && size(r) > most })
			store, slos := newMemory(), shops(9)
			c := collector(t, store, serve(t, counted(engine, &queries)), worldOf(slos...))
			now := at.Add(time.Minute)
			for i := 0; !full(store, slos, -1, ""); i++ {
				if i == 120 {
					t.Fatalf("after two hours: coverage %v, error %q", store.budgets.Figures[slos[9].Name].Coverage, store.budgets.Figures[slos[9].Name].Error)
				}
				refresh(t, c, now)
				now = now.Add(time.Minute)
			}
			strong.Store(true)
			for range 20 {
				now = now.Add(5 * time.Minute)
				queries.Store(0)
				refresh(t, c, now)
			}
			if queries.Load() != 1 {
				t.Errorf("%d queries once it is fast again, want 1", queries.Load())
			}
		})
	}
}

func TestASearchThatIsCutShortGoesOn(t *testing.T) {
	for name, breaks := range map[string]func(*burnlist.SLO){"for what is refused": ambiguous, "for what takes too long": hung} {
		t.Run(name, func(t *testing.T) {
			slos := shops(40)
			breaks(&slos[13])
			store := newMemory()
			url := serve(t, unless(promengine.New(busy()).Handler(), ways["a gateway that gives up"].answer, hanging))
			c := collector(t, store, url, worldOf(slos...))
			c.SetBound(time.Nanosecond)
			now := at.Add(time.Minute)
			for i := 0; !full(store, slos, 13, "execution: ") && !full(store, slos, 13, "504 Gateway Timeout"); i++ {
				if i == 40 {
					t.Fatalf("after %d refreshes: error %q; another: coverage %v", i, store.budgets.Figures[slos[13].Name].Error, store.budgets.Figures[slos[0].Name].Coverage)
				}
				if err := c.RefreshBounded(t.Context(), now); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
