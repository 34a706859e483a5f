package budget_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/internal/promengine"
)

// ambiguous makes an SLO whose selector matches two counters with the same
// labels but for their names, which PromQL refuses to subtract.
func ambiguous(slo *burnlist.SLO) {
	slo.Indicator.Events = &burnlist.Events{Total: `{__name__=~"requests_total|errors_total",job="shop"}`, Bad: `errors_total`}
}

func TestOneBrokenSLOOfTwoHundredHarmsNoOther(t *testing.T) {
	slos := shops(200)
	ambiguous(&slos[77])
	var queries atomic.Int64
	store := newMemory()
	c := collector(t, store, serve(t, counted(promengine.New(busy()).Handler(), &queries)), worldOf(slos...))
	now := at.Add(time.Minute)
	refresh(t, c, now)
	// The whole, the liveness, two for each halving down to one of 200, and then
	// at most 24 of the broken one alone.
	if got := queries.Load(); got > 1+1+2*8+24 {
		t.Errorf("the first refresh took %d queries", got)
	}
	for i, slo := range slos {
		f := store.budgets.Figures[slo.Name]
		broken := strings.HasPrefix(f.Error, "execution: ") && strings.Contains(f.Error, "duplicate")
		if broken != (i == 77) || (len(store.of(slo.Ledger)) == 288) != (i != 77) {
			t.Errorf("%s: %d slices, error %q", slo.Name, len(store.of(slo.Ledger)), f.Error)
		}
	}
	for range 3 {
		queries.Store(0)
		now = now.Add(5 * time.Minute)
		refresh(t, c, now)
		if got := queries.Load(); got != 2 {
			t.Errorf("a later refresh took %d queries, want one for the 199 and one for the broken one", got)
		}
		if store.budgets.Figures[slos[77].Name].Error == "" {
			t.Error("the broken SLO lost its error")
		}
	}
}

func TestAnSLOThatWorksAgainCatchesUpAndIsAskedWithTheOthers(t *testing.T) {
	slos := shops(5)
	ambiguous(&slos[2])
	var queries atomic.Int64
	store := newMemory()
	all := busy()
	engine := promengine.New(all)
	c := collector(t, store, serve(t, counted(engine.Handler(), &queries)), worldOf(slos...))
	now := at.Add(time.Minute)
	for range 3 {
		refresh(t, c, now)
		now = now.Add(5 * time.Minute)
	}
	engine.Set(slices.Concat(all[:2], []promengine.Series{
		{Labels: map[string]string{"__name__": "errors_total", "job": "other"}, Samples: all[2].Samples},
	}))
	for range 5 {
		refresh(t, c, now)
		now = now.Add(5 * time.Minute)
	}
	if f := store.budgets.Figures[slos[2].Name]; f.Error != "" || f.Coverage != 1 {
		t.Fatalf("after it was corrected: coverage %v, error %q", f.Coverage, f.Error)
	}
	queries.Store(0)
	refresh(t, c, now)
	if got := queries.Load(); got != 1 {
		t.Errorf("%d queries once all is well, want 1", got)
	}
}

func TestWhatIsBrokenInThePastIsLeftOutAndNothingElse(t *testing.T) {
	slo := shop(1, "a")
	slo.Indicator.Events.Total = `{__name__=~"requests_total|old_total",job="shop"}`
	all := busy()
	from, to := at.Add(-10*time.Hour).UnixMilli(), at.Add(-10*time.Hour+time.Minute).UnixMilli()
	all = append(all, promengine.Series{
		Labels: map[string]string{"__name__": "old_total", "job": "shop"},
		Samples: func(a, b int64) []promengine.Sample {
			return slices.DeleteFunc(slices.Clone(all[1].Samples(a, b)), func(s promengine.Sample) bool { return s.T < from || s.T > to })
		},
	})
	store := newMemory()
	c := collector(t, store, serve(t, promengine.New(all).Handler()), worldOf(slo, shop(2, "b")))
	now := at.Add(time.Minute)
	for range 12 {
		refresh(t, c, now)
		now = now.Add(10 * time.Minute)
	}
	// The slice with the ambiguous sample, and the next, which begins with it.
	if f := store.budgets.Figures["a"]; f.Error == "" || len(store.of(1)) != len(store.of(2))-2 {
		t.Errorf("%d slices of %d, error %q", len(store.of(1)), len(store.of(2)), f.Error)
	}
	if f := store.budgets.Figures["b"]; f.Error != "" || f.Coverage != 1 {
		t.Errorf("the other one: coverage %v, error %q", f.Coverage, f.Error)
	}
}

// limits refuses, as Prometheus does, what is too much at once.
func limits(h http.Handler, mostSlices, mostSeries int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, _ := strconv.ParseFloat(r.FormValue("start"), 64)
		end, _ := strconv.ParseFloat(r.FormValue("end"), 64)
		if int(end-start)/300+1 > mostSlices || strings.Count(r.FormValue("query"), "label_replace") > mostSeries {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = fmt.Fprint(w, `{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory in query execution"}`)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func TestLimitsOfTheSourceAreMetBySmallerQuestions(t *testing.T) {
	for name, limit := range map[string]struct{ slices, series int }{
		"samples of a long range":  {20, 1000},
		"series of many SLOs":      {1000, 60},
		"both":                     {50, 60},
		"four slices of one SLO":   {4, 3},
		"nothing short of a slice": {1, 1000},
	} {
		t.Run(name, func(t *testing.T) {
			store := newMemory()
			slos := shops(9)
			url := serve(t, limits(promengine.New(busy()).Handler(), limit.slices, limit.series))
			c := collector(t, store, url, worldOf(slos...))
			now := at.Add(time.Minute)
			for range 60 {
				refresh(t, c, now)
				now = now.Add(time.Minute)
			}
			for _, slo := range slos {
				if f := store.budgets.Figures[slo.Name]; f.Error != "" || f.Coverage != 1 {
					t.Errorf("%s: coverage %v, error %q", slo.Name, f.Coverage, f.Error)
				}
			}
		})
	}
}

func TestASourceThatRefusesEverythingIsNotAskedForEachSLO(t *testing.T) {
	for name, body := range map[string]string{
		"incomplete answers": `{"status":"success","warnings":["store-3 is away"],"data":{"resultType":"matrix","result":[]}}`,
		"errors":             `{"status":"error","errorType":"execution","error":"store-3 is away"}`,
	} {
		t.Run(name, func(t *testing.T) {
			var queries atomic.Int64
			store := newMemory()
			url := serve(t, counted(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				kind := "matrix"
				if r.URL.Path == "/api/v1/query" {
					kind = "vector"
				}
				_, _ = fmt.Fprint(w, strings.ReplaceAll(body, "matrix", kind))
			}), &queries))
			slos := shops(200)
			refresh(t, collector(t, store, url, worldOf(slos...)), at.Add(time.Minute))
			if got := queries.Load(); got > 20 {
				t.Errorf("%d queries", got)
			}
			for _, slo := range slos {
				if said := store.budgets.Figures[slo.Name].Error; !strings.Contains(said, "store-3 is away") || len(store.of(slo.Ledger)) > 0 {
					t.Fatalf("%s: %d slices, error %q", slo.Name, len(store.of(slo.Ledger)), said)
				}
			}
		})
	}
}

func TestTheSourcesAreIndependent(t *testing.T) {
	hanging := make(chan struct{})
	slow := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hanging }))
	defer close(hanging)
	a, b := shop(1, "a"), shop(2, "b")
	b.Source = "slow"
	world := worldOf(a, b)
	var sources []*budget.Source
	for _, cfg := range []budget.SourceConfig{
		{Name: burnlist.DefaultSource, URL: serve(t, promengine.New(busy()).Handler())},
		{Name: "slow", URL: slow, Timeout: 50 * time.Millisecond},
	} {
		s, err := budget.NewSource(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, s)
	}
	store := newMemory()
	c := budget.NewCollector(sources, store, func() *burnlist.World { return world }, quiet())
	refresh(t, c, at.Add(time.Minute))
	if f := store.budgets.Figures["a"]; f.Error != "" || f.Coverage != 1 {
		t.Errorf("a: coverage %v, error %q", f.Coverage, f.Error)
	}
	if f := store.budgets.Figures["b"]; f.Error != "no answer within 50ms" {
		t.Errorf("b: error %q", f.Error)
	}
	if _, ok := c.LastSuccess()["slow"]; ok {
		t.Error("the source that never answered has a last success")
	}
}
